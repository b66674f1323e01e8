"""Workbooks and JSON: small enough to hold whole, and turned into text cells that cannot be mistaken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crqkit.intake.bomb import is_bomb
from crqkit.intake.findings import Findings
from crqkit.intake.sheet import ABOUT_PAGE, EXAMPLE_PAGE, TOP, RawTable, Sheet

# More than a page of a workbook can have.
MOST_ROWS = 1_048_576
SMALLER = "Export it again as CSV, or in smaller parts."


def _held(file: str, name: str, records: list[list[str]]) -> Sheet:
    def load(sheet: Sheet, header: int, names: Sequence[str], wanted: Sequence[str], findings: Findings) -> RawTable:
        body = records[header + 1 :]
        places = [list(names).index(column) for column in wanted]
        cells = [[(row[place] if place < len(row) else "") or None for place in places] for row in body]
        frame = pd.DataFrame(cells, columns=list(wanted), dtype="str")
        return RawTable(file, frame, np.arange(len(body)) + header + 2)

    return Sheet(file, name, records[:TOP], load)


def workbook(path: Path, findings: Findings) -> list[Sheet]:
    """Return the pages of a workbook that hold anything."""
    from zipfile import BadZipFile, ZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(path) as archive:
            if is_bomb(archive):
                findings.whole("this workbook is too large to open: it unpacks to far more than its size", SMALLER)
                return []
        book = load_workbook(path, read_only=True, data_only=True)
        found = []
        for page in book.worksheets:
            page.reset_dimensions()
            rows = islice(page.iter_rows(values_only=True), MOST_ROWS + 1)
            records = [[_cell(value) for value in row] for row in rows]
            if len(records) > MOST_ROWS:
                book.close()
                findings.whole(f"a page of this workbook has more than {MOST_ROWS:,} rows", SMALLER)
                return []
            while records and not any(records[-1]):
                records.pop()
            if records:
                found.append(_held(path.name, page.title, records))
        book.close()
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, TypeError):
        mend = "Open it in your spreadsheet program and save it again as xlsx, without a password, or as CSV."
        findings.whole("this is not a workbook that can be read", mend)
        return []
    if any(sheet.name == ABOUT_PAGE for sheet in found):
        found = [sheet for sheet in found if sheet.name not in (EXAMPLE_PAGE, ABOUT_PAGE)]
    names = [sheet.name for sheet in found]
    found = [replace(sheet, others=tuple(name for name in names if name != sheet.name)) for sheet in found]
    if not found:
        findings.whole("this workbook holds no table", "Export it again, or take it out of the folder.")
    return found


def _cell(value: Any) -> str:
    """Write a typed cell as text that cannot be mistaken: ISO dates, and never three decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, float):
        text = str(int(value)) if value.is_integer() else repr(value)
        return text + "0" if len(text.partition(".")[2]) == 3 else text
    return str(value).strip()


def json_list(path: Path, findings: Findings) -> list[Sheet]:
    """Return the list of entries in a JSON file, nested names joined by dots; row n is the n-th entry."""
    import json

    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        row = getattr(error, "lineno", 1)
        findings.whole(f"this is not whole JSON: it breaks at line {row}", "Download the file again.")
        return []
    lists = [content] if isinstance(content, list) else list(content.values()) if isinstance(content, dict) else []
    entries = next((entry for entry in lists if isinstance(entry, list)), None)
    if not entries:
        findings.whole("this JSON holds no list of entries", "Download the reviews again, or take the file out.")
        return []
    flat = [_flat(entry) if isinstance(entry, dict) else {} for entry in entries]
    names = list(dict.fromkeys(name for entry in flat for name in entry))
    # The header stands for row 0, so that row n is the n-th entry.
    sheet = _held(path.name, "", [names, *([entry.get(name, "") for name in names] for entry in flat)])

    def load(_: Sheet, header: int, names: Sequence[str], wanted: Sequence[str], findings: Findings) -> RawTable:
        raw = sheet.read(header, names, wanted, findings)
        return RawTable(raw.file, raw.frame, raw.rows - 1)

    return [Sheet(path.name, "", sheet.top, load)]


def _flat(entry: dict[str, Any], before: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, value in entry.items():
        if isinstance(value, dict):
            cells |= _flat(value, f"{before}{name}.")
        elif not isinstance(value, list):
            cells[before + name] = _cell(value)
    return cells
