"""The bivariate normal distribution on a grid, for many correlations at once."""

from collections.abc import Callable

import numpy as np

# Stands for infinity: the normal distribution beyond it is 0 to the last bit, and products stay finite.
FAR = 40.0
# No correlation is let nearer to one: the likelihood of a table without discordant answers has no maximum.
BOUND = 0.9999
# Owen's function divides by its argument; so small a number changes no probability.
NUDGE = 1e-150
# The likelihood of a whole sample no longer changes with the correlation.
FLAT = 1e-9

Derivatives = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def density(values: np.ndarray) -> np.ndarray:
    """Return the standard normal density."""
    return np.exp(-0.5 * values * values) / np.sqrt(2 * np.pi)


def below(first: np.ndarray, second: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return P(X < first, Y < second) of the standard bivariate normal, by broadcasting.

    Parameters
    ----------
    first, second : ndarray
        Limits; use `FAR` for infinity.
    correlation : ndarray
        Between −1 and 1, both excluded.

    Returns
    -------
    ndarray
        Probabilities; the largest error seen against adaptive quadrature is 5e-16, also at correlations of ±0.9999.

    Notes
    -----
    By Owen's T function (Owen 1956, Annals of Mathematical Statistics 27:1075-1090, eq. 3.1), which scipy has.

    Examples
    --------
    >>> float(below(np.array(0.0), np.array(0.0), np.array(0.5)).round(6))
    0.333333
    """
    from scipy.special import ndtr, owens_t

    first, second = np.where(first == 0, NUDGE, first), np.where(second == 0, NUDGE, second)
    root = np.sqrt((1 - correlation) * (1 + correlation))
    along = owens_t(first, (second / first - correlation) / root)
    across = owens_t(second, (first / second - correlation) / root)
    apart = 0.5 * ((first < 0) != (second < 0))
    return 0.5 * (ndtr(first) + ndtr(second)) - along - across - apart


def _corners(rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows[:, :, None], columns[:, None, :]


def _differences(inner: np.ndarray) -> np.ndarray:
    """Return the cells between corners: what lies outside the grid is zero at either end."""
    padded = np.zeros((inner.shape[0], inner.shape[1] + 2, inner.shape[2] + 2))
    padded[:, 1:-1, 1:-1] = inner
    return np.diff(np.diff(padded, axis=1), axis=2)


def cell_probabilities(rows: np.ndarray, columns: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return the probability of every cell of many two-way tables.

    Parameters
    ----------
    rows, columns : ndarray (pairs, categories − 1)
        Thresholds, ascending; short ones are filled up with `FAR`, which gives empty cells.
    correlation : ndarray (pairs,)

    Returns
    -------
    ndarray (pairs, row categories, column categories)
        Each table adds up to one.
    """
    from scipy.special import ndtr

    grid = np.zeros((len(rows), rows.shape[1] + 2, columns.shape[1] + 2))
    grid[:, 1:-1, 1:-1] = below(*_corners(rows, columns), correlation[:, None, None])
    grid[:, 1:-1, -1], grid[:, -1, 1:-1], grid[:, -1, -1] = ndtr(rows), ndtr(columns), 1.0
    return np.diff(np.diff(grid, axis=1), axis=2)


def cell_slopes(rows: np.ndarray, columns: np.ndarray, correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and second derivatives of `cell_probabilities` by the correlation.

    The first derivative of a corner is the bivariate density there (Plackett 1954, Biometrika 41:351-360).
    """
    first, second = _corners(rows, columns)
    rho = correlation[:, None, None]
    rest = (1 - rho) * (1 + rho)
    squares, product = first * first + second * second, first * second
    height = np.exp((rho * product - 0.5 * squares) / rest) / (2 * np.pi * np.sqrt(rest))
    bend = height * (rho / rest + (product * (1 + rho * rho) - rho * squares) / rest**2)
    return _differences(height), _differences(bend)


def threshold_slopes(rows: np.ndarray, columns: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return what a cell gains when the threshold above its row moves up; the cell above loses the same.

    Returns
    -------
    ndarray (pairs, row categories − 1, column categories)
    """
    from scipy.special import ndtr

    first, second = _corners(rows, columns)
    rho = correlation[:, None, None]
    edge = np.zeros((len(rows), rows.shape[1], columns.shape[1] + 2))
    edge[:, :, 1:-1] = ndtr((second - rho * first) / np.sqrt((1 - rho) * (1 + rho)))
    edge[:, :, -1] = 1.0
    return density(first) * np.diff(edge, axis=2)


def climb(derivatives: Derivatives, start: np.ndarray, *, tolerance: float = 1e-10, steps: int = 100) -> np.ndarray:
    """Return for many likelihoods at once the correlation at which each is highest.

    Parameters
    ----------
    derivatives : function
        Takes correlations and the positions of those still moving; gives first and second derivatives.
    start : ndarray
        First guesses.
    tolerance : float
        A likelihood is done when its step is below this.
    steps : int
        At most so many; bisection alone is done after 35.

    Returns
    -------
    ndarray
        Within ±`BOUND`; at a bound where the likelihood still rises there.

    Notes
    -----
    Newton's steps, kept between the last points of rising and falling likelihood; otherwise their midpoint.

    Examples
    --------
    >>> climb(lambda rho, active: (0.3 - rho, -np.ones_like(rho)), np.zeros(1)).round(6)
    array([0.3])
    """
    found = np.clip(start, -0.9, 0.9)
    low, high = np.full(len(found), -BOUND), np.full(len(found), BOUND)
    active = np.arange(len(found))
    for _ in range(steps):
        here = found[active]
        slope, bend = derivatives(here, active)
        low[active] = np.where(slope >= 0, here, low[active])
        high[active] = np.where(slope <= 0, here, high[active])
        floor, ceiling = low[active], high[active]
        there = here - slope / np.where(bend < 0, bend, -1.0)
        sure = (bend < 0) & (there >= floor) & (there <= ceiling)
        there = np.where(sure, there, 0.5 * (floor + ceiling))
        found[active] = there
        active = active[np.abs(there - here) > tolerance]
        if not len(active):
            break
    return found


def steer(
    correlation: np.ndarray, slope: np.ndarray, bend: np.ndarray, lost: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives, put right where rounding has eaten the likelihood.

    Parameters
    ----------
    correlation, slope, bend : ndarray
        Correlations and the derivatives there.
    lost : ndarray of bool
        Somebody's answers have no probability left: the correlation is too strong.

    Returns
    -------
    tuple of ndarray
        A slope of ±1 without bend, so that `climb` bisects, towards zero where lost. Where nothing changes any more
        all answers agree with a perfect correlation, and it goes towards the bound.
    """
    side = np.sign(correlation)
    flat = ~lost & (np.abs(slope) + np.abs(bend) < FLAT)
    wrong = (lost | flat) & (side != 0)
    return np.where(wrong, np.where(lost, -side, side), slope), np.where(wrong, 0.0, bend)


def at_bound(correlation: np.ndarray) -> np.ndarray:
    """Return which correlations `climb` left at a bound."""
    return np.abs(correlation) > BOUND - 1e-7
