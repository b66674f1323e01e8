"""The locks hold every package by name, version and hash, and no address."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")


def read_lock(text: str) -> dict[str, set[str]]:
    """Return the versions of each package; a universal lock may hold two, for different Pythons."""
    versions: dict[str, set[str]] = {}
    for line in text.splitlines():
        if match := ENTRY.match(line):
            versions.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return versions


@pytest.fixture(scope="module")
def core(root):
    return (root / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def dev(root):
    return (root / "requirements-dev.lock").read_text(encoding="utf-8")


def missing(lock: str, requirements: list[str]) -> list[str]:
    """Return the requirements that no entry of the lock, or not every one, satisfies."""
    versions = read_lock(lock)
    wanted = [Requirement(text) for text in requirements]
    return [
        str(one)
        for one in wanted
        if not (found := versions.get(canonicalize_name(one.name))) or not all(map(one.specifier.contains, found))
    ]


def test_the_core_lock_meets_every_bound(project, core):
    assert missing(core, project["dependencies"] + project["optional-dependencies"]["build"]) == []


def test_the_dev_lock_meets_every_bound(project, dev):
    extras = project["optional-dependencies"].values()
    assert missing(dev, [*project["dependencies"], *(one for extra in extras for one in extra)]) == []


def test_a_bound_that_is_not_met_is_seen():
    assert missing("numpy==2.1.0 \\", ["numpy>=2.2", "pandas"]) == ["numpy>=2.2", "pandas"]


def test_the_dev_lock_holds_the_core_lock(core, dev):
    ours, theirs = read_lock(core), read_lock(dev)
    assert {name: theirs.get(name) for name in ours} == ours


@pytest.mark.parametrize("name", ["core", "dev"])
def test_every_entry_has_a_hash_and_none_an_address(name, request):
    lock = request.getfixturevalue(name)
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert all(ENTRY.match(entry) for entry in entries)
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in lock
    assert "--index-url" not in lock
    assert "--find-links" not in lock
