"""Before the survey: whom to ask by which channel, how many answers to expect, and what they will tell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base import ChoiceProblem, DataProblem, Fault, Result, say
from crqkit.base.cutoffs import CONFIDENCE, MIN_ANSWERS
from crqkit.survey.channels import (
    GORITZ,
    Channel,
    Rates,
    draw_answers,
    expected_answers,
    final_share,
    known_channels,
    reminder_parts,
)
from crqkit.survey.goals import WAVES, Goal, as_goal
from crqkit.survey.never_asked import about_never, never_asked_table
from crqkit.survey.people import COUNT, NUMBER, TEXT, as_measures
from crqkit.survey.silence import MANSKI, gap_to_match
from crqkit.tables.checks import as_day, as_seed, is_whole

POWER_WANTED, DRAWS = 0.8, 4000
STEPS = {"channel": TEXT, "step": COUNT, "at": "object", "share_low": NUMBER, "share": NUMBER, "share_high": NUMBER}
ENDS = (0.025, 0.975)


@dataclass(frozen=True, repr=False, eq=False)
class SurveyPlan(Result):
    """A Result whose table has the steps, with what else a plan must say.

    Attributes
    ----------
    outcome : str
        ``enough, short`` (not with the answers to expect), ``impossible`` (not even if all answer), ``too_little``.
    needed : int or None
        Answers the goal takes.
    precision : DataFrame
        ``case`` (few, expected, many, all answer), ``answers``, ``precision`` in the unit of the goal.
    never_asked : DataFrame
        ``reason, n, share`` (of all customers; empty where the number is not known), ``why``.
    silent_gap : float
        By how much the silent must differ from those who answer, before silence misleads as much as chance.
    """

    outcome: str = "too_little"
    needed: int | None = None
    precision: pd.DataFrame = field(default_factory=pd.DataFrame)
    never_asked: pd.DataFrame = field(default_factory=pd.DataFrame)
    silent_gap: float = math.nan


def survey_plan(
    reach: Mapping[str, int],
    *,
    goal: str = "mean",
    precision: float | None = None,
    change: float | None = None,
    spread: Any = None,
    low: float = 1,
    high: float = 5,
    between: str = WAVES,
    power: float = POWER_WANTED,
    rates: Rates | None = None,
    reminders: int | Sequence[float] = 1,
    start: date | str | None = None,
    remind_after_days: int = 7,
    never_asked: Mapping[str, int | None] | None = None,
    population: int | None = None,
    confidence: float = float(CONFIDENCE),
    seed: int = 1,
) -> SurveyPlan:
    """Plan a survey: invitations, answers to expect, reminders, precision, who is never asked, who stays silent.

    Parameters
    ----------
    reach : mapping
        People each channel can reach, with consent where a channel needs it, as in ``{"e-mail": 180}``. Each person
        stands under one channel; channels are used in this order, and only as far as needed.
    goal : {"mean", "share", "nps"}
        What is to be known.
    precision : float, optional
        Half the width of the interval that is wanted: points of the scale, a share (0 to 1), or points of the NPS.
    change : float, optional
        Instead of a precision: the smallest change that must not be missed, in the same unit.
    spread : float, sequence or Result, optional
        Standard deviation (mean), share (share), or shares of promoters, passives and detractors (nps); or what
        `satisfaction`, `net_promoter` or another measure gave in an earlier wave. Assumed if not given, and said so.
    between : {"waves", "groups"}
        A change from one wave to the next, as many answers each time; or a difference of two halves of this one.
    power : float
        Chance with which the change is seen if it is there.
    rates : mapping, optional
        Share that answers the first time, by channel: one number, or (low, usual, high). Assumed where not given.
    reminders : int or sequence of float
        How many, or what each brings: the part of the first share with which those still silent answer it.
    never_asked : mapping, optional
        Customers by reason (``no_consent, no_address, walk_ins, left, under_age``, or your own words); None where
        nobody knows how many.
    population : int, optional
        People on the list, if the invited are drawn from it by lot; narrows the interval of a precision.

    Returns
    -------
    SurveyPlan
        One row a step and one for all, ``measure, group, estimate`` (answers to expect), ``low, high`` (95 % of the
        draws), ``n`` (people asked), ``unit, channel, step`` (0 the invitation), ``at, share_low, share, share_high``
        (of those asked).

    Raises
    ------
    DataProblem, ChoiceProblem
        Numbers that are none, a channel without rate, neither or both of `precision` and `change`.

    Examples
    --------
    >>> survey_plan({"e-mail": 400}, precision=0.3, rates={"e-mail": (0.1, 0.2, 0.3)}, reminders=0).reading
    'Invite 230 people to get about 46 answers: then the average is known to about ±0.30 points. If only 10 % answer, \
you get 23, and the average is known to about ±0.43 points.'
    """
    parts, channels, seed = reminder_parts(reminders), known_channels(reach, rates), as_seed(seed)
    aim = as_goal(
        goal, precision, change, spread=spread, low=low, high=high, between=between, power=power,
        confidence=confidence, population=population,
    )  # fmt: skip
    _check_list(population, reach, remind_after_days)
    first, never = as_day(start, "start"), never_asked_table(reach, never_asked)
    needed = aim.needed()
    asked = _invite(channels, reach, parts, needed)
    rows, totals = _steps(channels, asked, parts, first, remind_after_days, seed)
    invited, reached = int(totals["n"]), sum(reach.values())
    outcome = _outcome(totals["estimate"], needed, reached)
    quiet = 1 - totals["estimate"] / invited if invited else math.nan
    gap = gap_to_match(aim.reached_with(round(totals["estimate"])), quiet) if not aim.change and invited else math.nan
    cautions = _about_numbers(aim, channels, totals, needed, reached, rates)
    cautions += _about_silence(aim, totals, quiet, gap, outcome) + about_never(never)
    sources = dict.fromkeys([*(channel.source for channel in channels.values()), *((GORITZ,) if parts else ())])
    return SurveyPlan(
        as_measures(rows, STEPS),
        _reading(aim, totals, needed, reached, outcome),
        tuple(cautions),
        (*aim.sources, *sources, MANSKI),
        {"reach": dict(reach), "goal": aim._asdict(), "reminders": parts, "start": first, "seed": seed},
        None,
        outcome,
        needed,
        _precision(aim, totals, invited),
        never,
        gap,
    )


def _check_list(population: int | None, reach: Mapping[str, int], days: int) -> None:
    if not is_whole(days, 1):
        raise ChoiceProblem("remind_after_days", days, ["a whole number of days, such as 7"])
    if is_whole(population) and population < sum(reach.values()):
        what = "more people can be reached than are on the list they are drawn from"
        raise DataProblem(
            Fault(what, "Give the number of people on the whole list.", "", None, "population", population)
        )


def _invite(
    channels: Mapping[str, Channel], reach: Mapping[str, int], parts: Sequence[float], needed: int | None
) -> dict[str, int]:
    """Return whom to ask by each channel, in order, until the answers to expect are enough."""
    left, asked = math.inf if needed is None else float(needed), {}
    for name, channel in channels.items():
        part = parts if channel.remind else ()
        share = final_share(channel, channel.usual, part)
        most = int(reach[name])
        # An answer more or less of rounding must not bring one more person.
        asked[name] = most if left == math.inf else max(0, min(most, math.ceil(left / share - 1e-9)))
        left -= asked[name] * share
    return asked


def _steps(
    channels: Mapping[str, Channel], asked: Mapping[str, int], parts: Sequence[float], first: date | None, days: int,
    seed: int,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:  # fmt: skip
    """Return a row a step, and the row of all; what disappoints in one channel is taken to do so in all."""
    rng, luck = np.random.default_rng(seed), (np.arange(DRAWS) + 0.5) / DRAWS
    rows, drawn, expected = [], np.zeros(DRAWS), 0.0
    shared = {"measure": say("plan.label.answers"), "unit": say("plan.unit.answers")}
    for name, channel in channels.items():
        if not asked[name]:
            continue
        part = parts if channel.remind else ()
        draws, usual = draw_answers(channel, asked[name], part, luck, rng), expected_answers(channel, asked[name], part)
        for step, answers in enumerate(usual):
            low, high = np.quantile(draws[:, step], ENDS)
            factor = (1.0, *part)[step]
            cells = {
                "group": say("plan.label.reminder" if step else "plan.label.invitation", channel=name, step=step),
                "estimate": answers, "low": low, "high": high, "n": round(asked[name] - sum(usual[:step])),
                "channel": name, "step": step, "at": first and first + timedelta(days=step * days),
                "share_low": factor * channel.low, "share": factor * channel.usual, "share_high": factor * channel.high,
            }  # fmt: skip
            rows.append(shared | cells)
        drawn, expected = drawn + draws.sum(axis=1), expected + sum(usual)
    low, high = np.quantile(drawn, ENDS)
    invited = sum(asked.values())
    ends = {"estimate": expected, "low": low, "high": high, "n": invited}
    shares = dict(zip(("share_low", "share", "share_high"), (low, expected, high), strict=True))
    total = shared | ends | {"group": say("plan.label.all"), "channel": "all"}
    total |= {name: value / invited if invited else math.nan for name, value in shares.items()}
    return [*rows, total], total


def _outcome(expected: float, needed: int | None, reached: int) -> str:
    if needed is None or needed > reached:
        return "impossible" if expected >= int(MIN_ANSWERS) else "too_little"
    if round(expected) < int(MIN_ANSWERS):
        return "too_little"
    # Whole people: the last answer to expect may be a rounding short.
    return "enough" if expected >= needed - 0.5 else "short"


def _reading(aim: Goal, totals: Mapping[str, Any], needed: int | None, reached: int, outcome: str) -> str:
    answers, fewest = round(totals["estimate"]), round(totals["low"])
    return say(
        f"plan.{outcome}",
        invite=totals["n"],
        answers=answers,
        then=aim.words(aim.reached_with(answers)),
        share=totals["share_low"],
        fewest=fewest,
        then_fewest=aim.words(aim.reached_with(fewest)),
        needed=needed,
        wanted=aim.words(aim.wanted),
        reached=reached,
        then_all=aim.words(aim.reached_with(reached)),
        least=int(MIN_ANSWERS),
    )


def _about_numbers(
    aim: Goal, channels: Mapping[str, Channel], totals: Mapping[str, Any], needed: int | None, reached: int,
    rates: Rates | None,
) -> list[str]:  # fmt: skip
    found, assumed = [], [name for name in channels if name not in (rates or {})]
    if assumed:
        found.append(say("plan.caution.rates", names=", ".join(assumed)))
    if aim.assumed:
        spread = "/".join(f"{100 * part:.0f}" for part in aim.spread) if aim.measure == "nps" else aim.spread
        found.append(say(f"plan.caution.spread.{aim.measure}", spread=spread))
    if needed and needed <= reached and totals["low"] > 0:
        safe = math.ceil(needed / totals["share_low"])
        if totals["n"] < safe:
            found.append(
                say("plan.caution.safe" if safe <= reached else "plan.caution.unsafe", safe=safe, reached=reached)
            )
    if aim.population:
        found.append(say("nps.caution.population", population=aim.population))
    return found


def _about_silence(aim: Goal, totals: Mapping[str, Any], quiet: float, gap: float, outcome: str) -> list[str]:
    found = [say("caution.survey.convenience")]
    if math.isnan(quiet) or outcome == "too_little":
        return found
    silent = round(totals["n"] * quiet)
    found.append(say("plan.caution.silent", silent=silent, invited=totals["n"], span=aim.amount(quiet * aim.span)))
    if math.isfinite(gap):
        found.append(say("plan.caution.gap", gap=aim.amount(gap)))
    return found


def _precision(aim: Goal, totals: Mapping[str, Any], invited: int) -> pd.DataFrame:
    cases = {"few": totals["low"], "expected": totals["estimate"], "many": totals["high"], "all": invited}
    rows = [
        {"case": say(f"plan.case.{case}"), "answers": round(n), "precision": aim.reached_with(round(n))}
        for case, n in cases.items()
    ]
    return pd.DataFrame(rows)
