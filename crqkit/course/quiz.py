"""A quiz that works anywhere: plain HTML that opens and closes, no script, no widget, no network."""

import html
from dataclasses import dataclass
from typing import Any

from crqkit.base import ChoiceProblem
from crqkit.course.exercises import Feedback
from crqkit.course.lesson import load_lesson, words


@dataclass(frozen=True, repr=False)
class Quiz:
    """The questions of one lesson; `answer` gives the feedback where nothing can be clicked."""

    lesson: str
    questions: tuple[dict[str, Any], ...]

    def answer(self, number: int, letter: str) -> Feedback:
        """Return the feedback to one choice, such as ``answer(1, "b")``."""
        if not isinstance(number, int) or not 1 <= number <= len(self.questions):
            raise ChoiceProblem("number", number, range(1, len(self.questions) + 1))
        choices = self.questions[number - 1]["choices"]
        letters = [_letter(place) for place in range(len(choices))]
        given = str(letter).strip().lower()
        if given not in letters:
            raise ChoiceProblem("letter", letter, letters)
        return _feedback(choices[letters.index(given)])

    def __repr__(self) -> str:
        lines = []
        for number, question in enumerate(self.questions, start=1):
            lines.append(f"{number}. {question['ask']}")
            lines += [f"   {_letter(place)}) {choice['say']}" for place, choice in enumerate(question["choices"])]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        blocks = []
        for number, question in enumerate(self.questions, start=1):
            choices = "".join(
                f'<details id="quiz-{self.lesson}-{number}-{_letter(place)}">'
                f"<summary>{html.escape(choice['say'])}</summary>{_feedback(choice)._repr_html_()}</details>"
                for place, choice in enumerate(question["choices"])
            )
            blocks.append(f"<li><p>{html.escape(question['ask'])}</p>{choices}</li>")
        return f"<p><em>{html.escape(words()['quiz_title'])}</em></p><ol>{''.join(blocks)}</ol>"


def quiz(lesson: str) -> Quiz:
    """Return the quiz of a lesson.

    >>> quiz("00").lesson
    '00_start_here'
    """
    found = load_lesson(lesson)
    return Quiz(found["name"], tuple(found["quiz"]))


def _letter(place: int) -> str:
    return "abcdefgh"[place]


def _feedback(choice: dict[str, Any]) -> Feedback:
    right = bool(choice.get("right"))
    return Feedback(right, words()["right" if right else "not_this"], choice["feedback"])
