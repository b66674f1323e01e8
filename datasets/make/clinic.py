"""Rebuild the running case "the clinic": simulated appointments, reminders, calls drawn by lot, and their truth.

    python datasets/make/clinic.py [--out datasets/clinic]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from clinic_truth import write_truth
from town import delighted_export, files, people, sheets, voices
from town.bonds import Bond, Story, happenings, rate
from town.delighted_export import Score
from town.people import Person
from town.voices import Words

SEED = 20260100
ZONE = "Europe/Dublin"
FIRST, END = datetime(2025, 1, 6), datetime(2026, 11, 1)
REMINDED_SINCE = datetime(2026, 1, 12)
PRACTICE = {
    "clients": 380,
    "appointments_of_a_first_course": [3, 6],
    "appointments_of_a_later_course": [2, 4],
    "days_between_appointments": 7,
    "days_ahead_of_a_first_appointment": [0, 12],
    "share_cancelled": 0.07,
    "log_odds_of_no_show": -2.0,
    "days_ahead_that_are_reminded": 2,
    "days_from_course_to_lot": 10,
    "share_drawn_for_a_call": 0.5,
    "log_odds_of_reaching": 0.8,
    "courses_per_year_after_the_lot": 0.8,
    "share_answering": 0.55,
}
PLANTED = {"visits": 0.4, "call_on_return": 0.7, "quality_on_reaching": 0.8, "reminder_on_no_show": -0.8}
CAME, NO_SHOW, CANCELLED, PLANNED = "came", "no show", "cancelled", "planned"
FIRST_VISIT, TREATMENT = "first visit", "treatment"
CALL, NO_CALL = "drawn: call", "drawn: no call"
WORDS = Words(
    keep=(
        "You listen before you begin.", "I was told what to do at home.", "Always on time.",
        "You remembered what I wanted to be able to do again.", "The call afterwards was kind.", "A calm place.",
    ),
    change=(
        "Evening appointments, please.", "I waited for an answer to my mail.", "The exercises on paper would help.",
        "It is hard to reach you by telephone.", "Tell me beforehand how many visits it will take.",
    ),
    reviews={},
)  # fmt: skip


@dataclass
class Client:
    """A client with what only the simulator knows; who was drawn is in the files, who would be reached is not."""

    person: Person
    bond: Bond
    joined: datetime
    drawn_at: datetime | None = None
    drawn: bool = False
    reached: bool = False
    courses: int = 1
    bookings: list[dict] = field(default_factory=list)


def main() -> None:
    files.main("clinic", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 4)
    clients = _clients(chance[0])
    for one in clients:
        _first_course(chance[1], story, one)
        _lot(chance[2], story, one)
        _later_courses(chance[1], story, one)
    bookings = [row for one in clients for row in one.bookings]
    bookings.sort(key=lambda row: (row["booked"], row["customer"], row["date"]))
    reminders = _reminders(bookings)
    calls = _calls(clients)
    contacts = sorted(reminders + calls, key=lambda row: (row["date"], row["customer"], row["type"]))
    contacts = [{"ticket": f"K-{place:05d}"} | row for place, row in enumerate(contacts, 1)]
    bookings = [
        {"booking": f"A-{place:05d}"} | {name: row[name] for name in row if name != "reminded"}
        for place, row in enumerate(bookings, 1)
    ]
    scores = _scores(chance[3], story, clients)

    exports = folder / "exports"
    sheets.write(exports / "appointments.csv", "bookings", bookings, without="people")
    sheets.write(exports / "reminders and calls.csv", "interactions", contacts, without="first reply minutes,satisfied")
    lot = sheets.write(exports / "lot.csv", "events", _drawn(clients))
    delighted_export.write(exports / "delighted.csv", scores, ZONE)
    files.shop(exports, "clinic", "The clinic", ZONE, "EUR", opened=f"{FIRST:%Y-%m-%d}")
    practice = PRACTICE | {"reminded_since": f"{REMINDED_SINCE:%Y-%m-%d}"}
    parameters = {"practice": practice, "voices": voices.parameters()}
    write_truth(folder, SEED, story, clients, bookings, contacts, lot, scores, parameters, END)


def _clients(rng: np.random.Generator) -> list[Client]:
    names = people.persons(rng, people.BRITISH)
    found = [
        Client(next(names), Bond.new(rng), people.between(rng, FIRST, END - timedelta(days=14)))
        for _ in range(PRACTICE["clients"])
    ]
    return sorted(found, key=lambda one: one.joined)


# Appointments ----------------------------------------------------------------------------------------------------


def _first_course(rng: np.random.Generator, story: Story, one: Client) -> None:
    _course(rng, story, one, one.joined, PRACTICE["appointments_of_a_first_course"])
    done = one.bookings[-1]["date"] + timedelta(days=PRACTICE["days_from_course_to_lot"])
    one.drawn_at = done if done < END - timedelta(days=7) else None


def _later_courses(rng: np.random.Generator, story: Story, one: Client) -> None:
    """Whoever has had a first course may come again, for something new; a talk after the first makes it likelier."""
    if not one.drawn_at:
        return
    since = _call_at(one)
    talked = np.exp(story["call_on_return"] * one.reached)
    often = rate(story, "visits", one.bond, PRACTICE["courses_per_year_after_the_lot"] * talked)
    for at in happenings(rng, since, END, often):
        one.courses += 1
        _course(rng, story, one, at, PRACTICE["appointments_of_a_later_course"])


def _course(rng: np.random.Generator, story: Story, one: Client, wanted: datetime, many: list[int]) -> None:
    """A first visit some days ahead, then a treatment a week, each booked at the one before."""
    low, high = PRACTICE["days_ahead_of_a_first_appointment"]
    at = _appointment(rng, wanted + timedelta(days=int(rng.integers(low, high + 1))))
    booked = people.opening(rng, wanted, 7, 8.5).replace(second=0)
    for place in range(int(rng.integers(many[0], many[1] + 1))):
        if booked >= END:
            return
        reminded = _is_reminded(booked, at)
        status = _status(rng, story, at, reminded)
        one.bookings.append({
            "customer": one.person.email, "booked": booked, "date": at, "status": status, "reminded": reminded,
            "service": TREATMENT if place else FIRST_VISIT,
        })  # fmt: skip
        booked = at + timedelta(minutes=40)
        at = _appointment(rng, at + timedelta(days=PRACTICE["days_between_appointments"]))


def _appointment(rng: np.random.Generator, day: datetime) -> datetime:
    at = people.opening(rng, day, 9, 18, closed=(5, 6))
    return at.replace(minute=at.minute // 20 * 20, second=0)


def _is_reminded(booked: datetime, at: datetime) -> bool:
    return _reminder_at(at) >= REMINDED_SINCE and (at - booked).days >= PRACTICE["days_ahead_that_are_reminded"]


def _reminder_at(at: datetime) -> datetime:
    return (at - timedelta(days=1)).replace(hour=17, minute=0)


def _status(rng: np.random.Generator, story: Story, at: datetime, reminded: bool) -> str:
    cancels, draw = rng.random() < PRACTICE["share_cancelled"], rng.random()
    odds = np.exp(PRACTICE["log_odds_of_no_show"] + story["reminder_on_no_show"] * reminded)
    if cancels:
        return CANCELLED
    if at >= END:
        return PLANNED
    return NO_SHOW if draw < odds / (1 + odds) else CAME


def _reminders(bookings: list[dict]) -> list[dict]:
    """Who cancels does so before the reminder goes out."""
    return [
        {
            "customer": row["customer"], "date": _reminder_at(row["date"]), "channel": "text message",
            "type": "reminder", "topic": "appointment", "status": "solved", "solved": _reminder_at(row["date"]),
        }
        for row in bookings
        if row["reminded"] and row["status"] != CANCELLED and _reminder_at(row["date"]) < END
    ]  # fmt: skip


# The lot ---------------------------------------------------------------------------------------------------------


def _lot(rng: np.random.Generator, story: Story, one: Client) -> None:
    """Ten days after the first course a coin falls; of those drawn, the contented are reached more often."""
    drawn, draw = rng.random() < PRACTICE["share_drawn_for_a_call"], rng.random()
    if not one.drawn_at:
        return
    odds = np.exp(PRACTICE["log_odds_of_reaching"] + story["quality_on_reaching"] * one.bond.quality(one.drawn_at))
    one.drawn, one.reached = bool(drawn), bool(drawn and draw < odds / (1 + odds))


def _call_at(one: Client) -> datetime:
    return one.drawn_at.replace(hour=18, minute=0) + timedelta(days=2)


def _calls(clients: list[Client]) -> list[dict]:
    return [
        {
            "customer": one.person.email, "date": _call_at(one), "channel": "telephone", "type": "follow-up call",
            "topic": "how it goes", "status": "solved" if one.reached else "open",
            "solved": _call_at(one) + timedelta(minutes=8) if one.reached else "",
        }
        for one in clients
        if one.drawn
    ]  # fmt: skip


def _drawn(clients: list[Client]) -> list[dict]:
    drawn = sorted((one for one in clients if one.drawn_at), key=lambda one: (one.drawn_at, one.person.email))
    return [
        {"case": f"L-{place:03d}", "activity": CALL if one.drawn else NO_CALL, "date": one.drawn_at,
         "customer": one.person.email}
        for place, one in enumerate(drawn, 1)
    ]  # fmt: skip


# Voices ----------------------------------------------------------------------------------------------------------


def _scores(rng: np.random.Generator, story: Story, clients: list[Client]) -> list[Score]:
    """Everybody is asked a few days after the first course, before the lot is drawn."""
    found = []
    for place, one in enumerate(clients, 1):
        answers, wait = rng.random() < PRACTICE["share_answering"], int(rng.integers(2, 8))
        at = people.opening(rng, one.bookings[-1]["date"], 8, 21)
        if one.drawn_at:
            at = people.opening(rng, one.drawn_at - timedelta(days=PRACTICE["days_from_course_to_lot"] - wait), 8, 21)
        given = voices.pocket(rng, story, one.bond, at, WORDS, blank=0.0)
        if answers and one.drawn_at:
            score = int(given[voices.RECOMMEND])
            who = one.person
            found.append(Score(at, 0, 7000 + place, who.name, who.email, score, given[voices.COMMENT]))
    found.sort(key=lambda one: (one.at, one.person))
    return [Score(one.at, 91000 + place, *_rest(one)) for place, one in enumerate(found, 1)]


def _rest(one: Score) -> tuple:
    return one.person, one.name, one.email, one.score, one.comment


if __name__ == "__main__":
    main()
