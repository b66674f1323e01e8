"""Correlations of items, from answers or from a table of correlations that is already there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import ChoiceProblem, Cutoff, DataProblem, Fault, check_choice, check_columns

LISTWISE, PAIRWISE = "listwise", "pairwise"
SYMMETRIC = 1e-8


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations of `names` among `n` people (None: not known), and the answers they come from, if any.

    `least` is the smallest number of people behind one correlation; `left_out` counts people not used at all.
    """

    names: tuple[str, ...]
    matrix: NDArray[np.float64]
    n: int | None
    least: int | None
    left_out: int = 0
    answers: NDArray[np.float64] | None = None
    ordinal: bool = False

    def frame(self) -> pd.DataFrame:
        """Return the correlations with their names."""
        return pd.DataFrame(self.matrix, index=list(self.names), columns=list(self.names))


def correlations(
    given: Any,
    items: Sequence[str] | None = None,
    *,
    n: int | None = None,
    missing: str = LISTWISE,
    ordinal: bool = False,
    least_items: int = 2,
) -> Correlations:
    """Return the correlations of `items`.

    Parameters
    ----------
    given : DataFrame or array
        Answers, one row a person; or correlations or covariances: an array, or a table whose rows and columns have
        the same names.
    n : int, optional
        People behind a table of correlations.
    missing : {"listwise", "pairwise"}
        People with an empty answer are left out altogether, or only where that answer is needed.
    ordinal : bool
        Polychoric correlations of ordered answers.

    Raises
    ------
    DataProblem
        Items that are absent, no numbers, infinite or all the same; a matrix that holds no correlations.

    Examples
    --------
    >>> correlations(np.array([[1.0, 0.3], [0.3, 1.0]]), n=50).names
    ('x1', 'x2')
    """
    check_choice("missing", missing, [LISTWISE, PAIRWISE])
    if n is not None:
        check_whole("n", n, 2)
    if _is_matrix(given):
        if ordinal:
            raise DataProblem(
                Fault("ordinal correlations need the answers themselves", "Give answers, not correlations.")
            )
        return _from_matrix(given, items, n, least_items)
    table = _as_table(given, items, least_items)
    if n is not None:
        raise DataProblem(Fault("n was given with answers", "Leave n out: the rows are counted."))
    return _from_answers(table, missing, ordinal)


def _is_matrix(given: Any) -> bool:
    if isinstance(given, pd.DataFrame):
        return len(given) == given.shape[1] and list(given.index) == list(given.columns)
    return isinstance(given, np.ndarray)


def _as_table(given: Any, items: Sequence[str] | None, least_items: int) -> pd.DataFrame:
    if not isinstance(given, pd.DataFrame):
        mend = "Give a pandas DataFrame of answers, or a matrix of correlations."
        raise DataProblem(Fault("a table is needed", mend, value=type(given).__name__))
    names = list(given.columns if items is None else items)
    check_columns(given, names, "data")
    _check_names(names, least_items)
    table, faults = given[names], []
    for name in names:
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            faults.append(Fault("these answers are not numbers", "Code them as numbers.", column=str(name)))
        elif np.isinf(column.to_numpy(float, na_value=np.nan)).any():
            faults.append(Fault("there are infinite values", "Correct them or leave them empty.", column=str(name)))
    if faults:
        raise DataProblem(faults)
    return table.astype(float)


def _check_names(names: list[Any], least_items: int) -> None:
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise DataProblem([Fault("this item is named twice", "Name it once.", column=name) for name in twice])
    if len(names) < least_items:
        raise DataProblem(Fault(f"too few items: {len(names)}", f"Give at least {least_items}."))


def _from_answers(table: pd.DataFrame, missing: str, ordinal: bool) -> Correlations:
    kept = table.dropna(how="any" if missing == LISTWISE else "all")
    known = kept.notna().to_numpy()
    least = int((known.T.astype(int) @ known.astype(int)).min()) if len(kept) else 0
    if least < 3:
        what = f"only {least} people answered what is needed for a correlation"
        raise DataProblem(Fault(what, "Ask more people, or leave out the items that few answered."))
    constant = [str(name) for name in table if kept[name].nunique() < 2]
    if constant:
        mend = "Leave this item out: what never varies goes with nothing."
        raise DataProblem([Fault("everybody gave the same answer", mend, column=name) for name in constant])
    answers = kept.to_numpy()
    matrix = polychorics(answers, list(map(str, table))) if ordinal else pearson(answers)
    if np.isnan(matrix).any():
        what = "some pairs of items have no correlation: among those who answered both, one never varies"
        raise DataProblem(Fault(what, "Leave one of them out, or use missing='listwise'."))
    return Correlations(tuple(map(str, table)), matrix, len(kept), least, len(table) - len(kept), answers, ordinal)


def _from_matrix(given: Any, items: Sequence[str] | None, n: int | None, least_items: int) -> Correlations:
    raw = np.asarray(given, dtype=float)
    names = list(given.columns) if isinstance(given, pd.DataFrame) else [f"x{i + 1}" for i in range(raw.shape[-1])]
    if raw.ndim != 2 or raw.shape[0] != raw.shape[1] or not np.isfinite(raw).all():
        raise DataProblem(
            Fault("this is no square matrix of numbers", "Give a full table of correlations, or a DataFrame.")
        )
    if not np.allclose(raw, raw.T, atol=SYMMETRIC) or (np.diag(raw) <= 0).any():
        mend = "Give correlations or covariances, both halves filled in; answers go in a DataFrame."
        raise DataProblem(Fault("the two halves of the matrix differ, or a variance is not above 0", mend))
    scale = np.sqrt(np.diag(raw))
    matrix = (raw + raw.T) / (2 * np.outer(scale, scale))
    if np.abs(matrix).max() > 1 + SYMMETRIC:
        raise DataProblem(Fault("there is a correlation beyond 1", "Check the matrix."))
    np.fill_diagonal(matrix, 1.0)
    table = pd.DataFrame(matrix, index=names, columns=names)
    wanted = names if items is None else list(items)
    check_columns(table, wanted, "correlations")
    _check_names(wanted, least_items)
    return Correlations(tuple(map(str, wanted)), table.loc[wanted, wanted].to_numpy(), n, n)


def pearson(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return correlations of columns, each of the rows where both are known; NaN where one never varies.

    >>> pearson(np.array([[1.0, 2.0], [2.0, 1.0], [3.0, np.nan]])).round(3).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    known = (~np.isnan(answers)).astype(float)
    # Centred first: sums of squares of large numbers would lose digits.
    values = np.where(known > 0, answers - np.nanmean(answers, axis=0), 0.0)
    number, sums, squares = known.T @ known, values.T @ known, (values**2).T @ known
    spread = number * squares - sums**2
    spread = np.where(spread > 1e-12 * number * squares, spread, np.nan)
    found = (number * (values.T @ values) - sums * sums.T) / np.sqrt(spread * spread.T)
    found = np.clip(found, -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def polychorics(answers: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """Return polychoric correlations of ordered answers."""
    from crqkit.stats.polychorics import polychoric

    return np.asarray(polychoric(answers, names)[0], dtype=float)


def random_matrices(rng: np.random.Generator, n: int, matrix: NDArray[np.float64], times: int) -> NDArray[np.float64]:
    """Return `times` correlation matrices of samples of `n` normal people in whose population `matrix` holds.

    Bartlett's decomposition draws the sums of squares and products themselves, so time does not grow with `n`.

    >>> random_matrices(np.random.default_rng(1), 100, np.eye(3), 2).shape
    (2, 3, 3)
    """
    p, df = len(matrix), n - 1
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    if df >= p:
        lower = np.tril(rng.standard_normal((times, p, p)), -1)
        lower[:, np.arange(p), np.arange(p)] = np.sqrt(rng.chisquare(df - np.arange(p), (times, p)))
    else:
        lower = rng.standard_normal((times, p, df))
    half = root @ lower
    products = half @ half.transpose(0, 2, 1)
    scale = np.sqrt(np.einsum("bii->bi", products))
    return products / (scale[:, :, None] * scale[:, None, :])


def check_whole(name: str, value: Any, least: int) -> None:
    """Raise `ChoiceProblem` unless `value` is a whole number of at least `least`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ChoiceProblem(name, value, [f"a whole number of at least {least}"])


def as_cutoff(given: "Cutoff | float", usual: Cutoff) -> Cutoff:
    """Return a cut-off between 0 and 1; a plain number stands for `usual` at that number.

    >>> float(as_cutoff(0.3, Cutoff("share", 0.5, "own", "all")))
    0.3
    """
    plain = isinstance(given, Real) and not isinstance(given, bool)
    made = given if isinstance(given, Cutoff) else usual.at(float(given)) if plain else None
    if made is None or not 0 < float(made) <= 1:
        raise ChoiceProblem(usual.name, given, [f"a number from above 0 to 1, such as {usual.value:g}", "a Cutoff"])
    return made


def settings_of(found: Correlations, **others: Any) -> Mapping[str, Any]:
    """Return what a result keeps, so that it can be run again."""
    return {"items": list(found.names), "n": found.n, "ordinal": found.ordinal} | others
