"""Heterotrait-monotrait ratios: whether two constructs are two, or one under two names."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crqkit.base import Cutoff, DataProblem, Fault, Result, Verdict, charts, check_choice, measures, say, verdict
from crqkit.sem.language.syntax import parse
from crqkit.sem.scales.correlations import LISTWISE, Correlations, as_cutoff, correlations, settings_of
from crqkit.sem.scales.factor_number import matrix_cautions
from crqkit.sem.scales.resampling import EFRON, check_boot, percentiles, resampled
from crqkit.stats.estimates import check_confidence

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

HENSELER = "Henseler, Ringle & Sarstedt 2015, Journal of the Academy of Marketing Science 43:115-135"
ROEMER = "Roemer, Schuberth & Henseler 2021, Industrial Management & Data Systems 121:2637-2650 (HTMT2)"
HTMT2, HTMT = "htmt2", "htmt"
DISTINCT = Cutoff("htmt", 0.85, f"{HENSELER}, after Kline", "ratios of constructs that differ in kind")
DISTINCT_ALIKE = Cutoff("htmt_alike", 0.9, f"{HENSELER}, after Gold et al.", "ratios of constructs that are akin")
MIN_PEOPLE = Cutoff(
    "min_people_htmt",
    50,
    "own convention of crqkit: below it the study tests/reference/sem/htmt_study.csv was not run",
    "heterotrait-monotrait ratios",
)
TIMES = 1000
# Not a verdict on the ratio: the items of a construct do not go together, so there is nothing to compare with.
LOOSE = "loose"
Matrix = NDArray[np.float64]


def htmt(
    data: Any,
    constructs: Mapping[str, Sequence[str]] | str,
    *,
    kind: str = HTMT2,
    ordinal: bool = False,
    absolute: bool = True,
    missing: str = LISTWISE,
    n: int | None = None,
    limit: float | Cutoff = DISTINCT,
    n_boot: int = TIMES,
    level: float = 0.95,
    seed: int | np.random.Generator = 0,
) -> Result:
    """Return, for each pair of constructs, how far their items go together as items of one construct do.

    Parameters
    ----------
    data : DataFrame or array
        Answers, one row a person; or correlations, then with `n` for intervals (which take normal answers).
    constructs : mapping or str
        Items of each construct, or a model in lavaan's words, of which the ``=~`` lines are read. Constructs with
        one item are left out, with a caution.
    kind : {"htmt2", "htmt"}
        Geometric or arithmetic means of the correlations. The first also holds for items of unequal loadings.
    absolute : bool
        Whether signs of correlations are ignored, as in semTools. If not, a geometric mean may not exist.
    limit : float or Cutoff
        0.85, or `DISTINCT_ALIKE` (0.90) for constructs that are akin.
    n_boot : int
        Resamples for the percentile interval; 0 for none.

    Returns
    -------
    Result
        Measures, one row a pair: ``measure`` (the kind), ``group`` ("A – B"), the ratio with interval, and
        ``first, second, verdict``: ``below`` the limit (distinct), ``above`` (not distinct), ``unclear``,
        ``too_little``, or ``loose`` where the items of one of the two do not go together.

    Raises
    ------
    DataProblem
        As `correlations`; fewer than two constructs, an item in two constructs.
    ChoiceProblem
        Unknown `kind`; intervals from correlations without `n`.

    References
    ----------
    Henseler, Ringle & Sarstedt 2015, Journal of the Academy of Marketing Science 43:115-135; Roemer, Schuberth &
    Henseler 2021, Industrial Management & Data Systems 121:2637-2650. The numbers are those of semTools::htmt.

    Examples
    --------
    >>> within, between = np.kron(np.eye(2), np.ones((3, 3))), np.full((6, 6), 0.2)
    >>> blocks = np.where(within > 0, 0.5, between) + 0.5 * np.eye(6)
    >>> htmt(blocks, {"trust": ["x1", "x2", "x3"], "value": ["x4", "x5", "x6"]}, n=300).reading
    'trust and value are distinct: the ratio is 0.40 (0.24 to 0.53), below 0.85.'
    """
    check_choice("kind", kind, [HTMT2, HTMT])
    check_confidence(level)
    asked = constructs_of(constructs)
    known = {name: items for name, items in asked.items() if len(items) > 1}
    _check_constructs(known)
    items = [item for members in known.values() for item in members]
    found = correlations(data, items, n=n, missing=missing, ordinal=ordinal)
    check_boot(n_boot, found.least)
    cutoff = as_cutoff(limit, DISTINCT)
    places = {name: np.array([items.index(item) for item in members]) for name, members in known.items()}

    def both(matrix: Matrix) -> Matrix:
        return np.array([*_ratios(matrix, places, kind, absolute), *_coherence(matrix, places)])

    point = both(found.matrix)
    low, high, lost = np.full(len(point), np.nan), np.full(len(point), np.nan), 0
    if n_boot:
        low, high, lost = percentiles(resampled(found, n_boot, np.random.default_rng(seed), both), level)
    rows = _rows(found, list(places), (point, low, high), kind, cutoff)
    cautions = _cautions(found, asked, places, rows, kind)
    if lost:
        cautions.append(say("efa.caution.lost", lost=lost, times=n_boot))
    if n_boot and found.answers is None:
        cautions.append(say("htmt.caution.normal"))
    return Result(
        measures(rows),
        _reading(rows, cutoff, n_boot > 0),
        tuple(cautions),
        (HENSELER, *((ROEMER,) if kind == HTMT2 else ()), *((EFRON,) if n_boot else ()), str(cutoff), str(MIN_PEOPLE)),
        settings_of(found, constructs={name: list(members) for name, members in known.items()}, kind=kind, seed=seed)
        | {"absolute": absolute, "missing": missing, "limit": float(cutoff), "n_boot": n_boot, "level": level}
        | {"family": len(rows)},
        partial(_drawn, limit=float(cutoff)),
    )


def _drawn(table: "pd.DataFrame", ax: "Axes", limit: float) -> "Axes":
    """Draw the ratios with the limit that they are held against."""
    charts.intervals(table, ax)
    ax.axvline(limit, color=charts.PALETTE["grey"], linestyle="--")
    return ax


def constructs_of(given: Mapping[str, Sequence[str]] | str) -> dict[str, list[str]]:
    """Return items by construct; of a model in lavaan's words only constructs measured by items.

    >>> constructs_of("trust =~ 1*t1 + a*t2  # two items")
    {'trust': ['t1', 't2']}
    """
    if not isinstance(given, str):
        return {str(name): list(items) for name, items in given.items()}
    found: dict[str, list[str]] = {}
    for statement in parse(given):
        if statement.op == "=~" and statement.rhs not in found.setdefault(statement.lhs, []):
            found[statement.lhs].append(statement.rhs)
    return {name: items for name, items in found.items() if not set(items) & set(found)}


def _check_constructs(known: dict[str, list[str]]) -> None:
    if len(known) < 2:
        mend = "Give at least two constructs with two or more items each."
        raise DataProblem(Fault("there is no pair of constructs to compare", mend))
    faults = [
        Fault(f"this item belongs to both {first} and {second}", "Leave it out of one.", column=str(item))
        for first, second in combinations(known, 2)
        for item in known[first]
        if item in known[second]
    ]
    if faults:
        raise DataProblem(faults)


def _mean(values: Matrix, kind: str) -> float:
    """Return the arithmetic mean, or the geometric one, which is NaN where the product is below 0."""
    if kind == HTMT:
        return float(values.mean())
    if (values == 0).any():
        return 0.0
    return float(np.exp(np.log(np.abs(values)).mean())) if np.prod(np.sign(values)) > 0 else math.nan


def _ratios(matrix: Matrix, places: dict[str, NDArray[np.intp]], kind: str, absolute: bool) -> list[float]:
    used = np.abs(matrix) if absolute else matrix
    within = {name: _mean(_own(used, at), kind) for name, at in places.items()}
    found = []
    for first, second in combinations(places, 2):
        below = within[first] * within[second]
        across = _mean(used[np.ix_(places[first], places[second])].ravel(), kind)
        found.append(across / math.sqrt(below) if below > 0 else math.nan)
    return found


def _own(matrix: Matrix, at: NDArray[np.intp]) -> Matrix:
    rows, columns = np.tril_indices(len(at), -1)
    return matrix[at[rows], at[columns]]


def _coherence(matrix: Matrix, places: dict[str, NDArray[np.intp]]) -> list[float]:
    """Return the mean correlation, with its sign, among the items of each construct."""
    return [float(_own(matrix, at).mean()) for at in places.values()]


def _rows(
    found: Correlations, names: list[str], numbers: tuple[Matrix, Matrix, Matrix], kind: str, cutoff: Cutoff
) -> list[dict[str, Any]]:
    pairs = list(combinations(names, 2))
    point, low, high = numbers
    loose = {name for name, end in zip(names, low[len(pairs) :], strict=True) if end <= 0}
    rows = []
    for place, (first, second) in enumerate(pairs):
        said: str = verdict(
            low[place], high[place], found.least or 0, against=float(cutoff), min_n=int(MIN_PEOPLE)
        ).value
        if {first, second} & loose and said != Verdict.TOO_LITTLE:
            said = LOOSE
        cells = {"measure": kind, "group": f"{first} – {second}", "unit": say("htmt.unit"), "n": found.least}
        cells |= {"estimate": point[place], "low": low[place], "high": high[place]}
        rows.append(cells | {"first": first, "second": second, "verdict": said})
    return rows


def _reading(rows: list[dict[str, Any]], cutoff: Cutoff, boot: bool) -> str:
    """Say the worst first: a pair that is one hides behind no pair that is two."""
    by: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by.setdefault(row["verdict"], []).append(row)
    one = {key: rows[0][key] for key in ("first", "second", "estimate", "low", "high")}
    known = one | {"limit": float(cutoff), "pairs": len(rows), "distinct": len(by.get(Verdict.BELOW, []))}
    if not boot:
        return say("htmt.pairs.point", highest=max((row["estimate"] for row in rows), default=math.nan), **known)
    for said in (Verdict.ABOVE, Verdict.TOO_LITTLE, LOOSE, Verdict.UNCLEAR):
        if said in by:
            if len(rows) == 1:
                return say(f"htmt.pair.{said}", least=int(MIN_PEOPLE), n=rows[0]["n"], **known)
            names = "; ".join(row["group"] for row in by[said])
            return say(f"htmt.pairs.{said}", names=names, least=int(MIN_PEOPLE), n=rows[0]["n"], **known)
    if len(rows) == 1:
        return say(f"htmt.pair.{Verdict.BELOW}", **known)
    highest = max(rows, key=lambda row: row["high"])
    return say(f"htmt.pairs.{Verdict.BELOW}", top=highest["high"], names=highest["group"], **known)


def _cautions(
    found: Correlations,
    asked: dict[str, list[str]],
    places: dict[str, NDArray[np.intp]],
    rows: list[dict[str, Any]],
    kind: str,
) -> list[str]:
    cautions = [*matrix_cautions(found)]
    single = [name for name, items in asked.items() if len(items) < 2]
    if single:
        cautions.append(say("htmt.caution.single", names=", ".join(single)))
    against = [
        found.names[at[place]]
        for at in places.values()
        for place in range(len(at))
        if len(at) > 2 and np.delete(found.matrix[at[place], at], place).mean() < 0
    ]
    if against:
        cautions.append(say("htmt.caution.against", names=", ".join(against)))
    broken = [row["group"] for row in rows if math.isnan(row["estimate"])]
    if broken:
        cautions.append(
            say("htmt.caution.no_mean" if kind == HTMT2 else "htmt.caution.no_root", names="; ".join(broken))
        )
    if len(rows) > 1 and any(row["verdict"] != Verdict.BELOW for row in rows):
        cautions.append(say("htmt.caution.family", pairs=len(rows)))
    return cautions
