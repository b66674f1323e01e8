"""Ways to ask customers, and how many of them may answer: declared assumptions, each to be replaced by one's own."""

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crqkit.base import ChoiceProblem, DataProblem, Fault
from crqkit.tables.checks import is_whole

ASSUMED = "assumption, to be replaced by your own figures"
SATMETRIX = (
    "Satmetrix 2015: 13 to 16 % of consumers, 23 to 32 % of business customers answer by e-mail; the range assumed"
)
GORITZ = (
    "Göritz & Crutzen 2012, American Journal of Evaluation 33:240-250: reminders raised answers from 50 to 66 % in "
    "online panels, so a third of the silent answered; customers who joined no panel are assumed to answer less"
)


class Channel(NamedTuple):
    """One way to ask: the share that answers the first time (low, usual, high) and whether one can remind."""

    id: str
    low: float
    usual: float
    high: float
    remind: bool
    source: str = ASSUMED


CHANNELS = {
    channel.id: channel
    for channel in (
        Channel("till card", 0.05, 0.12, 0.25, False),
        Channel("receipt code", 0.005, 0.02, 0.05, False),
        Channel("e-mail", 0.06, 0.14, 0.25, True, SATMETRIX),
        Channel("text message", 0.06, 0.15, 0.30, True),
        Channel("WhatsApp", 0.08, 0.20, 0.40, True),
        Channel("telephone", 0.15, 0.30, 0.50, True),
        Channel("letter", 0.05, 0.12, 0.25, True),
        Channel("in person", 0.40, 0.60, 0.80, False),
    )
}
# Of those still silent, a reminder reaches this part of the share that answered the first time.
REMINDERS = (0.5, 0.3, 0.2)
Rates = Mapping[str, float | Sequence[float]]


def known_channels(reach: Mapping[str, int], rates: Rates | None) -> dict[str, Channel]:
    """Return the channels of `reach` with the shares to expect: the reader's own `rates` before the assumed ones.

    Raises
    ------
    ChoiceProblem
        No mapping; a rate for a channel that reaches nobody.
    DataProblem
        Numbers of people that are none, a channel of one's own without a rate, shares that are none; all at once.
    """
    _check_mapping("reach", reach, "people by channel, such as {'e-mail': 180}")
    _check_mapping("rates", rates or {}, "shares by channel, such as {'e-mail': 0.2}")
    rates = dict(rates or {})
    if extra := [name for name in rates if name not in reach]:
        raise ChoiceProblem("rates", extra[0], list(reach))
    faults, found = _people_faults(reach), {}
    for name in reach:
        own = rates.get(name)
        if own is None and name not in CHANNELS:
            mend = f"Give its rate, as in rates={{'{name}': (0.05, 0.1, 0.2)}}; assumed ones: {', '.join(CHANNELS)}."
            faults.append(Fault("there is no assumed rate for this channel", mend, column="reach", value=name))
            continue
        shares = own if own is not None else CHANNELS[name][1:4]
        shares = [shares] * 3 if isinstance(shares, Real) else list(shares)
        if not _in_order(shares):
            mend = "Give one share, or three from low to high, such as (0.05, 0.1, 0.2)."
            faults.append(Fault("these are not shares of people who answer", mend, column="rates", value=own))
            continue
        remind = CHANNELS[name].remind if name in CHANNELS else True
        source = "your own figure" if own is not None else CHANNELS[name].source
        found[name] = Channel(name, *map(float, shares), remind, source)
    if faults:
        raise DataProblem(faults)
    return found


def reminder_parts(reminders: int | Sequence[float]) -> tuple[float, ...]:
    """Return what each reminder brings, as parts of the first share: the first of `REMINDERS`, or one's own."""
    if is_whole(reminders) and int(reminders) <= len(REMINDERS):
        return REMINDERS[: int(reminders)]
    several = isinstance(reminders, Sequence) and not isinstance(reminders, str)
    if several and all(isinstance(part, Real) and 0 <= part <= 1 for part in reminders):
        return tuple(map(float, reminders))
    raise ChoiceProblem("reminders", reminders, [0, 1, 2, 3, "parts such as (0.5, 0.3)"])


def draw_answers(
    channel: Channel, people: int, parts: Sequence[float], luck: NDArray[Any], rng: np.random.Generator
) -> NDArray[Any]:
    """Return how many answer each step (columns), one row a draw.

    A draw's share is that quantile of a beta distribution at which `luck` (0 to 1) stands; given the share, chance
    decides for each person (binomial), and those still silent are reminded.
    """
    share = _share_at(channel, luck)
    silent, steps = np.full(len(luck), people), []
    for part in (1.0, *parts):
        steps.append(rng.binomial(silent, share * part))
        silent = silent - steps[-1]
    return np.column_stack(steps)


def expected_answers(channel: Channel, people: float, parts: Sequence[float]) -> list[float]:
    """Return the answers to expect at each step, at the usual share."""
    silent, steps = people, []
    for part in (1.0, *parts):
        steps.append(silent * channel.usual * part)
        silent -= steps[-1]
    return steps


def final_share(channel: Channel, share: float, parts: Sequence[float]) -> float:
    """Return the share that has answered after all reminders, if `share` answer the first time."""
    return sum(expected_answers(channel._replace(usual=share), 1.0, parts))


def _share_at(channel: Channel, luck: NDArray[Any]) -> NDArray[Any]:
    """Beta with mean `usual` and, for its standard deviation, a quarter of the range: low to high holds about 95 %."""
    from scipy.special import betaincinv

    mean, sd = channel.usual, (channel.high - channel.low) / 4
    if sd == 0 or mean in (0, 1):
        return np.full(len(luck), mean)
    size = max(mean * (1 - mean) / sd**2 - 1, 1e-6)
    return betaincinv(mean * size, (1 - mean) * size, luck)


def _in_order(shares: Sequence[Any]) -> bool:
    numbers = len(shares) == 3 and all(isinstance(share, Real) and not isinstance(share, bool) for share in shares)
    return numbers and 0 <= shares[0] <= shares[1] <= shares[2] <= 1 and shares[1] > 0


def _check_mapping(name: str, given: Any, such_as: str) -> None:
    if not isinstance(given, Mapping):
        raise ChoiceProblem(name, given, [such_as])


def _people_faults(reach: Mapping[str, int]) -> list[Fault]:
    if not reach:
        mend = "Say how many people each channel reaches, as in reach={'e-mail': 180}."
        return [Fault("no channel is given", mend, column="reach")]
    mend = "Give whole numbers of people, each person under one channel only."
    return [
        Fault("this is not a number of people", mend, column=f"reach, {name}", value=people)
        for name, people in reach.items()
        if not is_whole(people)
    ]
