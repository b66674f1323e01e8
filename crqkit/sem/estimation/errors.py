"""The covariance matrix of the estimates: from the information, or from a sandwich."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.pieces import crossed, pieces, scores

Array = NDArray[Any]


def invert(matrix: Array) -> Array | None:
    """Return the inverse of an information matrix, None where it is not positive definite in any practical sense."""
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
    for structure, group in zip(model.structures, model.sample.groups, strict=True):
        own = structure.free
        mean, cov = structure.moments(x[own])
        by_case = scores(structure, group, mean if structure.means else group.mean, cov)
        inner = crossed(by_case @ structure.vector_jacobian(x[own]), group)
        whole[np.ix_(own, own)] += group.n / model.sample.n * inner
    return whole
