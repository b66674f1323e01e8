"""Text cells to moments in UTC; the order of day and month is decided once for a column, never by guessing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.findings import Findings
from crqkit.intake.values import Cells, Columns, Habits
from crqkit.intake.written import DAY_FIRST, MONTH_FIRST, Written

Zone = str | pd.Series
YEARS_AHEAD = 10
EARLIEST = pd.Timestamp("1990-01-01", tz="UTC")
_ISO = r"^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
# A spreadsheet that holds days only writes each with the midnight it began.
MIDNIGHT = r"[ T]00:00(?::00(?:\.0+)?)?$"
_WITH_OFFSET = _ISO + r" ?(?:Z|[+-]\d\d:?\d\d)$"


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
        sorted_out = {field: _Sorted.of(cells) for field, cells in columns.items()}
        told = {order for one in sorted_out.values() if (order := one.told)}
        shared = told.pop() if len(told) == 1 else ""
        if not shared and not (habits.date_order or habits.usual_order):
            shared = _possible(sorted_out, ahead, findings)
        found = {field: _converted(one, shared, habits, zone, findings) for field, one in sorted_out.items()}
        settled = shared or habits.date_order or habits.usual_order
        # Where the order is not known, a date in the future says nothing of the date.
        loose = {field for field, one in sorted_out.items() if not (settled or one.told) and one.undecided}
        for field, values in found.items():
            _bounded(columns[field], values, findings, field in ahead, loose=field in loose)
        return found
    for field, values in found.items():
        _bounded(columns[field], values, findings, field in ahead)
    return found


def _possible(columns: Mapping[str, "_Sorted"], ahead: Collection[str], findings: Findings) -> str:
    """Return the one order of day and month that puts no date into the future or before 1990; said in a caution."""
    doubtful = {field: one for field, one in columns.items() if one.undecided and not one.told}
    fitting = {DAY_FIRST, MONTH_FIRST}
    telling = ""
    for field, one in doubtful.items():
        moments = {order: one.written.moments(order)[0].dt.tz_localize("UTC") for order in fitting if one.written}
        fits = {order for order, values in moments.items() if not _outside(values, field in ahead).any()}
        if len(fits) == 1 and not telling:
            telling = one.cells.column
        fitting &= fits
    if len(fitting) != 1 or not telling:
        return ""
    order = fitting.pop()
    findings.cautions.append(say("caution.intake.order_told", file=findings.file, column=telling, order=order))
    return order


def _outside(values: pd.Series, ahead: bool) -> pd.Series:
    return (values < EARLIEST) | (values > _latest(ahead))


def _latest(ahead: bool) -> pd.Timestamp:
    return pd.Timestamp.now(tz="UTC") + pd.Timedelta(days=365 * YEARS_AHEAD if ahead else 1)


def _formatted(cells: Cells, habits: Habits, zone: Zone, findings: Findings) -> pd.Series:
    values = pd.to_datetime(cells.values, format=habits.date_format, errors="coerce", utc="%z" in habits.date_format)
    mend = f"Write this date as {habits.date_format}, as the mapping says, or mend date_format there."
    cells.fault(values.isna() & cells.values.notna(), findings, "not a date in the given format", mend)
    return values if "%z" in habits.date_format else _localized(values, zone)


@dataclass(frozen=True)
class _Sorted:
    """A column with its cells sorted by how they are written: ISO with an offset, ISO without one, or otherwise."""

    cells: Cells
    text: pd.Series
    exact: pd.Series
    naive: pd.Series
    others: pd.Series
    written: Written | None

    @classmethod
    def of(cls, cells: Cells) -> "_Sorted":
        text = cells.values.str.strip()
        exact = text.str.match(_WITH_OFFSET).fillna(False).astype(bool)
        naive = ~exact & text.str.match(_ISO + "$").fillna(False).astype(bool)
        others = text.notna() & (text != "") & ~exact & ~naive
        return cls(cells, text, exact, naive, others, Written.of(text[others]) if others.any() else None)

    @property
    def told(self) -> str:
        """The order of day and month that most cells prove."""
        votes = self.written.votes() if self.written else None
        return votes.most_common(1)[0][0] if votes else ""

    @property
    def undecided(self) -> bool:
        """Whether some date would be another one month first."""
        return bool(self.written and self.written.undecided)


def _converted(one: _Sorted, shared: str, habits: Habits, zone: Zone, findings: Findings) -> pd.Series:
    text = one.text
    result = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us, UTC]")
    if one.exact.any():
        result[one.exact] = pd.to_datetime(text[one.exact], format="ISO8601", utc=True, errors="coerce").dt.as_unit(
            "us"
        )
    clocked = text.str.contains(":", regex=False) & ~text.str.contains(MIDNIGHT, regex=True)
    findings.naive |= bool((one.naive & clocked.fillna(False)).any())
    if one.naive.any():
        result[one.naive] = _localized(pd.to_datetime(text[one.naive], format="ISO8601", errors="coerce"), zone)
    if one.written:
        order = habits.date_order or one.told or shared or habits.usual_order
        if not order and one.written.undecided:
            findings.whole(
                "every date fits both day-first and month-first",
                f"Write date_order: {DAY_FIRST} or date_order: {MONTH_FIRST} in its mapping or in shop.yml.",
                column=one.cells.column,
                value=text[one.others].iloc[0],
            )
        findings.naive |= one.written.without_zone
        local, offset = one.written.moments(order or DAY_FIRST)
        utc = (local - offset.fillna(pd.Timedelta(0))).dt.tz_localize("UTC")
        result[one.others] = _localized(local, zone).mask(offset.notna(), utc)
    _faults(one, result, findings)
    return result


def _faults(one: _Sorted, result: pd.Series, findings: Findings) -> None:
    bad = result.isna() & one.text.notna() & (one.text != "")
    if not bad.any():
        return
    # A text in the shape of ISO has the shape of a date.
    shaped = bad & (one.exact | one.naive)
    if one.written:
        shaped |= bad & one.written.shaped.reindex(bad.index, fill_value=False)
    one.cells.fault(shaped, findings, "there is no such day or time", "Correct this date.")
    good = one.text[result.notna()]
    example = good.iloc[0].removesuffix(" 00:00:00") if len(good) else "2026-05-31"
    mend = f"Write it like {example}" + (", as in the rest of the column." if len(good) else ".")
    one.cells.fault(bad & ~shaped, findings, "not a date", mend)


def _bounded(cells: Cells, values: pd.Series, findings: Findings, ahead: bool, *, loose: bool = False) -> None:
    cells.fault(values < EARLIEST, findings, "a date before 1990", "Mend the year.")
    late = (values > _latest(ahead)) & (not loose)
    cells.fault(late, findings, "a date in the future", "Mend the date, or the clock of this computer.")


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
