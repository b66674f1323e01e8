"""Runs a reference case through `crqkit.sem` and returns its numbers; nothing is looked up.

Usage: python ../shared/bank/score.py tests/reference/bank_adapter.py
"""

import re
from itertools import pairwise

import numpy as np
import pandas as pd

from crqkit import sem
from crqkit.base import DataProblem
from crqkit.sem.assessment.compare import compare
from crqkit.sem.assessment.release import modification_indices, score_test
from crqkit.sem.planning.population import populations
from crqkit.sem.planning.power import (
    rmsea_nested_power,
    rmsea_nested_sample_size,
    rmsea_power,
    rmsea_sample_size,
)
from crqkit.sem.planning.satorra_saris import satorra_saris
from crqkit.sem.scales.bifactor import omega_efa
from crqkit.sem.scales.composites import alpha as scale_alpha
from crqkit.sem.scales.composites import lambda6, scales_of
from crqkit.sem.scales.htmt import htmt
from crqkit.sem.scales.reliability import reliability
from crqkit.stats.polychorics import ordinal_moments

NAMES = {
    "fun": "preset",
    "fixed.x": "fixed_x",
    "std.lv": "std_lv",
    "group.equal": "group_equal",
    "group.partial": "group_partial",
    "sampling.weights": "weights",
    "iseed": "seed",
}
LEFT_OUT = {"em.h1.tol", "em.h1.iter.max"}  # how long lavaan searches
SEED = 20221102


def options(given):
    """Translate lavaan's options; its defaults are stated, since ours differ for raw answers."""
    found = {NAMES.get(name, name): value for name, value in (given or {}).items() if name not in LEFT_OUT}
    if not found.get("ordered"):
        found.setdefault("estimator", "ML")
    found["missing"] = {"ml": "fiml", None: "listwise"}.get(found.get("missing"), found.get("missing"))
    if found.get("se") == "bootstrap":
        found.setdefault("seed", SEED)
    return found


def data_of(case):
    if case.get("data_path"):
        source = case["data_path"]
        if "semopy:" in source:
            from importlib import import_module

            return import_module(f"semopy.examples.{source.rsplit(':', 1)[1]}").get_data()
        return pd.read_csv(source)
    names, labels = case["variables"], case.get("group_labels")
    if labels:
        means = case.get("sample_mean") or [None] * len(labels)
        parts = zip(labels, case["sample_cov"], case["sample_nobs"], means, strict=True)
        return {label: moments(cov, n, mean, names) for label, cov, n, mean in parts}
    return moments(case["sample_cov"], case["sample_nobs"], case.get("sample_mean"), names)


def moments(cov, n, mean, names):
    mean = pd.Series(mean, index=names) if mean else None
    return sem.Moments(pd.DataFrame(cov, index=names, columns=names), n, mean)


def run(case, model=None, given=None):
    return sem.fit(model or case["model"], data_of(case), **options(given or case.get("options")))


def table(frame):
    frame = frame.astype(object).where(frame.notna(), None)
    return {name: frame[name].tolist() for name in frame}


def measures(found):
    return {name: float(value) for name, value in found.fit_measures.items()}


def fitted(case):
    found = run(case)
    test = found.estimate.test
    return {
        "params": table(found.parameters),
        "std": table(found.standardized),
        "fit": measures(found),
        "scalars": {"shift_parameter": test.shift, "scaling_factor": test.factor},
    }


def compared(case):
    fits = {model["name"]: run(case, model["model"], model["options"]) for model in case["models"]}
    method = None if case["lrt_method"] == "default" else case["lrt_method"]
    # lavaan takes the parameters of the model in between by name.
    steps = compare(*fits.values(), names=list(fits), method=method, point="names").table
    pairs = [f"{freer} vs {tighter}" for freer, tighter in pairwise(steps["name"])]
    columns = {name: steps[name].iloc[1:].astype(float).tolist() for name in ("chisq_diff", "df_diff", "pvalue")}
    return {
        "lrt": {"comparison": pairs, **columns},
        "fits": [{"name": name, "fit": measures(found)} for name, found in fits.items()],
    }


def scored(case):
    found = score_test(run(case))
    total = {"total_X2": found.total.X2, "total_df": found.total.df, "total_pvalue": found.total.pvalue}
    return {"score": table(found.table[["constraint", "X2", "df", "pvalue"]]), "scalars": total}


def modified(case):
    return {"modindices": table(modification_indices(run(case)))}


def diagnosed(case):
    try:
        findings = run(case).findings
    except DataProblem as problem:
        return {
            "codes": sorted({fault.code for fault in problem.faults}),
            "messages": [str(fault) for fault in problem.faults],
        }
    return {"codes": sorted({one.code for one in findings}), "messages": [str(one.sentence) for one in findings]}


RELIABILITY = {  # names of the cases, ours, and whether the sample's variances divide
    "AVE": ("ave", True),
    "ave": ("ave", True),
    "omega_obs": ("omega", True),
    "omega_implied": ("omega", False),
    "omega": ("omega", True),
    "alpha": ("alpha", True),
    "omega_ordscale": ("omega", True),
    "omega_ord": ("omega", True),
    "alpha_ord": ("alpha", True),
    "omega_latent": ("omega_latent", True),
    "alpha_latent": ("alpha_ordinal", True),
    "alpha_ordinal_latentresponse": ("alpha_ordinal", True),
    "higher": ("omega", True),
    "higher_model": ("omega", False),
}


def reliable(case):
    if "psych_omega_items" in case:
        found = omega_efa(data_of(case)[case["psych_omega_items"]], n_boot=0).table.set_index("measure")["estimate"]
        return {"scalars": {f"psych.{name}": float(found[name]) for name in ("omega_total", "omega_h", "alpha")}}
    found = run(case)
    labels = found.groups
    by = {seen: reliability(found, observed_variance=seen).table for seen in (True, False)}
    scalars = {}
    for name, (measure, seen) in RELIABILITY.items():
        rows = by[seen][by[seen]["measure"] == measure].dropna(subset="estimate")
        for row in rows.itertuples():
            place = f"@{labels.index(row.group) + 1}" if len(labels) > 1 else ""
            scalars[f"{name}.{row.factor}{place}"] = float(row.estimate)
    shared = any(scale.shared for scale in scales_of(found.estimate.model.table, ()))
    if shared or "ordered" in case["options"] or case["options"].get("group"):
        return {"scalars": scalars}
    return {"scalars": scalars | classical(found), "arrays": ratios(found, case)}


def classical(found):
    """What psych::alpha says of the first scale."""
    group = found.estimate.model.sample.groups[0]
    names = found.estimate.model.sample.names
    first = scales_of(found.estimate.model.table, ())[0]
    at = [names.index(item) for item in first.items]
    cov = group.cov[np.ix_(at, at)]
    r = cov / np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    values = {
        "raw_alpha": scale_alpha(cov),
        "std_alpha": scale_alpha(r),
        "G6": lambda6(r),
        "average_r": (r.sum() - len(r)) / (len(r) * (len(r) - 1)),
    }
    return {f"psych.{first.factor}.{name}": float(value) for name, value in values.items()}


def ratios(found, case):
    """Square tables of both heterotrait-monotrait ratios, factors in the order of the model."""
    factors = [s.factor for s in scales_of(found.estimate.model.table, ())]
    tables = {}
    for kind in ("htmt", "htmt2"):
        table = pd.DataFrame(np.eye(len(factors)), index=factors, columns=factors)
        data = data_of(case)[found.estimate.model.sample.names]
        for row in htmt(data, case["model"], kind=kind, n_boot=0).table.itertuples():
            if row.first in factors and row.second in factors:
                table.loc[row.first, row.second] = table.loc[row.second, row.first] = row.estimate
        tables[kind] = table.to_numpy().tolist()
    return tables


def scored_persons(case):
    found = run(case)
    scores = found.scores(method=case["method"].lower())
    data, column = data_of(case), (case["options"] or {}).get("group")
    # Whoever answered nothing keeps an empty row, as in lavaan.
    scores = scores.reindex(range(len(data)))
    labels = data[column].astype(str).to_numpy() if column else np.full(len(data), "")
    stacked = [scores[labels == label] for label in found.groups]
    note = re.search(r"first (\d+) rows", case.get("note", ""))
    first = pd.concat([part.head(int(note[1]) if note else 20) for part in stacked])
    arrays = {"scores": first.astype(object).where(first.notna(), None).to_numpy().tolist()}
    arrays |= {"colsd": scores.std(ddof=1).tolist(), "cor": scores.corr().to_numpy().tolist()}
    return {"arrays": arrays, "scalars": {"rows": len(scores)}}


def powered(case):
    if "population_model" not in case:
        return {"scalars": rmsea_cases()}
    found = satorra_saris(
        case["population_model"], case["h0_model"], case.get("n", 200), alpha=case["alpha"], df=case["df"]
    )
    values = found.table.set_index("measure")["estimate"]
    cov = populations(case["population_model"])[0].cov
    power = float(values["power"])
    return {
        "scalars": {"ncp": float(values["ncp"]), "power": power, "sspower": power},
        "arrays": {"implied": cov.tolist()},
    }


def rmsea_cases():
    """The questions that both banks ask of the power of RMSEA; see their notes."""
    return {
        "power_n200": rmsea_power(0.05, 0.08, 100, 200),
        "n_for_80": rmsea_sample_size(0.05, 0.08, 100, 0.8),
        "power_close_n150": rmsea_power(0.05, 0.01, 24, 150),
        "n_df24_90": rmsea_sample_size(0.05, 0.08, 24, 0.9),
        "nested_power": rmsea_nested_power((0.06, 0.05), (0.08, 0.05), (22, 20), 200),
        "close_fit": rmsea_power(0.05, 0.08, 51, 250),
        "exact_fit": rmsea_power(0, 0.06, 30, 180),
        "not_close": rmsea_power(0.05, 0.02, 51, 400),
        "two_groups": rmsea_power(0.05, 0.08, 60, 300, groups=2),
        "alpha_01": rmsea_power(0.05, 0.08, 51, 250, alpha=0.01),
        "n_close": rmsea_sample_size(0.05, 0.08, 51, 0.8),
        "n_not_close": rmsea_sample_size(0.05, 0.02, 51, 0.8),
        "n_two_groups": rmsea_sample_size(0.05, 0.08, 60, 0.9, groups=2) / 2,
        "nested": rmsea_nested_power((0.05, 0.05), (0.07, 0.05), (57, 51), 300),
        "nested_n": rmsea_nested_sample_size((0.05, 0.05), (0.07, 0.05), (57, 51)),
    }


def correlated(case):
    names, chosen = case["variables"], (case.get("options") or {}).get("ordered", case["variables"])
    found = ordinal_moments(
        data_of(case)[names].dropna(how="all"),
        [name in chosen for name in names],
        names=names,
        missing="pairwise",
    )
    sd = np.sqrt(np.diag(found.cov))
    r = found.cov / np.outer(sd, sd)
    margins = [t if len(t) else [-m] for t, m in zip(found.thresholds, found.means, strict=True)]
    # lavaan writes a mean with the other sign.
    sign = np.ones(len(found.vector))
    sign[[i for i, label in enumerate(found.labels) if label.endswith("~1")]] = -1
    gamma = found.gamma * np.outer(sign, sign)
    arrays = {"polychoric": r, "correlation": r, "covariance": found.cov, "thresholds": np.concatenate(margins)}
    arrays |= {"gamma_diagonal": np.diag(gamma), "gamma_corner": gamma[:12, :12], "gamma_last_row": gamma[-1]}
    return {"arrays": {name: values.tolist() for name, values in arrays.items()}}


KINDS = {"fit": fitted, "difficult": diagnosed, "lrt": compared, "score": scored, "modindices": modified}
KINDS |= {"reliability": reliable, "fscores": scored_persons, "power": powered, "polychoric": correlated}


def fit(case):
    if case["kind"] not in KINDS:
        raise NotImplementedError(case["kind"])
    return KINDS[case["kind"]](case)
