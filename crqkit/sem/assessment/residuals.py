"""What a fitted model leaves unexplained: residuals of the moments, and explained variance of each variable."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.sem.data import missing
from crqkit.sem.data.casewise import gamma_normal
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.discrepancy import SquaresPart, normal_weight
from crqkit.sem.estimation.errors import invert
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.model import sample_gamma
from crqkit.sem.estimation.pieces import crossed, scores
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]
EXACT = 0.01  # a residual that varies by less than this share of its moment is fitted exactly, but for rounding
COLUMNS = ["group", "lhs", "op", "rhs", "observed", "implied", "residual", "correlation", "se", "z"]


def residuals(fit: Any, *, largest: int | None = None) -> pd.DataFrame:
    """Return the difference between what was observed and what the model implies, moment by moment.

    Parameters
    ----------
    fit : Fit
        A model with its estimates.
    largest : int, optional
        Only so many, by size of z (of the correlation where there is no z).

    Returns
    -------
    DataFrame
        ``group lhs op rhs observed implied residual correlation se z``, lavaan's `op`. ``residual``: observed less
        implied. ``correlation``: in units of the sample's standard deviations (Bentler 1995). ``z``: ``residual`` over
        its error ``se``; empty where the moment is fitted exactly or the estimates are not identified.

    Notes
    -----
    ``se`` from the covariance of the sample's moments, with what the estimates take up of it removed: by normal theory
    for ML and GLS, from fourth moments for MLM, MLR and least squares. As lavaan's `lavResiduals`, and right too where
    parameters are equal across groups, covariates are fixed or answers are missing (tests/reference/sem).

    References
    ----------
    Bentler 1995, EQS Structural Equations Program Manual; Hausman 1978, Econometrica 46:1251-1271; Maydeu-Olivares
    2017, Structural Equation Modeling 24:583-598.
    """
    found: Estimate = getattr(fit, "estimate", fit)
    spreads = _spreads(found)
    tables = [_table(found, number, spread) for number, spread in enumerate(spreads)]
    whole = pd.concat(tables, ignore_index=True)
    if largest is None:
        return whole
    size = whole["z"].abs() if whole["z"].notna().any() else whole["correlation"].abs()
    return whole.loc[size.sort_values(ascending=False, kind="stable").index[:largest]].reset_index(drop=True)


def residual_matrix(fit: Any, kind: str = "correlation") -> dict[str, pd.DataFrame]:
    """Return the residuals of the covariances as square tables, one a group; `kind` is a column of `residuals`."""
    found: Estimate = getattr(fit, "estimate", fit)
    whole = residuals(found)
    names = found.model.sample.names
    made = {}
    for label, rows in whole[whole["op"] == "~~"].groupby("group", sort=False):
        table = pd.DataFrame(np.nan, index=names, columns=names)
        for lhs, rhs, value in zip(rows["lhs"], rows["rhs"], rows[kind], strict=True):
            table.loc[lhs, rhs] = table.loc[rhs, lhs] = value
        made[str(label)] = table
    return made


def r_squared(fit: Any) -> pd.DataFrame:
    """Return the share of each explained variable's variance that the model explains: ``group variable r_squared``.

    As lavaan's ``lavInspect(fit, "rsquare")``; empty where a residual variance is negative, as a share cannot be above
    1. For ordered items it is that of the response behind the answer.
    """
    found: Estimate = getattr(fit, "estimate", fit)
    table, rows = found.model.table, []
    explained = set(table.loc[table["op"] == "=~", "rhs"]) | set(table.loc[table["op"] == "~", "lhs"])
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        x = found.x[structure.free]
        links, cov = structure.matrices(x)[1], structure.all_moments(x)[1]
        for name, at in structure.nodes.items():
            if name in explained:
                own, whole = links[at, at], cov[at, at]
                share = 1 - own / whole if whole > 0 and own >= 0 else np.nan
                rows.append({"group": group.label or "all", "variable": name, "r_squared": float(share)})
    return pd.DataFrame(rows, columns=["group", "variable", "r_squared"])


def _table(found: Estimate, number: int, se: Array | None) -> pd.DataFrame:
    """Return one group's residuals in the order of its vector of moments."""
    structure, group = found.model.structures[number], found.model.sample.groups[number]
    implied = structure.vector(found.x[structure.free])
    names = structure.observed
    if isinstance(structure, OrderedStructure):
        observed = group.ordinal.vector
        labels, scale = _ordered_labels(structure, group.cov)
    else:
        observed = structure.flat(group.mean, group.cov)
        sd = np.sqrt(np.diag(group.cov))
        rows, columns = pairs(structure.p)
        labels = [(name, "~1", "") for name in names] if structure.means else []
        labels += [(names[j], "~~", names[i]) for i, j in zip(rows, columns, strict=True)]
        scale = structure.flat(sd, np.outer(sd, sd))
    off = observed - implied
    se = np.full(len(off), np.nan) if se is None else se
    frame = pd.DataFrame(labels, columns=["lhs", "op", "rhs"])
    return frame.assign(
        group=group.label or "all",
        observed=observed,
        implied=implied,
        residual=off,
        correlation=off / scale,
        se=se,
        z=off / se,
    )[COLUMNS]


def _ordered_labels(structure: OrderedStructure, cov: Array) -> tuple[list[tuple[str, str, str]], Array]:
    names, sd = structure.observed, np.sqrt(np.diag(cov))
    labels = []
    for place, item in enumerate(structure.item):
        first = int(np.flatnonzero(structure.item == item)[0])
        labels.append(
            (names[item], "|", f"t{place - first + 1}") if structure.is_cut[place] else (names[item], "~1", "")
        )
    numeric = np.flatnonzero(~structure.ordered)
    labels += [(names[i], "~~", names[i]) for i in numeric]
    rows, columns = pairs(structure.p, diagonal=False)
    labels += [(names[j], "~~", names[i]) for i, j in zip(rows, columns, strict=True)]
    first_scale = np.where(structure.is_cut, 1.0, sd[structure.item])
    return labels, np.concatenate([first_scale, sd[numeric] ** 2, sd[rows] * sd[columns]])


def _spreads(found: Estimate) -> list[Array | None]:
    """Return the errors of each group's residuals.

    An error in the moments moves the estimates too: the residuals keep Q of it, Q = I - D (D'WD)^-1 D'W.
    """
    model = found.model
    structures, x, tangent = _opened(found)
    groups, n = model.sample.groups, model.sample.n
    made = [_weight_and_gamma(found, number) for number in range(len(structures))]
    jacobians = [structure.vector_jacobian(x[structure.free]) for structure in structures]
    inner, filling = np.zeros((len(x), len(x))), np.zeros((len(x), len(x)))
    for structure, group, by, (weight, gamma) in zip(structures, groups, jacobians, made, strict=True):
        at = np.ix_(structure.free, structure.free)
        inner[at] += group.n / n * by.T @ weight @ by
        filling[at] += group.n / n * by.T @ weight @ gamma @ weight @ by
    inverse = invert(tangent.T @ inner @ tangent)
    if inverse is None:
        return [None] * len(made)
    bread = tangent @ inverse @ tangent.T
    spread = bread @ filling @ bread
    errors: list[Array | None] = []
    for structure, group, by, (weight, gamma) in zip(structures, groups, jacobians, made, strict=True):
        at = np.ix_(structure.free, structure.free)
        # The group's own moments, what they move in the estimates, and what all groups move there.
        own = np.einsum("iq,qi->i", by, bread[at] @ by.T @ weight @ gamma)
        moved = np.einsum("iq,qr,ir->i", by, spread[at], by, optimize=True)
        variance = np.diag(gamma) / group.n + (moved - 2 * own) / n
        own_error = np.sqrt(np.diag(gamma) / group.n)
        error = np.sqrt(np.maximum(variance, 0))
        errors.append(np.where(error > EXACT * own_error, error, np.nan))
    return errors


def _opened(found: Estimate) -> tuple[list[Structure], Array, Array]:
    """Return structures, parameters and free directions with the moments of fixed covariates as parameters too.

    They vary from sample to sample as all moments do; the model only does not explain them.
    """
    model, plan = found.model, found.model.plan
    if not model.covariates:
        return model.structures, found.x, found.tangent
    given = np.flatnonzero(plan.exo)
    free = np.array(plan.free)
    free[given] = model.q + 1 + np.arange(len(given))
    values = found.values()[given]
    opened = replace(plan, free=free.tolist())
    structures = [Structure(rows, plan.observed, plan.latent, model.structures[0].means) for rows in opened.by_group]
    more = len(values)
    tangent = np.block(
        [
            [found.tangent, np.zeros((model.q, more))],
            [np.zeros((more, found.tangent.shape[1])), np.eye(more)],
        ]
    )
    return structures, np.concatenate([found.x, values]), tangent


def _weight_and_gamma(found: Estimate, number: int) -> tuple[Array, Array]:
    """Return the weight (k, k) of a group's moments and N times their covariance."""
    model, part = found.model, found.model.parts[number]
    structure, group = model.structures[number], model.sample.groups[number]
    robust = model.method.se.startswith("robust") and group.raw is not None
    if group.patterns is not None:
        at = structure.moments(found.x[structure.free])
        weight = missing.expected(group.patterns, *at) / group.n
        gamma = np.linalg.inv(weight)
        if robust:
            gamma = gamma @ crossed(scores(structure, group, *at), group) @ gamma
        return weight, gamma
    if isinstance(part, SquaresPart):
        weight = np.diag(part.weight) if part.weight.ndim == 1 else part.weight
    else:
        _, cov = structure.moments(found.x[structure.free])
        weight = normal_weight(np.linalg.inv(cov), structure.means)
    if group.ordinal is not None:
        return weight, group.ordinal.gamma
    if robust:
        return weight, sample_gamma(group, structure.means)
    gamma = gamma_normal(group.cov)
    return weight, gamma if structure.means else gamma[structure.p :, structure.p :]
