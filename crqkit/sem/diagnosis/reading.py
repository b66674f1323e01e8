"""The one sentence that the tests of a model allow, what limits it, and where method and limits come from.

Indices alone never make a claim: RMSEA speaks through its interval, and only where its limits were made for the
estimator; the test of exact fit is always told with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from crqkit.base.cutoffs import (
    EXACT_FIT,
    EXACT_FIT_ALONE,
    FIT_PEOPLE,
    RMSEA_CLOSE,
    RMSEA_DF,
    RMSEA_PEOPLE,
    RMSEA_POOR,
)
from crqkit.base.messages import Sentence, say
from crqkit.sem.assessment.indices import rmsea
from crqkit.sem.data.likeness import effective_n
from crqkit.sem.diagnosis.finding import STOP, Finding
from crqkit.sem.estimation.chisquare import Test
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.misfit import complete_misfit
from crqkit.sem.estimation.model import Model

BROWNE = "Browne & Cudeck 1993, in Bollen & Long (eds.), Testing Structural Equation Models, pp. 136-162 (RMSEA)"
MACCALLUM = "MacCallum, Browne & Sugawara 1996, Psychological Methods 1:130-149 (interval of RMSEA against limits)"
KENNY = "Kenny, Kaniskan & McCoach 2015, Sociological Methods & Research 44:486-507 (RMSEA with few df)"
XIA = "Xia & Yang 2019, Behavior Research Methods 51:409-428 (indices with ordered items)"
EQUIVALENT = "MacCallum, Wegener, Uchino & Fabrigar 1993, Psychological Bulletin 114:185-199 (equivalent models)"
KOLENIKOV = "Kolenikov & Bollen 2012, Sociological Methods & Research 41:124-167 (variances below zero)"
TESTS = {
    "standard": "Bollen 1989, Structural Equations with Latent Variables, pp. 263-269 (test of exact fit)",
    "satorra.bentler": "Satorra & Bentler 1994, in von Eye & Clogg (eds.), Latent Variables Analysis, pp. 399-419",
    "scaled.shifted": "Asparouhov & Muthén 2010, Simple second order chi-square correction, Mplus Technical Appendix",
    "yuan.bentler.mplus": "Yuan & Bentler 2000, Sociological Methodology 30:165-200 (scaled test)",
}
ROBUST = {
    "fiml": "Zhang & Savalei 2023, Psychological Methods 28:263-283 (RMSEA with missing answers)",
    "scaled": "Brosseau-Liard, Savalei & Li 2012, Multivariate Behavioral Research 47:904-930 (RMSEA, scaled)",
}
FAILURES = (
    ("not_converged", ("not_converged",)),
    ("not_identified", ("under_identified", "empirically_under_identified")),
    ("no_errors", ("se_not_computed",)),
)
ALIKE = 0.95  # a smaller share of independent people is worth a word
IMPROPER = ("negative_residual_variance", "negative_lv_variance", "lv_correlation_near_one", "lv_cov_not_pd")


class Said(NamedTuple):
    """A reading with the cautions and sources of its own."""

    sentence: Sentence
    cautions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def read(found: Estimate, findings: Sequence[Finding]) -> tuple[Sentence, tuple[str, ...], tuple[str, ...]]:
    """Return one plain sentence on a fitted model, its cautions, and its sources.

    Parameters
    ----------
    found : Estimate
    findings : sequence of Finding
        What `diagnose` found; one that stops comes first and loudest.

    Returns
    -------
    tuple
        The sentence (its id under ``sem_fit`` is the verdict), cautions, sources.

    Notes
    -----
    With maximum likelihood the 90 % interval of RMSEA (the robust one where the test is scaled) is held against 0.05
    and 0.08: wholly above, misfit is clear; wholly below, none larger was found; across both, nothing can be told.
    With least squares on ordered items, and with under ten degrees of freedom and under 200 people, the test of exact
    fit speaks alone, and says nothing of size.

    References
    ----------
    MacCallum, Browne & Sugawara 1996; Xia & Yang 2019; Kenny, Kaniskan & McCoach 2015.
    """
    said = _failure(found, findings) or _judged(found)
    short = [
        one for one in findings if one.code != "few_people" or one.group or said.sentence.id != "sem_fit.too_little"
    ]
    told = [str(one.sentence) for one in _told(short)]
    dropped = found.model.sample.dropped
    if dropped:
        told.append(say("sem_fit.caution.left_out", count=dropped))
    told += [*_sample_cautions(found.model), *said.cautions]
    sources = said.sources
    if not said.sentence.id.startswith("sem_fit.failed"):
        told.append(say("sem_fit.caution.equivalent"))
        sources = (*sources, EQUIVALENT)
        if "~" in found.model.plan.op:
            told.append(say("sem_fit.caution.one_time"))
    if any(one.code.startswith("negative_") for one in findings):
        sources = (*sources, KOLENIKOV)
    return said.sentence, tuple(told), sources


def _sample_cautions(model: Model) -> list[Sentence]:
    """Return what one must know of the people behind the numbers."""
    groups, said = model.sample.groups, []
    if all(group.clusters is not None and len(np.unique(group.clusters)) > 1 for group in groups):
        effective = effective_n(model.sample)
        if effective < ALIKE * model.sample.n:
            said.append(say("sem_fit.caution.alike", n=round(model.sample.n), effective=round(effective)))
    if any(group.ordinal is not None and np.isnan(group.raw).any() for group in groups):
        said.append(say("sem_fit.caution.pairs"))
    return said


def _told(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those that follow from another."""
    # A matrix with a negative variance or a correlation beyond one is never positive definite.
    causes = {
        one.group
        for one in findings
        if one.severity == STOP and one.code in ("negative_lv_variance", "lv_correlation_near_one")
    }
    return [one for one in findings if one.code != "lv_cov_not_pd" or one.group not in causes]


def _failure(found: Estimate, findings: Sequence[Finding]) -> Said | None:
    stops = {one.code for one in findings if one.severity == STOP}
    for name, codes in FAILURES:
        if stops.intersection(codes):
            return Said(say(f"sem_fit.failed.{name}", evidence=_evidence(found)))
    improper = [one for one in _told(findings) if one.severity == STOP and one.code in IMPROPER]
    if improper:
        names = ", ".join(dict.fromkeys(f"{one.where} [{one.group}]" if one.group else one.where for one in improper))
        return Said(say("sem_fit.failed.improper", names=names, evidence=_evidence(found)))
    return None


def _judged(found: Estimate) -> Said:
    """Return what the tests of a proper solution allow."""
    model, n = found.model, found.model.sample.n
    if found.df == 0:
        return Said(say("sem_fit.saturated", evidence=_evidence(found)))
    test = _test(found)
    if test is None:
        return Said(say("sem_fit.no_test", evidence=_evidence(found)))
    if model.method.fit in ("uls", "dwls") and model.method.test == "standard":
        return Said(say("sem_fit.uncorrected", evidence=_evidence(found)))
    evidence, sources = _evidence(found, test), (TESTS[model.method.test],)
    if n < float(FIT_PEOPLE):
        return Said(say("sem_fit.too_little", n=n, least=int(FIT_PEOPLE), evidence=evidence), (), sources)
    caution = _not_for_rmsea(found)
    if caution is not None:
        return _by_test(_pvalue(test), evidence, caution, sources)
    return _by_rmsea(found, _pvalue(test), evidence, sources)


def _test(found: Estimate) -> Test | None:
    """Return the test of exact fit, None where it has no number or nothing to compare with."""
    if any(group.saturated is not None and not group.saturated.converged for group in found.model.sample.groups):
        return None
    try:
        test = found.test
    except np.linalg.LinAlgError:
        return None
    return test if np.isfinite(test.scaled) and test.factor > 0 else None


def _pvalue(test: Test) -> float:
    from scipy.stats import chi2

    return float(chi2.sf(test.scaled, test.df))


def _not_for_rmsea(found: Estimate) -> Sentence | None:
    """Return why RMSEA has no limits here; None where it has."""
    model = found.model
    if model.ordered:
        return say("sem_fit.caution.ordered")
    if model.method.fit != "normal":
        return say("sem_fit.caution.squares")
    if found.df < float(RMSEA_DF) and model.sample.n < float(RMSEA_PEOPLE):
        return say("sem_fit.caution.small_df", df=found.df, n=model.sample.n)
    return None


def _by_test(pvalue: float, evidence: Sentence, caution: Sentence, sources: tuple[str, ...]) -> Said:
    """Return what the test of exact fit says alone."""
    verdict = "clear" if pvalue < float(EXACT_FIT_ALONE) else "unclear" if pvalue < float(EXACT_FIT) else "none"
    why = {"sem_fit.caution.ordered": (XIA,), "sem_fit.caution.small_df": (KENNY,)}.get(caution.id, ())
    return Said(say(f"sem_fit.test.{verdict}", evidence=evidence), (caution,), (*sources, *why))


def _by_rmsea(found: Estimate, pvalue: float, evidence: Sentence, sources: tuple[str, ...]) -> Said:
    """Return what the interval of RMSEA says, beside the test of exact fit."""
    value, low, high = _rmsea(found)
    if not np.isfinite([value, low, high]).all():
        return Said(say("sem_fit.no_test", evidence=evidence), (), sources)
    close, poor, exact = float(RMSEA_CLOSE), float(RMSEA_POOR), pvalue >= float(EXACT_FIT)
    limit = poor
    if low > close:
        verdict = "large" if low > poor else "clear"
        limit = poor if low > poor else close
    elif high < poor:
        verdict = "none" if exact else "small"
        limit = close if high < close else poor
    else:
        verdict = "unclear" if exact else "unclear_size"
    sentence = say(
        f"sem_fit.rmsea.{verdict}",
        rmsea=_three(value),
        low=_three(low),
        high=_three(high),
        limit=limit,
        close=close,
        poor=poor,
        evidence=evidence,
    )
    kind = "fiml" if _has_holes(found) else "scaled"
    robust = (ROBUST[kind],) if _corrected(found) else ()
    return Said(sentence, (), (*sources, BROWNE, MACCALLUM, *robust))


def _rmsea(found: Estimate) -> tuple[float, float, float]:
    """Return RMSEA and the ends of its 90 % interval; the robust ones where test or answers call for them."""
    n, groups, test = found.model.n, len(found.model.structures), found.test
    own = complete_misfit(found) if _corrected(found) else None
    measures = rmsea(test.chisq if own is None else own.scaled, test.df, n, groups)
    stretch = 1.0 if own is None else float(np.sqrt(own.factor)) if own.factor > 0 else np.nan
    return tuple(measures[name] * stretch for name in ("rmsea", "rmsea.ci.lower", "rmsea.ci.upper"))  # type: ignore


def _corrected(found: Estimate) -> bool:
    return found.model.method.test != "standard" or _has_holes(found)


def _has_holes(found: Estimate) -> bool:
    return any(group.patterns is not None for group in found.model.sample.groups)


def _evidence(found: Estimate, test: Test | None = None) -> Sentence:
    """Return what the reading rests on: test, people, estimator, missing rule."""
    model = found.model
    about = {"n": model.sample.n, "estimator": model.method.name, "missing": say(f"sem_missing.{_missing(found)}")}
    if test is None:
        return say("sem_evidence.plain", **about)
    kind, pvalue = say(f"sem_test.{model.method.test}"), _pvalue(test)
    p = f"= {_three(pvalue)}" if pvalue >= 0.001 else "< 0.001"
    return say("sem_evidence.test", test=kind, chisq=_one(test.scaled), df=test.df, p=p, **about)


def _missing(found: Estimate) -> str:
    """Return the rule by which missing answers were treated, as it took effect."""
    sample = found.model.sample
    if all(group.raw is None for group in sample.groups):
        return "moments"
    if _has_holes(found):
        return "fiml"
    if any(group.raw is not None and np.isnan(group.raw).any() for group in sample.groups):
        return "pairwise"
    return "listwise" if sample.dropped else "complete"


def _one(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _three(value: float) -> str:
    return f"{value:.3f}"
