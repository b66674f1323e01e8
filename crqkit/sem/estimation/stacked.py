"""One model on many samples at once: their optima by a quasi-Newton search from a known optimum nearby.

All samples share the first inverse curvature, that of the known optimum; what each teaches on its way is kept as in
L-BFGS (Nocedal 1980, Mathematics of Computation 35:773-782).
"""

import copy
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]
DONE = 1e-10  # expected distance to the optimum in squared standard errors; the step that is left is taken too
LONGEST = 60
SHORTEST = 1e-6
LOWER = 1e-4  # share of the promised gain that a step must bring


class Samples(Protocol):
    """The discrepancy of one model on B samples."""

    def evaluate(self, x: Array, at: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return value (a,) and gradient (a, q) at x (a, q) of the samples numbered `at`."""
        ...


class Optima(NamedTuple):
    """Where the searches ended: x (B, q), value (B,), converged (B,)."""

    x: Array
    value: Array
    converged: NDArray[np.bool_]


class _Search:
    """The samples still under way, in step: a row of each array is one of them."""

    def __init__(self, x: Array, value: Array, slope: Array) -> None:
        self.at = np.arange(len(x))
        self.x, self.value, self.slope = x, value, slope
        self.length = np.ones(len(x))
        self.moves: list[tuple[Array, Array, Array]] = []  # step, change of slope, 1 / their product

    def keep(self, which: NDArray[np.bool_]) -> None:
        for name in ("at", "x", "value", "slope", "length"):
            setattr(self, name, getattr(self, name)[which])
        self.moves = [(s[which], y[which], r[which]) for s, y, r in self.moves]

    def step(self, inverse: Array) -> Array:
        """Return the quasi-Newton step, `inverse` being the curvature's inverse before anything was learnt."""
        step, shares = self.slope, []
        for s, y, r in reversed(self.moves):
            share = r * _dot(s, step)
            step = step - share[:, None] * y
            shares.append(share)
        step = step @ inverse
        for (s, y, r), share in zip(self.moves, reversed(shares), strict=True):
            step = step + (share - r * _dot(y, step))[:, None] * s
        return -step


def minimise_all(samples: Samples, start: Array, basis: Array, inverse: Array, n: float, count: int) -> Optima:
    """Return the optima of `count` samples over start (q,) + basis (q, r) @ z; `inverse` (r, r) is symmetric."""
    x = np.tile(start, (count, 1))
    value, gradient = samples.evaluate(x, np.arange(count))
    ends = Optima(x.copy(), value.copy(), np.zeros(count, bool))
    search = _Search(x, value, gradient @ basis)
    search.keep(np.isfinite(value))
    for _ in range(LONGEST):
        step = search.step(inverse)
        gain = -_dot(search.slope, step)
        on = (gain > 0) & (search.length > SHORTEST)
        if not on.all():
            search.keep(on)
            step, gain = step[on], gain[on]
        if not len(search.at):
            break
        move = search.length[:, None] * step
        x = search.x + move @ basis.T
        value, gradient = samples.evaluate(x, search.at)
        slope = gradient @ basis
        noise = 1e-14 * np.maximum(1, np.abs(search.value))
        lower = value <= search.value - LOWER * search.length * gain + noise
        done = lower & (n * gain < DONE)
        _learn(search, move, slope, lower)
        search.length = np.where(lower, 1.0, search.length / 2)
        search.x[lower], search.value[lower], search.slope[lower] = x[lower], value[lower], slope[lower]
        if done.any():
            which = search.at[done]
            ends.x[which], ends.value[which], ends.converged[which] = search.x[done], search.value[done], True
            search.keep(~done)
    return ends


def _learn(search: _Search, move: Array, slope: Array, lower: NDArray[np.bool_]) -> None:
    """Remember what a step showed of the curvature; where it led nowhere, nothing."""
    with np.errstate(invalid="ignore"):
        change = np.where(lower[:, None], slope - search.slope, 0.0)
    product = _dot(move, change)
    usable = product > 1e-12 * np.sqrt(_dot(move, move) * _dot(change, change))
    search.moves.append((move, change, np.divide(1, product, out=np.zeros_like(product), where=usable)))


def _dot(a: Array, b: Array) -> Array:
    return np.einsum("ai,ai->a", a, b)


class StackedNormal:
    """Complete data: all draws at once from their means and covariances."""

    def __init__(self, model: Model, raw: list[Array], rows: list[list[NDArray[np.intp]]]) -> None:
        self.q, self.wishart = model.q, model.method.likelihood == "wishart"
        self.groups = []
        sizes = []
        for g, (structure, group) in enumerate(zip(model.structures, model.sample.groups, strict=True)):
            n, mean, cov = _moments(raw[g], group.weights, [drawn[g] for drawn in rows])
            counted = n - 1 if self.wishart else n
            cov *= (n / counted)[:, None, None]
            sizes.append(counted)
            self.groups.append((_with_covariates(structure, model.covariates, mean, cov), mean, cov))
        self.n = np.sum(sizes, axis=0)
        self.shares = [size / self.n for size in sizes]
        self.floors = [np.linalg.slogdet(cov)[1] + cov.shape[-1] for _, _, cov in self.groups]

    def evaluate(self, x: Array, at: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return values and gradients, as `Samples.evaluate`."""
        value, gradient = np.zeros(len(at)), np.zeros((len(at), self.q))
        for (whole, mean, cov), share, floor in zip(self.groups, self.shares, self.floors, strict=True):
            structure, weight = _taken(whole, at), share[at]
            own = x[:, structure.free]
            implied, sigma = structure.moments(own)
            logdet = _logdet(sigma)
            inverse = np.linalg.inv(np.where(np.isfinite(logdet)[:, None, None], sigma, np.eye(len(sigma[0]))))
            off = mean[at] - implied if structure.means else np.zeros_like(implied)
            pulled = (inverse @ off[:, :, None])[:, :, 0]
            product = inverse @ (cov[at] + off[:, :, None] * off[:, None, :])
            value += 0.5 * weight * (logdet + np.einsum("aii->a", product) - floor[at])
            by_cov = 0.5 * weight[:, None, None] * (inverse - product @ inverse)
            gradient[:, structure.free] += structure.pull_back(own, -weight[:, None] * pulled, by_cov)
        return value, gradient

    def structures(self, at: NDArray[np.intp]) -> list[Structure]:
        """Return each group's structure with the covariates' moments of these draws."""
        return [_taken(structure, at) for structure, _, _ in self.groups]


def _moments(
    raw: Array, weights: Array | None, drawn: list[NDArray[np.intp]]
) -> tuple[NDArray[np.float64], Array, Array]:
    """Return n (B,), mean (B, p) and covariance (B, p, p), divisor n, of the drawn rows."""
    centre = raw.mean(axis=0)
    around = raw - centre
    n, p = len(drawn), raw.shape[1]
    sizes, mean, cov = np.empty(n), np.empty((n, p)), np.empty((n, p, p))
    for i, rows in enumerate(drawn):
        times = np.bincount(rows, minlength=len(raw)) * (1.0 if weights is None else weights)
        sizes[i] = times.sum()
        mean[i] = times @ around / sizes[i]
        cov[i] = (around * times[:, None]).T @ around / sizes[i] - np.outer(mean[i], mean[i])
    return sizes, mean + centre, cov


def _logdet(sigma: Array) -> Array:
    """Return the log-determinants of a stack (a, p, p), infinite for those that are not positive definite."""
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        return np.array([_logdet(one[None])[0] for one in sigma]) if len(sigma) > 1 else np.array([np.inf])
    found = 2 * np.log(np.einsum("aii->ai", root)).sum(axis=1)
    return np.where(np.isfinite(found), found, np.inf)


def _with_covariates(structure: Structure, names: list[str], mean: Array, cov: Array) -> Structure:
    """Return the structure of a stack of samples, each with its own moments of the covariates."""
    if not names:
        return structure
    found, count = copy.copy(structure), len(mean)
    found.links, found.levels = np.tile(structure.links, (count, 1, 1)), np.tile(structure.levels, (count, 1))
    at = np.array([structure.nodes[name] for name in names])
    where = np.array([structure.observed.index(name) for name in names])
    found.links[:, at[:, None], at] = cov[:, where[:, None], where]
    found.levels[:, at] = mean[:, where]
    return found


def _taken(structure: Structure, at: NDArray[np.intp]) -> Structure:
    if structure.links.ndim == 2:
        return structure
    found = copy.copy(structure)
    found.links, found.levels = structure.links[at], structure.levels[at]
    return found
