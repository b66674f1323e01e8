"""A parameter table and a sample become one objective over all groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base.problems import DataProblem, Fault
from crqkit.sem.data.casewise import gamma_sample
from crqkit.sem.data.sample import GroupSample, Sample
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.discrepancy import NormalPart, Part, PatternPart, SquaresPart, normal_weight
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.methods import Method
from crqkit.sem.estimation.restrictions import Restrictions
from crqkit.sem.estimation.start import starting_values
from crqkit.sem.estimation.structure import Structure
from crqkit.sem.language.plan import Plan

Array = NDArray[Any]
LITTLE = 0.1  # share of a factor's variance that is little


@dataclass(frozen=True)
class Model:
    """The discrepancy of all groups as a function of all free parameters x (q,)."""

    plan: Plan
    sample: Sample
    method: Method
    structures: list[Structure]
    parts: list[Part]
    start: Array
    restrictions: Restrictions
    has_means: bool

    @property
    def table(self) -> pd.DataFrame:
        """The parameter table."""
        return self.plan.table

    @property
    def covariates(self) -> list[str]:
        """Covariates whose moments are the sample's."""
        return self.plan.covariates

    @property
    def q(self) -> int:
        """Number of free parameters before equalities."""
        return len(self.start)

    @property
    def n(self) -> float:
        """What the objective is multiplied by to give half the test statistic."""
        return sum(self.sizes)

    @property
    def ordered(self) -> bool:
        """Whether any variable is ordered."""
        return bool(self.plan.ordered)

    @property
    def sizes(self) -> list[float]:
        """What each group counts: its persons, less one under the Wishart likelihood."""
        return [counted(group, self.method) for group in self.sample.groups]

    @cached_property
    def terms(self) -> list[Part]:
        """What is summed: the parts, those of complete rows joined into one."""
        normal = [part for part in self.parts if isinstance(part, NormalPart)]
        if len(normal) < 2:
            return self.parts
        return [NormalPart.together(normal), *(part for part in self.parts if not isinstance(part, NormalPart))]

    @property
    def exact(self) -> bool:
        """Whether observed second derivatives cost little more than expected ones."""
        return not any(isinstance(part, SquaresPart) for part in self.parts)

    def plain_start(self) -> Array:
        """Another place to begin: loadings of 1, factors that vary little."""
        plan, found = self.plan, self.start.copy()
        for lhs, op, rhs, free, given in zip(plan.lhs, plan.op, plan.rhs, plan.free, plan.ustart, strict=True):
            if free and np.isnan(given) and op == "=~":
                found[free - 1] = 1.0
            elif free and np.isnan(given) and op == "~~" and lhs in plan.latent:
                found[free - 1] *= LITTLE if lhs == rhs else 0
        return found

    def value(self, x: Array) -> float:
        """Return half the test statistic over n."""
        return sum(part.value(part.own(x)) for part in self.terms)

    def gradient(self, x: Array) -> Array:
        """Return its derivatives (q,)."""
        # A group's fixed values have number -1: what belongs to them lands behind the others and is cut off.
        whole = np.zeros(self.q + 1)
        for part in self.terms:
            whole[part.free] += part.gradient(part.own(x))
        return whole[:-1]

    def expected(self, x: Array) -> Array:
        """Return its expected second derivatives (q, q): the expected information of one person."""
        return self._blocks(x, "expected")

    def observed(self, x: Array) -> Array:
        """Return its second derivatives (q, q): the observed information of one person."""
        return self._blocks(x, "observed")

    def _blocks(self, x: Array, kind: str) -> Array:
        whole = np.zeros((self.q + 1, self.q + 1))
        for part in self.terms:
            whole[part.free[..., :, None], part.free[..., None, :]] += getattr(part, kind)(part.own(x))
        return whole[:-1, :-1]

    @property
    def moments(self) -> int:
        """Number of sample moments the model has to account for."""
        return sum(self.group_moments(structure) for structure in self.structures)

    def group_moments(self, structure: Structure) -> int:
        """Return the number of moments of one group, those of fixed covariates left out."""
        p, fixed = structure.p, len(self.covariates)
        if isinstance(structure, OrderedStructure):
            numeric = int((~structure.ordered).sum())
            return len(structure.item) + numeric + p * (p - 1) // 2
        count = p * (p + 1) // 2 - fixed * (fixed + 1) // 2
        return count + (p - fixed if self.has_means else 0)


def build(plan: Plan, sample: Sample, method: Method) -> Model:
    """Return the objective for a plan and a sample whose names are the plan's observed variables."""
    means = plan.means and not plan.ordered
    structures: list[Structure] = []
    parts: list[Part] = []
    start = np.zeros(plan.count)
    for rows, group in zip(plan.by_group, sample.groups, strict=True):
        cuts: dict[str, Array] = {}
        if group.ordinal is not None:
            found = zip(plan.observed, group.ordinal.thresholds, strict=True)
            cuts = {name: values for name, values in found if name in plan.ordered}
            counts = {name: len(values) for name, values in cuts.items()}
            structure: Structure = OrderedStructure(rows, plan.observed, plan.latent, counts, plan.parameterization)
        else:
            structure = Structure(rows, plan.observed, plan.latent, means)
        if plan.covariates:
            structure.fix_covariates(plan.covariates, group.mean, group.cov)
        structures.append(structure)
        parts.append(part_of(structure, group, sample, method))
        start[structure.free] = starting_values(rows, plan.observed, group.mean, group.cov, cuts)
    return Model(plan, sample, method, structures, parts, start, Restrictions.of(plan), plan.means)


def counted(group: GroupSample, method: Method) -> float:
    """Return what a group counts: its persons, or one less."""
    return group.n - (1 if method.likelihood == "wishart" else 0)


def part_of(structure: Structure, group: GroupSample, sample: Sample, method: Method) -> Part:
    """Return one group's share of the objective, as the method has it."""
    n = sum(counted(other, method) for other in sample.groups)
    share = counted(group, method) / n
    if method.fit == "normal":
        if group.patterns is not None:
            return PatternPart(structure, n, group.patterns)
        return NormalPart(structure, share, group.mean, group.cov)
    if group.ordinal is not None:
        return SquaresPart(
            structure, share, group.ordinal.vector, _ordinal_weight(group.ordinal.plain_gamma, method.fit)
        )
    target = structure.flat(group.mean, group.cov)
    if method.fit == "gls":
        return SquaresPart(structure, share, target, normal_weight(np.linalg.inv(group.cov), structure.means))
    if method.fit == "uls":
        return SquaresPart(structure, share, target, np.ones(len(target)))
    gamma = sample_gamma(group, structure.means)
    return SquaresPart(structure, share, target, _ordinal_weight(gamma, method.fit))


def _ordinal_weight(gamma: Array, fit: str) -> Array:
    if fit == "dwls":
        return 1 / np.diag(gamma)
    if fit == "wls":
        return np.linalg.inv(gamma)
    return np.ones(len(gamma))


def sample_gamma(group: GroupSample, means: bool, given: Sequence[int] = ()) -> Array:
    """Return the asymptotic covariance (k, k) of the sample's moments from its fourth moments, divisor n.

    `given` are the columns of covariates held fixed.
    """
    if group.raw is None:
        raise DataProblem(Fault("robust tests need the rows, moments are not enough", "Give the answers themselves."))
    if not given:
        p = len(group.mean)
        found = gamma_sample(group.raw, group.mean)
        return found if means else found[p:, p:]
    centred = group.raw - group.mean
    rows, columns = pairs(len(group.mean))
    # What the covariates themselves predict does not vary from sample to sample when they are held fixed.
    known = np.column_stack([np.ones(len(centred)), centred[:, given]])
    expected = known @ np.linalg.lstsq(known, centred, rcond=None)[0]
    crossed = centred[:, rows] * centred[:, columns] - expected[:, rows] * expected[:, columns]
    crossed -= crossed.mean(axis=0)
    each = np.concatenate([centred - expected, crossed], axis=1) if means else crossed
    return each.T @ each / len(each)
