"""Rebuild the twin of the bakery, in which the bond does nothing.

    python datasets/make/bakery_null.py [--out datasets/bakery_null]
"""

from pathlib import Path

import bakery
from town import files


def build(out: Path) -> None:
    """Write the twin into `out`."""
    bakery.build(out, effects=0.0)


if __name__ == "__main__":
    files.main("bakery_null", build, __doc__)
