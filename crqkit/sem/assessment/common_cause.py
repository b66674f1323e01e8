"""A model fitted again with the correlation of two residuals held: what an omitted common cause would leave."""

import math
from collections.abc import Sequence
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base.problems import ChoiceProblem, ModelProblem
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.model import Model, build
from crqkit.sem.estimation.optimise import minimise
from crqkit.sem.language.expressions import Expression
from crqkit.sem.language.plan import Plan

Array = NDArray[Any]
STEP = 0.1  # from one correlation to the next, so that each search begins close to its end


class Route(NamedTuple):
    """Cause, mediator and outcome."""

    cause: str
    mediator: str
    outcome: str


class Point(NamedTuple):
    """The indirect effect at one residual correlation, its interval, and how much worse the model fits than at 0."""

    estimate: float
    low: float
    high: float
    worse: float


NOTHING = Point(*[math.nan] * 4)


class Refit:
    """The model with the residual correlation of mediator and outcome held at a value."""

    def __init__(self, found: Estimate, route: Route, group: int, z: float) -> None:
        self.found, self.route, self.group, self.z = found, route, group, z
        self.places = {0.0: np.append(found.x, 0.0)}
        self.known = {0.0: self._point(found)}

    def __call__(self, rho: float) -> Point:
        """Return what the model says at `rho`; nothing where the search does not come to rest."""
        if rho not in self.known:
            self.known[rho] = self._solved(rho)
        return self.known[rho]

    def _solved(self, rho: float) -> Point:
        nearest = min(self.places, key=lambda other: abs(other - rho))
        steps = math.ceil(abs(rho - nearest) / STEP - 1e-9)
        # In small steps from the nearest place known, since a search that starts far off may end elsewhere.
        for between in np.linspace(nearest, rho, max(steps, 1) + 1)[1:-1]:
            self(round(float(between), 12))
        start = self.places[min(self.places, key=lambda other: abs(other - rho))].copy()
        model = _held(self.found, self.route, self.group, rho)
        start[-1] = rho * _residual_scale(model, start, self.route, self.group)
        solved = Estimate(model, minimise(model, start, model.restrictions))
        if not solved.optimum.converged:
            return NOTHING
        self.places[rho] = solved.x
        return self._point(solved)

    def _point(self, solved: Estimate) -> Point:
        effect, by = _indirect(solved.model, solved.x, self.route, self.group)
        spread = solved.covariance
        reach = math.nan if spread is None else self.z * math.sqrt(max(float(by @ spread @ by), 0.0))
        worse = 2 * solved.model.n * (solved.model.value(solved.x) - self.found.model.value(self.found.x))
        return Point(effect, effect - reach, effect + reach, round(worse, 6) + 0.0)


def _paths(plan: Plan, group: int) -> dict[tuple[str, str], int]:
    """Return the row of each regression of one group, by cause and effect."""
    rows = zip(plan.lhs, plan.op, plan.rhs, plan.group, strict=True)
    return {(rhs, lhs): i for i, (lhs, op, rhs, own) in enumerate(rows) if op == "~" and own == group}


def route_of(plan: Plan, indirect: str | Sequence[str], group: int) -> Route:
    """Return cause, mediator and outcome of a defined product, or of three names that the model links so."""
    paths = _paths(plan, group)
    chains = [Route(a, b, d) for (a, b), (c, d) in permutations(paths, 2) if b == c and a != d]
    if isinstance(indirect, str):
        products = _products(plan, group)
        if indirect not in products:
            allowed = [*products, "three names: cause, mediator, outcome"]
            raise ChoiceProblem("indirect", indirect, allowed)
        return products[indirect]
    if tuple(indirect) not in chains:
        raise ChoiceProblem("indirect", tuple(indirect), [tuple(chain) for chain in chains])
    return Route(*indirect)


def _products(plan: Plan, group: int) -> dict[str, Route]:
    """Return the defined parameters that are the product of two paths of the group, one after the other."""
    paths, found = _paths(plan, group), {}
    by_label = {name: ends for ends, i in paths.items() for name in (plan.label[i], plan.plabel[i]) if name}
    for name, op, text in zip(plan.lhs, plan.op, plan.rhs, strict=True):
        if op != ":=":
            continue
        expression = Expression(text)
        ends = [by_label[label] for label in expression.names if label in by_label]
        if len(ends) != 2 or len(expression.names) != 2:
            continue
        # Nothing but the product of the two: what two odd values give tells.
        values = dict(zip(expression.names, (1.7, -2.3), strict=True))
        for (a, b), (c, d) in permutations(ends):
            if b == c and a != d and math.isclose(float(np.real(expression.evaluate(values))), 1.7 * -2.3):
                found[name] = Route(a, b, d)
    return found


def check_residuals(found: Estimate, route: Route, group: int) -> None:
    """Raise `ModelProblem` where no correlation of the two residuals can be held."""
    plan = found.model.plan
    pair = {route.mediator, route.outcome}
    name = f"{route.mediator}~~{route.outcome}"
    for lhs, op, rhs, own, free in zip(plan.lhs, plan.op, plan.rhs, plan.group, plan.free, strict=True):
        if op == "~~" and {lhs, rhs} == pair and own == group and free:
            what = f"{name}: the model estimates this residual covariance already"
            raise ModelProblem(what, "Its estimate is what the data say about a common cause.", name=name)
    for variable in (route.mediator, route.outcome):
        if variable in plan.ordered or not _residual(found.model, found.x, variable, group) > 0:
            what = f"{variable}: its residual variance is not an estimate above 0"
            raise ModelProblem(what, "Without it no residual correlation can be held.", name=variable)


def _residual(model: Model, x: Array, variable: str, group: int) -> float:
    structure = model.structures[group - 1]
    at = structure.nodes[variable]
    return float(structure.matrices(x[structure.free])[1][at, at])


def _residual_scale(model: Model, x: Array, route: Route, group: int) -> float:
    first, second = (_residual(model, x, variable, group) for variable in (route.mediator, route.outcome))
    return math.sqrt(max(first * second, 0.0))


def _held(found: Estimate, route: Route, group: int, rho: float) -> Model:
    """Return the model with the residual covariance added and tied to both residual variances."""
    plan = found.model.plan
    table = plan.table
    same = (table["op"] == "~~") & (table["group"] == group)
    own = {
        name: table.loc[same & (table["lhs"] == name) & (table["rhs"] == name), "plabel"].iat[0]
        for name in (route.mediator, route.outcome)
    }
    pair = [route.mediator, route.outcome]
    there = same & table["lhs"].isin(pair) & table["rhs"].isin(pair) & (table["lhs"] != table["rhs"])
    blank = {"user": 1, "exo": 0, "ustart": math.nan, "label": ""}
    covariance = {"lhs": route.mediator, "op": "~~", "rhs": route.outcome, "group": group, "free": plan.count + 1}
    scale = f"sqrt({own[route.mediator]} * {own[route.outcome]})"
    tie = {"lhs": ".common.", "op": "==", "rhs": f"{rho!r} * {scale}", "group": 0, "free": 0, "plabel": ""}
    added = pd.DataFrame([blank | covariance | {"plabel": ".common."}, blank | tie])
    wider = pd.concat([table[~there], added], ignore_index=True)[list(table.columns)]
    wider.attrs = dict(table.attrs)
    return build(Plan.of(wider), found.model.sample, found.model.method)


def _indirect(model: Model, x: Array, route: Route, group: int) -> tuple[float, Array]:
    """Return the product of the two paths and its derivatives by all parameters."""
    plan, paths = model.plan, _paths(model.plan, group)
    rows = [paths[route.cause, route.mediator], paths[route.mediator, route.outcome]]
    free = [plan.free[i] for i in rows]
    first, second = (x[at - 1] if at else plan.ustart[i] for at, i in zip(free, rows, strict=True))
    by = np.zeros(len(x))
    for at, other in zip(free, (second, first), strict=True):
        if at:
            by[at - 1] += other
    return float(first * second), by
