"""Lesson 17: each way to go wrong in its exercises is told apart; a questionnaire comes back as it went out."""

import shutil

import numpy as np
import pandas as pd
import pytest

import crqkit
from crqkit import cases
from crqkit.course import check, notebooks
from crqkit.course.lesson import load_lesson
from crqkit.course.lessons.check_17 import FAULTS
from crqkit.course.rules import Book
from crqkit.survey import survey_plan
from crqkit.tables import load_form

LESSON = notebooks.HOME / "1_fundamentals" / "17_asking_customers.ipynb"
DRAFTS = dict.fromkeys("abcdef", "")


def said(name, *answer):
    """Name the text of the lesson's file that was given."""
    feedback, texts = check(f"17.{name}", *answer), load_lesson("17")["exercises"][name]
    return next(outcome for outcome, text in texts.items() if text == feedback.text)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (42.75, "right"),
        (43, "right"),
        (30, "first_only"),
        (45, "all_reminded"),
        (12.75, "reminder_only"),
        (55.5, "full_share"),
        (200, "wrong"),
    ],
)
def test_how_many_answer(answer, outcome):
    assert said("answers_to_expect", answer, 200, 0.15, 0.5) == outcome


def test_the_plan_counts_as_the_exercise_does():
    plan = survey_plan({"e-mail": 200}, precision=0.05, rates={"e-mail": (0.08, 0.15, 0.25)}, reminders=[0.5])
    assert plan.table["estimate"].tolist() == pytest.approx([30, 12.75, 42.75])


def invitations(precision):
    plan = survey_plan({"e-mail": 5000}, precision=precision, rates={"e-mail": 0.2}, reminders=0)
    return int(plan.table["n"].iloc[-1])


@pytest.mark.parametrize(
    ("answer", "outcome"), [(870, "right"), (460, "double"), (174, "answers"), (230, "same"), (99, "wrong")]
)
def test_twice_as_precise(answer, outcome):
    assert said("twice_as_precise", answer, invitations) == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (["b", "e"], "right"),
        ("be", "right"),
        (["E", "b"], "right"),
        (["b"], "too_few"),
        ([], "too_few"),
        (["a", "b", "e"], "two_things"),
        (["c"], "leads"),
        (["d"], "twice_turned"),
        (["b", "f"], "not_known"),
        (["g"], "unknown"),
    ],
)
def test_what_may_be_printed(answer, outcome):
    assert said("to_the_printer", answer, DRAFTS) == outcome


def test_every_fault_has_its_words():
    assert set(FAULTS.values()) <= set(load_lesson("17")["exercises"]["to_the_printer"])


@pytest.mark.parametrize("name", ["pocket", "long"])
def test_a_questionnaire_comes_back_as_it_went_out(name, tmp_path):
    rng, form = np.random.default_rng(39), load_form(name)
    crqkit.report.write_form(tmp_path / "form", shop="BAK", form=name, sheets=30, seed=2)
    typed = pd.read_excel(tmp_path / "form" / f"{name} answers.xlsx", dtype=object)
    codes = pd.read_excel(tmp_path / "form" / f"{name} slips.xlsx", dtype=object)["claim code"]
    given = [
        [
            None
            if rng.random() < 0.1
            else f"Line {place} of sheet {sheet}."
            if item.kind == "text"
            else int(rng.integers(item.low, item.high + 1))
            for place, item in enumerate(form.items)
        ]
        for sheet in range(30)
    ]
    for sheet, marks in enumerate(given):
        typed.loc[sheet] = ["2026-11-02", codes[sheet], *marks]
    (tmp_path / "exports").mkdir()
    typed.to_excel(tmp_path / "exports" / "answers.xlsx", index=False)
    back = crqkit.read_folder(tmp_path / "exports").answers[[item.id for item in form.items]]
    assert back.astype(object).where(back.notna(), None).to_numpy().tolist() == given


def test_the_lesson_shows_no_key_and_no_address():
    book = Book(LESSON)
    assert "@" not in book.shown
    assert "claim_code" not in book.shown or "BAK-" not in book.shown
    assert "CC" + "UCPWM" not in book.shown


@pytest.mark.slow
@pytest.mark.parametrize(("pattern", "runs_to_the_plan"), [("*.csv", False), ("paper survey.xlsx", True)])
def test_the_lesson_runs_on_a_folder_with_half_of_the_files(pattern, runs_to_the_plan, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for path in cases.load("bakery").folder.glob(pattern):
        shutil.copy(path, folder)
    # Cells on what is missing may stop with a message; were it any other cell, running would stop here.
    node = notebooks.execute(LESSON, {"folder": str(folder)})
    shown = str([cell.get("outputs", ()) for cell in node.cells])
    assert "The answers came back unchanged: True" in shown
    assert ("e-mail: reminder 2" in shown) is runs_to_the_plan
