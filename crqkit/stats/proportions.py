"""Shares and differences of shares, with intervals that hold for small numbers."""

import math

from crqkit.stats.estimates import NAN, Estimate, check_confidence, normal_quantile

WILSON = "Wilson 1927, JASA 22:209-212 (score interval)"
ROCKS = "Rocks 2016, The American Statistician 70:365-372 (adjusted Wald, triangular weights)"
RULE_OF_THREE = "Hanley & Lippman-Hand 1983, JAMA 249:1743-1745 (if nothing goes wrong)"

# Three made-up answers, spread as 3/4, 3/2, 3/4 over plus, zero and minus: Rocks 2016.
PSEUDO_ANSWERS = 3.0


def wilson(count: float, n: int, *, confidence: float = 0.95) -> Estimate:
    """Return a share with Wilson's score interval.

    Parameters
    ----------
    count, n : float, int
        Those who have it, out of all.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Estimate
        All between 0 and 1; NaN throughout when `n` is 0.

    References
    ----------
    Wilson 1927, JASA 22:209-212.

    Examples
    --------
    >>> share = wilson(17, 20)
    >>> [round(100 * value, 1) for value in share[:3]]
    [85.0, 64.0, 94.8]
    """
    z = normal_quantile(confidence)
    if n == 0:
        return Estimate(NAN, NAN, NAN, 0)
    share = count / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding must not push the ends past the share itself when nobody or everybody has it.
    low, high = min(centre - half, share), max(centre + half, share)
    return Estimate(share, max(0.0, low), min(1.0, high), n, math.sqrt(share * (1 - share)))


def unseen_share(n: int, *, confidence: float = 0.95) -> float:
    """Return the largest share of something never seen in `n` answers that chance still allows.

    Solves (1 − share)^n = 1 − confidence; about 3 / n at 95 % ("rule of three").

    References
    ----------
    Hanley & Lippman-Hand 1983, JAMA 249:1743-1745.

    Examples
    --------
    >>> round(unseen_share(10), 3)
    0.259
    """
    check_confidence(confidence)
    return NAN if n == 0 else 1 - (1 - confidence) ** (1 / n)


def trinomial_difference(
    plus: float, zero: float, minus: float, *, confidence: float = 0.95, pseudo: float = PSEUDO_ANSWERS
) -> Estimate:
    """Return the share of plus less the share of minus, with the adjusted Wald interval.

    The estimate is the raw one; the interval is that of the counts with `pseudo` answers added, a quarter to each
    of plus and minus and half to zero. With plain Wald (``pseudo=0``), ten answers of which nine in ten are
    expected to be plus are covered 65 % of the time instead of 95 %.

    Parameters
    ----------
    plus, zero, minus : float
        Counts.
    pseudo : float
        Made-up answers; 0 gives plain Wald.

    Returns
    -------
    Estimate
        From −1 to 1; `sd` is that of one answer, dividing by n. NaN throughout without answers.

    References
    ----------
    Rocks 2016, The American Statistician 70:365-372.

    Examples
    --------
    >>> net = trinomial_difference(30, 20, 10)
    >>> [round(100 * value, 1) for value in (net.estimate, net.low, net.high, net.sd)]
    [33.3, 13.3, 50.2, 74.5]
    """
    z = normal_quantile(confidence)
    n = plus + zero + minus
    if n == 0:
        return Estimate(NAN, NAN, NAN, 0)
    estimate, sd = _net(plus, minus, n)
    centre, spread = _net(plus + pseudo / 4, minus + pseudo / 4, n + pseudo)
    half = z * spread / math.sqrt(n + pseudo)
    # With one or two answers the made-up ones outweigh them: the interval still holds what was seen.
    low, high = min(centre - half, estimate), max(centre + half, estimate)
    return Estimate(estimate, max(-1.0, low), min(1.0, high), int(n), sd)


def _net(plus: float, minus: float, n: float) -> tuple[float, float]:
    net = (plus - minus) / n
    return net, math.sqrt(max(0.0, (plus + minus) / n - net * net))
