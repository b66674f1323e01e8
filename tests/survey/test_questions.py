"""Questions outside the dimensions: the mean by another library, and in the cases of every sentence."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import question_scores
from crqkit.tables.form import build_form
from tests.survey.sheets import wave

FORM = build_form(
    {
        "id": "own",
        "dimensions": {"trust": "Trust"},
        "items": [
            {"id": "t", "text": "Trust?", "dimension": "trust"},
            {"id": "clean", "text": "Is it clean?", "low": 1, "high": 7},
            {"id": "warm", "text": "Is it warm?"},
            {"id": "read", "text": "Mark 3.", "quality": "instructed", "expected": 3},
            {"id": "why", "text": "Why?", "kind": "text"},
        ],
    }
)
ANSWERS = wave({"t": [3] * 20, "clean": [5, 6, 7, 6] * 5, "warm": [1, 2, 3, 4, *[np.nan] * 16], "read": [3] * 20})


def test_the_mean_equals_statsmodels():
    row = question_scores(ANSWERS, form=FORM, items=["clean"]).table.iloc[0]
    theirs = DescrStatsW(ANSWERS["clean"])
    assert (row["measure"], row["estimate"], row["n"]) == ("Is it clean?", 6.0, 20)
    assert [row["low"], row["high"]] == pytest.approx(theirs.tconfint_mean())
    assert row["unit"] == "points (1 to 7)"


def test_questions_of_dimensions_and_of_quality_have_none():
    result = question_scores(ANSWERS, form=FORM)
    assert result.table["item"].tolist() == ["clean", "warm"]
    assert result.reading == (
        "Questions that belong to no dimension, each with an average of its own: 2. "
        "They are not compared with one another."
    )


def test_one_question_is_read_with_interval_and_number():
    assert question_scores(ANSWERS, form=FORM, items=["clean"]).reading == (
        "The average answer to “Is it clean?” is 6.0 (5.7 to 6.3) on a scale of 1 to 7, from 20 people."
    )


def test_under_ten_people_the_number_alone_is_said():
    few = ANSWERS.head(7)
    assert question_scores(few, form=FORM, items=["clean"]).reading == (
        "Only 7 people answered “Is it clean?”: too few to lean on its average."
    )


def test_under_five_people_nothing_is_shown_and_that_is_said():
    result = question_scores(ANSWERS, form=FORM, items=["warm"])
    assert result.reading == "Not shown, because fewer than 5 people answered: “Is it warm?”."
    assert result.table["n"].tolist() == [4]
    assert result.table[["estimate", "low", "high"]].isna().all().all()


def test_groups_and_periods():
    answers = ANSWERS.assign(shop=["North"] * 17 + ["South"] * 3)
    by_shop = question_scores(answers, form=FORM, items=["clean"], by="shop")
    assert by_shop.table["group"].tolist() == []
    answers = ANSWERS.assign(shop=["North"] * 10 + ["South"] * 10)
    assert question_scores(answers, form=FORM, by="shop").table.query("item == 'clean'")["n"].tolist() == [10, 10]
    assert question_scores(ANSWERS, form=FORM, items=["clean"], by="month").table["group"].tolist() == ["2026-02"]


def test_each_person_counts_once_and_with_each_question():
    late = wave({"clean": [np.nan] * 20, "warm": [4] * 20}, day="2026-03-01")
    both = question_scores(pd.concat([ANSWERS, late], ignore_index=True), form=FORM).table.set_index("item")
    assert both["n"].tolist() == [20, 20]
    assert both.loc["warm", "estimate"] == 4


def test_nothing_asked_and_wrong_input():
    assert question_scores(ANSWERS[["t"]], form=FORM).reading == "There is no rated question outside the dimensions."
    assert len(question_scores(ANSWERS[["t"]], form=FORM).table) == 0
    with pytest.raises(ChoiceProblem, match="item"):
        question_scores(ANSWERS, form=FORM, items=["cleen"])
    with pytest.raises(DataProblem, match="outside the scale"):
        question_scores(ANSWERS.assign(clean=9), form=FORM)


def test_what_was_not_asked_is_named():
    nothing = question_scores(pd.DataFrame({"recommend": [9] * 12}), form="pocket", items=["keeps_word"])
    assert nothing.reading == "Not asked in these answers: “They do what they promise.”."
    some = question_scores(pd.DataFrame({"recommend": [9] * 12}), form="pocket", items=["recommend", "keeps_word"])
    assert nothing.reading in some.cautions and len(some.table) == 1
    one = question_scores(pd.DataFrame({"recommend": [9] * 12}), form="pocket", items="recommend")
    assert one.table["item"].tolist() == ["recommend"]
