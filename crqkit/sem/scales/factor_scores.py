"""Scores of persons on the factors of a fitted model."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base.problems import DataProblem, Fault, ModelProblem, check_choice
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.structure import Structure
from crqkit.sem.scales import modal_scores

Array = NDArray[Any]
METHODS = ("regression", "bartlett", "ebm")


def factor_scores(fit: Any, *, method: str | None = None, standard_errors: bool = False) -> pd.DataFrame:
    """Return each person's scores on the factors, in the order of the rows given to `fit`.

    Parameters
    ----------
    fit : Fit
        A model fitted to rows.
    method : {"regression", "bartlett", "ebm"}, optional
        "regression": the score expected given the answers; drawn towards the mean. "bartlett": unbiased for a person,
        wider in a group. "ebm": the most likely score (empirical Bayes modal), which for numeric items equals
        "regression"; the one for ordered items. "regression", or "ebm" with ordered items, if absent.
    standard_errors : bool
        Also give the error of each score, in columns ``<factor>_se``.

    Returns
    -------
    DataFrame
        One row a person used in the fit, one column a factor, with the index and in the order of the data. Where
        answers are missing the score rests on those that are there. "bartlett" leaves out factors without items of
        their own, and is empty for a factor of which a person answered nothing. ``.attrs["cautions"]`` holds
        sentences on what limits the scores.

    Raises
    ------
    ModelProblem
        The search did not converge; the method does not suit the items; implied covariances are not proper.
    DataProblem
        The model was fitted to moments.

    References
    ----------
    Thurstone 1935, The Vectors of Mind, pp. 226-231; Bartlett 1937, British Journal of Psychology 28:97-104; Skrondal
    & Rabe-Hesketh 2004, Generalized Latent Variable Modeling, ch. 7.

    Examples
    --------
    >>> from crqkit.sem import fit
    >>> person = np.arange(60)[:, None] % 7
    >>> answers = pd.DataFrame(person + np.arange(180).reshape(60, 3) % 4, columns=["a", "b", "c"])
    >>> factor_scores(fit("f =~ a + b + c", answers)).shape
    (60, 1)
    """
    found: Estimate = getattr(fit, "estimate", fit)
    ordered = bool(found.model.table.attrs["ordered"])
    method = method or ("ebm" if ordered else "regression")
    check_choice("method", method, METHODS)
    _check(found, method, ordered)
    latent = found.model.table.attrs["lv"]
    pieces, cautions = [], {}
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        x = found.x[structure.free]
        try:
            if isinstance(structure, OrderedStructure):
                values, errors, said = modal_scores.scores(structure, x, group, latent)
                cautions |= dict.fromkeys(said)
                names = latent
            else:
                names, values, errors = _linear(structure, x, group, latent, method)
        except np.linalg.LinAlgError:
            what = "the implied covariance matrix is not positive definite, so that persons have no scores"
            raise ModelProblem(what, "Look for negative variances and mend the model.") from None
        piece = pd.DataFrame(values, index=group.rows, columns=names)
        if standard_errors:
            piece = piece.join(pd.DataFrame(errors, index=group.rows, columns=[f"{name}_se" for name in names]))
        pieces.append(piece)
    table = pd.concat(pieces).sort_index()
    if found.model.sample.index is not None:
        table.index = found.model.sample.index[table.index]
    table.attrs["cautions"] = tuple(cautions)
    return table


def determinacy(fit: Any) -> pd.DataFrame:
    """Return how closely regression scores follow the factors: their correlation, 0 to 1.

    Returns
    -------
    DataFrame
        ``group factor determinacy``, for persons who answered everything.

    Raises
    ------
    ModelProblem
        Items are ordered; implied covariances are not proper.

    References
    ----------
    Grice 2001, Psychological Methods 6:430-450: below .90 scores should not stand for the factor itself.
    """
    found: Estimate = getattr(fit, "estimate", fit)
    _check(found, "regression", bool(found.model.table.attrs["ordered"]))
    rows = []
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        _, cov = structure.all_moments(found.x[structure.free])
        for name in found.model.table.attrs["lv"]:
            at = structure.nodes[name]
            shared = cov[at, : structure.p]
            known = shared @ np.linalg.solve(cov[: structure.p, : structure.p], shared)
            value = np.sqrt(known / cov[at, at]) if cov[at, at] > 0 else np.nan
            rows.append({"group": group.label or "all", "factor": name, "determinacy": float(value)})
    return pd.DataFrame(rows)


def _check(found: Estimate, method: str, ordered: bool) -> None:
    if not found.model.table.attrs["lv"]:
        raise ModelProblem("the model has no factor", "Give a factor its items with =~.")
    if not found.optimum.converged:
        raise ModelProblem("the search for the estimates did not converge", "Mend the model before using its numbers.")
    if ordered and method != "ebm":
        raise ModelProblem(f"{method} scores need numeric items, and some are ordered", "Use method='ebm'.")
    if method != "ebm" and any(isinstance(structure, OrderedStructure) for structure in found.model.structures):
        raise ModelProblem(f"{method} scores need numeric items", "Use method='ebm'.")


def _linear(
    structure: Structure, x: Array, group: GroupSample, latent: list[str], method: str
) -> tuple[list[str], Array, Array]:
    """Return names, scores (n, k) and errors (n, k) that are linear in the answers."""
    raw = rows_of(group)
    mean, cov = structure.all_moments(x)
    p = structure.p
    centre = mean[:p] if structure.means else group.mean
    at = np.array([structure.nodes[name] for name in latent])
    names = list(latent)
    if method == "bartlett":
        measured, loading, width, around = _measurement(structure, x)
        keep = [i for i, node in enumerate(at) if node in measured]
        at, names = at[keep], [latent[i] for i in keep]
    values, errors = np.full((len(raw), len(at)), np.nan), np.full((len(raw), len(at)), np.nan)
    for rows, seen in by_pattern(raw):
        implied = cov[np.ix_(seen, seen)]
        np.linalg.cholesky(implied)
        off = raw[np.ix_(rows, seen)] - centre[seen]
        if method == "bartlett":
            weight, spread, which = _bartlett(loading[seen], np.linalg.inv(around[np.ix_(seen, seen)]), measured, at)
            # The factors' own variance is in `around` too; it drops out of the weights, not of these.
            spread = spread - width[[measured.index(node) for node in at[which]]]
        else:
            weight = cov[np.ix_(at, seen)] @ np.linalg.inv(implied)
            spread = np.diag(cov)[at] - np.einsum("ij,ij->i", weight, cov[np.ix_(at, seen)])
            which = np.arange(len(at))
        values[np.ix_(rows, which)] = mean[at[which]] + off @ weight.T
        errors[np.ix_(rows, which)] = np.sqrt(np.maximum(spread, 0))
    return names, values, errors


def _measurement(structure: Structure, x: Array) -> tuple[list[int], Array, Array, Array]:
    """Return the nodes that carry the answers, their effects (p, nodes), a variance of each, and the covariance (p, p).

    They are the factors, and observed variables that no factor moves but that move or are moved by others: what these
    do to an item is taken from its answers, not from the factor. What one item does to another is in the effects. The
    covariance is that of the observed variables were all nodes independent, with their variances.
    """
    paths, links, _ = structure.matrices(x)
    p, size = structure.p, len(structure.nodes)
    among, loading = paths[:p, :p], paths[:p, p:]
    moved = (np.linalg.inv(np.eye(p) - among) @ loading).any(axis=1)
    own = [i for i in range(p) if not moved[i] and (paths[:, i].any() or among[i].any())]
    # Loadings fixed or estimated at exactly 0 measure nothing.
    latent = [j for j in range(p, size) if paths[:p, j].any()]
    # Given as they are, these variables need no paths among themselves and have no error.
    item = ~np.isin(np.arange(p), own)
    onward = np.linalg.inv(np.eye(p) - among * item[:, None])
    effects = np.hstack([onward @ paths[:p, latent], onward[:, own]])
    width = np.diag(structure.all_moments(x)[1])[latent + own]
    width = np.where(width > 0, width, 1.0)
    error = onward @ (links[:p, :p] * np.outer(item, item)) @ onward.T
    return latent + own, effects, width, effects * width @ effects.T + error


def _bartlett(loading: Array, inverse: Array, nodes: list[int], wanted: Array) -> tuple[Array, Array, Array]:
    """Return weights, error variances and which wanted factors they are for, given the answers that are there."""
    there = np.flatnonzero(loading.any(axis=0))
    carried = loading[:, there]
    information = carried.T @ inverse @ carried
    if np.linalg.matrix_rank(carried) < len(there):
        return np.empty((0, len(loading))), np.empty(0), np.empty(0, dtype=int)
    spread = np.linalg.inv(information)
    weight = spread @ carried.T @ inverse
    place = {nodes[column]: i for i, column in enumerate(there)}
    which = np.array([i for i, node in enumerate(wanted) if node in place], dtype=int)
    at = [place[wanted[i]] for i in which]
    return weight[at], np.diag(spread)[at], which


def rows_of(group: GroupSample) -> Array:
    """Return the answers behind a group."""
    if group.raw is None or group.rows is None:
        what = "scores of persons need their answers, and the model was fitted to moments"
        raise DataProblem(Fault(what, "Fit the model to the rows."))
    return group.raw


def by_pattern(raw: Array) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield rows with the same answers missing, and the columns they have."""
    patterns, which = np.unique(~np.isnan(raw), axis=0, return_inverse=True)
    for number, seen in enumerate(patterns):
        yield np.flatnonzero(which.ravel() == number), np.flatnonzero(seen)
