"""What would change if one restriction fell: score tests of equalities, modification indices of what is left out.

Both ask the model as it stands, without a new fit: Rao (1948); Sörbom (1989). As in lavaan they rest on the expected
information, for every estimator, and are not corrected for answers that are not normal.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import Cutoff, ModelProblem, Result, say
from crqkit.sem.assessment.candidates import candidates, standardising, with_candidates
from crqkit.sem.estimation.errors import invert
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.restrictions import null_space
from crqkit.stats.multiplicity import HOLM, holm

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crqkit.sem.fitted import Fit

Array = NDArray[Any]
FLAT = 1e-7  # share of its information that a released direction must keep, else the data cannot tell it
NEVER = 1e-10  # eigenvalue, over the largest, below which a direction is not identified
BATCH = 8_000_000  # numbers that the derivatives of one batch of candidates may take: 64 MB
RAO = "Rao 1948, Mathematical Proceedings of the Cambridge Philosophical Society 44:50-57 (score test)"
MIN_PEOPLE = Cutoff(
    "min_people_chisq", 100, "Boomsma 1985, Psychometrika 50:229-242: below it normal theory cannot be leaned on", "sem"
)


class Total(NamedTuple):
    """All equalities released at once: `df` counts them, `testable` those that the data can tell apart.

    Where the released model is not identified, `testable` is smaller; lavaan's p-value is the one by `df`.
    """

    X2: float
    df: int
    pvalue: float
    testable: int
    pvalue_testable: float


@dataclass(frozen=True, repr=False, eq=False)
class ScoreTest(Result):
    """Score tests of the equalities of a model: `.table` one by one, `.total` all at once."""

    total: Total | None = None


def score_test(fit: "Fit | Estimate", *, alpha: float = 0.05, least: int | Cutoff = MIN_PEOPLE) -> ScoreTest:
    """Return what each equality of a model costs, the others kept, and all of them together.

    Parameters
    ----------
    fit : Fit
        A model with equal labels, `group_equal` or `==`.
    alpha : float
        Level of the reading, for Holm's p-values.
    least : int or Cutoff
        With fewer people the reading says nothing.

    Returns
    -------
    ScoreTest
        Table `constraint parameter groups X2 df pvalue pvalue_holm epc`, the largest X2 first: @1 is the first group,
        `epc` the expected left side less right side once released. An equality that follows from the others, or
        whose release the data cannot tell, has df 0. `.total` is the test of all at once.

    Raises
    ------
    ModelProblem
        Nothing is held equal, or the search did not come to rest.

    References
    ----------
    Rao 1948, Mathematical Proceedings of the Cambridge Philosophical Society 44:50-57.
    """
    from scipy.stats import chi2

    found = _converged(fit)
    model, x = found.model, found.x
    jacobian, names = _equalities(model, x)
    if not len(jacobian):
        raise ModelProblem("this model holds no parameters equal", "Use group_equal, or one label for two parameters.")
    slope, second = model.gradient(x), model.expected(x)
    # A bound that binds is kept; the direction that breaks one equality and keeps all else has R d = e.
    bounds = model.restrictions.active(x)[len(model.restrictions.curved) :]
    away = np.linalg.pinv(np.vstack([jacobian, bounds]))[:, : len(jacobian)]
    testable = np.abs(np.diag(jacobian @ away) - 1) < FLAT
    index, change, told = _released(found, slope, second, away)
    df = (testable & told).astype(int)
    index, change = np.where(df, index, np.nan), np.where(df, change, np.nan)
    pvalue = chi2.sf(index, 1)
    table = pd.DataFrame(names).assign(X2=index, df=df, pvalue=pvalue, pvalue_holm=holm(pvalue), epc=change)
    table = table.sort_values("X2", ascending=False, kind="stable", ignore_index=True)
    total = _total(found, slope, second, null_space(bounds) if len(bounds) else np.eye(model.q), len(jacobian))
    limit = least if isinstance(least, Cutoff) else MIN_PEOPLE.at(least)
    cautions = [say("release.exploratory", family=len(table))]
    if total.testable < total.df:
        cautions.append(say("release.fewer", testable=total.testable, df=total.df))
    if model.method.test != "standard":
        cautions.append(say("release.normal"))
    return ScoreTest(
        table,
        _reading(table, model.sample.n, alpha, int(limit)),
        tuple(cautions),
        (RAO, HOLM, str(limit)),
        {"alpha": alpha, "least": int(limit), "n": model.sample.n},
        _draw,
        total,
    )


def modification_indices(
    fit: "Fit | Estimate",
    *,
    least: float | None = None,
    sort: bool = True,
    power: bool = False,
    delta: float = 0.1,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return what freeing each parameter that is fixed or left out would do; for exploring, not for confirming.

    Parameters
    ----------
    fit : Fit
        The model as it stands.
    least : float, optional
        Only indices of at least this size (chi-square units).
    sort : bool
        Largest index first; else fixed parameters, then loadings, covariances and regressions.
    power : bool
        Add the power to find a parameter of size `delta` at level `alpha` (Saris, Satorra & van der Veld 2009).

    Returns
    -------
    DataFrame
        `lhs op rhs group mi epc sepc_lv sepc_all pvalue pvalue_holm`: the expected fall of the chi-square and the
        expected parameter change, plain, with latent variances 1, and with all variances 1; Holm's p-values are over
        all parameters looked at, before `least`. With `power` also `ncp power`. Parameters that would leave the model
        without a unique solution are absent. `.attrs["caution"]` says what this list is for.

    Raises
    ------
    ModelProblem
        The search did not come to rest.

    References
    ----------
    Sörbom 1989, Psychometrika 54:371-384. Saris, Satorra & van der Veld 2009, Structural Equation Modeling
    16:561-582.
    """
    from scipy.stats import chi2, ncx2

    found = _converged(fit)
    rows = candidates(found.model.table)
    size = max(50, BATCH // max(len(found.model.sample.names), 1) ** 2)
    outcome = ((rows["op"] == "~") & rows["lhs"].isin(found.model.covariates)).to_numpy()
    parts = [(rows[~outcome], False), (rows[outcome], True)]
    batches = [_batch(found, part[low : low + size], x) for part, x in parts for low in range(0, len(part), size)]
    empty = rows.assign(**dict.fromkeys(("mi", "epc", "sepc_lv", "sepc_all"), np.nan))
    table = pd.concat(batches, ignore_index=True) if batches else empty
    pvalue = chi2.sf(table["mi"].to_numpy(float), 1)
    table = table.drop(columns="place").assign(pvalue=pvalue, pvalue_holm=holm(pvalue))
    if power:
        ncp = table["mi"] * (delta / table["epc"]) ** 2
        table = table.assign(ncp=ncp, power=ncx2.sf(chi2.isf(alpha, 1), 1, ncp))
    if least is not None:
        table = table[table["mi"] >= least]
    if sort:
        table = table.sort_values("mi", ascending=False, kind="stable")
    table = table.reset_index(drop=True)
    table.attrs = {"caution": say("release.exploratory", family=len(pvalue)), "family": len(pvalue)}
    return table


def _converged(fit: "Fit | Estimate") -> Estimate:
    found = fit if isinstance(fit, Estimate) else fit.estimate
    if not found.optimum.converged:
        raise ModelProblem("the search did not come to rest, so nothing can be said about changes to this model")
    return found


def _equalities(model: Model, x: Array) -> tuple[Array, list[dict[str, str]]]:
    """Return the Jacobian (m, q) of all equalities and how to name them: linear ones, then curved ones."""
    table, rules = model.table, model.restrictions
    curved = [i for i in np.flatnonzero((table["op"] == "==").to_numpy()) if i not in set(rules.rows)]
    slopes = np.array([curve.gradient(x) for curve in rules.curved]).reshape(-1, model.q)
    where = {label: i for i, label in enumerate(table["plabel"]) if label}
    labels, names = table.attrs["groups"], []
    for i in [*rules.rows, *curved]:
        sides = [table["lhs"].iat[i], table["rhs"].iat[i]]
        rows = [table.iloc[where[side]] for side in sides if side in where]
        if len(rows) < len(sides):
            names.append({"constraint": " == ".join(sides), "parameter": "", "groups": ""})
            continue
        words = [f"{row.lhs}{row.op}{row.rhs}" for row in rows]
        placed = [f"{word}@{row.group}" for word, row in zip(words, rows, strict=True)]
        groups = [labels[row.group - 1] for row in rows] if len(labels) > 1 else []
        name = {"constraint": " == ".join(placed), "parameter": ", ".join(dict.fromkeys(words))}
        names.append(name | {"groups": ", ".join(dict.fromkeys(groups))})
    return np.vstack([rules.matrix, slopes]), names


def _released(
    found: Estimate, slope: Array, second: Array, away: Array, tangent: Array | None = None
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return, for each direction `away` (q, m): X2, expected step along it, and whether the data can tell it.

    All directions in `tangent` (those that the model leaves free, if not given) stay free meanwhile.
    """
    tangent = found.tangent if tangent is None else tangent
    inner = tangent.T @ second @ tangent
    across = tangent.T @ second @ away
    inverse = invert(inner)
    adjusted = (np.linalg.pinv(inner) if inverse is None else inverse) @ across
    own = np.einsum("qm,qm->m", away, second @ away)
    left = own - (across * adjusted).sum(axis=0)
    push = slope @ away - (slope @ tangent) @ adjusted
    told = left > FLAT * np.maximum(own, np.finfo(float).tiny)
    kept = np.where(told, left, np.nan)
    return found.model.n * push**2 / kept, -push / kept, told


def _total(found: Estimate, slope: Array, second: Array, kept: Array, df: int) -> Total:
    """Return the test of all `df` equalities at once, over the directions `kept` (q, r) that bounds leave."""
    from scipy.stats import chi2

    slope, second = kept.T @ slope, kept.T @ second @ kept
    scale = 1 / np.sqrt(np.maximum(np.diag(second), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(second * np.outer(scale, scale))
    told = values > NEVER * values[-1]
    along = vectors[:, told].T @ (scale * slope)
    total = float(found.model.n * (along**2 / values[told]).sum())
    testable = min(int(told.sum()) - found.tangent.shape[1], df)
    by_rank = float(chi2.sf(total, testable)) if testable > 0 else np.nan
    return Total(total, df, float(chi2.sf(total, df)), testable, by_rank)


def _batch(found: Estimate, rows: pd.DataFrame, covariates: bool) -> pd.DataFrame:
    """Return `rows` with index, change and standardised changes; those the data cannot tell are left out."""
    wider, x = with_candidates(found, rows, covariates)
    extra, (q, free) = len(rows), found.tangent.shape
    beside = len(x) - q - extra
    tangent = np.zeros((len(x), free + beside))
    tangent[:q, :free], tangent[q : q + beside, free:] = found.tangent, np.eye(beside)
    away = np.eye(len(x))[:, q + beside :]
    index, change, told = _released(found, wider.gradient(x), wider.expected(x), away, tangent)
    latent, every = standardising(found.model, found.x, rows).T
    return rows.assign(mi=index, epc=change, sepc_lv=change * latent, sepc_all=change * every)[told]


def _reading(table: pd.DataFrame, n: float, alpha: float, least: int) -> str:
    tested = int((table["df"] > 0).sum())
    if n < least or not tested:
        return say("release.too_little", n=n, tested=tested, least=least)
    clear = table[table["pvalue_holm"] < alpha]
    if not len(clear):
        return say("release.unclear", tested=tested)
    first = clear.iloc[0]
    return say("release.clear", clear=len(clear), tested=tested, name=first["constraint"], X2=first["X2"])


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw X2 of each equality, the largest on top."""
    shown = table.dropna(subset="X2").head(20).iloc[::-1]
    ax.barh(shown["constraint"], shown["X2"], color="#0072B2")
    ax.set_xlabel(say("release.axis"))
