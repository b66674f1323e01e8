"""What stands in a cell of an answer: the number it means, no answer at all, or the opposite of another cell."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.opened import Opened
from crqkit.intake.questions import NUMBERED, Question
from crqkit.intake.values import plain
from crqkit.tables.form import RATING


def rating(text: str, labels: Mapping[str, float]) -> float:
    """Return the number that an answer means.

    >>> rating("Rather agree", {"rather agree": 4}), rating("10 - extremely likely", {}), rating("8/10", {})
    (4, 10.0, nan)
    """
    if text.casefold() in labels:
        return labels[text.casefold()]
    # Some tools write the words at the end of a scale beside its number.
    number = re.fullmatch(rf"({NUMBERED})(?:\s+[-–—=:]\s+[^\d]+)?", text)
    number = number or re.fullmatch(r"[^\d]+\s[-–—=:]\s(\d+)", text)
    return float(number[1].replace(",", ".")) if number else np.nan


def labels_of(question: Question) -> dict[str, float]:
    """Return the place on the scale of each label, as labels are compared."""
    return {label.casefold(): question.item.low + place for place, label in enumerate(question.labels)}


def contradictions(opened: Opened, questions: Sequence[Question], there: np.ndarray) -> None:
    """Note rows in which two columns of one question hold two answers; gaps of one are filled from the other."""
    for question in questions:
        if question.options or len(question.columns) < 2:
            continue
        found = [cells for name in question.columns if (cells := opened.cells([name], there)) is not None]
        said = [_meant(question, plain(cells)) for cells in found]
        for place, cells in enumerate(found[1:], 1):
            before = said[0]
            for other in said[1:place]:
                before = before.fillna(other)
            differs = before.notna() & said[place].notna() & (before != said[place])
            what = f"another answer than in '{found[0].column}', which asks the same"
            mend = "Empty the cell that does not hold, or take one of the two columns out."
            cells.fault(differs.fillna(False).astype(bool), opened.findings, what, mend)


def _meant(question: Question, text: pd.Series) -> pd.Series:
    """Return what each cell says, so that a label and its number are one."""
    labels = labels_of(question) if question.item.kind == RATING else {}
    words = {one: rating(one, labels) for one in text.dropna().astype(str).unique()} if labels else {}
    meant = {
        one: one.casefold() if np.isnan(words.get(one, np.nan)) else str(float(words[one])) for one in text.dropna()
    }
    return text.map(meant, na_action="ignore").astype("string")


def count_absent(opened: Opened, questions: Sequence[Question], there: np.ndarray) -> None:
    """Say how many cells of questions hold what the tool writes for no answer."""
    absent = opened.format.absent
    columns = {name for question in questions for name in question.columns} & set(opened.raw.frame)
    if absent and columns:
        often = sum(int(opened.raw.frame[name][there].str.strip().isin(absent).sum()) for name in columns)
        if often:
            opened.findings.cautions.append(say("caution.intake.unanswered", file=opened.raw.file, answers=often))
