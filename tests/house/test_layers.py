"""A room that imports what it may not is caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLANTED = [
    ("base", "from crqkit.survey import net_promoter", "A room imports only rooms below it"),
    ("base", "import scipy.stats", "nothing heavier"),
    ("intake", "from crqkit.stats import wilson", "Who may import stats"),
    ("stats", "from crqkit.tables import schema", "rooms on one line never import one another"),
    ("value", "from crqkit.survey import answers", "rooms on one line never import one another"),
    ("course", "from crqkit.value import rfm", "Only the report and the command line"),
]


def lint(folder: Path) -> subprocess.CompletedProcess:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(root, tmp_path):
    """A copy of the package and of its contracts."""
    shutil.copytree(root / "crqkit", tmp_path / "crqkit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_package_keeps_its_layers(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("room", "line", "contract"), PLANTED)
def test_a_forbidden_import_is_caught(copy, room, line, contract):
    (copy / "crqkit" / room / "planted.py").write_text(line + "\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [text for text in done.stdout.splitlines() if "BROKEN" in text]
    assert any(contract in text for text in broken), done.stdout
    assert f"crqkit.{room}.planted" in done.stdout


def test_a_room_without_a_place_is_caught(copy):
    (copy / "crqkit" / "attic.py").write_text("", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1
    assert "attic" in done.stdout
