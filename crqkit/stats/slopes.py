"""How fast something grows with time: over everybody at hand, and within one and the same person."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crqkit.stats.estimates import NAN, Estimate, t_quantile

CLUSTERED = "Liang & Zeger 1986, Biometrika 73:13-22 (errors robust to likeness within persons)"
WITHIN = "Mundlak 1978, Econometrica 46:69-85 (within persons against between them)"
LEAST_PERSONS = 2


class Slopes(NamedTuple):
    """Growth per unit of time over everybody, within persons, and the first less the second; `n` persons."""

    everybody: Estimate
    within: Estimate
    difference: Estimate


def slopes(
    value: ArrayLike, time: ArrayLike, person: ArrayLike, season: ArrayLike, *, confidence: float = 0.95
) -> Slopes:
    """Return how fast values grow with time, seasons held apart, with errors clustered by person.

    Over everybody: least squares of value on time and season. Within: the same of what each value, time and season
    differs from the person's own mean, so that who is there at which time makes no difference. Their difference is what
    the coming and going of persons adds; its error uses that both rest on the same persons.

    Parameters
    ----------
    value, time : array of float
        One entry an observation.
    person, season : array
        Whose it is; and which of a few seasons it falls into.

    Returns
    -------
    Slopes
        Estimates with t intervals, degrees of freedom one less than the persons who add to them; NaN where there are
        fewer than two, or time does not differ.

    References
    ----------
    Liang & Zeger 1986, Biometrika 73:13-22; Mundlak 1978, Econometrica 46:69-85.

    Examples
    --------
    >>> found = slopes([1, 2, 5, 6, 4, 6], [0, 1, 1, 2, 0, 1], list("aabbcc"), ["s"] * 6)
    >>> round(found.within.estimate, 3)
    1.333
    """
    y, x = np.asarray(value, dtype=float), np.asarray(time, dtype=float)
    who = np.unique(np.asarray(person), return_inverse=True)[1] if len(y) else np.zeros(0, dtype=int)
    names = np.unique(np.asarray(season))
    seasons = (np.asarray(season)[:, None] == names[1:]).astype(float) if len(names) else np.zeros((0, 0))
    persons = int(who.max()) + 1 if len(y) else 0
    constant = np.column_stack([np.ones(len(y)), seasons])
    first, share1 = _slope(y, x, constant, who, persons, confidence)
    second, share2 = _slope(*(_less_own_mean(part, who, persons) for part in (y, x, seasons)), who, persons, confidence)
    return Slopes(first, second, _estimate(first.estimate - second.estimate, share1 - share2, confidence, 1.0))


def _less_own_mean(part: NDArray[Any], who: NDArray[Any], persons: int) -> NDArray[Any]:
    table = part[:, None] if part.ndim == 1 else part
    sums = np.zeros((persons, table.shape[1]))
    np.add.at(sums, who, table)
    counts = np.bincount(who, minlength=persons)[:, None]
    return (table - (sums / np.maximum(counts, 1))[who]).reshape(part.shape)


def _slope(
    y: NDArray[Any], x: NDArray[Any], others: NDArray[Any], who: NDArray[Any], persons: int, confidence: float
) -> tuple[Estimate, NDArray[Any]]:
    """Return the slope of y on x beside `others`, and what each person adds to its error."""

    def rest(part: NDArray[Any]) -> NDArray[Any]:
        return part - others @ np.linalg.lstsq(others, part, rcond=None)[0] if others.size else part

    across, along = rest(x), rest(y)
    size = float(across @ across)
    if size <= 1e-12 * max(1.0, float(x @ x)):
        return Estimate(NAN, NAN, NAN, 0), np.full(persons, NAN)
    slope = float(across @ along) / size
    shares = np.bincount(who, weights=across * (along - slope * across), minlength=persons) / size
    adds = np.bincount(who, weights=across**2, minlength=persons) > 0
    small = (len(y) - 1) / max(1, len(y) - 1 - others.shape[1])
    return _estimate(slope, shares[adds], confidence, small), shares


def _estimate(slope: float, shares: NDArray[Any], confidence: float, small: float) -> Estimate:
    n = len(shares)
    if n < LEAST_PERSONS or np.isnan(shares).any():
        return Estimate(slope, NAN, NAN, n)
    half = t_quantile(confidence, n - 1) * float(np.sqrt(small * n / (n - 1) * (shares @ shares)))
    return Estimate(slope, slope - half, slope + half, n)
