"""The minimum of a discrepancy: Fisher scoring with a line search, Newton's steps near the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.restrictions import Restrictions, null_space

Array = NDArray[Any]
CLOSE = 10.0  # expected distance to the optimum, in squared standard errors, at which Newton's steps take over
SLOW = 0.1  # scoring that gains more than this share of the step before is left for Newton's steps at any price
DONE = 1e-12  # the same distance where only the last step is left
NOISE = 1e-14  # rounding of the objective: near the bottom the last digits are all that differs
SEEN = 1e-6
LONGEST = 200
HALVINGS = 40


class Objective(Protocol):
    """A function of all free parameters x (q,) with first and second derivatives; `n` scales its information.

    `exact` says that the observed second derivatives cost little more than the expected ones.
    """

    n: float
    exact: bool

    def value(self, x: Array) -> float: ...
    def gradient(self, x: Array) -> Array: ...
    def expected(self, x: Array) -> Array: ...
    def observed(self, x: Array) -> Array: ...


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: x (q,), the value there, and whether the gradient vanishes."""

    x: Array
    value: float
    iterations: int
    converged: bool


def minimise(
    objective: Objective, start: Array, restrictions: Restrictions, other: Callable[[], Array] | None = None
) -> Optimum:
    """Return the minimum from `start` under the restrictions; never raises for a search that fails.

    `other` gives a second start, for a search that does not end.
    """
    origin, basis = restrictions.basis

    def kept(x: Array) -> Array:
        # Normal equations will do: the columns of the basis count equal parameters, or are orthonormal.
        return origin + basis @ np.linalg.solve(basis.T @ basis, basis.T @ (x - origin))

    x = kept(start)
    if restrictions.curved or restrictions.inequalities:
        return _curved(objective, x, basis, restrictions)
    best = scoring(objective, x, basis)
    # A long way from the optimum a quasi-Newton search can pass where scoring stalls.
    longer = [lambda: _quasi_newton(objective, x, basis), *([] if other is None else [lambda: kept(other())])]
    for begin in longer:
        if best.converged or not len(x):
            break
        again = scoring(objective, begin(), basis)
        best = again if again.converged or again.value < best.value else best
    return best


def scoring(objective: Objective, x: Array, basis: Array) -> Optimum:
    """Return the minimum over x + basis @ z by Fisher scoring, then Newton's method."""
    value, near, before = objective.value(x), False, np.inf
    for iteration in range(LONGEST):
        slope = basis.T @ objective.gradient(x)
        curvature = basis.T @ (objective.observed(x) if near else objective.expected(x)) @ basis
        step = _descent(curvature, slope)
        if step is None:
            step = _descent(basis.T @ objective.expected(x) @ basis, slope)
        if step is None:
            return Optimum(x, value, iteration, False)
        gain = -float(slope @ step)
        if objective.n * gain < DONE:
            return _last_step(objective, x, basis @ step, value, iteration)
        near = objective.n * gain < CLOSE and (objective.exact or gain > SLOW * before)
        before = gain
        x, lower = _search(objective.value, x, basis @ step, value, gain)
        if lower == value:
            # No step is lower: at the bottom as far as rounding lets one see, or stuck.
            return Optimum(x, value, iteration, objective.n * gain < SEEN)
        value = lower
    return Optimum(x, value, LONGEST, False)


def _last_step(objective: Objective, x: Array, step: Array, value: float, iteration: int) -> Optimum:
    """Return the optimum: the step that is left is taken, unless rounding spoils it."""
    last = objective.value(x + step)
    if last <= value + NOISE * max(1.0, abs(value)):
        x, value = x + step, last
    return Optimum(x, value, iteration, bool(np.isfinite(value)))


def _descent(curvature: Array, slope: Array) -> Array | None:
    """Return the step that solves curvature @ step = -slope, ridged where curvature is not positive definite."""
    from scipy.linalg.lapack import dposv

    if not np.isfinite(curvature).all() or not np.isfinite(slope).all():
        return None
    if not curvature.any():
        return None if len(slope) else slope
    # Observed curvatures may be negative, or nothing beside the others.
    size = np.abs(np.diag(curvature))
    scale = np.sqrt(np.maximum(size, np.finfo(float).eps ** 2 * np.abs(curvature).max()))
    scaled, target = curvature / np.outer(scale, scale), slope / scale
    # LAPACK itself: the checks of numpy's and scipy's wrappers cost more than the work.
    _, solved, fault = dposv(scaled, target)
    if fault:
        values, vectors = np.linalg.eigh(scaled)
        bounded = np.maximum(np.abs(values), 1e-6 * max(abs(values).max(), 1e-12))
        solved = vectors @ ((vectors.T @ target) / bounded)
    return -solved / scale


def _search(value: Callable[[Array], float], x: Array, step: Array, at: float, gain: float) -> tuple[Array, float]:
    """Return the first point along the step that is lower enough; x itself if none is."""
    length = 1.0
    noise = NOISE * max(1.0, abs(at))
    for _ in range(HALVINGS):
        new = value(x + length * step)
        if new <= at - 1e-4 * length * gain + noise:
            return x + length * step, new
        length /= 2
    return x, at


def _quasi_newton(objective: Objective, x: Array, basis: Array) -> Array:
    from scipy.optimize import minimize

    scale = 1 / np.sqrt(np.maximum(np.diag(basis.T @ objective.expected(x) @ basis), 1e-8))

    def fun(z: Array) -> tuple[float, Array]:
        at = x + basis @ (scale * z)
        found = objective.value(at)
        if not np.isfinite(found):
            return 1e10, np.zeros(len(z))
        return found, scale * (basis.T @ objective.gradient(at))

    found = minimize(fun, np.zeros(basis.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return x + basis @ (scale * found.x)


def _curved(objective: Objective, x: Array, basis: Array, restrictions: Restrictions) -> Optimum:
    """Return the minimum under curved restrictions: sequential least squares, then steps along those that bind."""
    from scipy.optimize import minimize

    def along(curve: Any) -> dict[str, Any]:
        return {
            "fun": lambda z: float(np.real(curve.value(x + basis @ z))),
            "jac": lambda z: curve.gradient(x + basis @ z) @ basis,
        }

    conditions = [{"type": "eq", **along(curve)} for curve in restrictions.curved]
    conditions += [{"type": "ineq", **along(curve)} for curve in restrictions.inequalities]

    def bounded(z: Array) -> float:
        return min(objective.value(x + basis @ z), 1e10)

    found = minimize(
        bounded,
        np.zeros(basis.shape[1]),
        jac=lambda z: basis.T @ objective.gradient(x + basis @ z),
        constraints=conditions,
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    return _polish(objective, x + basis @ found.x, basis, restrictions, int(found.nit))


def _polish(objective: Objective, x: Array, basis: Array, restrictions: Restrictions, iterations: int) -> Optimum:
    for extra in range(LONGEST):
        jacobian = restrictions.active(x) @ basis
        off = np.array([float(np.real(curve.value(x))) for curve in restrictions.curved])
        # A binding inequality is kept where it is; curved equalities are pulled back to zero.
        target = np.concatenate([-off, np.zeros(len(jacobian) - len(off))])
        slope = basis.T @ objective.gradient(x)
        back = np.linalg.lstsq(jacobian, target, rcond=None)[0] if len(jacobian) else np.zeros(basis.shape[1])
        free = null_space(jacobian) if len(jacobian) else np.eye(basis.shape[1])
        curvature = basis.T @ objective.expected(x) @ basis
        along = _descent(free.T @ curvature @ free, free.T @ (slope + curvature @ back))
        if along is None:
            return Optimum(x, objective.value(x), iterations + extra, False)
        step = basis @ (back + free @ along)
        size = float(step @ objective.expected(x) @ step)
        x = x + step
        if objective.n * size < DONE:
            return Optimum(x, objective.value(x), iterations + extra, bool(np.isfinite(objective.value(x))))
    return Optimum(x, objective.value(x), iterations + LONGEST, False)
