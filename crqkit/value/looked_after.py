"""How many customers were looked after and for how long: the unit that money for keeping is spent on."""

from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault, Sentence, say
from crqkit.base.cutoffs import COVERAGE
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import check_times, is_whole
from crqkit.value.days import USUAL_GAP, history

if TYPE_CHECKING:
    import ibis.expr.types as ir

NAN = float("nan")
YEAR_MONTHS = 12
HALF_DAY = pd.Timedelta(hours=12)


@dataclass(frozen=True)
class Span:
    """The whole months that a sheet covers, the first of them (NaT if not known), and whether somebody said so."""

    months: int
    first: pd.Timestamp
    given: bool


@dataclass(frozen=True)
class LookedAfter:
    """How many customers were looked after, on average over the time of the sheet; NaN where it cannot be said.

    `usual_days` and `coverage` are those of the orders they were counted from, NaN where the number was given.
    """

    number: float
    usual_days: float = NAN
    coverage: float = NAN

    @property
    def counted(self) -> bool:
        """Whether they were counted from orders."""
        return not np.isnan(self.coverage)

    @property
    def withheld(self) -> bool:
        """Whether too few sales carry a customer to count them."""
        return self.coverage < float(COVERAGE)


def span_of(rows: pd.DataFrame, months: Any, timezone: str) -> Span:
    """Return the span of a sheet: from the month of its first row to that of its last, both whole.

    Rows a quarter apart stand for quarters, and so on. A day is taken by its noon, so that midnight of another time
    zone falls into no other month.

    Raises
    ------
    DataProblem
        `months` is no whole number above 0, or it is neither given nor to be seen in at least two months of rows.
    """
    if months is not None and not is_whole(months, 1):
        mend = "Write how many months the sheet covers, such as 12."
        raise DataProblem(Fault("not a number of months", mend, column="months", value=months))
    at = rows["at"].dropna() if "at" in rows else pd.Series(dtype="datetime64[us, UTC]")
    if len(at):
        check_times(rows, "spend", zone=True)
    local = pd.DatetimeIndex(at).tz_convert(timezone).tz_localize(None) + HALF_DAY if len(at) else pd.DatetimeIndex([])
    number = np.unique(np.asarray(local.year * YEAR_MONTHS + local.month - 1, dtype=int))
    first = (
        pd.Timestamp(year=number[0] // YEAR_MONTHS, month=number[0] % YEAR_MONTHS + 1, day=1) if len(number) else pd.NaT
    )
    if months is not None:
        return Span(int(months), first, given=True)
    if len(number) < 2:
        mend = f"Say how many months it covers, such as months={YEAR_MONTHS}, or write a date beside each month's row."
        raise DataProblem(Fault("how long this sheet covers cannot be seen", mend, file="spend", column="at"))
    return Span(int(number[-1] - number[0] + np.gcd.reduce(np.diff(number))), first, given=False)


def looked_after(
    customers: Any, orders: "pd.DataFrame | ir.Table | None", span: Span, as_of: AsOf, timezone: str
) -> LookedAfter:
    """Return how many customers were looked after on average: the number given, or counted from orders.

    From orders, a customer counts from each visit until the next, but no longer than nine in ten take to come again.
    No visit after a day is needed to count that day, so a longer file does not change what was counted in a shorter one
    (but for the usual time to come again, which it tells better).
    """
    if customers is None and orders is not None:
        return _counted(orders, span, as_of, timezone)
    number = isinstance(customers, Real) and not isinstance(customers, bool) and isfinite(customers)
    if not number or not customers > 0:
        mend = "Write how many customers the money was spent on, on average over its time; or give the orders."
        raise DataProblem(Fault("not a number of customers", mend, column="customers", value=customers))
    return LookedAfter(float(customers))


def _counted(orders: "pd.DataFrame | ir.Table", span: Span, as_of: AsOf, timezone: str) -> LookedAfter:
    past = history(orders, as_of, timezone)
    start, end = 0, past.length
    if past.start is not None and span.first is not pd.NaT:
        start = max(0, (span.first.date() - past.start).days)
        end = min(end, ((span.first + pd.DateOffset(months=span.months)).date() - past.start) // timedelta(days=1))
    gap = past.visits["gap"].to_numpy(dtype=float)
    if end <= start or np.isnan(gap).all():
        mend = "Give the average number of customers looked after instead."
        what = "these orders do not show who comes again in the time of the sheet"
        raise DataProblem(Fault(what, mend, file="orders"))
    usual = float(np.nanquantile(gap, float(USUAL_GAP)))
    day = past.visits["day"].to_numpy(dtype=float)
    until = day + np.minimum(np.nan_to_num(gap, nan=np.inf), usual)
    number = float((np.minimum(until, end) - np.maximum(day, start)).clip(min=0).sum()) / (end - start)
    found = LookedAfter(number, usual, past.coverage)
    return LookedAfter(NAN, usual, past.coverage) if found.withheld else found


def said_of(number: LookedAfter, span: Span) -> tuple[Sentence, ...]:
    """Return what to say of how the unit was come by."""
    cautions = [] if span.given else [say("caution.value.span", months=span.months)]
    if number.counted and not number.withheld:
        cells = {"n": number.number, "days": round(number.usual_days), "coverage": number.coverage}
        cautions.append(say("caution.value.looked_after", **cells))
    return tuple(cautions)
