"""The quiz: every file is whole, and the page it makes needs neither network nor script."""

import copy
import re

import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.course import lesson, quiz
from crqkit.course.lesson import faults_of, lesson_names, load_lesson


def sound():
    return copy.deepcopy(dict(load_lesson("00")))


@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_file_is_whole(name):
    assert faults_of(load_lesson(name)) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda it: it.update(quiz=it["quiz"][:2]), "quiz: fewer than 3"),
        (lambda it: it["exercises"].popitem() and it["exercises"].popitem(), "exercises: fewer than 3"),
        (lambda it: it["quiz"][0]["choices"][1].pop("feedback"), "has no feedback"),
        (lambda it: [choice.update(right=True) for choice in it["quiz"][0]["choices"]], "choices are right"),
        (lambda it: [choice.update(right=False) for choice in it["quiz"][0]["choices"]], "question 1: 0 of"),
        (lambda it: it["quiz"][0].pop("ask"), "nothing is asked"),
        (lambda it: next(iter(it["exercises"].values())).pop("hint"), "'hint' is missing"),
    ],
)
def test_a_faulty_file_is_found(spoil, fault):
    planted = sound()
    planted["exercises"] = dict(list(planted["exercises"].items())[:3])
    spoil(planted)
    assert any(fault in found for found in faults_of(planted))


def test_a_faulty_file_is_refused(monkeypatch):
    monkeypatch.setattr(lesson, "_read", lambda name: {"quiz": []})
    load_lesson.cache_clear()
    with pytest.raises(DataProblem, match="quiz: fewer than 3"):
        load_lesson("00")
    load_lesson.cache_clear()


@pytest.mark.parametrize("name", lesson_names())
def test_the_quiz_needs_nothing_but_html(name):
    first, second = quiz(name)._repr_html_(), quiz(name)._repr_html_()
    assert first == second
    assert not re.search(r"<script|https?:|onclick", first)
    ids = re.findall(r'id="([^"]+)"', first)
    assert len(ids) == len(set(ids)) == sum(len(question["choices"]) for question in quiz(name).questions)


def test_a_terminal_gets_questions_without_answers_and_feedback_on_request():
    asked = quiz("00")
    assert repr(asked).startswith("1. ")
    assert "Right:" not in repr(asked)
    feedback = [asked.answer(1, letter) for letter in "abc"]
    assert sum(answer.right for answer in feedback) == 1
    for number, letter in ((0, "a"), (1, "z")):
        with pytest.raises(ChoiceProblem):
            asked.answer(number, letter)


def test_an_unknown_lesson_names_the_known():
    with pytest.raises(ChoiceProblem, match="00_start_here"):
        quiz("99")
