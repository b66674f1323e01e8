"""A parameter table as model text for lavaan and for semopy, to run the same model there."""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from crqkit.base.problems import ModelProblem
from crqkit.sem.language.defaults import default_rows, roles
from crqkit.sem.language.expressions import Expression
from crqkit.sem.language.syntax import Statement
from crqkit.sem.language.tokens import NAME, RELATIONS

AUTOMATIC = re.compile(r"\.p\d+\.")
RESERVED = {"start", "inf", "nan", "infinity"}


def to_lavaan(table: pd.DataFrame) -> str:
    """Return model text that gives the same model in lavaan, and here.

    Every parameter is written out, fixed ones with their value, except moments of covariates with ``exo`` 1: run it
    with ``fixed.x = TRUE`` and the same groups, ordered items and parameterization.

    Raises
    ------
    ModelProblem : a parameter is not in every group.

    >>> from crqkit.sem.language.table import parameter_table
    >>> print(to_lavaan(parameter_table("y ~ a*x; t := a^2")))
    y ~ NA*x + a*x
    y ~~ NA*y
    t := a^2
    """
    rows, relations = _split(table)
    labels = _labels(rows, relations)
    groups = sorted({row.group for row in rows})
    places: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        if not row.exo:
            places.setdefault((row.lhs, row.op, row.rhs), []).append(row)
    lines = []
    for (lhs, op, rhs), same in places.items():
        name = f"{lhs}{op}{rhs}"
        if [row.group for row in same] != groups:
            raise ModelProblem(f"{name} is not in every group", "Fix it at 0 where it is not wanted.", name=name)
        sign, term = ("~", "1") if op == "~1" else (op, rhs)
        lines.append(f"{lhs} {sign} " + " + ".join(f"{modifier}*{term}" for modifier in _modifiers(same, labels)))
    lines += _absent(rows)
    return "\n".join(lines + _relation_lines(relations, labels, {":=": ":=", "==": "==", "<": "<", ">": ">"}))


def _split(table: pd.DataFrame) -> tuple[list[Any], list[Any]]:
    rows = list(table.fillna({"label": ""}).itertuples(index=False))
    return [row for row in rows if row.op not in RELATIONS], [row for row in rows if row.op in RELATIONS]


def _labels(rows: Sequence[Any], relations: Sequence[Any]) -> dict[str, str]:
    """Return the label to write for each plabel: one for what is equal, and for what a relation names."""
    root = {row.plabel: row.plabel for row in rows}
    for equal in relations:
        if equal.user == 2:
            # All that hung on the later one hangs on the earlier one now.
            old, new = root[equal.rhs], root[equal.lhs]
            root = {plabel: new if top == old else top for plabel, top in root.items()}
    sides = [side for r in relations if r.user != 2 for side in ((r.rhs,) if r.op == ":=" else (r.lhs, r.rhs))]
    named = {name for side in sides for name in Expression(side).names}
    tied = {root[equal.rhs] for equal in relations if equal.user == 2}
    own = {row.plabel: "" if AUTOMATIC.fullmatch(row.label) else row.label for row in rows}
    taken = {label for label in own.values() if label} | {r.lhs for r in relations if r.op == ":="}
    shared: dict[str, str] = {}
    first: dict[str, str] = {}
    made = {}
    for row in rows:
        top, label = root[row.plabel], own[row.plabel]
        # Two with one label that nothing holds equal must not be equal there.
        if label and row.free and first.setdefault(label, top) != top:
            label = ""
        if label:
            shared.setdefault(top, label)
        elif top in tied or row.plabel in named:
            label = shared.setdefault(top, _new(f"p{row.plabel.strip('.p')}", taken))
        made[row.plabel] = label
    return made


def _new(label: str, taken: set[str]) -> str:
    while label in taken:
        label += "_"
    taken.add(label)
    return label


def _modifiers(same: Sequence[Any], labels: Mapping[str, str]) -> list[str]:
    """Return the modifiers of one parameter over the groups: fixed or free, start value, label."""
    found = [_vector(["NA" if row.free else _number(row.ustart) for row in same])]
    starts = [row.ustart if row.free else math.nan for row in same]
    if not all(map(math.isnan, starts)):
        found.append(f"start({_vector(['NA' if math.isnan(start) else _number(start) for start in starts])})")
    written = [labels[row.plabel] for row in same]
    if any(written):
        plain = all(re.fullmatch(NAME, label) for label in written)
        found.append(_vector(written if plain else [f'"{label}"' for label in written]))
    return found


def _vector(values: Sequence[str]) -> str:
    return values[0] if len(set(values)) == 1 else f"c({', '.join(values)})"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _absent(rows: Sequence[Any]) -> list[str]:
    """Return what would be added by default and is not in the table, fixed so that it stays away."""
    statements = [Statement(row.lhs, row.op, row.rhs) for row in rows if not row.exo]
    there = {(row.op, *sorted((row.lhs, row.rhs))) for row in rows}
    thresholds = {row.lhs: 0 for row in rows if row.op == "|"}
    means = any(row.op == "~1" for row in rows)
    added = default_rows(roles(statements), thresholds, means, fixed_x=True)
    missing = [row for row in added if (row.op, *sorted((row.lhs, row.rhs))) not in there and not row.exo]
    term = {"~1": "~ 0*1", "~*~": "~*~ 1*{}", "~~": "~~ 0*{}"}
    return [f"{row.lhs} {term[row.op].format(row.rhs)}" for row in missing]


def _relation_lines(relations: Sequence[Any], labels: Mapping[str, str], signs: Mapping[str, str]) -> list[str]:
    """Return constraints and definitions, with labels for plabels; equalities that labels say already are left out."""

    def renamed(side: str) -> str:
        return re.sub(NAME, lambda name: labels.get(name[0], name[0]), side)

    lines = [f"{r.lhs} {signs[r.op]} {renamed(r.rhs)}" for r in relations if r.op == ":="]
    for r in relations:
        left, right = renamed(r.lhs), renamed(r.rhs)
        if r.op != ":=" and left != right:
            lines.append(f"{left} {signs[r.op]} {right}")
    return lines


def to_semopy(table: pd.DataFrame) -> str:
    """Return model text for ``semopy.Model``; start values are left out.

    Raises
    ------
    ModelProblem : naming what semopy cannot express: several groups, thresholds and scales, means that are not free
        for every variable, a factor with no fixed loading, definitions.

    >>> from crqkit.sem.language.table import parameter_table
    >>> print(to_semopy(parameter_table("f =~ x1 + x2 + x3")))
    f =~ 1*x1
    f =~ p2*x2
    f =~ p3*x3
    x1 ~~ x1
    x2 ~~ x2
    x3 ~~ x3
    f ~~ f
    """
    rows, relations = _split(table)
    _check_semopy(rows, relations)
    labels = _semopy_labels(rows, relations)
    latents, explained, explaining = _sides(rows)
    ends = explained - explaining - latents
    lines = []
    for row in rows:
        # Between a variable at an end and one that is not, semopy has no covariance, so none to fix at 0.
        apart = row.op == "~~" and (row.lhs in ends) != (row.rhs in ends)
        if not (row.exo or row.op == "~1" or apart):
            modifier = labels[row.plabel] if row.free else f"{float(row.ustart):.15g}".replace("e+", "e")
            lines.append(f"{row.lhs} {row.op} {modifier}{'*' if modifier else ''}{row.rhs}")
    there = {frozenset((row.lhs, row.rhs)) for row in rows if row.op == "~~"}
    who = roles([Statement(row.lhs, row.op, row.rhs) for row in rows if row.op != "~1"])
    pairs = [*combinations(who.lv_x, 2), *combinations([name for name in who.ov if name not in explained], 2)]
    lines += [f"{one} ~~ 0*{other}" for one, other in pairs if frozenset((one, other)) not in there]
    constraints = _relation_lines(relations, labels, {"==": "=", "<": "<", ">": ">"})
    return "\n".join([*lines, *(f"CONSTRAINT({line})" for line in constraints)])


def _sides(rows: Sequence[Any]) -> tuple[set[str], set[str], set[str]]:
    """Return latents, what is explained, and what explains by a path."""
    latents = {row.lhs for row in rows if row.op == "=~"}
    explained = {row.lhs for row in rows if row.op == "~"} | {row.rhs for row in rows if row.op == "=~"}
    return latents, explained, {row.rhs for row in rows if row.op == "~"}


def _check_semopy(rows: Sequence[Any], relations: Sequence[Any]) -> None:
    def refuse(name: str, what: str) -> None:
        raise ModelProblem(f"{name}: semopy cannot express {what}", "lavaan can: see to_lavaan.", name=name)

    latents, explained, explaining = _sides(rows)
    ends = explained - explaining - latents
    for row in rows:
        name = f"{row.lhs}{row.op}{row.rhs}"
        if row.group > 1:
            refuse(f"{name} in group {row.group}", "several groups in one model")
        if row.op in ("|", "~*~"):
            refuse(name, "thresholds and scales of ordered items")
        usual = row.exo or (not row.label and (row.ustart == 0 if row.lhs in latents else row.free))
        if row.op == "~1" and not usual:
            refuse(name, "means other than one free for each observed variable")
        odd = next((one for one in (row.lhs, row.rhs) if one.startswith(".")), "")
        if odd:
            refuse(odd, "a name that begins with a dot")
        alone = next((one for one in (row.lhs, row.rhs) if one and one not in latents | explained | explaining), "")
        if alone:
            refuse(alone, "a variable that has no loading and no path")
        if row.op == "~~" and (row.lhs in ends) != (row.rhs in ends) and (row.free or row.ustart):
            refuse(name, "a covariance of an indicator or a last outcome with another variable")
    scaled = {row.lhs for row in rows if row.op == "=~" and not row.free}
    for latent in sorted(latents - scaled):
        # semopy 2.3.11 never comes back from looking for the loading that gives the scale.
        refuse(latent, "a factor with no fixed loading")
    for r in relations:
        if r.op == ":=":
            refuse(f"{r.lhs}{r.op}{r.rhs}", "definitions")


def _semopy_labels(rows: Sequence[Any], relations: Sequence[Any]) -> dict[str, str]:
    """Return the labels, written so that semopy takes them for names and nothing else."""
    labels = _labels(rows, relations)
    named = {name for r in relations if r.user != 2 for side in (r.lhs, r.rhs) for name in Expression(side).names}
    taken = {label for label in labels.values() if re.fullmatch(r"\w+", label)}
    written: dict[str, str] = {}
    for label in dict.fromkeys(labels.values()):
        if label:
            # In a constraint a label such as `beta` or `I` would be a function or a number.
            odd = label.lower() in RESERVED or label in named or not re.fullmatch(r"[^\W\d]\w*", label)
            written[label] = _new("p_" + re.sub(r"\W", "_", label), taken) if odd else label
    made = {plabel: written.get(label, "") for plabel, label in labels.items()}
    for row in rows:
        # semopy fixes the first loading that has neither value nor label.
        if row.op == "=~" and row.free and not made[row.plabel]:
            made[row.plabel] = _new(f"p{row.plabel.strip('.p')}", taken)
    return {**{label: new for label, new in written.items() if label not in made}, **made}
