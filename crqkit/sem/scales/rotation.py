"""Turning factors: oblimin, varimax, promax."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crqkit.base import check_choice

Matrix = NDArray[np.float64]
NONE, OBLIMIN, VARIMAX, PROMAX = "none", "oblimin", "varimax", "promax"
ROTATIONS = (OBLIMIN, VARIMAX, PROMAX, NONE)
POWER = 4
SMALL, MOST = 1e-8, 20_000
BERNAARDS = "Bernaards & Jennrich 2005, Educational and Psychological Measurement 65:676-696 (gradient projection)"
JENNRICH = "Jennrich & Sampson 1966, Psychometrika 31:313-323 (direct quartimin, which is oblimin with gamma 0)"
KAISER = "Kaiser 1958, Psychometrika 23:187-200 (varimax)"
HENDRICKSON = "Hendrickson & White 1964, British Journal of Statistical Psychology 17:65-70 (promax)"
SOURCES = {OBLIMIN: (JENNRICH, BERNAARDS), VARIMAX: (KAISER,), PROMAX: (HENDRICKSON, KAISER), NONE: ()}


def rotate(loadings: Matrix, how: str, kaiser: bool | None = None) -> tuple[Matrix, Matrix]:
    """Return turned loadings and the correlations of the factors, factors with most weight first, signs mostly plus.

    Parameters
    ----------
    how : {"oblimin", "varimax", "promax", "none"}
        Oblimin and promax let the factors correlate.
    kaiser : bool, optional
        Whether items count equally, however much of them the factors hold (Kaiser's normalisation). Without it:
        no for oblimin, yes for varimax and promax, which are the defaults of the R packages GPArotation and stats.

    Examples
    --------
    >>> start = np.array([[0.6, 0.6], [0.6, 0.5], [0.6, -0.5], [0.6, -0.6]])
    >>> np.abs(rotate(start, "varimax")[0]).round(2).tolist()
    [[0.85, 0.0], [0.78, 0.07], [0.07, 0.78], [0.0, 0.85]]
    """
    check_choice("rotation", how, ROTATIONS)
    m = loadings.shape[1]
    if m == 1 or how == NONE:
        return ordered(loadings, np.eye(m))
    weight = np.ones(len(loadings))
    if how != OBLIMIN if kaiser is None else kaiser:
        size = np.sqrt((loadings**2).sum(axis=1))
        weight = np.where(size > SMALL, size, 1.0)
    start = loadings / weight[:, None]
    if how == OBLIMIN:
        turned, phi = oblimin(start)
    else:
        turned, phi = start @ varimax(start), np.eye(m)
    turned = turned * weight[:, None]
    # Promax raises the loadings themselves, not the normalised ones, as in stats::promax.
    return ordered(*(promax(turned) if how == PROMAX else (turned, phi)))


def ordered(loadings: Matrix, phi: Matrix) -> tuple[Matrix, Matrix]:
    """Return factors by falling sum of squared loadings, each turned so that its loadings add up to more than 0."""
    # Rounded, so that equal weights keep their order on every machine.
    order = np.argsort(-(loadings**2).sum(axis=0).round(6), kind="stable")
    loadings, phi = loadings[:, order], phi[np.ix_(order, order)]
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return loadings * sign, phi * np.outer(sign, sign)


def varimax(loadings: Matrix) -> Matrix:
    """Return the orthogonal matrix that turns `loadings` into their varimax position.

    Two factors at a time are turned by the best angle (Kaiser 1958), until none turns.
    """
    p, m = loadings.shape
    turn = np.eye(m)
    for _ in range(MOST):
        largest = 0.0
        for one, two in combinations(range(m), 2):
            x, y = (loadings @ turn[:, [one, two]]).T
            u, v = x**2 - y**2, 2 * x * y
            across = 2 * (u @ v - u.sum() * v.sum() / p)
            along = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / p
            # Where all angles are as good, none is taken: rounding would turn for ever.
            angle = np.arctan2(across, along) / 4 if max(abs(across), abs(along)) > SMALL**2 else 0.0
            c, s = np.cos(angle), np.sin(angle)
            turn[:, [one, two]] = turn[:, [one, two]] @ np.array([[c, -s], [s, c]])
            largest = max(largest, abs(angle))
        if largest < SMALL:
            break
    return turn


def promax(loadings: Matrix, power: int = POWER) -> tuple[Matrix, Matrix]:
    """Return pattern and factor correlations of promax, from loadings in varimax position."""
    target = loadings * np.abs(loadings) ** (power - 1)
    turn = np.linalg.lstsq(loadings, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    return loadings @ turn, np.linalg.inv(turn.T @ turn)


def oblimin(loadings: Matrix) -> tuple[Matrix, Matrix]:
    """Return pattern and factor correlations of oblimin (gamma 0).

    Searched from where the loadings are, as in GPArotation, and from their varimax position; the lower criterion wins.
    """
    found = [_oblimin_from(loadings, turn) for turn in (np.eye(loadings.shape[1]), varimax(loadings))]
    return found[int(found[1][2] < found[0][2] - SMALL)][:2]


def _oblimin_from(loadings: Matrix, turn: Matrix) -> tuple[Matrix, Matrix, float]:
    """Return pattern, factor correlations and criterion that gradient projection reaches from `turn`."""
    step = 1.0
    turned, value, gradient = _oblimin_at(loadings, turn)
    for _ in range(MOST):
        projected = gradient - turn * (turn * gradient).sum(axis=0)
        size = (projected**2).sum()
        if size < SMALL**2:
            break
        step *= 2
        for _ in range(40):
            trial = turn - step * projected
            trial = trial / np.sqrt((trial**2).sum(axis=0))
            found = _oblimin_at(loadings, trial)
            if value - found[1] > 0.5 * size * step:
                break
            step /= 2
        else:  # no step improves: as far as rounding allows
            break
        turn, (turned, value, gradient) = trial, found
    return turned, turn.T @ turn, value


def _oblimin_at(loadings: Matrix, turn: Matrix) -> tuple[Matrix, float, Matrix]:
    """Return pattern, criterion, and the criterion's gradient in the turn."""
    inverse = np.linalg.inv(turn)
    turned = loadings @ inverse.T
    squares = turned**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return turned, float((squares * others).sum() / 4), -(turned.T @ (turned * others) @ inverse).T
