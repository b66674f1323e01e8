"""What makes answers unfit for any model, found before the search for estimates; every fault at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import DataProblem, Fault
from crqkit.sem.data.missing import SINGULAR
from crqkit.sem.data.sample import GroupSample, Sample
from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.methods import Method
from crqkit.sem.language.plan import Plan

Array = NDArray[np.float64]
FLAT = 1e-20  # a variance below this share of the mean square is rounding
FOLLOWS = 1e-7  # share of its variance that an item keeps when what the others say is taken out
TAKES_PART = 1e-4  # standardised weights below this are rounding


def check_sample(sample: Sample, plan: Plan, method: Method) -> None:
    """Raise one `DataProblem` with everything that keeps these answers from being modelled.

    Codes of the faults: ``zero_variance``, ``few_obs``, ``collinear``, ``cov_not_pd``. Categories that nobody chose
    are found when the answers are read.
    """
    faults = [fault for group in sample.groups for fault in _group_faults(group, sample.names, plan, method)]
    if faults:
        raise DataProblem(faults)


def _group_faults(group: GroupSample, names: list[str], plan: Plan, method: Method) -> Iterator[Fault]:
    where = f" in group {group.label}" if group.label else ""
    ordered = np.isin(names, plan.ordered)
    people = group.n if group.raw is None else len(group.raw)
    too_few = people <= len(names)
    if too_few:
        what = f"{people:g} {'person' if people == 1 else 'people'} for {len(names)} items{where}: more are needed"
        mend = "Ask more people, take fewer items" + (", or join groups." if where else ".")
        yield Fault(what, mend, code="few_obs")
        if people <= 1:
            return
    if group.clusters is not None and len(np.unique(group.clusters)) < 2:
        what = f"everybody is in one cluster{where}: nothing shows how alike clusters are"
        yield Fault(what, "Leave cluster out, or choose the column that tells shops apart.", code="few_clusters")
    variance = np.diagonal(group.cov)
    flat = ~ordered & ~(variance > FLAT * (variance + group.mean**2))
    for i in np.flatnonzero(flat):
        what = f"all values are the same{where}, so the item has no variance"
        mend = "Leave the item out, or the group." if where else "Leave the item out."
        yield Fault(what, mend, column=names[i], code="zero_variance")
    if too_few:
        # Then items follow from one another for want of people.
        return
    if method.fit == "wls" and people <= (facts := _facts(group, plan)):
        what = f"{people:g} people{where}: WLS weighs {facts} variances, covariances and more, and needs more people"
        yield Fault(what, "Take WLSMV, or DWLS.", code="few_obs")
    kept = np.flatnonzero(~flat)
    correlations = _correlations(group, kept, bool(ordered.any()))
    if correlations is not None:
        yield from _dependent(correlations, [names[i] for i in kept], where, given=group.raw is None)


def _facts(group: GroupSample, plan: Plan) -> int:
    if group.ordinal is not None:
        return len(group.ordinal.vector)
    p = len(group.mean)
    return len(pairs(p)[0]) + (p if plan.means else 0)


def _correlations(group: GroupSample, kept: NDArray[np.intp], ordered: bool) -> Array | None:
    """Return correlations of the items that vary; of the answers as given where items are ordered."""
    cov = group.cov
    if ordered and group.raw is not None:
        # Polychorics need not be positive definite; that one item repeats others shows in the answers themselves.
        complete = group.raw[~np.isnan(group.raw).any(axis=1)]
        if len(complete) <= len(kept):
            return None
        centred = complete - complete.mean(axis=0)
        cov = centred.T @ centred
        if not (np.diagonal(cov)[kept] > 0).all():
            return None
    cov = cov[np.ix_(kept, kept)]
    sd = np.sqrt(np.diagonal(cov))
    return cov / np.outer(sd, sd)


def _dependent(correlations: Array, names: list[str], where: str, *, given: bool) -> Iterator[Fault]:
    """Yield a fault for each item that others fix, or for a matrix that no answers can have."""
    if not len(names):
        return
    values, vectors = np.linalg.eigh(correlations)
    if values[0] > SINGULAR:
        return
    if given:
        part = np.abs(vectors[:, 0])
        involved = _list([name for name, size in zip(names, part, strict=True) if size > 0.1 * part.max()])
        what = f"the covariance matrix{where} is not positive definite; the fault lies among {involved}"
        mend = "Look for a misprint, or for correlations that come from different people (pairwise)."
        yield Fault(what, mend, code="cov_not_pd")
        if values[0] < -SINGULAR:
            return
    found = list(_followers(correlations))
    if not found:
        part = np.abs(vectors[:, 0])
        last, *others = np.flatnonzero(part > 0.1 * part.max())[::-1]
        found = [(int(last), [int(i) for i in others[::-1]])]
    for item, others in found:
        what = f"{names[item]} follows exactly from {_list([names[i] for i in others])}{where}"
        yield Fault(what, "Leave one of them out: together they say nothing new.", column=names[item], code="collinear")


def _followers(correlations: Array) -> Iterator[tuple[int, list[int]]]:
    """Yield each item that follows from items before it, and which; a later item is compared with the rest only."""
    kept: list[int] = []
    for item in range(len(correlations)):
        towards = correlations[kept, item]
        weights = np.linalg.solve(correlations[np.ix_(kept, kept)], towards) if kept else towards
        if 1 - towards @ weights > FOLLOWS:
            kept.append(item)
        else:
            yield item, [i for i, weight in zip(kept, weights, strict=True) if abs(weight) > TAKES_PART]


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
