"""Skewed and heavy-tailed variables with given correlations, from normal ones.

Fleishman (1978), Psychometrika 43, 521-532; Vale & Maurelli (1983), Psychometrika 48, 465-471.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import ChoiceProblem

Array = NDArray[np.float64]


@cache
def polynomial(skew: float, kurtosis: float) -> tuple[float, float, float]:
    """Return b, c, d of -c + b z + c z^2 + d z^3, which has mean 0, variance 1, and this skew and excess kurtosis.

    >>> polynomial(0.0, 0.0)
    (1.0, 0.0, 0.0)
    """
    from scipy.optimize import root

    def off(values: Array) -> list[float]:
        b, c, d = values
        return [
            b**2 + 6 * b * d + 2 * c**2 + 15 * d**2 - 1,
            2 * c * (b**2 + 24 * b * d + 105 * d**2 + 2) - skew,
            24 * (b * d + c**2 * (1 + b**2 + 28 * b * d) + d**2 * (12 + 48 * b * d + 141 * c**2 + 225 * d**2))
            - kurtosis,
        ]

    found = root(off, [1.0, skew / 6, 0.0], tol=1e-12)
    if np.abs(off(found.x)).max() > 1e-8:
        allowed = f"for skew {skew:g} an excess kurtosis of about {1.65 * skew**2 - 1.2:.1f} or more"
        raise ChoiceProblem("kurtosis", kurtosis, [allowed])
    b, c, d = (float(value) for value in found.x)
    return b, c, d


def normal_correlations(correlations: Array, shapes: Array) -> Array:
    """Return the correlations of normal variables whose polynomials `shapes` (p, 3) have these `correlations`."""
    p = len(correlations)
    made = np.eye(p)
    for i in range(p):
        for j in range(i):
            (b, c, d), (e, f, g) = shapes[i], shapes[j]
            roots = np.roots([6 * d * g, 2 * c * f, b * e + 3 * b * g + 3 * d * e + 9 * d * g, -correlations[i, j]])
            real = roots[np.abs(roots.imag) < 1e-9].real
            real = real[np.abs(real) <= 1]
            if not len(real):
                raise ChoiceProblem("skew", "as given", ["skew and kurtosis that allow the model's correlations"])
            made[i, j] = made[j, i] = real[np.argmin(np.abs(real - correlations[i, j]))]
    if np.linalg.eigvalsh(made)[0] < 0:
        raise ChoiceProblem("skew", "as given", ["skew and kurtosis that allow the model's correlations"])
    return made


def bent(normal: Array, shapes: Array) -> Array:
    """Return the polynomials `shapes` (p, 3) of standard normal columns (n, p)."""
    b, c, d = shapes.T
    return -c + normal * (b + normal * (c + normal * d))
