"""Checks of lesson 11: each works the answer out anew and returns which text to say."""

from collections.abc import Iterable, Mapping
from math import ceil

from crqkit.base import Result, Verdict
from crqkit.course.exercises import close

USUAL = 0.95
# The square of 1.96: with Wilson's range, n perfect answers of n reach down to n / (n + 3.84).
SQUARE = 1.959964**2


def will_miss(answer: object, promise: float, surveys: int) -> str:
    """Judge how many of `surveys` ranges miss: what the promise leaves over, give or take luck in counting."""
    # Rounded, for 1 - 0.9 is a little less than a tenth in the computer's arithmetic.
    missing = round((1 - promise) * surveys, 6)
    usual, of_hundred = (1 - USUAL) * surveys, (1 - promise) * 100
    # With 90 in 100 and two hundred surveys both slips give ten.
    both = {"usual_or_hundred": usual} if close(usual, of_hundred, 0.5) else {}
    outcomes = both | {
        "usual": usual,
        "of_hundred": of_hundred,
        "held": promise * surveys,
        "none": 0,
    }
    if close(answer, missing, 0.25 * missing):
        return "right"
    return next((name for name, value in outcomes.items() if close(answer, value, 0.5)), "wrong")


def all_delighted(answer: object, wanted: float) -> str:
    """Judge the fewest perfect answers whose range lies at `wanted` or above."""
    fewest = ceil(wanted / (1 - wanted) * SQUARE)
    if close(answer, fewest, 0.5):
        return "right"
    if 0 < float(answer) <= 1:
        return "share"
    return "wrong" if float(answer) <= 0 else "too_few" if float(answer) < fewest else "too_many"


def may_say_alike(answer: Iterable[str], lists: Mapping[str, Result]) -> str:
    """Judge who may say that those who answered are like the others: nobody, and each for a reason of its own."""
    named = {answer} if isinstance(answer, str) else set(answer)
    if named - set(lists):
        return "wrong"
    verdicts = {Verdict(says) for name in named for says in lists[name].table["verdict"]}
    if any(says.clear for says in verdicts):
        return "difference"
    if Verdict.TOO_LITTLE in verdicts:
        return "too_little"
    return "not_seen" if named else "right"
