"""Replications: the same numbers wherever they run, and nothing lost when somebody stops them."""

import os
import signal
import time

import joblib
import numpy as np
import pytest

from crqkit.base import ChoiceProblem
from crqkit.stats.replicate import Interrupted, replicate, stream


@pytest.fixture
def task():
    # Defined inside a function, it travels to other processes by value.
    def normal(rng, number):
        return number, float(rng.standard_normal())

    return normal


@pytest.fixture
def alone(task):
    return replicate(task, 60, seed=3)


def test_answers_come_in_order_and_each_has_its_own_numbers(alone):
    assert [number for number, _ in alone] == list(range(60))
    assert len({value for _, value in alone}) == 60


def test_streams_are_those_of_numpy(alone):
    children = np.random.SeedSequence(3).spawn(60)
    assert [np.random.default_rng(child).standard_normal() for child in children] == [value for _, value in alone]
    assert stream(np.random.SeedSequence(3), 5).standard_normal() == alone[5][1]


def test_more_times_begin_with_the_same(task, alone):
    assert replicate(task, 80, seed=3)[:60] == alone
    assert replicate(task, 60, seed=4) != alone


def test_a_generator_is_a_seed(task):
    one, two = (replicate(task, 5, seed=np.random.default_rng(8)) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("batch", [None, 1, 7])
def test_two_jobs_find_the_same(task, alone, batch):
    assert replicate(task, 60, seed=3, jobs=2, batch=batch) == alone


def test_another_backend_of_joblib_is_used(task, alone):
    threads = set()

    def noting(rng, number):
        import threading

        threads.add(threading.current_thread().name)
        return task(rng, number)

    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert replicate(noting, 60, seed=3) == alone
    assert "MainThread" not in threads


def test_a_cluster_finds_the_same(alone):
    from distributed import Client, LocalCluster

    def normal(rng, number):
        from distributed import get_worker

        return number, float(rng.standard_normal()), get_worker().name

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        found = replicate(normal, 60, seed=3)
    assert [answer[:2] for answer in found] == alone
    assert len({answer[2] for answer in found}) == 2


def test_stopped_by_hand_keeps_what_is_done(task, alone):
    def stopping(rng, number):
        if number == 40:
            signal.raise_signal(signal.SIGINT)
        return task(rng, number)

    with pytest.raises(Interrupted) as stopped:
        replicate(stopping, 60, seed=3)
    assert stopped.value.done == dict(enumerate(alone[:40]))
    asked = []

    def counting(rng, number):
        asked.append(number)
        return task(rng, number)

    assert replicate(counting, 60, seed=3, done=stopped.value.done) == alone
    assert asked == list(range(40, 60))


def test_stopped_among_several_jobs_keeps_what_is_done(task, alone):
    parent = os.getpid()

    def stopping(rng, number):
        if number == 40:
            os.kill(parent, signal.SIGINT)
            time.sleep(5)
        return task(rng, number)

    began = time.monotonic()
    with pytest.raises(Interrupted) as stopped:
        replicate(stopping, 60, seed=3, jobs=2, batch=2)
    done = stopped.value.done
    assert len(done) >= 20
    assert time.monotonic() - began < 20
    assert all(done[number] == alone[number] for number in done)
    assert replicate(task, 60, seed=3, done=done) == alone


def test_an_error_in_a_task_is_raised(task):
    def failing(rng, number):
        raise ZeroDivisionError(number)

    with pytest.raises(ZeroDivisionError):
        replicate(failing, 3, seed=1)


def test_linear_algebra_gets_one_thread():
    def threads(rng, number):
        from threadpoolctl import threadpool_info

        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads(None, 0)
    for jobs in (1, 2):
        assert all(count == 1 for found in replicate(threads, 3, seed=1, jobs=jobs) for count in found)
    assert threads(None, 0) == before


def test_progress_is_shown_on_request(task, capsys):
    replicate(lambda rng, number: time.sleep(0.2), 5, seed=1, progress=True)
    assert "5/5" in capsys.readouterr().err
    replicate(task, 5, seed=1)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": 1.5}, {"seed": None}, {"times": -1}, {"times": True}])
def test_a_wrong_number_is_named(task, wrong):
    with pytest.raises(ChoiceProblem) as found:
        replicate(task, **{"times": 3, "seed": 1} | wrong)
    assert found.value.name in wrong
