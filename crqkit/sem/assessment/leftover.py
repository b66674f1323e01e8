"""What the model leaves unexplained, in units a reader can judge: RMR, SRMR and their kin."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.sample import GroupSample
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]


class Sides(NamedTuple):
    """Observed and implied moments of one group: means or thresholds (m,), covariances (p, p).

    `place` (m,) says whose variable each mean or threshold is.
    """

    means: Array
    implied_means: Array
    cov: Array
    implied_cov: Array
    place: NDArray[np.intp]


def sides(structure: Structure, group: GroupSample, own: Array) -> Sides:
    """Return both sides; behind ordered items stand responses with variance 1."""
    if isinstance(structure, OrderedStructure) and group.ordinal is not None:
        scales = structure.residual_scales(own)
        _, cov = structure.moments(own)
        cov = cov * np.outer(scales, scales)
        # Beside thresholds lavaan leaves the means of numeric variables out.
        cuts = np.flatnonzero(structure.is_cut)
        observed, implied = group.ordinal.vector[cuts], structure.vector(own)[cuts]
        return Sides(observed, implied, group.cov, cov, structure.item[cuts])
    mean, cov = structure.moments(own)
    every = np.arange(structure.p)
    if not structure.means:
        mean, observed, every = np.zeros(0), np.zeros(0), every[:0]
    else:
        observed = group.mean
    return Sides(observed, mean, group.cov, cov, every)


def residual_measures(found: Estimate) -> dict[str, float]:
    """Return RMR, SRMR (Bentler 1995; as in Mplus) and CRMR (Bollen 1989), with and without means.

    Groups are averaged by their share of the persons. With ordered items SRMR leaves the thresholds out.
    """
    model = found.model
    whole: dict[str, float] = {}
    for structure, group in zip(model.structures, model.sample.groups, strict=True):
        one = _of_group(sides(structure, group, found.x[structure.free]))
        for name, value in one.items():
            whole[name] = whole.get(name, 0.0) + group.n / model.sample.n * value
    if model.ordered:
        whole["srmr"] = whole["srmr_bentler_nomean"]
        whole["wrmr"] = float(np.sqrt(len(model.structures) * found.test.chisq / model.moments))
        whole = {name: value for name, value in whole.items() if "mplus" not in name}
    return whole


def _of_group(both: Sides) -> dict[str, float]:
    rows, columns = pairs(len(both.cov))
    off = rows != columns
    sd, implied_sd = np.sqrt(np.diag(both.cov)), np.sqrt(np.abs(np.diag(both.implied_cov)))
    raw = (both.cov - both.implied_cov)[rows, columns]
    bentler = raw / (sd[rows] * sd[columns])
    correlation = (both.cov / np.outer(sd, sd) - both.implied_cov / np.outer(implied_sd, implied_sd))[rows, columns]
    mplus = np.where(off, correlation, bentler)
    own, implied_own = sd[both.place], implied_sd[both.place]
    mean = both.means - both.implied_means
    mean_bentler = mean / own
    mean_correlation = both.means / own - both.implied_means / implied_own
    return {
        "rmr": _root_mean(raw, mean),
        "rmr_nomean": _root_mean(raw),
        "srmr": _root_mean(bentler, mean_bentler),
        "srmr_bentler": _root_mean(bentler, mean_bentler),
        "srmr_bentler_nomean": _root_mean(bentler),
        "crmr": _root_mean(correlation[off], mean_bentler),
        "crmr_nomean": _root_mean(correlation[off]),
        "srmr_mplus": _root_mean(mplus, mean_correlation),
        "srmr_mplus_nomean": _root_mean(mplus),
    }


def _root_mean(*parts: Array) -> float:
    joined = np.concatenate(parts)
    return float(np.sqrt(np.mean(joined**2))) if len(joined) else 0.0
