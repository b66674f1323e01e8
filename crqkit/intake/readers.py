"""Open csv, tsv, txt, xlsx and json as text cells that remember their spreadsheet row; here the text files."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings
from crqkit.intake.held import json_list, workbook
from crqkit.intake.sheet import TOP, RawTable, Sheet

# Measured: larger blocks leave the cache of the processor and take twice as long.
CHUNK = 1 << 22
SEPARATORS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
SPACES = "spaces"
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
csv.field_size_limit(1 << 27)


def sheets(path: Path, findings: Findings, *, separator: str = "", quotes: bool = True) -> list[Sheet]:
    """Return every way to see `path` as a table; none, with a fault, where it cannot be opened."""
    kind = path.suffix.lower()
    try:
        if path.stat().st_size == 0:
            findings.whole("this file is empty", "Export it again, or take it out of the folder.")
            return []
        if kind == ".xlsx":
            return workbook(path, findings)
        if kind == ".json":
            return json_list(path, findings)
        return _text(path, findings, separator, quotes)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        findings.whole(
            f"this file cannot be opened: {reason}", "Close it if it is open elsewhere, or copy it here again."
        )
        return []


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
    if start.lstrip().lower().startswith(("<!doctype", "<html")):
        mend = "Sign in to the shop system and download the export again; this is what it shows without signing in."
        findings.whole("this is a web page, not a table", mend)
        return []
    found = []
    for name in [separator] if separator else SEPARATORS:
        top = [cells for _, cells, _ in islice(_records(start, name, quotes), TOP)]
        fast = name != SPACES and quotes and content.even_quotes and not content.nul

        def load(
            sheet: Sheet,
            header: int,
            names: Sequence[str],
            wanted: Sequence[str],
            findings: Findings,
            fast: bool = fast,
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
    view = memoryview(data).cast("B")
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
    signs = np.frombuffer(data, dtype="uint8")
    try:
        for start in range(0, len(signs), CHUNK):
            chunk = signs[start : start + CHUNK]
            if chunk.max() > 127 or decoder.getstate()[0]:
                decoder.decode(chunk.tobytes())
            quote_marks += int(np.count_nonzero(chunk == ord('"')))
            nul = nul or not chunk.all()
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
            yield (
                number,
                [],
                "a quote mark is opened and never closed" if unclosed else "a quote mark in the wrong place",
            )
            continue
        yield number, cells, ""


def _careful(
    content: _Content,
    sheet: Sheet,
    header: int,
    names: Sequence[str],
    wanted: Sequence[str],
    quotes: bool,
    findings: Findings,
) -> RawTable:
    """Read record by record, naming every record that does not fit the header."""
    places = [list(names).index(name) for name in wanted]
    kept, rows = [], []
    for number, cells, broken in _records(content.text(), sheet.separator, quotes):
        if number <= header + 1:
            continue
        fault = broken or _misfit(cells, len(names))
        if fault:
            findings.row(number, fault, "Mend this row in the file, or export the file again.")
        kept.append([None if fault or place >= len(cells) else cells[place] or None for place in places])
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
