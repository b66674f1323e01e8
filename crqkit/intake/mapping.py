"""Propose a mapping for a sheet that nothing recognises: what was guessed is marked, the owner decides."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault, say
from crqkit.intake.findings import Findings
from crqkit.intake.format import plain_name, recognise
from crqkit.intake.readers import SPACES, sheets
from crqkit.intake.sheet import Sheet
from crqkit.intake.times import DAY_FIRST, MONTH_FIRST, times
from crqkit.intake.values import Cells, Habits, numbers

LOOKED_AT = 5000
# English, German, French, Spanish; a header that holds one of these words is taken for that column, in this order.
WORDS = {
    "at": "date datum fecha timestamp zeitstempel invoicedate orderdate created jour day tag time",
    "order_id": "order invoice bestellung bestellnummer rechnung rechnungsnummer commande facture pedido factura "
    "transaction receipt beleg orderid invoiceno orderno invoiceid bon",
    "customer_key": "email mail customer customerid customerno kunde kundin kundennummer client cliente member userid",
    "refunds": "refund refunded refunds erstattung remboursement reembolso",
    "total": "amount total betrag summe gesamt montant importe umsatz revenue sales brutto spend paid",
    "currency": "currency währung devise moneda",
    "country": "country land pays país",
    "channel": "channel kanal canal",
    "n_items": "qty quantity menge anzahl quantité cantidad items",
    "stars": "stars sterne rating bewertung étoiles estrellas note",
    "text": "review comment kommentar commentaire comentario bewertungstext review_text feedback",
}
SCALES = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 100))


@dataclass(frozen=True)
class _Column:
    """A column as its name and its cells show it."""

    name: str
    role: str
    values: pd.Series
    share_dates: float
    figures: pd.Series

    @property
    def numeric(self) -> bool:
        return len(self.values) > 0 and self.figures.notna().mean() > 0.95

    @property
    def whole(self) -> bool:
        return self.numeric and bool((self.figures.dropna() % 1 == 0).all())

    @property
    def rating(self) -> bool:
        few = self.figures.nunique() <= 11 and self.figures.min() >= 0 and self.figures.max() <= 10
        return self.whole and bool(few) and len(self.values) > 1

    @property
    def wordy(self) -> bool:
        return not self.numeric and self.share_dates < 0.5 and self.values.str.len().mean() > 25


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
        Where the file cannot be opened, is recognised without a mapping, or no table can be seen in it.
    """
    path = Path(file)
    findings = Findings(path.name)
    if not path.is_file():
        raise DataProblem(Fault("there is no such file", "Give the file that you want to map.", str(path)))
    found = sheets(path, findings)
    if findings.faults:
        raise DataProblem(findings.faults)
    match = recognise(found)
    if match:
        mend = "It needs no mapping: run crqkit check on its folder."
        raise DataProblem(Fault(f"this file is recognised already: {match.format.title}", mend, path.name))
    sheet, quotes = _best(path, found)
    names, headed = _names(sheet)
    if not any(names):
        mend = "Write the names of the columns into the first row."
        raise DataProblem(Fault("the first row of this file names no column", mend, path.name, 1))
    raw = sheet.read(0 if headed else -1, names, [name for name in names if name], Findings(path.name))
    columns = _columns(raw.frame.head(LOOKED_AT), sheet.separator)
    lines = [f"# {say('log.map.head', file=path.name)}", f"# {say('log.map.marked')}"]
    if sheet.separator:
        lines.append(f"separator: {json.dumps(sheet.separator)}")
    lines += [] if quotes else ["quotes: false"]
    if not headed:
        lines += [f"header: [{', '.join(names)}]{_ask('header')}"]
    lines += _table(columns, path.name) + _habits(columns, sheet.separator)
    return "\n".join(lines) + "\n"


def _ask(what: str) -> str:
    return f"  # ? {say(f'log.map.{what}')}"


def _best(path: Path, found: list[Sheet]) -> tuple[Sheet, bool]:
    """Return the way to see the file that gives the same number of columns in all its first rows, and quotes or not."""
    if path.suffix.lower() == ".txt":
        found = [*found, *sheets(path, Findings(path.name), separator=SPACES)]
    even = [sheet for sheet in found if len({len(row) for row in sheet.top if any(row)}) == 1 and len(sheet.top[0]) > 1]
    even = [sheet for sheet in even if sheet.separator != SPACES] or even
    sheet = max(even or found, key=lambda one: len(one.top[0]) if one.top else 0)
    if sheet.separator in ("tab", "|"):
        broken = Findings(path.name)
        names, _ = _names(sheet)
        sheet.read(-1, names, names[:1], broken)
        if broken.faults:
            return sheets(path, Findings(path.name), separator=sheet.separator, quotes=False)[0], False
    return sheet, True


def _names(sheet: Sheet) -> tuple[list[str], bool]:
    """Return the names of the columns, and whether the first row holds them."""
    first = [name.replace("\ufeff", "").strip() for name in sheet.top[0]]
    cells = [Cells("", pd.Series([cell], dtype="str"), np.array([1])) for cell in first if cell]
    values = [_figures(one).notna().any() or _dates(one) > 0 for one in cells]
    repeated = len(set(first)) < len(first)
    if any(values) or repeated or not cells:
        return [f"column_{place}" for place in range(1, len(first) + 1)], False
    return first, True


def _figures(cells: Cells, separator: str = "") -> pd.Series:
    return numbers({"x": cells}, Habits(separator=separator), Findings(""))["x"]


def _dates(cells: Cells) -> float:
    filled = cells.values.dropna()
    if filled.empty or not filled.str.contains(r"\d{4}|\d[-/.]\d", regex=True).mean() > 0.9:
        return 0.0
    rows = np.arange(len(filled))
    findings = Findings("")
    moments = times({"x": Cells("", filled, rows)}, Habits(date_order=DAY_FIRST), findings)["x"]
    other = times({"x": Cells("", filled, rows)}, Habits(date_order=MONTH_FIRST), findings)["x"]
    good = max((one.notna() & (one.dt.year >= 1990) & (one.dt.year < 2100)).mean() for one in (moments, other))
    return float(good)


def _columns(frame: pd.DataFrame, separator: str) -> list[_Column]:
    taken: set[str] = set()
    columns = []
    for name in frame:
        cells = Cells(str(name), frame[name], np.arange(len(frame)))
        filled = frame[name].dropna()
        dates = _dates(cells)
        role = _role(str(name), filled, dates, taken)
        taken.add(role)
        columns.append(_Column(str(name), role, filled, dates, _figures(cells, separator)[filled.index]))
    return columns


def _role(name: str, values: pd.Series, dates: float, taken: set[str]) -> str:
    """Return which of our columns a header speaks of; a role is given once."""
    parts = set(re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name).casefold())) | {plain_name(name)}
    parts.add(re.sub(r"[\W_]+", "", name.casefold()))
    if len(values) and values.str.contains("@", regex=False).mean() > 0.5 and "customer_key" not in taken:
        return "customer_key"
    for role, words in WORDS.items():
        if role not in taken and parts & set(words.split()) and (role != "at" or dates > 0.9):
            return role
    return ""


def _of(columns: Iterable[_Column], role: str) -> _Column | None:
    return next((column for column in columns if column.role == role), None)


def _table(columns: Sequence[_Column], file: str) -> list[str]:
    """Return the lines that say what the file holds: orders with date and amount, else answers, else reviews."""
    date = _of(columns, "at") or next((column for column in columns if column.share_dates > 0.9), None)
    money = [column for column in columns if column.numeric and not column.rating and column is not date]
    priced = [column for column in money if not column.whole]
    amount = _of(money, "total") or next(iter(reversed(priced)), None)
    ratings = [column for column in columns if column.rating and column.role not in ("n_items", "order_id")]
    texts = [column for column in columns if column.wordy]
    if date and amount:
        return _orders(columns, date, amount)
    stars = _of(columns, "stars")
    if date and stars and len(ratings) < 2 and stars.rating:
        pairs = [("at", date), ("stars", stars), ("text", next(iter(texts), None))]
        return ["table: reviews", "columns:", *(f"  {name}: {json.dumps(one.name)}" for name, one in pairs if one)]
    if ratings or texts:
        return _responses(columns, date, ratings, texts)
    mend = "Its table needs a date and an amount for each order, or ratings and texts for each answer."
    raise DataProblem(Fault("neither orders nor answers can be seen in this file", mend, file))


def _orders(columns: Sequence[_Column], date: _Column, amount: _Column) -> list[str]:
    used = {date.name, amount.name}
    lines = [
        "table: orders",
        "columns:",
        f"  at: {json.dumps(date.name)}",
        f"  total: {json.dumps(amount.name)}{_ask('total')}",
    ]
    person = _of(columns, "customer_key") or next(
        (column for column in columns if column.name not in used and not column.role and _identity(column)), None
    )
    if person:
        used.add(person.name)
        lines.append(f"  customer_key: {json.dumps(person.name)}{_ask('person')}")
    for role in ("order_id", "refunds", "currency", "country", "channel", "n_items"):
        column = _of(columns, role)
        if column and column.name not in used and not (role == "order_id" and column.values.duplicated().any()):
            used.add(column.name)
            lines.append(f"  {role}: {json.dumps(column.name)}")
    left = [column.name for column in columns if column.name not in used]
    lines += [f"# {say('log.map.left', columns=', '.join(left))}"] if left else []
    if (amount.figures < 0).any():
        lines.append(f"# {say('log.map.negative')}")
    return lines


def _identity(column: _Column) -> bool:
    """Whether the cells could number persons: texts or whole numbers, many and repeated."""
    share = column.values.nunique() / max(1, len(column.values))
    return (column.whole or not column.numeric) and not column.rating and column.share_dates < 0.5 and 0.01 < share < 1


def _responses(
    columns: Sequence[_Column], date: _Column | None, ratings: list[_Column], texts: list[_Column]
) -> list[str]:
    lines = ["table: responses"]
    person = _of(columns, "customer_key")
    pairs = [("at", date), ("customer_key", person)]
    lines += (
        ["columns:", *(f"  {name}: {json.dumps(one.name)}" for name, one in pairs if one)] if date or person else []
    )
    low, high = _scale(ratings)
    if ratings:
        lines.append(f"scale: {{low: {low}, high: {high}}}{_ask('scale')}")
    prefixes = {column.name: _prefix(column.name) for column in ratings}
    groups = [name for name, _ in groupby(prefixes.values()) if list(prefixes.values()).count(name) > 1]
    if groups:
        lines += [f"dimensions:{_ask('dimensions')}", *(f"  {name.lower()}: {json.dumps(name)}" for name in groups)]
    lines.append("items:")
    for column in ratings:
        dimension = f", dimension: {prefixes[column.name].lower()}" if prefixes[column.name] in groups else ""
        lines.append(f"  - {{id: {_id(column.name)}, column: {json.dumps(column.name)}{dimension}}}")
    for place, column in enumerate(texts):
        id = "comment" if place == 0 else f"comment_{place + 1}"
        lines.append(f"  - {{id: {id}, column: {json.dumps(column.name)}, kind: text}}")
    used = {column.name for column in (*ratings, *texts, date, person) if column}
    left = [column.name for column in columns if column.name not in used]
    return lines + ([f"# {say('log.map.left', columns=', '.join(left))}"] if left else [])


def _scale(ratings: list[_Column]) -> tuple[int, int]:
    low = min((column.figures.min() for column in ratings), default=1)
    high = max((column.figures.max() for column in ratings), default=5)
    return next((scale for scale in SCALES if scale[0] <= low and high <= scale[1]), SCALES[0])


def _prefix(name: str) -> str:
    return re.sub(r"[\W_]*\d+$", "", name) if re.fullmatch(r"[A-Za-z_]+\d+", name) else name


def _id(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")[:40] or "item"


def _habits(columns: Sequence[_Column], separator: str) -> list[str]:
    """Return commented lines for what the cells leave open; reading refuses until the owner has answered."""
    findings = Findings("")
    rows = [(column, Cells(column.name, column.values, np.arange(len(column.values)))) for column in columns]
    times({column.name: cells for column, cells in rows if column.share_dates > 0.9}, Habits(), findings)
    lines = (
        [f"# ? date_order: {DAY_FIRST}{_ask('date_order')}"]
        if any("day-first" in fault.what for fault in findings.faults)
        else []
    )
    findings = Findings("")
    numbers({column.name: cells for column, cells in rows if column.numeric}, Habits(separator=separator), findings)
    return lines + (
        [f'# ? decimal: "."{_ask("decimal")}'] if any("decimal" in fault.what for fault in findings.faults) else []
    )
