"""Factors out of correlations: the least squares that minres and ULS share."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
LEAST, MOST = 0.005, 1.0
HARMAN = "Harman & Jones 1966, Psychometrika 31:351-368 (minres)"
JORESKOG = "Jöreskog 1977, in Enslein, Ralston & Wilf (unweighted least squares)"


class Extracted(NamedTuple):
    """Loadings (items, factors) unrotated; uniqueness is what the factors leave of each item."""

    loadings: Matrix
    uniqueness: NDArray[np.float64]
    converged: bool
    at_bound: tuple[int, ...]


def minres(matrix: Matrix, factors: int) -> Extracted:
    """Return `factors` factors that leave the smallest correlations behind, by least squares.

    The uniquenesses are searched between 0.005 and 1, as psych::fa does; at the smallest value the solution is
    improper (a Heywood case) and the item is named in `at_bound`.

    Examples
    --------
    >>> loads = np.array([0.9, 0.8, 0.7, 0.6])
    >>> one = np.outer(loads, loads) + np.diag(1 - loads**2)
    >>> minres(one, 1).loadings.ravel().round(4).tolist()
    [0.9, 0.8, 0.7, 0.6]
    """
    from scipy.optimize import minimize

    start = _start(matrix)
    options = {"maxiter": 5000, "maxfun": 50_000, "ftol": 1e-15, "gtol": 1e-9, "maxls": 50}
    bounds = [(LEAST, MOST)] * len(matrix)
    found = minimize(_loss, start, (matrix, factors), "L-BFGS-B", jac=True, bounds=bounds, options=options)
    psi = found.x
    gradient = _loss(psi, matrix, factors)[1]
    # At a bound only the slope that leads back inside counts.
    gradient = np.where((psi <= LEAST) & (gradient > 0) | (psi >= MOST) & (gradient < 0), 0.0, gradient)
    values, vectors = np.linalg.eigh(matrix - np.diag(psi))
    loadings = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, ::-1][:, :factors]
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return Extracted(
        loadings,
        1 - (loadings**2).sum(axis=1),
        bool(np.abs(gradient).max() < 1e-4),
        tuple(np.flatnonzero(psi <= LEAST * 1.001).tolist()),
    )


def _start(matrix: Matrix) -> NDArray[np.float64]:
    """Return what each item does not share with all others, where that can be computed."""
    if np.linalg.eigvalsh(matrix)[0] < 1e-8:
        return np.full(len(matrix), 0.5)
    return np.clip(1 / np.diag(np.linalg.inv(matrix)), LEAST, MOST)


def _loss(psi: NDArray[np.float64], matrix: Matrix, factors: int) -> tuple[float, NDArray[np.float64]]:
    """Return half the sum of squared residuals at the best loadings for `psi`, and its gradient."""
    values, vectors = np.linalg.eigh(matrix - np.diag(psi))
    rest = values.copy()
    rest[-factors:] = np.minimum(rest[-factors:], 0.0)
    return float((rest**2).sum() / 2), -(vectors**2) @ rest
