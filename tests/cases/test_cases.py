"""The running cases are found, or one is told where they are."""

import json

import pytest

from crqkit import cases
from crqkit.base import ChoiceProblem, CrqkitError


def test_the_boutique_is_at_hand():
    case = cases.load("boutique")
    assert case.simulated
    assert case.truth["simulated"] is True
    assert case.folder.is_dir()
    assert case.card.lstrip().startswith("# ")


def test_an_unknown_case_names_the_known():
    with pytest.raises(ChoiceProblem, match="Did you mean boutique"):
        cases.load("boutiqe")


def test_own_cases_are_found_where_the_reader_says(tmp_path, monkeypatch):
    (tmp_path / "bakery" / "exports").mkdir(parents=True)
    (tmp_path / "make").mkdir()
    (tmp_path / "bakery" / "truth.json").write_text(json.dumps({"nps": 12}))
    (tmp_path / "bakery" / "card.md").write_text("# Bakery")
    monkeypatch.setenv(cases.PLACE, str(tmp_path))
    assert cases.names() == ["bakery"]
    assert cases.load("bakery").truth["nps"] == 12


def test_where_no_cases_are_the_mend_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(cases.PLACE, str(tmp_path / "nowhere"))
    with pytest.raises(CrqkitError, match="CRQKIT_DATASETS"):
        cases.names()
