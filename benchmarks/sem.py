# ruff: noqa: E402 - the number of threads must be set before numpy is loaded
"""Structural equation models against lavaan and semopy, in CPU seconds of the same work on the same data.

Work: model text, table of parameters, sample, optimum, errors, tests of the model and of its baseline. Aims (ours to
lavaan): ladder and six groups 0.10, missing answers 0.07, ordered items 0.25, bootstrap 0.10; below semopy; time
must not grow with n once the moments are taken. `python sem.py ladder ordered` runs only these.
"""

import os

# One thread on both sides.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import resource
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from support import lavaan
from support.answers import answers, in_categories, model, with_gaps
from support.work import cpu

from crqkit import sem
from crqkit.sem.estimation.bootstrap import bootstrap

SEED = 20261122
VISUAL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
SECOND = model() + "\nquality =~ f1 + f2 + f3 + f4 + f5"
LADDER = ((), ("loadings",), ("loadings", "intercepts"), ("loadings", "intercepts", "residuals"))

Found = dict[str, float]


def fitted(text: str, data: Any, **options: Any) -> sem.Fit:
    """Fit as lavaan's `cfa` does, with errors and both tests."""
    plain = {"preset": "cfa", "estimator": "ML", "missing": "listwise"} if isinstance(data, pd.DataFrame) else {}
    found = sem.fit(text, data, **{**plain, **options})
    _ = found.estimate.covariance, found.estimate.test, found.estimate.baseline.test
    return found


def against(ours: Found, code: str, data: pd.DataFrame) -> Found:
    """Return seconds of ours and of lavaan, and their ratio, for each name in `ours`; `code` fills `found` by name."""
    result = {f"{name}_s": seconds for name, seconds in ours.items()}
    if not absent():
        for name, seconds in lavaan.run(code, {"d": data.to_csv(index=False)}).items():
            result |= {f"{name}_lavaan_s": seconds, f"{name}_to_lavaan": ours[name] / seconds}
    return result


@cache
def absent() -> str:
    """Why lavaan is left out, said once."""
    why = lavaan.missing()
    if why:
        print(f"lavaan is left out: {why}.", file=sys.stderr)
    return why


def text_in_r(text: str) -> str:
    """Return the model as a string of R."""
    return f"m <- '{text}'"


def ladder() -> Found:
    """Configural, metric, scalar and strict invariance of nine tests in two schools."""
    from semopy.examples import holzinger39

    data = holzinger39.get_data().rename(columns=str.lower)[[f"x{i}" for i in range(1, 10)] + ["school"]]
    ours = cpu(lambda: [fitted(VISUAL, data, group="school", group_equal=equal) for equal in LADDER], 15)
    steps = ", ".join(f"c({', '.join(map(repr, equal))})" for equal in LADDER)
    code = f"""{text_in_r(VISUAL)}
    steps <- list({steps.replace("c()", "''")})
    found <- list(ladder = cpu(7, function() for (e in steps) cfa(m, d, group = "school", group.equal = e)))"""
    return against({"ladder": ours}, code, data)


def groups() -> Found:
    """Scalar invariance of twenty items in six groups."""
    parts = [answers(300, SEED + g).assign(shop=f"shop {g}") for g in range(6)]
    data = pd.concat(parts, ignore_index=True)
    ours = cpu(lambda: fitted(model(), data, group="shop", group_equal=LADDER[2]), 5)
    code = f"""{text_in_r(model())}
    found <- list(groups = cpu(3, function() cfa(m, d, group = "shop", group.equal = c("loadings", "intercepts"))))"""
    return against({"groups": ours}, code, data)


def missing() -> Found:
    """A fifth of the answers missing, 1,000 persons, 20 items: plain and robust errors."""
    data = with_gaps(answers(1000, SEED), 0.2, SEED)
    ours = {
        "fiml": cpu(lambda: fitted(model(), data, missing="fiml"), 3),
        "fiml_mlr": cpu(lambda: fitted(model(), data, missing="fiml", estimator="MLR"), 3),
    }
    code = f"""{text_in_r(model())}
    found <- list(fiml = cpu(1, function() cfa(m, d, missing = "ml")),
                  fiml_mlr = cpu(1, function() cfa(m, d, missing = "ml", estimator = "MLR")))"""
    return against(ours, code, data)


def ordered() -> Found:
    """Twenty items with five categories, 1,000 persons."""
    data = in_categories(answers(1000, SEED))
    ours = cpu(lambda: fitted(model(), data, ordered=True, estimator="WLSMV"), 5)
    code = f"""{text_in_r(model())}
    found <- list(ordered = cpu(2, function() cfa(m, d, ordered = TRUE, estimator = "WLSMV")))"""
    return against({"ordered": ours}, code, data)


def draws() -> Found:
    """200 bootstrap draws of a second-order model of twenty items, 500 persons."""
    data = answers(500, SEED)
    found = fitted(SECOND, data)
    ours = cpu(lambda: bootstrap(found, 200, seed=SEED), 2)
    code = f"""{text_in_r(SECOND)}
    f <- cfa(m, d)
    found <- list(bootstrap = cpu(1, function() suppressWarnings(bootstrapLavaan(f, R = 200))))"""
    return against({"bootstrap": ours}, code, data)


def single() -> Found:
    """One group, nine tests, against semopy's `fit`: optimum, chi-square and slope of both."""
    import semopy
    from semopy.examples import holzinger39

    data = holzinger39.get_data()[[f"x{i}" for i in range(1, 10)]]
    ours = sem.fit(VISUAL, data, preset="cfa", estimator="ML", missing="listwise")
    theirs = semopy.Model(VISUAL)
    theirs.fit(data)
    peer = cpu(lambda: semopy.Model(VISUAL).fit(data), 15)
    optimum = cpu(lambda: sem.fit(VISUAL, data, preset="cfa", estimator="ML", missing="listwise"), 30)
    basis = ours.estimate.model.restrictions.basis[1]
    return {
        "single_s": optimum,
        "single_semopy_s": peer,
        "single_to_semopy": optimum / peer,
        "single_with_errors_s": cpu(lambda: fitted(VISUAL, data), 30),
        "chisq": ours.estimate.test.chisq,
        "chisq_semopy": float(theirs.last_result.fun * len(data)),
        "slope": float(np.abs(basis.T @ ours.estimate.model.gradient(ours.estimate.x)).max() * 2),
        "slope_semopy": float(np.abs(theirs.grad_mlw(theirs.param_vals)).max()),
    }


def rows() -> Found:
    """Time of a fit from moments, of 500 rows to 500,000."""
    found = {}
    for n in (500, 5_000, 50_000, 500_000):
        data = answers(n, SEED)
        moments = sem.moments(data, list(data.columns))
        found[f"moments_{n}_s"] = cpu(lambda given=data: sem.moments(given, list(given.columns)), 2)
        found[f"fit_{n}_s"] = cpu(lambda given=moments: fitted(model(), given), 10)
    return found | {"fit_500000_to_500": found["fit_500000_s"] / found["fit_500_s"]}


BENCHES: tuple[Callable[[], Found], ...] = (ladder, groups, missing, ordered, draws, single, rows)


def main(wanted: list[str]) -> None:
    """Print one line a bench, then one JSON line."""
    ratios = {}
    for bench in BENCHES:
        if wanted and bench.__name__ not in wanted:
            continue
        found = bench()
        print(bench.__name__, {name: float(f"{value:.4g}") for name, value in found.items()}, flush=True)
        ratios |= {name: round(value, 3) for name, value in found.items() if "_to_" in name}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"bench": "sem", "ratios": ratios, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main(sys.argv[1:])
