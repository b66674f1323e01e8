"""The same task many times, each time with random numbers of its own: on one core, on many, or on a cluster."""

import operator
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any, Protocol

import numpy as np
from numpy.random import Generator, SeedSequence

from crqkit.base import ChoiceProblem

CHUNKS = 16  # handed out to each worker over the run: few enough to be cheap, enough to even out slow ones


class Task(Protocol):
    """One replication: what it finds with the random numbers `rng`; `number` counts from 0."""

    def __call__(self, rng: Generator, number: int, /) -> Any:
        """Return the answer of this replication."""
        ...


class Interrupted(KeyboardInterrupt):
    """Stopped by hand; `.done` holds what was finished, to look at or to go on from."""

    def __init__(self, done: Any) -> None:
        super().__init__()
        self.done = done


def replicate(
    task: Task,
    times: int,
    *,
    seed: "int | Generator",
    jobs: int = 1,
    progress: bool = False,
    batch: int | None = None,
    done: Mapping[int, Any] | None = None,
) -> list[Any]:
    """Return what `task(rng, number)` gives for number 0 to `times` - 1.

    Each replication has its own stream of random numbers, which depends on `seed` and its number alone: the answers
    are the same whatever the number of jobs, the backend or the batches. Runs through joblib, so that
    ``joblib.parallel_config(backend="dask")`` carries the same call to a cluster.

    Parameters
    ----------
    task : callable
        Must be importable where it runs: a function of a module, or `functools.partial` of one.
    times : int
        Number of replications.
    seed : int or numpy.random.Generator
        A generator is drawn from once.
    jobs : int
        Processes; -1 for all cores, 1 for none but this one unless `joblib.parallel_config` says otherwise.
    progress : bool
        Whether to show a bar.
    batch : int, optional
        Replications handed to a worker at once.
    done : mapping, optional
        Answers by number that are there already, as in `Interrupted.done`: they are not computed again.

    Raises
    ------
    Interrupted
        On Ctrl-C: its `.done` has every answer found so far, by number. Passed as `done=` it goes on from there.

    Examples
    --------
    >>> replicate(lambda rng, number: number * 10, 3, seed=1)
    [0, 10, 20]
    """
    root = seed_sequence(seed)
    found: dict[int, Any] = dict(done or {})
    left = [number for number in range(whole("times", times, 0)) if number not in found]
    if left:
        try:
            for part in _run(task, root, left, jobs, batch, progress):
                found.update(part)
        except KeyboardInterrupt:
            raise Interrupted(found) from None
    return [found[number] for number in range(times)]


def seed_sequence(seed: "int | Generator") -> SeedSequence:
    """Return the root of all streams; raise `ChoiceProblem` for a seed that is none.

    >>> seed_sequence(7).entropy
    7
    """
    if isinstance(seed, Generator):
        return SeedSequence(int(seed.integers(2**63)))
    return SeedSequence(whole("seed", seed, 0))


def stream(root: SeedSequence, number: int) -> Generator:
    """Return the random numbers of one replication: those of the child that `root.spawn` would give it."""
    return np.random.default_rng(SeedSequence(root.entropy, spawn_key=(*root.spawn_key, number)))


def whole(name: str, value: Any, least: int) -> int:
    """Return `value` as a whole number; raise `ChoiceProblem` unless it is one of at least `least`.

    >>> whole("times", 3, 1)
    3
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise ChoiceProblem(name, value, [f"a whole number of at least {least}"])
    return number


def _run(
    task: Task, root: SeedSequence, numbers: list[int], jobs: int, batch: int | None, progress: bool
) -> Iterator[dict[int, Any]]:
    """Yield the answers of one batch after another, in the order in which they come."""
    from joblib import Parallel, delayed
    from threadpoolctl import threadpool_limits
    from tqdm.auto import tqdm

    # One job means: as `joblib.parallel_config` says, which is one where nobody said anything.
    pool = Parallel(n_jobs=None if jobs == 1 else jobs, return_as="generator_unordered")
    size = batch or max(1, len(numbers) // (CHUNKS * pool.n_jobs)) if pool.n_jobs > 1 else (batch or 1)
    chunks = [numbers[low : low + size] for low in range(0, len(numbers), size)]
    # Workers that are threads of this process come and go: the limit has to hold around all of them.
    with threadpool_limits(1), tqdm(total=len(numbers), disable=not progress, delay=0.5) as bar:
        for part in pool(delayed(_chunk)(task, root, chunk, os.getpid()) for chunk in chunks):
            bar.update(len(part))
            yield part


def _chunk(
    task: Callable[[Generator, int], Any], root: SeedSequence, numbers: list[int], caller: int
) -> dict[int, Any]:
    """Return the answers of some replications; one thread, since the jobs share the cores already."""
    from threadpoolctl import threadpool_limits

    with nullcontext() if os.getpid() == caller else threadpool_limits(1):
        return {number: task(stream(root, number), number) for number in numbers}
