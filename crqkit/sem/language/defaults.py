"""What lavaan adds to a model text by default: variances, covariances, means, thresholds, and what it fixes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from crqkit.sem.language.syntax import Statement
from crqkit.sem.language.tokens import RELATIONS


@dataclass
class Draft:
    """One parameter of one group while the table is built; `plabel` and numbers come at the end."""

    lhs: str
    op: str
    rhs: str
    user: int = 0
    free: bool = True
    exo: bool = False
    ustart: float = math.nan
    label: str = ""
    group: int = 1

    def fix(self, value: float) -> None:
        """Fix the parameter at `value`."""
        self.free, self.ustart = False, value

    def release(self) -> None:
        """Estimate the parameter."""
        self.free, self.ustart = True, math.nan

    @property
    def variance(self) -> bool:
        """Whether this is a variance."""
        return self.op == "~~" and self.lhs == self.rhs


@dataclass(frozen=True)
class Roles:
    """Who is who in a model: each a list of names in lavaan's order.

    `lv` latents, `ov` observed, `x` observed predictors with nothing said of their moments, `lv_x` latents that
    nothing in the model explains, `outcomes` latents and observed variables that explain nothing.
    """

    lv: tuple[str, ...]
    ov: tuple[str, ...]
    x: tuple[str, ...]
    lv_x: tuple[str, ...]
    outcomes: tuple[str, ...]
    indicators: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Wanted:
    """What is asked for, once it was checked."""

    statements: tuple[Statement, ...]
    who: Roles
    groups: int
    ordered: Mapping[str, int]
    equal: frozenset[str]
    means: bool
    growth: bool
    std_lv: bool
    theta: bool

    @property
    def formulas(self) -> list[Statement]:
        """The terms of formulas, without constraints and definitions: the first rows of each group."""
        return [s for s in self.statements if s.op not in RELATIONS]


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def roles(statements: Sequence[Statement]) -> Roles:
    """Return who is who in the statements."""
    measured = [s for s in statements if s.op == "=~"]
    paths = [s for s in statements if s.op == "~"]
    lv = _unique([s.lhs for s in measured])
    indicators = _unique([s.rhs for s in measured])
    explained, explaining = _unique([s.lhs for s in paths]), _unique([s.rhs for s in paths])
    moments = [s for s in statements if s.op in ("~~", "~1")]
    named = [s.lhs for s in moments] + [s.rhs for s in moments if s.op == "~~"]
    others = [s.lhs for s in statements if s.op in ("|", "~*~")]
    covariances = [s for s in moments if s.op == "~~"]
    orphans = [s.lhs for s in covariances] + [s.rhs for s in covariances]
    orphans += [s.lhs for s in moments if s.op == "~1"] + others
    seen = [*indicators, *explained, *explaining, *orphans]
    ov = tuple(name for name in _unique(seen) if name not in lv)
    inside = {*lv, *indicators, *explained}
    ends = [name for name in explained if name not in explaining and name not in indicators]
    return Roles(
        lv=lv,
        ov=ov,
        x=tuple(name for name in explaining if name not in inside and name not in named),
        lv_x=tuple(name for name in lv if name not in indicators and name not in explained),
        outcomes=tuple([name for name in ends if name in lv] + [name for name in ends if name not in lv]),
        indicators=indicators,
    )


def default_rows(who: Roles, ordered: Mapping[str, int], means: bool, fixed_x: bool) -> list[Draft]:
    """Return every row that lavaan adds where the text has none, in its order, all free but covariates' moments."""
    inner = [name for name in who.ov if name not in who.x]
    rows = [Draft(item, "|", f"t{k + 1}") for item in ordered for k in range(ordered[item])]
    rows += [Draft(name, "~~", name) for name in [*inner, *who.lv]]
    rows += [Draft(left, "~~", right) for left, right in combinations(who.lv_x, 2)]
    rows += [Draft(left, "~~", right) for left, right in combinations(who.outcomes, 2)]
    for at, name in enumerate(who.x):
        rows += [Draft(name, "~~", other, exo=fixed_x, free=not fixed_x) for other in who.x[at:]]
    rows += [Draft(item, "~*~", item) for item in ordered]
    if means:
        rows += [Draft(name, "~1", "", exo=name in who.x and fixed_x) for name in [*who.ov, *who.lv]]
        for row in rows:
            row.free = row.free and not row.exo
    return rows


def fix_by_default(
    rows: Sequence[Draft],
    who: Roles,
    ordered: Mapping[str, int],
    *,
    growth: bool,
    std_lv: bool,
    orthogonal: bool,
) -> None:
    """Fix, in one group, what identifies the model unless the text says otherwise."""
    loadings = [row for row in rows if row.op == "=~"]
    for latent in who.lv:
        own = [row for row in loadings if row.lhs == latent]
        if not std_lv:
            own[0].fix(1.0)
        if len(own) == 1:
            _fix_residual(rows, own[0].rhs)
    for row in rows:
        latent = row.lhs in who.lv
        computed = row.op == "~*~" or (row.variance and row.lhs in ordered)
        if (std_lv and row.variance and latent) or (computed and not row.user):
            row.fix(1.0)
        elif orthogonal and row.op == "~~" and latent and row.rhs in who.lv and not row.variance and not row.user:
            row.fix(0.0)
        elif row.op == "~1" and not row.exo and not row.user and (row.lhs in ordered or latent != growth):
            # Growth curves estimate latent means; other models estimate intercepts of items.
            row.fix(0.0)


def _fix_residual(rows: Sequence[Draft], item: str) -> None:
    """Fix the residual of an only indicator at 0."""
    for row in rows:
        if row.variance and row.lhs == item and not row.user:
            row.fix(0.0)
