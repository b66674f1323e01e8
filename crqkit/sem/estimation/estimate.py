"""One run: the optimum, the errors of the estimates, the tests of model and baseline; each when first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.sample import Sample
from crqkit.sem.estimation import chisquare
from crqkit.sem.estimation.errors import covariance
from crqkit.sem.estimation.methods import Method
from crqkit.sem.estimation.model import Model, build
from crqkit.sem.estimation.optimise import Optimum, minimise
from crqkit.sem.language.plan import Plan, independence

Array = NDArray[Any]


@dataclass(frozen=True)
class Estimate:
    """A model at its optimum; all numbers about it derive from here."""

    model: Model
    optimum: Optimum

    @property
    def x(self) -> Array:
        """All free parameters (q,)."""
        return self.optimum.x

    @cached_property
    def tangent(self) -> Array:
        """Directions (q, r) that the restrictions leave free."""
        return self.model.restrictions.tangent(self.x)

    @cached_property
    def npar(self) -> int:
        """Free parameters after equalities."""
        return self.model.restrictions.count(self.x)

    @cached_property
    def df(self) -> int:
        """Moments less free parameters."""
        return self.model.moments - self.npar

    @cached_property
    def covariance(self) -> Array | None:
        """Covariance of the free parameters (q, q); None where they are not identified."""
        return covariance(self.model, self.x, self.tangent)

    @cached_property
    def test(self) -> chisquare.Test:
        """Test of exact fit."""
        return chisquare.test(self.model, self.x, self.tangent, self.df)

    @cached_property
    def baseline(self) -> "Estimate":
        """The independence model of the same data."""
        model = self.model
        return run(build(independence(model.plan, len(model.structures)), model.sample, model.method))

    def values(self) -> Array:
        """Return the value of each row of the parameter table; defined parameters and derived rows too."""
        return row_values(self.model, self.x)


def estimate(plan: Plan, sample: Sample, method: Method) -> Estimate:
    """Return the optimum of a plan on a sample."""
    return run(build(plan, sample, method))


def run(model: Model) -> Estimate:
    """Return the optimum of a model from its own start."""
    return Estimate(model, minimise(model, model.start, model.restrictions, model.plain_start))


def row_values(model: Model, x: Array) -> Array:
    """Return the value of each row of the table at x: free, fixed, derived and defined ones."""
    table = model.table
    free = table["free"].to_numpy()
    values = table["ustart"].to_numpy(float).copy()
    values[free > 0] = x[free[free > 0] - 1]
    if model.ordered and table.attrs["parameterization"] == "delta":
        # Residual variances of ordered items follow from their scale.
        ordered = table["lhs"].isin(table.attrs["ordered"]) & (table["lhs"] == table["rhs"]) & (table["op"] == "~~")
        values[ordered.to_numpy()] = np.nan
    elif model.ordered:
        # Scales follow from the residual variances.
        values[(table["op"] == "~*~").to_numpy()] = np.nan
    if np.isnan(values).any():
        _derived(model, x, values)
    defined = dict(model.restrictions.defined)
    for i in np.flatnonzero((table["op"] == ":=").to_numpy()):
        values[i] = float(np.real(defined[table["lhs"].iat[i]].value(x)))
    return values


def _derived(model: Model, x: Array, values: Array) -> None:
    """Fill in what follows from the rest: covariates' moments, residual variances and scales of ordered items."""
    table = model.table
    columns = (table[name].tolist() for name in ("lhs", "op", "rhs", "group"))
    found: dict[int, tuple[Array, Array, Array | None]] = {}
    for i, (lhs, op, rhs, group) in enumerate(zip(*columns, strict=True)):
        if not np.isnan(values[i]) or op not in ("~~", "~1", "~*~"):
            continue
        structure = model.structures[group - 1]
        if group not in found:
            own = x[structure.free]
            _, links, levels = structure.matrices(own)
            scales = structure.residual_scales(own) if hasattr(structure, "residual_scales") else None
            found[group] = links, levels, scales
        links, levels, scales = found[group]
        at = structure.nodes[lhs]
        if op == "~~":
            values[i] = links[at, structure.nodes[rhs]]
        elif op == "~1":
            values[i] = levels[at]
        elif scales is not None:
            values[i] = scales[at]
