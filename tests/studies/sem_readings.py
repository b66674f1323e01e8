"""How often the reading of a fitted model claims misfit that is not there, and sees misfit that is.

Nine items of three factors that correlate 0.5. The model holds, or leaves out a cross-loading of 0.35, or takes two of
the factors for one. Answers are normal; skewed with a tenth missing; or chosen from four ordered categories.

Run: python tests/studies/sem_readings.py     (about ten minutes; seed 20261123)
Writes tests/reference/studies/sem_readings.csv: truth, answers, n, wanted, shares of the verdicts, mc_error of `clear`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crqkit import sem  # noqa: E402
from crqkit.sem.diagnosis.diagnosis import diagnose  # noqa: E402
from crqkit.sem.diagnosis.reading import read  # noqa: E402
from tests.studies._tables import keep, mc_error  # noqa: E402

SEED, REPLICATIONS = 20261123, 500
OUT = ROOT / "tests" / "reference" / "studies" / "sem_readings.csv"
FACTORS = {"trust": ["t1", "t2", "t3"], "care": ["c1", "c2", "c3"], "bond": ["b1", "b2", "b3"]}
ITEMS = [item for items in FACTORS.values() for item in items]
LOADING, CORRELATION, CROSSED = 0.7, 0.5, 0.35
THREE = "\n".join(f"{factor} =~ {' + '.join(items)}" for factor, items in FACTORS.items())
TWO = f"both =~ {' + '.join(ITEMS[:6])}\nbond =~ {' + '.join(ITEMS[6:])}"
FITTED = {"holds": THREE, "cross-loading left out": THREE, "two factors taken for one": TWO}
STEPS = np.array([-1.2, -0.4, 0.5])
VERDICTS = {
    "clear": ("sem_fit.rmsea.large", "sem_fit.rmsea.clear", "sem_fit.test.clear"),
    "none": ("sem_fit.rmsea.none", "sem_fit.rmsea.small", "sem_fit.test.none"),
    "cannot_tell": (
        "sem_fit.rmsea.unclear",
        "sem_fit.rmsea.unclear_size",
        "sem_fit.test.unclear",
        "sem_fit.too_little",
    ),
}
# truth, answers, people, share of clear misfit that is wanted (at most or at least)
CASES = [("holds", kind, n, "<= 0.05") for kind in ("normal", "skewed, missing", "ordered") for n in (100, 300, 1000)]
CASES += [("two factors taken for one", kind, 300, ">= 0.8") for kind in ("normal", "skewed, missing", "ordered")]
CASES += [("two factors taken for one", "normal", 100, ""), ("cross-loading left out", "normal", 100, "")]
CASES += [("cross-loading left out", "normal", 300, ""), ("cross-loading left out", "normal", 1000, "")]


def answers(rng: np.random.Generator, truth: str, kind: str, n: int) -> pd.DataFrame:
    """Return answers of n people."""
    root = np.linalg.cholesky(np.full((3, 3), CORRELATION) + (1 - CORRELATION) * np.eye(3))
    factors, errors = rng.standard_normal((n, 3)), rng.standard_normal((n, 9))
    if kind.startswith("skewed"):
        factors, errors = (np.sign(z) * np.abs(z) ** 1.3 + 0.4 * (z**2 - 1) for z in (factors, errors))
    weights = LOADING * np.repeat(np.eye(3), 3, axis=0)
    weights[2, 1] = CROSSED if truth.startswith("cross") else 0.0
    table = (factors @ root.T) @ weights.T + np.sqrt(1 - LOADING**2) * errors
    if kind == "ordered":
        table = np.digitize(table, STEPS).astype(float)
    if kind.endswith("missing"):
        table[rng.random(table.shape) < 0.1] = np.nan
    return pd.DataFrame(table, columns=ITEMS)


def verdict(table: pd.DataFrame, truth: str, kind: str) -> str:
    """Return the verdict of the reading, ``failed`` where the solution is not to be used."""
    options = {"ordered": ITEMS} if kind == "ordered" else {"estimator": "ML"} if kind == "normal" else {}
    found = sem.fit(FITTED[truth], table, **options).estimate
    id = read(found, diagnose(found))[0].id
    return next((name for name, ids in VERDICTS.items() if id in ids), "failed")


def run(replications: int, seed: int = SEED, cases: list[tuple[str, str, int, str]] = CASES) -> pd.DataFrame:
    """Return the share of each verdict in each case."""
    rows = []
    for truth, kind, n, wanted in cases:
        rng = np.random.default_rng([seed, CASES.index((truth, kind, n, wanted))])
        said = [verdict(answers(rng, truth, kind, n), truth, kind) for _ in range(replications)]
        shares = {name: said.count(name) / replications for name in (*VERDICTS, "failed")}
        rate = shares["clear"]
        error = mc_error(rate, replications)
        rows.append({"truth": truth, "answers": kind, "n": n, "wanted": wanted, **shares, "mc_error": error})
    return pd.DataFrame(rows).assign(replications=replications, seed=seed)


def main() -> None:
    """Write the table."""
    keep(run(REPLICATIONS), OUT)


if __name__ == "__main__":
    main()
