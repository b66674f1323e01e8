"""Text cells to numbers, flags and plain text; how a column writes its numbers is decided once for the column."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings


@dataclass(frozen=True)
class Cells:
    """One column of a file: its header, its text cells and their spreadsheet rows."""

    column: str
    values: pd.Series
    rows: np.ndarray

    def fault(
        self, bad: pd.Series, findings: Findings, what: str, mend: str, *, shown: bool = True, spoils: bool = True
    ) -> None:
        """Note a fault for every cell where `bad`; one that does not spoil its row leaves the cell empty."""
        if bad.any():
            mask = bad.to_numpy(dtype=bool)
            shown_values = self.values[mask] if shown else None
            findings.cells(self.rows[mask], self.column, what, mend, shown_values, spoils=spoils)


@dataclass(frozen=True)
class Habits:
    """How a file writes numbers and times: its mapping decides; what is usual counts where cells do not tell."""

    decimal: str = ""
    date_order: str = ""
    usual_decimal: str = ""
    usual_order: str = ""
    date_format: str = ""
    timezone: str = "UTC"
    separator: str = ""


Columns = Mapping[str, Cells]
# From here on, numbers have no more than six decimals anyway.
LARGE = 1e9
_ERROR = r"^#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|NV|WERT!|BEZUG!)$"


def rewritten(cells: Cells, pairs: Sequence[tuple[str, str]]) -> Cells:
    """Return the cells with patterns replaced, each unique cell once."""
    if not pairs:
        return cells
    codes, texts = pd.factorize(cells.values)
    new = [str(text) for text in texts]
    for pattern, by in pairs:
        new = [re.sub(pattern, by, text) for text in new]
    values = pd.Series(np.array([*new, None], dtype=object)[codes], index=cells.values.index, dtype="str")
    return Cells(cells.column, values, cells.rows)


def holding(values: pd.Series, test: Callable[[str], object]) -> np.ndarray:
    """Return where `test` holds of a text, each unique text looked at once; of an empty cell it does not.

    >>> holding(pd.Series(["a1", None, "b", "a1"], dtype="str"), lambda text: text[-1].isdigit()).tolist()
    [True, False, False, True]
    """
    codes, texts = pd.factorize(values)
    return np.array([*(bool(test(str(text))) for text in texts), False])[codes]


def without_errors(cells: Cells, findings: Findings) -> Cells:
    """Note cells in which a spreadsheet left an error such as ``#REF!`` and empty them."""
    suspects = cells.values[cells.values.str.startswith("#", na=False)]
    errors = suspects.index[suspects.str.match(_ERROR)]
    if not len(errors):
        return cells
    bad = pd.Series(cells.values.index.isin(errors), index=cells.values.index)
    cells.fault(bad, findings, "an error left by a spreadsheet", "Mend the formula, or export the file again.")
    return Cells(cells.column, cells.values.mask(bad), cells.rows)


def without(cells: Cells, absent: Sequence[str]) -> Cells:
    """Return the cells with those emptied that say one of the texts which stand for no answer."""
    if not absent:
        return cells
    return Cells(cells.column, cells.values.mask(cells.values.str.strip().isin(absent)), cells.rows)


def plain(cells: Cells) -> pd.Series:
    """Return text without spaces around it; the apostrophe that keeps a spreadsheet from counting goes too."""
    text = cells.values.str.strip().str.removeprefix("'")
    return text.mask(text == "")


_YES = ("yes", "true", "1", "y", "x", "ja", "wahr", "oui", "si", "sí", "sim")
_NO = ("no", "false", "0", "n", "nein", "falsch", "non", "não")


def are_flags(values: pd.Series) -> pd.Series:
    """Return where a cell says yes or no."""
    words = values.str.strip().str.lower()
    return words.isin(_YES) | words.isin(_NO)


def flags(cells: Cells, findings: Findings) -> pd.Series:
    """Return yes or no as booleans; an empty cell is unknown."""
    words = plain(cells).str.lower()
    known = are_flags(words)
    cells.fault(words.notna() & ~known, findings, "neither yes nor no", "Write yes or no, or leave it empty.")
    return words.isin(_YES).astype("boolean").where(known)


# Numbers ---------------------------------------------------------------------------------------------------------

_MONEY_SIGN = r"(?:[A-Z]{2,3}|(?:[A-Z]{1,2})?[$€£¥₹৳₺₽₩₪₫₴₦฿₱₡₲₵₸₮₭₨]|kr\.?|Kr\.?|zł|Kč|Fr\.?|Rs\.?)"
_NUMBER = re.compile(
    rf"^(?P<open>\()?\s*(?P<a>[-−+])?\s*(?P<before>{_MONEY_SIGN})?\s*(?P<b>[-−])?\s*"
    rf"(?P<body>\d(?:[\d.,'’\s]*\d)?|[.,]\d+)(?:[.,][-–]?)?\s*(?P<after>{_MONEY_SIGN})?\s*(?P<c>[-−])?\s*(?P<close>\))?$"
)
_GROUPED = re.compile(r"^(\d{1,3}(?:[\s'’]\d{3})+)([.,]\d*)?$")
OTHER = {".": ",", ",": "."}
# Fields that count, and are no money.
_COUNTS = set("people hours staff new_customers reopens first_reply_minutes stated_orders n_items seconds".split())
_CODES = {"€": "EUR", "£": "GBP", "$": "USD", "৳": "BDT", "₹": "INR"}


def currency_of(texts: Iterable[str]) -> str:
    """Return the first currency that a text names with its sign or code.

    >>> currency_of(["Betrag (€)", "12,50"]), currency_of(["Total CHF"]), currency_of(["AMOUNT"])
    ('EUR', 'CHF', '')
    """
    for text in texts:
        found = re.search(r"[€£$৳₹]|\b(?:EUR|USD|GBP|CHF|BDT|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|JPY)\b", str(text))
        if found:
            return _CODES.get(found[0], found[0])
    return ""


def rounded(money: pd.Series) -> pd.Series:
    """Return amounts without the dust of binary fractions; those too large to be rounded stay as they are."""
    return money.where(money.abs() > LARGE, money.clip(-LARGE, LARGE).round(6))


def currency_sign(cells: Cells) -> str:
    """Return the currency of amounts that carry a sign or code which one currency alone uses."""
    found = {number.currency for number in _coded(cells)[1] if number and number.currency}
    sign = found.pop() if len(found) == 1 else ""
    return sign if len(sign) == 3 and sign.isalpha() and sign.isupper() and sign != _CODES["$"] else ""


def mark_like(cells: Cells, reference: pd.Series) -> str:
    """Return the decimal mark with which amounts come nearest to those of `reference`; nothing where none can."""
    codes, found = _coded(cells)
    base = reference.to_numpy(dtype=float)
    distance = {}
    for mark in OTHER:
        values = np.array([number.value(mark) if number else np.nan for number in found] + [np.nan])[codes]
        both = (values > 0) & (base > 0)
        if both.any():
            distance[mark] = float(np.median(np.abs(np.log(values[both] / base[both]))))
    return min(distance, key=lambda mark: distance[mark]) if distance else ""


@dataclass(frozen=True)
class _Number:
    """A number as it is written: sign, digits with `.` and `,` only, and what that tells of the decimal mark."""

    sign: int
    body: str
    currency: str
    tells: str

    def value(self, decimal: str) -> float:
        whole, _, part = self.body.partition(decimal)
        grouped = OTHER[decimal]
        groups = rf"\d{{1,3}}(?:{re.escape(grouped)}\d{{2,3}})*{re.escape(grouped)}\d{{3}}"
        if not re.fullmatch(rf"\d*|{groups}", whole) or not re.fullmatch(r"\d*", part):
            return np.nan
        return self.sign * float(f"{whole.replace(grouped, '') or '0'}.{part or '0'}")


def numbers(columns: Columns, habits: Habits, findings: Findings) -> dict[str, pd.Series]:
    """Return the columns as floats; a decimal mark told by one column holds for those that do not tell."""
    if (habits.decimal or habits.usual_decimal) == ".":
        quick = {field: _plain_numbers(cells) for field, cells in columns.items()}
        if all(series is not None for series in quick.values()):
            return {field: series for field, series in quick.items() if series is not None}
    coded = {field: _coded(cells) for field, cells in columns.items()}
    told = {tells for _, found in coded.values() for number in found if number and (tells := number.tells) in OTHER}
    shared = told.pop() if len(told) == 1 else ""
    return {
        field: _converted(cells, *coded[field], shared, habits, findings, field in _COUNTS)
        for field, cells in columns.items()
    }


def _plain_numbers(cells: Cells) -> pd.Series | None:
    """Read numbers like ``-12.50`` the quick way; None where any cell is written otherwise."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        values = pc.cast(pa.array(cells.values, type=pa.string(), from_pandas=True), pa.float64())
    except pa.ArrowInvalid:
        return None
    series = pd.Series(values.to_numpy(zero_copy_only=False), index=cells.values.index)
    return series if np.isfinite(series[cells.values.notna()]).all() else None


def _coded(cells: Cells) -> tuple[np.ndarray, list[_Number | None]]:
    codes, texts = pd.factorize(cells.values)
    return codes, [_parsed(str(text)) for text in texts]


def _parsed(text: str) -> _Number | None:
    text = html.unescape(text) if "&" in text else text
    match = _NUMBER.match(text.strip().removeprefix("'").replace("\u00a0", " ").replace("\u202f", " "))
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [match[name] for name in ("open", "a", "b", "c") if match[name]]
    if len(signs) > 1:
        return None
    body = match["body"].strip()
    grouped = _GROUPED.match(body)
    if grouped:
        body = re.sub(r"[\s'’]", "", body)
    elif re.search(r"[\s'’]", body):
        return None
    sign = -1 if signs and signs != ["+"] else 1
    tells = (body[len(body) - len(grouped[2]) :][:1] if grouped[2] else "") if grouped else _tells(body)
    currency = (match["before"] or match["after"] or "").strip(".")
    return _Number(sign, body, _CODES.get(currency, currency), tells)


def _tells(body: str) -> str:
    """Return the decimal mark that `body` proves, ``?`` where it could be either, nothing where it has none."""
    marks = [mark for mark in body if mark in OTHER]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return OTHER[marks[0]] if re.fullmatch(r"\d{1,3}([.,]\d{2,3})*[.,]\d{3}", body) else ""
    return "?" if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", body) else marks[0]


def _converted(
    cells: Cells,
    codes: np.ndarray,
    found: list[_Number | None],
    shared: str,
    habits: Habits,
    findings: Findings,
    counts: bool,
) -> pd.Series:
    decimal = habits.decimal or _decided(found, codes, shared or habits.usual_decimal, habits.separator)
    if not decimal:
        example = next(number.body for number in found if number and number.tells == "?")
        findings.whole(
            "it cannot be told whether the mark is a decimal or a thousands mark",
            'Write decimal: "," or decimal: "." in shop.yml, or in the mapping of this file.',
            column=cells.column,
            value=example,
        )
        decimal = "."
    currencies = {number.currency for number in found if number and number.currency}
    if len(currencies) > 1:
        mend = "Keep one currency in this column, or put each currency in its own file."
        findings.whole("more than one currency", mend, column=cells.column, value=" ".join(sorted(currencies)))
    values = np.array([number.value(decimal) if number else np.nan for number in found] + [np.nan])[codes]
    series = pd.Series(values, index=cells.values.index)
    written = cells.values.fillna("").str.strip() != ""
    mend = f"Write it like 12{decimal}50, with the same decimal mark in the whole column."
    mend = "Write a number, like 3." if counts else mend
    cells.fault(series.isna() & written, findings, "not a number", mend)
    return series


def _decided(found: list[_Number | None], codes: np.ndarray, shared: str, separator: str) -> str:
    """Return the decimal mark of a column: what most of its cells prove, then the file, then its separator."""
    often = np.bincount(codes[codes >= 0], minlength=len(found))
    votes: Counter[str] = Counter()
    for number, count in zip(found, often, strict=True):
        votes[number.tells if number else "x"] += int(count)
    if votes["."] or votes[","]:
        return max(".,", key=lambda mark: votes[mark])
    if not votes["?"]:
        return shared or "."
    doubtful = {mark for number in found if number and number.tells == "?" for mark in number.body if mark in OTHER}
    # A sheet separated by semicolons comes from a land of decimal commas, so a single dot there groups thousands.
    return shared or ("," if separator == ";" and doubtful == {"."} else "")
