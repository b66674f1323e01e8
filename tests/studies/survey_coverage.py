"""How often the survey's intervals hold the truth, and how often its detectors cry wolf or see what is there.

Run: python tests/studies/survey_coverage.py     (about five minutes; seed 20260105)
Writes tests/reference/studies/survey_coverage.csv: study, n, wanted, rate, mc_error, replications.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crqkit.stats.differences import overlapping_difference  # noqa: E402
from crqkit.survey import (  # noqa: E402
    change,
    compare_groups,
    lowest_dimension,
    net_promoter,
    net_promoter_change,
    satisfaction,
)
from crqkit.tables.form import build_form  # noqa: E402
from tests.studies._tables import keep, mc_error  # noqa: E402

SEED, REPLICATIONS = 20260105, 1000
OUT = ROOT / "tests" / "reference" / "studies" / "survey_coverage.csv"
ITEMS = ["a", "b", "c", "d"]
FORM = build_form(
    {
        "id": "four",
        "dimensions": {item: item.upper() for item in ITEMS},
        "items": [{"id": item, "text": item, "dimension": item} for item in ITEMS],
    }
)
# Answers 1 to 5 lean to the good side, as they do in shops; 0 to 10 likewise.
STEPS = np.array([-2.0, -1.2, -0.5, 0.5])
NPS_STEPS = np.array([-2.5, -2.2, -2.0, -1.8, -1.6, -1.4, -1.1, -0.6, 0.1, 0.7])


def latent(rng: np.random.Generator, n: int, columns: int, r: float = 0.5) -> np.ndarray:
    """Return correlated normal scores, one row a person."""
    return np.sqrt(r) * rng.standard_normal((n, 1)) + np.sqrt(1 - r) * rng.standard_normal((n, columns))


def sheet(rng: np.random.Generator, n: int, shift: dict[str, float] | None = None) -> pd.DataFrame:
    """Return answers of n people to four items and a recommendation; `shift` lowers or raises an item."""
    scores = latent(rng, n, len(ITEMS) + 1)
    shift = shift or {}
    columns = {item: 1.0 + np.digitize(scores[:, i] + shift.get(item, 0), STEPS) for i, item in enumerate(ITEMS)}
    columns["recommend"] = np.digitize(scores[:, -1] + shift.get("recommend", 0), NPS_STEPS).astype(float)
    return pd.DataFrame(columns).assign(shop=rng.choice(["N", "S", "E", "W"], n))


def two_waves(rng: np.random.Generator, n: int, shared: int, shift: float = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two periods of n people of whom some are in both, with correlated answers."""
    people = 2 * n - shared
    base = rng.standard_normal((people, 1))
    waves = []
    for rows, moved in ((slice(0, n), 0.0), (slice(people - n, people), shift)):
        scores = np.sqrt(0.6) * base[rows] + np.sqrt(0.4) * rng.standard_normal((n, len(ITEMS) + 1)) + moved
        columns = {item: 1.0 + np.digitize(scores[:, i], STEPS) for i, item in enumerate(ITEMS)}
        keys = [f"k{i}" for i in range(people)][rows]
        columns |= {"recommend": np.digitize(scores[:, -1], NPS_STEPS).astype(float), "customer_key": keys}
        waves.append(pd.DataFrame(columns))
    return waves[0], waves[1]


def clear(reading: str) -> bool:
    """Return whether a reading claims a difference."""
    return reading.id.endswith((".above", ".below"))


def overlap_covers(rng: np.random.Generator, n: int) -> bool:
    """One replication: does the interval for no difference hold 0, with 15 of n people in both periods?"""
    before, after = (wave.set_index("customer_key")["a"] for wave in two_waves(rng, n, 15))
    found = overlapping_difference(after, before, bounds=(1, 5))
    return found.low <= 0 <= found.high


TWO_LOWEST = {"a": -0.7, "b": -0.7}
STUDIES = {
    # name: (people, wanted, one replication)
    "partly overlapping means: interval holds the truth": (30, 0.95, lambda rng: overlap_covers(rng, 30)),
    "lowest dimension, all equal: claims one": (
        40, 0.05, lambda rng: clear(lowest_dimension(sheet(rng, 40), form=FORM).reading),
    ),
    "lowest dimension, two tied: claims one": (
        40, 0.05, lambda rng: clear(lowest_dimension(sheet(rng, 40, TWO_LOWEST), form=FORM).reading),
    ),
    "lowest dimension, one lower by 0.7 SD: finds it": (
        60, 1.0, lambda rng: lowest_dimension(sheet(rng, 60, {"c": -0.7}), form=FORM).reading.startswith("C is"),
    ),
    "groups all alike: claims a difference": (
        80, 0.05, lambda rng: clear(compare_groups(sheet(rng, 80), form=FORM, by="shop").reading),
    ),
    "change of means, none there: claims one": (
        40, 0.05, lambda rng: clear(change(*two_waves(rng, 40, 20), form=FORM).reading),
    ),
    "change of means, 0.7 SD: finds one": (
        40, 1.0, lambda rng: clear(change(*two_waves(rng, 40, 20, 0.7), form=FORM).reading),
    ),
    "NPS change, none there, half in both: claims one": (
        40, 0.05, lambda rng: clear(net_promoter_change(*two_waves(rng, 40, 20)).reading),
    ),
    "NPS change, none there, other people: claims one": (
        40, 0.05, lambda rng: clear(net_promoter_change(*two_waves(rng, 40, 0)).reading),
    ),
    "NPS change, 0.7 SD, half in both: finds it": (
        40, 1.0, lambda rng: clear(net_promoter_change(*two_waves(rng, 40, 20, 0.7)).reading),
    ),
    "NPS groups all alike: claims a difference": (
        80, 0.05, lambda rng: clear(net_promoter(sheet(rng, 80), by="shop").reading),
    ),
    "satisfaction by shop all alike: claims a difference": (
        80, 0.05, lambda rng: clear(satisfaction(sheet(rng, 80), score="a", by="shop").reading),
    ),
}  # fmt: skip


def run(replications: int, seed: int = SEED) -> pd.DataFrame:
    """Return the rate of every study with its Monte-Carlo error."""
    rows = []
    for place, (name, (n, wanted, once)) in enumerate(STUDIES.items()):
        rng = np.random.default_rng([seed, place])
        rate = float(np.mean([once(rng) for _ in range(replications)]))
        error = mc_error(rate, replications)
        rows.append({"study": name, "n": n, "wanted": wanted, "rate": rate, "mc_error": error})
    return pd.DataFrame(rows).assign(replications=replications, seed=seed)


def main() -> None:
    """Write the table."""
    keep(run(REPLICATIONS), OUT)


if __name__ == "__main__":
    main()
