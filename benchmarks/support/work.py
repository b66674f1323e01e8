"""CPU seconds of work done in this process."""

import time
from collections.abc import Callable
from typing import Any


def cpu(work: Callable[[], Any], runs: int) -> float:
    """Return the least CPU time (user and system) of `runs` runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)
