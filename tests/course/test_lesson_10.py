"""Lesson 10: each way to go wrong in its exercises is told apart, and it runs on a reader's files."""

import shutil

import pandas as pd
import pytest

from crqkit import cases, value
from crqkit.course import check, notebooks, quiz
from crqkit.course.exercises import Feedback
from crqkit.course.lesson import load_lesson

LESSON = notebooks.HOME / "1_fundamentals" / "10_what_a_relationship_is_and_why_it_pays.ipynb"
SIX = pd.DataFrame({"first": [10, 14, 60, 80, 100, 90], "second": [None, None, 66, 78, 104, 84]})
SPEND = pd.DataFrame(
    {
        "channel": ["adverts", "cards", "walked past"],
        "purpose": ["finding", "keeping", "finding"],
        "amount": [800.0, 1224.0, 0.0],
        "currency": "EUR",
        "new_customers": [40, None, 90],
    }
)


def said(feedback: Feedback) -> str:
    """Name the text of the lesson's file that was given."""
    texts = [texts for texts in load_lesson("10")["exercises"].values() if feedback.text in texts.values()]
    return next(name for name, text in texts[0].items() if text == feedback.text)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    # Six people: 59 then 83; those who stayed +6, -2, +4, -6; the two who left -10 and -14.
    [(0.5, "right"), (24, "naive"), (-22 / 6, "left_as_zero"), (2, "total"), (-0.5, "turned"), (7, "wrong")],
)
def test_one_and_the_same_people(answer, outcome):
    assert said(check("10.same_people", answer, SIX)) == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    # Finding costs 20; 1224 in 18 months for 102 customers are 8 a year: 40 of 100, and 10 at a quarter of the price.
    [(0.25, "right"), (25, "percent"), (0.5, "too_dear"), (0.1, "too_cheap"), (4, "wrong"), (-0.25, "wrong")],
)
def test_a_cheaper_treat(answer, outcome):
    assert said(check("10.cheap_enough", answer, SPEND)) == outcome


def test_the_check_of_the_treat_agrees_with_the_function():
    cheaper = SPEND.assign(amount=[800.0, 306.0, 0.0])
    lines = value.keeping_or_finding(cheaper, customers=102, months=18).table.set_index("measure")
    assert lines.loc["break_even", "estimate"] == pytest.approx(10)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (["florist"], "right"),
        ("florist", "right"),
        (["florist", "hairdresser"], "too_many"),
        (["florist", "butcher"], "free"),
        ([], "too_few"),
        (["baker"], "unknown"),
    ],
)
def test_who_may_say_it(answer, outcome):
    years = {"florist": (200, 40, 600, 30), "hairdresser": (90, 12, 120, 11), "butcher": (0, 50, 500, 25)}
    results = {}
    for name, (money, new, more, fewer) in years.items():
        rows = {"channel": ["friends", "adverts"], "amount": [money, more], "new_customers": [new, fewer]}
        table = pd.DataFrame(rows).assign(purpose="finding", currency="EUR")
        results[name] = value.acquisition_cost(table, compare=("friends", "adverts"))
    assert said(check("10.may_say", answer, results)) == outcome


def test_the_quiz_has_one_right_answer_each():
    right = {1: "b", 2: "a", 3: "b", 4: "b"}
    for number, letter in right.items():
        assert [quiz("10").answer(number, choice).right for choice in "abc"] == [choice == letter for choice in "abc"]


@pytest.mark.slow
@pytest.mark.parametrize("case", ["boutique", "orders alone", "consulting"])
def test_the_lesson_runs_on_a_readers_files(case, tmp_path):
    if case == "orders alone":
        for path in cases.load("boutique").folder.glob("orders_export_*.csv"):
            shutil.copy(path, tmp_path)
        folder = tmp_path
    else:
        folder = cases.load(case).folder
    # Cells on what is missing may stop with a message; were it any other cell, running would stop here.
    node = notebooks.execute(LESSON, {"folder": str(folder), "cutoff": 0.5})
    stopped = [out for cell in node.cells for out in cell.get("outputs", ()) if out.output_type == "error"]
    assert {out.ename for out in stopped} <= {"DataProblem", "ChoiceProblem"}
    shown = str([cell.get("outputs", ()) for cell in node.cells])
    if case != "consulting":
        assert "Whether keeping pays against finding cannot be said" in shown
        assert "What a new customer costs cannot be said" in shown
