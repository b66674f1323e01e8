"""Rebuild the running case "the restaurant": simulated bookings, questions, complaints, reviews, and their truth.

    python datasets/make/restaurant.py [--out datasets/restaurant]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from restaurant_truth import write_truth
from restaurant_words import BLAME, PRAISE, REPLIES, THANKS, THEMES
from town import files, google_reviews, people, sheets
from town.bonds import Bond, Story, happenings, rate
from town.google_reviews import Review
from town.people import Person
from town.voices import STAR_THRESHOLDS

SEED = 20260092
ZONE = "America/Chicago"
OPENED, END = datetime(2025, 3, 4), datetime(2026, 11, 1)
HOUSE = {
    "guests": 320,
    "bookings_per_year": {"family": "gamma", "shape": 4.0, "mean": 5.5},
    "share_online": 0.55,
    "mean_days_ahead": {"online": 9.0, "telephone": 3.0},
    "share_of_telephone_bookings_without_address": 0.15,
    "cancelled": {"on_the_day": 0.04, "more_per_day_ahead": 0.006, "at_most": 0.25},
    "log_odds_of_no_show_on_the_day": -3.6,
    "complaints_per_year": 0.4,
    "share_of_complaints_replied": 0.5,
    "questions_per_booking": 0.13,
    "median_minutes_to_reply": {"chat": 15, "telephone": 60, "mail": 480},
    "sd_of_log_minutes": 1.0,
    "log_odds_of_booking_after_an_hour": 0.8,
    "share_of_visits_reviewed": 0.13,
    "went_wrong": {"waiting": 0.2, "food": 0.15, "staff": 0.35},
    "share_named_in_the_review": 0.85,
    "share_without_words": 0.15,
}
PLANTED = {
    "visits": 0.3,
    "stars": 0.6,
    "lead_on_no_show": 0.55,
    "complaint_on_return": -1.1,
    "reply_on_return": 0.9,
    "reply_time_on_booking": -0.4,
    "waiting_on_stars": -1.3,
    "food_on_stars": -0.7,
    "staff_on_stars": 0.0,
}
ONLINE, TELEPHONE = "online", "telephone"
CAME, NO_SHOW, CANCELLED, PLANNED = "came", "no show", "cancelled", "planned"


@dataclass
class Guest:
    """A guest with what only the simulator knows; the first complaint alone is in the files."""

    person: Person
    bond: Bond
    joined: datetime
    often: float
    complained: datetime | None = None
    replied: bool = False
    bookings: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A review with what only the simulator knows: what had gone wrong, and which themes the words name."""

    review: Review
    guest: Guest
    wrong: tuple[str, ...]
    named: tuple[str, ...]


def main() -> None:
    files.main("restaurant", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 6)
    guests = _guests(chance[0], story)
    complaints = [row for one in guests if one.complained for row in _complaint(chance[1], one)]
    for one in guests:
        _book(chance[2], story, one)
    questions = [row for one in guests for row in _questions(chance[3], story, one)]
    bookings = [row for one in guests for row in one.bookings]
    bookings.sort(key=lambda row: (row["booked"], row["customer"], row["date"]))
    bookings = [{"booking": f"B-{place:05d}"} | row for place, row in enumerate(bookings, 1)]
    contacts = sorted(complaints + questions, key=lambda row: (row["date"], row["customer"]))
    contacts = [{"ticket": f"C-{place:04d}"} | row for place, row in enumerate(contacts, 1)]
    told = _reviews(chance[4], story, guests)

    exports = folder / "exports"
    sheets.write(exports / "bookings.csv", "bookings", bookings)
    sheets.write(exports / "questions and complaints.csv", "interactions", contacts, without="satisfied")
    counted = google_reviews.write(
        exports / "reviews.json", chance[5], "restaurant", [one.review for one in told], ZONE
    )  # fmt: skip
    files.shop(exports, "restaurant", "The restaurant", ZONE, "USD", opened=f"{OPENED:%Y-%m-%d}")
    write_truth(folder, SEED, story, guests, bookings, contacts, told, counted, HOUSE, END)


def _guests(rng: np.random.Generator, story: Story) -> list[Guest]:
    names, often, found = people.persons(rng), HOUSE["bookings_per_year"], []
    for _ in range(HOUSE["guests"]):
        joined = people.between(rng, OPENED, END - timedelta(days=60))
        one = Guest(next(names), Bond.new(rng), joined, rng.gamma(often["shape"], often["mean"] / often["shape"]))
        unhappy = happenings(rng, joined, END, rate(story, "complaints", one.bond, HOUSE["complaints_per_year"]), 20.0)
        # The owner replies on the days when she is in, whoever has complained.
        one.replied = bool(rng.random() < HOUSE["share_of_complaints_replied"])
        one.complained = people.opening(rng, unhappy[0], 9, 22) if unhappy else None
        if one.complained and one.complained >= END - timedelta(days=3):
            one.complained = None
        found.append(one)
    return sorted(found, key=lambda one: one.joined)


# Bookings --------------------------------------------------------------------------------------------------------


def _moments(rng: np.random.Generator, story: Story, one: Guest, share: float) -> list[datetime]:
    """Moments at a share of the guest's rate of bookings, which a complaint changes."""
    usual = rate(story, "visits", one.bond, share * one.often)
    after = np.exp(story["complaint_on_return"] + story["reply_on_return"] * one.replied)

    def often(at: datetime) -> float:
        return usual(at) * (after if one.complained and at >= one.complained else 1.0)

    return happenings(rng, one.joined, END, often, usual(one.joined) * max(after, 1.0))


def _book(rng: np.random.Generator, story: Story, one: Guest) -> None:
    for made in [one.joined, *_moments(rng, story, one, 1.0)]:
        by = ONLINE if rng.random() < HOUSE["share_online"] else TELEPHONE
        ahead = min(int(rng.exponential(HOUSE["mean_days_ahead"][by])), 45)
        one.bookings.append(_booking(rng, story, one, made, ahead, by))


def _booking(rng: np.random.Generator, story: Story, one: Guest, made: datetime, ahead: int, by: str) -> dict:
    day = made + timedelta(days=ahead)
    at = people.opening(rng, day, 18, 20.5, closed=(0,)).replace(second=0)
    at = at.replace(minute=at.minute // 15 * 15)
    booked = min(made, at - timedelta(minutes=45)).replace(second=0, microsecond=0)
    unknown = by == TELEPHONE and rng.random() < HOUSE["share_of_telephone_bookings_without_address"]
    ahead = (at.date() - booked.date()).days
    return {
        "customer": "" if unknown else one.person.email, "booked": booked, "date": at, "service": by,
        "people": people.pick(rng, (2, 2, 2, 3, 4, 4, 5, 6, 8, 10)), "status": _status(rng, story, ahead, at),
    }  # fmt: skip


def _status(rng: np.random.Generator, story: Story, ahead: int, at: datetime) -> str:
    cancelled, draw, other = HOUSE["cancelled"], rng.random(), rng.random()
    if draw < min(cancelled["on_the_day"] + cancelled["more_per_day_ahead"] * ahead, cancelled["at_most"]):
        return CANCELLED
    odds = np.exp(HOUSE["log_odds_of_no_show_on_the_day"] + story["lead_on_no_show"] * np.log2(1 + ahead))
    if at >= END:
        return PLANNED
    return NO_SHOW if other < odds / (1 + odds) else CAME


# Questions and complaints ----------------------------------------------------------------------------------------


def _complaint(rng: np.random.Generator, one: Guest) -> list[dict]:
    minutes = int(np.exp(rng.normal(np.log(600), 0.8)))
    solved = one.complained + timedelta(minutes=minutes)
    replied = one.replied and solved < END
    one.replied = replied
    return [{
        "customer": one.person.email, "date": one.complained, "channel": people.pick(rng, ("mail", "telephone")),
        "type": "complaint", "topic": people.pick(rng, THEMES), "status": "solved" if replied else "open",
        "first reply minutes": minutes if replied else "", "solved": solved if replied else "",
    }]  # fmt: skip


def _questions(rng: np.random.Generator, story: Story, one: Guest) -> list[dict]:
    """Questions on what is in the dishes; who hears soon books, in the hours after the reply."""
    found = []
    for day in _moments(rng, story, one, HOUSE["questions_per_booking"]):
        by = people.pick(rng, tuple(HOUSE["median_minutes_to_reply"]))
        at = people.opening(rng, day, 9, 21).replace(second=0)
        minutes = max(int(HOUSE["median_minutes_to_reply"][by] * np.exp(rng.normal(0, HOUSE["sd_of_log_minutes"]))), 1)
        reply = at + timedelta(minutes=minutes)
        told = reply < END - timedelta(days=2)
        found.append({
            "customer": one.person.email, "date": at, "channel": by, "type": "question", "topic": "dietary",
            "status": "solved" if told else "open", "first reply minutes": minutes if told else "",
            "solved": reply if told else "",
        })  # fmt: skip
        slow = story["reply_time_on_booking"] * np.log2(minutes / 60)
        wants = rng.random() < 1 / (1 + np.exp(-HOUSE["log_odds_of_booking_after_an_hour"] - slow))
        made = reply + timedelta(minutes=int(rng.integers(5, 240)))
        booking = _booking(rng, story, one, made, int(rng.integers(1, 10)), ONLINE)
        if told and wants:
            one.bookings.append(booking)
    return found


# Reviews ---------------------------------------------------------------------------------------------------------


def _reviews(rng: np.random.Generator, story: Story, guests: list[Guest]) -> list[Told]:
    found = []
    for one in guests:
        for visit in sorted(row["date"] for row in one.bookings if row["status"] == CAME):
            writes, at = rng.random() < HOUSE["share_of_visits_reviewed"], people.opening(rng, visit, 9, 22)
            at += timedelta(days=int(rng.integers(1, 5)))
            told = _told(rng, story, one, at)
            if writes and at < END - timedelta(days=4):
                found.append(told)
    return sorted(found, key=lambda one: (one.review.at, one.guest.person.email))


def _told(rng: np.random.Generator, story: Story, one: Guest, at: datetime) -> Told:
    wrong = tuple(theme for theme in THEMES if rng.random() < HOUSE["went_wrong"][theme])
    felt = story["stars"] * one.bond.quality(at) + np.sqrt(1 - story["stars"] ** 2) * rng.standard_normal()
    felt += sum(story[f"{theme}_on_stars"] for theme in wrong)
    stars = 1 + sum(felt > threshold for threshold in STAR_THRESHOLDS)
    blamed = tuple(theme for theme in wrong if rng.random() < HOUSE["share_named_in_the_review"])
    praised = people.pick(rng, [theme for theme in THEMES if theme not in wrong] or [""])
    praised = praised if not blamed or rng.random() < 0.4 else ""
    said = [people.pick(rng, PRAISE[praised])] if praised else []
    said += [people.pick(rng, BLAME[theme]) for theme in blamed]
    if rng.random() < HOUSE["share_without_words"]:
        said, blamed = [], ()
    answered, sorry, thanks = rng.random() < 0.4, people.pick(rng, REPLIES), people.pick(rng, THANKS)
    reply = (thanks if stars >= 4 else sorry) if answered else ""
    replied = at + timedelta(hours=float(rng.uniform(2, 80)))
    return Told(Review(at, stars, " ".join(said), one.person.name, reply, replied), one, wrong, blamed)


if __name__ == "__main__":
    main()
