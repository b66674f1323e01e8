"""Differences of two means or shares: other people, the same people, or some of each."""

import math
from typing import TYPE_CHECKING

from crqkit.stats.estimates import NAN, Difference, Estimate, t_p_value, t_quantile
from crqkit.stats.means import Bounds, mean_from_summary, no_spread

if TYPE_CHECKING:
    import pandas as pd

DERRICK = "Derrick, Russ, Toher & White 2017, J. Modern Applied Statistical Methods 16(1):137-157 (T_new2)"
WELCH = "Welch 1938, Biometrika 29:350-362"
MOVER = "Zou & Donner 2008, Statistics in Medicine 27:1693-1702 (MOVER)"


def overlapping_difference(
    first: "pd.Series", second: "pd.Series", *, confidence: float = 0.95, bounds: Bounds | None = None
) -> Difference:
    """Return mean of `first` minus mean of `second` when some persons are in both.

    Parameters
    ----------
    first, second : Series
        One value a person, indexed by person; a missing index never matches. NaN values are left out.
    bounds : pair of float, optional
        Ends of the answer scale, for samples in which all answers agree; for values without a scale, the least and
        the greatest that were seen on either side.

    Returns
    -------
    Difference
        With no one in both this is Welch's test, with everyone in both the paired t test.

    References
    ----------
    Derrick, Russ, Toher & White 2017, J. Modern Applied Statistical Methods 16(1):137-157.

    Examples
    --------
    >>> import pandas as pd
    >>> first = pd.Series([4.0, 5.0, 3.0, 4.0], index=list("abcd"))
    >>> overlapping_difference(first, pd.Series([3.0, 4.0, 2.0, 5.0], index=list("abce"))).shared
    3
    """
    import numpy as np

    first, second = first.dropna(), second.dropna()
    shared, r = correlation_of_shared(first, second)
    one, two = (_moments(np.asarray(side, dtype=float)) for side in (first, second))
    return difference_of_summaries(*one, *two, shared=shared, r=r, confidence=confidence, bounds=bounds)


def difference_of_summaries(
    mean1: float,
    sd1: float,
    n1: int,
    mean2: float,
    sd2: float,
    n2: int,
    *,
    shared: int = 0,
    r: float = 0.0,
    confidence: float = 0.95,
    bounds: Bounds | None = None,
) -> Difference:
    """Return mean1 − mean2 from means, standard deviations (n − 1) and numbers.

    Variance s₁²/n₁ + s₂²/n₂ − 2 r s₁ s₂ n₁₂ / (n₁ n₂); Welch's degrees of freedom, moved towards n₁₂ − 1 as the
    share of persons in both grows. When a side has no spread, the intervals of the two means are combined (MOVER),
    for which `bounds` are needed: Welch's formula would take such a side's mean as known without doubt. With 20
    persons against 300 and one in fifty who differs, it finds a difference in most samples where there is none.

    Parameters
    ----------
    shared : int
        n₁₂, persons on both sides.
    r : float
        Correlation of their two values.

    Returns
    -------
    Difference
        NaN interval when a side has fewer than two persons.

    References
    ----------
    Derrick et al. 2017 (statistic T_new2); Welch 1938, Biometrika 29:350-362.

    Examples
    --------
    >>> [round(value, 2) for value in difference_of_summaries(4.1, 0.8, 40, 3.6, 0.9, 35)[:3]]
    [0.5, 0.11, 0.89]
    """
    gap, n = mean1 - mean2, min(n1, n2)
    if n < 2 or any(math.isnan(value) for value in (gap, sd1, sd2)):
        return Difference(gap, NAN, NAN, n, NAN, shared)
    part1, part2 = sd1**2 / n1, sd2**2 / n2
    se = math.sqrt(max(0.0, part1 + part2 - 2 * r * sd1 * sd2 * shared / (n1 * n2)))
    if no_spread(min(sd1, sd2, se), max(abs(mean1), abs(mean2))):
        return _without_spread(mean1, sd1, n1, mean2, sd2, n2, se, shared, confidence, bounds)
    welch = (part1 + part2) ** 2 / (part1**2 / (n1 - 1) + part2**2 / (n2 - 1))
    alone = n1 + n2 - 2 * shared
    df = welch if shared == 0 else (shared - 1) + (welch - shared + 1) / (n1 + n2) * alone
    half = t_quantile(confidence, df) * se
    return Difference(gap, gap - half, gap + half, n, t_p_value(gap / se, df), shared)


def difference_of_intervals(first: Estimate, second: Estimate, *, r: float = 0.0, shared: int = 0) -> Difference:
    """Return first − second, its interval put together from the two intervals (MOVER).

    Parameters
    ----------
    r : float
        Correlation of the two estimates (not of the persons' values).

    References
    ----------
    Zou & Donner 2008, Statistics in Medicine 27:1693-1702.

    Examples
    --------
    >>> from crqkit.stats.proportions import wilson
    >>> [round(value, 3) for value in difference_of_intervals(wilson(56, 70), wilson(48, 80))[:3]]
    [0.2, 0.052, 0.334]
    """
    down1, up1 = first.estimate - first.low, first.high - first.estimate
    down2, up2 = second.estimate - second.low, second.high - second.estimate
    gap, n = first.estimate - second.estimate, min(first.n, second.n)
    if any(math.isnan(side) for side in (down1, up1, down2, up2)):
        return Difference(gap, NAN, NAN, n, NAN, shared)
    low = gap - math.sqrt(max(0.0, down1**2 + up2**2 - 2 * r * down1 * up2))
    high = gap + math.sqrt(max(0.0, up1**2 + down2**2 - 2 * r * up1 * down2))
    return Difference(gap, low, high, n, NAN, shared)


def correlation_of_shared(first: "pd.Series", second: "pd.Series") -> tuple[int, float]:
    """Return how many persons are in both, and the correlation of their two values (0 where it has no meaning).

    >>> import pandas as pd
    >>> count, r = correlation_of_shared(pd.Series([1.0, 2, 3], list("abc")), pd.Series([2.0, 4, 6], list("abc")))
    >>> count, round(r, 6)
    (3, 1.0)
    """
    import numpy as np

    both = first.index.intersection(second.index).dropna()
    one, two = first.loc[both].to_numpy(float), second.loc[both].to_numpy(float)
    # Two pairs always correlate perfectly: their correlation says nothing.
    if len(both) < 3 or no_spread(one.std(), one.mean()) or no_spread(two.std(), two.mean()):
        return len(both), 0.0
    return len(both), float(np.clip(np.corrcoef(one, two)[0, 1], -1, 1))


def _moments(values: "pd.Series") -> tuple[float, float, int]:
    n = len(values)
    return (float(values.mean()) if n else NAN, float(values.std(ddof=1)) if n > 1 else NAN, n)


def _without_spread(
    mean1: float, sd1: float, n1: int, mean2: float, sd2: float, n2: int,
    se: float, shared: int, confidence: float, bounds: Bounds | None,
) -> Difference:  # fmt: skip
    if no_spread(se, 1) and shared == n1 == n2 and not no_spread(sd1, mean1):
        # Everybody differs by the same amount: the differences are a sample without spread on a doubled scale.
        width = bounds[1] - bounds[0] if bounds else NAN
        doubled = (-width, width) if bounds else None
        gap = mean_from_summary(mean1 - mean2, 0.0, n1, confidence=confidence, bounds=doubled)
        return Difference(*gap[:4], NAN, shared)
    sides = [
        mean_from_summary(*side, confidence=confidence, bounds=bounds) for side in ((mean1, sd1, n1), (mean2, sd2, n2))
    ]
    return difference_of_intervals(*sides, shared=shared)
