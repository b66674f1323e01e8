"""The mark by which a page and its workbook are known as ours, so that nothing else is written over."""

import zipfile
from pathlib import Path

MARK = "crqkit"
_META = f'<meta name="generator" content="{MARK}">'
_HEAD = 2_000


def is_ours(path: Path) -> bool:
    """Return whether the file is a page or a workbook that was written here."""
    if path.suffix.lower() == ".xlsx":
        try:
            with zipfile.ZipFile(path) as book:
                return MARK.encode() in book.read("docProps/core.xml")
        except (zipfile.BadZipFile, KeyError):
            return False
    return _META.encode() in path.read_bytes()[:_HEAD]
