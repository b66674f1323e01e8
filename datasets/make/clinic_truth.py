"""What is true of the simulated clinic."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
from town import truth, voices
from town.bonds import Story

DEFINITIONS = {
    "bookings": "rows of the appointments; by status: came, no_show, cancelled, planned",
    "courses": "appointments whose service is first visit; each begins a course",
    "reminders": "rows of the reminders and calls whose type is reminder",
    "calls": "rows whose type is follow-up call; reached: those whose status is solved",
    "in_lot": "rows of the lot: clients whose first course was over; drawn: those whose activity is drawn: call",
    "clients": "clients of the simulation; each has at least one appointment",
    "answers": "rows of the answers; with_comment: those with words",
    "recommend_mean": "mean Score, 0 to 10, over the answers",
    "nps": "100 x (share of 9 and 10 less share of 0 to 6) among the answers",
}
OWN = {
    "call_on_return": "on the log of the rate of new courses, from a follow-up call on that was answered; whom to call "
    "was drawn by lot",
    "quality_on_reaching": "on the log of the odds of answering the call, per standard deviation of the quality of the "
    "bond: who answers would have come back more often anyway",
    "reminder_on_no_show": "on the log of the odds of a no show among appointments not cancelled, where a reminder was "
    "sent; nothing else changed on the day when reminders began",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    clients: list,
    bookings: list[dict],
    contacts: list[dict],
    lot: list[dict],
    scores: list,
    parameters: dict,
    end: datetime,
) -> None:
    status = Counter(row["status"] for row in bookings)
    kinds = Counter(row["type"] for row in contacts)
    given = [one.score for one in scores]
    counts = {
        "bookings": {
            "bookings": len(bookings),
            **{name.replace(" ", "_"): status[name] for name in ("came", "no show", "cancelled", "planned")},
            "courses": sum(row["service"] == "first visit" for row in bookings),
        },
        "interactions": {
            "reminders": kinds["reminder"],
            "calls": kinds["follow-up call"],
            "reached": sum(row["type"] == "follow-up call" and row["status"] == "solved" for row in contacts),
        },
        "lot": {"in_lot": len(lot), "drawn": sum(row["activity"] == "drawn: call" for row in lot)},
        "customers": {"clients": len(clients)},
        "answers": {
            "answers": len(scores),
            "with_comment": sum(bool(one.comment) for one in scores),
            "recommend_mean": truth.mean(given),
            "nps": truth.mean([100 * ((score >= 9) - (score <= 6)) for score in given]),
        },
    }
    over = "rate of new courses from two days after the lot on, "
    drawn, reached = _ratios(story, parameters["practice"]["log_odds_of_reaching"])
    true = {
        "ratio_by_lot": truth.value(drawn, f"{over}all drawn for a call over all not drawn: what the lot tells"),
        "ratio_of_a_call": truth.value(
            round(float(np.exp(story["call_on_return"])), 4), f"{over}after an answered call over the same without one"
        ),
        "ratio_of_reached": truth.value(
            reached, f"{over}the reached over all others: what one finds who forgets the lot; it is no effect"
        ),
        "odds_ratio_of_reminder": truth.value(
            round(float(np.exp(story["reminder_on_no_show"])), 4), "odds of a no show, reminded over not reminded"
        ),
        "recommend_mean": truth.value(
            round(_expected(), 4), "all clients there could be, before choice of whom to ask, and chance"
        ),
    }
    about = "a physiotherapy practice that does not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in clients))


def _quality() -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of a standard normal, to take means over all clients there could be."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    return points, weights / weights.sum()


def _ratios(story: Story, centre: float) -> tuple[float, float]:
    quality, weight = _quality()
    odds = np.exp(centre + story["quality_on_reaching"] * quality)
    reach, usual, call = odds / (1 + odds), np.exp(story["visits"] * quality), np.exp(story["call_on_return"])
    drawn = (weight * usual * (1 - reach + reach * call)).sum() / (weight * usual).sum()
    reached = call * (weight * usual * reach).sum() / (weight * reach).sum()
    # Half are drawn; the others are those not drawn and those not reached.
    missed = (weight * usual * (1 - reach)).sum() + (weight * usual).sum()
    others = missed / ((weight * (1 - reach)).sum() + 1)
    return round(float(drawn), 4), round(float(reached / others), 4)


def _expected() -> float:
    """The mean of the recommendation, rounded and cut at 0 and 10, by the normal it comes from."""
    from math import erf, sqrt

    spread = sqrt(voices.PER_SD**2 + voices.NOISE_SD**2)
    return sum((1 - erf((score - 0.5 - voices.CENTRE) / spread / sqrt(2))) / 2 for score in range(1, 11))


def _row(one, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "joined_on": one.joined.date(),
        "left_on": "",
        "courses": one.courses,
        "drawn": ("yes" if one.drawn else "no") if one.drawn_at else "",
        "reached": "yes" if one.reached else "",
        **truth.bond(one.bond, one.joined, end),
    }
