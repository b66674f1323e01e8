"""Files that crqkit wrote itself and that hold nothing to be read: pages, their workbooks, and what goes with forms."""

import re
import zipfile
import zlib
from functools import cache
from pathlib import Path

from crqkit.tables.form import known_forms

# What `crqkit start`, `template` and the reader write into the folder; nothing is said of them.
OWN_FILES = ("shop.yml", "brand.yml", "READ ME FIRST.txt", "form to print.html", "how to fill in the sheets.html")
# What `crqkit form` writes beside the sheets to type answers and slips in.
BESIDE = ("sheets.html", "to edit.docx", "for form tools.csv", "back-translation.xlsx", "items.csv", "READ ME.txt")
HEAD = 2_000
# Behind the name a seal may stand; a page that was edited since is still no export.
PAGE = b'<meta name="generator" content="crqkit'
CREATOR = re.compile(r"<dc:creator>crqkit</dc:creator>|\bcrqkit:[0-9a-f]{64}\b")


def is_own(path: Path, name: str) -> bool:
    """Return whether a file of this name is a page of ours, its workbook or document, or goes with a form of ours."""
    kind = Path(name).suffix.lower()
    if _form_names().fullmatch(name):
        return True
    try:
        if kind in (".html", ".htm"):
            with path.open("rb") as stream:
                return PAGE in stream.read(HEAD)
        return kind in (".xlsx", ".docx") and _is_signed(path)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, zlib.error):
        # What is wrong with a file is told when it is read.
        return False


@cache
def _form_names() -> re.Pattern[str]:
    names = "|".join(re.escape(id.replace(".", " ")) for id in known_forms())
    return re.compile(rf"(?:{names}) (?:{'|'.join(map(re.escape, BESIDE))})", re.IGNORECASE)


def _is_signed(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return bool(CREATOR.search(archive.read("docProps/core.xml").decode("utf-8", errors="replace")))
