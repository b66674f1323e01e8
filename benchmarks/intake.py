"""Five million rows of three kinds of export to tables, against DuckDB's own reading of the same file. Aim: 3 or less.

DuckDB tells types and keeps every column; ours finds the format, keeps what it needs, turns persons into keys, and
accounts for every row. Persons and sales are simulated.
"""

import json
import sys
import tempfile
from pathlib import Path

from support import payments, shopify
from support.measure import pairs, ratio

RUNS, ROWS = 2, 5_000_000
MAKERS = {
    "shopify": shopify.make,
    "stripe": lambda path, rows: payments.make("stripe", path, rows),
    "square": lambda path, rows: payments.make("square", path, rows),
}


def main(rows: int) -> None:
    """Print one JSON line."""
    ratios, peak = {}, 0.0
    for kind, make in MAKERS.items():
        with tempfile.TemporaryDirectory() as folder:
            exports = Path(folder, "shop")
            exports.mkdir()
            (exports / "shop.yml").write_text("timezone: America/New_York\n", encoding="utf-8")
            file = exports / f"{kind}.csv"
            make(file, rows)
            ours = ["-c", f"import crqkit; crqkit.read_folder({str(exports)!r})"]
            peer = ["-c", f"import duckdb; duckdb.execute(\"CREATE TABLE t AS FROM read_csv('{file}')\")"]
            mine, theirs = pairs(ours, peer, RUNS)
        ratios[f"{kind}_to_duckdb"] = ratio(mine, theirs)
        peak = max(peak, *(run.peak_mb for run in mine))
        print(kind, [round(run.seconds, 1) for run in mine], [round(run.seconds, 1) for run in theirs], file=sys.stderr)
    print(json.dumps({"bench": "intake", "ratios": ratios, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
