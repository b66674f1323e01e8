"""One factor behind the factors: Schmid and Leiman's turn, and the omegas that rest on it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqkit.base import Cutoff, DataProblem, Fault, Result, measures, say, verdict
from crqkit.sem.scales.correlations import LISTWISE, Correlations, as_cutoff, check_whole, correlations, settings_of
from crqkit.sem.scales.extraction import HARMAN, minres
from crqkit.sem.scales.factor_number import MIN_PEOPLE, matrix_cautions, parallel_table
from crqkit.sem.scales.resampling import check_boot, percentiles, resampled
from crqkit.sem.scales.rotation import OBLIMIN, SOURCES, rotate
from crqkit.stats.estimates import check_confidence

SCHMID = "Schmid & Leiman 1957, Psychometrika 22:53-61"
ZINBARG = "Zinbarg, Revelle, Yovel & Li 2005, Psychometrika 70:123-133 (omega hierarchical)"
GENERAL = Cutoff(
    "omega_h",
    0.5,
    "Reise, Bonifay & Haviland 2013, Journal of Personality Assessment 95:129-140: the least for one total score",
    "omega hierarchical",
)
ROWS = ("omega_total", "omega_h", "alpha")


class _Omega(NamedTuple):
    values: NDArray[np.float64]
    turned: tuple[int, ...]


def schmid_leiman(loadings: ArrayLike, phi: ArrayLike) -> pd.DataFrame:
    """Return loadings on one general factor and on what is left of each factor, all uncorrelated.

    Parameters
    ----------
    loadings : array or DataFrame, items by factors
        Pattern of correlated factors.
    phi : array or DataFrame
        Correlations of the factors. One factor is drawn from them by minres; two factors cannot tell their loadings
        on it apart and get equal ones, as in psych.

    Returns
    -------
    DataFrame
        One row an item: ``g``, one column a factor, ``communality``, ``uniqueness``.

    Raises
    ------
    DataProblem
        Shapes that do not fit; two factors that do not correlate above 0.

    References
    ----------
    Schmid & Leiman 1957, Psychometrika 22:53-61.

    Examples
    --------
    >>> pattern = np.kron(np.eye(3), [[0.8], [0.7]])
    >>> schmid_leiman(pattern, np.full((3, 3), 0.25) + 0.75 * np.eye(3)).loc[0, ["g", "F1"]].round(3).tolist()
    [0.4, 0.693]
    """
    pattern, links = np.asarray(loadings, dtype=float), np.asarray(phi, dtype=float)
    m = pattern.shape[-1]
    if pattern.ndim != 2 or m < 2 or links.shape != (m, m):
        mend = "Give items by factors (at least two), and a square table of the factors' correlations."
        raise DataProblem(Fault("loadings and factor correlations do not fit", mend))
    second = _second_order(links)
    general = pattern @ second
    groups = pattern * np.sqrt(np.maximum(1 - second**2, 0.0))
    index = loadings.index if isinstance(loadings, pd.DataFrame) else range(len(pattern))
    names = list(loadings.columns) if isinstance(loadings, pd.DataFrame) else [f"F{i + 1}" for i in range(m)]
    table = pd.DataFrame(np.column_stack([general, groups]), index=index, columns=["g", *names])
    held = (table**2).sum(axis=1)
    return table.assign(communality=held, uniqueness=1 - held)


def _second_order(phi: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(phi) > 2:
        return minres(phi, 1).loadings[:, 0]
    if phi[0, 1] <= 0:
        raise DataProblem(
            Fault("the two factors do not go together, so nothing stands behind both", "Take more factors, or none.")
        )
    return np.full(2, np.sqrt(phi[0, 1]))


def omega_efa(
    data: Any,
    items: Sequence[str] | None = None,
    *,
    factors: int = 3,
    n: int | None = None,
    missing: str = LISTWISE,
    ordinal: bool = False,
    n_boot: int = 0,
    level: float = 0.95,
    seed: int | np.random.Generator = 0,
    limit: float | Cutoff = GENERAL,
) -> Result:
    """Return how much of a total score is reliable, and how much is one general factor.

    Items are standardised. Those that run against the general factor are turned first, and named.

    Parameters
    ----------
    factors : int
        Factors beside the general one, at least 2 (then their share in it is taken as equal); 3 identify it.
    n_boot : int
        Resamples for intervals (people, or correlations of normal people where only a matrix is given); 0 for none.

    Returns
    -------
    Result
        Measures ``omega_total``, ``omega_h``, ``alpha`` (of standardised items), as shares of the score's variance.

    Raises
    ------
    DataProblem, ChoiceProblem
        As `crqkit.sem.efa.efa`.

    References
    ----------
    Schmid & Leiman 1957, Psychometrika 22:53-61; Zinbarg, Revelle, Yovel & Li 2005, Psychometrika 70:123-133. The
    numbers are those of psych::omega.

    Examples
    --------
    >>> general = np.full((9, 9), 0.3) + np.kron(np.eye(3), np.full((3, 3), 0.3)) + 0.4 * np.eye(9)
    >>> omega_efa(general).table.set_index("measure")["estimate"].round(3).to_dict()
    {'omega_total': 0.9, 'omega_h': 0.675, 'alpha': 0.844}
    """
    check_confidence(level)
    found = correlations(data, items, n=n, missing=missing, ordinal=ordinal, least_items=5)
    _check_factors(found, factors)
    check_boot(n_boot, found.least)
    cutoff, rng = as_cutoff(limit, GENERAL), np.random.default_rng(seed)
    point = _omega(found.matrix, factors)
    low, high, lost = np.full(3, np.nan), np.full(3, np.nan), 0
    if n_boot:
        draws = resampled(found, n_boot, rng, lambda matrix: _tried(matrix, factors))
        low, high, lost = percentiles(draws, level)
    rows = [
        {"measure": name, "group": "all", "unit": say("efa.unit.share"), "n": found.least}
        | {"estimate": point.values[i], "low": low[i], "high": high[i]}
        for i, name in enumerate(ROWS)
    ]
    table = measures(rows)
    cautions = [*matrix_cautions(found)]
    if point.turned:
        cautions.append(say("efa.caution.turned", names=", ".join(found.names[place] for place in point.turned)))
    if factors == 2:
        cautions.append(say("efa.caution.two"))
    if lost:
        cautions.append(say("efa.caution.lost", lost=lost, times=n_boot))
    return Result(
        table,
        _reading(table, found, n_boot > 0, float(cutoff), rng),
        tuple(cautions),
        (SCHMID, ZINBARG, HARMAN, *SOURCES[OBLIMIN], str(cutoff), str(MIN_PEOPLE)),
        settings_of(found, factors=factors, n_boot=n_boot, level=level, seed=seed, missing=missing),
    )


def _check_factors(found: Correlations, factors: int) -> None:
    p = len(found.names)
    check_whole("factors", factors, 2)
    if (p - factors) ** 2 < p + factors or factors >= p:
        raise DataProblem(Fault(f"{p} items cannot hold {factors} factors", "Take fewer factors, or more items."))


def _omega(matrix: NDArray[np.float64], factors: int) -> _Omega:
    table = schmid_leiman(*rotate(minres(matrix, factors).loadings, OBLIMIN))
    general = table["g"].to_numpy()
    sign = np.where(general < 0, -1.0, 1.0)
    total = sign @ matrix @ sign
    p = len(matrix)
    values = (1 - table["uniqueness"].sum() / total, (sign @ general) ** 2 / total, (1 - p / total) * p / (p - 1))
    return _Omega(np.array(values), tuple(np.flatnonzero(sign < 0).tolist()))


def _tried(matrix: NDArray[np.float64], factors: int) -> NDArray[np.float64]:
    try:
        return _omega(matrix, factors).values
    except DataProblem:  # two factors that happen not to go together in this resample
        return np.full(len(ROWS), np.nan)


def _reading(table: pd.DataFrame, found: Correlations, boot: bool, limit: float, rng: np.random.Generator) -> str:
    rows = table.set_index("measure")
    total, general = rows.loc["omega_total"], rows.loc["omega_h"]
    known = {"total": total["estimate"], "general": general["estimate"], "n": found.least, "limit": limit}
    # Without a factor there is nothing that a score could hold; the numbers are then never 0 all the same.
    if found.least is not None and not parallel_table(found, rng)["stands_out"].any():
        return say("efa.omega.none", **known)
    if not boot:
        return say("efa.omega.point", **known)
    said = verdict(general["low"], general["high"], found.least, against=limit, min_n=int(MIN_PEOPLE))
    return say(f"efa.omega.{said}", low=general["low"], high=general["high"], least=int(MIN_PEOPLE), **known)
