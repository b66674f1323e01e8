"""The minimum of a discrepancy: Fisher scoring with a line search, Newton's steps near the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.restrictions import Curve, Restrictions, null_space

Array = NDArray[Any]
CLOSE = 10.0  # expected distance to the optimum, in squared standard errors, at which Newton's steps take over
SLOW = 0.1  # scoring that gains more than this share of the step before is left for Newton's steps at any price
DONE = 1e-12  # the same distance where only the last step is left
NOISE = 1e-14  # rounding of the objective: near the bottom the last digits are all that differs
SEEN = 1e-6
LONGEST = 200
SETTLED = 1e-6  # distance from a condition, in standard errors of it, that is none
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
    if restrictions.curved or restrictions.bounds:
        best = _curved(objective, x, basis, restrictions)
        if best.converged or other is None:
            return best
        again = _curved(objective, kept(other()), basis, restrictions)
        return again if again.converged else best
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


@dataclass(frozen=True)
class Conditions:
    """Curved equalities and inequalities over coordinates z (r,), x = at + along @ z, that are of one size."""

    equal: list[Curve]
    bounds: list[Curve]
    along: Array

    def slopes(self, curves: list[Curve], x: Array) -> Array:
        """Return the derivatives (c, r) of each."""
        return np.array([curve.gradient(x) for curve in curves]).reshape(-1, len(x)) @ self.along

    def lines(self, curves: list[Curve], x: Array) -> tuple[Array, Array]:
        """Return values (c,) and derivatives (c, r), divided by how fast each changes: distances from the bounds."""
        value, slope = np.array([curve.at(x) for curve in curves]), self.slopes(curves, x)
        size = np.linalg.norm(slope, axis=1)
        size[size == 0] = 1.0
        return value / size, slope / size[:, None]

    def hold(self, x: Array, n: float) -> bool:
        """Return whether all hold at x, up to a small share of their standard errors or rounding."""
        for curve in [*self.equal, *self.bounds]:
            value, size = curve.at(x), float(np.linalg.norm(curve.gradient(x) @ self.along))
            off = abs(value) if curve in self.equal else max(0.0, -value)
            if not off <= max(SETTLED * size / np.sqrt(n), 1e-12 * curve.size(x)):
                return False
        return True


def _curved(objective: Objective, x: Array, basis: Array, restrictions: Restrictions) -> Optimum:
    """Return the minimum under curved equalities and inequalities: sequential least squares, then Newton's steps."""
    from scipy.optimize import minimize

    size = np.diag(basis.T @ objective.expected(x) @ basis)
    along = basis / np.sqrt(np.where(np.isfinite(size) & (size > 0), size, 1.0))
    rules = Conditions(restrictions.curved, restrictions.bounds, along)
    if not basis.shape[1]:
        return Optimum(x, objective.value(x), 0, rules.hold(x, objective.n))

    def one(curve: Curve, kind: str) -> dict[str, Any]:
        speed = float(np.linalg.norm(curve.gradient(x) @ along))
        speed = speed if np.isfinite(speed) and speed > 0 else 1.0
        return {
            "type": kind,
            "fun": lambda z: curve.at(x + along @ z) / speed,
            "jac": lambda z: curve.gradient(x + along @ z) @ along / speed,
        }

    conditions = [one(curve, "eq") for curve in rules.equal] + [one(curve, "ineq") for curve in rules.bounds]
    found = minimize(
        lambda z: min(objective.value(x + along @ z), 1e10),
        np.zeros(basis.shape[1]),
        jac=lambda z: along.T @ objective.gradient(x + along @ z),
        constraints=conditions,
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-15},
    )
    end = x + along @ found.x
    return _polish(objective, end if np.isfinite(end).all() else x, rules, int(found.nit))


def _polish(objective: Objective, x: Array, rules: Conditions, iterations: int) -> Optimum:
    """Return the end of Newton's steps from x, with what the conditions' own curvature adds."""
    force, held = np.zeros(len(rules.equal) + len(rules.bounds)), False
    for _ in range(LONGEST):
        curvature = objective.observed(x) if objective.exact else objective.expected(x)
        curvature = rules.along.T @ curvature @ rules.along - _bend(rules, x, force)
        taken = _step(curvature, rules.along.T @ objective.gradient(x), rules, x)
        if taken is None:
            break
        step, force = taken
        x, iterations = x + rules.along @ step, iterations + 1
        held = objective.n * float(step @ step) < DONE
        if held or not np.isfinite(objective.value(x)):
            break
    pressed = [curve for curve, by in zip(rules.bounds, force[len(rules.equal) :], strict=True) if by > 0]
    x = _settle(x, rules, pressed)
    value = objective.value(x)
    return Optimum(x, value, iterations, bool(held and np.isfinite(value) and rules.hold(x, objective.n)))


def _bend(rules: Conditions, x: Array, force: Array) -> Array:
    """Return the second derivatives (r, r) of the conditions, each times its force, by differences."""
    pressed = [(curve, by) for curve, by in zip([*rules.equal, *rules.bounds], force, strict=True) if by]
    total, width = np.zeros((rules.along.shape[1],) * 2), 1e-4
    for curve, by in pressed:
        ends = [(curve.gradient(x + h), curve.gradient(x - h)) for h in width * rules.along.T]
        change = np.array([(high - low) @ rules.along / (2 * width) for high, low in ends])
        if np.isfinite(change).all():
            total += by * (change + change.T) / 2
    return total


def _step(curvature: Array, slope: Array, rules: Conditions, x: Array) -> tuple[Array, Array] | None:
    """Return the step (r,) to the minimum of the parabola under the conditions made straight, and their forces.

    Inequalities are those of Lawson & Hanson 1974, Solving Least Squares Problems, ch. 23: least distance.
    """
    from scipy.optimize import nnls

    (off, lines), (room, walls) = rules.lines(rules.equal, x), rules.lines(rules.bounds, x)
    if not all(np.isfinite(part).all() for part in (curvature, slope, off, lines, room, walls)):
        return None
    back = np.linalg.lstsq(lines, -off, rcond=None)[0] if len(off) else np.zeros(len(slope))
    free = null_space(lines) if len(off) else np.eye(len(slope))
    values, vectors = np.linalg.eigh(free.T @ curvature @ free)
    root = free @ (vectors / np.sqrt(np.maximum(np.abs(values), 1e-10 * max(np.abs(values).max(initial=0), 1e-10))))
    base = back - root @ (root.T @ (slope + curvature @ back))
    # What is left is the shortest y with walls @ (base + root @ y) >= -room.
    short = -room - walls @ base
    press = np.zeros(len(room))
    if (short > 0).any():
        unit = max(float(short.max()), np.finfo(float).tiny)
        system = np.vstack([(walls @ root).T, short / unit])
        goal = np.append(np.zeros(root.shape[1]), 1.0)
        try:
            found, _ = nnls(system, goal)
        except RuntimeError:
            return None
        rest = system @ found - goal
        if -rest[-1] < 1e-12:
            return None
        press = unit * found / -rest[-1]
        base = base + root @ ((walls @ root).T @ press)
    left = slope + curvature @ base - walls.T @ press
    pull = np.linalg.lstsq(lines.T, left, rcond=None)[0] if len(off) else np.zeros(0)
    speed = np.linalg.norm(rules.slopes([*rules.equal, *rules.bounds], x), axis=1)
    return base, np.concatenate([pull, press]) / np.maximum(speed, np.finfo(float).tiny)


def _settle(x: Array, rules: Conditions, pressed: list[Curve]) -> Array:
    """Return x with equalities at zero, and inequalities that bind at zero or a rounding error below it."""
    curves = [*rules.equal, *pressed]
    for _ in range(20 if curves else 0):
        value, line = rules.lines(curves, x)
        aim = np.array([-4 * np.finfo(float).eps * curve.size(x) for curve in pressed])
        aim = np.append(np.zeros(len(rules.equal)), aim / np.linalg.norm(rules.slopes(pressed, x), axis=1))
        if not np.isfinite(line).all() or all(curve.at(x) <= 0 for curve in pressed):
            break
        x = x + rules.along @ np.linalg.lstsq(line, aim - value, rcond=None)[0]
    return x
