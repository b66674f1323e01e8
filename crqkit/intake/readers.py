"""Open csv, tsv, txt, xlsx and json as text cells that remember their spreadsheet row."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings

TOP = 12
CHUNK = 1 << 24
SEPARATORS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
SPACES = "spaces"
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
csv.field_size_limit(1 << 27)


@dataclass(frozen=True)
class RawTable:
    """Text cells by column; `rows` are spreadsheet rows, 1 = first line; absent cells are not a value."""

    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    separator: str = ""


@dataclass(frozen=True)
class Sheet:
    """One way to see a file as a table: its first records, and how to load the columns that are wanted."""

    file: str
    name: str
    top: list[list[str]]
    load: Callable[["Sheet", int, Sequence[str], Sequence[str], Findings], RawTable] = field(repr=False)
    separator: str = ""

    def read(self, header: int, names: Sequence[str], wanted: Sequence[str], findings: Findings) -> RawTable:
        """Load the columns `wanted`; `header` is the place of the header in `top`, -1 for a file without one."""
        return self.load(self, header, names, wanted, findings)


def sheets(path: Path, findings: Findings, *, separator: str = "", quotes: bool = True) -> list[Sheet]:
    """Return every way to see `path` as a table; none, with a fault, where it cannot be opened."""
    kind = path.suffix.lower()
    try:
        if path.stat().st_size == 0:
            findings.whole("this file is empty", "Export it again, or take it out of the folder.")
            return []
        if kind == ".xlsx":
            return _workbook(path, findings)
        if kind == ".json":
            return _json(path, findings)
        return _text(path, findings, separator, quotes)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        findings.whole(f"this file cannot be opened: {reason}", "Close it if it is open elsewhere, or copy it here again.")
        return []


# Text ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Content:
    """The bytes of a text file as UTF-8 without trailing empty lines, and what was seen in passing."""

    data: Any
    encoding: str
    even_quotes: bool
    nul: bool

    def text(self) -> str:
        return bytes(memoryview(self.data)).decode("utf-8-sig")


def _text(path: Path, findings: Findings, separator: str, quotes: bool) -> list[Sheet]:
    content = _content(path, findings)
    if content is None:
        return []
    start = bytes(memoryview(content.data)[: 1 << 18]).decode("utf-8-sig", "ignore")
    found = []
    for name in [separator] if separator else SEPARATORS:
        top = [cells for _, cells, _ in islice(_records(start, name, quotes), TOP)]
        fast = name != SPACES and quotes and content.even_quotes and not content.nul

        def load(
            sheet: Sheet, header: int, names: Sequence[str], wanted: Sequence[str], findings: Findings, fast: bool = fast
        ) -> RawTable:
            frame = _fast(content, sheet.separator, header, names, wanted) if fast and header <= 0 else None
            if frame is not None:
                return RawTable(sheet.file, frame, np.arange(len(frame)) + header + 2, sheet.separator)
            return _careful(content, sheet, header, names, wanted, quotes, findings)

        found.append(Sheet(path.name, "", top, load, name))
    return sorted(found, key=lambda sheet: -max(map(len, sheet.top), default=0))


def _content(path: Path, findings: Findings) -> _Content | None:
    import pyarrow as pa

    data: Any = pa.memory_map(str(path)).read_buffer()
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if bytes(data[:2]) == mark), "utf-8")
    even, nul = _survey(data) if encoding == "utf-8" else (None, False)
    if even is None:
        data, encoding, even, nul = _decoded(bytes(memoryview(data)), encoding)
        if data is None:
            findings.whole("this file is not text in a known encoding", "Save it as CSV UTF-8, or as xlsx.")
            return None
    end = len(data)
    view = memoryview(data)
    while end and view[end - 1] in b"\r\n":
        end -= 1
    if not bytes(view[: min(end, 4096)]).strip(b"\xef\xbb\xbf \r\n\t"):
        findings.whole("this file holds no table", "Export it again, or take it out of the folder.")
        return None
    return _Content(data[:end], encoding, even, nul)


def _survey(data: Any) -> tuple[bool | None, bool]:
    """Return whether quote marks are even (None where it is no UTF-8) and whether a NUL byte stands in it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    quote_marks, nul = 0, False
    view = memoryview(data)
    try:
        for start in range(0, len(view), CHUNK):
            chunk = bytes(view[start : start + CHUNK])
            if not chunk.isascii():
                decoder.decode(chunk)
            quote_marks += chunk.count(b'"')
            nul = nul or b"\0" in chunk
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None, nul
    return quote_marks % 2 == 0, nul


def _decoded(data: bytes, encoding: str) -> tuple[bytes | None, str, bool, bool]:
    for name in (encoding, "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        return text.encode(), name, text.count('"') % 2 == 0, "\0" in text
    return None, "", True, False


def _fast(
    content: _Content, separator: str, header: int, names: Sequence[str], wanted: Sequence[str]
) -> pd.DataFrame | None:
    """Read with pyarrow, only the wanted columns; None where a record has not as many fields as the header."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    inner = [f"{place}" for place in range(len(names))]
    place_of = {name: inner[place] for place, name in reversed(list(enumerate(names)))}
    try:
        table = arrow.read_csv(
            pa.BufferReader(content.data),
            arrow.ReadOptions(column_names=inner, skip_rows_after_names=header + 1, block_size=CHUNK),
            arrow.ParseOptions(delimiter=SEPARATORS[separator], newlines_in_values=True, ignore_empty_lines=False),
            arrow.ConvertOptions(
                include_columns=[place_of[name] for name in wanted],
                column_types=dict.fromkeys(inner, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowException:
        return None
    return table.rename_columns(list(wanted)).to_pandas().astype("str")


def _records(text: str, separator: str, quotes: bool) -> Iterator[tuple[int, list[str], str]]:
    """Yield record number, cells and, where a record is broken, what is wrong with it."""
    stream = io.StringIO(text, newline="")
    if separator == SPACES:
        yield from ((number, line.split(), "") for number, line in enumerate(stream, 1))
        return
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    records = csv.reader(stream, delimiter=SEPARATORS[separator], strict=quotes, quoting=quoting)
    number = 0
    while True:
        number += 1
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = "unexpected end" in str(error) or "field larger" in str(error)
            yield number, [], "a quote mark is opened and never closed" if unclosed else "a quote mark in the wrong place"
            continue
        yield number, cells, ""


def _careful(
    content: _Content, sheet: Sheet, header: int, names: Sequence[str], wanted: Sequence[str], quotes: bool, findings: Findings
) -> RawTable:
    """Read record by record, naming every record that does not fit the header."""
    places = [list(names).index(name) for name in wanted]
    kept, rows = [], []
    for number, cells, fault in _records(content.text(), sheet.separator, quotes):
        if number <= header + 1:
            continue
        fault = fault or _misfit(cells, len(names))
        if fault:
            findings.row(number, fault, "Mend this row in the file, or export the file again.")
            cells = []
        cells = cells + [""] * (len(names) - len(cells))
        kept.append([cells[place] or None for place in places])
        rows.append(number)
    frame = pd.DataFrame(kept, columns=list(wanted), dtype="str")
    return RawTable(sheet.file, frame, np.array(rows, dtype="int64"), sheet.separator)


def _misfit(cells: list[str], expected: int) -> str:
    if any("\0" in cell for cell in cells):
        return "a NUL byte, which is no text"
    if not any(cells):
        return ""
    if len(cells) > expected and any(cells[expected:]):
        return f"{len(cells)} fields where the header has {expected}"
    return f"only {len(cells)} fields where the header has {expected}" if len(cells) < expected else ""


# Workbooks and JSON: small enough to hold whole -----------------------------------------------------------------


def _held(file: str, name: str, records: list[list[str]]) -> Sheet:
    def load(sheet: Sheet, header: int, names: Sequence[str], wanted: Sequence[str], findings: Findings) -> RawTable:
        body = records[header + 1 :]
        places = [list(names).index(column) for column in wanted]
        cells = [[(row[place] if place < len(row) else "") or None for place in places] for row in body]
        frame = pd.DataFrame(cells, columns=list(wanted), dtype="str")
        return RawTable(file, frame, np.arange(len(body)) + header + 2)

    return Sheet(file, name, records[:TOP], load)


def _workbook(path: Path, findings: Findings) -> list[Sheet]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        found = []
        for page in book.worksheets:
            page.reset_dimensions()
            records = [[_cell(value) for value in row] for row in page.iter_rows(values_only=True)]
            while records and not any(records[-1]):
                records.pop()
            if records:
                found.append(_held(path.name, page.title, records))
        book.close()
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, TypeError):
        mend = "Open it in your spreadsheet program and save it again as xlsx, without a password, or as CSV."
        findings.whole("this is not a workbook that can be read", mend)
        return []
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


def _json(path: Path, findings: Findings) -> list[Sheet]:
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
