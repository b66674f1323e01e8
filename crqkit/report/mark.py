"""The mark by which a page, its workbook and its document are known as ours, so that nothing else is written over."""

import hashlib
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

MARK = "crqkit"
CORE = "docProps/core.xml"
_META = f'<meta name="generator" content="{MARK}">'
_HEAD = 2_000
_SEAL = re.compile(rf"{MARK}:[0-9a-f]{{64}}")


def is_ours(path: Path) -> bool:
    """Return whether the file was written here; a document that was edited since is its editor's."""
    kind = path.suffix.lower()
    if kind not in (".xlsx", ".docx"):
        return _META.encode() in path.read_bytes()[:_HEAD]
    try:
        with zipfile.ZipFile(path) as archive:
            core = archive.read(CORE).decode("utf-8", errors="replace")
            if kind == ".xlsx":
                return MARK in core
            found = _SEAL.search(core)
            return found is not None and found[0] == seal({name: archive.read(name) for name in archive.namelist()})
    except (zipfile.BadZipFile, KeyError):
        return False


def seal(parts: Mapping[str, bytes]) -> str:
    """Return the seal of a document's parts, the one that carries the seal itself left out.

    >>> seal({"a": b"1"}) == seal({"a": b"1", "docProps/core.xml": b"2"}) != seal({"a": b"2"})
    True
    """
    digest = hashlib.sha256()
    for name in sorted(parts):
        if name != CORE:
            digest.update(f"{name}:{len(parts[name])}:".encode() + parts[name])
    return f"{MARK}:{digest.hexdigest()}"
