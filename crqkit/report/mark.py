"""The seal by which a page, its workbook and its document are known as ours and unchanged: nothing else is replaced."""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

MARK = "crqkit"
CORE = "docProps/core.xml"
# What stands in place of the seal while it is reckoned.
NO_SEAL = f"{MARK}:{'0' * 64}"
_HEAD = 2_000
_SEAL = re.compile(rf"{MARK}:[0-9a-f]{{64}}")
_META = re.compile(rf'<meta name="generator" content="({_SEAL.pattern})">'.encode())
_PACKED = (1980, 1, 1, 0, 0, 0)


def is_ours(path: Path) -> bool:
    """Return whether the file was written here and stands as it was written; one that was edited is its editor's."""
    if path.suffix.lower() not in (".xlsx", ".docx"):
        content = path.read_bytes()
        found = _META.search(content[:_HEAD])
        return found is not None and sealed_text(_without(content, found[1])) == content
    try:
        with zipfile.ZipFile(path) as archive:
            found = _SEAL.search(archive.read(CORE).decode("utf-8", errors="replace"))
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


def sealed_text(content: bytes) -> bytes:
    """Return a page whose `NO_SEAL` is replaced by its seal.

    >>> len(sealed_text(NO_SEAL.encode())), sealed_text(b"no place for one")
    (71, b'no place for one')
    """
    return content.replace(NO_SEAL.encode(), f"{MARK}:{hashlib.sha256(content).hexdigest()}".encode(), 1)


def _without(content: bytes, seal: bytes) -> bytes:
    return content.replace(seal, NO_SEAL.encode(), 1)


def sealed_archive(content: bytes) -> bytes:
    """Return a document or workbook with its `NO_SEAL` replaced, packed without the time at which it was made."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    parts[CORE] = parts[CORE].replace(NO_SEAL.encode(), seal(parts).encode())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _PACKED)
            # By default this names the system it was made on.
            entry.create_system, entry.compress_type = 0, zipfile.ZIP_DEFLATED
            packed.writestr(entry, part)
    return out.getvalue()
