"""Exploratory factor analysis: which items go together, before anyone says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import Cutoff, DataProblem, Fault, Result, Verdict, check_choice, say
from crqkit.sem.scales.bifactor import omega_efa, schmid_leiman
from crqkit.sem.scales.correlations import LISTWISE, Correlations, as_cutoff, check_whole, correlations, settings_of
from crqkit.sem.scales.extraction import HARMAN, JORESKOG, Extracted, minres
from crqkit.sem.scales.factor_number import (
    GLORFELD,
    HORN,
    MIN_PEOPLE,
    factor_count,
    matrix_cautions,
    parallel_table,
)
from crqkit.sem.scales.rotation import OBLIMIN, SOURCES, rotate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Factors", "efa", "factor_count", "omega_efa", "schmid_leiman"]

MINRES = "minres"
HAIR = "Hair, Black, Babin & Anderson 2019, Multivariate Data Analysis, 8th ed."
LOADING = Cutoff("loading", 0.3, f"{HAIR}: the least worth a look", "loadings of exploratory factors")


@dataclass(frozen=True, repr=False, eq=False)
class Factors(Result):
    """Factors found: the table has a row an item; beside it what a paper reports.

    Attributes
    ----------
    loadings : DataFrame
        Pattern, items by factors.
    correlations : DataFrame
        Of the factors.
    uniqueness, communalities : Series
        What the factors leave of each item, and hold of it.
    variance : DataFrame
        A row a factor: ``ss_loadings, share`` (of the variance of all items).
    fit : mapping
        ``df``, ``rmsr`` (root mean squared residual correlation), ``parallel`` (factors that stand out from chance;
        None without n), ``converged``.
    """

    loadings: pd.DataFrame = field(default_factory=pd.DataFrame)
    correlations: pd.DataFrame = field(default_factory=pd.DataFrame)
    uniqueness: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    communalities: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    variance: pd.DataFrame = field(default_factory=pd.DataFrame)
    fit: Mapping[str, Any] = field(default_factory=dict)


def efa(
    data: Any,
    factors: int,
    items: Sequence[str] | None = None,
    *,
    n: int | None = None,
    method: str = MINRES,
    rotation: str = OBLIMIN,
    kaiser: bool | None = None,
    missing: str = LISTWISE,
    ordinal: bool = False,
    loading: float | Cutoff = LOADING,
    seed: int | np.random.Generator = 0,
) -> Factors:
    """Return `factors` factors behind the correlations of the items.

    Parameters
    ----------
    data : DataFrame or array
        Answers, one row a person; or correlations, with `n` if the reading is to say anything.
    method : {"minres"}
        Least squares on the correlations, the default of psych::fa.
    rotation : {"oblimin", "varimax", "promax", "none"}
        Oblimin (gamma 0) and promax let the factors correlate.
    kaiser : bool, optional
        Kaiser's normalisation; without it as in R: no for oblimin, yes for varimax and promax.
    ordinal : bool
        Polychoric correlations.
    loading : float or Cutoff
        Loadings below it count as none when the reading says where an item belongs.
    seed : int or Generator
        For the parallel analysis that tells factors from chance.

    Returns
    -------
    Factors
        One row an item: ``item, F1 .. Fm, communality, uniqueness, complexity`` (Hofmann's count of the factors an
        item takes part in).

    Raises
    ------
    DataProblem
        As `correlations`; more factors than the items can hold.
    ChoiceProblem
        Unknown method, rotation, or a number of factors that is none.

    References
    ----------
    Harman & Jones 1966, Psychometrika 31:351-368; Jennrich & Sampson 1966, Psychometrika 31:313-323.

    Examples
    --------
    >>> two = np.kron(np.eye(2), np.full((4, 4), 0.5)) + 0.5 * np.eye(8)
    >>> print(efa(two, 2, n=200).reading)
    In these answers, each of the 8 items goes with one of 2 factors, which together hold 50 % of the variance.
    """
    check_choice("method", method, [MINRES])
    found = correlations(data, items, n=n, missing=missing, ordinal=ordinal, least_items=3)
    limit = _check(found, factors, loading)
    drawn = minres(found.matrix, factors)
    pattern, phi = rotate(drawn.loadings, rotation, kaiser)
    names = [f"F{i + 1}" for i in range(factors)]
    loadings = pd.DataFrame(pattern, index=list(found.names), columns=names)
    squares = pattern**2
    held = np.diag(phi @ pattern.T @ pattern)
    table = loadings.rename_axis("item").reset_index()
    table["communality"], table["uniqueness"] = 1 - drawn.uniqueness, drawn.uniqueness
    fourth = (squares**2).sum(axis=1)
    table["complexity"] = np.divide(
        squares.sum(axis=1) ** 2, fourth, out=np.full(len(fourth), np.nan), where=fourth > 0
    )
    rng = np.random.default_rng(seed)
    stands = None
    if found.least is not None:
        stands = int(parallel_table(found, rng)["stands_out"].sum())
    residual = (found.matrix - drawn.loadings @ drawn.loadings.T)[np.tril_indices(len(found.names), -1)]
    fit = {"df": _df(len(found.names), factors), "rmsr": float(np.sqrt((residual**2).mean()))}
    return Factors(
        table,
        _reading(found, loadings, stands, float(held.sum() / len(squares)), limit),
        _cautions(found, drawn, factors, stands),
        (HARMAN, JORESKOG, *SOURCES[rotation], HORN, GLORFELD, str(limit), str(MIN_PEOPLE)),
        settings_of(
            found, factors=factors, method=method, rotation=rotation, kaiser=kaiser, seed=seed, missing=missing
        ),
        _draw,
        loadings,
        pd.DataFrame(phi, index=names, columns=names),
        pd.Series(drawn.uniqueness, list(found.names)),
        pd.Series(1 - drawn.uniqueness, list(found.names)),
        pd.DataFrame({"ss_loadings": held, "share": held / len(squares)}, index=names),
        fit | {"parallel": stands, "converged": drawn.converged},
    )


def _df(p: int, m: int) -> int:
    return ((p - m) ** 2 - p - m) // 2


def _check(found: Correlations, factors: int, loading: float | Cutoff) -> Cutoff:
    """Refuse what the items cannot hold; return the cut-off for loadings."""
    p = len(found.names)
    check_whole("factors", factors, 1)
    if factors >= p or _df(p, factors) < 0:
        most = max(m for m in range(p) if _df(p, m) >= 0)
        raise DataProblem(Fault(f"{p} items cannot hold {factors} factors", f"At most {most} can be told from them."))
    return as_cutoff(loading, LOADING)


def _reading(found: Correlations, loadings: pd.DataFrame, stands: int | None, share: float, limit: Cutoff) -> str:
    known = {"factors": loadings.shape[1], "items": len(loadings), "share": share, "n": found.least}
    if stands is None:
        return say("efa.factors.no_n", **known)
    if found.least < int(MIN_PEOPLE):
        return say(f"efa.factors.{Verdict.TOO_LITTLE}", least=int(MIN_PEOPLE), **known)
    if stands == 0:
        return say("efa.factors.none", **known)
    if stands < loadings.shape[1]:
        return say("efa.factors.fewer", stands=stands, **known)
    high = (loadings.abs() >= float(limit)).sum(axis=1)
    homeless = [name for name, number in high.items() if number != 1]
    if homeless:
        return say(f"efa.factors.{Verdict.UNCLEAR}", names=", ".join(homeless), limit=float(limit), **known)
    if loadings.shape[1] == 1:
        return say("efa.factors.one", limit=float(limit), **known)
    return say("efa.factors.clear", **known)


def _cautions(found: Correlations, drawn: Extracted, factors: int, stands: int | None) -> tuple[str, ...]:
    cautions = [*matrix_cautions(found)]
    if stands is not None and stands > factors:
        cautions.append(say("efa.caution.more", stands=stands, factors=factors))
    if drawn.at_bound:
        cautions.append(say("efa.caution.heywood", names=", ".join(found.names[place] for place in drawn.at_bound)))
    if not drawn.converged:
        cautions.append(say("efa.caution.not_converged"))
    return tuple(cautions)


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw the loadings as a table of shades with their numbers."""
    names = [column for column in table if str(column).startswith("F") and str(column)[1:].isdigit()]
    values = table[names].to_numpy()
    ax.imshow(np.abs(values), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(values.shape):
        shade = "white" if abs(values[row, column]) > 0.6 else "black"
        ax.text(column, row, f"{values[row, column]:.2f}", ha="center", va="center", color=shade)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(table)), table["item"].astype(str).tolist())
