"""Small samples of short scales, where searches fail: 200 simulated sets, written for R's lavaan to fit.

`python small_samples.py FOLDER` writes FOLDER/small.csv; `Rscript small_samples.R FOLDER` fits each set and writes
small_samples.json. The tests draw the same sets again.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SETS = 200
MODEL = "f1 =~ y1 + y2 + y3\nf2 =~ y4 + y5 + y6\nf3 =~ y7 + y8 + y9"


def drawn(number: int) -> pd.DataFrame:
    """Return set `number`: 30 to 60 persons, nine items with loadings of .4 to .8 on three factors."""
    random = np.random.default_rng([20261122, number])
    n = int(random.integers(30, 61))
    loading = random.uniform(0.4, 0.8, 9)
    together = random.uniform(0, 0.6)
    factor = np.sqrt(together) * random.standard_normal((n, 1))
    factor = factor + np.sqrt(1 - together) * random.standard_normal((n, 3))
    values = np.repeat(factor, 3, axis=1) * loading + random.standard_normal((n, 9)) * np.sqrt(1 - loading**2)
    return pd.DataFrame(values.round(6), columns=[f"y{i}" for i in range(1, 10)])


if __name__ == "__main__":
    parts = [drawn(number).assign(set=number) for number in range(SETS)]
    pd.concat(parts).to_csv(Path(sys.argv[1], "small.csv"), index=False)
