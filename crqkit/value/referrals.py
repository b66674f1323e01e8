"""Whether those who say that they would recommend the shop really send others."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import Cutoff, Sentence, measures, say, verdict
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.base.verdict import amounts
from crqkit.stats.differences import MOVER, difference_of_intervals
from crqkit.stats.disclosure import shown_groups
from crqkit.stats.estimates import Estimate
from crqkit.stats.rates import DISPERSION, GARWOOD, Scatter, event_rate, scatter_of
from crqkit.tables.calendar import AsOf, day_of, moment
from crqkit.tables.checks import as_cutoff, as_day, check_frame, check_times, person_keys
from crqkit.tables.engine import open_orders
from crqkit.value.days import MIN_EVENTS, cited
from crqkit.value.shown import Shown

if TYPE_CHECKING:
    import ibis.expr.types as ir

NAN = float("nan")
YEAR_DAYS = 365.25
HUNDRED = 100
# Reichheld 2003: 9 and 10, 7 and 8, 0 to 6. The last two together are what promoters are held against.
GROUPS = {"promoters": (9, 10), "passives": (7, 8), "detractors": (0, 6)}
OTHERS = "all others"
NPS = "Reichheld 2003, Harvard Business Review 81(12):46-54 (promoters, passives, detractors)"


@dataclass(frozen=True)
class Watched:
    """One row a person who answered: ``group, years, sent``; and how many rows could not be used, and why.

    `end` is the moment watched to, `ends_at_referral` whether a referral itself is all that says so.
    """

    people: pd.DataFrame
    end: pd.Timestamp
    ends_at_referral: bool
    answers_unknown: int
    referrals_unknown: int
    unasked: int
    undated: int


def referrals_per_promoter(
    referrals: pd.DataFrame,
    answers: pd.DataFrame,
    *,
    score: str = "recommend",
    since: date | str | None = None,
    as_of: AsOf = None,
    orders: "pd.DataFrame | ir.Table | None" = None,
    timezone: str = "UTC",
    floor: "Cutoff | float" = GROUP_FLOOR,
) -> Shown:
    """Return how many new customers promoters, passives and detractors were seen to send, per 100 persons and year.

    Each person counts once, with the first answer, and is watched from that answer to `as_of`: what they said comes
    before what they did. With `since`, everybody is watched from that day on, also before the answer; then a person may
    answer well *because* a friend was pleased. The number of referrals is Poisson at best: some people send many.
    The interval is Garwood's, widened by the scatter between persons (the larger of the group's own and that of all
    groups).

    Parameters
    ----------
    referrals : DataFrame
        ``referrer_key, customer_key, at``: one row a person sent by another. The same pair counts once.
    answers : DataFrame
        ``customer_key, at`` and the score, one row an answer.
    score : str
        Column with 0 to 10.
    since : date, optional
        Watch everybody from this day on instead.
    as_of : date, optional
        Watched to here: the last day for which referrals were written down. Otherwise to the latest moment in
        `referrals`, `answers` and `orders`; if that is a referral, it ends the watching and is not counted itself.
    orders : DataFrame or Ibis table, optional
        Where `as_of` is not given: the sales of the same time, which go on when nobody is sent.
    floor : Cutoff or float
        Groups of fewer persons are not shown, nor others from which they could be worked out.

    Returns
    -------
    Shown
        Measure ``referrals``, rows ``promoters, passives, detractors, all others`` (passives and detractors): per 100
        persons and year, `n` persons; `sent`, `years` (person-years), `scatter`. Then ``referrals_more``: promoters
        less all others (MOVER).

    Raises
    ------
    DataProblem
        A column is missing, or times carry no zone.

    Notes
    -----
    Only referrals that somebody wrote down are seen, so the true numbers may be higher. Whether the words make the
    difference they do not say. Coverage where some people send many: ``tests/reference/studies/value_claims.csv``.

    References
    ----------
    Reichheld 2003, Harvard Business Review 81(12):46-54; Garwood 1936, Biometrika 28:437-442.
    """
    floor = as_cutoff(floor, GROUP_FLOOR)
    seen = _watch(referrals, answers, score, since, as_of, orders, timezone)
    people = seen.people
    rest = people[people["group"] != "promoters"].assign(group=OTHERS)
    pooled = _scatter(people)
    parts = {name: people[people["group"] == name] for name in GROUPS} | {OTHERS: rest}
    rates = {name: _rate(part, pooled) for name, part in parts.items()}
    # Passives and detractors make up the others, so the two stand or fall together.
    shown = set(shown_groups({name: len(parts[name]) for name in ("passives", "detractors")}, int(floor)))
    shown |= {name for name in ("promoters", OTHERS) if len(parts[name]) >= int(floor)}
    rows = [_row(name, parts[name], *rates[name], visible=name in shown) for name in parts]
    sides = [rates[name][0] if name in shown else Estimate(NAN, NAN, NAN, 0) for name in ("promoters", OTHERS)]
    gap = difference_of_intervals(*sides)
    unit = say("referral.unit")
    more: dict[str, Any] = {"measure": "referrals_more", "group": say("referral.more"), "n": gap.n or None}
    more |= {name: getattr(gap, name) for name in ("estimate", "low", "high")}
    table = measures([row | {"unit": unit} for row in [*rows, more]]).astype({"sent": "Int64"})
    return Shown(
        table,
        _reading(table),
        cautions=_cautions(seen, since, as_of, timezone),
        sources=(NPS, GARWOOD, DISPERSION, MOVER, *cited(floor, MIN_ANSWERS, MIN_EVENTS)),
        settings={"function": "referrals_per_promoter", "score": score, "since": since, "as_of": as_of}
        | {"timezone": timezone, "confidence": float(CONFIDENCE), "floor": float(floor)},
        drawn=("referrals",),
    )


def _watch(
    referrals: pd.DataFrame,
    answers: pd.DataFrame,
    score: str,
    since: Any,
    as_of: AsOf,
    orders: "pd.DataFrame | ir.Table | None",
    timezone: str,
) -> Watched:
    check_frame(referrals, ["referrer_key", "customer_key", "at"], "referrals")
    check_frame(answers, ["customer_key", "at", score], "answers")
    for table, name in ((referrals, "referrals"), (answers, "answers")):
        if len(table):
            check_times(table, name, zone=True)
    given = pd.DataFrame({"key": person_keys(answers["customer_key"]), "at": pd.to_datetime(answers["at"], utc=True)})
    given = given.assign(score=pd.to_numeric(answers[score], errors="coerce")).dropna(subset=["score", "at"])
    dated = pd.to_datetime(referrals["at"], utc=True)
    others = [given["at"].max(), pd.NaT if orders is None else open_orders(orders, timezone=timezone).as_of]
    last = pd.to_datetime(pd.Series([dated.max(), *others]), utc=True).max()
    end = moment(as_of, last, timezone)
    by_itself = as_of is None and bool(dated.eq(last).any()) and not any(last == other for other in others)
    known = given.dropna(subset=["key"]).sort_values("at", kind="stable").drop_duplicates("key")
    known = known[known["at"] < end].set_index("key")
    start = known["at"]
    if since is not None:
        day = moment(as_day(since, "since"), pd.NaT, timezone).tz_convert(timezone).normalize()
        start = pd.Series(day.tz_convert("UTC"), index=known.index)
    # A last referral that also ends the watching would count without the time until the next one.
    sent, unknown = _sent(referrals, dated.mask(dated == end) if by_itself else dated, end)
    asked = sent["by"].isin(known.index)
    within = sent[asked & (sent["at"].array > start.reindex(sent["by"]).array)]
    people = pd.DataFrame(
        {
            "group": pd.cut(known["score"], [-np.inf, 6.5, 8.5, np.inf], labels=list(GROUPS)[::-1]).astype(str),
            "years": (end - start).dt.total_seconds() / (86_400 * YEAR_DAYS),
            "sent": within.groupby("by").size().reindex(known.index, fill_value=0),
        }
    )
    return Watched(
        people, end, by_itself, int(given["key"].isna().sum()), unknown, int((~asked).sum()), int(dated.isna().sum())
    )


def _sent(referrals: pd.DataFrame, dated: pd.Series, end: pd.Timestamp) -> tuple[pd.DataFrame, int]:
    """Return the referrals up to `end` as ``by, who, at``, each pair once, and how many have nobody who sent them."""
    keys = {"by": person_keys(referrals["referrer_key"]), "who": person_keys(referrals["customer_key"])}
    sent = pd.DataFrame(keys | {"at": dated})
    sent = sent[(sent["at"] <= end) & ~(sent["by"] == sent["who"]).fillna(False)].sort_values("at", kind="stable")
    named = sent.dropna(subset=["by"])
    return named[~(named.duplicated(["by", "who"]) & named["who"].notna())], len(sent) - len(named)


def _scatter(people: pd.DataFrame) -> Scatter:
    return scatter_of(*(people[name].tolist() for name in ("sent", "years", "group")))


def _rate(part: pd.DataFrame, pooled: Scatter) -> tuple[Estimate, Scatter]:
    scatter = max(_scatter(part), pooled, key=lambda found: found.value)
    found = event_rate(
        part["sent"].sum(), part["years"].sum(), confidence=float(CONFIDENCE), scatter=scatter.value, df=scatter.df
    )
    return Estimate(*(HUNDRED * value for value in found[:3]), len(part)), scatter


def _row(name: str, part: pd.DataFrame, rate: Estimate, scatter: Scatter, *, visible: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"measure": "referrals", "group": name, "least": int(MIN_ANSWERS)}
    if not visible:
        return row | {"estimate": NAN, "low": NAN, "high": NAN, "n": None, "sent": None, "years": NAN, "scatter": NAN}
    row |= {"estimate": rate.estimate, "low": rate.low, "high": rate.high, "n": rate.n}
    return row | {"sent": int(part["sent"].sum()), "years": float(part["years"].sum()), "scatter": scatter.value}


def _reading(table: pd.DataFrame) -> Sentence:
    lines = table.set_index("group")
    promoters, others, gap = lines.loc["promoters"], lines.loc[OTHERS], table.iloc[-1]
    if pd.isna(gap["estimate"]) or gap["n"] < int(MIN_ANSWERS):
        return say("referral.too_little", least=int(MIN_ANSWERS))
    if promoters["sent"] + others["sent"] < int(MIN_EVENTS):
        return say("referral.few", limit=int(MIN_EVENTS))
    found = verdict(gap["low"], gap["high"], gap["n"], min_n=int(MIN_ANSWERS))
    cells = {"promoters": promoters["estimate"], "others": others["estimate"]}
    ends = [gap[name] for name in ("estimate", "low", "high")]
    more = amounts(*ends) if found.clear else dict(zip(("change", "low", "high"), ends, strict=True))
    return say(f"referral.{found}", **cells, **more)


def _cautions(seen: Watched, since: Any, as_of: AsOf, timezone: str) -> tuple[Sentence, ...]:
    cautions = [say("caution.value.written_down")]
    cautions.append(say("caution.value.said_first" if since is None else "caution.value.said_later"))
    if as_of is None and pd.notna(seen.end):
        cautions.append(say("caution.value.watched_to", end=day_of(seen.end, timezone)))
    if seen.ends_at_referral:
        cautions.append(say("caution.value.ends_at_referral"))
    if seen.answers_unknown:
        cautions.append(say("caution.value.answers_unknown", n=seen.answers_unknown))
    if seen.referrals_unknown:
        cautions.append(say("caution.value.referrals_unknown", n=seen.referrals_unknown))
    if seen.undated:
        cautions.append(say("caution.value.undated", n=seen.undated))
    if seen.unasked:
        cautions.append(say("caution.value.unasked", n=seen.unasked))
    return tuple(cautions)
