"""Those who did not answer: what their silence can do to a figure."""

import math
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from crqkit.base import ChoiceProblem, DataProblem, Fault, Result, Verdict, say, verdict
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.stats.estimates import NAN, check_confidence
from crqkit.stats.finite_population import SOURCE as COCHRAN
from crqkit.stats.finite_population import correction
from crqkit.stats.means import STUDENT, mean_interval
from crqkit.survey.people import TEXT, Scale, as_measures, people, ratings, scale_unit
from crqkit.tables.checks import is_number, is_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANSKI = "Manski 1990, American Economic Review 80(2):319-323 (bounds without assumptions on who is missing)"
COCHRAN_SILENT = "Cochran 1977, Sampling Techniques, 3rd ed., ch. 13.2 (bias from those who do not answer)"
ANSWERED, BOUNDS, GAP = "answered", "bounds", "gap"


def silence(
    answers: pd.DataFrame,
    *,
    score: str,
    invited: int,
    low: float = 1,
    high: float = 5,
    against: float | None = None,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Tell what those who did not answer can do to an average.

    Nothing is assumed about them: the average of all invited lies between the one with every silent person at the
    bottom of the scale and the one with all at the top. And the other way round: by how much would the silent have
    to differ from those who answered, before their silence misleads more than chance does?

    Parameters
    ----------
    answers : DataFrame
        One row a questionnaire: `score` from `low` to `high`, `customer_key`, `at`.
    invited : int
        People who were asked, or could have answered, whether or not they did: whoever left before the survey began
        was not silent. The figures are about these people and nobody else, so they are the list of everyone: chance
        shrinks as more of them answer (finite population correction), and is gone when all did.
    against : float, optional
        A level that matters, such as 3 or last year's average; the middle of the scale if not given. Says whether
        the average of all invited lies above or below it whatever the silent think, leaving chance aside.

    Returns
    -------
    Result
        Three rows, ``measure, group, estimate, low, high, n, unit, part, verdict``: the average of those who answered
        as an estimate for everyone invited (t interval with finite correction); bounds for everyone invited (no
        estimate); the difference (points) of the silent from those who answered at which silence misleads as much as
        chance (half the interval over the share of silent).

    Raises
    ------
    DataProblem
        Fewer invited than answered, or answers outside the scale.
    ChoiceProblem
        `against` is no number.

    References
    ----------
    Manski 1990, American Economic Review 80(2):319-323; Cochran 1977, Sampling Techniques, 3rd ed., p. 24 and ch. 13.2.

    Examples
    --------
    >>> answers = pd.DataFrame({"stars": [5] * 12 + [4] * 16 + [2] * 2})
    >>> silence(answers, score="stars", invited=120).table[["part", "estimate", "low", "high"]].round(2)
           part  estimate   low  high
    0  answered      4.27  4.01  4.52
    1    bounds       NaN  1.82  4.82
    2       gap      0.34   NaN   NaN
    """
    check_confidence(confidence)
    if against is not None and not is_number(against):
        raise ChoiceProblem("against", against, [f"a number from {low} to {high}"])
    values = people(answers, ratings(answers, [Scale(score, low, high)])).table[score].dropna()
    n = len(values)
    if not is_whole(invited, max(1, n)):
        what = "this is not a number of people invited, at least as many as answered"
        mend = f"Give how many were asked; {n} answered."
        raise DataProblem(Fault(what, mend, column="invited", value=invited))
    level = (low + high) / 2 if against is None else against
    found, quiet = mean_interval(values, confidence=confidence, bounds=(low, high)), 1 - n / invited
    # Those invited are all there are: chance decides only about those of them who did not answer.
    factor = correction(n, invited) if n else 1.0
    found = found._replace(**{end: found.estimate + factor * (getattr(found, end) - found.estimate)
                              for end in ("low", "high")})  # fmt: skip
    if n < int(GROUP_FLOOR):
        found = found._replace(estimate=NAN, low=NAN, high=NAN)
    bottom, top = ((1 - quiet) * found.estimate + quiet * end for end in (low, high))
    gap = gap_to_match((found.high - found.low) / 2, quiet)
    says = verdict(bottom, top, n, against=level, min_n=int(MIN_ANSWERS))
    cells = {
        ANSWERED: {"n": n, "estimate": found.estimate, "low": found.low, "high": found.high},
        BOUNDS: {"n": invited, "low": bottom, "high": top, "verdict": str(says)},
        GAP: {"n": invited - n, "estimate": gap if math.isfinite(gap) else NAN},
    }
    shared = {"measure": score.replace("_", " "), "unit": scale_unit(low, high)}
    rows = [shared | {"group": say(f"silence.label.{part}"), "part": part} | row for part, row in cells.items()]
    # Where all answered there is no silence to speak of.
    kind = "none" if n == invited and says is not Verdict.TOO_LITTLE else str(says)
    reading = say(
        f"silence.{kind}", n=n, invited=invited, share=n / invited, level=level, bottom=bottom, top=top,
        mean=found.estimate,
    )  # fmt: skip
    gapped = math.isfinite(gap) and says is not Verdict.TOO_LITTLE
    possible = gap <= max(found.estimate - low, high - found.estimate) if gapped else False
    cautions = [say("silence.caution.gap" if possible else "silence.caution.no_gap", gap=gap)] if gapped else []
    return Result(
        as_measures(rows, {"part": TEXT, "verdict": TEXT}),
        reading,
        (*cautions, say("silence.caution.chance", invited=invited)),
        (STUDENT, COCHRAN, MANSKI, COCHRAN_SILENT),
        {"score": score, "invited": invited, "low": low, "high": high, "against": level, "confidence": confidence},
        partial(_draw, ends=(low, high)),
    )


def gap_to_match(half_width: float, quiet: float) -> float:
    """Return by how much the silent must differ for silence to mislead by `half_width`; infinite if none is silent.

    The average of all is that of those who answered plus `quiet` (the share of the silent) times the difference.

    >>> gap_to_match(0.3, 0.5)
    0.6
    """
    return half_width / quiet if quiet > 0 else math.inf


def _draw(table: pd.DataFrame, ax: "Axes", ends: tuple[float, float]) -> "Axes":
    """Draw the interval of those who answered over the bounds of everyone, on the whole scale."""
    from crqkit.base.charts import PALETTE

    for place, (_, row) in enumerate(table.iloc[:2].iloc[::-1].iterrows()):
        colour = PALETTE["blue" if row["part"] == ANSWERED else "orange"]
        ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=6, solid_capstyle="butt")
        ax.plot(row["estimate"], place, "o", color="black")
    ax.set_yticks([0, 1], table["group"].iloc[[1, 0]].tolist())
    ax.set_ylim(-0.6, 1.6)
    ax.set_xlim(*ends)
    ax.set_xlabel(table["unit"].iloc[0])
    return ax
