"""Run a command and say what it cost, as the operating system counts it."""

import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """Wall time in seconds and peak memory in MB of one finished process."""

    seconds: float
    peak_mb: float


def cost(*arguments: str) -> Cost:
    """Run Python with `arguments` once, quietly."""
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise RuntimeError(message.decode())
    return Cost(seconds, usage.ru_maxrss / 1024)


def pairs(ours: list[str], peer: list[str], runs: int) -> tuple[list[Cost], list[Cost]]:
    """Run both in turn `runs` times, after one uncounted run of each."""
    cost(*ours), cost(*peer)
    done = [(cost(*ours), cost(*peer)) for _ in range(runs)]
    return [one for one, _ in done], [two for _, two in done]


def ratio(ours: list[Cost], peer: list[Cost]) -> float:
    """Return the median of the paired ratios of wall time, ours to peer; lower is better."""
    return round(statistics.median(a.seconds / b.seconds for a, b in zip(ours, peer, strict=True)), 3)
