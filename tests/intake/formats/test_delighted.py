"""Delighted: a score and a comment, from a download or from the programming interface."""

import json

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from tests.intake.formats import support

NAMES = ["ana@", "ben@", "carla@", "dora@", "Ana", "Ben", "Ott", "1112223", "example.org/r", "0170", "Safari"]
FILE, JSON = "answers.csv", "from the interface.json"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return support.read("delighted", tmp_path_factory.mktemp("delighted"))


def test_totals(shop):
    support.assert_accounted(shop)
    assert support.dropped(shop) == {"unanswered": 1}
    assert shop.responses.groupby("file").size().to_dict() == {FILE: 5, JSON: 3}
    assert shop.answers["recommend"].mean() == pytest.approx(17 / 3)
    assert shop.answers["satisfied"].dropna().tolist() == [5, 2]
    assert [(shop.form[id].low, shop.form[id].high) for id in ("recommend", "satisfied")] == [(0, 10), (1, 5)]


def test_times_and_persons(shop):
    sheets = shop.responses.drop_duplicates("response_id").set_index("response_id")
    assert sheets["at"]["1001"] == pd.Timestamp("2026-03-11 09:00", tz="UTC")
    assert sheets["at"]["2001"] == pd.Timestamp("2026-03-01 11:00", tz="UTC")
    assert sheets["customer_key"].nunique() == 4
    assert sheets["customer_key"]["1001"] == sheets["customer_key"]["2001"]


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, NAMES)


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("delighted", tmp_path)


@support.each_required("delighted")
def test_a_missing_column_is_named(headers, tmp_path):
    if headers[0] == "permalink":
        headers = [*headers, "Delighted Source", "Person ID", "Response ID", "survey_type", "Permalink"]
    support.assert_names_missing("delighted", FILE, "delighted", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    support.assert_reads_abroad("delighted", tmp_path, dates=["Created at"])


@pytest.mark.parametrize(
    ("change", "what", "mend"),
    [
        (lambda entries: entries[0].update(survey_type="nps"), "more than one scale", "a file of their own"),
        (lambda entries: [one.update(survey_type="ces") for one in entries], "scale is not known", "Write 0 to 10"),
        (lambda entries: [one.pop("survey_type") for one in entries], "cannot be told on which scale", "column scale"),
        (lambda entries: entries[0].update(score=7), "outside the scale 1 to 5", "Mend the answer"),
    ],
)
def test_a_scale_that_is_unclear_is_asked_about(change, what, mend, tmp_path):
    folder = support.copy("delighted", tmp_path)
    entries = json.loads((folder / JSON).read_text())
    change(entries)
    (folder / JSON).write_text(json.dumps(entries))
    with pytest.raises(DataProblem, match=what) as problem:
        read_folder(folder)
    assert any(mend in fault.mend for fault in problem.value.faults)
