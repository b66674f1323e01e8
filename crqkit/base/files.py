"""Write whole files or none."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from crqkit.base.problems import DataProblem, Fault

CLOSE = "Close it if it is open elsewhere, or choose another place."
REASONS = {
    FileExistsError: ("a file of that name is where a folder should be", "Choose another place."),
    NotADirectoryError: ("a file of that name is where a folder should be", "Choose another place."),
    IsADirectoryError: ("a folder of that name is in the way", "Choose another place."),
}


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files so that a fault half-way leaves the old ones as they were.

    All are written under temporary names beside their places first and then renamed; where a rename fails, the
    old files come back. Raises `DataProblem` when a place cannot be written to.
    """
    waiting: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError
            waiting.append((_beside(path), path))
            waiting[-1][0].write_bytes(content)
        _swap(waiting)
    except OSError as error:
        reason, mend = REASONS.get(type(error), (error.strerror or "no reason given", CLOSE))
        place = str(error.filename or path) if not isinstance(error, IsADirectoryError) else str(path)
        raise DataProblem(Fault(f"this file cannot be written: {reason}", mend, file=place)) from error
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _swap(waiting: Sequence[tuple[Path, Path]]) -> None:
    """Put each new file in the place of the old one; on a fault, put all old ones back."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for temporary, path in waiting:
            old = _beside(path) if path.exists() else None
            done.append((path, old))
            if old:
                path.replace(old)
            temporary.replace(path)
    except BaseException:  # Ctrl-C too: a page is new or old, never half of each
        for path, old in reversed(done):
            if old is None:
                path.unlink(missing_ok=True)
            elif old.exists():
                old.replace(path)
        raise
    for _, old in done:
        if old:
            old.unlink()


def write_file(path: Path, content: str | bytes) -> None:
    """Write one file whole, text as UTF-8."""
    write_all({path: content.encode() if isinstance(content, str) else content})
