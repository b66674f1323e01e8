"""Checks of lesson 35: each works the answer out anew and returns which text to say."""

from collections.abc import Iterable, Mapping
from typing import Any

from crqkit.course.exercises import close

SAME = 0.001  # chi-squares nearer than this are one and the same
PEOPLE = 50


def indirect_by_hand(answer: object, path: Mapping[str, float]) -> str:
    """Judge how much of an effect passes through commitment: the product of the paths along that route."""
    first, second, third, past = (path[name] for name in ("sa_ct", "ct_ac", "ac_lo", "ct_lo"))
    outcomes = {
        "right": first * second * third,
        "total": first * (second * third + past),
        "past": first * past,
        "half_way": second * third,
        "added": first + second + third,
    }
    return next((name for name, value in outcomes.items() if close(answer, value)), "wrong")


def half_the_buffer(answer: object, *_: object) -> str:
    """Judge how many times as many people a difference half as large takes: one over the square of a half."""
    if close(answer, 1 / 0.5**2, 0.5):
        return "right"
    return "twice" if close(answer, 2, 0.5) else "people" if float(answer) >= PEOPLE else "wrong"  # type: ignore[arg-type]


def cannot_be_told_apart(answer: Iterable[str], fits: Mapping[str, Any]) -> str:
    """Judge which drawings fit exactly as well as the first."""
    first, *others = fits
    named = ({answer} if isinstance(answer, str) else set(answer)) - {first}
    chisq = {name: fits[name].fit_measures["chisq"] for name in fits}
    same = {name for name in others if abs(chisq[name] - chisq[first]) < SAME}
    if named - set(others):
        return "unknown"
    if named == same:
        return "right"
    return "too_few" if named < same else "collider" if "two causes" in named else "wrong"
