"""Checks of lesson 00: each works the answer out anew and returns which text to say."""

from collections.abc import Iterable, Mapping

from crqkit.base import Result
from crqkit.course.exercises import close

POINTS = 100


def score_by_hand(answer: object, ratings: Iterable[float]) -> str:
    """Judge an NPS worked out by hand."""
    given = list(ratings)
    happy, middling = sum(r >= 9 for r in given), sum(7 <= r <= 8 for r in given)
    unhappy, n = len(given) - happy - middling, len(given)
    outcomes = {
        "right": POINTS * (happy - unhappy) / n,
        "share": (happy - unhappy) / n,
        "happy_only": POINTS * happy / n,
        "turned": POINTS * (unhappy - happy) / n,
        "left_out": POINTS * (happy - unhappy) / (happy + unhappy),
        "too_generous": POINTS * (happy + middling - unhappy) / n,
        "average": sum(given) / n,
    }
    return next((name for name, value in outcomes.items() if close(answer, value, 0.05)), "wrong")


def half_as_wide(answer: object, before: int) -> str:
    """Judge how many times as many answers make a range half as wide: one over the square of a half."""
    if close(answer, 1 / 0.5**2, 0.5):
        return "right"
    return "twice" if close(answer, 2, 0.5) else "answers" if float(answer) >= before else "wrong"


def really_up(answer: Iterable[str], changes: Mapping[str, Result]) -> str:
    """Judge which changes are rises beyond doubt: those whose lower end is above zero."""
    named = {answer} if isinstance(answer, str) else set(answer)
    up = {name for name, change in changes.items() if change.table["low"].iloc[-1] > 0}
    if named - set(changes):
        return "unknown"
    return "right" if named == up else "too_many" if named - up else "too_few"
