"""A case is written whole or not at all."""

import tempfile
from collections.abc import Callable
from pathlib import Path


def build_whole(out: Path, write: Callable[[Path], None]) -> None:
    """Write every file to a folder beside `out` first, so that a broken run leaves the old case whole."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as draft:
        write(Path(draft))
        for path in sorted(Path(draft).rglob("*")):
            target = out / path.relative_to(draft)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                path.replace(target)
