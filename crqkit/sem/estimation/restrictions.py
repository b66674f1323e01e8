"""What ties parameters to one another: equal labels, `==`, `<` and `>`, and what `:=` defines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import ModelProblem
from crqkit.sem.estimation.structure import STEP
from crqkit.sem.language.expressions import Expression
from crqkit.sem.language.plan import RELATIONS, Plan

Array = NDArray[Any]
ACTIVE = np.finfo(float).tiny  # the search leaves an inequality that binds at its bound or a rounding error below it
SAME = 1e-10  # numbers this near, against what they are made of, are the same
DEPENDENT = 1e-9  # what is left of a condition, of its own size, that says no more than the others


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

    def at(self, x: Array) -> float:
        """Return the value at one x (q,)."""
        return float(np.real(self.value(x)))

    @property
    def constant(self) -> bool:
        """Whether no free parameter is in it."""
        linear = self.expression.linear_coefficients()
        names = self.expression.names if linear is None else [name for name, by in linear[0].items() if by]
        earlier = dict(self.earlier)
        return all(earlier[name].constant if name in earlier else name not in self.place for name in names)

    def size(self, x: Array) -> float:
        """Return how large what is added up in it is: its value is known to a rounding error of this."""
        return float(np.abs(self.gradient(x)) @ np.abs(x))

    def gradient(self, x: Array) -> Array:
        """Return the derivatives (q,)."""
        stepped = np.asarray(self.value(x + 1j * STEP * np.eye(len(x))))
        return np.broadcast_to(stepped.imag / STEP, len(x)).astype(float)


@dataclass(frozen=True)
class Restrictions:
    """Linear equalities `matrix @ x = level`, curved equalities, inequalities and defined parameters.

    A condition that holds whatever the parameters are is kept in its place, but binds nothing: an equality is a line
    of zeros, an inequality says 1 > 0.
    """

    q: int
    matrix: Array
    level: Array
    rows: list[int]  # the `==` row of the table behind each line of `matrix`
    curved: list[Curve] = field(default_factory=list)
    inequalities: list[Curve] = field(default_factory=list)
    defined: list[tuple[str, Curve]] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Plan) -> "Restrictions":
        """Read the restrictions of a plan.

        Raises
        ------
        ModelProblem : a condition without free parameters is false, or linear equalities contradict one another.
        """
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
                line[place[lhs]] += 1
                line[place[rhs]] -= 1
                linear.append((line, 0.0, i))
            else:
                less, more = (lhs, rhs) if op == "<" else (rhs, lhs)
                curve = Curve(Expression(f"({more}) - ({less})"), place, known, tuple(defined))
                if curve.constant:
                    _check_constant(curve, op, f"{lhs} {op} {rhs}", q)
                    if op == "==":
                        linear.append((np.zeros(q), 0.0, i))
                    else:
                        inequalities.append(Curve(Expression("1"), place, known))
                elif op != "==":
                    inequalities.append(curve)
                elif (found := _line(curve, q)) is not None:
                    linear.append((*found, i))
                else:
                    curved.append(curve)
        matrix = np.array([line for line, _, _ in linear]).reshape(len(linear), q)
        level = np.array([level for _, level, _ in linear])
        rows = [i for _, _, i in linear]
        _check_together(plan, matrix, level, rows)
        return cls(q, matrix, level, rows, curved, inequalities, defined)

    @cached_property
    def basis(self) -> tuple[Array, Array]:
        """`origin` (q,) and `K` (q, r): every x that keeps the linear equalities is origin + K z."""
        return solution_space(self.matrix, self.level, self.q)

    @cached_property
    def bounds(self) -> list[Curve]:
        """Inequalities that can bind."""
        return [curve for curve in self.inequalities if not curve.constant]

    def binds(self, curve: Curve, x: Array) -> bool:
        """Return whether an inequality holds with equality at x, as far as rounding lets one see."""
        return curve.at(x) < max(ACTIVE, SAME * curve.size(x))

    def active(self, x: Array) -> Array:
        """Return the Jacobian (c, q) of the curved equalities and of the inequalities that bind at x."""
        binding = [curve for curve in self.bounds if self.binds(curve, x)]
        rows = [curve.gradient(x) for curve in [*self.curved, *binding]]
        return np.array(rows).reshape(len(rows), self.q)

    def tangent(self, x: Array) -> Array:
        """Return K (q, r): the directions left free at x by all equalities and binding inequalities."""
        _, basis = self.basis
        active = self.active(x)
        return basis @ kernel(active @ basis, _sizes(basis, x)) if len(active) else basis

    def count(self, x: Array) -> int:
        """Return the number of free parameters that equalities leave."""
        _, basis = self.basis
        if not self.curved:
            return basis.shape[1]
        jacobian = np.array([curve.gradient(x) for curve in self.curved])
        return kernel(jacobian @ basis, _sizes(basis, x)).shape[1]


def _sizes(basis: Array, x: Array) -> Array:
    """Return how large each coordinate (r,) of x along the basis is."""
    return np.abs(basis).T @ np.abs(x) / (basis**2).sum(axis=0)


def _check_constant(curve: Curve, op: str, text: str, q: int) -> None:
    """Refuse a condition without free parameters that is false."""
    # Random parameters: what stands on both sides cancels, up to rounding.
    x = np.random.default_rng(1).uniform(0.5, 1.5, q)
    value = curve.at(x)
    if not (abs(value) <= SAME if op == "==" else value >= -SAME):
        raise ModelProblem(f"no values of the parameters make this condition true: {text}", name=text)


def _check_together(plan: Plan, matrix: Array, level: Array, rows: list[int]) -> None:
    """Refuse linear equalities that cannot all be true, naming those that are needed for the contradiction."""
    left = list(range(len(level)))
    if not level.any() or _can_hold(matrix, level):
        return
    for i in list(left):
        without = [j for j in left if j != i]
        if not _can_hold(matrix[without], level[without]):
            left = without
    told = {mark: name or f"{lhs} {op} {rhs}" for mark, name, lhs, op, rhs in _marked(plan)}
    sides = [(plan.lhs[rows[i]], plan.rhs[rows[i]]) for i in left]
    texts = ", ".join(f"{told.get(first, first)} == {told.get(second, second)}" for first, second in sides)
    if len(left) == 1:
        raise ModelProblem(f"no values of the parameters make this condition true: {texts}", name=texts)
    raise ModelProblem(f"these conditions contradict one another: {texts}", "Drop one of them.", name=texts)


def _marked(plan: Plan) -> Iterator[tuple[str, str, str, str, str]]:
    rows = zip(plan.plabel, plan.label, plan.lhs, plan.op, plan.rhs, strict=True)
    return (row for row in rows if row[0])


def _can_hold(matrix: Array, level: Array) -> bool:
    """Return whether some x has `matrix @ x = level`, whatever the units of the parameters."""
    used = matrix.any(axis=0)
    scaled = matrix[:, used] / np.abs(matrix[:, used]).max(axis=0, initial=0)
    size = np.maximum(np.abs(scaled).max(axis=1, initial=0), np.finfo(float).tiny)
    scaled, target = scaled / size[:, None], level / size
    x = np.linalg.lstsq(scaled, target, rcond=None)[0]
    return bool((np.abs(scaled @ x - target) <= DEPENDENT * (np.abs(scaled) @ np.abs(x) + np.abs(target))).all())


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
    rest = ~simple & matrix.any(axis=1)
    if not rest.any():
        return np.zeros(q), basis
    lines, target = matrix[rest], level[rest]
    size = np.abs(lines).max(axis=1)
    lines, target = lines @ basis / size[:, None], target / size
    origin = basis @ np.linalg.lstsq(lines, target, rcond=None)[0]
    return origin, basis @ kernel(lines, np.ones(lines.shape[1]))


def kernel(matrix: Array, sizes: Array) -> Array:
    """Return a basis (q, r) of the directions that `matrix` maps to zero: one parameter moves, few others follow.

    Parameters that no line ties together stay apart, so that their units may differ by any factor. Which ones follow
    depends on how large the parameters are (`sizes`).
    """
    sizes = np.maximum(sizes, 1e-100)
    lines = matrix * sizes
    largest = np.abs(lines).max(axis=1, initial=0)
    lines = lines[largest > 0] / largest[largest > 0, None]
    used: list[int] = []
    follow: list[int] = []
    while len(used) < len(lines):
        open_ = np.abs(lines)
        open_[used] = 0
        i, j = np.unravel_index(int(open_.argmax()), open_.shape)
        if open_[i, j] < DEPENDENT:
            break
        lines[i] /= lines[i, j]
        others = np.arange(len(lines)) != i
        lines[others] -= np.outer(lines[others, j], lines[i])
        used.append(int(i))
        follow.append(int(j))
    lead = np.setdiff1d(np.arange(matrix.shape[1]), follow)
    found = np.zeros((matrix.shape[1], len(lead)))
    found[lead, np.arange(len(lead))] = 1
    found[follow] = -lines[used][:, lead]
    return found * sizes[:, None] / sizes[lead]


def null_space(matrix: Array) -> Array:
    """Return an orthonormal basis (q, r) of the directions that `matrix` maps to zero."""
    _, values, right = np.linalg.svd(matrix)
    rank = int((values > max(matrix.shape) * np.finfo(float).eps * (values[0] if len(values) else 0)).sum())
    return right[rank:].T
