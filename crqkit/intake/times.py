"""Text cells to moments in UTC; the order of day and month is decided once for a column, never by guessing."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings
from crqkit.intake.values import Cells, Columns, Habits

Zone = str | pd.Series
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
YEARS_AHEAD = 10
EARLIEST = pd.Timestamp("1990-01-01", tz="UTC")
_ISO = r"^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
_WITH_OFFSET = _ISO + r" ?(?:Z|[+-]\d\d:?\d\d)$"
_PARTS = re.compile(
    r"""^(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})
        | (?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y2>\d{4}|\d{2})
        | (?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})
        | (?P<d4>\d{1,2})[ .-]+(?P<m4>[A-Za-z]{3,9})[ .,-]+(?P<y4>\d{4})
        | (?P<m5>[A-Za-z]{3,9})[ .]+(?P<d5>\d{1,2})[ ,]+(?P<y5>\d{4}))
    (?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?
    \s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?)?$""",
    re.VERBOSE,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def times(
    columns: Columns,
    habits: Habits,
    findings: Findings,
    *,
    ahead: Collection[str] = (),
    zones: pd.Series | None = None,
) -> dict[str, pd.Series]:
    """Return the columns as moments in UTC; an order of day and month told by one holds for those that do not tell.

    `ahead` are the columns that may lie in the future; `zones` names the time zone of each row, where it has one.
    """
    zone = habits.timezone if zones is None else zones
    if habits.date_format:
        found = {field: _formatted(cells, habits, zone, findings) for field, cells in columns.items()}
    else:
        told = {order for cells in columns.values() if (order := _majority(_votes(cells)))}
        shared = told.pop() if len(told) == 1 else ""
        found = {field: _converted(cells, shared, habits, zone, findings) for field, cells in columns.items()}
    return {field: _bounded(columns[field], values, findings, field in ahead) for field, values in found.items()}


def _formatted(cells: Cells, habits: Habits, zone: Zone, findings: Findings) -> pd.Series:
    values = pd.to_datetime(cells.values, format=habits.date_format, errors="coerce", utc="%z" in habits.date_format)
    mend = f"Write this date as {habits.date_format}, as the mapping says, or mend date_format there."
    cells.fault(values.isna() & cells.values.notna(), findings, "not a date in the given format", mend)
    return values if "%z" in habits.date_format else _localized(values, zone)


def _converted(cells: Cells, shared: str, habits: Habits, zone: Zone, findings: Findings) -> pd.Series:
    text = cells.values.str.strip()
    result = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us, UTC]")
    exact = text.str.match(_WITH_OFFSET).fillna(False).astype(bool)
    naive = ~exact & text.str.match(_ISO + "$").fillna(False).astype(bool)
    if exact.any():
        result[exact] = pd.to_datetime(text[exact], format="ISO8601", utc=True, errors="coerce").dt.as_unit("us")
    findings.naive |= bool((naive & text.str.contains(":", regex=False).fillna(False)).any())
    if naive.any():
        result[naive] = _localized(pd.to_datetime(text[naive], format="ISO8601", errors="coerce"), zone)
    others = text.notna() & (text != "") & ~exact & ~naive
    if others.any():
        rest = Cells(cells.column, text[others], cells.rows[others.to_numpy()])
        order = habits.date_order or _majority(_votes(rest)) or shared or habits.usual_order
        if not order and _undecided(rest):
            findings.whole(
                "every date fits both day-first and month-first",
                f"Write date_order: {DAY_FIRST} or date_order: {MONTH_FIRST} in its mapping or in shop.yml.",
                column=cells.column,
                value=rest.values.iloc[0],
            )
        findings.naive |= any(
            (parts := _matched(one)) and parts["hour"] and not parts["zone"] for one in rest.values.unique()
        )
        result[others] = _other(rest.values, order or DAY_FIRST, zone)
    bad = result.isna() & text.notna() & (text != "")
    if bad.any():
        shaped = bad & text.map(lambda one: _matched(one) is not None, na_action="ignore").fillna(False).astype(bool)
        cells.fault(shaped, findings, "there is no such day or time", "Correct this date.")
        good = text[result.notna()]
        example = good.iloc[0] if len(good) else "2026-05-31"
        mend = f"Write it like {example}" + (", as in the rest of the column." if len(good) else ".")
        cells.fault(bad & ~shaped, findings, "not a date", mend)
    return result


def _bounded(cells: Cells, values: pd.Series, findings: Findings, ahead: bool) -> pd.Series:
    latest = pd.Timestamp.now(tz="UTC") + pd.Timedelta(days=365 * YEARS_AHEAD if ahead else 1)
    cells.fault(values < EARLIEST, findings, "a date before 1990", "Mend the year.")
    cells.fault(values > latest, findings, "a date in the future", "Mend the date, or the clock of this computer.")
    return values


def _localized(values: pd.Series, zone: Zone) -> pd.Series:
    """Return local times as moments in UTC, in one time zone or in that of each row."""
    if isinstance(zone, pd.Series):
        moments = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us, UTC]")
        for name, places in values.groupby(zone.loc[values.index]).groups.items():
            moments[places] = _localized(values[places], str(name))
        return moments
    # An hour that the clock shows twice in autumn is taken the first time.
    local = values.dt.as_unit("us").dt.tz_localize(
        zone, ambiguous=np.ones(len(values), dtype=bool), nonexistent="shift_forward"
    )
    return local.dt.tz_convert("UTC")


@cache
def _matched(text: str) -> dict[str, str | None] | None:
    match = _PARTS.match(text)
    return match.groupdict() if match else None


def _votes(cells: Cells) -> Counter[str]:
    """Count the cells that can only be read day first, or only month first."""
    votes: Counter[str] = Counter()
    doubtful = cells.values[~cells.values.str.match(_ISO).fillna(True).astype(bool)]
    for text, count in doubtful.str.strip().value_counts().items():
        parts = _matched(str(text))
        if not parts or not parts["a"]:
            continue
        first, second = int(parts["a"]), int(parts["b"] or 0)
        if second <= 12 and (parts["mark"] == "." or 12 < first <= 31):
            votes[DAY_FIRST] += count
        elif first <= 12 < second <= 31:
            votes[MONTH_FIRST] += count
    return votes


def _majority(votes: Counter[str]) -> str:
    return votes.most_common(1)[0][0] if votes else ""


def _undecided(cells: Cells) -> bool:
    parts = (_matched(str(text)) for text in cells.values.unique())
    return any(part and part["a"] and int(part["a"]) != int(part["b"] or 0) for part in parts)


def _other(values: pd.Series, order: str, zone: Zone) -> pd.Series:
    """Convert dates that are not ISO, each unique text once."""
    codes, texts = pd.factorize(values)
    moments = [_moment(str(text), order) for text in texts]
    naive = pd.Series([moment for moment, _ in moments], dtype="datetime64[us]")
    fixed = pd.Series([offset is not None for _, offset in moments])
    shift = pd.to_timedelta([offset or 0 for _, offset in moments], unit="min")
    utc = (naive - shift).dt.tz_localize("UTC")
    if isinstance(zone, str):
        return _localized(naive, zone).mask(fixed, utc).iloc[codes].set_axis(values.index)
    naive, utc, fixed = (series.iloc[codes].set_axis(values.index) for series in (naive, utc, fixed))
    return _localized(naive, zone).mask(fixed, utc)


def _moment(text: str, order: str) -> tuple[datetime | None, int | None]:
    """Return the local time that `text` says and, where it names one, its offset from UTC in minutes."""
    parts = _matched(text)
    if not parts:
        return None, None
    try:
        year, month, day = _day(parts, order)
        hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
        if parts["half"]:
            if not 1 <= hour <= 12:
                return None, None
            hour = hour % 12 + 12 * (parts["half"][0] in "pP")
        moment = datetime(year, month, day) + timedelta(hours=hour, minutes=minute, seconds=second)
        if hour > 23 or minute > 59 or second > 59:
            return None, None
    except ValueError:
        return None, None
    return moment, _offset(parts["zone"])


def _day(parts: dict[str, str | None], order: str) -> tuple[int, int, int]:
    if parts["a"]:
        first, second = int(parts["a"]), int(parts["b"] or 0)
        year = int(parts["y2"] or 0)
        year += 0 if year > 99 else 2000 if year < 70 else 1900
        return (year, second, first) if order == DAY_FIRST else (year, first, second)
    kind = next(kind for kind in "1345" if parts[f"y{kind}"])
    month = parts[f"m{kind}"] or ""
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return int(parts[f"y{kind}"] or 0), number, int(parts[f"d{kind}"] or 0)


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    match = re.search(r"([+-])(\d{1,2}):?(\d\d)?$", zone)
    if not match:
        return 0
    return (-1 if match[1] == "-" else 1) * (60 * int(match[2]) + int(match[3] or 0))
