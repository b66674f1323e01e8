"""Events per unit of time, money or anything else that can be counted on, with intervals that hold for few events."""

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from crqkit.stats.estimates import NAN, Estimate, check_confidence, t_quantile

GARWOOD = "Garwood 1936, Biometrika 28:437-442 (exact interval for a count)"
DISPERSION = "McCullagh & Nelder 1989, Generalized Linear Models, ch. 6.2 (more scatter than chance: quasi-Poisson)"


def event_rate(
    count: float, exposure: float, *, confidence: float = 0.95, scatter: float = 1.0, df: float = math.inf
) -> Estimate:
    """Return events per unit of exposure, with Garwood's exact interval, widened where events come in clumps.

    With `scatter` 1 the interval is exact for a Poisson count. With more, the count is worth `count` / `scatter` events
    that are independent: Garwood's limits for so many, times `scatter`; and where the scatter was itself estimated,
    from `df` degrees of freedom, the level is raised as Student's t raises that of a mean.

    Parameters
    ----------
    count, exposure : float
        Events, and what they are counted on (person-years, money); `exposure` above 0.
    scatter : float
        Variance over mean of the count, as of `scatter_of`; below 1 it counts as 1.
    df : float
        Degrees of freedom behind `scatter`.

    Returns
    -------
    Estimate
        Per unit of exposure; `n` is the count, rounded. NaN throughout without exposure.

    References
    ----------
    Garwood 1936, Biometrika 28:437-442; scaling by the scatter: McCullagh & Nelder 1989, ch. 6.2.

    Examples
    --------
    >>> [round(100 * value, 2) for value in event_rate(17, 120)[:3]]
    [14.17, 8.25, 22.68]
    """
    from scipy.special import gammaincinv, ndtr

    check_confidence(confidence)
    if not exposure > 0:
        return Estimate(NAN, NAN, NAN, round(count))
    scatter = max(1.0, scatter)
    if scatter > 1 and df < math.inf:
        confidence = float(2 * ndtr(t_quantile(confidence, max(1.0, df))) - 1)
    worth, tail = count / scatter, (1 - confidence) / 2
    low = scatter * float(gammaincinv(worth, tail)) if worth > 0 else 0.0
    high = scatter * float(gammaincinv(worth + 1, 1 - tail))
    return Estimate(count / exposure, low / exposure, high / exposure, round(count))


class Scatter(NamedTuple):
    """How many times as much counts scatter as chance alone would make them, and the degrees of freedom behind it."""

    value: float
    df: float


def scatter_of(
    counts: Sequence[float], exposures: Sequence[float], groups: Sequence[Hashable] | None = None
) -> Scatter:
    """Return how much counts scatter about the rate of their group: Pearson's chi-square over its degrees of freedom.

    Units without exposure are left out. 1, from endless degrees of freedom, where nothing can be told: no events, or
    no group with two units.

    References
    ----------
    McCullagh & Nelder 1989, ch. 6.2.

    Examples
    --------
    >>> scatter_of([2, 4, 9], [1, 1, 1])
    Scatter(value=2.6, df=2)
    """
    groups = ["all"] * len(counts) if groups is None else groups
    units: dict[Hashable, list[tuple[float, float]]] = {}
    for count, exposure, group in zip(counts, exposures, groups, strict=True):
        if exposure > 0:
            units.setdefault(group, []).append((count, exposure))
    chi_square, df = 0.0, 0
    for pairs in units.values():
        rate = sum(count for count, _ in pairs) / sum(exposure for _, exposure in pairs)
        if rate > 0:
            chi_square += sum((count - rate * exposure) ** 2 / (rate * exposure) for count, exposure in pairs)
            df += len(pairs) - 1
    return Scatter(chi_square / df, df) if df else Scatter(1.0, math.inf)
