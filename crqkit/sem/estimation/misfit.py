"""Misfit as complete normal data would show it: what the robust indices of every estimator build on.

Missing answers: Zhang & Savalei (2023). Ordered answers: Savalei (2021). Otherwise the estimator's own test:
Brosseau-Liard, Savalei & Li (2012), Savalei (2018).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.sample import GroupSample
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.discrepancy import Part, SquaresPart, normal_weight
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.pieces import bread, crossed, modelled, scores

Array = NDArray[Any]


class Misfit(NamedTuple):
    """A scaled chi-square and the factor that brings its excess over df back to the plain scale."""

    scaled: float
    factor: float

    def excess(self, df: int) -> float:
        """Return the estimated noncentrality."""
        return self.factor * (self.scaled - df)


class View(NamedTuple):
    """One group in the space of its moments.

    `by` their derivatives, `used` what the estimator weighs them with, `normal` what the normal discrepancy would,
    `gamma` their asymptotic covariance, `own` where the parameters stand, `share` of all persons.
    """

    by: Array
    used: Array
    normal: Array
    gamma: Array
    own: NDArray[np.intp]
    share: float
    discrepancy: float


def complete_misfit(found: Estimate) -> Misfit:
    """Return the misfit in the metric of the normal discrepancy for complete data."""
    model, test = found.model, found.test
    if not model.ordered and all(group.patterns is None for group in model.sample.groups):
        return Misfit(test.scaled, test.factor)
    views = list(_views(found))
    chisq = model.sample.n * sum(view.share * view.discrepancy for view in views)
    factor = _expected_misfit(views, found.tangent) / test.df if test.df else 1.0
    return Misfit(chisq / factor, factor)


def _views(found: Estimate) -> Iterator[View]:
    model = found.model
    for part, group in zip(model.parts, model.sample.groups, strict=True):
        view = _ordinal if isinstance(part, SquaresPart) else _normal
        yield view(part, group, found)


def _normal(part: Part, group: GroupSample, found: Estimate) -> View:
    structure, own = part.structure, part.structure.free
    mean, cov = structure.moments(found.x[own])
    keep = modelled(structure, found.model.covariates)
    square = np.ix_(keep, keep)
    curvature = bread(structure, group, group.mean, group.cov)[square]
    gamma = np.linalg.inv(curvature)
    if found.model.method.se == "robust.huber.white":
        inner = crossed(scores(structure, group, group.mean, group.cov)[:, keep], group)
        gamma = gamma @ inner @ gamma
    # lavaan weighs with the unrestricted moments here, with the model's for ordered answers.
    weight = normal_weight(np.linalg.inv(group.cov), structure.means)[square]
    by = structure.vector_jacobian(found.x[own])[keep]
    share = group.n / found.model.sample.n
    return View(by, curvature, weight, gamma, own, share, _discrepancy(group, mean, cov))


def _ordinal(part: Part, group: GroupSample, found: Estimate) -> View:
    structure, own = part.structure, part.structure.free
    x = found.x[own]
    scales = structure.residual_scales(x)
    _, cov = structure.moments(x)
    cov = cov * np.outer(scales, scales)
    rows, columns = pairs(structure.p)
    weight = normal_weight(np.linalg.inv(cov), means=False)
    lower = np.flatnonzero(rows != columns)
    size = len(group.ordinal.vector)
    whole = np.zeros((size, size))
    whole[size - len(lower) :, size - len(lower) :] = weight[np.ix_(lower, lower)]
    used = np.diag(part.weight) if part.weight.ndim == 1 else part.weight
    by = structure.vector_jacobian(x)
    return View(by, used, whole, group.ordinal.gamma, own, part.share, _discrepancy(group, group.mean, cov))


def _discrepancy(group: GroupSample, mean: Array, cov: Array) -> float:
    inverse = np.linalg.inv(cov)
    off = group.mean - mean
    logs = np.linalg.slogdet(cov)[1] - np.linalg.slogdet(group.cov)[1]
    return float(logs + np.sum(inverse * group.cov) - len(cov) + off @ inverse @ off)


def _expected_misfit(views: list[View], tangent: Array) -> float:
    """Return the mean of the normal discrepancy, times n, when the model holds and is estimated otherwise."""
    size = tangent.shape[0]
    bread_, crossing, filling, normal = (np.zeros((size, size)) for _ in range(4))
    total = 0.0
    for view in views:
        at = np.ix_(view.own, view.own)
        pulled = view.used @ view.by
        bread_[at] += view.share * view.by.T @ pulled
        crossing[at] += view.share * pulled.T @ view.gamma @ view.normal @ view.by
        filling[at] += view.share * pulled.T @ view.gamma @ pulled
        normal[at] += view.share * view.by.T @ view.normal @ view.by
        total += float(np.sum(view.normal * view.gamma))
    inverse = tangent @ np.linalg.pinv(tangent.T @ bread_ @ tangent) @ tangent.T
    return total - 2 * float(np.sum(inverse * crossing.T)) + float(np.trace(inverse @ filling @ inverse @ normal))
