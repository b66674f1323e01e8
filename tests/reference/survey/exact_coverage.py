"""Exact coverage of the intervals by adding up the probability of every possible sample.

Run: python tests/reference/survey/exact_coverage.py     (about a minute; no random numbers)
Writes nps_coverage.csv, population_coverage.csv and mean_coverage.csv beside itself.
"""

from itertools import combinations_with_replacement
from math import lgamma
from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.stats.finite_population import correction
from crqkit.stats.means import mean_interval
from crqkit.stats.proportions import trinomial_difference

HERE = Path(__file__).parent
SIZES = (10, 20, 50)
# Shares of promoters, passives, detractors.
NPS_SHARES = [
    (0.9, 0.1, 0.0), (0.9, 0.05, 0.05), (0.8, 0.15, 0.05), (0.7, 0.2, 0.1), (0.5, 0.3333, 0.1667),
    (0.5, 0.0, 0.5), (0.3333, 0.3334, 0.3333), (0.1, 0.8, 0.1), (0.2, 0.3, 0.5), (0.05, 0.05, 0.9),
]  # fmt: skip
# Shares of the answers 1 to 5.
ANSWER_SHARES = {
    "even": (0.2, 0.2, 0.2, 0.2, 0.2),
    "usual": (0.02, 0.05, 0.13, 0.4, 0.4),
    "delighted": (0.01, 0.01, 0.03, 0.15, 0.8),
    "nearly all best": (0.02, 0.0, 0.0, 0.03, 0.95),
    "two camps": (0.3, 0.0, 0.0, 0.0, 0.7),
    "one in ten angry": (0.1, 0.0, 0.0, 0.0, 0.9),
    "one in twenty angry": (0.05, 0.0, 0.0, 0.0, 0.95),
    "only fours and fives": (0.0, 0.0, 0.0, 0.1, 0.9),
    "mostly best": (0.05, 0.0, 0.0, 0.1, 0.85),
}


def samples(n: int, kinds: int) -> np.ndarray:
    """Return every way in which n answers can fall into so many kinds."""
    bars = np.array(list(combinations_with_replacement(range(n + 1), kinds - 1)))
    edges = np.column_stack([np.zeros(len(bars), int), bars, np.full(len(bars), n)])
    return np.diff(edges, axis=1)


def log_factorial(values: np.ndarray) -> np.ndarray:
    """Return log(k!) of each whole number."""
    return np.vectorize(lgamma)(values + 1.0)


def multinomial(counts: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """Return the probability of each sample."""
    with np.errstate(divide="ignore"):
        logs = np.where(counts > 0, counts * np.log(np.maximum(shares, 1e-300)), 0).sum(axis=1)
    return np.exp(log_factorial(counts.sum(axis=1)) - log_factorial(counts).sum(axis=1) + logs)


def covered(low: float, high: float, truth: float) -> bool:
    """Return whether the interval holds the truth, rounding aside."""
    return low - 1e-9 <= truth <= high + 1e-9


def nps_coverage() -> pd.DataFrame:
    """Return the coverage of the plain and the adjusted Wald interval of the NPS."""
    rows = []
    for n in SIZES:
        counts = samples(n, 3)
        plain = [trinomial_difference(*map(int, count), pseudo=0) for count in counts]
        adjusted = [trinomial_difference(*map(int, count)) for count in counts]
        for shares in NPS_SHARES:
            chance, truth = multinomial(counts, shares), shares[0] - shares[2]
            row = dict(zip(("promoters", "passives", "detractors"), shares, strict=True)) | {"n": n}
            for name, found in (("plain_wald", plain), ("adjusted_wald", adjusted)):
                row[name] = chance @ [covered(one.low, one.high, truth) for one in found]
            rows.append(row)
    return pd.DataFrame(rows)


def population_coverage() -> pd.DataFrame:
    """Return the coverage of the corrected NPS interval for samples without replacement from a listed shop."""
    rows = []
    for population in ((100, 60, 40), (160, 30, 10), (30, 10, 10)):
        size = sum(population)
        for n in (20, 40):
            counts = samples(n, 3)
            counts = counts[(counts <= population).all(axis=1)]
            ways = log_factorial(np.array(population)).sum() - log_factorial(counts).sum(axis=1)
            ways -= log_factorial(np.array(population) - counts).sum(axis=1)
            every = log_factorial(np.array([size, n, size - n]))
            chance, truth = np.exp(ways - every[0] + every[1] + every[2]), (population[0] - population[2]) / size
            factor, hits = correction(n, size), []
            for count in counts:
                net = trinomial_difference(*map(int, count))
                low, high = (net.estimate + factor * (end - net.estimate) for end in (net.low, net.high))
                hits.append(covered(low, high, truth))
            rows.append({"population": size, "n": n, "nps": 100 * truth, "coverage": chance @ hits})
    return pd.DataFrame(rows)


def mean_coverage(sizes: tuple[int, ...] = (5, 10, 12, 20, 50)) -> pd.DataFrame:
    """Return the coverage of the t interval, and of ours, which also holds when all answers agree."""
    rows = []
    for n in sizes:
        counts = samples(n, 5)
        found = [mean_interval(np.repeat(np.arange(1, 6), count), bounds=(1, 5)) for count in counts]
        agree = counts.max(axis=1) == n
        for name, shares in ANSWER_SHARES.items():
            chance, truth = multinomial(counts, shares), float(np.dot(shares, range(1, 6)))
            hits = np.array([covered(one.low, one.high, truth) for one in found])
            bare = np.where(agree, [abs(one.estimate - truth) < 1e-9 for one in found], hits)
            rows.append({"answers": name, "mean": truth, "n": n, "t_interval": chance @ bare, "ours": chance @ hits})
    return pd.DataFrame(rows)


def main() -> None:
    """Write the tables."""
    for make in (nps_coverage, population_coverage, mean_coverage):
        make().round(4).to_csv(HERE / f"{make.__name__}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
