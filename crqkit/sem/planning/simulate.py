"""Simulated answers from a model with known values."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from crqkit.base.problems import ChoiceProblem
from crqkit.sem.planning import vale_maurelli
from crqkit.sem.planning.population import Population, populations

Array = NDArray[Any]


def simulate(
    model: Any,
    n: int | Sequence[int] | Mapping[str, int] | None = None,
    *,
    seed: int | Generator,
    groups: Sequence[str] = ("",),
    group: str = "group",
    ordered: Mapping[str, Sequence[float]] | None = None,
    standardized: bool = False,
    parameterization: str = "delta",
    skew: float | Mapping[str, float] = 0.0,
    kurtosis: float | Mapping[str, float] | None = None,
    missing: float | Mapping[str, float] = 0.0,
    clusters: int | None = None,
    icc: float = 0.1,
    scores: bool = False,
) -> pd.DataFrame:
    """Return simulated answers from the values in a model text, or from the estimates of a fit.

    Parameters
    ----------
    model : str or Fit
        Text with a value before everything written: ``f =~ 0.7*x1 + 0.6*x2``, for groups ``c(0.7, 0.5)*x1``. What is
        not written: variances 1, covariances and means 0.
    n : int, or one number a group
        Persons in each group. Those of the fit if absent.
    seed : int or Generator
        The same seed gives the same answers.
    groups : sequence of str
        Names of the groups; a column called `group` then holds them.
    ordered : mapping, optional
        Cut points by item; the answers are 1, 2, ... The text may hold them too: ``x1 | -1*t1 + 0*t2``. The response
        behind an ordered item has variance 1.
    standardized : bool
        Choose variances that are not written so that every variable has variance 1.
    parameterization : {"delta", "theta"}
        "theta": the residual behind an ordered item, and not its response, has variance 1 or the one written.
    skew, kurtosis : number, or one by item
        Of the numeric variables, or of what is cut; kurtosis is 0 for the normal curve, 1.5 skew^2 if absent.
    missing : share, or one by item
        Answers that are lost, whatever they and the others are.
    clusters : int, optional
        Number of clusters in each group; a column ``cluster`` then holds their names.
    icc : float
        Share of all variances that lies between clusters.
    scores : bool
        Also return the factors' true scores, in columns named as the factors.

    Returns
    -------
    DataFrame
        One row a person, groups one after another; ``.attrs["simulated"]`` says that nobody answered this.

    Raises
    ------
    ModelProblem
        A value is lacking, or no population is like this.
    ChoiceProblem
        An option cannot be.

    References
    ----------
    Vale & Maurelli 1983, Psychometrika 48:465-471, for skew and kurtosis.

    Examples
    --------
    >>> made = simulate("f =~ 0.7*x1 + 0.7*x2 + 0.7*x3", 100, seed=1, standardized=True)
    >>> made.shape, made.attrs["simulated"]
    ((100, 3), True)
    """
    rng = seed if isinstance(seed, Generator) else np.random.default_rng(seed)
    _check_shares(missing=missing, icc=icc)
    made = populations(model, groups, ordered=ordered, standardized=standardized, parameterization=parameterization)
    sizes = _sizes(n, made, model)
    shapes = _shapes(skew, kurtosis, made[0].observed)
    if shapes is not None and scores:
        raise ChoiceProblem("scores", scores, ["False where there is skew, which is that of the answers"])
    tables = []
    for population, size in zip(made, sizes, strict=True):
        residuals, cluster = _normal(rng, size, len(population.links), clusters, icc)
        table = _answers(population, residuals, shapes, scores)
        table = _lost(table, population.observed, missing, rng)
        if cluster is not None:
            mark = f"{population.label}-" if population.label else ""
            table["cluster"] = [f"{mark}c{number + 1}" for number in cluster]
        if len(made) > 1:
            table.insert(0, group, population.label)
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True)
    whole.attrs = {"simulated": True}
    return whole


def _sizes(n: Any, made: list[Population], model: Any) -> list[int]:
    if n is None:
        if isinstance(model, str):
            raise ChoiceProblem("n", n, ["the number of persons in each group"])
        return [round(group.n) for group in getattr(model, "estimate", model).model.sample.groups]
    if isinstance(n, Mapping):
        missing = [population.label for population in made if population.label not in n]
        if missing:
            raise ChoiceProblem("n", dict(n), [f"a number for each group, also for {', '.join(missing)}"])
        sizes = [n[population.label] for population in made]
    else:
        sizes = [n] * len(made) if np.isscalar(n) else list(n)
    if len(sizes) != len(made) or any(int(size) != size or size < 1 for size in sizes):
        raise ChoiceProblem("n", n, [f"whole numbers of at least 1, one or {len(made)}"])
    return [int(size) for size in sizes]


def _check_shares(**given: Any) -> None:
    for name, value in given.items():
        for share in value.values() if isinstance(value, Mapping) else [value]:
            if not 0 <= share < 1:
                raise ChoiceProblem(name, share, ["a share from 0 to below 1"])


def _shapes(skew: Any, kurtosis: Any, observed: list[str]) -> Array | None:
    """Return the polynomials (p, 3) of the variables, None where all are normal."""
    skews = [float(skew.get(name, 0)) if isinstance(skew, Mapping) else float(skew) for name in observed]
    tails = [kurtosis.get(name) if isinstance(kurtosis, Mapping) else kurtosis for name in observed]
    # A gamma variable's kurtosis goes with its skew like this.
    full = [1.5 * s**2 if k is None else float(k) for s, k in zip(skews, tails, strict=True)]
    if not any(skews) and not any(full):
        return None
    return np.array([vale_maurelli.polynomial(s, k) for s, k in zip(skews, full, strict=True)])


def _normal(rng: Generator, n: int, v: int, clusters: int | None, icc: float) -> tuple[Array, Array | None]:
    """Return standard normal draws (n, v), alike within clusters where there are any, and the clusters' numbers."""
    own = rng.standard_normal((n, v))
    if clusters is None:
        return own, None
    if int(clusters) != clusters or not 1 <= clusters <= n:
        raise ChoiceProblem("clusters", clusters, [f"a whole number from 1 to {n}"])
    cluster = np.arange(n) % int(clusters)
    shared = rng.standard_normal((int(clusters), v))
    return np.sqrt(icc) * shared[cluster] + np.sqrt(1 - icc) * own, cluster


def _answers(population: Population, draws: Array, shapes: Array | None, scores: bool) -> pd.DataFrame:
    p = len(population.observed)
    if shapes is None:
        values = population.mean + draws @ _root(population.links).T @ population.total.T
    else:
        sd = np.sqrt(np.diag(population.cov))
        inner = vale_maurelli.normal_correlations(population.cov / np.outer(sd, sd), shapes)
        values = population.mean[:p] + sd * vale_maurelli.bent(draws[:, :p] @ _root(inner).T, shapes)
    table = pd.DataFrame(values[:, :p], columns=population.observed)
    for item, cuts in population.cuts.items():
        table[item] = population.levels[item][np.searchsorted(cuts, table[item].to_numpy())]
    if scores:
        table[population.latent] = values[:, p:]
    return table


def _root(cov: Array) -> Array:
    # The symmetric root: the signs of eigenvectors, which differ between machines, cancel.
    values, vectors = np.linalg.eigh(cov)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _lost(table: pd.DataFrame, observed: list[str], missing: Any, rng: Generator) -> pd.DataFrame:
    """Return the table with answers lost completely at random."""
    shares = {name: missing.get(name, 0.0) if isinstance(missing, Mapping) else missing for name in observed}
    for name, share in shares.items():
        if share:
            table[name] = table[name].mask(rng.random(len(table)) < share)
    return table
