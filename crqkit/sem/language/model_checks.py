"""What can be wrong with a model before any number is computed; every message names the construct, path or item."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from crqkit.base.problems import ModelProblem
from crqkit.sem.language.defaults import Draft, Roles
from crqkit.sem.language.expressions import Expression
from crqkit.sem.language.syntax import Statement
from crqkit.sem.language.tokens import RELATIONS


def check_statements(statements: Sequence[Statement], who: Roles, ordered: Mapping[str, int], fixed_x: bool) -> None:
    """Raise `ModelProblem` for a term that stands twice or points at itself, or a threshold where none can be."""
    seen: dict[tuple[str, str, str], Statement] = {}
    for s in statements:
        if s.op in RELATIONS:
            continue
        if s.op in ("=~", "~") and s.lhs == s.rhs:
            what = "measured by itself" if s.op == "=~" else "regressed on itself"
            raise ModelProblem(f"{s.name}: '{s.lhs}' is {what}", name=s.name, line=s.line)
        left, right = sorted((s.lhs, s.rhs)) if s.op == "~~" else (s.lhs, s.rhs)
        before = seen.setdefault((left, s.op, right), s)
        if before is not s:
            what = f"{s.name} stands twice, in line {before.line} and in line {s.line}"
            mend = "Give all its modifiers in one formula: f =~ NA*x1 + a*x1."
            raise ModelProblem(what, mend, name=s.name, line=s.line)
        if s.op in ("|", "~*~"):
            _check_ordered(s, who, ordered)
    predictors = [name for name in who.x if name in ordered]
    if predictors and fixed_x:
        what = f"{_list(predictors)}: declared as ordered, but only predicts"
        raise ModelProblem(
            what, "Take a predictor as numbers, or as one 0/1 column for each answer.", name=predictors[0]
        )


def _check_ordered(s: Statement, who: Roles, ordered: Mapping[str, int]) -> None:
    if s.lhs in who.lv or s.lhs not in ordered:
        what = f"{s.name}: '{s.lhs}' is not an ordered item"
        raise ModelProblem(what, f"Name '{s.lhs}' among the ordered items.", name=s.lhs, line=s.line)
    if s.op == "|" and int(s.rhs[1:]) > ordered[s.lhs]:
        what = f"{s.name}: '{s.lhs}' has {ordered[s.lhs] + 1} answers, so its last threshold is t{ordered[s.lhs]}"
        raise ModelProblem(what, name=s.lhs, line=s.line)


def check_columns(who: Roles, columns: Iterable[str]) -> None:
    """Raise `ModelProblem` naming every variable that is no column, and every factor that is one."""
    have = [str(column) for column in columns]
    clash = [name for name in who.lv if name in have]
    if clash:
        what = f"{_list(clash)}: a factor cannot have the name of a column of the data"
        raise ModelProblem(what, "Rename the factor.", name=clash[0])
    unknown = [name for name in who.ov if name not in have]
    if unknown:
        what = "neither a column of the data nor a factor: " + ", ".join(_with_nearest(name, have) for name in unknown)
        mend = "Spell a column as in the data; give a factor its indicators with =~."
        raise ModelProblem(what, mend, name=unknown[0])


def check_partial(partial: Iterable[str], rows: Sequence[Draft]) -> set[str]:
    """Return the parameters that stay free, as written in `rows`; raise `ModelProblem` for one that is not there."""
    names = {f"{row.lhs}{row.op}{row.rhs}": f"{row.lhs}{row.op}{row.rhs}" for row in rows}
    names |= {f"{row.rhs}{row.op}{row.lhs}": f"{row.lhs}{row.op}{row.rhs}" for row in rows if row.op == "~~"}
    asked = [name.replace(" ", "") for name in partial]
    unknown = [name for name in asked if name not in names]
    if unknown:
        what = "group_partial names no parameter of the model: "
        what += ", ".join(_with_nearest(name, list(names)) for name in unknown)
        raise ModelProblem(what, "Write it as in the table, such as f=~x2 or x2~1.", name=unknown[0])
    return {names[name] for name in asked}


def check_relations(statements: Sequence[Statement], labels: Collection[str]) -> None:
    """Raise `ModelProblem` where a constraint or definition uses a name that is no label, or gives one twice."""
    defined: list[str] = []
    later = [s.lhs for s in statements if s.op == ":="]
    for s in statements:
        if s.op not in RELATIONS:
            continue
        sides = [s.rhs] if s.op == ":=" else [s.lhs, s.rhs]
        # A definition may use earlier ones only; a constraint may use any.
        known = [*labels, *(defined if s.op == ":=" else later)]
        unknown = [name for side in sides for name in Expression(side).names if name not in known]
        if unknown:
            what = f"{s.name}: no parameter has the label {', '.join(_with_nearest(n, known) for n in unknown)}"
            raise ModelProblem(what, "Label it in a formula: y ~ a*x.", name=unknown[0], line=s.line)
        if s.op == ":=":
            if s.lhs in labels or s.lhs in defined:
                raise ModelProblem(f"{s.name}: the name '{s.lhs}' is taken", name=s.lhs, line=s.line)
            defined.append(s.lhs)


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _with_nearest(name: str, known: Sequence[str]) -> str:
    lower = {str(one).lower(): str(one) for one in known}
    near = get_close_matches(name.lower(), list(lower), n=1)
    return f"'{name}' (nearest: '{lower[near[0]]}')" if near else f"'{name}'"
