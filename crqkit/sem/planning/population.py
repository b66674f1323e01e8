"""A population from a model text with values, or from a fitted model: what simulation and power start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base.problems import ModelProblem
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.structure import Structure
from crqkit.sem.language.plan import Row
from crqkit.sem.language.syntax import parse
from crqkit.sem.language.table import parameter_table

Array = NDArray[Any]


@dataclass(frozen=True)
class Population:
    """One group: its variables, observed then latent, and how they come about.

    `total` (v, v) carries residuals to variables, `links` (v, v) are covariances of residuals, `mean` (v,); `cuts`
    and `levels` say how the response behind an ordered item becomes an answer.
    """

    label: str
    observed: list[str]
    latent: list[str]
    total: Array
    links: Array
    mean: Array
    cuts: Mapping[str, Array]
    levels: Mapping[str, Array]

    @property
    def cov(self) -> Array:
        """Covariances of the observed variables (p, p)."""
        p = len(self.observed)
        return (self.total @ self.links @ self.total.T)[:p, :p]


def populations(
    model: Any,
    groups: Sequence[str] = ("",),
    *,
    ordered: Mapping[str, Sequence[float]] | None = None,
    standardized: bool = False,
    parameterization: str = "delta",
) -> list[Population]:
    """Return the population of each group.

    Parameters
    ----------
    model : str or Fit
        Text in which what is written has a value (``f =~ 0.7*x1 + 0.6*x2``), one for each group as ``c(0.7, 0.5)*x1``.
        What is not written: variances 1, the rest 0. Of a fit its estimates are taken.
    ordered : mapping, optional
        Cut points of ordered items; they can also be written: ``x1 | -1*t1 + 0*t2``. The response behind an ordered
        item has variance 1 (with ``theta`` its residual has).
    standardized : bool
        Choose the variances that are not written so that every variable has variance 1.

    Raises
    ------
    ModelProblem
        A written parameter has no value; variances come out negative.
    """
    if not isinstance(model, str):
        return _from_fit(getattr(model, "estimate", model))
    cuts = {item: list(values) for item, values in (ordered or {}).items()}
    lines = [f"{item} | {' + '.join(f'{v}*t{i + 1}' for i, v in enumerate(values))}" for item, values in cuts.items()]
    text = "\n".join([model, *lines])
    counts = pd.Series([s.lhs for s in parse(text) if s.op == "|"], dtype=object).value_counts().to_dict()
    table = parameter_table(
        text, groups=groups, meanstructure=True, fixed_x=False, ordered=counts, parameterization=parameterization
    )
    table = _with_values(table)
    found = []
    for number, label in enumerate(groups, 1):
        own = table[table["group"] == number]
        rows = [Row(r.lhs, r.op, r.rhs, -1, float(r.ustart)) for r in own.itertuples()]
        observed, latent = table.attrs["ov"], table.attrs["lv"]
        structure: Structure = Structure(rows, observed, latent, means=True)
        if counts:
            structure = OrderedStructure(rows, observed, latent, counts, parameterization)
        if standardized:
            _standardise(structure, own)
        levels = {item: np.arange(1.0, count + 2) for item, count in counts.items()}
        found.append(_population(label, structure, np.empty(0), latent, levels))
    return found


def _with_values(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a value for every parameter."""
    open_ = table["ustart"].isna() & table["group"].gt(0)
    lacking = table[open_ & table["user"].eq(1)]
    if len(lacking):
        names = list(dict.fromkeys(f"{r.lhs}{r.op}{r.rhs}" for r in lacking.itertuples()))
        what = f"a population needs a value for {', '.join(names)}"
        raise ModelProblem(what, "Write it in front, as in f =~ 0.7*x1.", name=names[0])
    variance = table["op"].eq("~~") & table["lhs"].eq(table["rhs"])
    usual = np.where(variance | table["op"].eq("~*~"), 1.0, 0.0)
    values = table["ustart"].where(~open_, usual)
    return table.assign(ustart=values)


def _standardise(structure: Structure, rows: pd.DataFrame) -> None:
    """Set the variances that were not written so that every variable has variance 1."""
    written = rows[rows["op"].eq("~~") & rows["lhs"].eq(rows["rhs"]) & rows["user"].eq(1)]["lhs"]
    at = np.array([i for name, i in structure.nodes.items() if name not in set(written)], dtype=int)
    links = structure.links.copy()
    links[at, at] = 0
    total = np.linalg.inv(np.eye(len(links)) - structure.paths)
    rest = 1 - np.diag(total @ links @ total.T)[at]
    structure.links[at, at] = np.linalg.solve(total[np.ix_(at, at)] ** 2, rest)


def _from_fit(found: Estimate) -> list[Population]:
    latent = found.model.table.attrs["lv"]
    made = []
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        levels = {}
        if isinstance(structure, OrderedStructure):
            known = group.ordinal.levels
            levels = {name: known[i] for i, name in enumerate(structure.observed) if structure.ordered[i]}
        made.append(_population(group.label, structure, found.x[structure.free], latent, levels, group.mean))
    return made


def _population(
    label: str,
    structure: Structure,
    x: Array,
    latent: list[str],
    levels: Mapping[str, Array],
    sample_mean: Array | None = None,
) -> Population:
    paths, links, _ = structure.matrices(x)
    total = np.linalg.inv(np.eye(len(paths)) - paths)
    mean, _ = structure.all_moments(x)
    if not structure.means and sample_mean is not None:
        mean = np.concatenate([sample_mean, np.zeros(len(latent))])
    cuts = {}
    if isinstance(structure, OrderedStructure):
        values = structure.cuts_at(x)
        cuts = {name: values[structure.item == structure.observed.index(name)] for name in levels}
    if np.linalg.eigvalsh(links)[0] < -1e-10:
        worst = [*structure.observed, *latent][int(np.argmin(np.diag(links)))]
        what = f"no population is like this: residual variances or covariances are not proper (look at {worst})"
        raise ModelProblem(what, "Lower the loadings, or write larger variances.", name=worst)
    for name, edges in cuts.items():
        if (np.diff(edges) <= 0).any():
            raise ModelProblem(f"{name}: the thresholds do not rise", "Order them from low to high.", name=name)
    return Population(label, structure.observed, list(latent), total, links, mean, cuts, levels)
