"""Propose a mapping for a sheet that nothing recognises: what was guessed is marked, the owner decides."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from crqkit.base import DataProblem, Fault, say
from crqkit.intake.findings import Findings
from crqkit.intake.format import Match, plain_name
from crqkit.intake.guessing import MOST, Column, columns_of, evenness, headings, is_no_date, of
from crqkit.intake.mapfile import COLUMNS
from crqkit.intake.matching import unique
from crqkit.intake.opened import uses
from crqkit.intake.proposal import ask, orders, quoted, responses
from crqkit.intake.readers import SPACES, sheets
from crqkit.intake.recognition import recognise
from crqkit.intake.sheet import Sheet
from crqkit.intake.times import DAY_FIRST, times
from crqkit.intake.values import Cells, Habits, numbers

LOOKED_AT = 5000
SHOWN = 20


def propose(file: str | Path) -> str:
    """Return the text of a mapping for `file`; lines marked with ``# ?`` were guessed and want a look.

    Parameters
    ----------
    file : str or Path
        A csv, tsv, txt, xlsx or json file with one row an order, an answer or a review.

    Returns
    -------
    str
        YAML to be saved as ``<name>.map.yml`` beside the file. Nothing is written.

    Raises
    ------
    DataProblem
        Where the file cannot be opened, is understood without a mapping, or no table can be seen in it.
    """
    path = Path(file)
    findings = Findings(path.name)
    if not path.is_file():
        raise DataProblem(Fault("there is no such file", "Give the file that you want to map.", str(path)))
    found = sheets(path, findings)
    if findings.faults:
        raise DataProblem(findings.faults)
    match = recognise(found)
    if match and not match.format.guess_questions:
        raise _understood(match.format.title, path)
    sheet, quotes = (match.sheet, True) if match else _best(path, found)
    names, header = (list(unique(match.names)), match.header) if match else headings(sheet)
    if not any(names):
        mend = "Write the names of the columns into the first row."
        raise DataProblem(Fault("the first row of this file names no column", mend, path.name, 1))
    raw = sheet.read(header, names, [name for name in names if name], Findings(path.name))
    columns = _open(columns_of(raw.frame.head(LOOKED_AT), sheet.separator), match)
    table, lines = _table(columns, path.name, answers=match is not None)
    if match and not lines:
        raise _understood(match.format.title, path)
    top = [f"# {say('log.map.head', file=path.name)}", f"# {say('log.map.marked')}"]
    top += [f"separator: {json.dumps(sheet.separator)}"] if sheet.separator else []
    top += [] if quotes else ["quotes: false"]
    top += [] if header >= 0 else [f"header: [{', '.join(names)}]{ask('header')}"]
    return (
        "\n".join([*top, *lines, *_odd(columns, raw.rows), *_habits(columns, sheet.separator), *_known_columns(table)])
        + "\n"
    )


def _open(columns: list[Column], match: Match | None) -> list[Column]:
    """Return the columns of which the format of the file, if any, does not know what they hold; a score is open.

    Where a header has several rows, a column is called by its question.
    """
    if match is None or not match.format.required:
        return columns
    format, words = match.format, dict(zip(unique(match.names), match.words, strict=True))
    twice = {one for one in words.values() if list(words.values()).count(one) > 1}
    known = {header for header, ours in uses(format).items() if ours != "score"}
    known |= {plain_name(rule.column) for rule in format.drop_when} | {plain_name(name) for name in format.names}
    return [
        replace(column, name=column.name if words[column.name] in twice else words[column.name])
        for column in columns
        if plain_name(column.name) not in known
        and plain_name(words[column.name]) not in known
        and not format.ignores(column.name, words[column.name])
    ]


def _understood(title: str, path: Path) -> DataProblem:
    mend = "It needs no mapping: run crqkit check on its folder."
    return DataProblem(Fault(f"everything in this file is understood already: {title}", mend, path.name))


def _best(path: Path, found: list[Sheet]) -> tuple[Sheet, bool]:
    """Return the way to see the file that makes most of a table of it, and whether quote marks count."""
    if path.suffix.lower() == ".txt":
        found = [*found, *sheets(path, Findings(path.name), separator=SPACES)]
    sheet = max(found, key=evenness)
    if sheet.separator in ("tab", "|"):
        broken = Findings(path.name)
        names, _ = headings(sheet)
        sheet.read(-1, names, names[:1], broken)
        if broken.faults:
            return sheets(path, Findings(path.name), separator=sheet.separator, quotes=False)[0], False
    return sheet, True


def _table(columns: Sequence[Column], file: str, *, answers: bool) -> tuple[str, list[str]]:
    """Return what the file holds and the lines that say so: orders with date and amount, else answers, else reviews."""
    date = of(columns, "at") or next((column for column in columns if column.share_dates >= MOST), None)
    about = ("customer_phone", "person", "order_id")
    money = [column for column in columns if column.numeric and not column.rating and column is not date]
    priced = [column for column in money if not column.whole and column.role not in about]
    amount = of(money, "total") or next(iter(reversed(priced)), None)
    if date and amount and not answers:
        return "orders", orders(columns, date, amount)
    ratings = [column for column in columns if column.rating]
    texts = [column for column in columns if column.wordy]
    stars = of(columns, "stars")
    if date and stars and len(ratings) < 2 and stars.rating and not answers:
        pairs = [("at", date), ("stars", stars), ("text", next(iter(texts), None))]
        return "reviews", [
            "table: reviews", "columns:", *(f"  {name}: {quoted(one.name)}" for name, one in pairs if one)
        ]  # fmt: skip
    record = len({word for column in columns for word in column.record}) > 1
    if ratings or answers or (texts and not record):
        return "responses", responses(columns, date)
    raise _no_proposal(file)


def _no_proposal(file: str) -> DataProblem:
    others = [table for table in COLUMNS if table not in ("orders", "responses", "reviews")]
    what = "neither sales (a date and an amount) nor answers (ratings or texts) can be seen in this file"
    mend = (
        "For tickets, bookings or jobs fill in a sheet of crqkit template; or write a mapping beside the file with "
        f"table: and columns: yourself, where the table may be one of {', '.join(others)}."
    )
    return DataProblem(Fault(what, mend, file))


def _habits(columns: Sequence[Column], separator: str) -> list[str]:
    """Return commented lines for what the cells leave open; reading refuses until the owner has answered."""
    findings = Findings("")
    rows = [(column, Cells(column.name, column.values, np.arange(len(column.values)))) for column in columns]
    times({column.name: cells for column, cells in rows if column.share_dates >= MOST}, Habits(), findings)
    lines = (
        [f"# ? date_order: {DAY_FIRST}{ask('date_order')}"]
        if any("day-first" in fault.what for fault in findings.faults)
        else []
    )
    findings = Findings("")
    numbers({column.name: cells for column, cells in rows if column.numeric}, Habits(separator=separator), findings)
    return lines + (
        [f'# ? decimal: "."{ask("decimal")}'] if any("decimal" in fault.what for fault in findings.faults) else []
    )


def _odd(columns: Sequence[Column], rows: np.ndarray) -> list[str]:
    """Return, as a comment, where the few cells stand that are no number or date in a column of them."""
    odd = []
    for column in columns:
        lost = column.figures.isna() if column.numeric else is_no_date(column)
        odd += [f"{quoted(column.name)}, row {rows[place]}" for place in column.values.index[lost]]
    return (
        [f"# {say('log.map.odd', cells='; '.join(odd[:SHOWN]) + ('; ...' if len(odd) > SHOWN else ''))}"] if odd else []
    )


def _known_columns(table: str) -> list[str]:
    """Return, as comments, every column of ours that may stand below columns."""
    return [
        f"# {say('log.map.columns')}",
        *(f"#   {name}: {say(f'log.map.column.{name}')}" for name in COLUMNS[table]),
    ]
