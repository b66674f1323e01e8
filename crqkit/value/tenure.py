"""Whether customers come to spend more the longer they stay, or whether only those who spend more stay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import Cutoff, DataProblem, Fault, Result, Sentence, Verdict, check_choice, measures, say, verdict
from crqkit.base.charts import PALETTE, describe
from crqkit.base.cutoffs import CONFIDENCE, COVERAGE, MIN_BUYERS
from crqkit.base.verdict import amounts
from crqkit.stats.differences import DERRICK, overlapping_difference
from crqkit.stats.means import STUDENT, mean_interval, no_spread
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import as_cutoff, is_whole
from crqkit.value.days import cited
from crqkit.value.followed import Followed, followed
from crqkit.value.truncation import UNCLEAR, LeftTruncation, left_truncation

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from matplotlib.axes import Axes

    from crqkit.stats.estimates import Difference, Estimate

# Periods in a year: the same season is compared where the file reaches so far.
A_YEAR = {"month": 12, "quarter": 4, "year": 1}
BUYERS, SAME, ALL = "spend_of_buyers", "spend_of_same", "spend_of_all"
LINES = {BUYERS: PALETTE["orange"], SAME: PALETTE["blue"], ALL: PALETTE["grey"]}
SOURCES = (
    "Reinartz & Kumar 2000, J. Marketing 64(4):17-35 (whether long-life customers come to spend more)",
    "Fader & Hardie 2010, Marketing Science 29:85-93 (who is left is not who came)",
)


@dataclass(frozen=True, repr=False, eq=False)
class SpendByTenure(Result):
    """A Result drawn as three lines; its `alt` names each with its numbers."""

    @property
    def alt(self) -> str:
        """Words for those who cannot see the plot, with its numbers."""
        lines = [self.table[self.table["measure"] == name] for name in LINES]
        parts = [describe(say(f"tenure.{name}"), line) for name, line in zip(LINES, lines, strict=True)]
        return " ".join([self.reading, *parts])


def spend_by_tenure(
    orders: "pd.DataFrame | ir.Table",
    *,
    period: str = "quarter",
    years: int = 1,
    as_of: AsOf = None,
    opened: date | str | None = None,
    timezone: str = "UTC",
    cutoff: "Cutoff | float" = COVERAGE,
) -> SpendByTenure:
    """Return what customers spend by how long they have been customers: whoever is left, and the same ones followed.

    A customer's tenure 0 is the calendar period of the first purchase, which holds that purchase by definition
    and is not compared. Tenure 1 is the first whole period after it, tenure k the k-th. Only periods that are over
    count; a period without a purchase counts as 0. Tenure 1 is compared with tenure K, `years` later, so in the same
    season; in a shorter file K is the latest that at least `least` customers were followed to, and the reading
    says that the season may be all there is to it. Three means stand side by side:

    - ``spend_of_buyers`` (naive): customers who bought in tenure k, whoever they are. It rises when spending grows,
      and also when those who spend little stop coming.
    - ``spend_of_same`` (corrected): one fixed group, those still customers after tenure K: seen buying later than it,
      and watched for at least one further whole period. Being seen *later* does not depend on what was spent in
      tenure 1 or K, as long as a customer's habits are steady; picking those who bought *in* K would, and would
      find growth where there is none. Their change answers: does one who stays come to spend more?
    - ``spend_of_all``: everyone who could be watched through tenure K, those who left with 0. It answers what a
      customer once won brings, and falls as people leave.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status, net, currency``, one currency; `net` is sales less refunds booked in the period.
    period : {"month", "quarter", "year"}
        In `timezone`.
    years : int
        How many years lie between the two periods compared, at least 1.
    as_of : date, optional
        Later rows do not count.
    opened : date or str, optional
        When the shop opened, such as ``"2019-03-01"``; customers first seen in the warm-up of a file that begins in
        mid-life are left out (`left_truncation`).
    cutoff : Cutoff or float
        Share of sales with a customer under which nothing is shown.

    Returns
    -------
    SpendByTenure
        The three measures, one row a tenure from 1 to K (column `tenure`; group as in ``quarter 1``): money a period
        with Student's interval, `n` customers. Then, tenure K less tenure 1: ``change_of_buyers`` (people may be in
        one or both), ``change_of_same`` and ``change_of_all`` (paired), and ``head_start``: what those of
        ``spend_of_same`` already spent more in tenure 1 than those who were not seen after K. Each customer counts
        once in every row, so the intervals need no further clustering. `coverage`, `limit`, `least`: the cut-offs.

    Notes
    -----
    Prices and the whole trade move while tenure grows; one shop's orders cannot take the two apart. Customers who
    buy less than once a period enter late: their phase matters little from tenure 1 on, since that begins on a
    calendar date, not with a purchase. False alarms and coverage: ``tests/reference/studies/value_claims.csv``.

    References
    ----------
    Reinartz & Kumar 2000, J. Marketing 64(4):17-35; Fader & Hardie 2010, Marketing Science 29:85-93.
    """
    check_choice("period", period, list(A_YEAR))
    if not is_whole(years, 1):
        mend = "Write a whole number such as 1."
        raise DataProblem(Fault("not a number of years", mend, column="years", value=years))
    cutoff = as_cutoff(cutoff, COVERAGE)
    start = left_truncation(orders, opened=opened, as_of=as_of, timezone=timezone)
    past = followed(orders, period, as_of, timezone, start.warm_up_days)
    table = compare(past, period, int(years), cutoff)
    return SpendByTenure(
        table,
        reading(table, past, period, cutoff),
        cautions=_cautions(past, start) if len(table) > 1 else (),
        sources=(*SOURCES, STUDENT, DERRICK, *cited(cutoff, MIN_BUYERS)),
        settings={"function": "spend_by_tenure", "period": period, "years": int(years), "as_of": as_of}
        | {"opened": opened, "timezone": timezone, "confidence": float(CONFIDENCE), "cutoff": float(cutoff)},
        draw=_draw,
    )


def compare(past: Followed, period: str, years: int, cutoff: Cutoff) -> pd.DataFrame:
    """Return the measures of customers already lined up; no rows where there is too little, or coverage is too low."""
    last = _last(past, 1 + years * A_YEAR[period])
    rows = _rows(past, last) if last and past.coverage >= float(cutoff) else [_nothing(past)]
    shared = {"unit": say("tenure.unit", currency=past.currency, period=period), "coverage": past.coverage}
    shared |= {"limit": float(cutoff), "least": int(MIN_BUYERS), "currency": past.currency}
    named = [{"group": say("tenure.group", period=period, tenure=row["tenure"])} for row in rows]
    return measures([row | name | shared for row, name in zip(rows, named, strict=True)])


def _nothing(past: Followed) -> dict[str, Any]:
    n = int(past.still(2).sum()) if past.longest > 3 else 0
    return {"measure": "change_of_same", "tenure": 2, "estimate": np.nan, "low": np.nan, "high": np.nan, "n": n}


def _last(past: Followed, wanted: int) -> int:
    """Return the tenure wanted, or the latest before it that enough customers were followed to; 0 if there is none."""
    within = range(2, min(wanted, past.longest - 2) + 1)
    return max((k for k in within if past.still(k).sum() >= int(MIN_BUYERS)), default=0)


def _rows(past: Followed, last: int) -> list[dict[str, Any]]:
    still, watched = past.still(last), past.watched(last)
    rows: list[dict[str, Any]] = []
    chosen: dict[str, Callable[[int], Any]] = {BUYERS: past.bought, SAME: lambda _: still, ALL: lambda _: watched}
    for name, who in chosen.items():
        for k in range(1, last + 1):
            rows.append(_row(name, k, mean_interval(past.spent(k)[who(k)], confidence=float(CONFIDENCE))))
    changes = {
        "change_of_buyers": _gap(past.spent(last)[past.bought(last)], past.spent(1)[past.bought(1)]),
        "change_of_same": mean_interval((past.spent(last) - past.spent(1))[still], confidence=float(CONFIDENCE)),
        "change_of_all": mean_interval((past.spent(last) - past.spent(1))[watched], confidence=float(CONFIDENCE)),
        "head_start": _gap(past.spent(1)[still], past.spent(1)[past.gone(last)]),
    }
    return rows + [_row(name, last, found) for name, found in changes.items()]


def _gap(first: pd.Series, second: pd.Series) -> "Difference":
    return overlapping_difference(first, second, confidence=float(CONFIDENCE))


def _row(measure: str, tenure: int, found: "Estimate | Difference") -> dict[str, Any]:
    # Too few customers: their number is told, what they spent is not.
    shown = found.n >= int(MIN_BUYERS)
    low, estimate, high = (found.low, found.estimate, found.high) if shown else (np.nan,) * 3
    if measure == "change_of_same" and shown and np.isnan(low) and no_spread(abs(estimate), 1):
        low = high = estimate = 0.0
    return {"measure": measure, "tenure": tenure, "estimate": estimate, "low": low, "high": high, "n": found.n}


def reading(table: pd.DataFrame, past: Followed, period: str, cutoff: Cutoff) -> Sentence:
    """Return the sentence that the measures allow."""
    if past.coverage < float(cutoff):
        return say("tenure.withheld", coverage=past.coverage, limit=float(cutoff))
    lines = table.set_index("measure")
    same = lines.loc["change_of_same"]
    found = verdict(same["low"], same["high"], same["n"], min_n=int(MIN_BUYERS))
    ends = [same[name] for name in ("estimate", "low", "high")]
    change = dict(zip(("change", "low", "high"), ends, strict=True))
    cells = {"n": same["n"], "tenure": same["tenure"], "currency": same["currency"], "period": period}
    if found is Verdict.TOO_LITTLE:
        return say("tenure.too_little", period=period, least=int(MIN_BUYERS))
    if same["low"] == same["high"]:
        return say("tenure.equal", **cells)
    if (same["tenure"] - 1) % A_YEAR[period]:
        return say("tenure.season", **cells, **change)
    if found.clear:
        return say(f"tenure.{found}", **cells, **amounts(*ends))
    naive = lines.loc["change_of_buyers"]
    if verdict(naive["low"], naive["high"], naive["n"], min_n=int(MIN_BUYERS)) is Verdict.ABOVE:
        return say("tenure.survivors", **cells, **change, rise=naive["estimate"])
    return say("tenure.unclear", **cells, **change)


def _cautions(past: Followed, start: LeftTruncation) -> tuple[Sentence, ...]:
    cautions = [say("caution.value.identified_only", coverage=past.coverage), say("caution.value.who_stays")]
    cautions.append(say("caution.value.prices"))
    if start.warm_up_days:
        cautions.append(say("caution.value.warm_up", days=start.warm_up_days))
    if start.outcome == UNCLEAR:
        cautions.append(say("caution.value.tenure_start"))
    return tuple(cautions)


def _draw(table: pd.DataFrame, ax: "Axes") -> "Axes":
    """Draw the three means over tenure, each with its interval as a band."""
    for name, colour in LINES.items():
        line = table[table["measure"] == name]
        ax.fill_between(line["tenure"], line["low"], line["high"], color=colour, alpha=0.15, linewidth=0)
        ax.plot(line["tenure"], line["estimate"], "o-", color=colour, label=say(f"tenure.{name}"))
    ax.set_ylim(bottom=0)
    ax.set_xticks(sorted(table["tenure"].unique()) if len(table) else [])
    ax.set_xlabel(say("tenure.axis"))
    ax.set_ylabel(table["unit"].iloc[0] if len(table) else "")
    ax.legend(frameon=False, fontsize="small")
    return ax
