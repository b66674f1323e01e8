"""Resamples of the rows behind a fit, and the model's optimum on each: what one worker of a bootstrap does."""

import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import DataProblem
from crqkit.sem.data.patterns import patterns
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation.model import Model, part_of
from crqkit.sem.estimation.optimise import minimise
from crqkit.sem.estimation.stacked import Optima, StackedNormal, minimise_all
from crqkit.sem.estimation.standardized import standardised
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]
STACK = 25  # draws of complete data that are searched together: their matrices stay in the cache
GOOD, LOST, IMPROPER = 0, 1, 2
SMALL = 1e-8
FAR = 1000  # standard errors from the data's estimate: nothing comes to rest there, however flat the slope


class Draws(NamedTuple):
    """Estimates of B resamples: x (B, q), defined (B, d), standard (B, rows), chisq (B,), status (B,).

    NaN where the status is LOST; chisq also where it would need more than the search itself.
    """

    x: Array
    defined: Array
    standard: Array
    chisq: Array
    status: NDArray[np.int8]


@dataclass(frozen=True)
class Around:
    """A fit to draw again: the model, its optimum, and what a search needs that starts there.

    `basis` (q, r) are the free directions of linear restrictions, `inverse` (r, r) the inverse information of one
    person along them (None if only curved restrictions identify the model); `raw` are each
    group's rows, moved so that the model holds where it is to be tested.
    """

    model: Model
    x: Array
    basis: Array
    inverse: Array | None
    raw: list[Array]

    @property
    def stack(self) -> int:
        """How many draws are made at once."""
        return STACK if complete(self.model) and not _bent(self.model) else 1


def complete(model: Model) -> bool:
    """Whether means and covariances of complete rows are all that the estimator uses."""
    return model.method.fit == "normal" and all(group.patterns is None for group in model.sample.groups)


def _bent(model: Model) -> bool:
    return bool(model.restrictions.curved or model.restrictions.inequalities)


def draw(rng: np.random.Generator, number: int, *, around: Around, times: int) -> Draws:
    """Return the estimates of resamples `number` * stack and those that follow it in the stack, `times` in all."""
    count = min(around.stack, times - number * around.stack)
    model, raw = around.model, around.raw
    rows = [[resample(rng, group) for group in model.sample.groups] for _ in range(count)]
    # Resamples in which an item does not vary, or far too few rows differ, are lost without a word.
    with np.errstate(all="ignore"):
        if complete(model) and not _bent(model):
            samples: StackedNormal | Separate = StackedNormal(model, raw, rows)
            found = minimise_all(samples, around.x, around.basis, around.inverse, model.n, count)
            found = _again(_near(found, around), around, rows)
        else:
            try:
                again = resampled(model, raw, rows[0])
            except (DataProblem, np.linalg.LinAlgError):
                return _nothing(around)
            samples = Separate(again)
            found = _search(samples, around)
        return _collect(model, samples, found)


def resample(rng: np.random.Generator, group: GroupSample) -> NDArray[np.intp]:
    """Return which rows of a group are drawn, with replacement: single rows, or all rows of drawn clusters."""
    if group.raw is None:
        return np.empty(0, np.intp)
    if group.clusters is None:
        return rng.integers(0, len(group.raw), len(group.raw))
    order = np.argsort(group.clusters, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(group.clusters[order])) + 1)
    return np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])


class Separate:
    """Any estimator: one draw, whose sample was built anew."""

    def __init__(self, model: Model) -> None:
        self.model, self.n = model, np.array([model.n])

    def evaluate(self, x: Array, at: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return value and gradient, as `Samples.evaluate`."""
        value = self.model.value(x[0])
        gradient = self.model.gradient(x[0]) if np.isfinite(value) else np.zeros(len(x[0]))
        return np.array([value]), gradient[None]

    def structures(self, at: NDArray[np.intp]) -> list[Structure]:
        """Return each group's structure."""
        return self.model.structures


def resampled(model: Model, raw: list[Array], drawn: list[NDArray[np.intp]]) -> Model:
    """Return the model on one resample: `drawn` are each group's rows."""
    groups = [_group(model, g, raw[g], rows) for g, rows in enumerate(drawn)]
    sample = replace(model.sample, groups=groups)
    structures = []
    for structure, group in zip(model.structures, groups, strict=True):
        own = copy.copy(structure)
        if model.covariates:
            own.links, own.levels = structure.links.copy(), structure.levels.copy()
            own.fix_covariates(model.covariates, group.mean, group.cov)
        structures.append(own)
    parts = [part_of(own, group, sample, model.method) for own, group in zip(structures, groups, strict=True)]
    return replace(model, sample=sample, structures=structures, parts=parts)


def _group(model: Model, g: int, raw: Array, rows: NDArray[np.intp]) -> GroupSample:
    old = model.sample.groups[g]
    part = raw[rows]
    weights = None if old.weights is None else old.weights[rows]
    share = np.full(len(part), 1 / len(part)) if weights is None else weights / weights.sum()
    n = float(len(part) if weights is None else weights.sum())
    clusters = None if old.clusters is None else _copies(old.clusters[rows], rows)
    again = replace(old, n=n, raw=part, weights=weights, clusters=clusters, rows=None, saturated=None)
    if old.ordinal is not None:
        from crqkit.stats.polychorics import ordinal_moments

        ordered = [name in model.plan.ordered for name in model.sample.names]
        found = ordinal_moments(
            part,
            ordered,
            names=model.sample.names,
            weights=weights,
            clusters=clusters,
            missing="pairwise" if np.isnan(part).any() else "listwise",
            levels=[level if is_one else None for level, is_one in zip(old.ordinal.levels, ordered, strict=True)],
        )
        return replace(again, mean=found.means, cov=found.cov, ordinal=found)
    mean = share @ part
    centred = part - mean
    cov = (centred * share[:, None]).T @ centred
    if model.method.likelihood == "wishart":
        cov = cov * n / (n - 1)
    # Where answers are missing these moments are NaN; those of covariates, which have none missing, are not.
    kept = None if old.patterns is None else patterns(part, weights=weights)
    return replace(again, mean=mean, cov=cov, patterns=kept)


def _copies(clusters: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return new numbers of the drawn clusters: one that was drawn twice counts as two."""
    begins = (np.diff(clusters, prepend=-1) != 0) | (np.diff(rows, prepend=-1) <= 0)
    return np.cumsum(begins)


def _search(samples: Separate, around: Around) -> Optima:
    """Return the optimum of one draw; with curved restrictions, or where the short way fails, by the long one."""
    if not _bent(samples.model):
        found = _near(minimise_all(samples, around.x, around.basis, around.inverse, samples.model.n, 1), around)
        if found.converged[0]:
            return found
    return _long(samples.model, around)


def _near(found: Optima, around: Around) -> Optima:
    """Return the optima with those that ran away marked as not reached."""
    if around.inverse is None:
        return found
    se = np.sqrt(np.einsum("qr,rs,qs->q", around.basis, around.inverse, around.basis) / around.model.n)
    near = (np.abs(found.x - around.x) <= FAR * se + SMALL).all(axis=1)
    return found._replace(converged=found.converged & near)


def _long(model: Model, around: Around) -> Optima:
    """Return the optimum of one draw by Fisher scoring, which copes with more."""
    try:
        long = minimise(model, around.x, model.restrictions)
    except np.linalg.LinAlgError:
        return Optima(np.full((1, len(around.x)), np.nan), np.full(1, np.nan), np.zeros(1, bool))
    return _near(Optima(long.x[None], np.array([long.value]), np.array([long.converged])), around)


def _again(found: Optima, around: Around, rows: list[list[NDArray[np.intp]]]) -> Optima:
    """Return the optima with those that the common search did not reach searched for one by one."""
    for i in np.flatnonzero(~found.converged):
        try:
            one = _long(resampled(around.model, around.raw, rows[i]), around)
        except np.linalg.LinAlgError:
            continue
        found.x[i], found.value[i], found.converged[i] = one.x[0], one.value[0], one.converged[0]
    return found


def _collect(model: Model, samples: StackedNormal | Separate, found: Optima) -> Draws:
    at = np.flatnonzero(found.converged)
    ops = model.table["op"].tolist()
    empty = Draws(*(np.full((len(found.x), k), np.nan) for k in (model.q, ops.count(":="), len(ops))), *_end(found))
    if not len(at):
        return empty
    x, structures = found.x[at], samples.structures(at)
    empty.x[at] = x
    for j, (_, curve) in enumerate(model.restrictions.defined):
        empty.defined[at, j] = curve.value(x)
    empty.standard[at] = standardised(replace(model, structures=structures), x)
    empty.chisq[at] = (
        2 * samples.n[at] * found.value[at] if all(g.patterns is None for g in model.sample.groups) else np.nan
    )
    empty.status[at] = np.where(proper(structures, x), GOOD, IMPROPER)
    return empty


def _end(found: Optima) -> tuple[Array, NDArray[np.int8]]:
    return np.full(len(found.x), np.nan), np.full(len(found.x), LOST, np.int8)


def _nothing(around: Around) -> Draws:
    q = len(around.x)
    none = Optima(np.full((1, q), np.nan), np.full(1, np.nan), np.zeros(1, bool))
    return _collect(around.model, Separate(around.model), none)


def proper(structures: list[Structure], x: Array) -> NDArray[np.bool_]:
    """Return for which x (B, q) the (residual) covariance matrices have no negative eigenvalue."""
    fine = np.ones(len(x), bool)
    for structure in structures:
        _, links, _ = structure.matrices(x[:, structure.free])
        variances = np.einsum("aii->ai", links)
        fine &= (variances >= 0).all(axis=1)
        joined = np.flatnonzero(((links != 0).sum(axis=1) > 1).any(axis=0))
        if len(joined):
            size = np.sqrt(np.where(variances > 0, variances, 1))[:, joined]
            part = links[:, joined[:, None], joined] / (size[:, :, None] * size[:, None, :])
            fine &= np.linalg.eigvalsh(part)[:, 0] > -SMALL
    return fine
