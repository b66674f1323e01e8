"""The two shapes in which the formulas answer, and the quantiles they share."""

import math
from numbers import Real
from typing import NamedTuple

from crqkit.base import ChoiceProblem

NAN = math.nan


class Estimate(NamedTuple):
    """A value with its interval; `low` and `high` are NaN when the data allow none."""

    estimate: float
    low: float
    high: float
    n: int
    sd: float = NAN


class Difference(NamedTuple):
    """First minus second, with its interval; `n` is the smaller side, `shared` the persons on both."""

    estimate: float
    low: float
    high: float
    n: int
    p: float = NAN
    shared: int = 0


def check_confidence(confidence: float) -> None:
    """Raise `ChoiceProblem` unless `confidence` lies strictly between 0 and 1.

    >>> check_confidence(0.95)
    """
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ChoiceProblem("confidence", confidence, ["a share between 0 and 1, such as 0.95"])


def normal_quantile(confidence: float) -> float:
    """Return the two-sided quantile of the normal distribution.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    from scipy.special import ndtri

    check_confidence(confidence)
    return float(ndtri((1 + confidence) / 2))


def t_quantile(confidence: float, df: float) -> float:
    """Return the two-sided quantile of Student's t.

    >>> round(t_quantile(0.95, 9), 3)
    2.262
    """
    from scipy.special import stdtrit

    check_confidence(confidence)
    return float(stdtrit(df, (1 + confidence) / 2))


def t_p_value(statistic: float, df: float) -> float:
    """Return the two-sided p value of Student's t.

    >>> round(t_p_value(2.262, 9), 3)
    0.05
    """
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(statistic)))
