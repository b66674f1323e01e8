"""Checks of lesson 30: each works the answer out anew and returns which text to say."""

from collections.abc import Iterable

import pandas as pd

from crqkit.base import Result
from crqkit.course.exercises import close

# Omega of all twenty questions, as the lesson shows it.
OMEGA_OF_ALL = 0.72


def what_it_risks(answer: object, facets: int) -> str:
    """Judge by how many degrees of freedom a second-order factor is bolder than correlated facets."""
    pairs = facets * (facets - 1) / 2
    outcomes = {
        "right": pairs - facets,
        "correlations": pairs,
        "twice": 2 * pairs - facets,
        "turned": facets - pairs,
    }
    return next((name for name, value in outcomes.items() if close(answer, value, 1e-9)), "wrong")


def without_it(answer: object, reliability: pd.DataFrame) -> str:
    """Judge the omega of the second-order factor, from the table of reliabilities of the model without the facet."""
    top = reliability["factor"] == "crq"
    by = {name: reliability["measure"] == name for name in ("omega", "alpha")}
    groups = {"right": by["omega"] & top, "alpha": by["alpha"] & top, "facet": by["omega"] & ~top}
    for outcome, rows in groups.items():
        if any(close(answer, value, 0.006) for value in reliability.loc[rows, "estimate"]):
            return outcome
    if close(answer, OMEGA_OF_ALL, 0.01):
        return "before"
    # No share is above one, so this was meant in hundredths.
    return "percent" if 2 < float(answer) <= 100 else "wrong"  # type: ignore[arg-type]


def two_names(answer: Iterable[str], ratios: Result) -> str:
    """Judge which two facets are not distinct: the whole interval of their ratio lies above the limit."""
    named = set(answer)
    table = ratios.table
    if named - {*table["first"], *table["second"]}:
        return "unknown"
    if len(named) != 2:
        return "how_many"
    above = table[table["verdict"] == "above"]
    return "right" if named in [set(pair) for pair in zip(above["first"], above["second"], strict=True)] else "wrong"
