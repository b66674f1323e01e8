"""Rated questions that belong to no dimension: each has an average of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from crqkit.base import Result, say
from crqkit.base.charts import intervals, over_time
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.stats.estimates import NAN, Estimate, check_confidence
from crqkit.stats.means import STUDENT, mean_interval
from crqkit.stats.proportions import RULE_OF_THREE
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
from crqkit.survey.scores import as_form
from crqkit.tables.checks import as_names, check_frame
from crqkit.tables.form import RATING, Form, Item


def question_scores(
    answers: pd.DataFrame,
    *,
    form: Form | str,
    items: Iterable[str] | None = None,
    by: str | None = None,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Mean answer to each rated question that belongs to no dimension, as it was given.

    Parameters
    ----------
    answers : DataFrame
        One row a questionnaire, one column an item, `customer_key`, `at`; each person counts once, latest answer.
    form : Form or str
        Says which questions there are and on which scale; those on the quality of answers are left out.
    items : iterable of str, optional
        Only these questions, of whatever dimension. Those that were not asked in `answers` are named in a caution.
    by : str, optional
        A column of `answers`, or ``month``, ``quarter``, ``year``.

    Returns
    -------
    Result
        ``measure`` (the question), ``group, estimate, low, high, n, unit, sd, item`` (id), one row a question and
        group. Under five people only `n` is given, and the reading says so.

    Raises
    ------
    DataProblem
        Answers outside their scale, two columns of one name.
    ChoiceProblem
        `items` or `by` unknown.

    References
    ----------
    Student 1908, Biometrika 6:1-25 (t interval).

    Examples
    --------
    >>> answers = pd.DataFrame({"recommend": [9, 10, 8, 7] * 5})
    >>> question_scores(answers, form="pocket").table[["item", "estimate", "n"]]
            item  estimate   n
    0  recommend       8.5  20
    """
    check_confidence(confidence)
    check_frame(answers, (), "answers")
    form = as_form(form)
    chosen = {item.id: item for item in _chosen(form, items)}
    asked = {id: item for id, item in chosen.items() if id in answers.columns}
    absent = _absent([item for id, item in chosen.items() if id not in asked and items is not None])
    # One question at a time: a person counts with the latest answer to it, whatever else was left out that day.
    known = {id: people(answers, ratings(answers, [Scale(id, item.low, item.high)]), by=by)
             for id, item in asked.items()}  # fmt: skip
    shown, withheld, rows = {}, 0, []
    for id, item in asked.items():
        shown_here, held = groups.shown_by_measure(known[id].table, [id])
        shown |= shown_here
        withheld = max(withheld, held)
        rows += _rows(known[id].table, item, shown[id], by, confidence)
    table = as_measures(rows, {"sd": NUMBER, "item": TEXT})
    first = max(known.values(), key=lambda one: one.repeated, default=None)
    return Result(
        table,
        question_reading(table, asked) if asked or not absent else absent[0],
        (*first.cautions(by, withheld, least_shown(table)), *absent) if first else (),
        (STUDENT, RULE_OF_THREE) if asked else (),
        {"form": form.id, "items": list(asked), "by": by, "confidence": confidence, "count": len(asked)}
        | {"scale": sorted({end for item in asked.values() for end in (item.low, item.high)})},
        over_time if is_period(answers, by) else intervals,
    )


def question_reading(table: pd.DataFrame, asked: Mapping[str, Item]) -> str:
    """Return one sentence on one question, or on how many there are."""
    if not asked:
        return say("questions.none")
    if len(table) != 1 or len(asked) > 1:
        return say("questions.several", count=len(asked))
    return one_reading(table.iloc[0], asked[str(table["item"].iloc[0])])


def one_reading(row: Mapping[str, Any], item: Item) -> str:
    """Return what may be said of one question: its mean and interval, or that too few answered."""
    if row["n"] < int(GROUP_FLOOR):
        return say("questions.hidden", questions=f"“{item.text}”", floor=int(GROUP_FLOOR))
    if row["n"] < int(MIN_ANSWERS):
        return say("questions.too_little", question=item.text, n=int(row["n"]))
    ends = {"low": row["low"], "high": row["high"], "bottom": item.low, "top": item.high}
    return say("questions.one", question=item.text, mean=row["estimate"], n=int(row["n"]), **ends)


def own_questions(form: Form) -> tuple[Item, ...]:
    """Return the rated questions without a dimension, except those on the quality of answers."""
    return tuple(item for item in form.of_kind(RATING) if not item.dimension and not item.quality)


def _chosen(form: Form, items: Iterable[str] | None) -> Iterable[Item]:
    return own_questions(form) if items is None else [form[id] for id in as_names(items, "items")]


def _absent(items: Iterable[Item]) -> list[str]:
    """Return the sentence on questions that no column holds, if there are any."""
    names = ", ".join(f"“{item.text}”" for item in items)
    return [say("questions.absent", questions=names)] if names else []


def _rows(table: pd.DataFrame, item: Item, shown: list[str], by: str | None, confidence: float) -> list[dict[str, Any]]:
    cells = {"measure": item.text, "unit": scale_unit(item.low, item.high), "item": item.id}
    found = [
        (group, mean_interval(values, confidence=confidence, bounds=(item.low, item.high)))
        for group in shown
        for values in [groups.group_values(table, item.id, group)]
    ]
    if by is None and not found:
        found = [(ALL, Estimate(NAN, NAN, NAN, int(table[item.id].notna().sum())))]
    return [cells | {"group": group} | mean._asdict() for group, mean in found]
