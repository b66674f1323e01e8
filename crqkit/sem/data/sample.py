"""From data or from moments to the sufficient statistics of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base.problems import ChoiceProblem, DataProblem, Fault, check_columns
from crqkit.sem.data.missing import Saturated, saturated
from crqkit.sem.data.patterns import Patterns, patterns

if TYPE_CHECKING:
    from crqkit.stats.polychorics import OrdinalMoments

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Published or computed moments of one group, in place of its rows.

    Attributes
    ----------
    cov : DataFrame
        Covariance matrix (divisor n - 1) with the items' names on both sides.
    n : int
        Persons behind it.
    mean : Series, optional
        Means with the items' names.
    """

    cov: pd.DataFrame
    n: int
    mean: pd.Series | None = None

    @classmethod
    def from_correlations(cls, correlations: pd.DataFrame, n: int, sd: pd.Series | None = None) -> "Moments":
        """Return moments from printed correlations, with standard deviations where they are known (1 otherwise).

        >>> r = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], index=["a", "b"], columns=["a", "b"])
        >>> Moments.from_correlations(r, 100, pd.Series({"a": 2.0, "b": 1.0})).cov.loc["a", "b"]
        np.float64(1.0)
        """
        scale = pd.Series(1.0, index=correlations.index) if sd is None else sd.reindex(correlations.index)
        return cls(correlations * np.outer(scale, scale), n)


@dataclass(frozen=True)
class GroupSample:
    """What one group tells the estimator.

    `n` is the number of persons (the sum of their weights), `mean` (p,) and `cov` (p, p) have divisor n; `raw` (n, p)
    are the rows, if rows were given.
    """

    label: str
    n: float
    mean: Array
    cov: Array
    raw: Array | None = None
    weights: Array | None = None
    clusters: NDArray[np.intp] | None = None
    patterns: Patterns | None = None
    saturated: Saturated | None = None  # means and covariances by EM, where answers are missing
    ordinal: "OrdinalMoments | None" = None
    has_means: bool = True
    rows: NDArray[np.intp] | None = None  # where these persons stand in the caller's table


@dataclass(frozen=True)
class Sample:
    """All groups, in order of their first appearance."""

    names: list[str]
    groups: list[GroupSample]
    dropped: int = 0
    index: pd.Index | None = None  # of the caller's table, if there was one

    @property
    def n(self) -> float:
        """Number of persons in all groups."""
        return sum(group.n for group in self.groups)


def moments(data: pd.DataFrame, items: Sequence[str], *, group: str | None = None) -> "Moments | dict[str, Moments]":
    """Return covariance, n and means of complete rows: all that a complete-data fit needs, whatever the rows.

    >>> table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 7.0]})
    >>> moments(table, ["a", "b"]).cov.loc["a", "b"]
    np.float64(2.5)
    """
    check_columns(data, [*items, *([group] if group else [])], "data")
    if group is None:
        complete = data[list(items)].dropna()
        return Moments(complete.cov(), len(complete), complete.mean())
    group_labels(data, group)
    parts = data.dropna(subset=[group]).groupby(group, sort=False)
    return {str(label): moments(part, items) for label, part in parts}  # type: ignore[misc]


def from_moments(given: "Moments | Mapping[str, Moments]", names: Sequence[str], *, wishart: bool = False) -> Sample:
    """Return the sample behind published moments; the divisor n - 1 becomes n unless `wishart`."""
    parts = {"": given} if isinstance(given, Moments) else dict(given)
    groups = []
    for label, part in parts.items():
        check_columns(part.cov, names, f"cov of {label}" if label else "cov")
        cov = part.cov.loc[list(names), list(names)].to_numpy(float)
        if not np.allclose(cov, cov.T, rtol=1e-6, atol=1e-8):
            raise DataProblem(Fault("the covariance matrix is not symmetric", "Fill both halves alike.", "cov"))
        mean = np.zeros(len(names)) if part.mean is None else part.mean.loc[list(names)].to_numpy(float)
        scaled = cov if wishart else cov * (part.n - 1) / part.n
        groups.append(GroupSample(label, part.n, mean, scaled, has_means=part.mean is not None))
    return Sample(list(names), groups)


def from_rows(
    data: pd.DataFrame,
    names: Sequence[str],
    *,
    group: str | None = None,
    labels: Sequence[str] | None = None,
    missing: str = "listwise",
    covariates: Sequence[str] = (),
    ordered: Sequence[str] = (),
    cluster: str | None = None,
    weights: str | None = None,
    wishart: bool = False,
) -> Sample:
    """Return the sample behind rows: complete ones (`listwise`), all with an answer (`fiml`), or `pairwise`."""
    if missing not in ("listwise", "fiml", "pairwise"):
        raise ChoiceProblem("missing", missing, ["listwise", "fiml", "pairwise"])
    values, keep = kept_rows(
        data, names, group=group, missing=missing, covariates=covariates, cluster=cluster, weights=weights
    )
    code, found = pd.factorize(data[group]) if group else (np.zeros(len(data), np.intp), [""])
    label_of = np.array([*map(str, found), ""])[code]
    labels = (group_labels(data, group) if group else [""]) if labels is None else labels
    weight = _weights(data, weights, keep)
    cluster_of = pd.factorize(data[cluster])[0] if cluster else None
    by_item = zip(names, values[keep].T, strict=True)
    levels = [np.unique(part[~np.isnan(part)]) if name in ordered else None for name, part in by_item]
    groups, faults = [], []
    for label in labels:
        rows = np.flatnonzero(keep & (label_of == label))
        if not len(rows):
            what, mend = "no row is left in this group", "Look at its missing answers."
            faults.append(Fault(what, mend, "data", column=group or "", value=label))
            continue
        try:
            made = _group_sample(
                str(label),
                values[rows],
                weight[rows] if weights else None,
                cluster_of[rows] if cluster_of is not None else None,
                fiml=missing == "fiml",
                pairwise=missing == "pairwise",
                levels=levels,
                ordered=[name in ordered for name in names],
                names=list(names),
                rows=rows,
                wishart=wishart,
            )
            groups.append(made)
        except DataProblem as problem:
            where = f" in group {label}" if group else ""
            faults += [replace(fault, what=f"{fault.what}{where}") for fault in problem.faults]
    if faults:
        raise DataProblem(faults)
    used = sum(len(made.rows) for made in groups if made.rows is not None)
    return Sample(list(names), groups, len(data) - used, data.index)


def kept_rows(
    data: pd.DataFrame,
    names: Sequence[str],
    *,
    group: str | None,
    missing: str,
    cluster: str | None,
    weights: str | None,
    covariates: Sequence[str] = (),
) -> tuple[Array, NDArray[np.bool_]]:
    """Return the answers (rows, p) as numbers, and which rows are used: known group, cluster and weight, answers."""
    values = numbers(data, names)
    if np.isinf(values).any():
        where = [(int(i) + 2, names[j]) for i, j in np.argwhere(np.isinf(values))]
        raise DataProblem(
            [Fault("not a finite number", "Correct it or leave it empty.", "data", row, name) for row, name in where]
        )
    keep = ~np.isnan(values).any(axis=1) if missing == "listwise" else ~np.isnan(values).all(axis=1)
    keep &= ~np.isnan(values[:, [list(names).index(name) for name in covariates]]).any(axis=1)
    for column in (group, cluster, weights):
        keep &= data[column].notna().to_numpy() if column else True
    return values, keep


def group_labels(data: pd.DataFrame, group: str) -> list[str]:
    """Return the groups' names in order of their first appearance; two that print alike are a fault."""
    labels = [str(label) for label in pd.unique(data[group].dropna())]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice or not labels:
        what = f"two groups both print as {', '.join(twice)}" if twice else "no row says its group"
        raise DataProblem(Fault(what, "Write each group in one way, as text.", "data", column=group))
    return labels


def _weights(data: pd.DataFrame, column: str | None, keep: NDArray[np.bool_]) -> Array:
    if column is None:
        return np.ones(len(data))
    weight = numbers(data, [column])[:, 0]
    bad = np.flatnonzero(keep & ~((weight > 0) & np.isfinite(weight)))
    if len(bad) and len(bad) == keep.sum():
        raise DataProblem(Fault("no weight is above zero", "Is this the column of weights?", "data", column=column))
    if len(bad):
        raise DataProblem(
            [Fault("a weight must be above zero", "Mend it or drop the row.", "data", int(i) + 2, column) for i in bad]
        )
    # Weights sum to the number of persons, so that their unit does not matter.
    return weight * keep.sum() / weight[keep].sum()


def _group_sample(
    label: str,
    part: Array,
    weight: Array | None,
    clusters: NDArray[np.intp] | None,
    *,
    fiml: bool,
    pairwise: bool,
    levels: list[Array | None],
    ordered: list[bool],
    names: list[str],
    rows: NDArray[np.intp],
    wishart: bool,
) -> GroupSample:
    n = float(len(part) if weight is None else weight.sum())
    found = None
    if any(ordered):
        from crqkit.stats.polychorics import ordinal_moments

        found = ordinal_moments(
            part,
            ordered,
            names=names,
            weights=weight,
            clusters=clusters,
            missing="pairwise" if pairwise else "listwise",
            levels=levels,
        )
        return GroupSample(label, n, found.means, found.cov, part, weight, clusters, ordinal=found, rows=rows)
    if fiml and np.isnan(part).any():
        kept = patterns(part, weights=weight)
        whole = saturated(kept, names=names)
        return GroupSample(label, n, whole.mu, whole.sigma, part, weight, clusters, kept, whole, rows=rows)
    mean, cov = _mean_cov(part, weight)
    if wishart and n > 1:
        cov = cov * n / (n - 1)
    return GroupSample(label, n, mean, cov, part, weight, clusters, rows=rows)


def _mean_cov(part: Array, weight: Array | None) -> tuple[Array, Array]:
    share = np.full(len(part), 1 / len(part)) if weight is None else weight / weight.sum()
    mean = share @ part
    centred = part - mean
    return mean, (centred * share[:, None]).T @ centred


def numbers(data: pd.DataFrame, names: Sequence[str]) -> Array:
    """Return the columns `names` as floats; every cell that is no number is a fault with its row."""
    check_columns(data, names, "data")
    columns = [data[name] for name in names]
    # Column by column: taking several columns at once costs pandas more than a small fit.
    if all(isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub" for column in columns):
        return np.column_stack([column.to_numpy(float) for column in columns])
    part = data[list(names)]
    as_number = part.apply(pd.to_numeric, errors="coerce")
    bad = as_number.isna() & part.notna()
    if bad.to_numpy().any():
        rows, columns = np.nonzero(bad.to_numpy())
        raise DataProblem(
            [
                Fault("not a number", "Write answers as numbers.", "data", int(i) + 2, names[j], part.iat[i, j])
                for i, j in zip(rows, columns, strict=True)
            ]
        )
    return as_number.to_numpy(float)
