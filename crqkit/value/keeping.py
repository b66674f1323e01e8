"""Whether keeping a customer is cheaper than finding one: two unit costs, a break-even, and what an experiment adds."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault, Sentence, measures, say, verdict
from crqkit.base.cutoffs import CONFIDENCE, COVERAGE, MIN_BUYERS
from crqkit.stats.differences import MOVER, Difference, difference_of_intervals
from crqkit.stats.estimates import Estimate
from crqkit.stats.proportions import WILSON, wilson
from crqkit.stats.rates import DISPERSION, GARWOOD
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import check_frame, is_whole
from crqkit.tables.schema import KEEPING
from crqkit.value.costs import Ledger, cost_of, read_spend
from crqkit.value.days import MIN_EVENTS, SCATTER_ROWS, USUAL_GAP, cited
from crqkit.value.looked_after import YEAR_MONTHS, LookedAfter, Span, looked_after, said_of, span_of
from crqkit.value.shown import Shown

if TYPE_CHECKING:
    import ibis.expr.types as ir

NAN = float("nan")
HUNDRED = 100
SOURCE = "Blattberg & Deighton 1996, Harvard Business Review 74(4):136-144 (yearly budgets for finding and for keeping)"


def keeping_or_finding(
    spend: pd.DataFrame,
    *,
    customers: float | None = None,
    orders: "pd.DataFrame | ir.Table | None" = None,
    months: int | None = None,
    trial: pd.DataFrame | None = None,
    as_of: AsOf = None,
    timezone: str = "UTC",
) -> Shown:
    """Return what it costs to find a customer and to look after one for a year, and from where on keeping pays.

    Money for keeping is spent on everybody, also on those who would have stayed anyway and on those who leave all
    the same. Divided by `customers` and the years of the sheet it is the cost of looking after one for a year, k; it is
    *not* the cost of keeping one. With f, the cost of finding one customer, keeping pays if, of every 100 customers
    looked after for a year, more than 100 k / f stay **because of it**: each of them saves finding a replacement. How
    many do, no ledger knows. It takes customers treated with and without, drawn by lot: then keeping one more costs
    k / d, where d is the difference of the two shares that stayed.

    Parameters
    ----------
    spend : DataFrame
        ``channel, purpose ("finding" or "keeping"), amount, currency, new_customers`` and ``at``, which may be missing
        where `months` is given.
    customers : float, optional
        How many customers were looked after, **on average** over the time of `spend`: not how many ever came.
    orders : DataFrame or Ibis table, optional
        Where `customers` is not given, they are counted here, each from a visit until the usual time to come again is
        over. Only customers with a key are seen.
    months : int, optional
        How many whole months `spend` covers; otherwise from the month of its first row to that of its last.
    trial : DataFrame, optional
        Two rows: ``given`` (true for the group that got what keeping consists of, false for the other; drawn by lot),
        ``people``, ``kept`` (those still customers afterwards), and if at hand ``amount`` (what was spent on them).
        Without amounts it is taken to have lasted a year and to have cost k a customer.
    as_of : date, optional
        Later rows of `spend` (and of `orders`) do not count.

    Returns
    -------
    Shown
        Measures ``cost_per_found`` (channels with spending; `n` new customers), ``cost_per_customer`` (k, counted in
        full, so without interval; `n` customers), ``break_even`` (of 100 customers looked after for a year, or of 100
        in the trial where that has amounts; its interval is that of f) and, with a trial, ``kept_more`` (of 100
        customers; `n` the smaller group), ``kept_less_needed`` (the same less the break-even) and ``cost_per_kept`` (no
        upper end where the trial allows that nobody more was kept).

    Raises
    ------
    DataProblem
        As `acquisition_cost`; or `customers` is no number above 0 and cannot be counted; or how many months are covered
        is not known; or the trial's counts cannot be.

    Notes
    -----
    A shop that goes on as before has the same k, however long its sheet. One kept counts as much as one found; where
    old customers are worth more (`spend_by_tenure`), less is needed. That no more than 100 of 100 can be kept holds
    only while a customer, or whoever comes in her place, is lost once a year at most.

    References
    ----------
    Blattberg & Deighton 1996, Harvard Business Review 74(4):136-144 (yearly budgets for finding and for keeping).

    Examples
    --------
    >>> rows = {"channel": ["adverts", "cards"], "purpose": ["finding", "keeping"], "amount": [800.0, 300.0]}
    >>> spend = pd.DataFrame(rows | {"currency": "EUR", "new_customers": [40, None]})
    >>> keeping_or_finding(spend, customers=300, months=12).table["estimate"].tolist()
    [20.0, 1.0, 5.0]
    """
    ledger = read_spend(spend, as_of, timezone)
    arms = None if trial is None else _arms(trial)
    kept = ledger.rows[(ledger.rows["purpose"] == KEEPING)]["amount"].dropna()
    number, span, each = LookedAfter(NAN), Span(0, pd.NaT, given=True), NAN
    # Without money for keeping there is nothing to divide, and nothing more is asked.
    if customers is not None or kept.sum() > 0:
        span = span_of(ledger.rows, months, timezone) if kept.sum() > 0 else span
        number = looked_after(customers, orders, span, as_of, timezone)
    if kept.sum() > 0:
        each = float(kept.sum()) / (number.number * span.months / YEAR_MONTHS)
    lines = _lines(_found(ledger), each, number, arms)
    counted = cited(COVERAGE, USUAL_GAP) if number.counted else ()
    table = measures(
        [
            {"measure": name, "group": "all", "unit": say(unit, currency=ledger.currency)}
            | {"estimate": line.estimate, "low": line.low, "high": line.high, "n": line.n}
            | {"currency": ledger.currency, "least": int(MIN_EVENTS)}
            for name, (line, unit) in lines.items()
        ]
    )
    return Shown(
        table,
        _reading(table.set_index("measure"), ledger.currency, number),
        cautions=(*said_of(number, span), *(say(f"caution.value.{name}") for name in _cautions(arms))),
        sources=(SOURCE, GARWOOD, DISPERSION, WILSON, MOVER, *cited(MIN_EVENTS, SCATTER_ROWS, MIN_BUYERS), *counted),
        settings={"function": "keeping_or_finding", "customers": number.number, "months": span.months, "as_of": as_of}
        | {"timezone": timezone, "confidence": float(CONFIDENCE)},
        drawn=("break_even", "kept_more"),
    )


def _lines(
    found: Estimate, each: float, number: LookedAfter, arms: dict[str, list[float]] | None
) -> dict[str, tuple[Any, str]]:
    """Return every measure with the name of its unit."""
    paid = arms is not None and not np.isnan(arms["amount"][0])
    tried = arms["amount"][0] / arms["people"][0] if arms is not None and paid else each
    needed = Estimate(*(tried / end for end in (found.estimate, found.high, found.low)), found.n)
    people = 0 if np.isnan(number.number) else round(number.number)
    lines: dict[str, tuple[Any, str]] = {
        "cost_per_found": (found, "acquisition.unit"),
        "cost_per_customer": (Estimate(each, NAN, NAN, people), "keeping.unit_customer"),
        "break_even": (_times(needed, HUNDRED), "keeping.unit_hundred" if paid else "keeping.unit_hundred_years"),
    }
    if arms is not None:
        more, gap, cost = _compare(arms, needed, tried)
        lines["kept_more"] = (_times(more, HUNDRED), "keeping.unit_hundred")
        lines["kept_less_needed"] = (_times(gap, HUNDRED), "keeping.unit_hundred")
        lines["cost_per_kept"] = (cost, "keeping.unit_kept")
    return lines


def _found(ledger: Ledger) -> Estimate:
    """Return the cost of finding one customer, over the channels on which money was spent."""
    counted = ledger.counted
    paid = counted.groupby("channel")["amount"].transform("sum") > 0
    return cost_of(counted[paid])[0] if paid.any() else Estimate(NAN, NAN, NAN, 0)


def _times(line: Any, factor: float) -> Estimate:
    return Estimate(factor * line.estimate, factor * line.low, factor * line.high, line.n)


def _arms(trial: pd.DataFrame) -> dict[str, list[float]]:
    """Return the trial's counts, those who got it first; raise `DataProblem` with every fault at once."""
    check_frame(trial, ["given", "people", "kept"], "trial")
    if sorted(trial["given"].tolist(), key=bool) != [False, True]:
        mend = "Give two rows: given = True for those who got it, given = False for those who did not."
        raise DataProblem(Fault("not one group with and one without", mend, file="trial", column="given"))
    rows = trial.sort_values("given", ascending=False)
    faults = []
    for people, kept in zip(rows["people"].tolist(), rows["kept"].tolist(), strict=True):
        if not is_whole(people, 1) or not is_whole(kept) or kept > people:
            mend = "Write whole numbers, at least one of people and not more kept than there are people."
            faults.append(
                Fault("these counts cannot be", mend, file="trial", column="kept", value=f"{kept} / {people}")
            )
    if faults:
        raise DataProblem(faults)
    amount = pd.to_numeric(rows["amount"], errors="coerce").tolist() if "amount" in rows else [NAN, NAN]
    return {"people": rows["people"].tolist(), "kept": rows["kept"].tolist(), "amount": amount}


def _compare(arms: dict[str, list[float]], needed: Estimate, each: float) -> tuple[Difference, Difference, Estimate]:
    """Return how many more were kept, that less what is needed, and what keeping one more costs."""
    shares = [wilson(*pair, confidence=float(CONFIDENCE)) for pair in zip(arms["kept"], arms["people"], strict=True)]
    more = difference_of_intervals(shares[0], shares[1])
    gap = difference_of_intervals(Estimate(*more[:4]), Estimate(*needed[:3], more.n))
    ends = [each / share if share > 0 else NAN for share in (more.estimate, more.high, more.low)]
    return more, gap, Estimate(*ends, more.n)


def _cautions(arms: dict[str, list[float]] | None) -> list[str]:
    shared = ["attribution", "average_cost", "one_loss", "one_for_one"]
    if arms is None:
        return shared
    return [*shared, *(["trial_year"] if np.isnan(arms["amount"][0]) else []), "by_lot"]


def _reading(lines: pd.DataFrame, currency: str, number: LookedAfter) -> Sentence:
    found, each, even = (lines.loc[name] for name in ("cost_per_found", "cost_per_customer", "break_even"))
    if number.withheld and np.isnan(even["estimate"]):
        return say("keeping.withheld", coverage=number.coverage, limit=float(COVERAGE))
    if np.isnan(found["estimate"]) or np.isnan(even["estimate"]):
        return say("keeping.no_costs")
    if found["n"] < found["least"]:
        return say("keeping.few_found", n=found["n"], least=found["least"])
    cells = {"found": found["estimate"], "each": each["estimate"], "currency": currency, "even": even["estimate"]}
    if even["low"] > HUNDRED and "kept_more" not in lines.index:
        return say("keeping.never", **cells)
    if "kept_more" not in lines.index:
        return say("keeping.cannot_say", **cells, low=even["low"], high=even["high"])
    more, gap, cost = (lines.loc[name] for name in ("kept_more", "kept_less_needed", "cost_per_kept"))
    outcome = verdict(gap["low"], gap["high"], gap["n"], min_n=int(MIN_BUYERS))
    cells |= {"more": more["estimate"], "low": more["low"], "high": more["high"], "kept": cost["estimate"]}
    return say(f"keeping.{outcome}", **cells, least=int(MIN_BUYERS))
