"""A million order lines to a page, against `pandas.read_csv` of the same file. Aim: 5 or less, under 2 GB.

The file has the columns of a Shopify export of today; persons and sales are simulated.
"""

import json
import sys
import tempfile
from pathlib import Path

from support.measure import pairs, ratio
from support.shopify import make

RUNS = 3


def main(lines: int) -> None:
    """Print one JSON line."""
    with tempfile.TemporaryDirectory() as folder:
        exports = Path(folder, "shop")
        exports.mkdir()
        file = exports / "orders_export.csv"
        make(file, lines)
        ours = ["-m", "crqkit", "report", str(exports), "-o", str(Path(folder, "page"))]
        peer = ["-c", f"import pandas; pandas.read_csv({str(file)!r}, low_memory=False)"]
        mine, theirs = pairs(ours, peer, RUNS)
    ratios = {"report_to_read_csv": ratio(mine, theirs)}
    print(json.dumps({"bench": "report", "ratios": ratios, "peak_mb": round(max(run.peak_mb for run in mine))}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
