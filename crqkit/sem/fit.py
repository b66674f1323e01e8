"""Fitting a model: the one call of this room."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crqkit import __version__
from crqkit.base.problems import ModelProblem, check_columns
from crqkit.sem.asked import (
    as_list,
    check_data,
    check_together,
    chosen,
    labels_of,
    means_of,
    measured,
    names_of,
    thresholds,
)
from crqkit.sem.data.sample import Moments, from_moments, from_rows
from crqkit.sem.diagnosis.checks import check_sample
from crqkit.sem.estimation.estimate import estimate
from crqkit.sem.estimation.methods import choose
from crqkit.sem.fitted import Fit
from crqkit.sem.language.plan import Plan
from crqkit.sem.language.table import table_columns


def fit(
    model: str | pd.DataFrame,
    data: pd.DataFrame | Moments | Mapping[str, Moments],
    *,
    group: str | None = None,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    estimator: str | None = None,
    missing: str | None = None,
    ordered: Sequence[str] | bool = (),
    cluster: str | None = None,
    weights: str | None = None,
    parameterization: str = "delta",
    meanstructure: bool | None = None,
    fixed_x: bool = True,
    std_lv: bool = False,
    orthogonal: bool = False,
    likelihood: str | None = None,
    information: str | None = None,
    se: str | None = None,
    bootstrap: int = 1000,
    seed: int | None = None,
    jobs: int = 1,
    progress: bool = False,
    preset: str = "sem",
) -> Fit:
    """Fit a structural equation model written in lavaan's language.

    Parameters
    ----------
    model : str or DataFrame
        Model text (``trust =~ t1 + t2 + t3``) or a parameter table.
    data : DataFrame, Moments or mapping
        Answers, one row a person; or covariance, n and means of one group, or of several by name.
    group : str, optional
        Column that names each person's group; groups come in order of their first appearance.
    group_equal, group_partial : sequence of str
        What is equal in all groups (``loadings``, ``intercepts``, ``residuals``, ``means``, ``lv.variances``,
        ``lv.covariances``, ``regressions``, ``thresholds``), and which parameters are let free (``"trust=~t2"``).
    estimator : str, optional
        ``ML``, ``MLR``, ``MLM``, ``MLMV``, ``GLS``, ``WLSMV`` and others. Answers are fitted by ``MLR``, moments by
        ``ML``, ordered items by ``WLSMV`` unless you say otherwise.
    missing : {"fiml", "listwise", "pairwise"}, optional
        Full information for ``ML`` and ``MLR``; with ordered items each pair of items uses whoever answered both
        (pairwise); otherwise complete rows only (listwise). Full information always models the means, the others only
        if asked or needed.
    ordered : sequence of str or True
        Items with ordered categories; True means all that are measured. With five categories or more ``MLR`` on the
        answers as numbers is the usual choice and ``WLSMV`` a sensitivity run (Rhemtulla et al. 2012).
    cluster : str, optional
        Column that says which persons belong together, such as the shop; errors and tests then allow for likeness.
    weights : str, optional
        Column of sampling weights; they are scaled to sum to n.
    parameterization : {"delta", "theta"}
        For ordered items: whether scales or residual variances are parameters.
    meanstructure, fixed_x, std_lv, orthogonal, likelihood, information
        As lavaan's options of that name.
    se : str, optional
        Another kind of errors than the estimator's: ``standard``, ``robust.sem``, ``robust.huber.white``,
        ``bootstrap``, ``none``.
    bootstrap, seed, jobs, progress
        Draws of ``se="bootstrap"``, where they start, how many run at a time, whether a bar shows.
    preset : {"sem", "cfa", "growth"}
        Which lavaan function's defaults hold.

    Returns
    -------
    Fit
        ``.parameters``, ``.fit_measures``, ``.standardized``, ``.diagnosis`` and more.

    Raises
    ------
    ModelProblem
        Text that cannot be read (line and column), an unknown variable, options that do not go together.
    DataProblem
        Answers that cannot be used, all faults at once.

    References
    ----------
    Bollen (1989), Structural Equations with Latent Variables. Rosseel (2012), Journal of Statistical Software 48(2).

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=300)
    >>> answers = pd.DataFrame({f"t{i}": trust + rng.normal(size=300) for i in (1, 2, 3, 4)})
    >>> found = fit("trust =~ t1 + t2 + t3 + t4", answers)
    >>> found.fit_measures[["df", "npar"]].tolist()
    [2.0, 12.0]
    """
    group_equal, group_partial = as_list(group_equal), as_list(group_partial)
    ordered = ordered if isinstance(ordered, bool) else as_list(ordered)
    rows = isinstance(data, pd.DataFrame)
    check_data(data, group, group_equal or group_partial)
    if rows:
        check_columns(data, [name for name in (group, cluster, weights) if name], "data")
    estimator, missing = chosen(rows, bool(ordered), estimator, missing, bool(cluster or weights), likelihood)
    method = choose(estimator, se=se, information=information, likelihood=likelihood, holes=False)
    check_together(method, missing, rows, bool(ordered), cluster, weights, information, likelihood)
    labels = labels_of(data, group)
    shape: dict[str, Any] = {
        "preset": preset,
        "groups": labels,
        "fixed_x": fixed_x,
        "std_lv": std_lv,
        "orthogonal": orthogonal,
        "group_equal": group_equal,
        "group_partial": group_partial,
        "parameterization": parameterization,
        "columns": list(data.columns) if rows else names_of(data),
        "meanstructure": means_of(data, missing, cluster, meanstructure),
    }
    if ordered is True:
        ordered = measured(model)
    people = {"group": group, "missing": missing, "cluster": cluster, "weights": weights}
    cuts = thresholds(data, ordered, measured(model), **people) if rows and ordered else {}
    columns, about = table_columns(model, ordered=cuts, **shape)
    plan = Plan(**columns, about=about)
    if plan.ordered and plan.covariates:
        raise ModelProblem(
            f"ordered items with the covariates {', '.join(plan.covariates)} held fixed are not fitted here. "
            "Say fixed_x=False to treat them as numbers like any other."
        )
    wishart = method.likelihood == "wishart"
    if rows:
        sample = from_rows(
            data,
            plan.observed,
            labels=labels if group else None,
            covariates=plan.covariates,
            ordered=plan.ordered,
            wishart=wishart,
            **people,
        )
    else:
        sample = from_moments(data, plan.observed, wishart=wishart)
    if plan.means and not all(part.has_means for part in sample.groups):
        raise ModelProblem("a model of means needs means", "Give Moments(cov, n, mean).")
    if any(part.patterns is not None for part in sample.groups):
        method = choose(estimator, se=se, information=information, likelihood=likelihood, holes=True)
    check_sample(sample, plan, method)
    settings = shape | {
        "model": model,
        "estimator": estimator,
        "missing": missing,
        "group": group,
        "ordered": ordered,
        "cluster": cluster,
        "weights": weights,
        "likelihood": likelihood,
        "information": information,
        "se": method.se,
        "version": __version__,
    }
    found = estimate(plan, sample, method)
    if method.se != "bootstrap":
        return Fit(found, settings)
    from crqkit.sem.estimation.bootstrap import bootstrap as draw

    settings |= {"bootstrap": bootstrap, "seed": seed}
    return Fit(found, settings, draw(found, bootstrap, seed=seed, jobs=jobs, progress=progress))
