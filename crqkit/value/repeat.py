"""Whether those who buy for the first time come again."""

from datetime import date
from typing import TYPE_CHECKING, Any

from crqkit.base import Cutoff, DataProblem, Fault, Result, measures, say
from crqkit.base.cutoffs import CONFIDENCE, COVERAGE, MIN_BUYERS
from crqkit.stats.proportions import WILSON, wilson
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import as_cutoff, as_day, is_whole
from crqkit.value.days import WINDOWS, History, cited, history
from crqkit.value.truncation import UNCLEAR, LeftTruncation, judge

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

NAN = float("nan")
COUNTED = {"returned": "Int64"}


def repeat_purchase(
    orders: "pd.DataFrame | ir.Table",
    *,
    within_days: int = 90,
    as_of: AsOf = None,
    opened: date | str | None = None,
    timezone: str = "UTC",
    cutoff: "Cutoff | float" = COVERAGE,
    start: LeftTruncation | None = None,
) -> Result:
    """Return the share of new customers who bought again on a later day, within so many days.

    Only customers who could be watched for the whole time count: their first purchase lies at least that many
    days before `as_of`, and after the warm-up of a file that starts in mid-life (`left_truncation`).

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status``. Several receipts of one day (in `timezone`) are one visit.
    within_days : int
        At least 1. Other usual lengths (30, 60, 90, 180, 365) come along as far as the file reaches.
    as_of : date, optional
        Later rows do not count.
    opened : date or str, optional
        When the shop opened, such as ``"2019-03-01"``.
    cutoff : Cutoff or float
        Share of sales with a customer under which nothing is shown.
    start : LeftTruncation, optional
        What `left_truncation` gave for the same orders, opening, day and zone: the visits are then not counted again.

    Returns
    -------
    Result
        Measure ``repeat_purchase``, one row a length (group, and column `within_days`): share from 0 to 1 with
        Wilson's interval, `n` customers watched; `returned`, `coverage`, `until` (last day of a first purchase that
        counts), `limit` and `least` (the cut-offs). Estimates are missing where coverage or `n` is too low.

    Raises
    ------
    DataProblem
        `within_days` is not a whole number of at least 1.
    """
    cutoff = as_cutoff(cutoff, COVERAGE)
    if not is_whole(within_days, 1):
        mend = "Write a whole number such as 90."
        raise DataProblem(Fault("not a number of days", mend, column="within_days", value=within_days))
    within_days, opened = int(within_days), as_day(opened, "opened")
    if start is None or start.past is None:
        start = judge(history(orders, as_of, timezone), opened)
    past = start.past
    windows = sorted({within_days, *WINDOWS})
    rows = [_row(past, days, start.warm_up_days, cutoff) for days in windows]
    table = measures([row for row in rows if row["n"] > 0 or row["within_days"] == within_days]).astype(COUNTED)
    row = table[table["within_days"] == within_days].iloc[0]
    cautions = [say("caution.value.identified_only", coverage=past.coverage)] if past.start else []
    if start.warm_up_days:
        cautions.append(say("caution.value.warm_up", days=start.warm_up_days))
    if start.outcome == UNCLEAR:
        cautions.append(say("caution.value.unclear_start"))
    return Result(
        table,
        _reading(row),
        cautions=tuple(cautions),
        sources=(WILSON, *cited(cutoff, MIN_BUYERS)),
        settings={
            "function": "repeat_purchase",
            "within_days": within_days,
            "as_of": as_of,
            "opened": opened,
            "timezone": timezone,
            "confidence": float(CONFIDENCE),
            "cutoff": float(cutoff),
        },
    )


def _row(past: History, days: int, warm_up: int, cutoff: Cutoff) -> dict[str, Any]:
    firsts = past.visits[past.visits["first"]]
    last = past.length - 1 - days
    watched = firsts[(firsts["day"] >= warm_up) & (firsts["day"] <= last)]
    n, returned = len(watched), int((watched["gap"] <= days).sum())
    share = wilson(returned, n, confidence=float(CONFIDENCE))
    shown = past.coverage >= float(cutoff) and n >= int(MIN_BUYERS)
    low, estimate, high = (share.low, share.estimate, share.high) if shown else (NAN, NAN, NAN)
    return {
        "measure": "repeat_purchase",
        "group": say("repeat.window", days=days),
        "estimate": estimate,
        "low": low,
        "high": high,
        "n": n,
        "unit": "share",
        "within_days": days,
        "returned": returned if shown else None,
        "coverage": past.coverage,
        "until": past.date_of(last),
        "limit": float(cutoff),
        "least": int(MIN_BUYERS),
    }


def _reading(row: "pd.Series") -> str:
    if row["coverage"] < row["limit"]:
        return say("repeat.withheld", coverage=row["coverage"], limit=row["limit"])
    if row["n"] < row["least"]:
        return say("repeat.too_little", n=row["n"], days=row["within_days"], least=row["least"])
    cells = {name: row[name] for name in ("n", "low", "high", "until")}
    return say("repeat.shown", share=row["estimate"], days=row["within_days"], **cells)
