"""Nested models against one another: how much worse the data fit when more is held fixed or equal."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import Cutoff, ModelProblem, Result, say
from crqkit.base.problems import ChoiceProblem, check_choice
from crqkit.sem.assessment import indices
from crqkit.sem.assessment.nesting import by_name, check_comparable, restricted_point, tangents
from crqkit.sem.assessment.release import MIN_PEOPLE
from crqkit.sem.estimation import chisquare
from crqkit.sem.estimation.errors import information, moment_filling, score_filling
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.restrictions import null_space
from crqkit.stats.multiplicity import HOLM, holm

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crqkit.sem.fitted import Fit

Array = NDArray[Any]
STANDARD, SB2001, SB2010, S2000 = "standard", "satorra.bentler.2001", "satorra.bentler.2010", "satorra.2000"
SOURCES = {
    STANDARD: "Neyman & Pearson 1928, Biometrika 20A:175-240 (likelihood-ratio test)",
    SB2001: "Satorra & Bentler 2001, Psychometrika 66:507-514",
    SB2010: "Satorra & Bentler 2010, Psychometrika 75:243-248",
    S2000: "Satorra 2000, in Heijmans, Pollock & Satorra (eds), Innovations in Multivariate Statistical Analysis, "
    "233-247; scaled and shifted after Asparouhov & Muthén 2010",
}
DEFAULTS = {"standard": STANDARD, "satorra.bentler": SB2001, "yuan.bentler.mplus": SB2001, "scaled.shifted": S2000}
CFI_FALL = Cutoff(
    "cfi_fall",
    0.01,
    "Cheung & Rensvold 2002, Structural Equation Modeling 9:233-255",
    "equalities across groups, maximum likelihood",
)
MORE = 0.01  # a freer model's chi-square may exceed the tighter one's by this much: searches stop short of the optimum


class Step(NamedTuple):
    """The test of one model against the next freer one.

    `factor` has divided the difference; `bent` says that it could not rest on the observed information.
    """

    chisq: float
    df: int
    pvalue: float
    factor: float
    nested: bool
    bent: bool = False


class Comparison(Result):
    """Nested models compared; `.table` holds one row a model, the least restricted first."""


def compare(
    *fits: "Fit | Estimate",
    method: str | None = None,
    names: Sequence[str] | None = None,
    point: str = "moments",
    alpha: float = 0.05,
    least: int | Cutoff = MIN_PEOPLE,
) -> Comparison:
    """Return likelihood-ratio tests of nested models, each against the next less restricted one.

    Parameters
    ----------
    *fits : Fit
        Two or more models of the same answers, in any order.
    method : str, optional
        ``standard``, or for scaled tests ``satorra.bentler.2001`` (default with one scaling factor, as in MLM and
        MLR), ``satorra.bentler.2010`` (never negative), ``satorra.2000`` (default with scaled and shifted tests, as
        in WLSMV and MLMV).
    names : sequence of str, optional
        What to call the models, in the order given.
    point : {"moments", "names"}
        Where method 2010 takes the factor of the less restricted model: at the parameters that imply the tighter
        model's moments, or at the tighter model's values by name, as lavaan 0.6-14 does. They differ where equalities
        free something else: with equal intercepts, names forget the latent means.
    alpha : float
        Level of the reading, for Holm's p-values.
    least : int or Cutoff
        With fewer people the reading says nothing.

    Returns
    -------
    Comparison
        Table `name df chisq chisq_diff df_diff pvalue pvalue_holm aic bic cfi rmsea`: `chisq` is not scaled, the
        difference is; `cfi` and `rmsea` are the robust ones where the estimator has them; Holm's p-values are over
        all steps.

    Raises
    ------
    ModelProblem
        Models of other answers, variables or estimators; one that did not converge.
    ChoiceProblem
        No such method, or one that these tests do not allow.

    References
    ----------
    Satorra & Bentler 2001, Psychometrika 66:507-514; 2010, Psychometrika 75:243-248. Satorra 2000, in Heijmans,
    Pollock & Satorra (eds), 233-247.
    """
    if len(fits) < 2:
        raise ModelProblem("a comparison needs two models or more", "Give each fit: compare(free, held).")
    if names is not None and len(names) != len(fits):
        raise ModelProblem(f"{len(names)} names for {len(fits)} models", "Give one name for each, in the same order.")
    called = list(names or (say("compare.model", number=i + 1) for i in range(len(fits))))
    known = sorted(zip(called, fits, map(_estimate, fits), strict=True), key=lambda one: one[2].df)
    found = [one for *_, one in known]
    check_comparable(found, [name for name, *_ in known])
    way = _method(found[0], method)
    check_choice("point", point, ["moments", "names"])
    steps = [_step(freer, tighter, way, point) for freer, tighter in pairwise(found)]
    table = _table([name for name, *_ in known], [_measures(fit) for _, fit, _ in known], found, steps)
    limit = least if isinstance(least, Cutoff) else MIN_PEOPLE.at(least)
    n = found[0].model.sample.n
    sources = (SOURCES[way], str(limit)) if len(steps) == 1 else (SOURCES[way], HOLM, str(limit))
    settings = {"method": way, "alpha": alpha, "least": int(limit), "n": n, "factors": [step.factor for step in steps]}
    reading = _reading(table, [step.nested for step in steps], n, alpha, int(limit))
    return Comparison(table, reading, _cautions(table, steps, found[0], way, alpha), sources, settings, _draw)


def _estimate(fit: "Fit | Estimate") -> Estimate:
    return fit if isinstance(fit, Estimate) else fit.estimate


def _measures(fit: "Fit | Estimate") -> Any:
    return indices.fit_measures(fit) if isinstance(fit, Estimate) else fit.fit_measures


def _method(found: Estimate, method: str | None) -> str:
    test = found.model.method.test
    if method is None:
        return DEFAULTS.get(test, S2000)
    check_choice("method", method, list(SOURCES))
    if method != STANDARD and test == "standard":
        raise ChoiceProblem("method", method, [STANDARD])
    return method


def _step(freer: Estimate, tighter: Estimate, way: str, point: str = "moments") -> Step:
    """Return the test of `tighter` against `freer`."""
    from scipy.stats import chi2

    df, plain = tighter.df - freer.df, tighter.test.chisq - freer.test.chisq
    x, nested = restricted_point(freer, tighter)
    if df == 0:
        return Step(plain, 0, np.nan, np.nan, nested)
    factor, shift, bent = 1.0, 0.0, False
    if way == S2000:
        factor, shift = _satorra_2000(freer, tighter, df)
    elif way != STANDARD:
        free = freer.test.mean_factor
        if way == SB2010:
            free, bent = _factor_at(freer.model, by_name(freer, tighter) if point == "names" else x, freer.df)
        factor = (tighter.df * tighter.test.mean_factor - freer.df * free) / df
    scaled = plain / factor + shift
    return Step(scaled, df, float(chi2.sf(scaled, df)) if factor > 0 else np.nan, factor, nested, bent)


def _factor_at(model: Model, x: Array, df: int) -> tuple[float, bool]:
    """Return the scaling factor of a model's test at any parameters, and whether another information was needed."""
    if not df:
        return 0.0, False
    tangent = model.restrictions.tangent(x)
    found = chisquare.test(model, x, tangent, df).mean_factor
    if np.isfinite(found):
        return found, False
    # Off its optimum the observed information may have a negative eigenvalue; the expected one has none.
    inner = tangent.T @ model.expected(x) @ tangent
    own = float(np.trace(np.linalg.solve(inner, tangent.T @ score_filling(model, x) @ tangent)))
    return (chisquare.saturated_moments_trace(model) - own) / df, True


def _satorra_2000(freer: Estimate, tighter: Estimate, df: int) -> tuple[float, float]:
    """Return factor and shift of the difference, from the constraints that tell the models apart.

    They stand at right angles to what the tighter model's parameters can do among those of the freer one.
    """
    model, x = freer.model, freer.x
    wide, narrow = tangents(freer, tighter)
    apart = null_space(np.linalg.lstsq(wide, narrow, rcond=None)[0].T).T
    sandwich = model.method.se == "robust.huber.white"
    kind = "observed" if sandwich else model.method.information
    inner = freer.tangent.T @ information(model, x, kind) @ freer.tangent
    rows = model.sample.groups
    plain = all(g.patterns is None and g.clusters is None and g.weights is None for g in rows)
    filling = moment_filling(model, x) if plain or not sandwich else score_filling(model, x)
    reach = np.linalg.solve(inner, apart.T)
    spread = reach.T @ (freer.tangent.T @ filling @ freer.tangent) @ reach
    ratio = np.linalg.solve(apart @ reach, spread)
    stretch = np.sqrt(df / np.trace(ratio @ ratio))
    return float(1 / stretch), float(df - stretch * np.trace(ratio))


def _table(names: list[str], measures: list[Any], found: list[Estimate], steps: list[Step]) -> pd.DataFrame:
    rows = []
    for name, measure, one in zip(names, measures, found, strict=True):
        best = {of: measure.get(f"{of}.robust", measure.get(of, np.nan)) for of in ("cfi", "rmsea")}
        criteria = {of: measure.get(of, np.nan) for of in ("aic", "bic")}
        rows.append({"name": str(name), "df": one.df, "chisq": one.test.chisq, **criteria, **best})
    first = Step(np.nan, 0, np.nan, np.nan, True)
    table = pd.DataFrame(rows).assign(
        chisq_diff=[step.chisq for step in (first, *steps)],
        df_diff=pd.array([None, *(step.df for step in steps)], dtype="Int64"),
        pvalue=[step.pvalue for step in (first, *steps)],
        pvalue_holm=[np.nan, *holm([step.pvalue for step in steps])],
    )
    order = ("name", "df", "chisq", "chisq_diff", "df_diff", "pvalue", "pvalue_holm", "aic", "bic", "cfi", "rmsea")
    return table[list(order)]


def _cautions(table: pd.DataFrame, steps: list[Step], first: Estimate, way: str, alpha: float) -> tuple[str, ...]:
    cautions = []
    for i, step in enumerate(steps):
        freer, tighter = table.iloc[i], table.iloc[i + 1]
        who = {"freer": freer["name"], "tighter": tighter["name"]}
        if not step.nested:
            cautions.append(say("compare.not_nested", **who))
        elif tighter["chisq"] < freer["chisq"] - MORE:
            cautions.append(say("compare.larger", **who))
        if step.factor <= 0:
            id = "compare.negative" if way == SB2001 else "compare.no_factor"
            cautions.append(say(id, **who))
        if step.bent:
            cautions.append(say("compare.bent", **who))
        fall = freer["cfi"] - tighter["cfi"]
        scope = len(first.model.structures) > 1 and first.model.method.fit == "normal"
        if scope and tighter["pvalue_holm"] < alpha and fall <= float(CFI_FALL):
            cautions.append(say("compare.trifle", fall=f"{max(fall, 0.0):.3f}", limit=float(CFI_FALL), **who))
    return tuple(cautions)


def _reading(table: pd.DataFrame, nested: list[bool], n: float, alpha: float, least: int) -> str:
    """Say where fit first gets clearly worse; a step between models that are not nested says nothing."""
    steps = len(table) - 1
    ends = {"freer": table["name"].iloc[0], "tighter": table["name"].iloc[-1], "steps": steps}
    holm_p = table["pvalue_holm"].where(pd.Series([False, *nested])).to_numpy()
    tested = int(np.isfinite(holm_p).sum())
    if n < least:
        return say("compare.too_little", n=n, least=least)
    if not tested:
        return say("compare.no_test", **ends)
    clear = np.flatnonzero(holm_p < alpha)
    at = int(clear[0]) if len(clear) else int(np.nanargmin(holm_p))
    row = table.iloc[at]
    who = {"freer": table["name"].iloc[at - 1], "tighter": row["name"], "chisq": row["chisq_diff"]}
    who |= {"df": row["df_diff"], "p": _p(holm_p[at])}
    if len(clear):
        before = int(np.isfinite(holm_p[:at]).sum())
        return say("compare.worse_later" if before else "compare.worse", before=before, **who)
    if steps == 1:
        return say("compare.unclear", **who)
    return say("compare.unclear_steps", **ends, tested=tested, p=who["p"])


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw the chi-square of each model beside what its degrees of freedom let expect."""
    ax.plot(table["name"], table["chisq"], "o-", color="#0072B2", label=say("compare.chisq"))
    ax.plot(table["name"], table["df"], "--", color="#595959", label=say("compare.expected"))
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
