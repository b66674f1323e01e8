"""Small answer sheets for the tests."""

import numpy as np
import pandas as pd

from crqkit.tables.form import build_form

THREE = build_form(
    {
        "id": "three",
        "dimensions": {"trust": "Trust", "talk": "Talk", "fair": "Fairness"},
        "items": [
            {"id": "t1", "text": "", "dimension": "trust"},
            {"id": "t2", "text": "", "dimension": "trust", "reverse": True},
            {"id": "t3", "text": "", "dimension": "trust"},
            {"id": "k1", "text": "", "dimension": "talk"},
            {"id": "f1", "text": "", "dimension": "fair"},
            {"id": "why", "text": "", "kind": "text", "dimension": "fair"},
        ],
    }
)


def wave(columns: dict, *, start: int = 0, day: str = "2026-02-03", keys: bool = True) -> pd.DataFrame:
    """Return one row a person with keys k0, k1, ... from `start` on."""
    n = len(next(iter(columns.values())))
    who = {
        "response_id": [f"r{i}" for i in range(start, start + n)],
        "customer_key": pd.array([f"k{i}" if keys else None for i in range(start, start + n)], dtype="string"),
        "at": pd.Timestamp(day, tz="UTC"),
    }
    return pd.DataFrame(who | {name: list(values) for name, values in columns.items()})


def trio(trust: float, talk: float, fair: float, n: int = 40, seed: int = 1) -> pd.DataFrame:
    """Return answers to the form of three whose means lie about where they are told to."""
    rng = np.random.default_rng(seed)
    person = rng.normal(0, 0.5, n)

    def rated(centre: float) -> np.ndarray:
        return np.clip(np.round(centre + person + rng.normal(0, 0.5, n)), 1, 5)

    t1, t3 = rated(trust), rated(trust)
    return wave({"t1": t1, "t2": 6 - t1, "t3": t3, "k1": rated(talk), "f1": rated(fair)})
