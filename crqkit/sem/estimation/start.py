"""Starting values: near enough that scoring takes a dozen steps."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.language.plan import Row

Array = NDArray[Any]
LOWEST, HIGHEST = 0.3, 0.95  # standardised loadings outside this range are no place to start
MODEST = 0.7  # nor are correlations of factors beyond this
TIMES = 2  # principal axes, each with the communalities of the one before


def starting_values(
    rows: Sequence[Row],
    observed: Sequence[str],
    mean: Array,
    cov: Array,
    thresholds: Mapping[str, Array],
) -> Array:
    """Return a start (q,) for the group's free parameters from its mean (p,) and covariance (p, p).

    A fixed value of a free row in `rows` is the user's own start and is kept.
    """
    at = {name: i for i, name in enumerate(observed)}
    loadings, variances = _factors(rows, at, cov)
    unique = _uniquenesses(loadings, variances, at, cov)
    caused = {row.rhs for row in rows if row.op == "=~"} | {row.lhs for row in rows if row.op == "~"}
    start = []
    for row in rows:
        if row.free < 0:
            continue
        if np.isfinite(row.value):
            start.append(row.value)
        elif row.op == "=~":
            start.append(loadings.get((row.lhs, row.rhs), 1.0))
        elif row.op == "~~" and row.lhs == row.rhs:
            if row.lhs in at:
                start.append(unique.get(row.lhs, cov[at[row.lhs], at[row.lhs]]))
            else:
                start.append(variances.get(row.lhs, 0.5) * (0.5 if row.lhs in caused else 1.0))
        elif row.op == "~~":
            ends = row.lhs, row.rhs
            start.append(0.0 if {*ends} & caused else _covariance(ends, loadings, variances, at, cov))
        elif row.op == "~1":
            start.append(mean[at[row.lhs]] if row.lhs in at and row.lhs not in thresholds else 0.0)
        elif row.op == "|":
            start.append(thresholds[row.lhs][int(row.rhs[1:]) - 1])
        else:
            start.append(1.0 if row.op == "~*~" else 0.0)
    return np.array(start)


def _factors(
    rows: Sequence[Row], at: Mapping[str, int], cov: Array
) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """Return starts for loadings and for the variance of each factor, first-order factors first."""
    indicators: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.op == "=~":
            indicators[row.lhs].append(row)
    given = {row.lhs: row.value for row in rows if row.op == "~~" and row.lhs == row.rhs and row.free < 0}
    loadings: dict[tuple[str, str], float] = {}
    variances: dict[str, float] = {}
    for factor, its in indicators.items():
        items = [row for row in its if row.rhs in at]
        if items:
            standard = _one_factor(cov[np.ix_([at[row.rhs] for row in items], [at[row.rhs] for row in items])])
            _scale(factor, items, standard, loadings, variances, given.get(factor))
    for factor, its in indicators.items():
        higher = [row for row in its if row.rhs in indicators]
        if higher:
            sizes = np.array([np.sqrt(abs(variances.get(row.rhs, 0.5))) for row in higher])
            _scale(factor, higher, 0.7 * np.maximum(sizes, 0.1), loadings, variances, given.get(factor))
    return loadings, variances


def _uniquenesses(
    loadings: Mapping[tuple[str, str], float], variances: Mapping[str, float], at: Mapping[str, int], cov: Array
) -> dict[str, float]:
    """Return what factors leave of the variance of each of their items."""
    count = Counter(item for _, item in loadings)
    found = {}
    for (factor, item), loading in loadings.items():
        if item in at:
            variance = cov[at[item], at[item]]
            # Several factors share the variance in a way that is not known yet.
            own = variance - loading**2 * abs(variances[factor]) if count[item] == 1 else 0.5 * variance
            found[item] = max(own, (1 - HIGHEST**2) * variance)
    return found


def _covariance(
    ends: tuple[str, str],
    loadings: Mapping[tuple[str, str], float],
    variances: Mapping[str, float],
    at: Mapping[str, int],
    cov: Array,
) -> float:
    """Return a covariance of two observed variables, or of two factors by least squares on their items."""
    if all(name in at for name in ends):
        return cov[at[ends[0]], at[ends[1]]]
    sides = []
    for name in ends:
        own = {at[item]: loading for (factor, item), loading in loadings.items() if factor == name and item in at}
        if not own:
            return 0.0
        weight = np.array(list(own.values()))
        sides.append((list(own), weight / (weight @ weight)))
    (rows, left), (columns, right) = sides
    limit = MODEST * np.sqrt(abs(variances[ends[0]] * variances[ends[1]]))
    return float(np.clip(left @ cov[np.ix_(rows, columns)] @ right, -limit, limit))


def _one_factor(cov: Array) -> Array:
    """Return loadings (k,) on a factor of variance 1, from the first principal axis."""
    size = np.sqrt(np.maximum(np.diag(cov), 1e-12))
    if len(cov) == 1:
        return 0.7 * size
    reduced = cov / np.outer(size, size)
    common = np.full(len(cov), 0.5)
    for _ in range(TIMES):
        np.fill_diagonal(reduced, common)
        values, vectors = np.linalg.eigh(reduced)
        axis = vectors[:, -1] * np.sqrt(max(values[-1], 0.1))
        axis = np.where(axis < 0, -1, 1) * np.clip(np.abs(axis), LOWEST, HIGHEST)
        common = axis**2
    return axis * size * (1 if axis[0] > 0 else -1)


def _scale(
    factor: str,
    items: Sequence[Row],
    standard: Array,
    loadings: dict[tuple[str, str], float],
    variances: dict[str, float],
    given: float | None,
) -> None:
    """Turn loadings on a factor of variance 1 into the metric that the model's fixed values set."""
    marker = next((i for i, row in enumerate(items) if row.free < 0 and row.value), None)
    if marker is not None:
        unit = standard[marker] / items[marker].value
    else:
        unit = np.sqrt(given) if given is not None and given > 0 else 1.0
        unit = 1 / unit if given is not None else unit
    variances.setdefault(factor, float(unit**2) if marker is not None else float(given or 1.0))
    for row, loading in zip(items, standard, strict=True):
        loadings[row.lhs, row.rhs] = float(loading / unit) if marker is not None else float(loading * unit)
