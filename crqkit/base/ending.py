"""Signals that end a program, turned into an interruption: what was unpacked is removed on the way out."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# The system asks the program to end; the terminal it runs in was closed (unknown on Windows).
ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def cleanly_ended() -> Iterator[list[int]]:
    """Raise `KeyboardInterrupt` where a signal would end the program at once; yields the list of those that came.

    A signal that is ignored, as under ``nohup``, stays ignored; outside the main thread nothing changes.

    >>> with cleanly_ended() as came:
    ...     pass
    >>> came
    []
    """
    came: list[int] = []

    def interrupt(number: int, _: Any) -> None:
        for one in handled:
            signal.signal(one, signal.SIG_IGN)
        came.append(number)
        if number == getattr(signal, "SIGHUP", None):
            # The terminal is gone: to write to it would be a fault of its own.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for stream in (sys.__stdout__, sys.__stderr__):
                if stream is not None and stream.isatty():
                    os.dup2(nowhere, stream.fileno())
        raise KeyboardInterrupt

    handled: list[int] = []
    try:
        for one in ENDING:
            if signal.getsignal(one) == signal.SIG_DFL:
                signal.signal(one, interrupt)
                handled.append(one)
    except ValueError:  # Only the main thread may say what signals do.
        handled.clear()
    try:
        yield came
    finally:
        for one in handled:
            signal.signal(one, signal.SIG_DFL)
