"""All tables behind the page as one workbook, with the origin of every number said."""

import io
import re
from typing import Any

import pandas as pd

from crqkit.base import say
from crqkit.report.compose import Page
from crqkit.report.mark import MARK, NO_SEAL, sealed_archive
from crqkit.report.section import origins

WIDEST = 60
LONGEST = 10_000
# A cell that starts so could be run as a formula when the file is opened or saved as text.
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def workbook(page: Page) -> bytes:
    """Return the workbook: the sentences with their origins first, then each table on a sheet of its own."""
    stream = io.BytesIO()
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs={"options": OPTIONS}) as writer:
        # Without a fixed date the same page would be another file each time.
        writer.book.set_properties(
            {
                "title": str(page.shop.settings.name),
                "author": MARK,
                "keywords": NO_SEAL,
                "created": pd.Timestamp(2000, 1, 1),
            }
        )
        _write(writer, "sentences", sentences(page))
        for name, table in sheets(page).items():
            _write(writer, name, table)
    return sealed_archive(stream.getvalue())


OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def sentences(page: Page) -> pd.DataFrame:
    """Return every sentence of the page: ``section, message, sentence, numbers from``."""
    rows: list[dict[str, Any]] = [{"section": "headline", "message": page.headline.id, "sentence": str(page.headline)}]
    for section in page.sections:
        places: dict[str, list[str]] = {}
        for sentence, name, _, origin in origins(section):
            if origin:
                place = f"{name}: {section.id}.{origin.table} row {origin.row + 2}, {origin.column}"
                places.setdefault(sentence, []).append(place)
        rows += [
            {
                "section": section.id,
                "message": sentence.id,
                "sentence": str(sentence),
                "numbers from": "; ".join(places.get(sentence, [])),
            }
            for sentence in section.sentences
        ]
    rows += [{"section": "cannot", "message": s.id, "sentence": str(s)} for s in page.cannot]
    return pd.DataFrame(rows)


def sheets(page: Page) -> dict[str, pd.DataFrame]:
    """Return the tables by sheet name: section and table, in the 31 letters that a sheet name may have."""
    found: dict[str, pd.DataFrame] = {}
    for section in page.sections:
        for table, rows in section.tables.items():
            name = _NOT_IN_NAMES.sub(" ", f"{section.id}.{table}")
            tries = (name[:31], *(f"{name[:28]}~{again}" for again in range(2, 100)))
            found[next(short for short in tries if short not in found)] = rows
    return found


def _write(writer: pd.ExcelWriter, name: str, table: pd.DataFrame) -> None:
    plain = table.head(LONGEST).apply(_plain)
    plain.to_excel(writer, sheet_name=name, index=False)
    sheet = writer.sheets[name]
    sheet.freeze_panes(1, 0)
    if len(table) > LONGEST:
        sheet.write_string(LONGEST + 1, 0, say("page.book.longer", rows=len(table), shown=LONGEST))
    for place, column in enumerate(plain.columns):
        longest = plain[column].astype(str).str.len().max() if len(plain) else 0
        sheet.set_column(place, place, min(WIDEST, max(longest, len(str(column))) + 2))


def _plain(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None)
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map(_safe, na_action="ignore")


def _safe(cell: Any) -> Any:
    if isinstance(cell, pd.Timestamp):
        return cell.tz_localize(None)
    if isinstance(cell, str):
        text = str(cell)
        return f"'{text}" if _FORMULA.match(text) else text
    return cell
