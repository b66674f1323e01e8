"""No answer, two answers, and one that cannot be read among others that can."""

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder

SM = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,How far do you agree?,,"
    "How likely are you to recommend us to a friend?\n,,,,,They do what they promise.,"
    "They care about me and not only about the sale.,\n"
)
TF = (
    "#,They do what they promise.,They do what they promise.,Response Type,Start Date (UTC),"
    "Submit Date (UTC),Network ID\n"
)


def ids(shop):
    return [caution.id for caution in shop.cautions]


def test_what_was_seen_and_not_answered_is_no_answer(put):
    rows = "1,9,2026-05-01 10:00,2026-05-01 10:05,,5,-99,9\n2,9,2026-05-13 10:00,2026-05-13 10:05,,-88,4,-77\n"
    shop = read_folder(put({"sm.csv": SM + rows}))
    assert shop.responses["value"].tolist() == [5, 9, 4]
    (caution,) = [one for one in shop.cautions if one.id == "caution.intake.unanswered"]
    assert "3 answers like -99" in caution
    shop = read_folder(put({"sm.csv": SM + rows.replace("-99", "3").replace("-88", "3").replace("-77", "3")}, "b"))
    assert "caution.intake.unanswered" not in ids(shop)


def test_two_columns_of_one_question_may_fill_gaps_and_not_contradict(put):
    row = "a{0},{1},{2},completed,2026-05-01 10:00:00,2026-05-01 10:05:00,n\n"
    good = TF + row.format(1, "Agree", "") + row.format(2, "", "Disagree") + row.format(3, "Agree", "5")
    assert read_folder(put({"tf.csv": good})).responses["value"].tolist() == [5, 1, 5]
    with pytest.raises(DataProblem) as caught:
        read_folder(put({"tf.csv": good + row.format(4, "Agree", "Disagree")}, "b"))
    (fault,) = caught.value.faults
    assert fault.row == 5 and fault.column == "They do what they promise. (2)"
    assert "'They do what they promise.'" in fault.what


def test_one_bad_answer_does_not_throw_away_the_paper(put):
    rows = (
        "1,9,2026-05-01 10:00,2026-05-01 10:05,,5,often,9\n2,9,2026-05-13 10:00,2026-05-13 10:05,,4,4,11\n"
        "3,9,2026-05-14 10:00,2026-05-14 10:05,,never,,\n"
    )
    with pytest.raises(DataProblem) as caught:
        read_folder(put({"sm.csv": SM + rows}))
    assert [fault.row for fault in caught.value.faults] == [5, 3, 4]
    shop = read_folder(put({"sm.csv": SM + rows}), faulty="drop")
    assert shop.responses["value"].tolist() == [5, 9, 4, 4]
    log = shop.log.set_index(["outcome", "reason"])["rows"]
    assert log["kept", ""] == 2 and log["dropped", "unanswered"] == 1
    (caution,) = [one for one in shop.cautions if one.id == "caution.intake.spoiled"]
    assert "3 answers" in caution
