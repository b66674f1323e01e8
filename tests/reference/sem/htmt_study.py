"""How often the reading of HTMT claims what is not so, at the limit, beyond it, well below it, and on noise.

Run: python tests/reference/sem/htmt_study.py     (about ten minutes; seed 20250)
Writes htmt_study.csv beside itself: shares of each verdict in 400 samples; Monte-Carlo error at most 0.025.
Two constructs of four items with loadings 0.6 to 0.8; answers normal, or in five steps, most of them high.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.sem.scales.htmt import htmt

HERE = Path(__file__).parent
TIMES, BOOT, SEED = 400, 200, 20250
LOADINGS = np.array([0.6, 0.7, 0.75, 0.8] * 2)
STEPS = [-1.8, -1.2, -0.5, 0.4]
CONSTRUCTS = {"a": ["x1", "x2", "x3", "x4"], "b": ["x5", "x6", "x7", "x8"]}


def population(truth: float | None) -> np.ndarray:
    """Return the correlations of eight items whose constructs correlate `truth`; None for noise."""
    if truth is None:
        return np.eye(8)
    links = np.kron(np.array([[1.0, truth], [truth, 1.0]]), np.ones((4, 4)))
    matrix = np.outer(LOADINGS, LOADINGS) * links
    np.fill_diagonal(matrix, 1.0)
    return matrix


def study() -> pd.DataFrame:
    rng, rows = np.random.default_rng(SEED), []
    for answers in ("normal", "five steps"):
        for truth in (0.5, 0.85, 0.95, None):
            root = np.linalg.cholesky(population(truth))
            for n in (50, 100, 300):
                said = []
                for _ in range(TIMES):
                    sample = rng.standard_normal((n, 8)) @ root.T
                    if answers == "five steps":
                        sample = np.searchsorted(STEPS, sample).astype(float)
                    table = pd.DataFrame(sample, columns=[f"x{i + 1}" for i in range(8)])
                    said.append(htmt(table, CONSTRUCTS, n_boot=BOOT, seed=rng).table["verdict"].iloc[0])
                shares = {
                    name: said.count(name) / TIMES for name in ("below", "unclear", "above", "loose", "too_little")
                }
                rows.append({"answers": answers, "truth": "noise" if truth is None else truth, "n": n} | shares)
                print(rows[-1], flush=True)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    study().to_csv(HERE / "htmt_study.csv", index=False)
