"""The same sales told by two systems, such as a shop and the payment service behind it: said, never dropped."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from crqkit.base import Sentence, say
from crqkit.intake.opened import Part

LEAST = 10
SHARE = 0.5
MINUTES = 10
DAY = 24 * 60
# By how many days the sales of one source are moved to see how many match by chance: prices and regulars repeat.
KNOWN_SHIFTS, UNKNOWN_SHIFTS = (1, 3), (1, 6, 7)


def twice_told(parts: Sequence[Part], timezone: str) -> list[Sentence]:
    """Return a caution for every two sources of orders of which the smaller tells mostly sales of the other.

    Sales match one to one, by customer, day and amount; where customers are not known, by amount and day, or within
    ten minutes where both sources have times. What would match anyway, on other days, does not count.
    """
    told = []
    sources = list(_sources(parts, timezone))
    for (one, by_name), (other, other_by_name) in combinations(sources, 2):
        if set(one["space"]) == set(other["space"]) and not _may_repeat(one, other):
            continue
        first, last = max(one["day"].min(), other["day"].min()), min(one["day"].max(), other["day"].max())
        small, large = sorted((frame[frame["day"].between(first, last)] for frame in (one, other)), key=len)
        if len(small) < LEAST:
            continue
        matched = _matched(small, large, comparable=by_name == other_by_name)
        if matched >= LEAST and matched > SHARE * len(small):
            told.append(_caution(small, large, matched))
    return told


def _sources(parts: Sequence[Part], timezone: str) -> Iterator[tuple[pd.DataFrame, bool]]:
    """Return the sales of each source and whether it knows customers by name alone.

    Files of one system are one source, except those without order numbers, of which each is its own.
    """
    having = [part for part in parts if len(part.tables.get("orders", ()))]
    found: dict[tuple[str, str], list[Part]] = {}
    for part in having:
        numbered = part.stamps["numbered"].any() or part.format.stages is not None
        found.setdefault((part.format.space, "" if numbered else part.file), []).append(part)
    for those in found.values():
        frame = pd.concat([_sales(part, timezone) for part in those], ignore_index=True)
        if len(frame):
            yield frame, those[0].format.person == "name"


def _sales(part: Part, timezone: str) -> pd.DataFrame:
    orders = part.tables["orders"]
    orders = orders[orders["total"].gt(0) & orders["at"].notna()]
    local = orders["at"].dt.tz_convert(timezone)
    minute = local.dt.hour * 60 + local.dt.minute
    day = (local.dt.tz_localize(None).dt.normalize() - pd.Timestamp("1970-01-01")).dt.days
    return pd.DataFrame({
        "person": orders["customer_key"].astype("string"), "cents": (orders["total"] * 100).round().astype("int64"),
        "day": day, "minute": minute, "timed": bool(minute.any()), "file": part.file, "space": part.format.space,
    })  # fmt: skip


def _may_repeat(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether files of one kind may tell the same sales: equal rows are one already, unless times are told apart."""
    return bool(one["timed"].any() != other["timed"].any())


# How many match ----------------------------------------------------------------------------------------------------


def _matched(small: pd.DataFrame, large: pd.DataFrame, *, comparable: bool) -> int:
    """Return how many sales match, as far as more do so than chance would have it."""
    sides = (small, large)
    if comparable and all(frame["person"].notna().mean() > SHARE for frame in sides):
        known = [frame.dropna(subset=["person"]) for frame in sides]
        unknown = [frame[frame["person"].isna()] for frame in sides]
    else:
        known, unknown = [frame.iloc[:0] for frame in sides], list(sides)
    found = 0
    for pair, names, shifts in ((known, ["person", "cents"], KNOWN_SHIFTS), (unknown, ["cents"], UNKNOWN_SHIFTS)):
        if not len(pair[0]) or not len(pair[1]):
            continue
        frame = pd.concat([one.assign(second=second) for second, one in enumerate(pair)], ignore_index=True)
        key = frame.groupby(names, sort=False).ngroup()
        # Customers are compared on days of the calendar, prices on the days that the shop was open.
        by_calendar = names[0] == "person"
        day = (
            (frame["day"] - frame["day"].min()) if by_calendar else pd.Series(pd.factorize(frame["day"], sort=True)[0])
        )
        days = int(day.max()) + 1
        moved = [shift for shift in shifts if shift < days]
        if not moved and not by_calendar:
            continue
        timed = not by_calendar and all(one["timed"].any() for one in pair)
        second = frame["second"].eq(1).to_numpy()
        count = [
            _pairs(key, day.where(~second, (day + shift) % days), frame["minute"] if timed else None, second)
            for shift in (0, *moved)
        ]
        chance, room = max(count[1:], default=0), min(map(len, pair)) - max(count[1:], default=0)
        gain = count[0] - chance
        if gain > SHARE * room and gain >= (0 if by_calendar else 3 * np.sqrt(room)):
            found += count[0]
    return found


def _pairs(key: pd.Series, day: pd.Series, minute: pd.Series | None, second: np.ndarray) -> int:
    """Return how many rows of the first source find one of their own in the second."""
    if minute is None:
        counts = pd.DataFrame({"key": key, "day": day, "second": second}).value_counts(["key", "day", "second"])
        both = counts.unstack("second", fill_value=0)
        return int(both.min(axis=1).sum()) if both.shape[1] == 2 else 0
    frame = pd.DataFrame({"key": key, "moment": day * DAY + minute, "second": second})
    frame["nth"] = frame.groupby(["key", "moment", "second"]).cumcount()
    frame = frame.sort_values(["key", "moment", "nth", "second"], kind="stable")
    same = frame["key"].eq(frame["key"].shift()) & frame["second"].ne(frame["second"].shift())
    linked = same & frame["moment"].diff().le(MINUTES)
    # Of a row of sales that could each pair with the next, every second one does.
    runs = (~linked).cumsum()
    return int((runs.value_counts() // 2).sum())


def _caution(small: pd.DataFrame, large: pd.DataFrame, matched: int) -> Sentence:
    smaller, other = (", ".join(dict.fromkeys(frame["file"])) for frame in (small, large))
    id = "twice" if small["timed"].any() == large["timed"].any() else "twice_days"
    named = {"smaller": smaller, "other": other}
    if id == "twice_days":
        named["timed"] = smaller if small["timed"].any() else other
    return say(f"caution.intake.{id}", orders=len(small), matched=matched, **named)
