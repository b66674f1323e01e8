"""A command that is ended from outside leaves nothing of the customers behind."""

import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows knows no such signals")


@pytest.fixture
def packed(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    rows = "".join(f"2026-01-{1 + i % 28:02d},p{i}@example.org,1.50\n" for i in range(400_000))
    with zipfile.ZipFile(folder / "sales.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "date,customer,amount\n" + rows)
    (tmp_path / "tmp").mkdir()
    return folder


def _checked(folder, number, prefix=()):
    place = folder.parent / "tmp"
    command = [*prefix, sys.executable, "-m", "crqkit", "check", str(folder)]
    environment = os.environ | {"TMPDIR": str(place)}
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not list(place.glob("crqkit-*/*/*/*")) and run.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert run.poll() is None, "the command ended before anything was unpacked"
    run.send_signal(number)
    return run.wait(timeout=60), list(place.rglob("*"))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_what_was_unpacked_is_removed_when_the_program_is_ended(packed, name):
    number = getattr(signal, name)
    assert _checked(packed, number) == (128 + number, [])


def test_a_signal_that_is_ignored_stays_ignored(packed):
    status, left = _checked(packed, signal.SIGHUP, prefix=["nohup"])
    assert (status, left) == (0, [])
