"""The test of exact fit, plain and scaled for data that are not normal.

Satorra & Bentler (1994); Asparouhov & Muthén (2010), scaled and shifted; Yuan & Bentler (2000) as in Mplus.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data import missing
from crqkit.sem.estimation.errors import information, invert, score_filling
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.pieces import Piece, bread, crossed, modelled, pieces, scores

Array = NDArray[Any]


@dataclass(frozen=True)
class Test:
    """A chi-square; `factor` divides it and `shift` is added where it is scaled (1 and 0 otherwise).

    `factor_h0`, `factor_h1` are the two ingredients of the Yuan-Bentler factor.
    """

    __test__ = False  # no test of ours, whatever its name

    chisq: float
    df: int
    factor: float = 1.0
    shift: float = 0.0
    factor_h0: float = np.nan
    factor_h1: float = np.nan

    @property
    def scaled(self) -> float:
        """The scaled chi-square."""
        return self.chisq / self.factor + self.shift

    @property
    def mean_factor(self) -> float:
        """What divides the plain chi-square so that its mean is right."""
        return self.factor * (self.df - self.shift) / self.df if self.df else 1.0


def test(model: Model, x: Array, tangent: Array, df: int) -> Test:
    """Return the test of the model at x, scaled as its method says."""
    chisq = max(chisquare(model, x), 0.0)
    kind = model.method.test
    if kind == "standard" or df <= 0:
        return Test(chisq, df)
    if kind == "yuan.bentler.mplus":
        return _yuan_bentler(model, x, tangent, chisq, df)
    mean, square = traces(pieces(model, x), tangent)
    if kind == "satorra.bentler":
        return Test(chisq, df, mean / df)
    stretch = np.sqrt(df / square)
    return Test(chisq, df, 1 / stretch, df - stretch * mean)


def chisquare(model: Model, x: Array) -> float:
    """Return twice the discrepancy; with missing answers, against the unrestricted moments."""
    if any(group.patterns is not None for group in model.sample.groups):
        return 2 * (unrestricted_loglikelihood(model) - loglikelihood(model, x))
    return 2 * model.n * model.value(x)


def loglikelihood(model: Model, x: Array) -> float:
    """Return the normal log-likelihood of all groups at x."""
    total = 0.0
    for structure, group in zip(model.structures, model.sample.groups, strict=True):
        mean, cov = structure.moments(x[structure.free])
        total += _loglikelihood(group, mean if structure.means else group.mean, cov)
    return total


def unrestricted_loglikelihood(model: Model) -> float:
    """Return the normal log-likelihood at each group's own moments."""
    return sum(_loglikelihood(group, group.mean, group.cov) for group in model.sample.groups)


def _loglikelihood(group: Any, mean: Array, cov: Array) -> float:
    kept = group.patterns or missing.Patterns.from_moments(group.n, group.mean, group.cov)
    return missing.loglikelihood(kept, mean, cov)


def traces(parts: list[Piece], tangent: Array) -> tuple[float, float]:
    """Return tr(U Gamma) and tr((U Gamma)^2), U the weight with the model's own directions taken out."""
    size = tangent.shape[0]
    inner, filling, double = (np.zeros((size, size)) for _ in range(3))
    mean = square = 0.0
    for part in parts:
        at = np.ix_(part.own, part.own)
        spread = part.weighted(part.gamma)
        weighted = part.weighted(part.by)
        inner[at] += part.share * part.by.T @ weighted
        filling[at] += part.share * weighted.T @ part.gamma @ weighted
        double[at] += part.share * weighted.T @ part.gamma @ spread @ weighted
        mean += float(np.trace(spread))
        square += float((spread * spread.T).sum())
    inverse = np.linalg.pinv(tangent.T @ inner @ tangent)
    taken = inverse @ (tangent.T @ filling @ tangent)
    mean -= float(np.trace(taken))
    square += float((taken * taken.T).sum()) - 2 * float(np.trace(inverse @ (tangent.T @ double @ tangent)))
    return mean, square


def _yuan_bentler(model: Model, x: Array, tangent: Array, chisq: float, df: int) -> Test:
    inverse = invert(tangent.T @ information(model, x, "observed") @ tangent)
    if inverse is None:
        return Test(chisq, df, np.nan)
    model_trace = float(np.trace(inverse @ (tangent.T @ score_filling(model, x) @ tangent)))
    saturated_trace = saturated_moments_trace(model)
    factor = (saturated_trace - model_trace) / df
    return Test(chisq, df, factor, 0.0, model_trace / max(model.q, 1), saturated_trace / model.moments)


def saturated_moments_trace(model: Model) -> float:
    """Return tr(A^-1 B) of the unrestricted model, over the moments the model has to account for."""
    total = 0.0
    for structure, group in zip(model.structures, model.sample.groups, strict=True):
        keep = modelled(structure, model.covariates)
        inner = crossed(scores(structure, group, group.mean, group.cov)[:, keep], group)
        curvature = bread(structure, group, group.mean, group.cov)[np.ix_(keep, keep)]
        total += float(np.trace(np.linalg.solve(curvature, inner)))
    return total
