"""What a caller of `fit` asks for: defaults filled in, and what does not go together refused."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base.problems import ChoiceProblem, DataProblem, Fault, ModelProblem, check_columns
from crqkit.sem.data.sample import Moments, group_labels, kept_rows
from crqkit.sem.estimation.methods import METHODS, Method
from crqkit.sem.language.defaults import roles
from crqkit.sem.language.syntax import parse

CLUSTERED = ("ML", "MLR")


def measured(model: str | pd.DataFrame) -> list[str]:
    """Return the observed variables of a model that are not covariates."""
    if isinstance(model, pd.DataFrame):
        fixed = set(model.loc[model["exo"] == 1, "lhs"]) if "exo" in model else set()
        return [name for name in model.attrs.get("ov", []) if name not in fixed]
    who = roles(parse(model))
    return [name for name in who.ov if name not in who.x]


def thresholds(data: pd.DataFrame, ordered: Sequence[str], names: Sequence[str], **people: Any) -> dict[str, int]:
    """Return how many thresholds each ordered item has among the people who will be used."""
    check_columns(data, ordered, "data")
    values, keep = kept_rows(data, list(dict.fromkeys([*names, *ordered])), **people)
    places = {name: at for at, name in enumerate(dict.fromkeys([*names, *ordered]))}
    used = {item: values[keep, places[item]] for item in ordered}
    return {item: max(len(np.unique(column[~np.isnan(column)])) - 1, 0) for item, column in used.items()}


def chosen(
    rows: bool, ordered: bool, estimator: str | None, missing: str | None, alike: bool, likelihood: str | None
) -> tuple[str, str]:
    """Return estimator and missing rule, ours where the caller leaves them open."""
    if estimator is None:
        estimator = "WLSMV" if ordered else "MLR" if rows and likelihood is None else "ML"
    estimator = estimator.upper()
    if estimator == "ML" and alike:
        # Plain errors would be wrong; the estimates are the same.
        estimator = "MLR"
    if missing is None:
        full = rows and estimator in CLUSTERED and likelihood != "wishart"
        missing = "pairwise" if ordered else "fiml" if full else "listwise"
    return estimator, missing


def as_list(given: Sequence[str] | str) -> list[str]:
    """Return names as a list; one name may come alone."""
    return [given] if isinstance(given, str) else list(given)


def check_data(data: Any, group: str | None, across: Sequence[str]) -> None:
    """Refuse what is neither answers nor moments, and what needs groups where there are none."""
    if isinstance(data, pd.DataFrame):
        twice = sorted({str(name) for name in data.columns[data.columns.duplicated()]})
        if twice:
            raise DataProblem([Fault("two columns have this name", "Rename one.", "data", column=n) for n in twice])
        if across and group is None:
            raise ModelProblem(
                "group_equal and group_partial need group", "Name the column that says who is in which group."
            )
        return
    parts = list(data.values()) if isinstance(data, Mapping) else [data]
    if not parts or not all(isinstance(part, Moments) for part in parts):
        raise ModelProblem(
            f"data is a {type(data).__name__}", "Give a DataFrame of answers, Moments, or Moments by name of the group."
        )
    if group is not None:
        raise ModelProblem("group names a column, and moments have none", "Give Moments by name of the group.")


def check_together(
    method: Method,
    missing: str,
    rows: bool,
    ordered: bool,
    cluster: str | None,
    weights: str | None,
    information: str | None,
    likelihood: str | None,
) -> None:
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
        "MLR takes the observed information; expected information needs estimator ML or MLM": (
            method.se == "robust.huber.white" and information == "expected"
        ),
        f"likelihood is not a choice of estimator {method.name}": likelihood is not None and method.fit != "normal",
        "cluster needs estimator MLR or WLSMV": bool(cluster) and method.name not in taken,
        "weights need estimator MLR or WLSMV": bool(weights) and method.name not in taken,
    }
    wrong = [text for text, is_so in faults.items() if is_so]
    if wrong:
        raise ModelProblem("; ".join(wrong) + ".")


def means_of(data: Any, missing: str, cluster: str | None, asked: bool | None) -> bool | None:
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


def labels_of(data: Any, group: str | None) -> list[str]:
    """Return the groups' names."""
    if isinstance(data, pd.DataFrame):
        return group_labels(data, group) if group else [""]
    return [""] if isinstance(data, Moments) else [str(label) for label in data]


def names_of(data: Any) -> list[str]:
    """Return the items that the moments are of."""
    first = data if isinstance(data, Moments) else next(iter(data.values()))
    return [str(name) for name in first.cov.columns]
