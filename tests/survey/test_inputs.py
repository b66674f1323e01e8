"""What the functions on answers take and refuse."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, CrqkitError, DataProblem
from crqkit.course import quiz
from crqkit.survey import (
    change,
    compare_groups,
    dimension_scores,
    effort,
    lowest_dimension,
    net_promoter,
    net_promoter_change,
    question_scores,
    satisfaction,
    silence,
    survey_plan,
    who_answered,
)
from crqkit.tables.claims import claim_codes
from tests.survey.sheets import THREE, trio, wave

ONE = {
    "dimensions": lambda table, **how: dimension_scores(table, form=THREE, **how),
    "lowest": lambda table, **how: lowest_dimension(table, form=THREE, **how),
    "groups": lambda table, **how: compare_groups(table, form=THREE, by="month", **how),
    "satisfaction": lambda table, **how: satisfaction(table, score="t1", **how),
    "effort": lambda table, **how: effort(table, score="t1", version=1, **how),
    "nps": lambda table, **how: net_promoter(table, score="t1", **how),
    "nps change": lambda table, **how: net_promoter_change(table, table, score="t1", **how),
    "change": lambda table, **how: change(table, table, columns=["t1"], **how),
}
every = pytest.mark.parametrize("measure", ONE.values(), ids=ONE.keys())


def stars(values, **others):
    return wave({"stars": values}).assign(**others)


@every
@pytest.mark.parametrize("nothing", [None, [], "answers.csv", {"t1": [1]}])
def test_a_table_is_needed(measure, nothing):
    with pytest.raises(DataProblem, match="a table is needed"):
        measure(nothing)


@every
@pytest.mark.parametrize("confidence", [95, 0, 1, "0.95", None])
def test_confidence_is_a_share(measure, confidence):
    for table in (trio(4, 4, 4), trio(4, 4, 4).head(2)):
        with pytest.raises(CrqkitError, match=r"such as 0\.95"):
            measure(table, confidence=confidence)


@every
@pytest.mark.parametrize(
    "at", [["2026-01-10", "2026-01-9"], [datetime(2026, 1, 1), pd.Timestamp("2026-01-01", tz="UTC")]]
)
def test_times_are_times(measure, at):
    with pytest.raises(DataProblem, match=r"pd\.to_datetime\(answers\['at'\]"):
        measure(trio(4, 4, 4, n=2).assign(at=pd.Series(at, dtype=object)))


def test_text_times_are_not_sorted_as_text():
    table = stars([1, 5], customer_key="k", at=["2026-01-10", "2026-01-9"])
    with pytest.raises(DataProblem, match="not times"):
        satisfaction(table, score="stars")
    assert satisfaction(stars([4] * 10).drop(columns="at"), score="stars").table["n"].tolist() == [10, 10]
    assert satisfaction(stars([4] * 10, at=None), score="stars").table["n"].tolist() == [10, 10]
    assert satisfaction(stars([4] * 10, at=pd.Timestamp("2026-01-01")), score="stars").table["n"].tolist() == [10, 10]


@pytest.mark.parametrize("nobody", ["", "  "])
def test_blank_keys_are_not_one_person(nobody):
    assert satisfaction(stars([4] * 12, customer_key=nobody), score="stars").table["n"].tolist() == [12, 12]


def test_the_same_person_in_whole_and_broken_numbers():
    before = stars([3, 4] * 10, customer_key=range(20))
    after = stars([4, 4] * 10, customer_key=[float(i) for i in range(20)])
    assert change(before, after, columns="stars").table["shared"].tolist() == [20]
    text = after.assign(customer_key=[f" {i}" for i in range(20)])
    assert change(before, text, columns="stars").table["shared"].tolist() == [20]


@pytest.mark.parametrize("values", [[True, False] * 5, [True, 5, 4], pd.array([True, None], dtype="boolean")])
def test_true_is_no_score(values):
    with pytest.raises(DataProblem, match="found 'True'"):
        satisfaction(stars(values), score="stars")


@pytest.mark.parametrize(
    "values",
    [
        ["5", "4"] * 6,
        [5.0, 4.0] * 6,
        pd.array([5, 4] * 6, dtype="Int64"),
        pd.Categorical(["5", "4"] * 6),
        [np.int8(5), "4"] * 6,
    ],
)
def test_numbers_kept_as_text_are_numbers(values):
    assert satisfaction(stars(values), score="stars").table["estimate"].tolist() == [4.5, 1]


@pytest.mark.parametrize(("low", "high"), [(5, 1), (3, 3), (1, np.inf), (1, "5"), (np.nan, 5)])
def test_the_scale_runs_upwards(low, high):
    with pytest.raises(DataProblem, match="from a lower to a higher number"):
        satisfaction(stars([4] * 12), score="stars", low=low, high=high)
    with pytest.raises(DataProblem, match="from a lower to a higher number"):
        change(stars([4] * 12), stars([4] * 12), columns="stars", low=low, high=high)


def test_a_change_of_what():
    table = stars([4, 5] * 10)
    with pytest.raises(DataProblem, match="neither a form nor columns"):
        change(table, table)
    one = change(table, table, columns="stars")
    assert one.table["measure"].tolist() == ["stars"]
    several = change(table, table, columns=(name for name in ["stars"]))
    pd.testing.assert_frame_equal(one.table, several.table)


@pytest.mark.parametrize("population", [200.0, "200", True, 0, -3])
def test_a_population_is_a_number_of_people(population):
    table = wave({"recommend": [10, 8, 3] * 10})
    with pytest.raises(DataProblem, match="not a number of people"):
        net_promoter(table, population=population, sample="probability")
    assert net_promoter(table, population=np.int64(200), sample="probability").settings["population"] == 200


def test_confidence_is_a_choice_too():
    with pytest.raises(ChoiceProblem):
        net_promoter(wave({"recommend": [10]}), confidence=95)


@every
def test_two_columns_of_one_name(measure):
    table = trio(4, 4, 4)
    for name in ("t1", "customer_key", "at"):
        twice = pd.concat([table, table[[name]]], axis=1)
        with pytest.raises(DataProblem, match="several columns have this name"):
            measure(twice)


def test_two_columns_of_one_name_elsewhere():
    table = stars([4, 5] * 10)
    twice = pd.concat([table, table[["stars"]]], axis=1)
    with pytest.raises(DataProblem, match="several columns have this name"):
        silence(twice, score="stars", invited=40)
    with pytest.raises(DataProblem, match="several columns have this name"):
        question_scores(twice.rename(columns={"stars": "recommend"}), form="pocket")
    grouped = table.assign(shop="North")
    with pytest.raises(DataProblem, match="several columns have this name"):
        satisfaction(pd.concat([grouped, grouped[["shop"]]], axis=1), score="stars", by="shop")


@pytest.mark.parametrize("form", [None, 3, {"id": "pocket"}])
def test_a_form_is_a_form(form):
    for measure in (dimension_scores, lowest_dimension, question_scores):
        with pytest.raises(ChoiceProblem, match="pocket"):
            measure(trio(4, 4, 4), form=form)


@pytest.mark.parametrize("nobody", ["nan", "None", "<NA>", "NaT"])
def test_a_missing_key_made_text_is_nobody(nobody):
    assert satisfaction(stars([4] * 12, customer_key=nobody), score="stars").table["n"].tolist() == [12, 12]
    assert who_answered(
        pd.DataFrame({"customer_key": [f"k{i}" for i in range(30)], "visits": range(30)}), [nobody]
    ).settings["family"] == 1  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda: survey_plan([400], precision=0.3), "people by channel"),
        (lambda: survey_plan({"e-mail": 400}, precision=0.3, rates=[0.1]), "shares by channel"),
        (lambda: survey_plan({"e-mail": 400}, precision=0.3, low="1"), "from a lower to a higher number"),
        (lambda: survey_plan({"e-mail": 400}, precision=0.3, high=None), "from a lower to a higher number"),
        (lambda: survey_plan({"e-mail": 400}, precision=0.3, seed="x"), "seed"),
        (lambda: survey_plan({"e-mail": 400}, precision=0.3, population="x"), "no population is of use"),
        (lambda: claim_codes(None, 2), "two|2"),
        (lambda: claim_codes("BAK", 2, seed="x"), "seed"),
        (lambda: quiz("10").answer("1", "a"), "number: 1 is not known"),
        (lambda: quiz("10").answer(1, 3), "letter: 3 is not known"),
        (lambda: change(stars([4]), stars([4]), columns=3), "a list of names"),
    ],
)
def test_what_is_wrong_is_said(wrong, match):
    with pytest.raises(CrqkitError, match=match):
        wrong()


def test_one_person_is_no_people():
    assert net_promoter(wave({"recommend": [10]})).reading.startswith("Only 1 person said")
    assert satisfaction(stars([4]), score="stars").reading.startswith("Only 1 person rated")
