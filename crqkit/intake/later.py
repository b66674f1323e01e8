"""Which of several downloads of one system is the later one, by its rows or by its name."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import pandas as pd

from crqkit.intake.opened import Part

_ISO = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[-_.](0?[1-9]|1[0-2])[-_.](20\d\d)(?!\d)")
_COPY = re.compile(r"[\s_-]*(?:\(\d{1,3}\)|[\s_-]\d{1,3})$")


def latest_first(parts: Sequence[Part]) -> list[Part]:
    """Return the files, the one with the newest row first; then by a date in the name, then by the name itself."""
    return sorted(parts, key=lambda part: (_newest(part), date_in(part.file), natural(part.file)), reverse=True)


def is_later(part: Part, other: Part) -> bool:
    """Whether a file says by its newest row, a date in its name, or the number of a copy that it is the later one."""
    if _newest(part) != _newest(other):
        return _newest(part) > _newest(other)
    if date_in(part.file) != date_in(other.file):
        return date_in(part.file) > date_in(other.file)
    return _stem(part.file) == _stem(other.file) and natural(part.file) > natural(other.file)


def date_in(name: str) -> str:
    """Return the last date that stands in the name of a file, as text that sorts; empty where none does.

    >>> date_in("payments_2026-10-01.csv"), date_in("orders 1.11.2026.csv"), date_in("orders.csv")
    ('2026-10-01', '2026-11-01', '')
    """
    found = [f"{year}-{month}-{day or '00'}" for year, month, day in _ISO.findall(name)]
    found += [f"{year}-{int(month):02d}-{int(day):02d}" for day, month, year in _DAY_FIRST.findall(name)]
    return max(found, default="")


def natural(name: str) -> tuple[int | str, ...]:
    """Return what sorts names as people number them: the plain one, (1), (2), (10).

    >>> sorted(["a (10).csv", "a (2).csv", "a.csv"], key=natural)
    ['a.csv', 'a (2).csv', 'a (10).csv']
    """
    pieces = re.split(r"(\d+)", PurePosixPath(name).stem)
    return tuple(int(piece) if place % 2 else piece.casefold() for place, piece in enumerate(pieces))


def _newest(part: Part) -> pd.Timestamp:
    newest = part.stamps["at"].max()
    return newest if pd.notna(newest) else pd.Timestamp(0, tz="UTC")


def _stem(name: str) -> str:
    return _COPY.sub("", PurePosixPath(name).stem).casefold()
