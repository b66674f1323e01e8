"""Lesson 11: each way to go wrong in its exercises is told apart, and what it says of other shops is true."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crqkit import cases
from crqkit.course import check, notebooks
from crqkit.course.lesson import load_lesson
from crqkit.course.rules import Book
from crqkit.survey import satisfaction, silence, who_answered

LESSON = notebooks.HOME / "1_fundamentals" / "11_how_sure_can_we_be.ipynb"
STUDY = Path(__file__).parents[1] / "reference" / "survey" / "nps_coverage.csv"


def said(name, *answer):
    """Name the text of the lesson's file that was given."""
    feedback, texts = check(f"11.{name}", *answer), load_lesson("11")["exercises"][name]
    return next(outcome for outcome, text in texts.items() if text == feedback.text)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (20, "right"), (15, "right"), (24, "right"), (25, "right"), (14, "wrong"), (26, "wrong"),
        (10, "usual_or_hundred"), (180, "held"), (0, "none"), (60, "wrong"),
    ],
)  # fmt: skip
def test_how_many_miss(answer, outcome):
    assert said("will_miss", answer, 0.90, 200) == outcome


def test_those_who_forget_the_second_hundred_are_told():
    assert said("will_miss", 20, 0.80, 500) == "of_hundred"
    assert said("will_miss", 25, 0.80, 500) == "usual"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(35, "right"), (34, "too_few"), (10, "too_few"), (36, "too_many"), (0.9, "share"), (-3, "wrong")],
)
def test_how_many_must_all_be_delighted(answer, outcome):
    assert said("all_delighted", answer, 0.90) == outcome


def test_the_number_of_perfect_answers_is_what_satisfaction_says():
    def lower_end(people):
        return satisfaction(pd.DataFrame({"stars": [5] * people}), score="stars", top=1).table["low"].iloc[1]

    assert lower_end(34) < 0.9 <= lower_end(35)


def shops():
    rng, made = np.random.default_rng(1), {}
    for name, people, lean in (("alike", 300, 0), ("lean", 300, 5), ("tiny", 18, 0)):
        customers = pd.DataFrame({"customer_key": np.arange(people), "visits": rng.poisson(5, people)})
        spoke = customers.sample(people // 3, weights=1 + lean * customers["visits"], random_state=3)
        made[name] = who_answered(customers, spoke)
    return made


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ([], "right"),
        (["alike"], "not_seen"),
        ("alike", "not_seen"),
        (["lean"], "difference"),
        (["alike", "lean"], "difference"),
        (["tiny", "alike"], "too_little"),
        (["elsewhere"], "wrong"),
    ],
)
def test_who_may_say_alike(answer, outcome):
    assert said("may_say_alike", answer, shops()) == outcome


def test_the_promise_is_kept_at_the_numbers_the_lesson_names():
    study = pd.read_csv(STUDY)
    assert {10, 40} & set(study["n"])


def test_a_lean_to_one_side_does_not_even_out():
    rng = np.random.default_rng(3)
    opinion = np.clip(np.round(rng.normal(3.4, 1.0, 20_000)), 1, 5)
    chance = np.where(opinion >= 4, 3, 1) / np.where(opinion >= 4, 3, 1).sum()
    for n in (50, 400, 3000):
        drawn = [rng.choice(opinion, n, p=chance).mean() for _ in range(40)]
        assert np.mean(drawn) - opinion.mean() == pytest.approx(0.40, abs=0.06)


def test_the_lesson_names_ranges_and_no_jargon():
    prose = Book(LESSON).prose
    assert not re.search(r"standard error|null hypothesis|significan", prose, flags=re.I)


def test_ten_of_ten_is_what_the_quiz_says():
    low = satisfaction(pd.DataFrame({"stars": [5] * 10}), score="stars").table["low"].iloc[1]
    assert low == pytest.approx(0.7, abs=0.03)


def test_bounds_for_silence_need_no_key():
    assert silence(pd.DataFrame({"stars": [4, 5] * 10}), score="stars", invited=100).table["n"].tolist() == [
        20,
        100,
        80,
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "lacks"), [("orders_export_2.csv", {"recommend"}), ("Kundenumfrage*.csv", {"orders"})]
)
def test_the_lesson_runs_on_a_folder_with_half_of_the_files(pattern, lacks, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for path in cases.load("boutique").folder.glob(pattern):
        shutil.copy(path, folder)
    # Cells on what is missing may stop with a message; were it any other cell, running would stop here.
    node = notebooks.execute(LESSON, {"folder": str(folder)})
    stopped = [o.evalue for cell in node.cells for o in cell.get("outputs", ()) if o.output_type == "error"]
    assert stopped
    shown = str([cell.get("outputs", ()) for cell in node.cells])
    assert "hold the truth" in shown
    assert lacks == {"orders"} or "recommend" in " ".join(stopped)
