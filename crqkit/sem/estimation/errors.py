"""The covariance matrix of the estimates: from the information, or from a sandwich."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.pieces import crossed, pieces, scores

Array = NDArray[Any]


def invert(matrix: Array) -> Array | None:
    """Return the inverse of an information matrix, None where it is not positive definite in any practical sense."""
    if not matrix.size:
        return matrix
    scale = np.sqrt(np.maximum(np.diag(matrix), 0))
    if not np.isfinite(matrix).all() or (scale <= 0).any():
        return None
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    if values[0] < 1e-9 * values[-1]:
        return None
    return (vectors / values) @ vectors.T / np.outer(scale, scale)


def information(model: Model, x: Array, kind: str) -> Array:
    """Return the information of one person (q, q)."""
    return model.expected(x) if kind == "expected" else model.observed(x)


def covariance(model: Model, x: Array, tangent: Array) -> Array | None:
    """Return the covariance of the estimates (q, q) by the model's method; None where they are not identified."""
    method = model.method
    kind = "observed" if method.se == "robust.huber.white" else method.information
    bread = invert(tangent.T @ information(model, x, kind) @ tangent)
    if bread is None:
        return None
    if method.se == "robust.sem":
        filling = tangent.T @ moment_filling(model, x) @ tangent
        bread = bread @ filling @ bread
    elif method.se == "robust.huber.white":
        filling = tangent.T @ score_filling(model, x) @ tangent
        bread = bread @ filling @ bread
    return tangent @ bread @ tangent.T / model.n


def moment_filling(model: Model, x: Array) -> Array:
    """Return what goes between the information matrices when the moments' own covariance is known (q, q)."""
    whole = np.zeros((model.q, model.q))
    for piece in pieces(model, x):
        weighted = piece.weighted(piece.by)
        whole[np.ix_(piece.own, piece.own)] += piece.share * weighted.T @ piece.gamma @ weighted
    return whole


def score_filling(model: Model, x: Array) -> Array:
    """Return the mean cross-product of casewise scores (q, q); whole clusters where there are any."""
    whole = np.zeros((model.q, model.q))
    groups, found = model.sample.groups, []
    for structure, group in zip(model.structures, groups, strict=True):
        mean, cov = structure.moments(x[structure.free])
        by_case = scores(structure, group, mean if structure.means else group.mean, cov)
        found.append(by_case @ structure.vector_jacobian(x[structure.free]))
    if _shared(groups):
        return _over_groups(model, found)
    for structure, group, by_case in zip(model.structures, groups, found, strict=True):
        own = structure.free
        whole[np.ix_(own, own)] += group.n / model.sample.n * crossed(by_case, group)
    return whole


def _shared(groups: Sequence[GroupSample]) -> bool:
    """Whether any cluster has people in more than one group."""
    if any(group.clusters is None for group in groups):
        return False
    each = [np.unique(group.clusters) for group in groups]
    return len(np.unique(np.concatenate(each))) < sum(map(len, each))


def _over_groups(model: Model, found: Sequence[Array]) -> Array:
    """Return the same where clusters reach across groups: all scores of a cluster are summed first."""
    groups = model.sample.groups
    _, at = np.unique(np.concatenate([group.clusters for group in groups]), return_inverse=True)
    sums = np.zeros((int(at.max()) + 1, model.q))
    first = 0
    for structure, by_case in zip(model.structures, found, strict=True):
        np.add.at(sums, np.ix_(at[first : first + len(by_case)], structure.free), by_case)
        first += len(by_case)
    return sums.T @ sums * (len(sums) / (len(sums) - 1)) / model.sample.n
