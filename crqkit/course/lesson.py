"""One YAML file a lesson: what its exercises answer back, and its quiz."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.base import ChoiceProblem, DataProblem, Fault

# What every exercise needs beside the feedback to particular mistakes.
TEXTS = ("hint", "expects", "right", "wrong")
FEWEST = 3


def lesson_names() -> Sequence[str]:
    """Return the lessons that have a file, in reading order."""
    folder = files("crqkit.course") / "lessons"
    return sorted(path.name.removesuffix(".yml") for path in folder.iterdir() if path.name.endswith(".yml"))


@cache
def words() -> Mapping[str, str]:
    """Return the few texts that all lessons share."""
    return _read("words.yml")


@cache
def load_lesson(name: str) -> Mapping[str, Any]:
    """Return the file of a lesson, given its whole name or its number (``"00"``).

    Raises `ChoiceProblem` for an unknown lesson, `DataProblem` for a file with faults, all at once.
    """
    known = lesson_names()
    found = [lesson for lesson in known if lesson == name or lesson.split("_")[0] == name]
    if not found:
        raise ChoiceProblem("lesson", name, known)
    lesson = _read(f"lessons/{found[0]}.yml")
    faults = [Fault(what, "Mend the lesson's file.", file=f"{found[0]}.yml") for what in faults_of(lesson)]
    if faults:
        raise DataProblem(faults)
    return lesson | {"name": found[0]}


def faults_of(lesson: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a lesson's file: too few questions, a choice without feedback, not one right."""
    faults = []
    for part in ("exercises", "quiz"):
        if len(lesson.get(part, ())) < FEWEST:
            faults.append(f"{part}: fewer than {FEWEST}")
    for name, texts in lesson.get("exercises", {}).items():
        faults += [f"exercise {name}: '{text}' is missing" for text in TEXTS if not texts.get(text)]
    for number, question in enumerate(lesson.get("quiz", ()), start=1):
        choices = question.get("choices", ())
        right = [choice for choice in choices if choice.get("right")]
        if not question.get("ask"):
            faults.append(f"question {number}: nothing is asked")
        if len(right) != 1 or len(choices) < 2:
            faults.append(f"question {number}: {len(right)} of {len(choices)} choices are right, not one of several")
        for choice in choices:
            if not choice.get("say") or not choice.get("feedback"):
                faults.append(f"question {number}: the choice '{choice.get('say', '')}' has no feedback")
    return faults


def _read(name: str) -> Any:
    import yaml

    path = files("crqkit.course").joinpath(*name.split("/"))
    return yaml.safe_load(path.read_text(encoding="utf-8"))
