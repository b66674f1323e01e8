"""Rows sorted by which items were answered: all that a normal likelihood needs to know of the data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import DataProblem, Fault

Array = NDArray[np.float64]
CELLS = 250_000  # numbers in one (patterns, p, p) work array: 2 MB, so that it stays in the cache


@dataclass(frozen=True)
class Block:
    """Neighbouring patterns that miss the same number of items, so that their matrices stack.

    `start`, `stop` count patterns; `missing` and `present` are item numbers, one row a pattern; `first`, `last`
    count among the patterns that have a covariance matrix.
    """

    start: int
    stop: int
    missing: NDArray[np.intp]
    present: NDArray[np.intp]
    first: int
    last: int


@dataclass(frozen=True)
class Patterns:
    """Patterns of missing values with the moments of each; K patterns of p items, fewest missing first.

    Attributes
    ----------
    observed : (K, p) bool
        Which items the pattern holds.
    n : (K,)
        Sum of the weights of its rows (their number when there are none).
    mean : (K, p)
        Mean of each item, 0 where it is missing.
    shared : (S,)
        The patterns whose rows differ; only these have a covariance matrix, which keeps memory near the data's.
    shared_cov : (S, p, p)
        Their covariances with divisor n, 0 where an item is missing.
    row : (rows,)
        Pattern of each row of the data, -1 for a row that was dropped.
    dropped : int
        Rows without any value, or with weight 0.
    """

    observed: NDArray[np.bool_]
    n: Array
    mean: Array
    shared: NDArray[np.intp]
    shared_cov: Array
    row: NDArray[np.intp]
    dropped: int = 0

    @classmethod
    def from_moments(cls, n: float, mean: Array, cov: Array) -> "Patterns":
        """Return the one pattern of complete data with these moments; `cov` has divisor `n`.

        >>> Patterns.from_moments(50, np.zeros(2), np.eye(2)).total
        50.0
        """
        mean = np.array(mean, dtype=float)[None]
        cov = np.array(cov, dtype=float)[None]
        seen = np.ones(mean.shape, dtype=bool)
        return cls(seen, np.array([float(n)]), mean, np.array([0]), cov, np.empty(0, dtype=np.intp))

    @property
    def total(self) -> float:
        """Sum of all weights: the number of rows used when there are none."""
        return float(self.n.sum())

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return len(self.n) == 1 and bool(self.observed.all())

    @cached_property
    def coverage(self) -> Array:
        """Share (0 to 1) of the rows that hold both items; the diagonal: that hold the item; (p, p)."""
        seen = self.observed.astype(float)
        return (seen * self.n[:, None]).T @ seen / self.total

    @property
    def covs(self) -> Array:
        """Covariances of all patterns, (K, p, p); made on request, since most can be nothing but zeros."""
        p = self.observed.shape[1]
        full = np.zeros((len(self.n), p, p))
        full[self.shared] = self.shared_cov
        return full

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The patterns in stacks of equal shape and bounded size."""
        return tuple(self._cut())

    def _cut(self) -> Iterator[Block]:
        patterns, p = self.observed.shape
        missing = p - self.observed.sum(axis=1)
        most = max(1, CELLS // p**2)
        # False sorts before True, and a stable sort keeps the items in order.
        order = np.argsort(self.observed, axis=1, kind="stable")
        edges = [0, *(np.flatnonzero(np.diff(missing)) + 1), patterns]
        for low, high in pairwise(edges):
            for start in range(low, high, most):
                stop, q = min(start + most, high), missing[low]
                first, last = np.searchsorted(self.shared, [start, stop])
                part = order[start:stop]
                yield Block(start, stop, part[:, :q], part[:, q:], int(first), int(last))


def patterns(data: Array, weights: Array | None = None, names: Sequence[str] | None = None) -> Patterns:
    """Sort rows by which items they hold and take the moments of each pattern.

    Parameters
    ----------
    data : (rows, p)
        NaN where a value is missing.
    weights : (rows,), optional
        Sampling weights, 0 or more; they are used as they are given.
    names : sequence of str, optional
        Items, for messages.

    Raises
    ------
    DataProblem
        Infinite values, weights that are negative or missing, or no value at all.

    Examples
    --------
    >>> found = patterns(np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]]))
    >>> found.n, found.row
    (array([2., 1.]), array([0, 1, 0]))
    """
    data = np.asarray(data, dtype=float)
    weight = np.ones(len(data)) if weights is None else np.asarray(weights, dtype=float)
    missing = np.isnan(data)
    _check(data, weight, missing, names)
    keep = ~missing.all(axis=1) & (weight > 0)
    kept = np.flatnonzero(keep)
    first, inverse = _distinct(missing[kept])
    row = np.full(len(data), -1, dtype=np.intp)
    row[kept] = inverse
    observed = ~missing[kept][first]
    rows = kept[np.argsort(inverse, kind="stable")]  # rows of one pattern lie together
    counts = np.bincount(inverse, minlength=len(first))
    starts = np.cumsum(counts) - counts
    values, weight = np.where(missing[rows], 0.0, data[rows]), weight[rows]
    n = np.add.reduceat(weight, starts)
    # Around one of its own rows, a mean keeps its digits however far the items lie from 0.
    centre = values[starts]
    offsets = (values - np.repeat(centre, counts, axis=0)) * weight[:, None]
    mean = centre + np.add.reduceat(offsets, starts, axis=0) / n[:, None]
    centred = (values - np.repeat(mean, counts, axis=0)) * np.sqrt(weight)[:, None]
    shared = np.flatnonzero(counts > 1)
    cov = _scatter(centred, starts[shared], counts[shared]) / n[shared, None, None]
    return Patterns(observed, n, mean, shared, cov, row, int(len(data) - len(kept)))


def _check(data: Array, weight: Array, missing: NDArray[np.bool_], names: Sequence[str] | None) -> None:
    faults = []
    for item in np.flatnonzero(np.isinf(data).any(axis=0)):
        name = str(item if names is None else names[item])
        faults.append(Fault("an infinite value", "Leave the cell empty if nothing was measured.", column=name))
    if len(weight) != len(data) or not np.isfinite(weight).all() or (weight < 0).any():
        faults.append(Fault("weights must be numbers of 0 or more, one a row", "Correct or drop these rows."))
    elif not (~missing.all(axis=1) & (weight > 0)).any():
        faults.append(Fault("no row holds a value of these items", "Check that the right columns were named."))
    if faults:
        raise DataProblem(faults)


def _distinct(missing: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return a row of each pattern and every row's pattern; fewest missing first, then by item."""
    bits = np.packbits(missing, axis=1)
    count = missing.sum(axis=1).astype(">u2")[:, None].view(np.uint8)
    # One text of bytes a row sorts far faster than a table of booleans.
    key = np.ascontiguousarray(np.hstack([count, bits]))
    _, first, inverse = np.unique(key.view(f"S{key.shape[1]}")[:, 0], return_index=True, return_inverse=True)
    return first, inverse


def _scatter(centred: Array, starts: NDArray[np.intp], counts: NDArray[np.intp]) -> Array:
    """Return sums of squares and products of stretches of rows; stretches of one length at once."""
    p = centred.shape[1]
    sums = np.empty((len(starts), p, p))
    for count in np.unique(counts):
        which = np.flatnonzero(counts == count)
        most = max(1, CELLS // (p * max(p, count)))
        for low in range(0, len(which), most):
            part = which[low : low + most]
            rows = centred[starts[part, None] + np.arange(count)]
            sums[part] = rows.transpose(0, 2, 1) @ rows
    return sums
