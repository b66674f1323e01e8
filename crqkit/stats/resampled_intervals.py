"""Intervals from the draws of a bootstrap.

Davison & Hinkley (1997), Bootstrap Methods and their Application, ch. 5; names as in lavaan.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base import check_choice
from crqkit.stats.estimates import check_confidence

Array = NDArray[Any]
KINDS = ("perc", "basic", "norm", "bca.simple")


def resampled_intervals(draws: Array, estimate: Array, level: float = 0.95, kind: str = "perc") -> tuple[Array, Array]:
    """Return the two ends (k,) of intervals for k numbers.

    Parameters
    ----------
    draws : (B, k)
        The numbers in each resample; NaN is left out.
    estimate : (k,)
        The numbers in the data.
    level : float
        Between 0 and 1.
    kind : {"perc", "basic", "norm", "bca.simple"}
        Percentiles of the draws; the same turned round the estimate; the estimate less the draws' bias, with their
        standard deviation; percentiles shifted by how many draws lie below the estimate (without acceleration).

    Examples
    --------
    >>> draws = np.arange(1.0, 100.0)[:, None]
    >>> resampled_intervals(draws, np.array([50.0]), 0.9)
    (array([5.]), array([95.]))
    """
    check_choice("kind", kind, KINDS)
    check_confidence(level)
    low, high = np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    for j, centre in enumerate(estimate):
        values = np.sort(draws[~np.isnan(draws[:, j]), j])
        if len(values) > 1 and np.isfinite(centre):
            low[j], high[j] = _ends(values, float(centre), level, kind)
    return low, high


def _ends(values: Array, centre: float, level: float, kind: str) -> tuple[float, float]:
    from scipy.special import ndtr, ndtri

    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if kind == "norm":
        low, high = 2 * centre - values.mean() + ndtri(tails) * values.std(ddof=1)
    elif kind == "bca.simple":
        # Ties count half, so that a number that never moves has no shift.
        below = (np.mean(values < centre) + np.mean(values <= centre)) / 2
        low, high = quantiles(values, ndtr(2 * ndtri(below) + ndtri(tails)))
    elif kind == "basic":
        high, low = 2 * centre - quantiles(values, tails)
    else:
        low, high = quantiles(values, tails)
    return float(low), float(high)


def quantiles(ordered: Array, shares: Array) -> Array:
    """Return quantiles of ascending draws, interpolated on the scale of the normal distribution.

    The r-th of B draws stands for the share r / (B + 1); beyond the outermost ones, these are given.

    >>> quantiles(np.array([1.0, 2.0, 3.0]), np.array([0.25, 0.5, 0.999]))
    array([1., 2., 3.])
    """
    from scipy.special import ndtri

    known = ndtri(np.arange(1, len(ordered) + 1) / (len(ordered) + 1))
    return np.interp(ndtri(shares), known, ordered)
