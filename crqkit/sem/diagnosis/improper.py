"""Estimates that cannot be: variances below zero, factors whose covariances cannot be, factors that are one."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base.cutoffs import CONFIDENCE, FACTORS_APART
from crqkit.base.messages import say
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.diagnosis.finding import CAUTION, STOP, Finding, finding, number, place
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.structure import STEP, Structure

Array = NDArray[Any]
ROUNDING = 1e-8  # variances and eigenvalues, in standard units, that are zero but for rounding


def covariance_of(found: Estimate) -> Array | None:
    """Return the covariance of the estimates; None where it cannot be had."""
    try:
        return found.covariance
    except np.linalg.LinAlgError:
        return None


def variances(found: Estimate, structure: Structure, group: GroupSample) -> Iterator[Finding]:
    """Yield variances and residual variances below zero, each with what its interval allows one to say."""
    x = found.x[structure.free]
    paths, links, _ = structure.matrices(x)
    if (np.diagonal(links) >= 0).all():
        return
    total = np.abs(np.diagonal(structure.all_moments(x)[1]))
    for name, i in structure.nodes.items():
        if links[i, i] >= -ROUNDING * total[i]:
            continue
        observed = i < structure.p
        code = "negative_residual_variance" if observed else "negative_lv_variance"
        # A factor that nothing explains has a variance, not a residual one.
        what = "lv" if not observed and not paths[i].any() else "residual"
        low, high = _interval(found, structure, lambda x, i=i: structure.matrices(x)[1][..., i, i])
        claim = "open" if np.isnan(low) else "chance" if high >= 0 else "beyond"
        yield finding(
            f"{code}.{claim}",
            group.label,
            f"{name} ~~ {name}",
            STOP,
            what=say(f"sem_find.variance.{what}"),
            name=place(name, group.label),
            estimate=number(links[i, i]),
            low=number(low),
            high=number(high),
        )


def _interval(found: Estimate, structure: Structure, pick: Callable[[Array], Array]) -> tuple[float, float]:
    """Return the delta-method interval of a function of a group's parameters; NaN where it has none."""
    from scipy.special import ndtri

    covariance, own = covariance_of(found), structure.free
    if covariance is None:
        return np.nan, np.nan
    x = found.x[own]
    by = pick(x + 1j * STEP * np.eye(len(x))).imag / STEP
    variance = float(by @ covariance[np.ix_(own, own)] @ by)
    if not variance > 0:
        return np.nan, np.nan
    reach = float(ndtri((1 + float(CONFIDENCE)) / 2)) * variance**0.5
    value = float(pick(x))
    return value - reach, value + reach


def factors(found: Estimate, structure: Structure, group: GroupSample) -> Iterator[Finding]:
    """Yield factors that cannot be, together, and pairs that are hardly two."""
    names = list(structure.nodes)[structure.p :]
    if len(names) < 2:
        return
    x = found.x[structure.free]
    cov = structure.all_moments(x)[1][structure.p :, structure.p :]
    sd = np.sqrt(np.abs(np.diagonal(cov)))
    sd[sd == 0] = 1.0
    values, vectors = np.linalg.eigh(cov / np.outer(sd, sd))
    if values[0] < -ROUNDING:
        part = np.abs(vectors[:, 0])
        involved = ", ".join(name for name, size in zip(names, part, strict=True) if size > 0.3 * part.max())
        yield finding("lv_cov_not_pd", group.label, involved, STOP, names=place(involved, group.label))
    size = np.abs(cov / np.outer(sd, sd))
    near = np.argwhere(np.tril(size > float(FACTORS_APART), -1))
    if not len(near):
        return
    # What measures another factor is meant to go along with it; what does so from the start is fixed to.
    meant = structure.paths[structure.p :, structure.p :] != 0
    meant[tuple(index - structure.p for index in _loadings(structure, found, names))] = True
    start = structure.all_moments(found.model.start[structure.free])[1][structure.p :, structure.p :]
    spread = np.sqrt(np.abs(np.diagonal(start)))
    for i, j in near:
        fixed = np.abs(start[i, j]) >= (1 - ROUNDING) * spread[i] * spread[j]
        if meant[i, j] or meant[j, i] or fixed or cov[i, i] <= 0 or cov[j, j] <= 0:
            continue
        yield _pair(found, structure, group, (names[j], names[i]))


def _loadings(structure: Structure, found: Estimate, names: list[str]) -> tuple[Array, Array]:
    """Return rows and columns of the paths by which factors measure other factors."""
    plan = found.model.plan
    rows = [
        (structure.nodes[rhs], structure.nodes[lhs])
        for lhs, op, rhs in zip(plan.lhs, plan.op, plan.rhs, strict=True)
        if op == "=~" and rhs in names
    ]
    rows_, columns = np.array(rows, dtype=np.intp).reshape(-1, 2).T
    return rows_, columns


def _pair(found: Estimate, structure: Structure, group: GroupSample, pair: tuple[str, str]) -> Finding:
    i, j = (structure.nodes[name] for name in pair)

    def correlation(x: Array) -> Array:
        cov = structure.all_moments(x)[1]
        return cov[..., i, j] / np.sqrt(cov[..., i, i] * cov[..., j, j])

    value = float(correlation(found.x[structure.free]))
    low, high = _interval(found, structure, correlation)
    beyond = abs(value) >= 1
    return finding(
        f"lv_correlation_near_one.{'beyond' if beyond else 'near'}",
        group.label,
        f"{pair[0]} ~~ {pair[1]}",
        STOP if beyond else CAUTION,
        first=pair[0],
        second=place(pair[1], group.label),
        estimate=number(value, 4),
        low=number(low, 4),
        high=number(high, 4),
    )
