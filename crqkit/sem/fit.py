"""Fitting a model: the one call of this room."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crqkit import __version__
from crqkit.base.problems import ChoiceProblem, ModelProblem, check_columns
from crqkit.sem.data.sample import Moments, Sample, from_moments, from_rows
from crqkit.sem.estimation.estimate import estimate
from crqkit.sem.estimation.methods import METHODS, Method, choose
from crqkit.sem.fitted import Fit
from crqkit.sem.language.defaults import roles
from crqkit.sem.language.plan import Plan
from crqkit.sem.language.syntax import parse
from crqkit.sem.language.table import table_columns

CLUSTERED = ("ML", "MLR")


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
    rows = isinstance(data, pd.DataFrame)
    if rows:
        check_columns(data, [name for name in (group, cluster, weights) if name], "data")
    estimator, missing = _method(rows, bool(ordered), estimator, missing, cluster, weights)
    method = choose(estimator, se=se, information=information, likelihood=likelihood, holes=False)
    _check(method, missing, rows, bool(ordered), cluster, weights)
    labels = _labels(data, group)
    shape: dict[str, Any] = {
        "preset": preset,
        "groups": labels,
        "fixed_x": fixed_x,
        "std_lv": std_lv,
        "orthogonal": orthogonal,
        "group_equal": group_equal,
        "group_partial": group_partial,
        "parameterization": parameterization,
        "columns": list(data.columns) if rows else _names(data),
        "meanstructure": _means(data, missing, cluster, meanstructure),
    }
    if ordered is True:
        who = roles(parse(model))
        ordered = [name for name in who.ov if name not in who.x]
    cuts = {item: int(data[item].nunique()) - 1 for item in ordered} if rows and ordered else {}
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
            group=group,
            labels=labels if group else None,
            missing=missing,
            covariates=plan.covariates,
            ordered=plan.ordered,
            cluster=cluster,
            weights=weights,
            wishart=wishart,
        )
    else:
        sample = from_moments(data, plan.observed, wishart=wishart)
    if plan.means and not all(part.has_means for part in sample.groups):
        raise ModelProblem("a model of means needs means", "Give Moments(cov, n, mean).")
    if any(part.patterns is not None for part in sample.groups):
        method = choose(estimator, se=se, information=information, likelihood=likelihood, holes=True)
    _check_sample(sample, plan, method)
    settings = {
        "estimator": estimator,
        "missing": missing,
        "group": group,
        "cluster": cluster,
        "weights": weights,
        "se": method.se,
        "model": model,
        "version": __version__,
    }
    found = estimate(plan, sample, method)
    if method.se != "bootstrap":
        return Fit(found, settings)
    from crqkit.sem.estimation.bootstrap import bootstrap as draw

    settings |= {"bootstrap": bootstrap, "seed": seed}
    return Fit(found, settings, draw(found, bootstrap, seed=seed, jobs=jobs, progress=progress))


def _method(
    rows: bool, ordered: bool, estimator: str | None, missing: str | None, cluster: str | None, weights: str | None
) -> tuple[str, str]:
    """Return estimator and missing rule, ours where the caller leaves them open."""
    if estimator is None:
        estimator = "WLSMV" if ordered else "MLR" if rows else "ML"
    elif estimator == "ML" and (cluster or weights):
        # Plain errors would be wrong; the estimates are the same.
        estimator = "MLR"
    if missing is None:
        missing = "pairwise" if ordered else "fiml" if rows and estimator in CLUSTERED else "listwise"
    return estimator, missing


def _check(method: Method, missing: str, rows: bool, ordered: bool, cluster: str | None, weights: str | None) -> None:
    """Refuse what does not go together, with what does."""
    if missing not in ("fiml", "listwise", "pairwise"):
        raise ChoiceProblem("missing", missing, ["fiml", "listwise", "pairwise"])
    categorical = [name for name, other in METHODS.items() if other.fit in ("dwls", "uls", "wls")]
    raw = "the answers themselves, not moments"
    taken = (*CLUSTERED, "WLSMV", "ULSMV")
    faults = {
        f"ordered items need estimator {', '.join(categorical)}": ordered and method.name not in categorical,
        'ordered items take missing="pairwise" or "listwise"': ordered and missing == "fiml",
        'missing="fiml" needs estimator ML or MLR': missing == "fiml" and not ordered and method.name not in CLUSTERED,
        'missing="fiml" needs the normal likelihood': missing == "fiml"
        and method.fit == "normal"
        and method.likelihood == "wishart",
        'missing="pairwise" is for ordered items; answers as numbers take "fiml"': missing == "pairwise"
        and not ordered,
        f"estimator {method.name} needs {raw}; moments take ML or GLS": not rows
        and (method.test != "standard" or method.se not in ("standard", "none")),
        f"cluster, weights and ordered need {raw}": not rows and bool(cluster or weights or ordered),
        "cluster needs estimator MLR or WLSMV": bool(cluster) and method.name not in taken,
        "weights need estimator MLR or WLSMV": bool(weights) and method.name not in taken,
    }
    wrong = [text for text, is_so in faults.items() if is_so]
    if wrong:
        raise ModelProblem("; ".join(wrong) + ".")


def _check_sample(sample: Sample, plan: Plan, method: Method) -> None:
    from crqkit.sem.diagnosis.checks import check_sample

    check_sample(sample, plan, method)


def _means(data: Any, missing: str, cluster: str | None, asked: bool | None) -> bool | None:
    """Return whether means are in the model; None leaves it to what the model asks for."""
    if missing == "fiml" or cluster:
        return True
    if isinstance(data, pd.DataFrame):
        return asked
    parts = [data] if isinstance(data, Moments) else data.values()
    lacking = any(part.mean is None for part in parts)
    if lacking and asked:
        raise ModelProblem("a model of means needs means", "Give Moments(cov, n, mean).")
    return False if lacking else asked


def _labels(data: Any, group: str | None) -> list[str]:
    if isinstance(data, pd.DataFrame):
        return [str(label) for label in pd.factorize(data[group])[1]] if group else [""]
    return [""] if isinstance(data, Moments) else [str(label) for label in data]


def _names(data: Any) -> list[str]:
    first = data if isinstance(data, Moments) else next(iter(data.values()))
    return [str(name) for name in first.cov.columns]
