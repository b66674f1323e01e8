"""The completely standardised solution: every variable, observed and latent, with variance 1."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.sem.estimation.estimate import row_values
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.structure import STEP
from crqkit.sem.language.plan import RELATIONS

Array = NDArray[Any]


def standardised(model: Model, x: Array) -> Array:
    """Return the standardised value of each row of the table; complex and stacked x (..., q) give (..., rows).

    A residual covariance becomes the correlation of the two residuals; a defined parameter is computed from
    standardised values.
    """
    table = model.table
    groups = table["group"].to_numpy()
    values = np.full((*x.shape[:-1], len(table)), np.nan, dtype=x.dtype)
    for number, structure in enumerate(model.structures, 1):
        at = np.flatnonzero((groups == number) & ~table["op"].isin(RELATIONS).to_numpy())
        own = x[..., structure.free]
        paths, links, levels = structure.matrices(own)
        total = np.linalg.inv(np.eye(len(structure.nodes)) - paths)
        variance = np.einsum("...ij,...jk,...ik->...i", total, links, total, optimize=True)
        sd, residual = _root(variance), _root(np.einsum("...ii->...i", links))
        nodes = structure.nodes
        ops, lhs, rhs = (table[name].to_numpy()[at] for name in ("op", "lhs", "rhs"))
        left = np.array([nodes[name] for name in lhs])
        right = np.array([nodes.get(name, 0) for name in rhs])
        for op in np.unique(ops):
            which = ops == op
            i, j, to = left[which], right[which], at[which]
            if op == "=~":
                values[..., to] = paths[..., j, i] * sd[..., i] / sd[..., j]
            elif op == "~":
                values[..., to] = paths[..., i, j] * sd[..., j] / sd[..., i]
            elif op == "~~":
                scale = np.where(i == j, variance[..., i], residual[..., i] * residual[..., j])
                values[..., to] = links[..., i, j] / np.where(scale == 0, np.nan, scale)
            elif op == "~1":
                values[..., to] = levels[..., i] / sd[..., i]
            elif op == "|":
                cuts = structure.cuts_at(own)
                places = [structure.place_of(a, b) for a, b in zip(lhs[which], rhs[which], strict=True)]
                values[..., to] = cuts[..., places] / sd[..., i]
            else:
                values[..., to] = 1.0
    return _defined(model, x, values)


def _root(variance: Array) -> Array:
    # A negative variance is reported by the diagnosis; its size still sets the scale.
    return np.sqrt(np.where(np.real(variance) < 0, -variance, variance))


def _defined(model: Model, x: Array, values: Array) -> Array:
    """Fill in the defined parameters."""
    table = model.table
    rows = np.flatnonzero((table["op"] == ":=").to_numpy())
    if not len(rows):
        return values
    by_name: dict[str, Any] = {}
    for i, (label, plabel) in enumerate(zip(table["label"], table["plabel"], strict=True)):
        for name in (label, plabel):
            if name:
                by_name.setdefault(name, values[..., i])
    for i in rows:
        name = table["lhs"].iat[i]
        curve = dict(model.restrictions.defined)[name]
        values[..., i] = by_name[name] = curve.expression.evaluate(by_name)
    return values


def solution(model: Model, x: Array, covariance: Array | None) -> pd.DataFrame:
    """Return the standardised estimates with delta-method errors, in the columns of `inference`."""
    est = standardised(model, x)
    se = np.full(len(est), np.nan)
    if covariance is not None and len(x):
        by = standardised(model, x + 1j * STEP * np.eye(len(x))).imag / STEP
        se = np.sqrt(np.maximum(np.einsum("qi,qr,ri->i", by, covariance, by, optimize=True), 0))
    keep = ~model.table["op"].isin(("==", "<", ">")).to_numpy()
    frame = model.table.loc[keep, ["lhs", "op", "rhs", "group"]].reset_index(drop=True)
    return inference(frame, est[keep], np.where(se[keep] < 1e-10, 0.0, se[keep]))


def inference(frame: pd.DataFrame, est: Array, se: Array, level: float = 0.95) -> pd.DataFrame:
    """Return `frame` with estimate, error, z, p-value and interval; a fixed value has error 0 and neither."""
    from scipy.stats import norm

    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0, est / se, np.nan)
    reach = norm.ppf((1 + level) / 2) * se
    return frame.assign(est=est, se=se, z=z, pvalue=2 * norm.sf(np.abs(z)), ci_lower=est - reach, ci_upper=est + reach)


def raw_solution(model: Model, x: Array, covariance: Array | None, level: float = 0.95) -> pd.DataFrame:
    """Return the estimates of every row: `lhs op rhs group label est se z pvalue ci_lower ci_upper`."""
    table = model.table
    est = row_values(model, x)
    free = table["free"].to_numpy()
    se = np.zeros(len(table))
    if covariance is None:
        se[free > 0] = np.nan
    else:
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        se[free > 0] = spread[free[free > 0] - 1]
    curves = dict(model.restrictions.defined)
    for i in np.flatnonzero((table["op"] == ":=").to_numpy()):
        by = curves[table["lhs"].iat[i]].gradient(x)
        se[i] = np.nan if covariance is None else np.sqrt(max(by @ covariance @ by, 0))
    keep = ~table["op"].isin(("==", "<", ">")).to_numpy()
    frame = table.loc[keep, ["lhs", "op", "rhs", "group", "label"]].reset_index(drop=True)
    return inference(frame, est[keep], se[keep], level)
