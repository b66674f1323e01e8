"""Whether the file begins in mid-life, so that old customers look new."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from crqkit.base import DataProblem, Fault, Result, Verdict, measures, say, verdict
from crqkit.base.cutoffs import CONFIDENCE, MIN_BUYERS
from crqkit.stats.proportions import WILSON, wilson
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import as_day
from crqkit.value.days import EVEN, FALLS, LONGEST_WARM_UP, OPENING, SHORTEST_FILE, USUAL_GAP, History, cited, history

if TYPE_CHECKING:
    import ibis.expr.types as ir

NOTICED, UNCLEAR, NONE, TOO_LITTLE = "noticed", "unclear", "none", "too_little"
OPENED, KNOWN = "opened", "known"


@dataclass(frozen=True, repr=False, eq=False)
class LeftTruncation(Result):
    """A Result that also says how many days to wait before a first sighting counts as a first purchase.

    `past` holds the visits it was judged from, so that others who ask the same need not count them again.
    """

    outcome: str = TOO_LITTLE
    warm_up_days: int = 0
    past: History | None = None

    @property
    def old_look_new(self) -> bool:
        """Whether old customers may look new in this file: it begins in mid-life, by its mark or by the opening."""
        return self.outcome in (NOTICED, KNOWN)


def left_truncation(
    orders: "pd.DataFrame | ir.Table", *, opened: date | str | None = None, as_of: AsOf = None, timezone: str = "UTC"
) -> LeftTruncation:
    """Look for the mark of a file that starts in mid-life: even sales, but first-time buyers falling away.

    In such a file the regulars of before turn up one by one in the first months and pass for new. The early
    stretch is as long as nine in ten gaps between two visits of one customer (at most a third of the file). Did
    clearly more first-time buyers fall into it than an even run would bring (lower end of Wilson's interval, as a
    ratio of rates, above 1.5), while visits ran evenly (ratio of rates within 1.5)? Then it is noticed.
    A shop that opened with its file looks like this only if new customers dwindle about as fast as regulars grow,
    as after a busy opening: from purchases alone the two cannot be told apart, so the reading says "may".
    How often it speaks up in shops of known beginnings: ``tests/reference/value/truncation.csv``.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status``.
    opened : date or str, optional
        When the shop opened, such as ``"2019-03-01"``; where known, it decides.

    Returns
    -------
    LeftTruncation
        Measures ``first_buyers_early`` and ``visits_early`` (shares, 0 to 1, of all first-time buyers and of all
        visits that fall into the early stretch; column `even` has the stretch's share of the time) and ``warm_up``
        (days; `n` gaps). `outcome` is ``noticed, unclear, none, too_little, opened`` (the file reaches back to
        the opening) or ``known`` (it does not); `warm_up_days` is 0 unless noticed or known.

    Raises
    ------
    DataProblem
        The shop opened after the last row.
    """
    opened = as_day(opened, "opened")
    past = history(orders, as_of, timezone)
    if opened and past.start and opened > past.date_of(past.length - 1):
        what, mend = "the shop opened after the last row of its orders", "Correct the opening day in shop.yml."
        raise DataProblem(Fault(what, mend, column="opened", value=opened))
    return judge(past, opened)


def judge(past: History, opened: date | None) -> LeftTruncation:
    """Return the result for visits already counted."""
    gaps = past.visits["gap"].dropna()
    longest = int(past.length * float(LONGEST_WARM_UP))
    enough = len(gaps) >= int(MIN_BUYERS)
    warm_up = min(int(gaps.quantile(float(USUAL_GAP), interpolation="lower")), longest) if enough else longest
    table, outcome = _table(past, warm_up, len(gaps))
    if opened and past.start:
        outcome = KNOWN if (past.start - opened).days > int(OPENING) else OPENED
    early = table.iloc[0]
    shown = {"share": early["estimate"], "even": early["even"], "days": warm_up} if outcome == NOTICED else {}
    shown |= {"start": early["start"], "days": warm_up} if outcome == KNOWN else {}
    return LeftTruncation(
        table,
        say(f"truncation.{outcome}", **shown),
        cautions=(say("caution.value.say_opened"),) if outcome in (NOTICED, UNCLEAR) else (),
        sources=(WILSON, *cited(FALLS, EVEN, USUAL_GAP, LONGEST_WARM_UP)),
        settings={"function": "left_truncation", "opened": opened, "confidence": float(CONFIDENCE)},
        past=past,
        outcome=outcome,
        warm_up_days=warm_up if outcome in (NOTICED, KNOWN) else 0,
    )


def _table(past: History, warm_up: int, gaps: int) -> tuple[pd.DataFrame, str]:
    even = warm_up / past.length if past.length else float("nan")
    early = past.visits["day"] < warm_up
    first = past.visits["first"]
    counted = {
        "first_buyers_early": (int((early & first).sum()), int(first.sum())),
        "visits_early": (int(early.sum()), len(past.visits)),
    }
    shares = {name: wilson(*pair, confidence=float(CONFIDENCE)) for name, pair in counted.items()}
    rows = [
        {"measure": name, "group": "all", "estimate": share.estimate, "low": share.low, "high": share.high}
        | {"n": share.n, "unit": "share", "even": even, "start": past.start}
        for name, share in shares.items()
    ]
    days = {"measure": "warm_up", "group": "all", "estimate": warm_up, "n": gaps, "unit": "days", "start": past.start}
    table = measures([*rows, days])
    buyers = shares["first_buyers_early"]
    if min(gaps, buyers.n) < int(MIN_BUYERS) or past.length < int(SHORTEST_FILE) or warm_up == 0:
        return table, TOO_LITTLE
    ends = [_rates(end, even) for end in (buyers.low, buyers.high)]
    falls = verdict(*ends, buyers.n, against=float(FALLS), min_n=int(MIN_BUYERS))
    level = _rates(shares["visits_early"].estimate, even)
    if falls is not Verdict.ABOVE:
        return table, NONE
    return table, NOTICED if 1 / float(EVEN) <= level <= float(EVEN) else UNCLEAR


def _rates(share: float, even: float) -> float:
    """Return the rate per day in the early stretch over the rate after it."""
    return float("inf") if share >= 1 else (share / (1 - share)) / (even / (1 - even))
