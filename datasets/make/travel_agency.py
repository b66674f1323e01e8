"""Rebuild the running case "the travel agency": a simulated survey of needs, bookings of trips, and their truth.

    python datasets/make/travel_agency.py [--out datasets/travel_agency]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from town import files, people, qualtrics_export, sheets, voices
from town.bonds import Bond, Story, happenings, rate
from town.people import Person
from town.qualtrics_export import PREVIEW, SPAM, Answer
from travel_agency_truth import write_truth
from travel_agency_words import ASKED, ATTENTION, COMMENT, COMPANIONS, COMPANY, NEEDS, RECOMMEND, WORDS

SEED = 20260101
ZONE = "Europe/Vienna"
FIRST, END = datetime(2024, 11, 4), datetime(2026, 11, 1)
ADVENTURE, LUXURY, BUDGET = "adventure", "luxury", "budget"
LOW, HIGH, ASKED_FOR = 1, 7, 3
AGENCY = {
    "customers": 520,
    "segments": {ADVENTURE: 0.35, LUXURY: 0.25, BUDGET: 0.4},
    "share_answering": {ADVENTURE: 0.8, LUXURY: 0.5, BUDGET: 0.75},
    "trips_per_year_after_the_first": 0.9,
    "amount_eur": {"median": 900, "sd_of_log_between": 0.3, "sd_of_log_within": 0.3},
    "share_cancelled": 0.05,
    "answers_around_the_mean": 1.1,
    "share_straight": 0.05,
    "share_random": 0.05,
    "share_inattentive_of_the_others": 0.02,
    "share_broken_off": 0.04,
    "share_of_items_left_out": 0.01,
    "previews": 4,
    "spam": 6,
    "share_with_address": 0.9,
}
# What the average of each segment answers, before rounding; in the order of the items.
MEANS = {
    ADVENTURE: (6.0, 5.8, 5.6, 2.8, 3.0, 3.2, 3.8, 4.0, 3.6, 4.8),
    LUXURY: (3.4, 3.2, 3.4, 6.1, 5.8, 5.9, 2.4, 2.6, 2.8, 4.8),
    BUDGET: (3.6, 3.4, 3.4, 3.2, 3.0, 3.0, 6.1, 5.9, 5.7, 4.8),
}
PLANTED = {"segments": 1.0, "luxury_on_amount": 0.9, "adventure_on_amount": 0.45, "visits": 0.3}
STRAIGHT, RANDOM, CAREFUL = "straight line", "at random", ""


@dataclass
class Traveller:
    """A customer with what only the simulator knows; `careless` is how the questions of needs were answered."""

    person: Person
    bond: Bond
    joined: datetime
    segment: str
    usual: float
    answered: bool = False
    careless: str = CAREFUL


def main() -> None:
    files.main("travel_agency", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 3)
    customers = _customers(chance[0], story)
    orders = _orders(chance[1], story, customers)
    answers = _answers(chance[2], story, customers)
    exports = folder / "exports"
    sheets.write(exports / "trips.csv", "orders", orders)
    qualtrics_export.write(exports / "What matters to you on a trip.csv", ASKED, answers, ZONE)
    files.shop(exports, "travel_agency", "The travel agency", ZONE, "EUR", groups=f"[{ASKED[COMPANY]!r}]")
    means = {name: list(values) for name, values in MEANS.items()}
    parameters = {"agency": AGENCY, "means": means, "voices": voices.parameters()}
    write_truth(folder, SEED, story, customers, orders, answers, parameters, END)


def _customers(rng: np.random.Generator, story: Story) -> list[Traveller]:
    names, found = people.persons(rng, people.GERMAN), []
    segments, amount = AGENCY["segments"], AGENCY["amount_eur"]
    for _ in range(AGENCY["customers"]):
        segment = list(segments)[int(rng.choice(len(segments), p=list(segments.values())))]
        more = {LUXURY: story["luxury_on_amount"], ADVENTURE: story["adventure_on_amount"], BUDGET: 0.0}[segment]
        usual = amount["median"] * np.exp(more + rng.normal(0, amount["sd_of_log_between"]))
        joined = people.between(rng, FIRST, datetime(2026, 8, 31))
        found.append(Traveller(next(names), Bond.new(rng), joined, segment, usual))
    return sorted(found, key=lambda one: one.joined)


def _orders(rng: np.random.Generator, story: Story, customers: list[Traveller]) -> list[dict]:
    rows = []
    for one in customers:
        often = rate(story, "visits", one.bond, AGENCY["trips_per_year_after_the_first"])
        for day in [one.joined, *happenings(rng, one.joined, END, often)]:
            at = people.opening(rng, day, 9, 18, closed=(6,)).replace(second=0)
            euros = round(one.usual * np.exp(rng.normal(0, AGENCY["amount_eur"]["sd_of_log_within"])))
            back, cancels = at + timedelta(days=int(rng.integers(2, 40))), rng.random() < AGENCY["share_cancelled"]
            if at < END:
                rows.append({"date": at, "customer": one.person.email, "amount": euros})
                if cancels and back < END:
                    rows.append({"date": back, "customer": one.person.email, "amount": -euros})
    rows.sort(key=lambda row: (row["date"], row["customer"], row["amount"]))
    return [{"order": f"T-{place:05d}"} | row | {"currency": "EUR"} for place, row in enumerate(rows, 1)]


# The survey ------------------------------------------------------------------------------------------------------


def _answers(rng: np.random.Generator, story: Story, customers: list[Traveller]) -> list[Answer]:
    """In September 2026 everybody is written to; who likes luxury answers more rarely."""
    start, found = datetime(2026, 9, 14), []
    for one in customers:
        answers, draw = rng.random() < AGENCY["share_answering"][one.segment], rng.random()
        at = people.opening(rng, start + timedelta(days=int(rng.integers(0, 21))), 7, 22)
        straight, at_random = AGENCY["share_straight"], AGENCY["share_random"]
        careless = STRAIGHT if draw < straight else RANDOM if draw < straight + at_random else CAREFUL
        answer = _answer(rng, story, one, at, careless)
        if answers:
            one.answered, one.careless = True, careless
            found.append(answer)
    found += [_owner(rng, start - timedelta(days=3, minutes=7 * place)) for place in range(AGENCY["previews"])]
    found += [_robot(rng, start + timedelta(days=place, hours=3)) for place in range(AGENCY["spam"])]
    return found


def _answer(rng: np.random.Generator, story: Story, one: Traveller, at: datetime, careless: str) -> Answer:
    given: dict[str, object] = dict(_needs(rng, story, one.segment, careless))
    said = voices.pocket(rng, story, one.bond, at, WORDS)
    given |= {RECOMMEND: said[voices.RECOMMEND], COMPANY: people.pick(rng, COMPANIONS), COMMENT: said[voices.COMMENT]}
    first, last = one.person.name.split(" ", 1)
    address = one.person.email if rng.random() < AGENCY["share_with_address"] else ""
    seconds = int(rng.integers(25, 70)) if careless else int(rng.integers(110, 420))
    progress = 100
    if rng.random() < AGENCY["share_broken_off"] and not careless:
        # The page with the needs comes first; the rest was never seen.
        given, progress, seconds = {id: given[id] for id in (*NEEDS, ATTENTION)}, 60, seconds // 2
    return Answer(
        at, f"R_{people.code(rng, 15)}", given, seconds, f"203.0.113.{rng.integers(1, 255)}", first if address else "",
        last if address else "", address, progress=progress,
    )  # fmt: skip


def _needs(rng: np.random.Generator, story: Story, segment: str, careless: str) -> dict[str, object]:
    """The ten needs and the question whether one reads: given the segment, each answer stands for itself."""
    ids = (*NEEDS, ATTENTION)
    middle = np.mean([np.array(MEANS[name]) for name in MEANS], axis=0)
    meant = middle + story["segments"] * (np.array(MEANS[segment]) - middle)
    drawn = np.clip(np.rint(rng.normal(meant, AGENCY["answers_around_the_mean"])), LOW, HIGH).astype(int)
    heeds = rng.random() >= AGENCY["share_inattentive_of_the_others"]
    blank = rng.random(len(NEEDS)) < AGENCY["share_of_items_left_out"]
    same, any_of = int(rng.integers(LOW, HIGH + 1)), rng.integers(LOW, HIGH + 1, size=len(ids))
    if careless == STRAIGHT:
        return dict.fromkeys(ids, same)
    if careless == RANDOM:
        return {id: int(value) for id, value in zip(ids, any_of, strict=True)}
    given = {id: "" if out else int(value) for id, value, out in zip(NEEDS, drawn, blank, strict=True)}
    return given | {ATTENTION: ASKED_FOR if heeds else int(any_of[-1])}


def _owner(rng: np.random.Generator, at: datetime) -> Answer:
    given = dict.fromkeys((*NEEDS, ATTENTION), HIGH) | {RECOMMEND: 10, COMPANY: COMPANIONS[0], COMMENT: "Only a test"}
    return Answer(at, f"R_{people.code(rng, 15)}", given, 20, status=PREVIEW)


def _robot(rng: np.random.Generator, at: datetime) -> Answer:
    given = {id: int(rng.integers(LOW, HIGH + 1)) for id in (*NEEDS, ATTENTION)}
    given |= {RECOMMEND: 0, COMPANY: COMPANIONS[-1], COMMENT: "Cheap watches, visit us"}
    return Answer(at, f"R_{people.code(rng, 15)}", given, 4, f"203.0.113.{rng.integers(1, 255)}", status=SPAM)


if __name__ == "__main__":
    main()
