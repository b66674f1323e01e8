"""Fit measures under lavaan's names, each from its defining paper."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.sem.assessment.leftover import residual_measures
from crqkit.sem.data import missing
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation import chisquare
from crqkit.sem.estimation.chisquare import Test
from crqkit.sem.estimation.discrepancy import Part, SquaresPart, normal_weight
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.misfit import complete_misfit
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.pieces import modelled

Array = NDArray[Any]
NOTHING = 1e-3  # a chi-square that no test could tell from 0
CLOSE_FIT = 0.05  # RMSEA of close fit (Browne & Cudeck 1993)


def fit_measures(found: Estimate) -> dict[str, float]:
    """Return all fit measures that the estimator has, named as in lavaan's `fitMeasures`."""
    from scipy.stats import chi2

    model, test, base = found.model, found.test, found.baseline.test
    groups = len(model.structures)
    n = model.n
    measures: dict[str, float] = {"npar": found.npar, "chisq": test.chisq, "df": test.df}
    measures["pvalue"] = float(chi2.sf(test.chisq, test.df)) if test.df else np.nan
    measures |= {"baseline.chisq": base.chisq, "baseline.df": base.df}
    measures["baseline.pvalue"] = float(chi2.sf(base.chisq, base.df)) if base.df else np.nan
    measures |= incremental(test.chisq, test.df, base.chisq, base.df)
    if model.method.fit == "normal":
        measures |= _likelihood(found)
    measures |= rmsea(test.chisq, test.df, n, groups)
    measures |= residual_indices(found)
    measures["mfi"] = float(np.exp(-0.5 * (test.chisq - test.df) / n))
    if not model.ordered:
        measures["ecvi"] = test.chisq / n + 2 * found.npar / n
    if model.method.test != "standard":
        measures |= _scaled(test, base, n, groups) | _robust(found, n, groups)
        if model.method.test == "yuan.bentler.mplus":
            measures |= {"scaling.factor.h1": test.factor_h1, "scaling.factor.h0": test.factor_h0}
    elif any(group.patterns is not None for group in model.sample.groups):
        measures |= _robust(found, n, groups)
    if test.df < 0:
        # Without identification no number but these two means anything.
        return {name: value if name in ("npar", "df") else np.nan for name, value in measures.items()}
    return measures


def incremental(chisq: float, df: int, base: float, base_df: int) -> dict[str, float]:
    """Return indices against the baseline (Bentler 1990; Tucker & Lewis 1973; Bollen 1989)."""
    excess, base_excess = chisq - df, base - base_df
    worst = max(excess, base_excess, 0.0)
    ratio = base / base_df if base_df else np.nan
    return {
        "cfi": 1 - max(excess, 0.0) / worst if worst > 0 else 1.0,
        "tli": (ratio - chisq / df) / (ratio - 1) if df and ratio != 1 else 1.0,
        "nnfi": (ratio - chisq / df) / (ratio - 1) if df and ratio != 1 else 1.0,
        "rfi": (ratio - chisq / df) / ratio if df and ratio else 1.0,
        "nfi": (base - chisq) / base if base else np.nan,
        "ifi": (base - chisq) / (base - df) if base != df else np.nan,
        "rni": 1 - excess / base_excess if base_excess else np.nan,
    }


def rmsea(chisq: float, df: float, n: float, groups: int, level: float = 0.90) -> dict[str, float]:
    """Return RMSEA (Steiger 1998) with its interval and the p-value of close fit."""
    names = ("rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "rmsea.pvalue")
    if df == 0:
        return dict(zip(names, (0.0, 0.0, 0.0, np.nan), strict=True))
    if not df > 0 or not np.isfinite(chisq):
        return dict.fromkeys(names, np.nan)
    spread = np.sqrt(groups / (n * df))
    bounds = [spread * np.sqrt(noncentrality(chisq, df, 1 - tail)) for tail in ((1 - level) / 2, (1 + level) / 2)]
    close = n * df * CLOSE_FIT**2 / groups
    estimate = spread * np.sqrt(max(chisq - df, 0.0))
    return dict(zip(names, (estimate, *bounds, _beyond(chisq, df, close)), strict=True))


def _beyond(chisq: float, df: float, ncp: float) -> float:
    """Return the probability of a larger noncentral chi-square; scipy overflows next to 0."""
    from scipy.stats import ncx2

    return float(ncx2.sf(chisq, df, ncp)) if chisq > NOTHING else 1.0


def noncentrality(chisq: float, df: float, probability: float) -> float:
    """Return the noncentrality at which `chisq` has this cumulative probability; 0 if even 0 gives less."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    if chi2.cdf(chisq, df) < probability:
        return 0.0
    high = max(chisq, df) * 2 + 20
    while ncx2.cdf(chisq, df, high) > probability:
        high *= 2

    def above(ncp: float) -> float:
        below = ncx2.cdf(chisq, df, ncp) if ncp else chi2.cdf(chisq, df)
        return float(below) - probability

    return float(brentq(above, 0.0, high, xtol=1e-9))


def _likelihood(found: Estimate) -> dict[str, float]:
    """Return log-likelihoods and information criteria; the covariates' own likelihood is taken out."""
    model = found.model
    given = sum(_covariates_loglikelihood(group, model) for group in model.sample.groups)
    restricted = chisquare.loglikelihood(model, found.x) - given
    free = chisquare.unrestricted_loglikelihood(model) - given
    n, npar = model.sample.n, found.npar
    return {
        "logl": restricted,
        "unrestricted.logl": free,
        "aic": 2 * npar - 2 * restricted,
        "bic": np.log(n) * npar - 2 * restricted,
        "ntotal": n,
        "bic2": np.log((n + 2) / 24) * npar - 2 * restricted,
    }


def _covariates_loglikelihood(group: Any, model: Any) -> float:
    if not model.covariates:
        return 0.0
    at = [model.sample.names.index(name) for name in model.covariates]
    cov = group.cov[np.ix_(at, at)]
    return -0.5 * group.n * (len(at) * (np.log(2 * np.pi) + 1) + np.linalg.slogdet(cov)[1])


def residual_indices(found: Estimate) -> dict[str, float]:
    """Return what is left unexplained: SRMR and its kin, GFI with AGFI (Jöreskog & Sörbom; Tanaka & Huba 1985)."""
    model = found.model
    gfi = 0.0
    for part, group in zip(model.parts, model.sample.groups, strict=True):
        gfi += group.n / model.sample.n * _explained(part, group, found.x[part.structure.free], model)
    df = found.test.df
    return residual_measures(found) | {"gfi": gfi, "agfi": 1 - (size_of(model) / df) * (1 - gfi) if df else 1.0}


def _explained(part: Part, group: GroupSample, own: Array, model: Model) -> float:
    """Return the share of the weighted moments that the model reproduces."""
    structure = part.structure
    if isinstance(part, SquaresPart):
        target, weight = part.target, part.weight
    elif group.patterns is not None:
        # As lavaan has it: moments of whoever answered, weighed with what the gaps leave of the information.
        answers = pd.DataFrame(group.raw)
        target = structure.flat(answers.mean().to_numpy(), answers.cov().to_numpy() * (1 - 1 / group.n))
        weight = missing.expected(group.patterns, *structure.moments(own)) / group.n
    else:
        target = structure.flat(group.mean, group.cov)
        weight = normal_weight(np.linalg.inv(structure.moments(own)[1]), structure.means)
    off = target - structure.vector(own)
    if not model.ordered:
        keep = modelled(structure, model.covariates)
        off, target = off[keep], target[keep]
        weight = weight[keep] if weight.ndim == 1 else weight[np.ix_(keep, keep)]
    if weight.ndim == 1:
        return 1 - float((weight * off**2).sum() / (weight * target**2).sum())
    return 1 - float((off @ weight @ off) / (target @ weight @ target))


def size_of(model: Model) -> int:
    """Return the number of all sample moments, those of covariates among themselves counted too."""
    if model.ordered:
        return model.moments
    p = len(model.sample.names)
    return len(model.structures) * (p * (p + 1) // 2 + (p if model.has_means else 0))


def _scaled(test: Test, base: Test, n: float, groups: int) -> dict[str, float]:
    """Return the same indices from the scaled chi-squares."""
    from scipy.stats import chi2

    measures = {
        "chisq.scaled": test.scaled,
        "df.scaled": test.df,
        "pvalue.scaled": float(chi2.sf(test.scaled, test.df)) if test.df else np.nan,
        "chisq.scaling.factor": test.factor,
        "baseline.chisq.scaled": base.scaled,
        "baseline.df.scaled": base.df,
        "baseline.pvalue.scaled": float(chi2.sf(base.scaled, base.df)) if base.df else np.nan,
        "baseline.chisq.scaling.factor": base.factor,
    }
    against = incremental(test.scaled, test.df, base.scaled, base.df)
    # With a factor alone lavaan keeps the plain chi-square and stretches its degrees of freedom.
    shifted = test.shift != 0
    close = rmsea(test.scaled, test.df, n, groups) if shifted else rmsea(test.chisq, test.factor * test.df, n, groups)
    return measures | {f"{name}.scaled": value for name, value in (against | close).items()}


def _unproven(model: Model) -> bool:
    """Whether ordered items come in a way for which robust indices have no second source."""
    if not model.ordered:
        return False
    plan = model.plan
    rows = zip(plan.op, plan.lhs, plan.rhs, plan.free, strict=True)
    freed = any(free and lhs == rhs and lhs in plan.ordered for op, lhs, rhs, free in rows if op in ("~*~", "~~"))
    return freed or len(plan.ordered) < len(plan.observed)


def _robust(found: Estimate, n: float, groups: int) -> dict[str, float]:
    """Return CFI, TLI and RMSEA with the factors on the noncentrality, not on the chi-square.

    Brosseau-Liard, Savalei & Li (2012); Brosseau-Liard & Savalei (2014); Savalei (2018, 2021); Zhang & Savalei (2023).
    """
    if _unproven(found.model):
        return {}
    own, base = complete_misfit(found), complete_misfit(found.baseline)
    if not (own.factor > 0 and base.factor > 0):
        return {}
    df, base_df = found.test.df, found.baseline.test.df
    excess, base_excess = own.excess(df), base.excess(base_df)
    worst = max(excess, base_excess, 0.0)
    measures = {
        "cfi.robust": 1 - max(excess, 0.0) / worst if worst > 0 else 1.0,
        "tli.robust": 1 - (excess / df) / (base_excess / base_df) if df and base_excess else 1.0,
        "rni.robust": 1 - excess / base_excess if base_excess else np.nan,
    }
    scaled, stretch = rmsea(own.scaled, df, n, groups), np.sqrt(own.factor)
    for name in ("rmsea", "rmsea.ci.lower", "rmsea.ci.upper"):
        measures[f"{name}.robust"] = scaled[name] * stretch
    close = n * df * CLOSE_FIT**2 / groups / own.factor if df else np.nan
    measures["rmsea.pvalue.robust"] = _beyond(own.scaled, df, close) if df else np.nan
    return measures
