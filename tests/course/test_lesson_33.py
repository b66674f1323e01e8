"""Lesson 33: each way to go wrong in its exercises is told apart from the others."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crqkit import cases, sem
from crqkit.course import check, notebooks
from crqkit.course.exercises import Feedback
from crqkit.course.lesson import load_lesson
from crqkit.course.rules import Book

LESSON = notebooks.HOME / "3_advanced" / "33_missing_and_ordinal_answers.ipynb"
STUDY = Path(__file__).parents[1] / "reference" / "studies" / "sem_clusters.csv"
PAGES = {"trust": ["t1", "t2", "t3"], "ties": ["c1", "c2", "c3"], "well": ["a1", "a2", "a3"]}
ASKED = "\n".join(f"{factor} =~ {' + '.join(items)}" for factor, items in PAGES.items())
WORLD = ASKED.replace("=~ ", "=~ 0.75*").replace("+ ", "+ 0.75*") + "\ntrust ~~ 0*ties + 0.5*well\nties ~~ 0.3*well"
MODEL = "f =~ x1 + x2 + x3 + x4"
PEOPLE = sem.simulate("f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4", 300, seed=1, standardized=True, missing=0.05).round()
NUMBERS = sem.fit(MODEL, PEOPLE)


def said(feedback: Feedback) -> str:
    """Name the text of the lesson's file that was given."""
    texts = [texts for texts in load_lesson("33")["exercises"].values() if feedback.text in texts.values()]
    return next(name for name, text in texts[0].items() if text == feedback.text)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (["c1", "a1"], "right"),
        (["c1"], "too_few"),
        (["t1", "c1", "a1"], "too_many"),
        (["c2"], "unknown"),
    ],
)
def test_which_averages_move(answer, outcome):
    full = pd.DataFrame(np.zeros((10, 3)), columns=["t1", "c1", "a1"])
    kept = full.assign(t1=0.05, c1=0.6, a1=0.2)
    assert said(check("33.which_move", answer, full, kept)) == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"), [(0.15, "right"), (0.06, "too_few"), (0.3, "too_many"), (15, "percent")]
)
def test_how_many_lost_answers(answer, outcome):
    assert said(check("33.twice_as_wide", answer, lambda share: (1 - share) ** -4.5)) == outcome


def test_where_no_complete_row_is_left():
    def times_as_wide(share):
        lost = sem.simulate(WORLD, 1500, seed=33, standardized=True, missing=share)
        return sem.fit(ASKED, lost, missing="listwise").parameters["se"].mean()

    assert said(check("33.twice_as_wide", 0.5, times_as_wide)) == "hardly_any"


@pytest.mark.parametrize(
    ("fit", "outcome"),
    [
        (sem.fit(MODEL, PEOPLE, ordered=True), "right"),
        (NUMBERS, "numbers"),
        (sem.fit(MODEL, PEOPLE, ordered=True, missing="listwise"), "other_people"),
        (sem.fit("f =~ x1 + x2 + x3", PEOPLE, ordered=True), "other_items"),
    ],
)
def test_a_fit_with_steps(fit, outcome):
    assert said(check("33.as_steps", fit, NUMBERS)) == outcome


def found(reason: list[str], missing: str) -> tuple[float, float]:
    """Return the mean of a1 and the correlation of trust and ties, whose truth is 0, in one very large survey."""
    people = sem.simulate(WORLD, 20_000, seed=7, standardized=True)
    pull = people[reason].mean(axis=1) if reason else 0
    silent = np.random.default_rng(7).random(len(people)) < 1 / (1 + np.exp(0.4 + 2.5 * pull))
    people.loc[silent, PAGES["well"]] = np.nan
    table = sem.fit(ASKED, people, missing=missing, meanstructure=True, std_lv=True).parameters
    at = table.set_index(["lhs", "op", "rhs"])["est"]
    return at.loc[("a1", "~1", "")], at.loc[("trust", "~~", "ties")]


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_incomplete_rows_may_go_where_silence_is_chance(missing):
    assert found([], missing) == pytest.approx((0, 0), abs=0.03)


def test_they_may_not_where_earlier_answers_decide_and_nothing_becomes_something():
    mean, links = found(["t1", "c1"], "listwise")
    assert mean > 0.15
    assert links < -0.15
    assert found(["t1", "c1"], "fiml") == pytest.approx((0, 0), abs=0.03)


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_neither_helps_where_the_unseen_answer_decides(missing):
    assert found(PAGES["well"], missing)[0] > 0.3


def test_the_quoted_study_says_so():
    study = pd.read_csv(STUDY).query("shops == 100 and per_shop == 25")
    rates = study.set_index(["question", "cluster"])["rate"]
    prose = Book(LESSON).prose.split("sem_clusters.csv", 1)[1]
    for question in study["question"].unique():
        without, with_shop = (f"{100 * rates[question, cluster]:.0f} %" for cluster in ("no", "yes"))
        assert re.search(rf"\b{without}[^%]{{1,80}}\b{with_shop}", prose), question


@pytest.mark.slow
def test_the_lesson_runs_on_a_readers_file(tmp_path):
    answers = pd.read_csv(cases.load("advisers").folder / "answers.csv")
    answers[["sa1", "sa2", "sa3", "lo1", "lo2", "lo3"]].iloc[::14].to_csv(tmp_path / "mine.csv", index=False)
    model = "sa =~ sa1 + sa2 + sa3\nlo =~ lo1 + lo2 + lo3\n"
    node = notebooks.execute(LESSON, {"file": str(tmp_path / "mine.csv"), "office": None, "model": model})
    shown = str([cell.get("outputs", ()) for cell in node.cells])
    # Cells on years, age and country may stop; were it any other cell, running would stop here.
    stopped = [output for cell in node.cells for output in cell.get("outputs", ()) if output.output_type == "error"]
    assert [output.ename for output in stopped] == ["DataProblem"] * 5
    assert all("not in the file. This cell cannot do without it" in output.evalue for output in stopped)
    assert "people are too few" in shown
    assert "Average level of 6 answers" in shown
    assert "twelve" not in shown and "truth 3.57" not in shown
