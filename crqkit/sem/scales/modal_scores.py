"""The most likely factor scores of persons who gave ordered answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base import say
from crqkit.base.problems import DataProblem, Fault, ModelProblem
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation.latent_response import OrderedStructure

Array = NDArray[Any]
FAR = 40.0  # stands for infinity on the scale of a normal variable
TINY = 1e-300
CLOSE = 1e-10
STEPS = 100
DEPENDENT = 1e-6  # a residual correlation above it is one


def scores(
    structure: OrderedStructure, x: Array, group: GroupSample, latent: list[str]
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return scores (n, k), their errors (n, k) and cautions.

    Numeric variables are taken as known: given them, factors and responses are normal. The responses are taken as
    independent given the factors and the numeric variables, as in lavaan.
    """
    if group.raw is None or group.ordinal is None:
        what = "scores of persons need their answers, and the model was fitted to moments"
        raise DataProblem(Fault(what, "Fit the model to the rows."))
    mean, cov = structure.all_moments(x)
    items, numeric = np.flatnonzero(structure.ordered), np.flatnonzero(~structure.ordered)
    factors = np.array([structure.nodes[name] for name in latent])
    low, high = _bounds(structure, x, group, items)
    values, errors = np.empty((len(group.raw), len(factors))), np.empty((len(group.raw), len(factors)))
    said: dict[str, None] = {}
    there = ~np.isnan(group.raw[:, numeric])
    patterns, which = np.unique(there, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows, known = np.flatnonzero(which.ravel() == number), numeric[pattern]
        both = np.concatenate([factors, items])
        pull = np.linalg.solve(cov[np.ix_(known, known)], cov[np.ix_(known, both)]).T
        around = mean[both] + (group.raw[np.ix_(rows, known)] - mean[known]) @ pull.T
        left = cov[np.ix_(both, both)] - pull @ cov[np.ix_(known, both)]
        k = len(factors)
        root, slope, spread, dependent = _given(left, k)
        if dependent:
            said[say("scores.caution.dependent")] = None
        level = around[:, k:]
        moved, posterior = _modes(slope, (low[rows] - level) / spread, (high[rows] - level) / spread)
        values[rows] = around[:, :k] + moved @ root.T
        errors[rows] = np.sqrt(np.maximum(np.einsum("ij,njk,ik->ni", root, posterior, root, optimize=True), 0))
    return values, errors, tuple(said)


def _bounds(structure: OrderedStructure, x: Array, group: GroupSample, items: Array) -> tuple[Array, Array]:
    """Return between which thresholds each answer lies (n, items); a missing one anywhere."""
    cuts = structure.cuts_at(x)
    low, high = (np.full((len(group.raw), len(items)), end) for end in (-np.inf, np.inf))
    for place, item in enumerate(items):
        answers = group.raw[:, item]
        seen = ~np.isnan(answers)
        edges = np.concatenate([[-np.inf], cuts[structure.item == item], [np.inf]])
        code = np.searchsorted(group.ordinal.levels[item], answers[seen])
        low[seen, place], high[seen, place] = edges[code], edges[code + 1]
    return low, high


def _given(left: Array, k: int) -> tuple[Array, Array, Array, bool]:
    """Return the factors' root, the responses' slopes on it in residual units, residual sds, and whether these relate.

    With the root, scores are searched on independent axes, and factors without variance of their own do no harm.
    """
    values, vectors = np.linalg.eigh(left[:k, :k])
    if values[0] < -1e-8 * max(values[-1], 1):
        raise ModelProblem("the covariance matrix of the factors is not proper", "Mend the model before scoring.")
    kept = values > 1e-10 * values[-1]
    root = vectors[:, kept] * np.sqrt(values[kept])
    slope = left[k:, :k] @ (vectors[:, kept] / np.sqrt(values[kept]))
    rest = left[k:, k:] - slope @ slope.T
    own = np.diag(rest)
    if (own <= 0).any():
        what = "an ordered item has no residual variance, so that persons have no scores"
        raise ModelProblem(what, "Look for a loading of 1 or more and mend the model.")
    spread = np.sqrt(own)
    relation = rest / np.outer(spread, spread) - np.eye(len(rest))
    return root, slope / spread[:, None], spread, bool((np.abs(relation) > DEPENDENT).any())


def _modes(slope: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Return the most likely standard normal scores (n, k) and the inverse curvature there (n, k, k).

    The log-posterior is concave, so Newton's steps, halved where they go too far, find its top.
    """
    z = np.zeros((len(low), slope.shape[1]))
    value, first, second = _log_likelihood(z, slope, low, high)
    for _ in range(STEPS):
        gradient = first @ slope - z
        curvature = np.einsum("jk,nj,jl->nkl", slope, -second, slope, optimize=True) + np.eye(z.shape[1])
        step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        if not step.size or np.abs(step).max() < CLOSE:
            break
        z, value, first, second = _climb(z, step, value, slope, low, high)
    return z, np.linalg.inv(curvature)


def _climb(z: Array, step: Array, value: Array, slope: Array, low: Array, high: Array) -> tuple[Array, ...]:
    share = np.ones(len(z))
    for _ in range(40):
        moved = z + share[:, None] * step
        found, first, second = _log_likelihood(moved, slope, low, high)
        worse = found < value - 1e-12 * np.abs(value)
        if not worse.any():
            break
        share[worse] /= 2
    return moved, found, first, second


def _log_likelihood(z: Array, slope: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Return log-posterior (n,), first and second derivatives (n, items) by the items' expected responses."""
    from scipy.special import ndtr

    from crqkit.stats.binormal import density

    expected = z @ slope.T
    upper, lower = np.clip(high - expected, -FAR, FAR), np.clip(low - expected, -FAR, FAR)
    # In the upper tail both probabilities are near 1: their mirror images keep all digits.
    turned = lower > 0
    between = np.where(turned, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    between = np.maximum(between, TINY)
    top, bottom = density(upper), density(lower)
    first = (bottom - top) / between
    second = (lower * bottom - upper * top) / between - first**2
    return np.log(between).sum(axis=1) - 0.5 * (z**2).sum(axis=1), first, second
