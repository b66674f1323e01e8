"""Exercises that answer back: a right answer is told why, a wrong one where to look, and none raises an error.

An exercise is named by the number of its lesson and its own name: ``"00.score_by_hand"``. Its texts stand in the
lesson's YAML file; a function of the same name in ``lessons/check_<number>.py`` works the answer out anew
from the data it is given and returns which text to say.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from crqkit.base import ChoiceProblem
from crqkit.course.lesson import load_lesson, words


@dataclass(frozen=True, repr=False)
class Feedback:
    """What an exercise answers; `right` tells programs, `opening` and `text` tell people."""

    right: bool
    opening: str
    text: str

    def __repr__(self) -> str:
        return f"{self.opening} {self.text}"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.opening)}</strong> {html.escape(self.text)}</p>"


class Hint(Feedback):
    """A first step, folded away in a notebook until it is asked for."""

    def _repr_html_(self) -> str:
        return f"<details><summary>{html.escape(self.opening)}</summary>{html.escape(self.text)}</details>"


def check(name: str, answer: Any, *given: Any) -> Feedback:
    """Check an answer to an exercise.

    Parameters
    ----------
    name : str
        Number of the lesson, dot, name of the exercise.
    answer : any
        The learner's answer; the dots of the placeholder are no mistake.
    *given : any
        The data the exercise is about, from which the right answer is worked out.

    Returns
    -------
    Feedback
        Never an error for a wrong answer, whatever it is; `ChoiceProblem` for an unknown exercise only.
    """
    number, short, texts = _exercise(name)
    if unanswered(answer):
        return Feedback(False, words()["not_yet"], words()["placeholder"])
    checker = getattr(import_module(f"crqkit.course.lessons.check_{number}"), short)
    try:
        outcome = checker(answer, *given)
    except Exception:  # An answer may be anything at all; whatever it breaks, the learner reads what is expected.
        return Feedback(False, words()["not_yet"], words()["wrong_kind"].format(expects=texts["expects"]))
    return Feedback(outcome == "right", words()["right" if outcome == "right" else "not_yet"], texts[outcome])


def hint(name: str) -> Hint:
    """Return a first step towards the answer; a notebook shows it when it is clicked."""
    return Hint(False, words()["hint"], _exercise(name)[2]["hint"])


def unanswered(answer: Any) -> bool:
    """Whether the placeholder still stands: dots, nothing, or a list with dots in it.

    >>> unanswered(...), unanswered(["a", ...]), unanswered(0)
    (True, True, False)
    """
    if isinstance(answer, str):
        return answer.strip(" .…") == ""
    if isinstance(answer, list | tuple | set | frozenset):
        return any(part is ... for part in answer)
    return answer is ... or answer is None


def close(answer: Any, truth: float, within: float = 0.005) -> bool:
    """Whether `answer` is a number no farther than `within` from `truth`; anything else raises `TypeError`."""
    if isinstance(answer, bool | str):
        raise TypeError
    return abs(float(answer) - truth) <= within


def _exercise(name: str) -> tuple[str, str, Mapping[str, str]]:
    number, _, short = name.partition(".")
    exercises = load_lesson(number)["exercises"]
    if short not in exercises:
        raise ChoiceProblem("exercise", name, [f"{number}.{known}" for known in exercises])
    return number, short, exercises[short]
