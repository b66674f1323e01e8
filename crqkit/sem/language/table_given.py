"""A parameter table that was given as a table: checked, completed, and otherwise left as it is."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crqkit.base.problems import ModelProblem, check_choice
from crqkit.sem.language.defaults import Roles, roles
from crqkit.sem.language.model_checks import check_columns
from crqkit.sem.language.syntax import Statement
from crqkit.sem.language.tokens import RELATIONS

COLUMNS = ("lhs", "op", "rhs", "user", "group", "free", "exo", "ustart", "label", "plabel")
OPERATORS = ("=~", "~", "~~", "~1", "|", "~*~", *RELATIONS)


def attributes(
    who: Roles, ordered: Sequence[str] | Mapping[str, int], groups: Sequence[str], means: bool, parameterization: str
) -> dict[str, Any]:
    """Return what the table's `.attrs` holds."""
    return {
        "ov": list(who.ov),
        "lv": list(who.lv),
        "ordered": list(ordered),
        "groups": [str(group) for group in groups],
        "meanstructure": means,
        "parameterization": parameterization,
    }


def completed(
    model: pd.DataFrame, groups: Sequence[str], parameterization: str, columns: Sequence[str] | None
) -> pd.DataFrame:
    """Return a copy of `model` with the columns it lacks and its free parameters counted anew.

    Where it has no column `plabel`, equal labels become equalities as in a model text.
    """
    lacking = [name for name in ("lhs", "op", "rhs") if name not in model.columns]
    if lacking:
        raise ModelProblem(f"the table of parameters has no column {', '.join(lacking)}", name=lacking[0])
    table = model.reset_index(drop=True).copy()
    for op in table["op"]:
        check_choice("op", op, OPERATORS)
    relation = table["op"].isin(RELATIONS)
    defaults = {"user": 1, "group": 1, "free": 1, "exo": 0, "ustart": math.nan, "label": ""}
    table = table.assign(**{name: value for name, value in defaults.items() if name not in table.columns})
    table["label"] = table["label"].fillna("")
    table.loc[relation, ["group", "free"]] = 0
    table["free"] = table["free"].ne(0).cumsum().where(table["free"].ne(0), 0).astype(int)
    empty = table[~relation & table["free"].eq(0) & table["exo"].eq(0) & table["ustart"].isna()]
    for row in empty.itertuples():
        name = f"{row.lhs}{row.op}{row.rhs}"
        raise ModelProblem(f"{name} is fixed, but at no value", "Give the value in the column ustart.", name=name)
    if "plabel" not in table.columns:
        table["plabel"] = [f".p{at + 1}." if not last else "" for at, last in enumerate(relation)]
        table = pd.concat([table, _equalities(table[~relation])], ignore_index=True)
    who = roles([Statement(row.lhs, row.op, row.rhs) for row in table[~table["op"].isin(RELATIONS)].itertuples()])
    if columns is not None:
        check_columns(who, columns)
    table = table[list(COLUMNS)]
    table.attrs = _attributes_of(table, who, groups, parameterization, model.attrs)
    return table


def _equalities(parameters: pd.DataFrame) -> pd.DataFrame:
    """Return a row ``==`` for each parameter whose label an earlier one has."""
    named = parameters[parameters["label"].ne("") & parameters["free"].ne(0)]
    first = named.groupby("label", sort=False)["plabel"].transform("first")
    later = first.ne(named["plabel"])
    fixed = {"op": "==", "user": 2, "group": 0, "free": 0, "exo": 0, "ustart": math.nan, "label": "", "plabel": ""}
    return pd.DataFrame({"lhs": first[later], "rhs": named.loc[later, "plabel"]}).assign(**fixed)


def _attributes_of(
    table: pd.DataFrame, who: Roles, groups: Sequence[str], parameterization: str, known: dict[str, Any]
) -> dict[str, Any]:
    count = int(table["group"].max())
    own = list(known.get("groups", []))
    if [*groups] == [""] and count > 1:
        groups = own or [str(g + 1) for g in range(count)]
    elif len(groups) != count or (len(own) == count > 1 and own != [*groups]):
        of = ", ".join(own) if own else f"{count} groups"
        what = f"the table is of {of}, the data of {', '.join(groups) or 'one group'}"
        raise ModelProblem(what, "Make the table for these groups, in the order of their first appearance.")
    ordered = dict.fromkeys(table.loc[table["op"] == "|", "lhs"])
    made = attributes(who, ordered, groups, bool((table["op"] == "~1").any()), parameterization)
    return {**known, **made}
