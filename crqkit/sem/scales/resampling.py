"""Correlations of other samples that might have come: people drawn anew, or normal people from a matrix."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.sem.scales.correlations import Correlations, check_whole, pearson, polychorics, random_matrices

EFRON = "Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13 (percentile interval)"
LEAST_TIMES = 100

Matrix = NDArray[np.float64]


def check_boot(n_boot: int, n: int | None) -> None:
    """Raise `ChoiceProblem` unless `n_boot` is 0 or enough for an interval, and people are known."""
    check_whole("n_boot", n_boot, 0)
    if 0 < n_boot < LEAST_TIMES:
        raise ChoiceProblem("n_boot", n_boot, ["0 for no interval", f"a whole number of at least {LEAST_TIMES}"])
    if n_boot and n is None:
        raise ChoiceProblem("n", n, ["the number of people behind the correlations (or n_boot=0)"])


def resampled(
    found: Correlations, times: int, rng: np.random.Generator, statistic: Callable[[Matrix], Matrix]
) -> Matrix:
    """Return `statistic` of the correlations of `times` resamples, one row each; NaN where it has none.

    >>> two = Correlations(("a", "b"), np.eye(2), 50, 50)
    >>> resampled(two, 3, np.random.default_rng(1), lambda matrix: matrix[0]).shape
    (3, 2)
    """
    if found.answers is None:
        return np.array([statistic(matrix) for matrix in random_matrices(rng, found.least, found.matrix, times)])
    rows, empty = len(found.answers), np.full(np.shape(statistic(found.matrix)), np.nan)
    draws = []
    for _ in range(times):
        matrix = _again(found, found.answers[rng.integers(0, rows, rows)])
        draws.append(empty if np.isnan(matrix).any() else statistic(matrix))
    return np.array(draws)


def _again(found: Correlations, answers: Matrix) -> Matrix:
    """Return the correlations of drawn people; NaN where an item no longer varies."""
    lowest, highest = np.fmin.reduce(answers, axis=0), np.fmax.reduce(answers, axis=0)
    if not (lowest < highest).all():
        return np.full_like(found.matrix, np.nan)
    if found.ordinal:
        try:
            return polychorics(answers, found.names)
        except DataProblem:  # two items that nobody answered both, in this resample
            return np.full_like(found.matrix, np.nan)
    return pearson(answers)


def percentiles(draws: Matrix, level: float) -> tuple[Matrix, Matrix, int]:
    """Return the two ends of percentile intervals, and how many resamples had no value.

    An end is NaN when more than one in twenty had none.

    >>> percentiles(np.arange(101.0)[:, None], 0.9)
    (array([5.]), array([95.]), 0)
    """
    known = ~np.isnan(draws)
    lost = int((~known).any(axis=1).sum())
    low, high = np.full(draws.shape[1], np.nan), np.full(draws.shape[1], np.nan)
    for place in np.flatnonzero(known.mean(axis=0) >= 0.95):
        values = draws[known[:, place], place]
        low[place], high[place] = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return low, high, lost
