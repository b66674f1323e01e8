"""Write the files of a case: whole or not at all, the same bytes at every rebuild."""

import argparse
import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
from whole import build_whole

__all__ = ["build_whole", "csv_file", "json_file", "main", "shop", "streams", "text_file", "workbook"]

DATASETS = Path(__file__).resolve().parents[2]
CREATED = datetime(2026, 11, 1)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def main(case: str, build: Callable[[Path], None], about: str) -> None:
    """Run the script of a case: `python datasets/make/CASE.py [--out DIR]`."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATASETS / case)
    build(parser.parse_args().out)


def streams(seed: int, parts: int) -> list[np.random.Generator]:
    """A stream of chance for each part, so that a change to one leaves the others as they were."""
    return [np.random.default_rng([seed, part]) for part in range(parts)]


def shop(exports: Path, case: str, name: str, timezone: str, currency: str, **more: str) -> None:
    """Write shop.yml and the key, as they stand in an owner's folder; `more` are further settings, e.g. opened."""
    lines = {"name": f"{name} (simulated)", "timezone": timezone, "currency": currency} | more
    text_file(exports / "shop.yml", "".join(f"{key}: {value}\n" for key, value in lines.items()))
    # A real key is a secret; this one is public because the persons are simulated.
    key = hashlib.sha256(f"crqkit {case}: simulated persons".encode()).hexdigest()
    text_file(exports / "crqkit-private" / "key.txt", f"{key}\n")


def csv_file(path: Path, columns: Sequence[str], rows: Iterable[Sequence | dict]) -> None:
    """Write a CSV file; a row is a list in the order of the columns, or a dict in which absent cells are blank."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns] if isinstance(row, dict) else [*map(_cell, row)])
    text_file(path, out.getvalue())


def workbook(path: Path, sheets: dict[str, Sequence[Sequence]]) -> None:
    """Write an xlsx file of the given sheets, each a list of rows; nothing in it tells when or where it was made."""
    import xlsxwriter

    draft = BytesIO()
    book = xlsxwriter.Workbook(draft, {"in_memory": True})
    book.set_properties({"created": CREATED})
    as_date = book.add_format({"num_format": "yyyy-mm-dd"})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(r, c, value, as_date)
                elif value is not None and value != "":
                    sheet.write(r, c, value)
    book.close()
    _settle(draft, path)


def _settle(draft: BytesIO, path: Path) -> None:
    """Pack the parts again uncompressed, sorted, with one time: compressors differ between machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 0
            target.writestr(entry, source.read(name))


def json_file(path: Path, content: dict) -> None:
    """Write JSON with lists of numbers on one line."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    text_file(path, re.sub(r"\[[\s\d.,e-]+\]", lambda found: f"[{' '.join(found[0][1:-1].split())}]", text) + "\n")


def text_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
