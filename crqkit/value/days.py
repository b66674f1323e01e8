"""Visits as whole days since the file begins, and the cut-offs of this room."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from crqkit.base import Cutoff
from crqkit.base.cutoffs import OWN
from crqkit.tables.calendar import AsOf, day_of
from crqkit.tables.engine import collect, open_orders
from crqkit.tables.over_time import visit_days
from crqkit.value.covered import identified_share

if TYPE_CHECKING:
    import ibis.expr.types as ir

START = "the start of a file"
FALLS = Cutoff("falls", 1.5, f"{OWN}: half as many first-time buyers again as an even run would bring", START)
EVEN = Cutoff("even", 1.5, f"{OWN}: within a factor of one and a half, sales count as even", START)
USUAL_GAP = Cutoff("usual_gap", 0.9, f"{OWN}: nine in ten gaps between visits are shorter", START)
LONGEST_WARM_UP = Cutoff("longest_warm_up", 1 / 3, f"{OWN}: two thirds of the file must remain", START)
SHORTEST_FILE = Cutoff("shortest_file_days", 90, f"{OWN}: in less, a start and a season look alike", START)
OPENING = Cutoff("opening_days", 31, f"{OWN}: a first sale may follow the opening by a month", START)
PARTIAL = Cutoff("partial", 0.1, f"{OWN}: a period whose first tenth is without sales is not whole", START)
MIN_EVENTS = Cutoff(
    "min_events", 10, f"{OWN}: fewer than ten events leave a factor of about four between the ends", "rates and costs"
)
SCATTER_ROWS = Cutoff(
    "scatter_rows", 5, f"{OWN}: from fewer degrees of freedom, clumps cannot be told from chance", "rates and costs"
)
WINDOWS = (30, 60, 90, 180, 365)


@dataclass(frozen=True)
class History:
    """One row a customer and day with a sale: ``day`` (0 = first day of the file), ``gap`` to the next, ``first``."""

    visits: pd.DataFrame
    start: date | None
    length: int
    coverage: float

    def date_of(self, day: int) -> date | None:
        """Return the date of a day's number."""
        return self.start + timedelta(days=int(day)) if self.start else None


def history(orders: "pd.DataFrame | ir.Table", as_of: AsOf, timezone: str) -> History:
    """Return the visits up to `as_of`; `length` is the number of days from the first to that of `as_of`."""
    opened = open_orders(orders, as_of=as_of, timezone=timezone)
    days = visit_days(orders, as_of=as_of, timezone=timezone)
    visits = collect(days.select("day", "gap", first=days["nth"] == 0))
    if pd.isna(opened.first):
        return History(visits, None, 0, float("nan"))
    start, end = day_of(opened.first, timezone), day_of(opened.as_of, timezone)
    return History(visits, start, (end - start).days + 1, identified_share(opened))


def cited(*cutoffs: Cutoff) -> tuple[str, ...]:
    """Return the cut-offs as sources."""
    return tuple(str(cutoff) for cutoff in cutoffs)
