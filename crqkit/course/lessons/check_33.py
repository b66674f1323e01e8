"""Checks of lesson 33: each works the answer out anew and returns which text to say."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from crqkit.base import DataProblem

if TYPE_CHECKING:
    import pandas as pd

MOVES = 0.1  # standard deviations; chance moves an average of thousands far less
NEARLY_TWICE, HARDLY_MORE = 1.8, 2.25


def which_move(answer: Iterable[str], full: "pd.DataFrame", kept: "pd.DataFrame") -> str:
    """Judge which averages differ between all people and those who were kept."""
    named = {answer} if isinstance(answer, str) else set(answer)
    moved = set(full.columns[(kept.mean() - full.mean()).abs() > MOVES])
    if named - set(full.columns):
        return "unknown"
    return "right" if named == moved else "too_many" if named - moved else "too_few"


def twice_as_wide(answer: object, times_as_wide: Callable[[float], float]) -> str:
    """Judge at which share of lost answers complete rows give intervals twice as wide as full information."""
    if isinstance(answer, bool | str):
        raise TypeError
    share = float(answer)  # type: ignore[arg-type]
    if share >= 1:
        return "percent"
    try:
        times = float(times_as_wide(share))
    except DataProblem:
        return "hardly_any"
    return "right" if NEARLY_TWICE <= times <= HARDLY_MORE else "too_few" if times < NEARLY_TWICE else "too_many"


def as_steps(answer: Any, as_numbers: Any) -> str:
    """Judge a fit with ordered items beside the fit of the same model with numbers."""
    ordered, items = set(answer.estimate.model.plan.ordered), set(answer.estimate.model.plan.observed)
    if items != set(as_numbers.estimate.model.plan.observed):
        return "other_items"
    if ordered != items:
        return "numbers"
    return "right" if answer.n == as_numbers.n else "other_people"
