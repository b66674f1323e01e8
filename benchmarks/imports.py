"""`import crqkit` against `import pandas`, whole processes. Aim: 0.25 or less.

The start of Python itself is taken off both, else it would hide the difference.
"""

import json

from support.measure import cost, pairs

RUNS = 7


def main() -> None:
    """Print one JSON line."""
    ours, peer = pairs(["-c", "import crqkit"], ["-c", "import pandas"], RUNS)
    bare = min(cost("-c", "pass").seconds for _ in range(RUNS))
    quickest = [min(run.seconds for run in runs) - bare for runs in (ours, peer)]
    ratios = {"import_crqkit_to_pandas": round(max(0.0, quickest[0]) / quickest[1], 3)}
    print(json.dumps({"bench": "imports", "ratios": ratios, "peak_mb": round(max(run.peak_mb for run in ours))}))


if __name__ == "__main__":
    main()
