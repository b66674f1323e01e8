"""What is wrong, or to be careful about, with a solution: each finding names where and says what it means."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base.cutoffs import EFFECTIVE_SHARE, ENOUGH_ANSWERS, FEW_CLUSTERS, FIT_PEOPLE, ORDERED_PEOPLE
from crqkit.base.messages import say
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.diagnosis.finding import CAUTION, STOP, Finding, finding, place
from crqkit.sem.diagnosis.identified import undetermined_anywhere, undetermined_here
from crqkit.sem.diagnosis.improper import ROUNDING, covariance_of, factors, variances
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.restrictions import ACTIVE

__all__ = ["Finding", "diagnose"]

Array = NDArray[Any]
SHOWN = 6  # parameters named in one sentence
LOOKED_AT = 1000  # rows that show whether an item has enough different answers


def diagnose(found: Estimate) -> list[Finding]:
    """Return all findings about a solution, the gravest first; none where nothing is wrong.

    Parameters
    ----------
    found : Estimate

    Returns
    -------
    list of Finding
        Codes that stop: ``not_converged, under_identified, empirically_under_identified, se_not_computed,
        negative_residual_variance, negative_lv_variance, lv_cov_not_pd, lv_correlation_near_one`` (from 1 on).
        Cautions: ``lv_correlation_near_one, binding_constraint, saturated_not_converged, few_people,
        few_people_ordered, few_clusters, unequal_weights, few_answers, boundary_polychoric, polychoric_not_pd``.

    Notes
    -----
    A variance below zero is given with its interval: where that reaches above zero, chance in a sample can be the
    reason; where it does not, a wrong model is likelier (Kolenikov & Bollen 2012).

    References
    ----------
    Kolenikov & Bollen 2012, Sociological Methods & Research 41:124-167.
    """
    findings = list(_search(found))
    if found.optimum.converged:
        for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
            findings += variances(found, structure, group)
            findings += factors(found, structure, group)
        findings += _binding(found)
    for group in found.model.sample.groups:
        findings += _people(found, group)
        findings += _answers(found, group)
    findings += _clusters(found)
    return sorted(findings, key=lambda one: one.severity != STOP)


def _search(found: Estimate) -> Iterator[Finding]:
    """Yield what the search itself came to: no end, parameters that nothing fixes, no errors."""
    model, converged = found.model, found.optimum.converged
    if not converged:
        yield finding("not_converged", "", "", STOP, steps=found.optimum.iterations)
    covariance = covariance_of(found)
    if found.df >= 0 and converged and covariance is not None and np.isfinite(covariance).all():
        return
    many, involved = undetermined_anywhere(model)
    if found.df < 0 or many:
        names = _named(found, involved)
        kind = "under_identified.facts" if found.df < 0 else "under_identified.place"
        yield finding(
            kind, "", names, STOP, names=names, npar=found.npar, facts=model.moments, many=max(many, -found.df)
        )
    elif converged:
        many, involved = undetermined_here(found)
        if many:
            names = _named(found, involved)
            yield finding("empirically_under_identified", "", names, STOP, names=names)
        else:
            yield finding("se_not_computed", "", "", STOP)


def _named(found: Estimate, involved: list[int]) -> str:
    """Return the names of parameters (from 0), of those set equal the first."""
    plan, names = found.model.plan, []
    labels = [group.label for group in found.model.sample.groups]
    basis, seen = found.model.restrictions.basis[1], set()
    for lhs, op, rhs, free, group in zip(plan.lhs, plan.op, plan.rhs, plan.free, plan.group, strict=True):
        if free - 1 not in involved or (same := basis[free - 1].tobytes()) in seen:
            continue
        seen.add(same)
        names.append(place(f"{lhs} {op} {rhs}".strip(), labels[group - 1]))
    shown = ", ".join(names[:SHOWN])
    return say("sem_find.and_more", names=shown, more=len(names) - SHOWN) if len(names) > SHOWN else shown


def _binding(found: Estimate) -> Iterator[Finding]:
    """Yield conditions that hold the estimates where they are."""
    plan, curves = found.model.plan, found.model.restrictions.inequalities
    if not curves:
        return
    rows = zip(plan.lhs, plan.op, plan.rhs, strict=True)
    texts = [f"{lhs} {op} {rhs}" for lhs, op, rhs in rows if op in ("<", ">")]
    for text, curve in zip(texts, curves, strict=True):
        if float(np.real(curve.value(found.x))) < ACTIVE:
            yield finding("binding_constraint", "", text, CAUTION, text=text)


def _people(found: Estimate, group: GroupSample) -> Iterator[Finding]:
    """Yield what the number of people, and how they count, leaves unsure."""
    n = group.n if group.raw is None else len(group.raw)
    code, least = ("few_people_ordered", ORDERED_PEOPLE) if found.model.ordered else ("few_people", FIT_PEOPLE)
    if n < float(least):
        who = say("sem_find.group", group=group.label) if group.label else say("sem_find.all")
        yield finding(code, group.label, "", CAUTION, who=who, n=n, least=int(least))
    if group.weights is not None:
        effective = float(group.weights.sum() ** 2 / (group.weights @ group.weights))
        if effective < float(EFFECTIVE_SHARE) * len(group.weights):
            who = say("sem_find.group", group=group.label) if group.label else say("sem_find.all")
            n = len(group.weights)
            yield finding("unequal_weights", group.label, "", CAUTION, who=who, n=n, effective=effective)
    if group.saturated is not None and not group.saturated.converged:
        yield finding("saturated_not_converged", group.label, "", CAUTION, steps=group.saturated.iterations)


def _clusters(found: Estimate) -> Iterator[Finding]:
    parts = [group.clusters for group in found.model.sample.groups if group.clusters is not None]
    if parts and (count := len(np.unique(np.concatenate(parts)))) < float(FEW_CLUSTERS):
        yield finding("few_clusters", "", "", CAUTION, count=count, least=int(FEW_CLUSTERS))


def _answers(found: Estimate, group: GroupSample) -> Iterator[Finding]:
    """Yield what scale and pattern of the answers make doubtful."""
    names, moments = found.model.sample.names, group.ordinal
    if moments is not None:
        for i, j in moments.boundary:
            where = f"{names[i]} ~~ {names[j]}"
            yield finding(
                "boundary_polychoric", group.label, where, CAUTION, first=names[i], second=place(names[j], group.label)
            )
        sd = np.sqrt(np.diagonal(moments.cov))
        if np.linalg.eigvalsh(moments.cov / np.outer(sd, sd))[0] < -ROUNDING:
            yield finding("polychoric_not_pd", group.label, "", CAUTION)
    elif group.raw is not None:
        few = [name for name in _explained(found) if _has_few_answers(group.raw[:, names.index(name)])]
        if few:
            where = ", ".join(few)
            told = place(where, group.label)
            yield finding("few_answers", group.label, where, CAUTION, names=told, least=int(ENOUGH_ANSWERS))


def _explained(found: Estimate) -> list[str]:
    """Return observed variables that the model explains; one that only explains may have any scale."""
    plan = found.model.plan
    rows = list(zip(plan.lhs, plan.op, plan.rhs, strict=True))
    explained = {rhs for _, op, rhs in rows if op == "=~"} | {lhs for lhs, op, _ in rows if op == "~"}
    return [name for name in plan.observed if name in explained]


def _has_few_answers(column: Array) -> bool:
    # Most items show enough answers at once; in the others new ones are looked for, which is quicker than sorting.
    seen: list[float] = []
    rest = column[~np.isnan(column)]
    while len(rest) and len(seen) < float(ENOUGH_ANSWERS):
        new = np.unique(rest[:LOOKED_AT])
        if (new % 1 != 0).any():
            return False
        seen += new.tolist()
        for value in new[: int(ENOUGH_ANSWERS)]:
            rest = rest[rest != value]
    return len(seen) < float(ENOUGH_ANSWERS)
