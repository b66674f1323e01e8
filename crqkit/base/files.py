"""Write whole files or none."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crqkit.base.problems import DataProblem, Fault


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files so that a fault half-way leaves the old ones as they were.

    All are written under temporary names beside their places first, then renamed.
    Raises `DataProblem` when a place cannot be written to.
    """
    waiting: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            waiting.append((Path(name), path))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
        for temporary, path in waiting:
            temporary.chmod(0o644)
            temporary.replace(path)
    except OSError as error:
        reason = error.strerror or "a folder of that name is in the way"
        mend = "Close it if it is open elsewhere, or choose another place."
        raise DataProblem(Fault(f"this file cannot be written: {reason}", mend, file=str(path))) from error
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def write_file(path: Path, content: str | bytes) -> None:
    """Write one file whole, text as UTF-8."""
    write_all({path: content.encode() if isinstance(content, str) else content})
