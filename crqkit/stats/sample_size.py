"""How many answers a wanted precision takes, and what precision a number of answers gives."""

import math
from collections.abc import Callable

from crqkit.base import ChoiceProblem
from crqkit.stats.estimates import check_confidence, t_quantile
from crqkit.stats.finite_population import correction
from crqkit.stats.proportions import trinomial_difference, wilson

PRECISION = "Cochran 1977, Sampling Techniques, 3rd ed., ch. 4 (sample size for a stated precision)"
POWER = "Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, 2nd ed., ch. 2 (t test, two groups)"
MOST = 1_000_000_000
# From here on the noncentral t and the normal distribution agree to a thousandth of the power.
LARGE = 5000
FAR = 5.0

HalfWidth = Callable[[int], float]


def half_width_of_mean(sd: float, n: int, *, confidence: float = 0.95, population: int | None = None) -> float:
    """Return half the width of the t interval of a mean, for `n` answers whose standard deviation is `sd`.

    Examples
    --------
    >>> round(half_width_of_mean(1.0, 25), 3)
    0.413
    """
    return math.inf if n < 2 else _drawn(t_quantile(confidence, n - 1) * sd / math.sqrt(n), n, population)


def half_width_of_share(share: float, n: int, *, confidence: float = 0.95, population: int | None = None) -> float:
    """Return half the width of Wilson's interval, where `share` of `n` answers have it.

    Examples
    --------
    >>> round(half_width_of_share(0.5, 381), 4)
    0.05
    """
    if n < 1:
        return math.inf
    found = wilson(share * n, n, confidence=confidence)
    return _drawn((found.high - found.low) / 2, n, population)


def half_width_of_net(
    plus: float, minus: float, n: int, *, confidence: float = 0.95, population: int | None = None
) -> float:
    """Return half the width of the interval of a share less another (NPS / 100), given both shares.

    Examples
    --------
    >>> round(100 * half_width_of_net(1 / 2, 1 / 6, 60), 1)
    18.4
    """
    if n < 1:
        return math.inf
    found = trinomial_difference(plus * n, (1 - plus - minus) * n, minus * n, confidence=confidence)
    return _drawn((found.high - found.low) / 2, n, population)


def answers_for(half_width: HalfWidth, wanted: float, *, most: int = MOST) -> int | None:
    """Return the fewest answers whose half width is at most `wanted`; None if not even `most` are enough.

    Examples
    --------
    >>> answers_for(lambda n: half_width_of_mean(1.0, n), 0.3)
    46
    """
    return _fewest(lambda n: half_width(n) <= wanted, most)


def power_to_see(change: float, sd: float, n: int, *, confidence: float = 0.95) -> float:
    """Return the chance that `n` answers each time show a true change of `change` between different people.

    Two-sided t test with equal spread; for the same people give as `sd` the standard deviation of their differences
    divided by √2 (and read `n` as pairs; the chance is then a little too high for under twenty pairs).

    References
    ----------
    Cohen 1988, Statistical Power Analysis, 2nd ed., Table 2.3.

    Examples
    --------
    >>> round(power_to_see(0.5, 1.0, 64), 2)
    0.8
    """
    from scipy.special import ndtr
    from scipy.stats import nct

    check_confidence(confidence)
    if n < 2:
        return 0.0
    df, shift = 2 * n - 2, abs(change) / sd * math.sqrt(n / 2)
    limit = t_quantile(confidence, df)
    if n > LARGE:
        return float(ndtr(shift - limit) + ndtr(-shift - limit))
    # The far tail is nothing once the shift is large, and there the noncentral t cannot be computed.
    far = float(nct.cdf(-limit, df, shift)) if shift < FAR else 0.0
    return float(nct.sf(limit, df, shift)) + far


def answers_to_see(
    change: float, sd: float, *, power: float = 0.8, confidence: float = 0.95, most: int = MOST
) -> int | None:
    """Return the fewest answers each time with which a true change is seen with `power`.

    References
    ----------
    Cohen 1988, Statistical Power Analysis, 2nd ed., Table 2.4: 0.5 standard deviations, power 0.8 takes 64 each.

    Examples
    --------
    >>> answers_to_see(0.5, 1.0)
    64
    """
    if not 1 - confidence < power < 1:
        raise ChoiceProblem("power", power, ["a share between 0.05 and 1, such as 0.8"])
    return _fewest(lambda n: power_to_see(change, sd, n, confidence=confidence) >= power, most)


def smallest_change(sd: float, n: int, *, power: float = 0.8, confidence: float = 0.95) -> float:
    """Return the smallest true change that `n` answers each time show with `power`, in the unit of `sd`.

    Examples
    --------
    >>> round(smallest_change(1.0, 64), 2)
    0.5
    """
    from scipy.optimize import brentq

    if n < 2:
        return math.inf

    def lacks(change: float) -> float:
        return power_to_see(change, 1.0, n, confidence=confidence) - power

    return sd * float(brentq(lacks, 1e-9, 60.0))


def _drawn(half: float, n: int, population: int | None) -> float:
    return half if population is None else half * correction(min(n, population), population)


def _fewest(enough: Callable[[int], bool], most: int) -> int | None:
    """Return the smallest number that is enough, given that more is never worse."""
    high = 2
    while not enough(min(high, most)):
        if high >= most:
            return None
        high *= 2
    low, high = max(1, high // 2), min(high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
