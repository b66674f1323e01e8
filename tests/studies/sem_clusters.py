"""How often tests of a model cry wolf when customers of one shop are alike, with `cluster=` and without it.

Three questions, no effect in any: does the measurement model hold (exact-fit test), does a trait of the shop explain
trust, does trust of its customers go with a trait of each person. Shops carry a tenth of the variance of every
factor and every residual, so that 25 answers a shop are worth a design effect of 3.4.

Run: python tests/studies/sem_clusters.py     (about three minutes; seed 20261122)
Writes tests/reference/studies/sem_clusters.csv: question, cluster, shops, per_shop, rate, mc_error, replications.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crqkit import sem  # noqa: E402
from tests.studies._tables import keep, mc_error  # noqa: E402

SEED, REPLICATIONS, ICC, LEVEL = 20261122, 1000, 0.1, 0.05
OUT = ROOT / "tests" / "reference" / "studies" / "sem_clusters.csv"
LOADINGS = {"trust": {"t1": 0.8, "t2": 0.7, "t3": 0.7, "t4": 0.6}, "bond": {"b1": 0.8, "b2": 0.7, "b3": 0.6}}
MEASUREMENT = "trust =~ t1 + t2 + t3 + t4\nbond =~ b1 + b2 + b3"
QUESTIONS = {
    "the measurement model holds": MEASUREMENT,
    "a trait of the shop does nothing for trust": f"{MEASUREMENT}\ntrust ~ asked*trained",
    "a trait of the person does nothing for trust": f"{MEASUREMENT}\ntrust ~ asked*age",
}
SIZES = ((100, 25), (40, 25))


def alike(rng: np.random.Generator, shops: int, per_shop: int) -> np.ndarray:
    """Return standard normal values, one a person, of which the share ICC belongs to the shop."""
    between = np.repeat(rng.standard_normal(shops), per_shop)
    return np.sqrt(ICC) * between + np.sqrt(1 - ICC) * rng.standard_normal(shops * per_shop)


def answers(rng: np.random.Generator, shops: int, per_shop: int) -> pd.DataFrame:
    """Return answers in which the model holds and neither trait has an effect."""
    trust = alike(rng, shops, per_shop)
    factors = {"trust": trust, "bond": 0.5 * trust + np.sqrt(0.75) * alike(rng, shops, per_shop)}
    table = pd.DataFrame({"shop": np.repeat(np.arange(shops), per_shop)})
    for factor, items in LOADINGS.items():
        for item, loading in items.items():
            table[item] = loading * factors[factor] + np.sqrt(1 - loading**2) * alike(rng, shops, per_shop)
    trained = np.repeat(rng.permutation(np.arange(shops) % 2), per_shop)
    return table.assign(trained=trained.astype(float), age=rng.standard_normal(len(table)))


def rejects(model: str, table: pd.DataFrame, cluster: str | None) -> bool:
    """Return whether the test of the question is below the level."""
    found = sem.fit(model, table, estimator="MLR", missing="listwise", cluster=cluster)
    if "asked" not in model:
        return bool(found.fit_measures["pvalue.scaled"] < LEVEL)
    row = found.parameters.set_index("label").loc["asked"]
    return bool(row["pvalue"] < LEVEL)


def run(replications: int, seed: int = SEED, sizes: tuple[tuple[int, int], ...] = SIZES) -> pd.DataFrame:
    """Return the share of false alarms of each question, with `cluster=` and without."""
    rows = []
    for shops, per_shop in sizes:
        hits = {(question, cluster): 0 for question in QUESTIONS for cluster in (None, "shop")}
        for replication in range(replications):
            table = answers(np.random.default_rng([seed, shops, replication]), shops, per_shop)
            for (question, cluster), count in hits.items():
                hits[question, cluster] = count + rejects(QUESTIONS[question], table, cluster)
        for (question, cluster), count in hits.items():
            rate = count / replications
            error = mc_error(rate, replications)
            used = "yes" if cluster else "no"
            rows.append((question, used, shops, per_shop, rate, error, replications, seed))
    columns = ["question", "cluster", "shops", "per_shop", "rate", "mc_error", "replications", "seed"]
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    """Write the table."""
    keep(run(REPLICATIONS), OUT)


if __name__ == "__main__":
    main()
