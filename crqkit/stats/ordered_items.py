"""Ordered and numeric variables read once: categories, margins, what each person adds to them, and what is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crqkit.base.problems import DataProblem, Fault
from crqkit.stats.binormal import FAR, density

# Two-way tables grow with the square of this; so many answers are a measurement, not categories.
MOST_CATEGORIES = 60
# Variances below this share of the mean square are rounding.
ROUNDING = 1e-24
# Keeps covariances finite where a pair says nothing on its correlation beyond "at the bound".
LEAST_INFORMATION = 1e-12


@dataclass(frozen=True)
class Items:
    """The margins of n rows and p variables.

    Attributes
    ----------
    ordered : ndarray (p,) of bool
    names : tuple of str
    levels, counts, thresholds : tuple of ndarray
        Of each variable; empty for a numeric one.
    means, variances : ndarray (p,)
        0 and 1 for ordered variables.
    codes : ndarray (n, p) of int
        Category from 0; −1 where missing or numeric.
    z : ndarray (n, p)
        Standardised numeric variables; 0 where missing or ordered.
    present : ndarray (n, p) of bool
    weights : ndarray (n,)
        Mean one over the persons with an answer, 0 for the others.
    clusters : ndarray (n,) of int, optional
    own : tuple of ndarray
        Influence of a person on the margins of a variable: (categories + 1, thresholds), by category, the last row for
        missing; or (n, 2), on mean and variance, by person. Before weighting.
    """

    ordered: np.ndarray
    names: tuple[str, ...]
    levels: tuple[np.ndarray, ...]
    counts: tuple[np.ndarray, ...]
    thresholds: tuple[np.ndarray, ...]
    means: np.ndarray
    variances: np.ndarray
    codes: np.ndarray
    z: np.ndarray
    present: np.ndarray
    weights: np.ndarray
    clusters: np.ndarray | None
    own: tuple[np.ndarray, ...]

    @property
    def n(self) -> int:
        """Persons with an answer."""
        return int((self.weights > 0).sum())

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of variables below the diagonal, column by column: column, row."""
        return np.triu_indices(len(self.ordered), 1)

    @property
    def grid(self) -> np.ndarray:
        """Thresholds of all variables, (p, longest), short ones filled up with `FAR`."""
        filled = np.full((len(self.ordered), max(map(len, self.thresholds))), FAR)
        for row, found in zip(filled, self.thresholds, strict=True):
            row[: len(found)] = found
        return filled

    def person_influence(self, variable: int) -> np.ndarray:
        """Return the influence of each person on the margins of one variable, (n, 2 or number of thresholds)."""
        table = self.own[variable]
        return table[self.codes[:, variable]] if self.ordered[variable] else table


def read_items(
    data: Any,
    ordered: Sequence[bool],
    *,
    weights: Any = None,
    clusters: Any = None,
    missing: str = "listwise",
    names: Sequence[str] | None = None,
    levels: Sequence[Iterable[float] | None] | None = None,
) -> Items:
    """Return `Items`, or raise `DataProblem` with every fault; parameters as in `polychorics.ordinal_moments`."""
    table = np.asarray(data, dtype=float)
    _check_shape(table, ordered, names, levels)
    kinds = np.asarray(ordered, dtype=bool)
    p = len(kinds)
    titles = tuple(map(str, names)) if names is not None else tuple(f"item {v + 1}" for v in range(p))
    sets = list(levels) if levels is not None else [None] * p
    given, faults = _weights(table, weights)
    present = ~np.isnan(table) & (given > 0)[:, None]
    numbers = None if clusters is None else _clusters(clusters, present.any(axis=1), faults)
    for v in range(p):
        sets[v] = _categories(table[present[:, v], v], sets[v], titles[v], faults) if kinds[v] else np.empty(0)
        if not kinds[v]:
            _check_numeric(table[present[:, v], v], titles[v], faults)
        if missing == "listwise" and np.isnan(table[:, v]).any():
            faults.append(
                Fault(
                    "some persons gave no answer", "Use pairwise or drop them.", column=titles[v], code="missing_values"
                )
            )
    faults += _strangers(present, titles) if not faults else []
    if faults:
        raise DataProblem(faults)
    # Empty rows count for nothing, so that weights have mean one over the others.
    answered = present.any(axis=1)
    given = np.where(answered, given, 0.0)
    return _margins(table, kinds, titles, sets, present, given * (answered.sum() / given.sum()), numbers)


def _margins(
    table: np.ndarray,
    kinds: np.ndarray,
    titles: tuple[str, ...],
    sets: list[np.ndarray],
    present: np.ndarray,
    weights: np.ndarray,
    clusters: np.ndarray | None,
) -> Items:
    from scipy.special import ndtri

    n, p = table.shape
    total = weights.sum()
    codes, z = np.full((n, p), -1), np.zeros((n, p))
    means, variances = np.zeros(p), np.ones(p)
    counts, thresholds, own = [np.empty(0)] * p, [np.empty(0)] * p, []
    for v in range(p):
        here = present[:, v]
        values, share = table[here, v], weights[here]
        if kinds[v]:
            codes[here, v] = np.searchsorted(sets[v], values)
            counts[v] = np.bincount(codes[here, v], weights=share, minlength=len(sets[v]))
            below = np.cumsum(counts[v])[:-1] / share.sum()
            thresholds[v] = ndtri(below)
            chosen = np.arange(len(sets[v]))[:, None] <= np.arange(len(below))
            reach = (chosen - below) / density(thresholds[v]) * (total / share.sum())
            own.append(np.vstack([reach, np.zeros(len(below))]))
        else:
            means[v] = share @ values / share.sum()
            variances[v] = share @ (values - means[v]) ** 2 / share.sum()
            z[here, v] = (values - means[v]) / np.sqrt(variances[v])
            own.append(_numeric_influence(z[:, v], here, variances[v], weights))
    return Items(
        kinds, titles, tuple(sets), tuple(counts), tuple(thresholds), means, variances, codes, z, present, weights,
        clusters, tuple(own),
    )  # fmt: skip


def _numeric_influence(z: np.ndarray, here: np.ndarray, variance: float, weights: np.ndarray) -> np.ndarray:
    scores = np.column_stack([z / np.sqrt(variance), (z * z - 1) / (2 * variance)]) * here[:, None]
    if len(np.unique(z[here])) > 2:
        information = (scores * weights[:, None]).T @ scores
    else:
        # Two values leave the scores of mean and variance proportional: the information expected stands in.
        information = np.diag([1 / variance, 1 / (2 * variance**2)]) * (weights @ here)
    return weights.sum() * np.linalg.solve(information, scores.T).T


def _check_shape(table: np.ndarray, *lists: Sequence | None) -> None:
    lengths = [len(entries) for entries in lists if entries is not None]
    if table.ndim != 2 or not table.size or set(lengths) != {table.shape[1]}:
        shape = " x ".join(map(str, table.shape))
        what = f"the data are {shape}; `ordered`, `names` and `levels` have {', '.join(map(str, lengths))} entries"
        mend = "Give one row a person, one column a variable, and one entry a variable."
        raise DataProblem(Fault(what, mend, code="shape"))


def _weights(table: np.ndarray, weights: Any) -> tuple[np.ndarray, list[Fault]]:
    """Return the weights as given and the faults of whole columns of numbers."""
    faults = []
    if np.isinf(table).any():
        faults.append(
            Fault("there are infinite numbers", "Write them as missing or correct them.", code="infinite_values")
        )
    if weights is None:
        return np.ones(len(table)), faults
    given = np.asarray(weights, dtype=float)
    if given.shape != (len(table),) or not np.isfinite(given).all() or (given < 0).any() or not given.any():
        faults.append(
            Fault(
                "the weights are not one number a person, zero or more",
                "Correct or leave them out.",
                code="bad_weights",
            )
        )
        return np.ones(len(table)), faults
    return given, faults


def _clusters(clusters: Any, answered: np.ndarray, faults: list[Fault]) -> np.ndarray:
    """Return numbers of the clusters, −1 for rows without an answer."""
    import pandas as pd

    numbers = pd.factorize(np.asarray(clusters))[0]
    if len(numbers) != len(answered) or (numbers < 0).any() or len(np.unique(numbers[answered])) < 2:
        faults.append(
            Fault(
                "not every person has a cluster, or there is only one", "Name a cluster for each.", code="bad_clusters"
            )
        )
        return numbers
    return np.where(answered, numbers, -1)


def _categories(values: np.ndarray, wanted: Iterable[float] | None, name: str, faults: list[Fault]) -> np.ndarray:
    found = np.unique(values)
    levels = found if wanted is None else np.unique(np.asarray(list(wanted), dtype=float))
    for value in np.setdiff1d(found, levels):
        mend = "Add it to the item's categories or correct the answers."
        what = "this answer is not among the categories"
        faults.append(Fault(what, mend, column=name, value=value, code="unknown_category"))
    for value in np.setdiff1d(levels, found):
        mend = "Merge it with a category beside it, for all groups alike."
        faults.append(Fault(f"nobody chose {value:g}", mend, column=name, code="empty_category"))
    if len(levels) < 2:
        mend = "Leave the item out: without differences it correlates with nothing."
        faults.append(Fault("fewer than two categories were answered", mend, column=name, code="zero_variance"))
    if len(levels) > MOST_CATEGORIES:
        mend = "Treat the variable as numeric or merge categories."
        faults.append(Fault(f"{len(levels)} different answers", mend, column=name, code="too_many_categories"))
    return levels


def _check_numeric(values: np.ndarray, name: str, faults: list[Fault]) -> None:
    if len(values) < 2 or not np.isfinite(values).all() or values.var() <= ROUNDING * (values @ values) / len(values):
        mend = "Leave the variable out: without differences it correlates with nothing."
        faults.append(Fault("all values are the same", mend, column=name, code="zero_variance"))


def _strangers(present: np.ndarray, titles: Sequence[str]) -> list[Fault]:
    """Return a fault for every pair of variables that nobody answered both."""
    marks = present.astype(float)
    return [
        Fault(
            f"nobody answered both {titles[i]} and {titles[j]}",
            "Leave one of the two out.",
            column=titles[i],
            code="no_common_persons",
        )
        for i, j in zip(*np.nonzero(np.triu(marks.T @ marks == 0, 1)), strict=True)
    ]
