"""From model text and options to the parameter table: one row a parameter, group by group, as lavaan does it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from crqkit.base.problems import check_choice
from crqkit.sem.language.defaults import Draft, Wanted, default_rows, fix_by_default, roles
from crqkit.sem.language.equalities import equate_groups, equate_named, free_by_equality, modify
from crqkit.sem.language.model_checks import check_columns, check_partial, check_relations, check_statements
from crqkit.sem.language.syntax import Statement, parse
from crqkit.sem.language.table_given import COLUMNS, attributes, completed
from crqkit.sem.language.tokens import RELATIONS

PRESETS = ("cfa", "sem", "growth")
PARAMETERIZATIONS = ("delta", "theta")
GROUP_EQUAL = (
    "loadings",
    "intercepts",
    "means",
    "thresholds",
    "regressions",
    "residuals",
    "residual.covariances",
    "lv.variances",
    "lv.covariances",
)
NEED_MEANS = {"intercepts", "means", "thresholds"}


def parameter_table(
    model: str | pd.DataFrame,
    *,
    preset: str = "sem",
    groups: Sequence[str] = ("",),
    meanstructure: bool | None = None,
    fixed_x: bool = True,
    std_lv: bool = False,
    orthogonal: bool = False,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    ordered: Mapping[str, int] | None = None,
    parameterization: str = "delta",
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the parameters of a model, with lavaan's defaults and in lavaan's order.

    Parameters
    ----------
    model : lavaan model text; or a table as this function returns, which is completed and otherwise left as it is.
    preset : ``cfa`` and ``sem`` have the same defaults; ``growth`` fixes intercepts and frees latent means.
    groups : labels of the groups, in their order.
    meanstructure : None switches means on where the preset, the text, `group_equal`, ordered items or several groups
        need them; with missing data the caller says True.
    group_equal : parts held equal over groups, such as ``("loadings", "intercepts")``; what that makes estimable in
        later groups (latent means, with `std_lv` latent variances, scales of ordered items) is freed there.
    group_partial : parameters that stay free nevertheless: ``["f=~x3", "x2~1"]``.
    ordered : ordered items and how many thresholds each has.
    columns : columns of the data, if the names of the model are to be checked.

    Returns
    -------
    DataFrame : ``lhs op rhs user group free exo ustart label plabel``; the rows of ``:= == < >`` stand last with
        group 0. `.attrs` holds ``ov lv ordered groups meanstructure parameterization``.

    Raises
    ------
    ModelProblem : the text cannot be read; a variable is unknown, stands twice or points at itself.
    ChoiceProblem : an option has no such value.

    >>> parameter_table("f =~ x1 + x2 + x3")[["lhs", "op", "rhs", "free", "ustart"]].head(2)
      lhs  op rhs  free  ustart
    0   f  =~  x1     0     1.0
    1   f  =~  x2     1     NaN
    """
    columns_of, about = table_columns(
        model,
        preset=preset,
        groups=groups,
        meanstructure=meanstructure,
        fixed_x=fixed_x,
        std_lv=std_lv,
        orthogonal=orthogonal,
        group_equal=group_equal,
        group_partial=group_partial,
        ordered=ordered,
        parameterization=parameterization,
        columns=columns,
    )
    table = pd.DataFrame(columns_of)
    table.attrs = about
    return table


def table_columns(
    model: str | pd.DataFrame,
    *,
    preset: str = "sem",
    groups: Sequence[str] = ("",),
    meanstructure: bool | None = None,
    fixed_x: bool = True,
    std_lv: bool = False,
    orthogonal: bool = False,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    ordered: Mapping[str, int] | None = None,
    parameterization: str = "delta",
    columns: Sequence[str] | None = None,
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return the columns of `parameter_table` and its attributes without the cost of a DataFrame."""
    check_choice("preset", preset, PRESETS)
    check_choice("parameterization", parameterization, PARAMETERIZATIONS)
    for part in group_equal:
        check_choice("group_equal", part, GROUP_EQUAL)
    if isinstance(model, pd.DataFrame):
        table = completed(model, groups, parameterization, columns)
        return {name: table[name].tolist() for name in COLUMNS}, dict(table.attrs)
    statements = parse(model)
    who = roles(statements)
    thresholds = {item: ordered[item] for item in who.ov if item in ordered} if ordered else {}
    check_statements(statements, who, thresholds, fixed_x)
    if columns is not None:
        check_columns(who, columns)
    equal = set(group_equal) if len(groups) > 1 else set()
    if thresholds and equal & {"intercepts", "thresholds"}:
        # Thresholds are to an ordered item what the intercept is to a numeric one: groups share both or neither.
        equal |= {"intercepts", "thresholds"}
    wanted = Wanted(
        statements=statements,
        who=who,
        groups=len(groups),
        ordered=thresholds,
        equal=frozenset(equal),
        means=_needs_means(statements, preset, meanstructure, equal, bool(thresholds), len(groups)),
        growth=preset == "growth",
        std_lv=std_lv,
        theta=parameterization == "theta",
    )
    by_group = _groups(wanted, fixed_x, orthogonal)
    equate_groups(by_group, wanted, check_partial(group_partial, by_group[0]))
    equate_named(by_group, wanted)
    found = _assembled([row for rows in by_group for row in rows], statements)
    return found, attributes(who, wanted.ordered, groups, wanted.means, parameterization)


def _needs_means(
    statements: Sequence[Statement], preset: str, asked: bool | None, equal: set[str], ordered: bool, groups: int
) -> bool:
    if preset == "growth" or ordered or equal & NEED_MEANS or any(s.op == "~1" for s in statements):
        return True
    return groups > 1 if asked is None else asked


def _groups(wanted: Wanted, fixed_x: bool, orthogonal: bool) -> list[list[Draft]]:
    """Return the rows of each group: those of the text, then those that lavaan adds."""
    order = {name: at for at, name in enumerate([*wanted.who.lv, *wanted.who.ov])}
    first = []
    for s in wanted.statements:
        if s.op in RELATIONS:
            continue
        # A covariance stands in the order of the variables, latents first.
        turned = s.op == "~~" and order[s.rhs] < order[s.lhs]
        first.append(Draft(s.rhs, s.op, s.lhs, user=1) if turned else Draft(s.lhs, s.op, s.rhs, user=1))
    there = {(row.op, *sorted((row.lhs, row.rhs))) for row in first}
    added = default_rows(wanted.who, wanted.ordered, wanted.means, fixed_x)
    first += [row for row in added if (row.op, *sorted((row.lhs, row.rhs))) not in there]
    fix_by_default(first, wanted.who, wanted.ordered, growth=wanted.growth, std_lv=wanted.std_lv, orthogonal=orthogonal)
    by_group = [[replace(row, group=g) for row in first] for g in range(1, wanted.groups + 1)]
    for g, rows in enumerate(by_group):
        if g:
            free_by_equality(rows, wanted)
        modify(rows, g, wanted)
    return by_group


def _assembled(rows: Sequence[Draft], statements: Sequence[Statement]) -> dict[str, list[Any]]:
    """Return the columns of the table, with the equalities that labels make."""
    relations = []
    for label in dict.fromkeys(row.label for row in rows if row.label):
        same = [at for at, row in enumerate(rows) if row.label == label]
        fixed = next((rows[at].ustart for at in same if not rows[at].free), None)
        if fixed is None:
            relations += [(f".p{same[0] + 1}.", "==", f".p{at + 1}.", 2, "") for at in same[1:]]
        else:
            for at in same:
                rows[at].fix(fixed)
    written = [s for s in statements if s.op in RELATIONS]
    labels = {row.label for row in rows} | {f".p{at + 1}." for at in range(len(rows))}
    check_relations(written, labels - {""})
    relations = [(s.lhs, s.op, s.rhs, 1, s.lhs if s.op == ":=" else "") for s in written] + relations
    records, free = [], 0
    for at, row in enumerate(rows):
        free += row.free
        number, exo = free if row.free else 0, int(row.exo)
        names = (row.lhs, row.op, row.rhs, row.user, row.group)
        records.append((*names, number, exo, row.ustart, row.label, f".p{at + 1}."))
    records += [(lhs, op, rhs, user, 0, 0, 0, math.nan, label, "") for lhs, op, rhs, user, label in relations]
    return dict(zip(COLUMNS, map(list, zip(*records, strict=True)), strict=True))
