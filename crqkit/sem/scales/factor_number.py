"""How many factors: what stands out from chance (parallel analysis), and what leaves least behind (MAP)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import ChoiceProblem, Cutoff, Result, Verdict, say
from crqkit.base.charts import PALETTE
from crqkit.sem.scales.correlations import (
    LISTWISE,
    Correlations,
    as_cutoff,
    check_whole,
    correlations,
    polychorics,
    random_matrices,
    settings_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HORN = "Horn 1965, Psychometrika 30:179-185 (parallel analysis)"
GLORFELD = "Glorfeld 1995, Educational and Psychological Measurement 55:377-393 (95th percentile in place of the mean)"
VELICER = "Velicer 1976, Psychometrika 41:321-327 (minimum average partial)"
CHANCE = Cutoff("chance_percentile", 0.95, GLORFELD, "parallel analysis")
MIN_PEOPLE = Cutoff(
    "min_people_factors",
    50,
    "de Winter, Dodou & Wieringa 2009, Multivariate Behavioral Research 44:147-181: 50 as the least",
    "exploratory factor analysis",
)
TIMES, TIMES_ORDINAL = 500, 100


@dataclass(frozen=True, repr=False, eq=False)
class FactorCount(Result):
    """Two counts of factors beside the table: `parallel` stand out from chance, `map` leave the least behind."""

    parallel: int = 0
    map: int = 0


def factor_count(
    data: Any,
    items: Sequence[str] | None = None,
    *,
    n: int | None = None,
    missing: str = LISTWISE,
    ordinal: bool = False,
    times: int | None = None,
    percentile: float | Cutoff = CHANCE,
    seed: int | np.random.Generator = 0,
) -> FactorCount:
    """Return how many factors the correlations of the items hold.

    Parameters
    ----------
    data : DataFrame or array
        Answers, one row a person; or correlations, then with `n`.
    ordinal : bool
        Polychoric correlations. Chance is then the same answers, each item's shuffled among people: polychoric
        correlations of unrelated items are larger than those of measurements. This holds only for answers; a table of
        polychoric correlations is compared with normal answers and may seem to hold a factor too many.
    times : int, optional
        Samples of unrelated items drawn for parallel analysis; without it 500, or 100 where `ordinal`.
    percentile : float or Cutoff
        An eigenvalue must lie above this share of those that chance makes.

    Returns
    -------
    FactorCount
        One row a component: ``factor, eigenvalue, chance_mean, chance_high, stands_out, map`` (mean squared partial
        correlation when that many components are taken out; the row of factor 0 takes out none).

    Raises
    ------
    DataProblem
        As `correlations`.
    ChoiceProblem
        `n` absent for a table of correlations.

    References
    ----------
    Horn 1965, Psychometrika 30:179-185; Glorfeld 1995, Educational and Psychological Measurement 55:377-393;
    Velicer 1976, Psychometrika 41:321-327.

    Examples
    --------
    >>> two = np.kron(np.eye(2), np.full((4, 4), 0.5)) + 0.5 * np.eye(8)
    >>> factor_count(two, n=200).reading
    '2 factors stand out from chance in these 8 items, by both ways of counting.'
    """
    found = correlations(data, items, n=n, missing=missing, ordinal=ordinal, least_items=3)
    if found.least is None:
        raise ChoiceProblem("n", n, ["the number of people behind the correlations"])
    share = float(as_cutoff(percentile, CHANCE))
    if times is not None:
        check_whole("times", times, 100)
    table = parallel_table(found, np.random.default_rng(seed), times=times, share=share)
    partial = mean_partials(found.matrix)
    table["map"] = np.append(partial, np.full(len(table) - len(partial), np.nan))
    parallel, least = int(table["stands_out"].sum()), int(np.argmin(partial))
    return FactorCount(
        table,
        _reading(found, parallel, least),
        matrix_cautions(found),
        (HORN, GLORFELD, VELICER, str(MIN_PEOPLE)),
        settings_of(found, times=times, percentile=share, seed=seed, missing=missing),
        _draw,
        parallel,
        least,
    )


def parallel_table(
    found: Correlations, rng: np.random.Generator, *, times: int | None = None, share: float = float(CHANCE)
) -> pd.DataFrame:
    """Return eigenvalues beside those of unrelated items among as many people."""
    p = len(found.names)
    values = np.linalg.eigvalsh(found.matrix)[::-1]
    if found.ordinal:
        shuffled = (rng.permuted(found.answers, axis=0) for _ in range(times or TIMES_ORDINAL))
        unrelated = np.array([polychorics(answers, found.names) for answers in shuffled])
    else:
        unrelated = random_matrices(rng, found.least, np.eye(p), times or TIMES)
    chance = np.linalg.eigvalsh(unrelated)[:, ::-1]
    high = np.quantile(chance, share, axis=0)
    # What comes after the first that chance could have made does not count.
    stands = np.logical_and.accumulate(values > high)
    columns = {"eigenvalue": values, "chance_mean": chance.mean(axis=0), "chance_high": high, "stands_out": stands}
    table = pd.DataFrame({"factor": range(1, p + 1)} | columns)
    start = pd.DataFrame({"factor": [0], "stands_out": [False]})
    return pd.concat([start, table], ignore_index=True)[table.columns]


def mean_partials(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean squared partial correlation when 0, 1, 2, ... components are taken out.

    >>> mean_partials(np.array([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]])).round(3).tolist()
    [0.25, 0.25]
    """
    p = len(matrix)
    values, vectors = np.linalg.eigh(matrix)
    loadings = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, ::-1]
    found = []
    for taken in range(p - 1):
        left = matrix - loadings[:, :taken] @ loadings[:, :taken].T
        own = np.diag(left)
        if own.min() < 1e-10:  # an item is spent: no partial correlation is left
            break
        squared = left**2 / np.outer(own, own)
        found.append((squared.sum() - p) / (p * (p - 1)))
    return np.array(found)


def matrix_cautions(found: Correlations) -> tuple[str, ...]:
    """Return what limits correlations: people left out, and matrices that no sample could have."""
    cautions = []
    if found.left_out:
        cautions.append(say("efa.caution.left_out", count=found.left_out, n=found.n))
    if found.least is not None and found.n is not None and found.least < found.n:
        cautions.append(say("efa.caution.pairwise", least=found.least, n=found.n))
    if np.linalg.eigvalsh(found.matrix)[0] < -1e-8:
        cautions.append(say("efa.caution.not_definite"))
    return tuple(cautions)


def _reading(found: Correlations, parallel: int, least: int) -> str:
    known = {"items": len(found.names), "n": found.least, "parallel": parallel, "map": least}
    if found.least < int(MIN_PEOPLE):
        return say(f"efa.count.{Verdict.TOO_LITTLE}", least=int(MIN_PEOPLE), **known)
    if parallel == least:
        return say("efa.count.clear" if parallel else "efa.count.none", **known)
    return say(f"efa.count.{Verdict.UNCLEAR}", **known)


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw the eigenvalues over those of chance."""
    rows = table[table["factor"] > 0]
    ax.plot(rows["factor"], rows["eigenvalue"], "o-", color=PALETTE["blue"], label=say("efa.axis.found"))
    ax.plot(rows["factor"], rows["chance_high"], "--", color=PALETTE["grey"], label=say("efa.axis.chance"))
    ax.set_xlabel(say("efa.axis.factor"))
    ax.set_ylabel(say("efa.axis.eigenvalue"))
    ax.legend(frameon=False)
