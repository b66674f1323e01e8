"""How often `retention_change` calls a change when nothing has changed.

    python tests/reference/value/retention_null_study.py        # writes retention_null.csv beside this file

A steady shop: every customer buys in each of three periods with a probability of his own, drawn once from a beta
distribution; the true share that buys again is the same for both pairs of periods. With equal customers the two
shares are unrelated and 5 % false alarms are due; the more customers differ, the fewer.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.stats.differences import difference_of_intervals
from crqkit.stats.proportions import wilson

REPLICATIONS = 4000
SHOPS = {"equal customers": 400.0, "customers differ": 3.0, "customers differ much": 0.6}


def study(replications: int = REPLICATIONS) -> pd.DataFrame:
    """Return the rate of false alarms by kind of shop and number of customers."""
    rows = []
    for shop, strength in SHOPS.items():
        for customers in (60, 200, 1000):
            rng = np.random.default_rng(20260101)
            alarms = 0
            for _ in range(replications):
                chance = rng.beta(0.4 * strength, 0.6 * strength, customers)
                first, second, third = rng.random((3, customers)) < chance
                before = wilson((first & second).sum(), first.sum())
                now = wilson((second & third).sum(), second.sum())
                gap = difference_of_intervals(now, before)
                alarms += gap.low > 0 or gap.high < 0
            rate = alarms / replications
            error = round(np.sqrt(rate * (1 - rate) / replications), 4)
            rows.append({"shop": shop, "customers": customers, "false_alarms": rate, "monte_carlo_se": error})
    return pd.DataFrame(rows).assign(replications=replications, seed=20260101)


if __name__ == "__main__":
    table = study()
    table.to_csv(Path(__file__).with_name("retention_null.csv"), index=False, lineterminator="\n")
    print(table.to_string(index=False))
