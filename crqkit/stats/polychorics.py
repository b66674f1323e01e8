"""Thresholds, polychoric and polyserial correlations of ordered items, and their asymptotic covariance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from crqkit.base.problems import check_choice
from crqkit.stats.binormal import at_bound
from crqkit.stats.ordered_items import Items, read_items
from crqkit.stats.polyserial import correlations_with_numeric, influence_with_numeric
from crqkit.stats.two_way import cell_influence, count_tables, ordered_pairs, table_correlations


@dataclass(frozen=True)
class OrdinalMoments:
    """First-stage statistics of ordered and numeric variables.

    Attributes
    ----------
    thresholds : tuple of ndarray
        One array a variable, ascending; empty for a numeric one.
    means, variances : ndarray (p,)
        Of the numeric variables, variances with divisor n; 0 and 1 for ordered ones.
    cov : ndarray (p, p)
        Polychoric correlations, polyserial covariances (correlation times standard deviation), covariances (divisor n).
    n : int
        Persons with at least one answer.
    counts, levels : tuple of ndarray
        Persons (or weights) in each category, and the categories; empty for a numeric variable.
    vector : ndarray (k,)
        For each variable its thresholds or its mean (with its own sign; lavaan puts means in with the other sign),
        then the variances of the numeric variables, then the covariances below the diagonal column by column.
    labels : tuple of str
        Names of the vector's entries as lavaan writes them: ``a|t1``, ``x~1``, ``x~~x``, ``a~~x``.
    influence : ndarray (rows, k)
        What each row adds: the mean over the n persons is zero, that of the cross-product is `gamma`. Rows without an
        answer are zero.
    clusters : ndarray (rows,), optional
        Numbers of the clusters, −1 for rows without an answer.
    boundary : tuple of (int, int)
        Pairs of variables whose correlation was stopped at ±0.9999.
    """

    thresholds: tuple[np.ndarray, ...]
    means: np.ndarray
    variances: np.ndarray
    cov: np.ndarray
    n: int
    counts: tuple[np.ndarray, ...]
    levels: tuple[np.ndarray, ...]
    vector: np.ndarray
    labels: tuple[str, ...]
    influence: np.ndarray
    clusters: np.ndarray | None
    boundary: tuple[tuple[int, int], ...]

    @cached_property
    def plain_gamma(self) -> np.ndarray:
        """The same without clusters: what weighs the moments, since few clusters make poor weights."""
        return self.influence.T @ self.influence / self.n

    @cached_property
    def gamma(self) -> np.ndarray:
        """N times the asymptotic covariance of `vector`, (k, k); sums over clusters enter if there are any."""
        if self.clusters is None:
            return self.plain_gamma
        order = np.argsort(self.clusters, kind="stable")
        # Rows without an answer, numbered −1, come first and are left before the first start.
        starts = np.flatnonzero(np.diff(self.clusters[order], prepend=-1))
        sums = np.add.reduceat(self.influence[order], starts, axis=0)
        # For few clusters, as lavaan has it for numeric data.
        return sums.T @ sums * (len(sums) / (len(sums) - 1) / self.n)


def polychoric(data: Any, names: Sequence[str] | None = None) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return polychoric correlations and thresholds of ordered items.

    Parameters
    ----------
    data : array_like (n, p)
        Answers; NaN is missing, and each pair uses the persons who answered both.
    names : sequence of str, optional
        For the messages.

    Returns
    -------
    tuple of ndarray (p, p) and list of ndarray

    Raises
    ------
    DataProblem
        An item with fewer than two categories; a pair that nobody answered.

    Notes
    -----
    The two-step estimator of Olsson 1979, Psychometrika 44:443-460.

    Examples
    --------
    >>> answers = [[1, 1]] * 30 + [[2, 2]] * 30 + [[1, 2]] * 15 + [[2, 1]] * 15
    >>> polychoric(answers)[0].round(6)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    table = np.asarray(data, dtype=float)
    ordered = [True] * (table.shape[1] if table.ndim == 2 else 0)
    items = read_items(table, ordered, missing="pairwise", names=names)
    found = table_correlations(items, count_tables(items))
    return _square(items, found), list(items.thresholds)


def ordinal_moments(
    data: Any,
    ordered: Sequence[bool],
    *,
    weights: Any = None,
    clusters: Any = None,
    missing: str = "listwise",
    names: Sequence[str] | None = None,
    levels: Sequence[Iterable[float] | None] | None = None,
) -> OrdinalMoments:
    """Return the first-stage statistics for weighted least squares with ordered items.

    Parameters
    ----------
    data : array_like (n, p)
        NaN is missing.
    ordered : sequence of bool
        Which variables are ordered.
    weights : array_like (n,), optional
        Sampling weights; only their proportions count.
    clusters : array_like (n,), optional
        Which cluster a person belongs to; makes `OrdinalMoments.gamma` robust to likeness within clusters.
    missing : {"listwise", "pairwise"}
        "listwise" wants data without gaps; "pairwise" uses for each statistic whoever answered.
    names : sequence of str, optional
        Names of the variables.
    levels : sequence of array or None, optional
        Categories that each ordered variable should have; the sorted values found if absent.

    Returns
    -------
    OrdinalMoments

    Raises
    ------
    DataProblem
        ``empty_category``, ``zero_variance``, ``unknown_category``, ``no_common_persons`` and others, all at once.

    Notes
    -----
    Thresholds, means and variances from the margins; each correlation by maximum likelihood given these; their
    covariance from the casewise scores with cross-products for the derivatives (Muthén 1984, Psychometrika 49:115-132;
    Muthén & Satorra 1995, Psychometrika 60:489-503), as lavaan has it. A 2 x 2 table with one empty cell gets half a
    person there, the margins kept. Covariates are not held fixed (lavaan's ``conditional.x = TRUE``).

    Examples
    --------
    >>> answers = [[1, 1]] * 30 + [[2, 2]] * 30 + [[1, 2]] * 15 + [[2, 1]] * 15
    >>> moments = ordinal_moments(answers, [True, True], names=["a", "b"])
    >>> moments.labels
    ('a|t1', 'b|t1', 'a~~b')
    >>> moments.gamma.diagonal().round(4)
    array([1.5708, 1.5708, 1.6449])
    """
    check_choice("missing", missing, ("listwise", "pairwise"))
    items = read_items(
        np.asarray(data, dtype=float),
        ordered,
        weights=weights,
        clusters=clusters,
        missing=missing,
        names=names,
        levels=levels,
    )
    tables = count_tables(items)
    found = table_correlations(items, tables)
    correlations_with_numeric(items, found)
    first, second = items.pairs
    cov = _square(items, found)
    margins = [items.thresholds[v] if ordinal else items.means[[v]] for v, ordinal in enumerate(items.ordered)]
    return OrdinalMoments(
        thresholds=items.thresholds,
        means=items.means,
        variances=items.variances,
        cov=cov,
        n=items.n,
        counts=items.counts,
        levels=items.levels,
        vector=np.concatenate([*margins, items.variances[~items.ordered], cov[second, first]]),
        labels=_labels(items),
        influence=_influence(items, found, tables),
        clusters=items.clusters,
        boundary=tuple((int(first[e]), int(second[e])) for e in np.flatnonzero(at_bound(found))),
    )


def _labels(items: Items) -> tuple[str, ...]:
    names, found = items.names, []
    for v, name in enumerate(names):
        found += [f"{name}|t{t + 1}" for t in range(len(items.thresholds[v]))] if items.ordered[v] else [f"{name}~1"]
    found += [f"{name}~~{name}" for v, name in enumerate(names) if not items.ordered[v]]
    return (*found, *(f"{names[i]}~~{names[j]}" for i, j in zip(*items.pairs, strict=True)))


def _square(items: Items, found: np.ndarray) -> np.ndarray:
    """Return the covariances of all variables from the correlations of all pairs."""
    first, second = items.pairs
    whole = np.eye(len(items.ordered))
    whole[first, second] = whole[second, first] = found
    sd = np.sqrt(items.variances)
    return whole * np.outer(sd, sd)


def _influence(items: Items, found: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Return what each row adds to the vector of moments, (n, k)."""
    n = len(items.codes)
    people = [items.person_influence(v) for v in range(len(items.ordered))]
    margins = [own if ordered else own[:, :1] for own, ordered in zip(people, items.ordered, strict=True)]
    spread = [own[:, 1:] for own, ordered in zip(people, items.ordered, strict=True) if not ordered]
    links = np.empty((n, len(found)))
    which = ordered_pairs(items)
    if len(which):
        first, second = (side[which] for side in items.pairs)
        by_cell = cell_influence(items, found[which], tables)
        width = by_cell.shape[1]
        # A missing answer, −1, is in the last row or column.
        cells = items.codes[:, first] % width * width + items.codes[:, second] % width
        links[:, which] = by_cell.reshape(-1)[cells + np.arange(len(which)) * width * width]
    influence_with_numeric(items, found, people, links)
    return np.hstack([*margins, *spread, links]) * items.weights[:, None]
