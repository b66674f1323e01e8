"""Reliability of the sum of ordered answers as they were given, not of the leanings behind them.

Green & Yang (2009), Psychometrika 74, 155-167.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.structure import STEP
from crqkit.sem.scales.composites import Parts, Scale, parts

Array = NDArray[Any]


def steps_of(structure: OrderedStructure, levels: tuple[Array, ...], scale: Scale) -> list[Array]:
    """Return by how much the answer to each item rises at each of its thresholds."""
    return [np.diff(levels[structure.observed.index(item)]) for item in scale.items]


def cuts_of(structure: OrderedStructure, x: Array, scale: Scale) -> list[Array]:
    """Return the thresholds of each item in units of its response."""
    values = structure.vector(x)[..., : len(structure.item)]
    return [values[..., structure.item == structure.observed.index(item)] for item in scale.items]


def score_covariances(cuts: list[Array], steps: list[Array], correlations: Array) -> Array:
    """Return covariances (k, k) of ordered answers whose responses have these `correlations`.

    An answer is its lowest value plus a step at each threshold passed, so the covariance sums those of the passings.

    >>> score_covariances([np.zeros(1)] * 2, [np.ones(1)] * 2, np.array([[1.0, 0.5], [0.5, 1.0]])).round(4)
    array([[0.25  , 0.0833],
           [0.0833, 0.25  ]])
    """
    from scipy.special import ndtr

    from crqkit.stats.binormal import below

    k = len(cuts)
    cov = np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1):
            first, second = cuts[i][:, None], cuts[j][None, :]
            if correlations[i, j] >= 1:
                both = ndtr(np.minimum(first, second))
            else:
                both = below(first, second, np.asarray(correlations[i, j]))
            cov[i, j] = cov[j, i] = steps[i] @ (both - ndtr(first) * ndtr(second)) @ steps[j]
    return cov


def sum_slope(
    cuts: list[Array], steps: list[Array], correlations: Array, by_cut: list[Array], by_correlation: Array
) -> Array:
    """Return the derivatives (q,) of the sum of `score_covariances`.

    `by_cut` (q, thresholds) of each item and `by_correlation` (q, k, k) are the derivatives of what it is made of.
    """
    slope = np.zeros(len(by_correlation))
    for i in range(len(cuts)):
        for j in range(len(cuts)):
            at_cut, at_correlation = _slopes(cuts[i], cuts[j], correlations[i, j])
            # Each pair comes up from both sides, so the thresholds of the first item are enough.
            slope += 2 * by_cut[i] @ (steps[i] * (at_cut @ steps[j]))
            slope += by_correlation[:, i, j] * (steps[i] @ at_correlation @ steps[j])
    return slope


def _slopes(first: Array, second: Array, correlation: float) -> tuple[Array, Array]:
    """Return how P(both below) less the product of the margins moves with the first threshold and the correlation."""
    from scipy.special import ndtr

    from crqkit.stats.binormal import density

    a, b = first[:, None], second[None, :]
    if correlation >= 1:
        given = np.where(b > a, 1.0, np.where(b == a, 0.5, 0.0))
        return density(a) * (given - ndtr(b)), np.zeros(given.shape)
    root = np.sqrt((1 - correlation) * (1 + correlation))
    across = (b - correlation * a) / root
    return density(a) * (ndtr(across) - ndtr(b)), density(a) * density(across) / root


def omega_of_sum(
    structure: OrderedStructure, x: Array, scale: Scale, steps: list[Array], observed: Array | None = None
) -> float:
    """Return the share of the observed sum's variance that goes back to the factor.

    `observed` (k, k) holds polychoric correlations that take the place of the model's in the sum's variance. NaN where
    a correlation would be 1 or more.
    """
    made = parts(structure, x, scale)
    common, whole = correlations_of(made, observed)
    if not _proper(common, whole):
        return np.nan
    cuts = cuts_of(structure, x, scale)
    return float(score_covariances(cuts, steps, common).sum() / score_covariances(cuts, steps, whole).sum())


def correlations_of(made: Parts, observed: Array | None = None) -> tuple[Array, Array]:
    """Return the correlations (..., k, k) of responses as the factor makes them, and as all makes them."""
    common = made.loading[..., :, None] * made.loading[..., None, :] * made.variance[..., None, None]
    whole = np.array(made.cov if observed is None else observed)
    # An item's response is itself: its correlation is 1 and not 1 less rounding.
    whole[..., np.arange(whole.shape[-1]), np.arange(whole.shape[-1])] = 1.0
    return common, whole


def _proper(common: Array, whole: Array) -> bool:
    return bool((np.abs(common) < 1).all() and (np.abs(whole - np.eye(len(whole))) < 1).all())


def omega_slope(structure: OrderedStructure, x: Array, scale: Scale, steps: list[Array]) -> Array:
    """Return the derivatives (q,) of `omega_of_sum` without observed correlations."""
    common, whole = correlations_of(parts(structure, x, scale))
    cuts = cuts_of(structure, x, scale)
    stepped = x + 1j * STEP * np.eye(len(x))
    by_common, by_whole = (made.imag / STEP for made in correlations_of(parts(structure, stepped, scale)))
    by_cut = [np.broadcast_to(cut.imag / STEP, (len(x), cut.shape[-1])) for cut in cuts_of(structure, stepped, scale)]
    top, all_of_it = (score_covariances(cuts, steps, made).sum() for made in (common, whole))
    up = sum_slope(cuts, steps, common, by_cut, by_common)
    return up / all_of_it - top / all_of_it**2 * sum_slope(cuts, steps, whole, by_cut, by_whole)
