"""Rebuild the twin of the subscription box, in which the bond does nothing.

    python datasets/make/subscription_box_null.py [--out datasets/subscription_box_null]
"""

from pathlib import Path

import subscription_box
from town import files


def build(out: Path) -> None:
    """Write the twin into `out`."""
    subscription_box.build(out, effects=0.0)


if __name__ == "__main__":
    files.main("subscription_box_null", build, __doc__)
