"""What ties parameters to one another: equal labels, `==`, `<` and `>`, and what `:=` defines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.estimation.structure import STEP
from crqkit.sem.language.expressions import Expression
from crqkit.sem.language.plan import RELATIONS, Plan

Array = NDArray[Any]
ACTIVE = 1e-6  # an inequality this close to its bound holds with equality


@dataclass(frozen=True)
class Curve:
    """A function of all free parameters x (q,), written with labels; for inequalities it is to be >= 0."""

    expression: Expression
    place: Mapping[str, int]
    known: Mapping[str, float]
    earlier: "tuple[tuple[str, Curve], ...]" = ()

    def value(self, x: Array) -> Any:
        """Return the value at x (..., q)."""
        values: dict[str, Any] = {name: x[..., i] for name, i in self.place.items()} | dict(self.known)
        for name, curve in self.earlier:
            values[name] = curve.value(x)
        return self.expression.evaluate(values)

    def gradient(self, x: Array) -> Array:
        """Return the derivatives (q,)."""
        stepped = np.asarray(self.value(x + 1j * STEP * np.eye(len(x))))
        return np.broadcast_to(stepped.imag / STEP, len(x)).astype(float)


@dataclass(frozen=True)
class Restrictions:
    """Linear equalities `matrix @ x = level`, curved equalities, inequalities and defined parameters."""

    q: int
    matrix: Array
    level: Array
    rows: list[int]  # the `==` row of the table behind each line of `matrix`
    curved: list[Curve] = field(default_factory=list)
    inequalities: list[Curve] = field(default_factory=list)
    defined: list[tuple[str, Curve]] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Plan) -> "Restrictions":
        """Read the restrictions of a plan."""
        q = plan.count
        place, known = names(plan)
        linear: list[tuple[Array, float, int]] = []
        curved, inequalities = [], []
        defined: list[tuple[str, Curve]] = []
        for i, (lhs, op, rhs) in enumerate(zip(plan.lhs, plan.op, plan.rhs, strict=True)):
            if op not in RELATIONS:
                continue
            if op == ":=":
                defined.append((lhs, Curve(Expression(rhs), place, known, tuple(defined))))
            elif op == "==" and lhs in place and rhs in place:
                line = np.zeros(q)
                line[place[lhs]], line[place[rhs]] = 1, -1
                linear.append((line, 0.0, i))
            else:
                less, more = (lhs, rhs) if op == "<" else (rhs, lhs)
                curve = Curve(Expression(f"({more}) - ({less})"), place, known, tuple(defined))
                if op != "==":
                    inequalities.append(curve)
                elif (found := _line(curve, q)) is not None:
                    linear.append((*found, i))
                else:
                    curved.append(curve)
        matrix = np.array([line for line, _, _ in linear]).reshape(-1, q)
        level = np.array([level for _, level, _ in linear])
        return cls(q, matrix, level, [i for _, _, i in linear], curved, inequalities, defined)

    @cached_property
    def basis(self) -> tuple[Array, Array]:
        """`origin` (q,) and `K` (q, r): every x that keeps the linear equalities is origin + K z."""
        return solution_space(self.matrix, self.level, self.q)

    def active(self, x: Array) -> Array:
        """Return the Jacobian (c, q) of the curved equalities and of the inequalities that bind at x."""
        binding = [curve for curve in self.inequalities if float(np.real(curve.value(x))) < ACTIVE]
        return np.array([curve.gradient(x) for curve in [*self.curved, *binding]]).reshape(-1, self.q)

    def tangent(self, x: Array) -> Array:
        """Return K (q, r): the directions left free at x by all equalities and binding inequalities."""
        _, basis = self.basis
        active = self.active(x)
        return basis @ null_space(active @ basis) if len(active) else basis

    def count(self, x: Array) -> int:
        """Return the number of free parameters that equalities leave."""
        _, basis = self.basis
        if not self.curved:
            return basis.shape[1]
        jacobian = np.array([curve.gradient(x) for curve in self.curved])
        return basis.shape[1] - int(np.linalg.matrix_rank(jacobian @ basis))


def names(plan: Plan) -> tuple[dict[str, int], dict[str, float]]:
    """Return where each label's free parameter stands, and the value of each fixed one."""
    place: dict[str, int] = {}
    known: dict[str, float] = {}
    for op, free, value, label, plabel in zip(plan.op, plan.free, plan.ustart, plan.label, plan.plabel, strict=True):
        if op in RELATIONS:
            continue
        for name in (label, plabel):
            if name and free > 0:
                place.setdefault(name, free - 1)
            elif name and value == value:  # noqa: PLR0124 - NaN is not equal to itself
                known.setdefault(name, value)
    return place, known


def _line(curve: Curve, q: int) -> tuple[Array, float] | None:
    linear = curve.expression.linear_coefficients()
    if linear is None or any(name not in curve.place and name not in curve.known for name in linear[0]):
        return None
    line, level = np.zeros(q), -float(linear[1])
    for name, coefficient in linear[0].items():
        if name in curve.place:
            line[curve.place[name]] += coefficient
        else:
            level -= coefficient * curve.known[name]
    return line, level


def solution_space(matrix: Array, level: Array, q: int) -> tuple[Array, Array]:
    """Return origin (q,) and basis (q, r) of all x with `matrix @ x = level`."""
    pair = (matrix != 0).sum(axis=1) == 2
    simple = pair & (matrix.sum(axis=1) == 0) & (level == 0)
    group = np.arange(q)
    for line in matrix[simple]:
        # Equal parameters share one column: most restrictions in this field are of this kind.
        first, second = np.flatnonzero(line)
        group[group == group[second]] = group[first]
    found = np.unique(group)
    basis = (group[:, None] == found[None, :]).astype(float)
    if simple.all():
        return np.zeros(q), basis
    rest = matrix[~simple] @ basis
    origin = basis @ np.linalg.lstsq(rest, level[~simple], rcond=None)[0]
    return origin, basis @ null_space(rest)


def null_space(matrix: Array) -> Array:
    """Return an orthonormal basis (q, r) of the directions that `matrix` maps to zero."""
    _, values, right = np.linalg.svd(matrix)
    rank = int((values > max(matrix.shape) * np.finfo(float).eps * (values[0] if len(values) else 0)).sum())
    return right[rank:].T
