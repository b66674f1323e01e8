"""Parameters that a model leaves out: which there are, and the model with them in it."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.model import Model, build
from crqkit.sem.estimation.structure import Structure
from crqkit.sem.language.plan import RELATIONS, Plan

Array = NDArray[Any]


def candidates(table: pd.DataFrame) -> pd.DataFrame:
    """Return parameters that could be freed: `lhs op rhs group place`.

    Fixed ones first (`place` is their row of the table, -1 for what is not in it), then loadings of every factor on
    every indicator, covariances among indicators and among factors, and regressions among all variables that take
    part in one: the parameters that lavaan looks at. What concerns only fixed covariates is no part of the model.
    """
    rows = table[~table["op"].isin(RELATIONS)]
    held = rows[(rows["free"] == 0) & (rows["exo"] == 0) & rows["ustart"].notna()]
    if table.attrs["parameterization"] == "theta":
        held = held[held["op"] != "~*~"]
    fixed = held[["lhs", "op", "rhs", "group"]].assign(place=held.index)
    covariates = set(rows.loc[rows["exo"] == 1, "lhs"])
    others = []
    for group in range(1, len(table.attrs["groups"]) + 1):
        part = rows[rows["group"] == group]
        there = {_key(*one) for one in zip(part["lhs"], part["op"], part["rhs"], strict=True)}
        for new in _possible(part, table, covariates):
            if _key(*new) not in there:
                there.add(_key(*new))
                others.append((*new, group, -1))
    return pd.concat(
        [fixed, pd.DataFrame(others, columns=["lhs", "op", "rhs", "group", "place"])], ignore_index=True
    ).astype({"group": int, "place": int})


def _key(lhs: str, op: str, rhs: str) -> tuple[str, ...]:
    """Return what tells a parameter from others: a loading is the regression of the item on the factor."""
    if op == "=~":
        return "~", rhs, lhs
    return (op, *sorted((lhs, rhs))) if op == "~~" else (op, lhs, rhs)


def _possible(part: pd.DataFrame, table: pd.DataFrame, covariates: set[str]) -> list[tuple[str, str, str]]:
    factors = [name for name in table.attrs["lv"] if name in set(part["lhs"])]
    measured = set(part.loc[part["op"] == "=~", "rhs"])
    items = [name for name in table.attrs["ov"] if name in measured]
    found = [(factor, "=~", item) for factor in factors for item in items]
    for names in (items, factors):
        found += [(first, "~~", second) for i, first in enumerate(names) for second in names[i + 1 :]]
    formulas = part[part["op"] == "~"]
    involved = list(dict.fromkeys([*formulas["lhs"], *formulas["rhs"]]))
    found += [
        (left, "~", right)
        for left in involved
        for right in involved
        if left != right and not {left, right} <= covariates
    ]
    return found


def with_candidates(found: Estimate, rows: pd.DataFrame, covariates: bool = False) -> tuple[Model, Array]:
    """Return the model with `rows` of `candidates` free as well, and its parameters.

    The new parameters come last, at 0 or at their fixed value. With `covariates` the moments of fixed covariates are
    free, too, before them: what is regressed on something is no longer fixed.
    """
    model = found.model
    table = model.table.copy()
    if covariates:
        moved = np.flatnonzero((table["exo"] == 1).to_numpy())
        value = found.values()[moved]
        table.loc[table.index[moved], "exo"] = 0
    else:
        moved, value = np.empty(0, dtype=int), np.empty(0)
    place = rows["place"].to_numpy()
    inside = place >= 0
    at = np.zeros(len(rows))
    at[inside] = table["ustart"].to_numpy(float)[place[inside]]
    numbers = model.q + 1 + np.arange(len(moved) + len(rows))
    table.loc[table.index[[*moved, *place[inside]]], "free"] = [*numbers[: len(moved)], *numbers[len(moved) :][inside]]
    last = numbers[len(moved) :][~inside]
    new = rows.loc[~inside, ["lhs", "op", "rhs", "group"]].assign(
        user=0, free=last, exo=0, ustart=np.nan, label="", plabel=[f".new{i}." for i in last]
    )
    wider = pd.concat([table, new], ignore_index=True) if len(new) else table
    wider.attrs = dict(model.table.attrs)
    return build(Plan.of(wider), model.sample, model.method), np.concatenate([found.x, value, at])


def standardising(model: Model, x: Array, rows: pd.DataFrame) -> Array:
    """Return what a change of each parameter is multiplied by, latent variances 1 and all variances 1 (m, 2)."""
    spreads = [_spreads(structure, x[structure.free]) for structure in model.structures]
    factors = set(model.table.attrs["lv"])
    scales = np.ones((len(rows), 2))
    for at, (lhs, op, rhs, group) in enumerate(zip(rows["lhs"], rows["op"], rows["rhs"], rows["group"], strict=True)):
        sd, residual = spreads[group - 1]
        for column in (0, 1):
            # Standardising factors alone leaves observed variables as they are.
            left, right = (name in factors or column for name in (lhs, rhs))
            own = residual if op == "~~" and lhs != rhs else sd
            first, second = own[lhs] if left else 1.0, own.get(rhs, 1.0) if right else 1.0
            match op:
                case "=~":
                    scales[at, column] = first / second
                case "~":
                    scales[at, column] = second / first
                case "~~":
                    scales[at, column] = 1 / (first * second)
                case "~1" | "|":
                    scales[at, column] = 1 / first
    return scales


def _spreads(structure: Structure, own: Array) -> tuple[dict[str, float], dict[str, float]]:
    """Return standard deviations of all variables, and of what is left of them unexplained."""
    cov = structure.all_moments(own)[1]
    links = structure.matrices(own)[1]
    sd, residual = (np.sqrt(np.abs(np.diag(matrix))) for matrix in (cov, links))
    return dict(zip(structure.nodes, sd, strict=True)), dict(zip(structure.nodes, residual, strict=True))
