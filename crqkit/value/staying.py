"""Who stays: from one period to the next, whether that changed, and the rate of contracts."""

from typing import TYPE_CHECKING, Any

from crqkit.base import Cutoff, DataProblem, Fault, Result, Sentence, Verdict, measures, say, verdict
from crqkit.base.charts import over_time
from crqkit.base.cutoffs import CONFIDENCE, COVERAGE, MIN_BUYERS
from crqkit.base.result import MEASURE_COLUMNS
from crqkit.base.verdict import amounts
from crqkit.stats.differences import MOVER, difference_of_intervals
from crqkit.stats.estimates import Estimate
from crqkit.stats.proportions import WILSON, wilson
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import as_cutoff, is_whole
from crqkit.tables.engine import collect, open_orders
from crqkit.tables.over_time import returns
from crqkit.value.covered import identified_share
from crqkit.value.days import PARTIAL, cited

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

NAN = float("nan")
POINTS = 100
COUNTED = {"returned": "Int64"}


def retention(
    orders: "pd.DataFrame | ir.Table",
    *,
    period: str = "quarter",
    as_of: AsOf = None,
    timezone: str = "UTC",
    cutoff: "Cutoff | float" = COVERAGE,
) -> Result:
    """Return, for each period, the share of its buyers who bought again in the next period.

    Both periods must be over: `as_of` lies on the last day of the next or later.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status``.
    period : {"week", "month", "quarter", "year"}
        In `timezone`.
    as_of : date, optional
        Later rows do not count.
    cutoff : Cutoff or float
        Share of sales with a customer under which nothing is shown.

    Returns
    -------
    Result
        Measure ``retention``, one row a period (group): share from 0 to 1 with Wilson's interval, `n` buyers;
        `next` period, `returned`, `whole` (false where the file begins within the period), `coverage`, `limit` and
        `least` (the cut-offs). Estimates are missing where coverage or `n` is too low. The reading is on the last
        whole pair; periods are not pooled, because the same customers are in several.
    """
    cutoff = as_cutoff(cutoff, COVERAGE)
    table = _pairs(orders, period, as_of, timezone, cutoff)
    cautions = [say("caution.value.not_lost")]
    if len(table) and not table["whole"].iloc[0]:
        cautions.append(say("caution.value.first_partial", period=table["group"].iloc[0]))
    if len(table):
        cautions.insert(0, say("caution.value.identified_only", coverage=table["coverage"].iloc[-1]))
    return Result(
        table,
        _reading(table),
        cautions=tuple(cautions),
        sources=(WILSON, *cited(cutoff, MIN_BUYERS, PARTIAL)),
        settings=_settings("retention", period, as_of, timezone, cutoff),
        draw=over_time,
    )


def retention_change(
    orders: "pd.DataFrame | ir.Table",
    *,
    period: str = "quarter",
    as_of: AsOf = None,
    timezone: str = "UTC",
    cutoff: "Cutoff | float" = COVERAGE,
) -> Result:
    """Return whether the last retention differs from the one before it.

    The interval of the difference is put together from the two Wilson intervals (MOVER) as if the customers of
    both were different ones. Many are the same, and one who came back once is likelier to come back again; that
    makes the true doubt smaller, so the interval is on the safe side.

    Returns
    -------
    Result
        Measure ``retention`` for both periods, then ``retention_change`` (percentage points, −100 to 100; `n` the
        smaller side). The reading is one of ``above, below, unclear, too_little, withheld``.
    """
    cutoff = as_cutoff(cutoff, COVERAGE)
    pairs = _pairs(orders, period, as_of, timezone, cutoff)
    two = pairs[pairs["whole"]].tail(2)
    table = measures([*two.to_dict("records"), _difference(two)]).reindex(columns=pairs.columns).astype(COUNTED)
    return Result(
        table,
        _change_reading(table),
        cautions=(say("caution.value.season"), say("caution.value.overlap")),
        sources=(WILSON, MOVER, *cited(cutoff, MIN_BUYERS)),
        settings=_settings("retention_change", period, as_of, timezone, cutoff),
    )


def retention_rate(start: int, new: int, end: int) -> Result:
    """Return retention and churn under contract, from three counts.

    Parameters
    ----------
    start, new, end : int
        Customers at the start, those who joined since, and those at the end.

    Returns
    -------
    Result
        Measures ``retention`` = (end − new) / start and ``churn`` = 1 − retention, shares from 0 to 1 with Wilson's
        interval; `n` is `start`.

    Raises
    ------
    DataProblem
        A count is not a whole number of at least 0, nobody was there at the start, or more stayed than were there.

    Examples
    --------
    >>> retention_rate(100, 20, 95).table["estimate"].tolist()
    [0.75, 0.25]
    """
    _check_counts(start=start, new=new, end=end)
    start, new, end = int(start), int(new), int(end)
    counted = {"start": start, "new": new, "end": end}
    stayed = wilson(end - new, start, confidence=float(CONFIDENCE))
    counts = {"group": "all", "n": start, "unit": "share", "least": int(MIN_BUYERS)}
    rows = [
        {"measure": "retention", "estimate": stayed.estimate, "low": stayed.low, "high": stayed.high} | counts,
        {"measure": "churn", "estimate": 1 - stayed.estimate, "low": 1 - stayed.high, "high": 1 - stayed.low} | counts,
    ]
    table = measures(rows)
    outcome = "too_little" if start < int(MIN_BUYERS) else "shown"
    cells = {"share": stayed.estimate, "low": stayed.low, "high": stayed.high, "n": start, "least": int(MIN_BUYERS)}
    return Result(
        table,
        say(f"retention.contract.{outcome}", **cells),
        sources=(WILSON, *cited(MIN_BUYERS)),
        settings={"function": "retention_rate", "confidence": float(CONFIDENCE)} | counted,
    )


def _check_counts(**counts: Any) -> None:
    faults = [
        Fault("not a number of customers", "Give a whole number of at least 0.", column=name, value=value)
        for name, value in counts.items()
        if not is_whole(value)
    ]
    if faults:
        raise DataProblem(faults)
    stayed = counts["end"] - counts["new"]
    impossible = (
        ("start", counts["start"] == 0, "nobody was there at the start", "A rate needs at least one customer."),
        (
            "new",
            stayed < 0,
            "more joined than were there at the end",
            "Count as new those still there.",
        ),
        ("end", stayed > counts["start"], "more stayed than were there at the start", "Count all who joined as new."),
    )
    faults = [Fault(what, mend, column=name, value=counts[name]) for name, wrong, what, mend in impossible if wrong]
    if faults:
        raise DataProblem(faults)


def _pairs(orders: Any, period: str, as_of: AsOf, timezone: str, cutoff: Cutoff) -> "pd.DataFrame":
    opened = open_orders(orders, as_of=as_of, timezone=timezone)
    pairs = collect(returns(orders, period=period, as_of=as_of, timezone=timezone))
    covered = identified_share(opened)
    rows = []
    for row in pairs.itertuples():
        share = wilson(row.returned, row.buyers, confidence=float(CONFIDENCE))
        shown = covered >= float(cutoff) and row.buyers >= int(MIN_BUYERS)
        low, estimate, high = (share.low, share.estimate, share.high) if shown else (NAN, NAN, NAN)
        rows.append(
            {"measure": "retention", "group": row.period, "estimate": estimate, "low": low, "high": high}
            | {"n": row.buyers, "unit": "share", "next": row.next, "returned": row.returned if shown else None}
            | {"whole": opened.first <= row.start + float(PARTIAL) * (row.end - row.start)}
            | {"coverage": covered, "limit": float(cutoff), "least": int(MIN_BUYERS)}
        )
    if not rows:
        columns = [*MEASURE_COLUMNS, "next", "returned", "whole", "coverage", "limit", "least"]
        return measures([]).reindex(columns=columns).astype(COUNTED | {"whole": bool})
    return measures(rows).astype(COUNTED)


def _reading(table: "pd.DataFrame") -> Sentence:
    whole = table[table["whole"]]
    if not len(whole):
        return say("retention.no_pair")
    row = whole.iloc[-1]
    if row["coverage"] < row["limit"]:
        return say("retention.withheld", coverage=row["coverage"], limit=row["limit"])
    if row["n"] < row["least"]:
        return say("retention.too_little", n=row["n"], period=row["group"], least=row["least"])
    cells = {name: row[name] for name in ("n", "low", "high", "next")}
    return say("retention.shown", share=row["estimate"], period=row["group"], **cells)


def _difference(two: "pd.DataFrame") -> dict[str, Any]:
    row = {"measure": "retention_change", "unit": "points", "estimate": NAN, "low": NAN, "high": NAN, "n": 0}
    if len(two) == 2:
        row |= {"group": two["group"].iloc[1], "n": int(two["n"].min())}
    if len(two) == 2 and two["estimate"].notna().all():
        sides = [Estimate(*side) for side in two[["estimate", "low", "high", "n"]].itertuples(index=False)]
        gap = difference_of_intervals(sides[1], sides[0])
        row |= {name: POINTS * value for name, value in zip(("estimate", "low", "high"), gap, strict=False)}
    return row


def _change_reading(table: "pd.DataFrame") -> Sentence:
    gap, pair = table.iloc[-1], table.iloc[:-1]
    if len(pair) and pair["coverage"].iloc[-1] < pair["limit"].iloc[-1]:
        return say("retention.withheld", coverage=pair["coverage"].iloc[-1], limit=pair["limit"].iloc[-1])
    outcome = verdict(gap["low"], gap["high"], gap["n"], min_n=int(MIN_BUYERS))
    if outcome is Verdict.TOO_LITTLE:
        return say("retention.change.too_little")
    ends = [gap[name] for name in ("estimate", "low", "high")]
    cells = amounts(*ends) if outcome.clear else dict(zip(("change", "low", "high"), ends, strict=True))
    named = {"before": pair["group"].iloc[0], "period": gap["group"], "now": pair["estimate"].iloc[1]}
    return say(f"retention.change.{outcome}", **named, **cells)


def _settings(function: str, period: str, as_of: AsOf, timezone: str, cutoff: Cutoff) -> dict[str, Any]:
    names = {"function": function, "period": period, "as_of": as_of, "timezone": timezone}
    return names | {"confidence": float(CONFIDENCE), "cutoff": float(cutoff)}
