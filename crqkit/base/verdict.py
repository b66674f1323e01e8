"""What an interval allows one to say: the only road from numbers to a claim."""

import math
from enum import StrEnum


class Verdict(StrEnum):
    """The four things a comparison can come to; also the last part of a message id."""

    ABOVE = "above"
    BELOW = "below"
    UNCLEAR = "unclear"
    TOO_LITTLE = "too_little"

    @property
    def clear(self) -> bool:
        """Whether the interval lies wholly on one side."""
        return self in (Verdict.ABOVE, Verdict.BELOW)


def verdict(low: float, high: float, n: float, *, against: float = 0.0, min_n: int) -> Verdict:
    """Say on which side of `against` the interval from `low` to `high` lies.

    Parameters
    ----------
    low, high : float
        Ends of the interval, in the unit of the estimate.
    n : float
        Persons (or rows) behind it; for a difference the smaller group.
    against : float
        The value compared with.
    min_n : int
        Below this, or without an interval, nothing is said.

    Returns
    -------
    Verdict
        ``above``, ``below``, ``unclear`` (the interval holds `against`) or ``too_little``.

    Examples
    --------
    >>> verdict(0.2, 0.9, 40, min_n=10)
    <Verdict.ABOVE: 'above'>
    >>> verdict(-0.1, 0.9, 40, min_n=10)
    <Verdict.UNCLEAR: 'unclear'>
    """
    if n < min_n or math.isnan(low) or math.isnan(high):
        return Verdict.TOO_LITTLE
    if low > against:
        return Verdict.ABOVE
    if high < against:
        return Verdict.BELOW
    return Verdict.UNCLEAR


def amounts(gap: float, low: float, high: float) -> dict[str, float]:
    """Return a clear gap as plain amounts, for sentences whose words already say the direction.

    >>> amounts(-0.6, -0.8, -0.4)
    {'gap': 0.6, 'low': 0.4, 'high': 0.8}
    """
    ends = sorted((abs(low), abs(high)))
    return {"gap": abs(gap), "low": ends[0], "high": ends[1]}
