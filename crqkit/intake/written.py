"""Dates as people and programs write them, each unique day and each unique time of day read once."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
_DAY = r"""
    (?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})
    | (?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y2>\d{4}|\d{2})
    | (?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})
    | (?P<d4>\d{1,2})[ .-]+(?P<m4>[A-Za-z]{3,9})[ .,-]+(?P<y4>\d{4})
    | (?P<m5>[A-Za-z]{3,9})[ .]+(?P<d5>\d{1,2})[ ,]+(?P<y5>\d{4}))
"""
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?)?"
_WRITTEN_DAY = re.compile(rf"^{_DAY}{_ZONE}$", re.VERBOSE)
_WRITTEN_CLOCK = re.compile(
    rf"""^[T ,]+(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?
    \s*(?P<half>[AaPp]\.?[Mm]\.?)?{_ZONE}$""",
    re.VERBOSE,
)
_PARTED = r"(?s)^(?P<day>.*?)(?P<clock>(?:[T ,]+\d{1,2}:.*)?)$"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MINUTE, _HOUR, _SECOND = 60, 3600, 1_000_000
Parts = dict[str, str | None]


@dataclass(frozen=True)
class Written:
    """A column of dates taken apart: which unique day and which unique time of day stands in each row."""

    index: pd.Index
    day_of: np.ndarray
    days: Sequence[Parts | None]
    clock_of: np.ndarray
    clocks: Sequence[Parts | None]

    @classmethod
    def of(cls, texts: pd.Series) -> "Written":
        """Take apart texts of which none is empty."""
        import pyarrow as pa
        import pyarrow.compute as pc

        parted = pc.extract_regex(pa.array(texts, type=pa.string(), from_pandas=True), _PARTED)
        day_of, days = pd.factorize(pd.Series(pc.struct_field(parted, 0).to_numpy(zero_copy_only=False)))
        clock_of, clocks = pd.factorize(pd.Series(pc.struct_field(parted, 1).to_numpy(zero_copy_only=False)))
        read_days = [_parts(_WRITTEN_DAY, str(one)) for one in days]
        read_clocks = [_parts(_WRITTEN_CLOCK, str(one)) if one else {} for one in clocks]
        return cls(texts.index, day_of, read_days, clock_of, read_clocks)

    @property
    def shaped(self) -> pd.Series:
        """Where a text has the shape of a date, whether or not there is such a day."""
        day = np.array([parts is not None for parts in self.days], dtype=bool)[self.day_of]
        clock = np.array([parts is not None for parts in self.clocks], dtype=bool)[self.clock_of]
        zoned = np.array([bool(parts and parts["zone"]) for parts in self.days], dtype=bool)[self.day_of]
        timed = np.array([bool(parts) for parts in self.clocks], dtype=bool)[self.clock_of]
        return pd.Series(day & clock & ~(zoned & timed), index=self.index)

    @property
    def without_zone(self) -> bool:
        """Whether some text tells a time of day and no time zone."""
        return any(parts and not parts["zone"] for parts in self.clocks)

    @property
    def undecided(self) -> bool:
        """Whether some day would be another one month first."""
        return any(parts and parts["a"] and int(parts["a"]) != int(parts["b"] or 0) for parts in self.days)

    def votes(self) -> Counter[str]:
        """Count the rows that can only be read day first, or only month first."""
        votes: Counter[str] = Counter()
        for parts, count in zip(self.days, np.bincount(self.day_of, minlength=len(self.days)), strict=True):
            if not parts or not parts["a"]:
                continue
            first, second = int(parts["a"]), int(parts["b"] or 0)
            if second <= 12 and (parts["mark"] == "." or 12 < first <= 31):
                votes[DAY_FIRST] += int(count)
            elif first <= 12 < second <= 31:
                votes[MONTH_FIRST] += int(count)
        return votes

    def moments(self, order: str) -> tuple[pd.Series, pd.Series]:
        """Return the local time of each row, none where it is no date, and the offset from UTC that it names."""
        days = np.array([_day(parts, order) for parts in self.days], dtype="datetime64[us]")
        seconds = [_seconds(parts) for parts in self.clocks]
        clocks = np.array(["NaT" if one is None else one * _SECOND for one in seconds], dtype="timedelta64[us]")
        local = pd.Series(days[self.day_of] + clocks[self.clock_of], index=self.index).where(self.shaped)
        offsets = [np.array([_offset(parts) for parts in them], dtype=float) for them in (self.days, self.clocks)]
        by_day, by_clock = offsets[0][self.day_of], offsets[1][self.clock_of]
        minutes = pd.Series(np.where(np.isnan(by_clock), by_day, by_clock), index=self.index)
        return local, pd.to_timedelta(minutes, unit="min")


@cache
def _parts(pattern: Any, text: str) -> Parts | None:
    match = pattern.match(text)
    return match.groupdict() if match else None


def _day(parts: Parts | None, order: str) -> datetime | None:
    try:
        return datetime(*_numbers(parts, order)) if parts else None
    except ValueError:
        return None


def _numbers(parts: Parts, order: str) -> tuple[int, int, int]:
    if parts["a"]:
        first, second = int(parts["a"]), int(parts["b"] or 0)
        year = int(parts["y2"] or 0)
        year += 0 if year > 99 else 2000 if year < 70 else 1900
        return (year, second, first) if order == DAY_FIRST else (year, first, second)
    kind = next(kind for kind in "1345" if parts[f"y{kind}"])
    month = parts[f"m{kind}"] or ""
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return int(parts[f"y{kind}"] or 0), number, int(parts[f"d{kind}"] or 0)


def _seconds(parts: Parts | None) -> int | None:
    """Return the seconds since midnight; none where there is no such time of day."""
    if not parts:
        return None if parts is None else 0
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (parts["half"][0] in "pP")
    return hour * _HOUR + minute * _MINUTE + second if hour < 24 and minute < 60 and second < 60 else None


def _offset(parts: Parts | None) -> float:
    """Return the minutes from UTC that a text names; not a number where it names none."""
    zone = parts["zone"] if parts else None
    if zone is None:
        return np.nan
    match = re.search(r"([+-])(\d{1,2}):?(\d\d)?$", zone)
    if not match:
        return 0
    return (-1 if match[1] == "-" else 1) * (60 * int(match[2]) + int(match[3] or 0))
