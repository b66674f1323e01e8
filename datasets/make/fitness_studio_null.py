"""Rebuild the twin of the fitness studio, in which the bond, attendance and offers do nothing.

    python datasets/make/fitness_studio_null.py [--out datasets/fitness_studio_null]
"""

from pathlib import Path

import fitness_studio
from town import files


def build(out: Path) -> None:
    """Write the twin into `out`."""
    fitness_studio.build(out, effects=0.0)


if __name__ == "__main__":
    files.main("fitness_studio_null", build, __doc__)
