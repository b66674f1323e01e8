"""How often `left_truncation` speaks up, over simulated shops whose beginning is known.

    python tests/reference/value/truncation_study.py            # writes truncation.csv beside this file

Customers arrive one by one at the rate the kind of shop says, stay for an exponential time, and while they stay come
at gamma-distributed rates of their own. A file that begins in mid-life is the same shop with its first two years cut
off. Each kind of shop is simulated 400 times, seeds 0 to 399.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.value.days import History
from crqkit.value.truncation import judge

REPLICATIONS = 400
YEAR = 365
SHOPS = {
    # kind: (new customers a day as a function of the day, days cut off the start, days kept, truth)
    "opened, steady": (lambda t: np.full_like(t, 1.0), 0, YEAR, "opened"),
    "opened, steady, small": (lambda t: np.full_like(t, 0.25), 0, YEAR, "opened"),
    "opened, growing": (lambda t: 0.3 + 1.4 * t / YEAR, 0, YEAR, "opened"),
    "opened, seasons": (lambda t: 1 + 0.5 * np.cos(2 * np.pi * t / YEAR), 0, YEAR, "opened"),
    "opened, two years": (lambda t: np.full_like(t, 1.0), 0, 2 * YEAR, "opened"),
    "opened, with a rush": (lambda t: 1 + 3 * np.exp(-t / 30), 0, YEAR, "opened"),
    "opened, dwindling": (lambda t: 2 * np.exp(-t / 150), 0, YEAR, "opened"),
    "mid-life, steady": (lambda t: np.full_like(t, 1.0), 2 * YEAR, YEAR, "mid-life"),
    "mid-life, small": (lambda t: np.full_like(t, 0.25), 2 * YEAR, YEAR, "mid-life"),
    "mid-life, growing": (lambda t: 0.3 + 1.4 * t / (3 * YEAR), 2 * YEAR, YEAR, "mid-life"),
}


def shop(kind: str, seed: int) -> History:
    """Return the visits of one simulated shop."""
    rate, cut, kept, _ = SHOPS[kind]
    rng = np.random.default_rng(seed)
    days = np.arange(cut + kept, dtype=float)
    births = np.repeat(days, rng.poisson(rate(days)))
    stays = rng.exponential(300, len(births))
    pace = rng.gamma(1.2, 1 / 40, len(births))
    again = rng.poisson(pace * stays)
    who = np.concatenate([np.arange(len(births)), np.repeat(np.arange(len(births)), again)])
    later = births.repeat(again) + stays.repeat(again) * rng.random(again.sum())
    when = np.floor(np.concatenate([births, later])).astype(int) - cut
    visits = pd.DataFrame({"who": who, "day": when})
    visits = visits[(visits["day"] >= 0) & (visits["day"] < kept)].drop_duplicates().sort_values(["who", "day"])
    turn = visits.groupby("who")["day"]
    visits = visits.assign(gap=turn.shift(-1) - visits["day"], first=turn.cumcount() == 0)
    return History(visits, date(2024, 1, 1), kept, 1.0)


def study(replications: int = REPLICATIONS) -> pd.DataFrame:
    """Return, for each kind of shop, how often each outcome came up."""
    rows = []
    for kind, (*_, truth) in SHOPS.items():
        outcomes = pd.Series([judge(shop(kind, seed), None).outcome for seed in range(replications)])
        noticed = (outcomes == "noticed").mean()
        error = np.sqrt(noticed * (1 - noticed) / replications)
        shares = {name: (outcomes == name).mean() for name in ("unclear", "none", "too_little")}
        rows.append({"shop": kind, "truth": truth, "noticed": noticed, "monte_carlo_se": round(error, 4)} | shares)
    return pd.DataFrame(rows).assign(replications=replications, seeds=f"0-{replications - 1}")


if __name__ == "__main__":
    table = study()
    table.to_csv(Path(__file__).with_name("truncation.csv"), index=False, lineterminator="\n")
    print(table.to_string(index=False))
