"""Would they recommend us: the Net Promoter Score and its change."""

import math
from typing import Any

import pandas as pd

from crqkit.base import Cutoff, DataProblem, Fault, Result, Verdict, check_choice, check_columns, say, verdict
from crqkit.base.charts import intervals, over_time
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.base.verdict import amounts
from crqkit.stats.differences import MOVER, correlation_of_shared, difference_of_intervals
from crqkit.stats.estimates import Difference, Estimate, check_confidence
from crqkit.stats.finite_population import SOURCE as COCHRAN
from crqkit.stats.finite_population import correction
from crqkit.stats.proportions import ROCKS, trinomial_difference
from crqkit.survey import groups
from crqkit.survey.people import (
    ALL,
    COUNT,
    NUMBER,
    TEXT,
    People,
    Scale,
    as_measures,
    is_period,
    least_shown,
    people,
    ratings,
    scale_unit,
)
from crqkit.tables.checks import check_frame, is_whole

REICHHELD = "Reichheld 2003, Harvard Business Review 81(12):46-54"
PROMOTER = Cutoff("promoter", 9, REICHHELD, "recommendation asked from 0 to 10")
DETRACTOR = Cutoff("detractor", 6, REICHHELD, "recommendation asked from 0 to 10")
LOWEST, HIGHEST = 0, 10
POINTS = 100
CONVENIENCE, PROBABILITY = "convenience", "probability"
CHANGE = {"before": NUMBER, "after": NUMBER, "n_before": COUNT, "n_after": COUNT, "shared": COUNT, "verdict": TEXT}
COUNTS = ["promoters", "passives", "detractors"]


def net_promoter(
    answers: pd.DataFrame,
    *,
    score: str = "recommend",
    by: str | None = None,
    population: int | None = None,
    sample: str = CONVENIENCE,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Net Promoter Score: share of promoters (9, 10) less share of detractors (0 to 6), in points.

    Parameters
    ----------
    answers : DataFrame
        One row a questionnaire: `score` (whole numbers 0 to 10), `customer_key`, `at`.
    by : str, optional
        A column of `answers`, or ``month``, ``quarter``, ``year``; each group is then compared with the rest.
    population : int, optional
        People on the list a probability sample was drawn from; narrows the interval.
    sample : {"convenience", "probability"}
        Whether chance decided who was asked.

    Returns
    -------
    Result
        ``measure, group, estimate, low, high, n, unit`` (points, −100 to 100), ``sd`` (of one person, dividing by n),
        ``promoters, passives, detractors`` (people); with `by` also ``gap, gap_low, gap_high, verdict``.

    Raises
    ------
    DataProblem
        Values that are not whole numbers from 0 to 10; a population without a probability sample.
    ChoiceProblem
        Unknown `by` or `sample`.

    References
    ----------
    Rocks 2016, The American Statistician 70:365-372; Reichheld 2003, Harvard Business Review 81(12):46-54.

    Examples
    --------
    >>> answers = pd.DataFrame({"recommend": [10] * 30 + [8] * 20 + [3] * 10})
    >>> net_promoter(answers).reading
    'More promoters than detractors: the NPS is 33 (13 to 50), from 60 people.'
    """
    check_confidence(confidence)
    check_choice("sample", sample, [CONVENIENCE, PROBABILITY])
    known = _people(answers, score, by)
    n, timed = len(known.table), is_period(answers, by)
    _check_population(population, sample, by, n)
    shown, withheld = groups.shown_by_measure(known.table, [score])
    factor = correction(n, population) if population and n else 1.0
    rows = [_row(groups.group_values(known.table, score, group), group, confidence, factor) for group in shown[score]]
    compared = groups.against_rest(known.table, shown, {score: _differ}, confidence) if by else []
    columns = {"sd": NUMBER} | dict.fromkeys(COUNTS, COUNT) | (groups.GAPS if by else {})
    table = as_measures([row | groups.gap_cells(row, compared) for row in rows or ([] if by else [_empty(n)])], columns)
    cautions = known.cautions(by, withheld, least_shown(table)) + groups.family_caution(compared)
    if population:
        cautions[0] = say("nps.caution.population", population=population)
    return Result(
        table,
        groups.family_reading("nps.periods" if timed else "nps.groups", compared) if by else _reading(table),
        tuple(cautions),
        (ROCKS, REICHHELD) + ((COCHRAN,) if population else ()) + ((MOVER,) if by else ()),
        {"score": score, "by": by, "population": population, "sample": sample, "confidence": confidence}
        | ({"family": len(compared), "least": int(MIN_ANSWERS)} if by else {}),
        over_time if timed else intervals,
    )


def net_promoter_change(
    before: pd.DataFrame, after: pd.DataFrame, *, score: str = "recommend", confidence: float = float(CONFIDENCE)
) -> Result:
    """Tell whether a change of the Net Promoter Score is real.

    Parameters
    ----------
    before, after : DataFrame
        Answers of two periods (people are matched by `customer_key`, latest answer each), or the stored table of
        `net_promoter`.

    Returns
    -------
    Result
        One row: the change in points with interval, ``n`` (the smaller period), ``before, after, n_before, n_after,
        shared, verdict``. Never corrected for a finite population: change is about what goes on, not about a list.

    References
    ----------
    Zou & Donner 2008, Statistics in Medicine 27:1693-1702, with the intervals of Rocks 2016.

    Examples
    --------
    >>> before = pd.DataFrame({"recommend": [10] * 30 + [8] * 20 + [3] * 10})
    >>> after = pd.DataFrame({"recommend": [10] * 20 + [8] * 20 + [3] * 20})
    >>> net_promoter_change(before, after).reading
    'The NPS fell by 33 points (5 to 60), from 33 to 0.'
    """
    check_confidence(confidence)
    check_frame(before, (), "before")
    check_frame(after, (), "after")
    stored = "estimate" in before.columns or "estimate" in after.columns
    if stored:
        first, second = (_stored(side, score, confidence) for side in (before, after))
        found = _points(difference_of_intervals(second, first))
    else:
        values = [_people(side, score, None, name_all=False).table[score] for side in (before, after)]
        first, second = (_net(side, confidence) for side in values)
        found = _differ(values[1], values[0], confidence)
    cells = groups.difference_cells(found)
    known = {"before": POINTS * first.estimate, "after": POINTS * second.estimate, "n_before": first.n}
    row = {"measure": say("nps.label"), "group": "change", "unit": scale_unit(-2 * POINTS, 2 * POINTS)}
    row |= {"estimate": found.estimate, "low": found.low, "high": found.high, "n": found.n} | known
    outcome = cells["verdict"]
    row |= {"n_after": second.n, "shared": found.shared, "verdict": outcome}
    cautions = [say("caution.survey.convenience")]
    cautions += [say("caution.survey.summary" if stored else "caution.survey.unmatched")] if not found.shared else []
    return Result(
        as_measures([_hide_small(row, min(first.n, second.n))], CHANGE),
        say(
            f"nps.change.{outcome}",
            least=int(MIN_ANSWERS),
            **{"from": found.low, "to": found.high},
            **known,
            **amounts(found.estimate, found.low, found.high),
        ),
        tuple(cautions),
        (MOVER, ROCKS, REICHHELD),
        {"score": score, "confidence": confidence, "least": int(MIN_ANSWERS)},
    )


def _people(answers: pd.DataFrame, score: str, by: str | None, *, name_all: bool = True) -> People:
    given = ratings(answers, [Scale(score, LOWEST, HIGHEST)], whole=True)
    return people(answers, given, by=by, name_all=name_all)


def _counts(values: pd.Series) -> tuple[int, int, int]:
    plus, minus = int((values >= float(PROMOTER)).sum()), int((values <= float(DETRACTOR)).sum())
    return plus, len(values) - plus - minus, minus


def _net(values: pd.Series, confidence: float) -> Estimate:
    return trinomial_difference(*_counts(values), confidence=confidence)


def _differ(first: pd.Series, second: pd.Series, level: float) -> Difference:
    """Compare two groups of scores: their intervals combined, with the correlation of people in both."""
    signs = [(side >= float(PROMOTER)).astype(float) - (side <= float(DETRACTOR)) for side in (first, second)]
    shared, r = correlation_of_shared(*signs)
    r *= shared / math.sqrt(max(1, len(first)) * max(1, len(second)))
    return _points(difference_of_intervals(_net(first, level), _net(second, level), r=r, shared=shared))


def _points(found: Difference) -> Difference:
    return found._replace(estimate=POINTS * found.estimate, low=POINTS * found.low, high=POINTS * found.high)


def _row(values: pd.Series, group: str, confidence: float, factor: float) -> dict[str, Any]:
    net = _net(values, confidence)
    low, high = (net.estimate + factor * (end - net.estimate) for end in (net.low, net.high))
    ends = {"estimate": POINTS * net.estimate, "low": POINTS * low, "high": POINTS * high}
    row = {"measure": say("nps.label"), "group": group} | ends | {"n": net.n, "unit": scale_unit(-POINTS, POINTS)}
    return row | {"sd": POINTS * net.sd} | dict(zip(COUNTS, _counts(values), strict=True))


def _empty(n: int) -> dict[str, Any]:
    return {"measure": say("nps.label"), "group": ALL, "n": n, "unit": scale_unit(-POINTS, POINTS)}


def _hide_small(row: dict[str, Any], n: int) -> dict[str, Any]:
    hidden = ("estimate", "low", "high", "before", "after")
    return row if n >= int(GROUP_FLOOR) else {name: math.nan if name in hidden else cell for name, cell in row.items()}


def _stored(table: pd.DataFrame, score: str, confidence: float) -> Estimate:
    if "estimate" not in table.columns:
        return _net(_people(table, score, None).table[score], confidence)
    check_columns(table, ["group", *COUNTS], "stored table")
    counts = table.loc[table["group"] == ALL, COUNTS].apply(pd.to_numeric).fillna(0).sum()
    return trinomial_difference(*(float(counts[name]) for name in COUNTS), confidence=confidence)


def _reading(table: pd.DataFrame) -> str:
    row = table.iloc[0]
    says = verdict(row["low"], row["high"], row["n"], min_n=int(MIN_ANSWERS))
    if says is Verdict.TOO_LITTLE:
        return say(f"nps.net.{says}", n=row["n"])
    return say(f"nps.net.{says}", nps=row["estimate"], low=row["low"], high=row["high"], n=row["n"])


def _check_population(population: int | None, sample: str, by: str | None, n: int) -> None:
    if population is None:
        return
    if not is_whole(population, 1):
        mend = "Give the people on the list as a whole number."
        raise DataProblem(Fault("not a number of people", mend, column="population", value=population))
    faults = []
    if sample != PROBABILITY:
        what = say("nps.fault.population", population=population)
        faults.append(Fault(what, say("nps.fault.population.mend")))
    if by is not None:
        faults.append(Fault(say("nps.fault.groups"), say("nps.fault.groups.mend")))
    if n > population:
        faults.append(Fault(say("nps.fault.size", n=n, population=population), say("nps.fault.size.mend")))
    if faults:
        raise DataProblem(faults)
