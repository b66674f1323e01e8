"""What sandwich errors and scaled tests are made of, group by group, in the space of the moments."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data import missing
from crqkit.sem.data.casewise import casewise_scores
from crqkit.sem.data.patterns import Patterns
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation.discrepancy import Part, SquaresPart, normal_weight
from crqkit.sem.estimation.model import Model, sample_gamma
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]


@dataclass(frozen=True)
class Piece:
    """One group's k moments.

    `by` (k, q) derivatives of the moments, `weight` (k, k) or its diagonal (k,), `gamma` (k, k) the asymptotic
    covariance of the sample moments, `own` (q,) where the parameters stand, `share` of all persons.
    """

    by: Array
    weight: Array
    gamma: Array
    own: NDArray[np.intp]
    share: float

    def weighted(self, matrix: Array) -> Array:
        """Return the weight matrix times `matrix`."""
        return self.weight[:, None] * matrix if self.weight.ndim == 1 else self.weight @ matrix


def pieces(model: Model, x: Array) -> list[Piece]:
    """Return each group's piece at the parameters x."""
    return [_piece(model, part, group, x) for part, group in zip(model.parts, model.sample.groups, strict=True)]


def _piece(model: Model, part: Part, group: GroupSample, x: Array) -> Piece:
    structure, own = part.structure, part.structure.free
    by = structure.vector_jacobian(x[own])
    if group.ordinal is not None and isinstance(part, SquaresPart):
        return Piece(by, part.weight, group.ordinal.gamma, own, part.share)
    given = [structure.observed.index(name) for name in model.covariates]
    gamma = sample_gamma(group, structure.means, given)
    if isinstance(part, SquaresPart):
        weight = part.weight
    else:
        weight = normal_weight(np.linalg.inv(structure.moments(x[own])[1]), structure.means)
    keep = modelled(structure, model.covariates)
    weight = weight[keep] if weight.ndim == 1 else weight[np.ix_(keep, keep)]
    return Piece(by[keep], weight, gamma[np.ix_(keep, keep)], own, part.share)


def modelled(structure: Structure, covariates: list[str]) -> NDArray[np.intp]:
    """Return which moments the model has to account for: not those of fixed covariates among themselves."""
    given = np.isin(structure.observed, covariates)
    return np.flatnonzero(structure.flat(given, np.outer(given, given)) == 0)


def scores(structure: Structure, group: GroupSample, mean: Array, cov: Array) -> Array:
    """Return each row's derivative of its log-likelihood by the modelled moments (n, k)."""
    found = casewise_scores(group.raw, mean, cov, group.weights)
    return found if structure.means else found[:, structure.p :]


def bread(structure: Structure, group: GroupSample, mean: Array, cov: Array) -> Array:
    """Return the observed information of one person about the modelled moments (k, k)."""
    kept = group.patterns or Patterns.from_moments(group.n, group.mean, group.cov)
    found = -missing.hessian(kept, mean, cov) / group.n
    return found if structure.means else found[structure.p :, structure.p :]


def crossed(scores: Array, group: GroupSample) -> Array:
    """Return the mean cross-product of casewise scores (n, k); those of one cluster are summed first.

    With J clusters the product is stretched by J / (J - 1), as for any variance from J sums.
    """
    if group.clusters is None:
        return scores.T @ scores / group.n
    _, at = np.unique(group.clusters, return_inverse=True)
    count = int(at.max()) + 1
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, at, scores)
    return sums.T @ sums * (count / (count - 1)) / group.n
