"""How customers see us: the dimensions, and the lowest of them."""

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqkit.base import DataProblem, Fault, Result, Verdict, say
from crqkit.base.charts import PALETTE, intervals, over_time
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.base.verdict import amounts
from crqkit.stats.estimates import NAN, Estimate, check_confidence
from crqkit.stats.means import STUDENT, mean_interval
from crqkit.stats.multiplicity import BONFERRONI, simultaneous
from crqkit.stats.proportions import RULE_OF_THREE
from crqkit.survey import groups
from crqkit.survey.crosswalk import DIMENSIONS, as_view, outside_view
from crqkit.survey.people import (
    ALL,
    NUMBER,
    TEXT,
    People,
    Scale,
    as_measures,
    is_period,
    least_shown,
    people,
    scale_unit,
)
from crqkit.survey.scores import HALF_ANSWERED, as_form, person_scores, scored_dimensions
from crqkit.tables.form import RATING, Form

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GEYSKENS = (
    "Geyskens, Steenkamp, Scheer & Kumar 1996, International Journal of Research in Marketing 13(4):303-317 "
    "(attachment and the cost of leaving are two kinds of commitment)"
)
# Attachment and the cost of leaving: one score may hide that customers stay for want of a choice.
UNLIKE = ("affective commitment", "calculative commitment")
SCORE_SOURCES = (STUDENT, RULE_OF_THREE, HALF_ANSWERED.reference)


def dimension_scores(
    answers: pd.DataFrame,
    *,
    form: Form | str,
    by: str | None = None,
    view: str = DIMENSIONS,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Mean score of each dimension: over people, of the mean of the items each answered.

    How reliable the scores are is not worked out here but by `crqkit.sem.reliability`, on the same items; the reading
    tells what the form says of it (``dataclasses.replace(form, reliability="omega 0.84")`` once it is known).

    Parameters
    ----------
    answers : DataFrame
        One row a questionnaire, one column an item, `customer_key`, `at`; each person counts once, latest answer.
    form : Form or str
        Says which items belong to which dimension, their scale and which are reversed.
    by : str, optional
        A column of `answers`, or ``month``, ``quarter``, ``year``.
    view : str
        The names the same items are gathered under: ``dimensions``, ``facets``, ``components`` or ``factors``, the last
        two by the published `crosswalk`.

    Returns
    -------
    Result
        ``measure`` (label), ``group, estimate, low, high, n, unit, sd, dimension`` (id), one row a dimension and
        group. Groups too small to show are left out; under five people in all, only `n` is given.

    Raises
    ------
    DataProblem
        Answers outside their scale, no dimension asked.

    Examples
    --------
    >>> answers = pd.DataFrame({"keeps_word": [4, 5, 4, 3, 5] * 4, "cares": [4, 4, 5, 3, 4] * 4})
    >>> dimension_scores(answers, form="pocket").table[["measure", "estimate", "n"]]
      measure  estimate   n
    0   Trust       4.1  20
    """
    check_confidence(confidence)
    own = as_form(form)
    form, known, scales = known_people(answers, as_view(own, view), by)
    shown, withheld = groups.shown_by_measure(known.table, scales)
    rows = []
    for dimension, (label, low, high) in scales.items():
        cells = {"measure": label, "unit": scale_unit(low, high), "dimension": dimension}
        for group in shown[dimension]:
            found = mean_interval(
                groups.group_values(known.table, dimension, group), confidence=confidence, bounds=(low, high)
            )
            rows.append(cells | {"group": group} | found._asdict())
        if by is None and not shown[dimension]:
            hidden = Estimate(NAN, NAN, NAN, int(known.table[dimension].notna().sum()))
            rows.append(cells | {"group": ALL} | hidden._asdict())
    table = as_measures(rows, {"sd": NUMBER, "dimension": TEXT})
    mixed = _unlike(own, answers, scales) if view == DIMENSIONS else []
    return Result(
        table,
        _groups_reading(table) if by else _scores_reading(table, scales, form.reliability),
        tuple(known.cautions(by, withheld, least_shown(table)) + form_cautions(form, scales) + mixed)
        + tuple(_left_out(own, form)),
        SCORE_SOURCES + ((GEYSKENS,) if mixed else ()),
        {"form": form.id, "view": view, "by": by, "confidence": confidence, "scale": _ends(scales)},
        _draw_periods if is_period(answers, by) else intervals,
    )


def lowest_dimension(answers: pd.DataFrame, *, form: Form | str, confidence: float = float(CONFIDENCE)) -> Result:
    """Tell which dimension is lowest, and whether the gaps to the others exceed the doubt.

    The gaps are differences within people. The family is all pairs of dimensions, since the data choose which is
    lowest; the intervals hold together with `confidence`.

    Returns
    -------
    Result
        One row for each other dimension, nearest first: ``measure`` (its label), ``estimate`` (points by which the
        lowest lies below it), ``low, high, n`` (people who answered both), ``unit, lowest, dimension, verdict``.

    Raises
    ------
    DataProblem
        As `dimension_scores`.

    Examples
    --------
    >>> answers = pd.DataFrame({"keeps_word": [4, 5, 4, 4] * 10, "cares": [4] * 40, "answers": [2, 3, 3, 2] * 10})
    >>> lowest_dimension(answers, form="pocket").reading
    'Communication is clearly the lowest: 1.6 points (1.5 to 1.8) below Trust, the next.'
    """
    form, known, scales = known_people(answers, form, None)
    _check_one_scale(scales)
    answered = known.table[list(scales)].notna().sum()
    ranked = [name for name in scales if answered[name] >= int(MIN_ANSWERS)]
    family = list(combinations(ranked, 2))
    level = simultaneous(confidence, len(family))
    rows = _gaps_above_lowest(known.table, {name: scales[name] for name in ranked}, level)
    unranked = ", ".join(scales[name].column for name in scales if name not in ranked)
    cautions = [say("caution.survey.unranked", names=unranked, least=int(MIN_ANSWERS))] if unranked else []
    return Result(
        as_measures(rows, {"lowest": TEXT, "dimension": TEXT, "verdict": TEXT}),
        _lowest_reading(rows, asked=len(scales)),
        tuple(known.cautions() + cautions + groups.family_caution(family) + form_cautions(form, scales)),
        (STUDENT, BONFERRONI, HALF_ANSWERED.reference),
        {"form": form.id, "family": len(family), "pairs": [list(pair) for pair in family], "confidence": confidence},
    )


def known_people(answers: pd.DataFrame, form: Form | str, by: str | None) -> tuple[Form, People, dict[str, Scale]]:
    """Return the form, one row a person and group with a column a dimension, and label and scale of each."""
    form = as_form(form)
    return form, people(answers, person_scores(answers, form), by=by), scored_dimensions(answers, form)


def form_cautions(form: Form, scales: dict[str, Scale]) -> list[str]:
    """Return what the form itself limits: dimensions not asked, and how far it is validated."""
    has_items = {item.dimension for item in form.of_kind(RATING)}
    absent = [label for id, label in form.dimensions.items() if id not in scales and id in has_items]
    found = [say("caution.survey.not_asked", names=", ".join(absent))] if absent else []
    return [*found, say("caution.survey.unvalidated", status=form.status)]


def _unlike(form: Form, answers: pd.DataFrame, scales: Mapping[str, Scale]) -> list[str]:
    """Return the caution on a dimension in whose score attachment and the cost of leaving are averaged."""
    found = []
    for dimension in scales:
        facets = {item.facet for item in form.of_dimension(dimension) if item.kind == RATING and item.id in answers}
        if set(UNLIKE) <= facets:
            found.append(
                say("caution.survey.unlike", dimension=form.dimensions[dimension], facets=" and ".join(UNLIKE))
            )
    return found


def _left_out(form: Form, seen: Form) -> list[str]:
    outside = outside_view(form, seen)
    return [say("caution.survey.outside_view", count=len(outside))] if outside else []


def _scores_reading(table: pd.DataFrame, scales: dict[str, Scale], reliability: str) -> str:
    n, rows = int(table["n"].max()), table.dropna(subset=["low"])
    if n < int(MIN_ANSWERS) or rows.empty:
        return say(f"dimensions.scores.{Verdict.TOO_LITTLE}", n=n)
    # Means on different scales have no highest and lowest: then the first speaks for itself.
    alike = len({scale[1:] for scale in scales.values()}) == 1
    most, least = (
        (rows.loc[rows["estimate"].idxmax()], rows.loc[rows["estimate"].idxmin()]) if alike else [rows.iloc[0]] * 2
    )
    names = {"highest": most["measure"], "top": most["estimate"], "top_low": most["low"], "top_high": most["high"]}
    names |= {"lowest": least["measure"], "bottom": least["estimate"]}
    names |= {"bottom_low": least["low"], "bottom_high": least["high"]}
    scale = scales[most["dimension"]]
    names |= {"low": scale.low, "high": scale.high, "reliability": reliability}
    several = most["estimate"] > least["estimate"]
    return say(f"dimensions.scores.{'several' if several else 'one'}", n=n, **names)


def _groups_reading(table: pd.DataFrame) -> str:
    if table.empty:
        return say(f"dimensions.scores.groups.{Verdict.TOO_LITTLE}")
    counts = {"dimensions": table["measure"].nunique(), "groups": table["group"].nunique()}
    return say("dimensions.scores.groups", floor=int(GROUP_FLOOR), **counts)


def _gaps_above_lowest(scores: pd.DataFrame, scales: dict[str, Scale], level: float) -> list[dict[str, Any]]:
    """Return how far each other dimension lies above the one with the lowest mean, nearest first."""
    if len(scales) < 2:
        return []
    lowest, *others = scores[list(scales)].mean().sort_values(kind="stable").index
    differ, rows = groups.difference_of_means(scales[lowest][1:]), []
    for other in others:
        both = scores[[lowest, other]].dropna()
        cells = groups.difference_cells(differ(both[other], both[lowest], level))
        cells |= {"estimate": cells["gap"], "low": cells["gap_low"], "high": cells["gap_high"]}
        names = {"measure": scales[other].column, "lowest": scales[lowest].column, "dimension": other}
        rows.append(names | {"group": ALL, "unit": scale_unit(*scales[other][1:])} | cells)
    return sorted(rows, key=lambda row: row["estimate"])


def _lowest_reading(rows: list[dict[str, Any]], asked: int) -> str:
    if asked == 1:
        return say("dimensions.lowest.one")
    if not rows or any(row["verdict"] == Verdict.TOO_LITTLE for row in rows):
        return say(f"dimensions.lowest.{Verdict.TOO_LITTLE}", least=int(MIN_ANSWERS))
    lowest = rows[0]["lowest"]
    tied = [row["measure"] for row in rows if row["verdict"] != Verdict.ABOVE]
    if tied:
        return say(f"dimensions.lowest.{Verdict.UNCLEAR}", names=", ".join([lowest, *tied]))
    gap = amounts(rows[0]["gap"], rows[0]["gap_low"], rows[0]["gap_high"])
    return say(f"dimensions.lowest.{Verdict.BELOW}", lowest=lowest, next=rows[0]["measure"], **gap)


def _check_one_scale(scales: dict[str, Scale]) -> None:
    if len({scale[1:] for scale in scales.values()}) > 1:
        names = ", ".join(scale.column for scale in scales.values())
        raise DataProblem(Fault(say("dimensions.fault.unlike", names=names), say("dimensions.fault.unlike.mend")))


def _draw_periods(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw one line a dimension over the periods."""
    colours = list(PALETTE.values())
    periods = table[["group"]].drop_duplicates().sort_values("group")
    for place, (label, rows) in enumerate(table.groupby("measure", sort=False)):
        # A period held back for one dimension leaves a gap in its line, not a shift of the axis.
        over_time(
            periods.merge(rows, on="group", how="left").sort_values("group"), ax, colour=colours[place % len(colours)]
        )
        ax.get_lines()[-1].set_label(str(label))
    if len(table):
        ax.legend(fontsize="small", frameon=False)


def _ends(scales: Mapping[str, Scale]) -> list[float]:
    return sorted({end for scale in scales.values() for end in scale[1:]})
