"""How was it: satisfaction (CSAT) and effort (CES)."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqkit.base import Cutoff, Result, Verdict, check_choice, say, verdict
from crqkit.base.charts import intervals, over_time
from crqkit.base.cutoffs import CONFIDENCE, MIN_ANSWERS, OWN, TOP_BOXES
from crqkit.stats.differences import DERRICK
from crqkit.stats.estimates import NAN, Estimate, check_confidence
from crqkit.stats.means import STUDENT, mean_interval
from crqkit.stats.multiplicity import BONFERRONI
from crqkit.stats.proportions import WILSON, wilson
from crqkit.survey import groups
from crqkit.survey.people import (
    ALL,
    NUMBER,
    TEXT,
    Scale,
    as_measures,
    is_period,
    least_shown,
    people,
    ratings,
    scale_unit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAJORITY = Cutoff("majority", 0.5, f"{OWN}: 'most' means more than half", "shares of people")
# Version 1 asks how much effort it took (1 very little, 5 very much); version 2 whether it was made easy (1 to 7).
VERSIONS = {1: Scale("lower", 1, 5), 2: Scale("higher", 1, 7)}
EFFORT_SOURCES = {
    1: "Dixon, Freeman & Toman 2010, Harvard Business Review 88(7/8):116-122 (CES, version 1)",
    2: "Dixon, Toman & DeLisi 2013, The Effortless Experience (CES, version 2)",
}


def satisfaction(
    answers: pd.DataFrame,
    *,
    score: str,
    top: int = int(TOP_BOXES),
    low: float = 1,
    high: float = 5,
    by: str | None = None,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Satisfaction: mean rating (t interval) and share of the `top` best answers (Wilson).

    Parameters
    ----------
    answers : DataFrame
        One row a questionnaire: `score` from `low` to `high`, `customer_key`, `at`.
    top : int
        How many of the best answers count as satisfied, on a scale of whole steps.
    by : str, optional
        A column such as the touchpoint, or ``month``, ``quarter``, ``year``; each group's mean is then compared with
        the rest, all comparisons as one family.

    Returns
    -------
    Result
        Two rows a group: ``measure, group, estimate, low, high, n, unit, sd, statistic`` (mean or top); the mean in
        points, the share from 0 to 1; with `by` the mean rows also ``gap, gap_low, gap_high, verdict``.

    Raises
    ------
    DataProblem
        Answers outside the scale, or a scale that runs the wrong way.
    ChoiceProblem
        Unknown `by`; a confidence such as 95; `top` that is not a whole number of answers short of the whole scale.

    References
    ----------
    Wilson 1927, JASA 22:209-212; Student 1908, Biometrika 6:1-25.

    Examples
    --------
    >>> satisfaction(pd.DataFrame({"stars": [5] * 12 + [4] * 5 + [2] * 3}), score="stars").reading
    'Most are satisfied: 85 % of 20 people gave one of the 2 best answers (64 % to 95 %).'
    """
    check_confidence(confidence)
    given = ratings(answers, [Scale(score, low, high)])
    check_choice("top", top, list(range(1, int(high - low) + 1)))
    known = people(answers, given, by=by)
    shown, withheld = groups.shown_by_measure(known.table, [score])
    rows, best = [], high - top + 1
    for group in shown[score]:
        values = groups.group_values(known.table, score, group)
        mean = mean_interval(values, confidence=confidence, bounds=(low, high))
        share = wilson(int((values >= best).sum()), len(values), confidence=confidence)
        rows += [_mean_row(mean, group, low, high), _share_row(share, group, top)]
    if by is None and not rows:
        hidden = Estimate(NAN, NAN, NAN, len(known.table))
        rows = [_mean_row(hidden, ALL, low, high), _share_row(hidden, ALL, top)]
    compared = _compared(known.table, shown, score, (low, high), confidence) if by else []
    rows = [row | groups.gap_cells(row, compared if row["statistic"] == "mean" else []) for row in rows]
    table = as_measures(rows, {"sd": NUMBER, "statistic": TEXT} | (groups.GAPS if by else {}))
    timed = is_period(answers, by)
    prefix = "csat.periods" if timed else "csat.groups"
    reading = groups.family_reading(prefix, compared) if by else _share_reading(rows[1], top)
    return Result(
        table,
        reading,
        tuple(known.cautions(by, withheld, least_shown(table)) + groups.family_caution(compared)),
        (STUDENT, WILSON) + ((DERRICK, BONFERRONI) if by else ()),
        {"score": score, "top": top, "low": low, "high": high, "by": by, "confidence": confidence}
        | ({"family": len(compared), "least": int(MIN_ANSWERS)} if by else {}),
        partial(_draw_means, draw=over_time if timed else intervals),
    )


def effort(
    answers: pd.DataFrame,
    *,
    score: str,
    version: int | None = None,
    by: str | None = None,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Read the Customer Effort Score, mean with t interval, the right way round.

    Parameters
    ----------
    answers : DataFrame
        One row a questionnaire: `score`, `customer_key`, `at`.
    version : {1, 2}
        Required. 1: "how much effort did it take", 1 to 5, lower is better. 2: "they made it easy", 1 to 7, higher is
        better.
    by : str, optional
        As in `satisfaction`; the gap is in points of the scale, its words say easier or harder.

    Returns
    -------
    Result
        ``measure, group, estimate, low, high, n, unit, sd, better`` ("lower" or "higher"); with `by` also ``gap,
        gap_low, gap_high, verdict`` (above means easier than the rest).

    Raises
    ------
    ChoiceProblem
        `version` absent or unknown.
    DataProblem
        Answers outside the scale of the version.

    References
    ----------
    Dixon, Freeman & Toman 2010, Harvard Business Review 88(7/8):116-122.

    Examples
    --------
    >>> effort(pd.DataFrame({"ces": [1, 2] * 10}), score="ces", version=1).reading
    'On average people found it easy: 1.5 (1.3 to 1.7) on a scale of 1 to 5, where 1 is best.'
    >>> effort(pd.DataFrame({"ces": [1, 2] * 10}), score="ces", version=2).reading
    'On average people found it hard: 1.5 (1.3 to 1.7) on a scale of 1 to 7, where 7 is best.'
    """
    check_confidence(confidence)
    check_choice("version", version, list(VERSIONS))
    better, low, high = VERSIONS[version]
    known = people(answers, ratings(answers, [Scale(score, low, high)]), by=by)
    shown, withheld = groups.shown_by_measure(known.table, [score])
    cells = {"measure": say("ces.label", version=version), "unit": scale_unit(low, high), "better": better}
    rows = [
        cells | {"group": group} | mean_interval(values, confidence=confidence, bounds=(low, high))._asdict()
        for group in shown[score]
        for values in [groups.group_values(known.table, score, group)]
    ]
    if by is None and not rows:
        rows = [cells | {"group": ALL, "n": len(known.table), "low": NAN, "high": NAN}]
    compared = _compared(known.table, shown, score, (low, high), confidence) if by else []
    compared = [row | {"verdict": _polar(row["verdict"], better)} for row in compared]
    columns = {"sd": NUMBER, "better": TEXT} | (groups.GAPS if by else {})
    table = as_measures([row | groups.gap_cells(row, compared) for row in rows], columns)
    return Result(
        table,
        groups.family_reading("ces.groups", compared) if by else _effort_reading(rows[0], version),
        tuple(known.cautions(by, withheld, least_shown(table)) + groups.family_caution(compared)),
        (EFFORT_SOURCES[version], STUDENT) + ((DERRICK, BONFERRONI) if by else ()),
        {"score": score, "version": version, "by": by, "confidence": confidence}
        | ({"family": len(compared), "least": int(MIN_ANSWERS)} if by else {}),
        over_time if is_period(answers, by) else intervals,
    )


def _draw_means(table: pd.DataFrame, ax: "Axes", draw: Callable[[pd.DataFrame, "Axes"], "Axes"]) -> "Axes":
    """Draw the means only: shares have another axis."""
    return draw(table[table["statistic"] == "mean"], ax)


def _compared(
    table: pd.DataFrame, shown: groups.Shown, score: str, bounds: tuple[float, float], confidence: float
) -> list[dict[str, Any]]:
    return groups.against_rest(table, shown, {score: groups.difference_of_means(bounds)}, confidence)


def _mean_row(mean: Estimate, group: str, low: float, high: float) -> dict[str, Any]:
    cells = {"measure": say("csat.label.mean"), "group": group, "unit": scale_unit(low, high)}
    return cells | mean._asdict() | {"statistic": "mean"}


def _share_row(share: Estimate, group: str, top: int) -> dict[str, Any]:
    cells = {"measure": say("csat.label.top", top=top), "group": group, "unit": say("csat.unit.share")}
    return cells | share._asdict() | {"statistic": "top"}


def _share_reading(row: dict[str, Any], top: int) -> str:
    says = verdict(row["low"], row["high"], row["n"], against=float(MAJORITY), min_n=int(MIN_ANSWERS))
    if says is Verdict.TOO_LITTLE:
        return say(f"csat.top.{says}", n=row["n"])
    return say(f"csat.top.{says}", share=row["estimate"], low=row["low"], high=row["high"], n=row["n"], top=top)


def _effort_reading(row: dict[str, Any], version: int) -> str:
    better, low, high = VERSIONS[version]
    says = verdict(row["low"], row["high"], row["n"], against=(low + high) / 2, min_n=int(MIN_ANSWERS))
    if says is Verdict.TOO_LITTLE:
        return say(f"ces.score.{says}", n=row["n"])
    ends = {"bottom": low, "top": high, "best": low if better == "lower" else high}
    return say(
        f"ces.score.{_polar(says, better)}", mean=row["estimate"], low=row["low"], high=row["high"], n=row["n"], **ends
    )


def _polar(says: str, better: str) -> str:
    """Turn a verdict on the number into one on ease: above is easier, whatever the scale."""
    turned = {Verdict.ABOVE: Verdict.BELOW, Verdict.BELOW: Verdict.ABOVE}
    return str(turned.get(Verdict(says), says) if better == "lower" else says)
