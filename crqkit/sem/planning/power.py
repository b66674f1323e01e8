"""How many people a model needs: power of tests of fit, from RMSEA or a noncentrality."""

import math
from collections.abc import Callable
from numbers import Real

from crqkit.base import ChoiceProblem

MACCALLUM = "MacCallum, Browne & Sugawara 1996, Psychological Methods 1:130-149"
SATORRA = "Satorra & Saris 1985, Psychometrika 50:83-90"
MOST = 10_000_000
POWER = "a share between alpha and 1, such as 0.8"


def rmsea_power(rmsea0: float, rmsea_a: float, df: int, n: int, alpha: float = 0.05, groups: int = 1) -> float:
    """Return the chance that a test of RMSEA = `rmsea0` rejects, when the model's true RMSEA is `rmsea_a`.

    Parameters
    ----------
    rmsea0, rmsea_a : float
        Misfit supposed and true, both at least 0 and not equal. With `rmsea_a` above `rmsea0` it is the test of
        close (or exact) fit, below it the test of not-close fit.
    df : int
        Degrees of freedom of the model.
    n : int
        People in all groups together.

    Returns
    -------
    float
        From `alpha` to 1.

    Raises
    ------
    ChoiceProblem
        Values that cannot be.

    References
    ----------
    MacCallum, Browne & Sugawara 1996, Psychological Methods 1:130-149, Table 2: df 100, n 200 give 0.955.

    Examples
    --------
    >>> round(rmsea_power(0.05, 0.08, df=100, n=200), 3)
    0.955
    """
    _check_misfit(rmsea0=rmsea0, rmsea_a=rmsea_a)
    _check_counts(df=df, n=n, groups=groups)
    _check_alpha(alpha)
    if rmsea0 == rmsea_a:
        raise ChoiceProblem("rmsea_a", rmsea_a, [f"a value other than rmsea0, {rmsea0}"])
    scale = (n - 1) * df / groups
    return _rejects(scale * rmsea0**2, scale * rmsea_a**2, df, alpha)


def rmsea_sample_size(
    rmsea0: float, rmsea_a: float, df: int, power: float = 0.8, alpha: float = 0.05, groups: int = 1
) -> int:
    """Return the least number of people, over all groups, with which `rmsea_power` reaches `power`.

    References
    ----------
    MacCallum, Browne & Sugawara 1996, Psychological Methods 1:130-149, Table 4: df 100 gives 132.

    Examples
    --------
    >>> rmsea_sample_size(0.05, 0.08, df=100, power=0.8)
    132
    """
    _check_power(power, alpha)
    return _least(lambda n: rmsea_power(rmsea0, rmsea_a, df, n, alpha, groups), power, groups)


def rmsea_nested_power(
    rmsea0: tuple[float, float],
    rmsea_a: tuple[float, float],
    df: tuple[int, int],
    n: int,
    alpha: float = 0.05,
    groups: int = 1,
) -> float:
    """Return the chance that the difference of two nested models is found.

    Parameters
    ----------
    rmsea0, rmsea_a : pair of float
        Misfit of the restricted and of the freer model: supposed, and true. ``(0, 0)`` supposes no difference.
    df : pair of int
        Degrees of freedom of the restricted and of the freer model.
    n : int
        People in all groups together.

    Returns
    -------
    float
        Power of the chi-squared difference test with ``df[0] - df[1]`` degrees of freedom.

    References
    ----------
    MacCallum, Browne & Cai 2006, Psychological Methods 11:19-35.

    Examples
    --------
    >>> round(rmsea_nested_power((0.06, 0.05), (0.08, 0.05), df=(22, 20), n=200), 3)
    0.562
    """
    for name, pair in (("rmsea0", rmsea0), ("rmsea_a", rmsea_a), ("df", df)):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ChoiceProblem(name, pair, ["a pair: restricted model, freer model"])
    _check_misfit(rmsea0=rmsea0[0], rmsea_a=rmsea_a[0])
    _check_misfit(rmsea0=rmsea0[1], rmsea_a=rmsea_a[1])
    _check_counts(df=df[1], n=n, groups=groups)
    _check_alpha(alpha)
    if not df[0] > df[1]:
        raise ChoiceProblem("df", df, ["a pair with the larger number first, that of the restricted model"])
    # F = df * RMSEA^2 is what a model leaves; a restriction cannot leave less.
    gaps = [df[0] * pair[0] ** 2 - df[1] * pair[1] ** 2 for pair in (rmsea0, rmsea_a)]
    if min(gaps) < 0 or gaps[1] <= gaps[0]:
        allowed = "true misfit that grows with the restriction, by more than is supposed"
        raise ChoiceProblem("rmsea_a", rmsea_a, [allowed])
    scale = (n - 1) / groups
    return _rejects(scale * gaps[0], scale * gaps[1], df[0] - df[1], alpha)


def rmsea_nested_sample_size(
    rmsea0: tuple[float, float],
    rmsea_a: tuple[float, float],
    df: tuple[int, int],
    power: float = 0.8,
    alpha: float = 0.05,
    groups: int = 1,
) -> int:
    """Return the least number of people with which `rmsea_nested_power` reaches `power`.

    >>> rmsea_nested_sample_size((0.06, 0.05), (0.08, 0.05), df=(22, 20))
    374
    """
    _check_power(power, alpha)
    return _least(lambda n: rmsea_nested_power(rmsea0, rmsea_a, df, n, alpha, groups), power, groups)


def power_from_ncp(ncp: float, df: int, alpha: float = 0.05) -> float:
    """Return the power of a chi-squared test whose statistic has noncentrality `ncp`.

    For Satorra and Saris's method `ncp` is the chi-squared of the false model, fitted to the moments of the true one
    with the planned number of people.

    References
    ----------
    Satorra & Saris 1985, Psychometrika 50:83-90.

    Examples
    --------
    >>> round(power_from_ncp(7.849, df=1), 3)
    0.8
    """
    if not _is_number(ncp) or not 0 <= ncp < math.inf:
        raise ChoiceProblem("ncp", ncp, ["a number of at least 0"])
    _check_counts(df=df)
    _check_alpha(alpha)
    return _rejects(0.0, ncp, df, alpha)


def ncp_for_power(power: float, df: int, alpha: float = 0.05) -> float:
    """Return the noncentrality with which a chi-squared test reaches `power`.

    People needed by Satorra and Saris's method: this number over the chi-squared per person.

    >>> round(ncp_for_power(0.8, df=1), 3)
    7.849
    """
    from scipy.optimize import brentq

    _check_power(power, alpha)
    _check_counts(df=df)
    high = 1.0
    while _rejects(0.0, high, df, alpha) < power:
        high *= 2
    return float(brentq(lambda ncp: _rejects(0.0, ncp, df, alpha) - power, 0.0, high, xtol=1e-10))


def _rejects(ncp0: float, ncp_a: float, df: int, alpha: float) -> float:
    """Return the chance of a value beyond the critical one of `ncp0`, on the side where `ncp_a` lies."""
    from scipy.stats import chi2, ncx2

    def share(x: float, ncp: float) -> float:
        return float(ncx2.cdf(x, df, ncp) if ncp > 0 else chi2.cdf(x, df))

    def point(q: float, ncp: float) -> float:
        return float(ncx2.ppf(q, df, ncp) if ncp > 0 else chi2.ppf(q, df))

    found = 1 - share(point(1 - alpha, ncp0), ncp_a) if ncp_a >= ncp0 else share(point(alpha, ncp0), ncp_a)
    return min(1.0, max(0.0, found))


def _least(power_at: Callable[[int], float], power: float, groups: int) -> int:
    """Return the least number of people that reaches `power`: doubling, then halving; power grows with people."""
    low, high = groups, groups + 1
    while not power_at(high) >= power:
        low, high = high, 2 * high
        if high > MOST:
            raise ChoiceProblem(
                "power", power, [f"a power that {MOST:,} people can reach: the two RMSEA are too close"]
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_at(middle) >= power else (middle, high)
    return high


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and not math.isnan(value)


def _check_misfit(**given: float) -> None:
    for name, value in given.items():
        if not _is_number(value) or not 0 <= value < 1:
            raise ChoiceProblem(name, value, ["a number from 0 to below 1, such as 0.05"])


def _check_counts(df: int, n: int = 2, groups: int = 1) -> None:
    for name, value, least in (("df", df, 1), ("groups", groups, 1), ("n", n, groups + 1)):
        if not _is_number(value) or value != int(value) or value < least:
            raise ChoiceProblem(name, value, [f"a whole number of at least {least}"])


def _check_alpha(alpha: float) -> None:
    if not _is_number(alpha) or not 0 < alpha < 1:
        raise ChoiceProblem("alpha", alpha, ["a share between 0 and 1, such as 0.05"])


def _check_power(power: float, alpha: float) -> None:
    _check_alpha(alpha)
    if not _is_number(power) or not alpha < power < 1:
        raise ChoiceProblem("power", power, [POWER])
