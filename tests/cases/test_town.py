"""Every case of the town: rebuilt byte for byte, with a card, nobody real in it, and read like an owner's folder."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from crqkit.intake import read_folder
from tests.cases.town import DATASETS, MAKE, OLD, makers, town, truth

MEGABYTE = 2**20
HEADINGS = ("## The files", "## Traps planted", "## What is true here", "## What must not be concluded")
RESERVED = {"simulated", "about", "twin", "seed", "definitions", "true", "effects", "parameters"}
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Shapes of telephone numbers, and those which regulators keep free for films.
TELEPHONE = re.compile(r"\(\d{3}\) \d{3}-\d{4}|\+\d{2} ?\d{2,4} \d[\d ]{5,}|\b0\d{2,4} \d{3,4} \d{3,4}\b")
FILMS = re.compile(r"\(\d{3}\) 555-01\d\d|\+49 (?:40 66969|30 23125) \d{3}|020 7946 0\d{3}|0161 496 0\d{3}")
# What is promised or booked may lie a little ahead.
EARLIEST, LATEST = "2024-11-01", "2026-12-31"


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def texts_of(case: str) -> dict[str, str]:
    """Every text of a case, also those packed in workbooks."""
    found = {}
    for path, content in files_of(DATASETS / case).items():
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(DATASETS / case / path) as book:
                found |= {f"{path}/{part}": book.read(part).decode() for part in book.namelist()}
        else:
            found[str(path)] = content.decode()
    return found


def test_every_case_has_a_maker():
    there = {path.parent.name for path in DATASETS.glob("*/exports")}
    assert there == set(makers())
    assert {"bakery", "bakery_null", "consulting", "coffee_shop", "subscription_box"} <= set(town())


@pytest.mark.parametrize("case", town())
def test_rebuilds_byte_for_byte(case, tmp_path):
    out = tmp_path / case
    # Another hash seed and another zone: nothing may hang on the order of a set or on where the clock stands.
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kolkata"}
    command = [sys.executable, str(MAKE / f"{case}.py"), "--out", str(out)]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment)
    made, kept = files_of(out), files_of(DATASETS / case)
    # Pages made from the case leave their snapshots beside the key.
    extra = {path for path in set(kept) - set(made) if path.parts[:2] != ("exports", "crqkit-private")}
    assert extra == {Path("card.md")}
    assert [str(path) for path, content in made.items() if kept.get(path) != content] == []
    assert [path.name for path in tmp_path.iterdir()] == [case]


@pytest.mark.parametrize("case", town())
def test_nobody_real_is_in_it(case):
    for name, text in texts_of(case).items():
        assert "\r" not in text or ".xlsx" in name
        strangers = [one for one in ADDRESS.findall(text) if not re.search(r"@example\.(com|org)$", one, re.I)]
        assert strangers == [], name
        assert [one for one in TELEPHONE.findall(text) if not FILMS.fullmatch(one)] == [], name
    key = (DATASETS / case / "exports" / "crqkit-private" / "key.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"[0-9a-f]{64}\n", key)


@pytest.mark.parametrize("case", town())
def test_its_time_is_the_time_of_the_town(case):
    for name, text in texts_of(case).items():
        if name.startswith("exports") and ".xlsx" not in name:
            days = re.findall(r"\b20\d\d-\d\d-\d\d\b", text)
            assert all(EARLIEST <= day <= LATEST for day in days), name


@pytest.mark.parametrize("case", town())
def test_workbooks_tell_no_time(case):
    for path in (DATASETS / case).rglob("*.xlsx"):
        with zipfile.ZipFile(path) as book:
            assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert book.namelist() == sorted(book.namelist())


@pytest.mark.parametrize("case", town())
def test_the_card_says_what_it_is(case):
    card = (DATASETS / case / "card.md").read_text(encoding="utf-8")
    assert card.startswith("# SIMULATED: ")
    assert [heading for heading in HEADINGS if heading not in card] == []
    assert "CC BY 4.0" in card and f"`python datasets/make/{case}.py`" in card
    named = re.findall(r"`exports/([^`…]+)`", card)
    assert [name for name in named if not (DATASETS / case / "exports" / name).exists()] == []
    table = (DATASETS / "README.md").read_text(encoding="utf-8")
    assert f"[{case}]({case}/card.md)" in table and f"`python datasets/make/{case}.py`" in table


@pytest.mark.parametrize("case", town())
def test_every_count_is_defined(case):
    told = truth(case)
    assert told["simulated"] is True and "SIMULATED" in told["about"]
    assert told["twin"] is case.endswith("_null")
    words = " ".join([*told["definitions"], *told["definitions"].values()])
    counts = {name for group in set(told) - RESERVED for name in told[group]}
    assert sorted(name for name in counts if not re.search(rf"\b{name}\b", words)) == []
    assert all(one["over"] for one in told["true"].values())
    assert all(one["meaning"] for one in told["effects"].values())
    if told["twin"]:
        assert {one["size"] for one in told["effects"].values()} == {0.0}


@pytest.mark.parametrize("case", town())
def test_it_is_read_like_an_owners_folder(case, tmp_path):
    place = tmp_path / "exports"
    shutil.copytree(DATASETS / case / "exports", place)
    shop = read_folder(place)
    data = {path.name for path in place.iterdir() if path.suffix in (".csv", ".xlsx", ".json")}
    assert set(shop.log.loc[shop.log["outcome"] == "kept", "file"]) == data
    assert all(len(table) for table in shop.tables.values())
    told = truth(case)
    for name, amount in told.get("orders", {}).items():
        if name.startswith("net_"):
            assert shop.orders["net"].sum() == pytest.approx(amount)
    if "answers" in told:
        # A slip typed twice is one answer, but a reader cannot always know that.
        most = told["answers"].get("rows_typed", told["answers"]["answers"])
        assert told["answers"]["answers"] <= len(shop.answers) <= most


def test_the_town_is_small():
    sizes = {case: sum(len(content) for content in files_of(DATASETS / case).values()) for case in makers()}
    assert {case: size for case, size in sizes.items() if size > 2.5 * MEGABYTE} == {}
    assert sum(sizes.values()) < 12 * MEGABYTE


def test_the_old_cases_have_tests_of_their_own():
    assert all((Path(__file__).parent / f"test_{case}.py").is_file() for case in OLD)
