"""Exercises answer, whatever they are given."""

import pytest

from crqkit.base import ChoiceProblem
from crqkit.course import check, hint
from crqkit.course.exercises import close, unanswered
from crqkit.course.lesson import lesson_names, load_lesson

EVERY = [f"{name.split('_')[0]}.{short}" for name in lesson_names() for short in load_lesson(name)["exercises"]]
STRANGE = [float("nan"), "many", -1, 10**30, [], {}, object(), True, b"x", [1, 2, 3], {"a": None}, lambda: 1]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("answer", [..., None, "...", "", ["a", ...]])
def test_the_placeholder_is_no_mistake(name, answer):
    assert repr(check(name, answer)) == "Not yet: write your answer where the dots are."


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("answer", STRANGE)
def test_no_answer_raises_and_none_of_these_is_right(name, answer):
    feedback = check(name, answer, None)
    assert not feedback.right
    assert repr(feedback).startswith("Not yet: ")


@pytest.mark.parametrize("name", EVERY)
def test_a_hint_is_given_on_request(name):
    assert repr(hint(name)).startswith("Hint: ")


def test_an_unknown_exercise_names_the_known():
    with pytest.raises(ChoiceProblem, match=EVERY[0]):
        check("00.no_such_exercise", 1)


def test_unanswered_is_only_the_placeholder():
    assert not any(unanswered(answer) for answer in (0, False, "no", [], ["a"]))


def test_close_takes_numbers_only():
    assert close(0.501, 0.5)
    assert not close(float("nan"), 0.5)
    for wrong in ("0.5", True):
        with pytest.raises(TypeError):
            close(wrong, 0.5)


def test_feedback_in_a_notebook_is_escaped(monkeypatch):
    from crqkit.course.exercises import Feedback

    assert "<b>" not in Feedback(True, "Right:", "<b>")._repr_html_()
