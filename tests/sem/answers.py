"""Answers of known making for the tests of this room."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parents[1] / "reference" / "sem"
ITEMS = [f"x{i}" for i in range(1, 10)]


def clustered(n, factors, *, link=0.2, loading=0.75, each=4, seed=11):
    """Items a1, a2, ... b1, ... of `factors` constructs that correlate `link`, `each` with `loading`."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(np.full((factors, factors), link) + (1 - link) * np.eye(factors))
    scores = rng.standard_normal((n, factors)) @ root.T
    values = loading * np.repeat(scores, each, axis=1)
    values += np.sqrt(1 - loading**2) * rng.standard_normal(values.shape)
    return pd.DataFrame(values, columns=[f"{'abcdef'[i]}{j + 1}" for i in range(factors) for j in range(each)])


def noise(n, p=8, *, seed=0):
    """Items that have nothing to do with one another."""
    table = np.random.default_rng(seed).standard_normal((n, p))
    return pd.DataFrame(table, columns=[f"a{i + 1}" if i < p // 2 else f"b{i + 1 - p // 2}" for i in range(p)])


def point(p, rng):
    """Means and covariances of `p` items with two factors."""
    load = rng.uniform(0.4, 0.9, (p, 2))
    return rng.normal(size=p), load @ load.T + np.diag(rng.uniform(0.3, 0.9, p))


def holed(n, p, share, seed=1):
    """Answers (n, p), normal, of which a `share` is missing at random."""
    rng = np.random.default_rng(seed)
    mu, sigma = point(p, rng)
    data = rng.multivariate_normal(mu, sigma, n)
    data[rng.random((n, p)) < share] = np.nan
    return data


@cache
def missing_reference():
    """lavaan on answers with gaps (missing.json), and the answers themselves: `full`, and `holes` with the gaps."""
    found = json.loads((HERE / "missing.json").read_text(encoding="utf-8"))
    found["full"] = np.array(found["data"])
    found["holes"] = np.where(np.array(found["missing"], dtype=bool), np.nan, found["full"])
    return found
