"""When the sample is a good part of everyone there is."""

import math

SOURCE = "Cochran 1977, Sampling Techniques, 3rd ed., p. 24 (finite population correction)"


def correction(n: int, population: int) -> float:
    """Return the factor by which an interval's width shrinks: √((N − n) / (N − 1)).

    Only for a probability sample drawn without replacement from a list of all `population` persons, and only for
    what holds of these persons now; never for change or for customers to come.

    References
    ----------
    Cochran 1977, Sampling Techniques, 3rd ed., p. 24.

    Examples
    --------
    >>> round(correction(50, 200), 3), correction(200, 200)
    (0.868, 0.0)
    """
    if not 0 < n <= population:
        raise ValueError(f"a sample of {n} cannot come from a population of {population}")
    return 0.0 if n == population else math.sqrt((population - n) / (population - 1))
