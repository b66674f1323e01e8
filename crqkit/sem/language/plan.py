"""The parameter table as plain lists: what the estimator reads, many times, without the cost of a DataFrame."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from crqkit.sem.language.tokens import RELATIONS

COLUMNS = ("lhs", "op", "rhs", "user", "group", "free", "exo", "ustart", "label", "plabel")


class Row(NamedTuple):
    """One parameter of one group; `free` counts from 0 within the whole model, -1 is fixed at `value`."""

    lhs: str
    op: str
    rhs: str
    free: int
    value: float


@dataclass(frozen=True)
class Plan:
    """Columns of a parameter table (see `parameter_table`) and what it says of the variables."""

    lhs: list[str]
    op: list[str]
    rhs: list[str]
    user: list[int]
    group: list[int]
    free: list[int]
    exo: list[int]
    ustart: list[float]
    label: list[str]
    plabel: list[str]
    about: dict[str, Any]

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Plan":
        """Read a parameter table."""
        return cls(*(table[name].tolist() for name in COLUMNS), about=dict(table.attrs))

    @cached_property
    def table(self) -> pd.DataFrame:
        """The same as a DataFrame."""
        table = pd.DataFrame({name: getattr(self, name) for name in COLUMNS})
        table.attrs = dict(self.about)
        return table

    @property
    def observed(self) -> list[str]:
        """Observed variables."""
        return self.about["ov"]

    @property
    def latent(self) -> list[str]:
        """Latent variables."""
        return self.about["lv"]

    @property
    def ordered(self) -> list[str]:
        """Ordered items."""
        return self.about["ordered"]

    @property
    def means(self) -> bool:
        """Whether the model has a mean structure."""
        return bool(self.about["meanstructure"])

    @property
    def parameterization(self) -> str:
        """Delta or theta."""
        return self.about["parameterization"]

    @cached_property
    def count(self) -> int:
        """Number of free parameters before equalities."""
        return max(self.free, default=0)

    @cached_property
    def covariates(self) -> list[str]:
        """Covariates whose moments are the sample's."""
        marked = zip(self.exo, self.op, self.lhs, strict=True)
        return list(dict.fromkeys(lhs for exo, op, lhs in marked if exo and op == "~~"))

    @cached_property
    def by_group(self) -> list[list[Row]]:
        """Each group's parameters; the value of a free one is the user's start or NaN."""
        found: list[list[Row]] = [[] for _ in range(max(self.group, default=1))]
        columns = zip(self.lhs, self.op, self.rhs, self.group, self.free, self.ustart, self.exo, strict=True)
        for lhs, op, rhs, group, free, value, exo in columns:
            if op not in RELATIONS:
                given = 0.0 if free == 0 and (exo or value != value) else value  # noqa: PLR0124 - NaN is not itself
                found[group - 1].append(Row(lhs, op, rhs, free - 1, given))
        return found


def independence(plan: Plan, groups: int) -> Plan:
    """Return the baseline's plan (Bentler & Bonett 1980): no relations, means and thresholds free, nothing equal.

    Covariances among variables that explain others and are explained by none are kept.
    """
    fixed, outside, ordered = set(plan.covariates), _unexplained(plan), set(plan.ordered)
    every_row = zip(plan.lhs, plan.op, plan.rhs, strict=True)
    cuts = list(dict.fromkeys((lhs, rhs) for lhs, op, rhs in every_row if op == "|"))
    rows: list[tuple[str, str, str, bool, float]] = []
    for i, name in enumerate(plan.observed):
        rows.append((name, "~~", name, name in fixed, 1.0 if name in ordered else float("nan")))
        if name in outside:
            rows += [(name, "~~", o, o in fixed, float("nan")) for o in plan.observed[i + 1 :] if o in outside]
    if plan.means:
        rows += [(name, "~1", "", name in fixed, 0.0 if name in ordered else float("nan")) for name in plan.observed]
    rows += [(item, "|", cut, False, float("nan")) for item, cut in cuts]
    every = [(group, row) for group in range(1, groups + 1) for row in rows]
    free = _numbered([not row[3] and row[4] != row[4] for _, row in every])
    return Plan(
        [row[0] for _, row in every],
        [row[1] for _, row in every],
        [row[2] for _, row in every],
        [0] * len(every),
        [group for group, _ in every],
        free,
        [int(row[3]) for _, row in every],
        [row[4] for _, row in every],
        [""] * len(every),
        [f".p{i + 1}." for i in range(len(every))],
        {**plan.about, "lv": [], "parameterization": "delta"},
    )


def _numbered(free: Sequence[bool]) -> list[int]:
    found, last = [], 0
    for is_free in free:
        last += is_free
        found.append(last if is_free else 0)
    return found


def _unexplained(plan: Plan) -> set[str]:
    """Return observed variables that explain others and are explained by none."""
    rows = list(zip(plan.lhs, plan.op, plan.rhs, strict=True))
    explained = {rhs for _, op, rhs in rows if op == "=~"} | {lhs for lhs, op, _ in rows if op == "~"}
    return {rhs for _, op, rhs in rows if op == "~" and rhs not in explained} & set(plan.observed)
