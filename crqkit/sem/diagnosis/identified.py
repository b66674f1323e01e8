"""Whether the moments fix the parameters: at any values, or only not at those found.

The rank of the Jacobian of the moments at values drawn at random tells of the model itself (Bekker, Merckens &
Wansbeek 1994, Identification, Equivalent Models and Computer Algebra); at the estimates, of these answers too.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.restrictions import Restrictions, null_space

Array = NDArray[Any]
DRAWS = 2  # a draw can hit a special place by chance; two hardly do
GENERIC = 1e-8  # smallest singular value, against the largest, that counts at random values
HERE = 3e-5  # at the estimates: its square is what the errors of the estimates allow for
INVOLVED = 1e-3  # share of an undetermined direction below which a parameter has no part in it


def undetermined_anywhere(model: Model) -> tuple[int, list[int]]:
    """Return how many parameters there are too many, whatever the answers, and which are involved (from 0)."""
    rng = np.random.default_rng(1)
    draws = []
    for _ in range(DRAWS):
        x = _onto(model.restrictions, _random(model, rng))
        draws.append(_undetermined(model, x, _directions(model.restrictions, x), GENERIC))
    return min(draws, key=lambda draw: draw[0])


def undetermined_here(found: Estimate) -> tuple[int, list[int]]:
    """Return the same at the estimates."""
    return _undetermined(found.model, found.x, found.tangent, HERE)


def _undetermined(model: Model, x: Array, tangent: Array, tolerance: float) -> tuple[int, list[int]]:
    if not tangent.shape[1]:
        return 0, []
    blocks = []
    for structure in model.structures:
        block = np.zeros((len(structure.vector(x[structure.free])), model.q))
        block[:, structure.free] = structure.vector_jacobian(x[structure.free])
        blocks.append(block)
    by = np.concatenate(blocks) @ tangent
    if not np.isfinite(by).all():
        return 0, []
    size = np.linalg.norm(by, axis=0)
    size[size == 0] = 1.0
    _, values, right = np.linalg.svd(by / size)
    rank = int((values > tolerance * values[0]).sum())
    missing = by.shape[1] - rank
    part = np.linalg.norm(tangent @ (right[rank:].T / size[:, None]), axis=1) if missing else np.zeros(model.q)
    scale = np.abs(tangent) @ (1 / size)
    part = part / np.where(scale > 0, scale, 1.0)
    return missing, [int(i) for i in np.flatnonzero(part > INVOLVED * max(part.max(), INVOLVED))]


def _random(model: Model, rng: np.random.Generator) -> Array:
    """Return parameters (q,) drawn so that all variances stay positive."""
    plan, x = model.plan, np.zeros(model.q)
    for lhs, op, rhs, free in zip(plan.lhs, plan.op, plan.rhs, plan.free, strict=True):
        if free:
            low, high = {"~~": (1, 2) if lhs == rhs else (-0.3, 0.3), "~*~": (0.8, 1.2)}.get(op, (0.3, 0.9))
            x[free - 1] = rng.uniform(low, high)
    return x


def _onto(restrictions: Restrictions, x: Array) -> Array:
    """Return the point near x that keeps the equalities."""
    origin, basis = restrictions.basis
    x = origin + basis @ np.linalg.lstsq(basis, x - origin, rcond=None)[0]
    for _ in range(20 if restrictions.curved else 0):
        off = np.array([float(np.real(curve.value(x))) for curve in restrictions.curved])
        jacobian = np.array([curve.gradient(x) for curve in restrictions.curved]) @ basis
        if not (np.isfinite(off).all() and np.isfinite(jacobian).all()):
            break
        x = x - basis @ np.linalg.lstsq(jacobian, off, rcond=None)[0]
    return x


def _directions(restrictions: Restrictions, x: Array) -> Array:
    """Return the directions (q, r) that equalities leave free; inequalities take none at a random place."""
    basis = restrictions.basis[1]
    if not restrictions.curved:
        return basis
    jacobian = np.array([curve.gradient(x) for curve in restrictions.curved]) @ basis
    return basis @ null_space(jacobian) if np.isfinite(jacobian).all() else basis
