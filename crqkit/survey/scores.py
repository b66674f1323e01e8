"""From the answers to items to one score a dimension."""

from typing import Any

import pandas as pd

from crqkit.base import ChoiceProblem, Cutoff, DataProblem, Fault, say
from crqkit.survey.people import Scale, ratings
from crqkit.tables.checks import check_frame
from crqkit.tables.form import RATING, Form, Item, known_forms, load_form

HALF_ANSWERED = Cutoff(
    "half_answered",
    0.5,
    "Fayers et al. 2001, EORTC QLQ-C30 Scoring Manual, 3rd ed. (missing items: at least half answered)",
    "scores that are means of several items",
)


def as_form(form: "Form | str | Any") -> Form:
    """Return the form itself or the shipped one of that id; `ChoiceProblem` for anything else."""
    if isinstance(form, Form):
        return form
    if not isinstance(form, str):
        raise ChoiceProblem("form", form, [*known_forms(), "a Form of your own"])
    return load_form(form)


def scored_dimensions(answers: pd.DataFrame, form: Form) -> dict[str, Scale]:
    """Return the dimensions of which at least half of the items were asked, by id: label and scale.

    Raises
    ------
    DataProblem
        None was asked, or the items of a dimension have different scales.
    """
    check_frame(answers, (), "answers")
    found, faults = {}, []
    for dimension, label in form.dimensions.items():
        items = _items(form, dimension)
        asked = [item for item in items if item.id in answers.columns]
        if not asked or len(asked) < float(HALF_ANSWERED) * len(items):
            continue
        if len({(item.low, item.high) for item in items}) > 1:
            what = say("dimensions.fault.mixed", label=label)
            faults.append(Fault(what, say("dimensions.fault.mixed.mend"), column=asked[0].id))
        found[dimension] = Scale(label, items[0].low, items[0].high)
    if not found:
        faults.append(Fault(say("dimensions.fault.absent", form=form.id), say("dimensions.fault.absent.mend")))
    if faults:
        raise DataProblem(faults)
    return found


def person_scores(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Return one column a scored dimension: the mean of the items answered, reverse items turned.

    A row that answered fewer than half of a dimension's items has no score there.
    """
    dimensions = scored_dimensions(answers, form)
    asked = {dimension: [i for i in _items(form, dimension) if i.id in answers.columns] for dimension in dimensions}
    numbers = ratings(answers, [Scale(item.id, item.low, item.high) for items in asked.values() for item in items])
    for item in form.items:
        if item.reverse and item.id in numbers:
            numbers[item.id] = item.low + item.high - numbers[item.id]
    scores = {}
    for dimension, items in asked.items():
        given = numbers[[item.id for item in items]]
        enough = given.notna().sum(axis=1) >= float(HALF_ANSWERED) * len(_items(form, dimension))
        scores[dimension] = given.mean(axis=1).where(enough)
    return pd.DataFrame(scores, index=answers.index)


def _items(form: Form, dimension: str) -> list[Item]:
    return [item for item in form.of_dimension(dimension) if item.kind == RATING]
