"""What the studies share: the error of a simulated rate, and how a table is kept."""

from pathlib import Path

import numpy as np
import pandas as pd


def mc_error(rate: float, replications: int) -> float:
    """Return the Monte-Carlo standard error of a rate; never quite 0."""
    return float(np.sqrt(max(rate * (1 - rate), 1 / replications) / replications))


def keep(table: pd.DataFrame, out: Path) -> None:
    """Write the table and show it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    table.round(4).to_csv(out, index=False, lineterminator="\n")
    print(table.to_string())
