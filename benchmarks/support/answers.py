"""Simulated answers to questionnaires whose factors are known."""

import numpy as np
import pandas as pd

FACTORS, EACH = 5, 4


def model(factors: int = FACTORS, each: int = EACH) -> str:
    """Return the model behind `answers`: `factors` correlated factors with `each` items."""
    items = [[f"y{f * each + i + 1}" for i in range(each)] for f in range(factors)]
    return "\n".join(f"f{f + 1} =~ {' + '.join(own)}" for f, own in enumerate(items))


def answers(n: int, seed: int, factors: int = FACTORS, each: int = EACH, *, skew: bool = False) -> pd.DataFrame:
    """Return answers of n persons: loadings .6 to .9, factors that correlate .4."""
    random = np.random.default_rng(seed)
    shared = random.standard_normal((n, 1))
    factor = np.sqrt(0.4) * shared + np.sqrt(0.6) * random.standard_normal((n, factors))
    loading = np.linspace(0.6, 0.9, each)
    values = np.repeat(factor, each, axis=1) * np.tile(loading, factors)
    values += random.standard_normal(values.shape) * np.sqrt(1 - np.tile(loading, factors) ** 2)
    values = np.exp(values / 3) * 3 if skew else values + 3
    return pd.DataFrame(values, columns=[f"y{i + 1}" for i in range(factors * each)])


def with_gaps(table: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """Return the answers with a share of them missing at random."""
    return table.mask(np.random.default_rng(seed).random(table.shape) < share)


def in_categories(table: pd.DataFrame) -> pd.DataFrame:
    """Return the answers cut into five categories, the upper ones the fuller."""
    centred = table.to_numpy() - 3
    return pd.DataFrame(np.searchsorted([-1.5, -0.8, 0.0, 0.9], centred) + 1, columns=table.columns)
