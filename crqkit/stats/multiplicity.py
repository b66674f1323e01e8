"""Many comparisons at once."""

import math
from collections.abc import Sequence

from crqkit.stats.estimates import check_confidence

HOLM = "Holm 1979, Scandinavian Journal of Statistics 6:65-70"
BONFERRONI = "Dunn 1961, JASA 56:52-64 (simultaneous intervals by Bonferroni's inequality)"


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p values, in the order given; NaN counts in the family and stays NaN.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65-70.

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    family = len(p_values)
    order = sorted((p, place) for place, p in enumerate(p_values) if not math.isnan(p))
    adjusted, running = [math.nan] * family, 0.0
    for rank, (p, place) in enumerate(order):
        running = max(running, min(1.0, (family - rank) * p))
        adjusted[place] = running
    return adjusted


def simultaneous(confidence: float, family: int) -> float:
    """Return the level each of `family` intervals needs, so that all hold together with `confidence`.

    References
    ----------
    Dunn 1961, JASA 56:52-64.

    Examples
    --------
    >>> simultaneous(0.95, 10)
    0.995
    """
    check_confidence(confidence)
    return 1 - (1 - confidence) / max(1, family)
