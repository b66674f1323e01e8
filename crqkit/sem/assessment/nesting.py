"""Whether one model is nested in another, and where in the freer one the tighter one's estimates lie.

A model is nested where the freer one can reproduce every moment that the tighter one implies (Bentler & Satorra 2010,
Psychological Methods 15, 111-123): that is looked for, so parameters need not have the same names.
"""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import ModelProblem
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.estimate import Estimate, row_values
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]
SAME = 1e-4  # moments in units of their variables' spread that differ by less are the same
LONGEST = 60


def check_comparable(found: Sequence[Estimate], names: Sequence[str]) -> None:
    """Raise `ModelProblem` unless all estimates are about the same answers, by the same method, and converged."""
    first = found[0].model
    for one, name in zip(found, names, strict=True):
        model = one.model
        if not one.optimum.converged:
            raise ModelProblem(f"the search of {name} did not come to rest", "Mend that model first.", name=name)
        _check_variables(first, model, names[0], name)
        _check_answers(first, model, names[0], name)
        ours, theirs = first.method, model.method
        if (ours.fit, ours.test, ours.likelihood) != (theirs.fit, theirs.test, theirs.likelihood):
            what = f"{names[0]} was fitted by {ours.name} (test {ours.test}), {name} by {theirs.name} ({theirs.test})"
            raise ModelProblem(what, "Fit both by one estimator.", name=name)


def _check_variables(first: Model, model: Model, one: str, other: str) -> None:
    ours, theirs = set(first.sample.names), set(model.sample.names)
    if ours != theirs:
        alone = ", ".join(sorted(ours ^ theirs))
        mend = "Keep every variable in both, and hold what is left out at 0, as in y ~ 0*x."
        raise ModelProblem(f"not in both {one} and {other}: {alone}", mend, name=alone)
    if set(first.covariates) != set(model.covariates):
        alone = ", ".join(sorted(set(first.covariates) ^ set(model.covariates)))
        mend = "Give both the same fixed_x, and hold a path at 0 rather than leave it out."
        raise ModelProblem(f"a fixed covariate in {one} or {other} only: {alone}", mend, name=alone)
    if first.has_means != model.has_means:
        raise ModelProblem(f"only one of {one} and {other} has means", "Fit both with meanstructure=True.", name=other)


def _check_answers(first: Model, model: Model, one: str, other: str) -> None:
    ours, theirs = first.sample, model.sample
    order = [theirs.names.index(name) for name in ours.names]
    what = ""
    if [group.label for group in ours.groups] != [group.label for group in theirs.groups]:
        what = "other groups"
    elif [group.n for group in ours.groups] != [group.n for group in theirs.groups]:
        what = "another number of people"
    elif not all(_same(a, b, order) for a, b in zip(ours.groups, theirs.groups, strict=True)):
        what = "other answers"
    if what:
        mend = "Fit both to the same table, and treat missing answers in the same way."
        raise ModelProblem(f"{one} and {other} are about {what}", mend, name=other)


def _same(ours: Any, theirs: Any, order: list[int]) -> bool:
    # Moments of incomplete answers come from a search, which ends a little elsewhere in another order of the items.
    sd = np.sqrt(np.diag(ours.cov))
    means = np.abs(ours.mean - theirs.mean[order]) / sd
    spread = np.abs(ours.cov - theirs.cov[np.ix_(order, order)]) / np.outer(sd, sd)
    same_clusters = (ours.clusters is None) == (theirs.clusters is None)
    return same_clusters and max(means.max(), spread.max()) < SAME


def restricted_point(freer: Estimate, tighter: Estimate) -> tuple[Array, bool]:
    """Return the freer model's parameters that imply the tighter one's moments, and whether there are any."""
    wide, narrow = freer.model, tighter.model
    target = _vector(narrow, tighter.x)[_order(wide, narrow)]
    scale = np.concatenate([_spread(s, g.cov) for s, g in zip(wide.structures, wide.sample.groups, strict=True)])
    best, gap = freer.x, np.inf
    for start in (by_name(freer, tighter), freer.x):
        x, off = _reproduce(wide, start, target, scale)
        if off < gap:
            best, gap = x, off
        if gap < SAME:
            break
    return best, bool(gap < SAME)


def by_name(freer: Estimate, tighter: Estimate) -> Array:
    """Return the freer model's parameters with the tighter one's values, where both have a parameter of this name."""
    plan = tighter.model.plan
    keys = zip(plan.lhs, plan.op, plan.rhs, plan.group, strict=True)
    values = dict(zip(keys, row_values(tighter.model, tighter.x), strict=True))
    x, own = freer.x.copy(), freer.model.plan
    for lhs, op, rhs, group, free in zip(own.lhs, own.op, own.rhs, own.group, own.free, strict=True):
        value = values.get((lhs, op, rhs, group), values.get((rhs, op, lhs, group), np.nan) if op == "~~" else np.nan)
        if free and np.isfinite(value):
            x[free - 1] = value
    return x


def _reproduce(model: Model, x: Array, target: Array, scale: Array) -> tuple[Array, float]:
    """Return the parameters whose moments come nearest to `target`, and the largest gap, by Gauss-Newton steps."""
    origin, basis = model.restrictions.basis
    x = origin + basis @ np.linalg.lstsq(basis, x - origin, rcond=None)[0]
    off = (target - _vector(model, x)) / scale
    for _ in range(LONGEST):
        along = basis @ np.linalg.lstsq(jacobian(model, x) @ basis / scale[:, None], off, rcond=None)[0]
        length, before = 1.0, float(off @ off)
        while length > 1e-4:
            new = (target - _vector(model, x + length * along)) / scale
            if float(new @ new) < before:
                break
            length /= 2
        else:
            break
        x, off = x + length * along, new
        if before - float(off @ off) < 1e-12 * before or np.abs(off).max() < SAME * 1e-5:
            break
    # A restriction that is curved may have been left on the way.
    bent = [abs(float(np.real(curve.value(x)))) for curve in model.restrictions.curved]
    return x, max(float(np.abs(off).max()), *bent, 0.0) if np.isfinite(off).all() else np.inf


def tangents(freer: Estimate, tighter: Estimate) -> tuple[Array, Array]:
    """Return the directions in which each model's moments can move at its own estimates (k, r), in one order."""
    wide, narrow = freer.model, tighter.model
    other = jacobian(narrow, tighter.x)[_order(wide, narrow)] @ tighter.tangent
    return jacobian(wide, freer.x) @ freer.tangent, other


def _vector(model: Model, x: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.concatenate([structure.vector(x[structure.free]) for structure in model.structures])


def jacobian(model: Model, x: Array) -> Array:
    """Return the derivatives of all groups' moments by all free parameters (k, q)."""
    blocks = [(structure.free, structure.vector_jacobian(x[structure.free])) for structure in model.structures]
    whole = np.zeros((sum(len(block) for _, block in blocks), model.q))
    at = 0
    for own, block in blocks:
        whole[at : at + len(block), own] = block
        at += len(block)
    return whole


def _order(wide: Model, narrow: Model) -> NDArray[np.intp]:
    """Return where each moment of `wide` stands among those of `narrow`: items may come in another order."""
    names = [(g, name) for g, structure in enumerate(narrow.structures) for name in _moment_names(structure)]
    place = {name: i for i, name in enumerate(names)}
    return np.array(
        [place[g, name] for g, structure in enumerate(wide.structures) for name in _moment_names(structure)],
        dtype=np.intp,
    )


def _moment_names(structure: Structure) -> list[Hashable]:
    names = structure.observed
    if isinstance(structure, OrderedStructure):
        first: list[Hashable] = [
            (names[item], at - structure._first[names[item]]) for at, item in enumerate(structure.item)
        ]
        first += [frozenset([name]) for name, ordered in zip(names, structure.ordered, strict=True) if not ordered]
        rows, columns = pairs(structure.p, diagonal=False)
    else:
        first = [(name, 0) for name in names] if structure.means else []
        rows, columns = pairs(structure.p)
    return [*first, *(frozenset((names[i], names[j])) for i, j in zip(rows, columns, strict=True))]


def _spread(structure: Structure, cov: Array) -> Array:
    """Return the unit in which each moment is compared."""
    sd = np.sqrt(np.diag(cov))
    if not isinstance(structure, OrderedStructure):
        return structure.flat(sd, np.outer(sd, sd))
    sd = np.where(structure.ordered, 1.0, sd)
    rows, columns = pairs(structure.p, diagonal=False)
    numeric = np.flatnonzero(~structure.ordered)
    return np.concatenate([sd[structure.item], sd[numeric] ** 2, sd[rows] * sd[columns]])
