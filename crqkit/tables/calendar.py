"""Days, weeks, months, quarters and years where the shop stands, as spans of UTC."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault, check_choice
from crqkit.tables.checks import as_timestamp

AsOf = date | str | None

# How pandas counts each period, and how a period is written.
FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
LABELS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "quarter": "%Y-Q%q", "year": "%Y"}


def zone(timezone: str) -> ZoneInfo:
    """Return the time zone of that name; raise `DataProblem` when there is none."""
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError, TypeError):
        fault = Fault("this time zone is not known", "Write it like Europe/Berlin.", column="timezone", value=timezone)
        raise DataProblem(fault) from None


def _to_utc(local: pd.DatetimeIndex, timezone: str) -> pd.DatetimeIndex:
    # A midnight that the clock skips begins when the clock goes on; one it shows twice begins the first time.
    twice = np.ones(len(local), dtype=bool)
    there = local.tz_localize(zone(timezone), ambiguous=twice, nonexistent="shift_forward")
    return there.tz_convert("UTC").as_unit("us")


def moment(as_of: AsOf, last: pd.Timestamp, timezone: str = "UTC") -> pd.Timestamp:
    """Return `as_of` as a moment in UTC.

    Nothing stands for the `last` moment of the data. A date, or a naive midnight, stands for the whole of that
    day in `timezone`; any other naive time is read in `timezone`; a time with a zone is taken as it is.

    >>> moment("2026-03-31", pd.NaT, "Europe/Berlin")
    Timestamp('2026-03-31 21:59:59.999999+0000', tz='UTC')
    """
    if as_of is None or as_of is pd.NaT:
        return last
    try:
        given = as_timestamp(as_of)
    except (ValueError, TypeError):
        raise DataProblem(Fault("this is not a date", "Write it like 2026-03-31.", value=as_of)) from None
    if given.tzinfo is not None:
        return given.tz_convert("UTC")
    if given == given.normalize():
        return _to_utc(pd.DatetimeIndex([given + pd.Timedelta(days=1)]), timezone)[0] - pd.Timedelta(microseconds=1)
    return _to_utc(pd.DatetimeIndex([given]), timezone)[0]


def day_of(at: pd.Timestamp, timezone: str = "UTC") -> date:
    """Return the day on which `at` falls where the shop stands."""
    return at.tz_convert(zone(timezone)).date()


def calendar(first: pd.Timestamp, as_of: pd.Timestamp, period: str, timezone: str = "UTC") -> pd.DataFrame:
    """Return every period from the one of `first` to the one of `as_of`.

    Parameters
    ----------
    first, as_of : Timestamp
        In UTC; without them the calendar is empty.
    period : {"day", "week", "month", "quarter", "year"}
        Weeks run from Monday to Sunday and are numbered by ISO 8601.
    timezone : str
        Where midnight is taken.

    Returns
    -------
    DataFrame
        ``index, period, start, end, over``: `start` and `end` (the next start) in UTC. A period is `over` once
        `as_of` lies on its last day or later.

    Examples
    --------
    >>> noon = pd.Timestamp("2026-02-28 12:00", tz="UTC")
    >>> calendar(noon - pd.Timedelta(days=60), noon, "month")["period"].tolist()
    ['2025-12', '2026-01', '2026-02']
    """
    check_choice("period", period, list(FREQUENCIES))
    place = zone(timezone)
    if pd.isna(first) or pd.isna(as_of):
        units = pd.period_range(start="2000-01-01", periods=0, freq=FREQUENCIES[period])
    else:
        local = [at.tz_convert(place).tz_localize(None) for at in (first, as_of)]
        units = pd.period_range(*local, freq=FREQUENCIES[period])
    starts = _to_utc(units.to_timestamp(how="start"), timezone)
    ends = _to_utc((units + 1).to_timestamp(how="start"), timezone)
    reached = _end_of_day(as_of, timezone)
    naming = units.to_timestamp(how="start") if period == "week" else units
    return pd.DataFrame(
        {
            "index": np.arange(len(units)),
            "period": pd.array(naming.strftime(LABELS[period]), dtype="string"),
            "start": starts,
            "end": ends,
            "over": np.asarray(ends <= reached, dtype=bool),
        }
    )


def period_of(at: pd.Series, period: str) -> pd.Series:
    """Return the period in which each time falls, by the clock that the times carry; missing where there is no time.

    >>> period_of(pd.Series(pd.to_datetime(["2026-03-31 23:59", None])), "quarter").tolist()
    ['2026-Q1', <NA>]
    """
    check_choice("period", period, list(FREQUENCIES))
    local = at.dt.tz_localize(None) if at.dt.tz is not None else at
    units = local.dt.to_period(FREQUENCIES[period])
    # A week is numbered by its Monday.
    named = units.dt.start_time if period == "week" else units
    return named.dt.strftime(LABELS[period]).astype("string").mask(at.isna())


def every_quarter(labels: pd.Series) -> list[str]:
    """Return all quarters from the first to the last of `labels`, without a gap.

    >>> every_quarter(pd.Series(["2026-Q1", "2025-Q3"]))
    ['2025-Q3', '2025-Q4', '2026-Q1']
    """
    units = pd.PeriodIndex(labels.str.replace("-", ""), freq=FREQUENCIES["quarter"])
    return pd.period_range(units.min(), units.max(), freq=units.freq).strftime(LABELS["quarter"]).tolist()


def _end_of_day(at: pd.Timestamp, timezone: str) -> pd.Timestamp:
    if pd.isna(at):
        return pd.NaT
    return _to_utc(pd.DatetimeIndex([day_of(at, timezone)]) + pd.Timedelta(days=1), timezone)[0]
