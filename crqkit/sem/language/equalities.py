"""What makes several groups: modifiers of each, equal parts, and what equality frees in later groups."""

import math
from collections.abc import Sequence
from typing import Any

from crqkit.base.problems import ModelProblem
from crqkit.sem.language.defaults import Draft, Roles, Wanted
from crqkit.sem.language.syntax import Statement


def free_by_equality(rows: Sequence[Draft], wanted: Wanted) -> None:
    """Free in a later group what equal loadings, intercepts or thresholds make estimable there."""
    equal = wanted.equal
    means = bool(equal & {"intercepts", "thresholds"}) and "means" not in equal
    spreads = wanted.std_lv and "loadings" in equal and "lv.variances" not in equal
    scales = "thresholds" in equal and not wanted.theta
    residuals = "thresholds" in equal and wanted.theta and "residuals" not in equal
    for row in rows:
        latent = row.lhs in wanted.who.lv
        freed = (
            (means and latent and row.op == "~1")
            or (spreads and latent and row.variance)
            or (scales and row.op == "~*~")
            or (residuals and row.variance and row.lhs in wanted.ordered)
        )
        if freed and not row.user:
            row.release()


def modify(rows: Sequence[Draft], g: int, wanted: Wanted) -> None:
    """Put the modifiers of the text on the rows of group `g`, counted from 0."""
    for row, statement in zip(rows, wanted.formulas, strict=False):
        fixed, start, label = (_value(statement, kind, g, wanted.groups) for kind in ("fixed", "start", "label"))
        if fixed is not None:
            row.release() if math.isnan(fixed) else row.fix(fixed)
        if start is not None:
            row.ustart = start
        row.label = label or ""


def _value(statement: Statement, kind: str, g: int, groups: int) -> Any:
    values = getattr(statement, kind)
    if len(values) > 1 and len(values) != groups:
        counted = f"{groups} groups" if groups > 1 else "one group"
        what = f"{statement.name}: {len(values)} modifiers of the kind '{kind}', but {counted}"
        raise ModelProblem(what, name=statement.name, line=statement.line)
    return values[g if len(values) > 1 else 0] if values else None


def _part(row: Draft, who: Roles) -> str:
    """Return the part of `group_equal` that a row belongs to; none has moments of covariates."""
    latents = (row.lhs in who.lv) + (row.rhs in who.lv)
    if row.lhs in who.x:
        return ""
    if row.op == "~1":
        return "means" if latents else "intercepts"
    if row.op == "~~" and row.variance:
        return "lv.variances" if latents else "residuals"
    if row.op == "~~":
        return ("residual.covariances", "", "lv.covariances")[latents]
    return {"=~": "loadings", "|": "thresholds", "~": "regressions"}.get(row.op, "")


def equate_groups(by_group: Sequence[Sequence[Draft]], wanted: Wanted, partial: set[str]) -> None:
    """Give one label to what `group_equal` holds equal; what is fixed in one group is fixed in all."""
    for at, same in enumerate(zip(*by_group, strict=True)):
        first = same[0]
        free = f"{first.lhs}{first.op}{first.rhs}" in partial
        if free:
            _set_free(same, wanted)
        if free or _part(first, wanted.who) not in wanted.equal or any(row.label for row in same):
            continue
        fixed = next((row.ustart for row in same if not row.free), None)
        for row in same:
            if fixed is None:
                row.label = f".p{at + 1}."
            else:
                row.fix(fixed)


def _set_free(same: Sequence[Draft], wanted: Wanted) -> None:
    """Estimate in later groups the residual variance that the theta parameterization else fixes at 1."""
    first = same[0]
    if wanted.theta and "thresholds" in wanted.equal and first.variance and first.lhs in wanted.ordered:
        for row in same[1:]:
            if not row.user:
                row.release()


def equate_named(by_group: Sequence[Sequence[Draft]], wanted: Wanted) -> None:
    """Give the terms with ``equal("f=~x2")`` the label of the parameter they name; ``.g2`` is that of group 2."""
    names = {}
    for g, rows in enumerate(by_group):
        for at, row in enumerate(rows):
            place = (row, f".p{g * len(rows) + at + 1}.")
            names[f"{row.lhs}{row.op}{row.rhs}.g{g + 1}"] = place
            names.setdefault(f"{row.lhs}{row.op}{row.rhs}", place)
    for g, rows in enumerate(by_group):
        for row, statement in zip(rows, wanted.formulas, strict=False):
            name = (_value(statement, "equal", g, wanted.groups) or "").replace(" ", "")
            if name and name not in names:
                what = f'{statement.name}: equal("{name}") names no parameter of the model'
                raise ModelProblem(what, name=name, line=statement.line)
            if name:
                target, plabel = names[name]
                target.label = row.label = target.label or plabel
