"""How far a group's implied moments are from its data, for each estimator, with derivatives.

Every part counts as half its share of the test statistic over N, so that N times its second derivative is the
information (Bollen 1989, pp. 104-131).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data import missing
from crqkit.sem.data.patterns import Patterns
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.structure import Ends, Structure, together

Array = NDArray[Any]


class Part(ABC):
    """One group's share of the objective, as a function of the group's parameters x (q,).

    `free` holds their numbers in the whole model, `share` what the group counts.
    """

    def __init__(self, structure: Structure, share: Any) -> None:
        self.structure, self.share, self.free = structure, share, structure.free

    def own(self, x: Array) -> Array:
        """Return the group's parameters from those of the whole model."""
        return x[self.free]

    @abstractmethod
    def value(self, x: Array) -> float:
        """Return the discrepancy; infinite where the implied covariance is not positive definite."""

    @abstractmethod
    def gradient(self, x: Array) -> Array:
        """Return the derivatives (q,)."""

    @abstractmethod
    def expected(self, x: Array) -> Array:
        """Return the expected second derivatives (q, q)."""

    @abstractmethod
    def observed(self, x: Array) -> Array:
        """Return the second derivatives (q, q)."""


class _Point:
    """What value and derivatives of the normal discrepancy share at one place x; each is computed when asked for."""

    def __init__(self, part: "NormalPart", x: Array) -> None:
        self.part, self.x = part, x
        implied, self.cov = part.structure.moments(x)
        self.off = part.mean - implied if part.structure.means else np.zeros_like(implied)

    @cached_property
    def logdet(self) -> Array:
        """Log-determinants of the implied covariances, infinite where one is not positive definite."""
        try:
            root = np.linalg.cholesky(self.cov)
        except np.linalg.LinAlgError:
            return np.array(np.inf)
        return 2 * np.log(root.diagonal(axis1=-2, axis2=-1)).sum(axis=-1)

    @cached_property
    def inverse(self) -> Array:
        """Inverses of the implied covariances, NaN where there are none."""
        try:
            return np.linalg.inv(self.cov)
        except np.linalg.LinAlgError:
            return np.full_like(self.cov, np.nan)

    @cached_property
    def around(self) -> Array:
        """The sample's covariances around the implied means."""
        if not self.part.structure.means:
            return self.part.cov
        return self.part.cov + _outer(self.off)

    @cached_property
    def pull(self) -> Array:
        """Derivatives by the means, with the other sign."""
        return (self.inverse @ self.off[..., None])[..., 0]

    @cached_property
    def by_cov(self) -> Array:
        """Derivatives by the covariances."""
        return 0.5 * (self.inverse - self.inverse @ self.around @ self.inverse)

    @cached_property
    def ends(self) -> Ends:
        """Derivatives of the moments."""
        return self.part.structure.ends(self.x)

    @cached_property
    def products(self) -> tuple[Array, Array, Array]:
        """Products of the derivatives' two ends, weighed with the inverse: first-first, first-second, both second."""
        first, second, _ = self.ends
        return _products(first, second, self.inverse)


def _products(first: Array, second: Array, weight: Array) -> tuple[Array, Array, Array]:
    left = first.swapaxes(-1, -2) @ weight
    return left @ first, left @ second, second.swapaxes(-1, -2) @ weight @ second


class NormalPart(Part):
    """Maximum likelihood on the moments of complete rows; of one group, or of all groups in one stack."""

    def __init__(self, structure: Structure, share: Any, mean: Array, cov: Array) -> None:
        super().__init__(structure, share)
        self.mean, self.cov, self.fixed = mean, cov, None
        self.floor = np.linalg.slogdet(cov)[1] + cov.shape[-1]
        self._last: tuple[bytes, _Point] | None = None

    @classmethod
    def together(cls, parts: Sequence["NormalPart"]) -> "NormalPart":
        """Return all groups as one: what numpy does for six groups at once costs little more than for one."""
        structure, free, fixed = together([part.structure for part in parts])
        share, mean, cov = (np.stack([getattr(part, name) for part in parts]) for name in ("share", "mean", "cov"))
        found = cls(structure, share, mean, cov)
        found.free, found.fixed = free, fixed
        return found

    def own(self, x: Array) -> Array:
        return x[self.free] if self.fixed is None else np.where(self.free < 0, self.fixed, x[self.free])

    def _at(self, x: Array) -> _Point:
        # Value, gradient and information are asked for at the same place, one after the other.
        place = x.tobytes()
        if self._last is None or self._last[0] != place:
            self._last = place, _Point(self, x)
        return self._last[1]

    def value(self, x: Array) -> float:
        at = self._at(x)
        if not np.isfinite(at.logdet).all():
            return np.inf
        trace = (at.inverse * at.around).sum(axis=(-2, -1))
        return 0.5 * float(np.sum(self.share * (at.logdet + trace - self.floor)))

    def gradient(self, x: Array) -> Array:
        at = self._at(x)
        first, second, lift = at.ends
        slope = 2 * (first * (at.by_cov @ second)).sum(axis=-2)
        if self.structure.means:
            slope -= (at.pull[..., None, :] @ first)[..., 0, :] * lift
        return np.asarray(self.share)[..., None] * slope

    def expected(self, x: Array) -> Array:
        at = self._at(x)
        one, mixed, two = at.products
        second = one * two + mixed * mixed.swapaxes(-1, -2)
        if self.structure.means:
            second += _outer(at.ends.lift) * one
        return np.asarray(self.share)[..., None, None] * second

    def observed(self, x: Array) -> Array:
        at = self._at(x)
        ends, (one, mixed, two) = at.ends, at.products
        near, across, far = _products(ends.first, ends.second, at.inverse @ at.around @ at.inverse)
        crossed = mixed * across.swapaxes(-1, -2)
        second = crossed + crossed.swapaxes(-1, -2) - mixed * mixed.swapaxes(-1, -2)
        second += one * far + near * two - one * two
        if self.structure.means:
            pull = at.pull[..., None, :]
            both = (pull @ ends.first).swapaxes(-1, -2) * mixed.swapaxes(-1, -2)
            both += (pull @ ends.second).swapaxes(-1, -2) * one
            both *= ends.lift[..., None, :]
            second += both + both.swapaxes(-1, -2) + _outer(ends.lift) * one
        second += self.structure.bend(x, -at.pull, at.by_cov)
        return np.asarray(self.share)[..., None, None] * second


def _outer(vector: Array) -> Array:
    return vector[..., :, None] * vector[..., None, :]


class PatternPart(Part):
    """Full-information maximum likelihood: each pattern of missing answers counts with what it has."""

    def __init__(self, structure: Structure, n: float, patterns: Patterns) -> None:
        # The share is 1/N of all groups; the patterns' log-likelihood already counts each person.
        super().__init__(structure, 1 / n)
        self.patterns = patterns
        self._last: tuple[Array, tuple[float, Array, Array]] | None = None

    def _evaluate(self, x: Array) -> tuple[float, Array, Array]:
        # The search asks for the value, then for the gradient, at the same place: one pass over the patterns.
        if self._last is None or not np.array_equal(self._last[0], x):
            self._last = x.copy(), missing.evaluate(self.patterns, *self.structure.moments(x))
        return self._last[1]

    def value(self, x: Array) -> float:
        return -self.share * self._evaluate(x)[0]

    def gradient(self, x: Array) -> Array:
        _, by_mean, by_cov = self._evaluate(x)
        return -self.share * self.structure.pull_back(x, by_mean, by_cov)

    def expected(self, x: Array) -> Array:
        by = self.structure.vector_jacobian(x)
        return self.share * by.T @ missing.expected(self.patterns, *self.structure.moments(x)) @ by

    def observed(self, x: Array) -> Array:
        at = self.structure.moments(x)
        by = self.structure.vector_jacobian(x)
        second = by.T @ missing.hessian(self.patterns, *at) @ by
        return -self.share * (second + self.structure.bend(x, *self._evaluate(x)[1:]))


class SquaresPart(Part):
    """Weighted least squares on the vector of moments; `weight` is (k,) for a diagonal one or (k, k)."""

    def __init__(self, structure: Structure, share: float, target: Array, weight: Array) -> None:
        super().__init__(structure, share)
        self.target, self.weight = target, weight

    def weighted(self, matrix: Array) -> Array:
        """Return the weight matrix times `matrix` (k,) or (k, q)."""
        if self.weight.ndim == 1:
            return (self.weight * matrix.T).T
        return self.weight @ matrix

    def value(self, x: Array) -> float:
        off = self.target - self.structure.vector(x)
        return 0.5 * self.share * float(off @ self.weighted(off))

    def gradient(self, x: Array) -> Array:
        off = self.target - self.structure.vector(x)
        return -self.share * self.structure.vector_jacobian(x).T @ self.weighted(off)

    def expected(self, x: Array) -> Array:
        by = self.structure.vector_jacobian(x)
        return self.share * by.T @ self.weighted(by)

    def observed(self, x: Array) -> Array:
        step = 1e-6 * np.maximum(np.abs(x), 1)
        ends = [(self.gradient(x + h), self.gradient(x - h)) for h in np.diag(step)]
        second = np.array([(high - low) / (2 * h) for (high, low), h in zip(ends, step, strict=True)])
        return 0.5 * (second + second.T)


def normal_weight(inverse: Array, means: bool) -> Array:
    """Return the inverse of the asymptotic covariance of normal moments (k, k), means first if modelled."""
    p = len(inverse)
    rows, columns = pairs(p)
    twice = np.where(rows == columns, 1.0, 2.0)
    first = inverse[np.ix_(rows, rows)] * inverse[np.ix_(columns, columns)]
    second = inverse[np.ix_(rows, columns)] * inverse[np.ix_(columns, rows)]
    lower = 0.25 * np.outer(twice, twice) * (first + second)
    if not means:
        return lower
    whole = np.zeros((p + len(lower), p + len(lower)))
    whole[:p, :p], whole[p:, p:] = inverse, lower
    return whole
