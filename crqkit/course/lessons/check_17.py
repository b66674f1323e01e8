"""Checks of lesson 17: each works the answer out anew and returns which text to say."""

from collections.abc import Callable, Iterable, Mapping

from crqkit.course.exercises import close

# The fault of each draft question of the third exercise; none of those that may be printed.
FAULTS = {"a": "two_things", "c": "leads", "d": "twice_turned", "f": "not_known"}
WANTED, ANSWERING = 0.3, 0.2


def answers_to_expect(answer: object, invited: int, share: float, reminder: float) -> str:
    """Judge how many answer, if those still silent are reminded once."""
    first = invited * share
    second = (invited - first) * share * reminder
    outcomes = {
        "right": first + second,
        "first_only": first,
        "reminder_only": second,
        "all_reminded": first + first * reminder,
        "full_share": first + (invited - first) * share,
    }
    return next((name for name, value in outcomes.items() if close(answer, value, 0.8)), "wrong")


def twice_as_precise(answer: object, invitations: Callable[[float], int]) -> str:
    """Judge how many people to invite for half the width of doubt."""
    usual, truth = invitations(WANTED), invitations(WANTED / 2)
    near = {
        "right": (truth, 0.03),
        "same": (usual, 0.03),
        "double": (2 * usual, 0.05),
        "answers": (truth * ANSWERING, 0.05),
    }
    found = (name for name, (value, part) in near.items() if close(answer, value, part * value))
    return next(found, "wrong")


def to_the_printer(answer: Iterable[str], drafts: Mapping[str, str]) -> str:
    """Judge which draft questions may be printed: those without a fault."""
    named = {letter.strip().lower() for letter in answer}
    if named - set(drafts):
        return "unknown"
    faults = [FAULTS[letter] for letter in sorted(named) if letter in FAULTS]
    if faults:
        return faults[0]
    return "right" if named == set(drafts) - set(FAULTS) else "too_few"
