"""Rebuild the running case "the fitness studio": simulated attendance, memberships, birthday offers, and their truth.

    python datasets/make/fitness_studio.py [--out datasets/fitness_studio]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from fitness_studio_truth import write_truth
from town import files, google_forms, people, sheets, voices
from town.bonds import Bond, Story
from town.people import Person
from town.voices import Words

SEED = 20260099
ZONE = "Europe/Vienna"
OPENED, END = datetime(2025, 1, 7), datetime(2026, 11, 1)
MONTH = 30
STUDIO = {
    "members": 210,
    "visits_a_month": {"family": "gamma", "shape": 4.0, "mean": 4.0},
    "share_who_tire": 0.45,
    "days_until_tired": {"family": "exponential", "mean": 220},
    "tired": {"half_life_days": 30, "least": 0.12},
    "log_odds_of_leaving_a_month": -3.1,
    "share_of_birthdays_with_offer": 0.5,
    "days_an_offer_works": 60,
    "prices_eur": {"basic": 29, "plus": 45},
    "share_basic": 0.6,
    "waves": {"2025-11-03": 60, "2026-06-08": 60},
    "share_with_email": 0.85,
}
PLANTED = {"visits": 0.25, "leaving": -0.6, "fall_on_leaving": 1.2, "offer_on_visits": 0.4}
CLASSES = ("spin", "yoga", "strength", "pilates", "boxing")
WORDS = Words(
    keep=(
        "The trainers know my name and my knee.", "Small classes.", "Keep the early class.", "My plan fits my goal.",
        "Nobody is looked at strangely here.", "The birthday card!", "Clean showers.",
    ),
    change=(
        "Nobody asked when I stayed away.", "More places in the evening class.", "Tell us when a class is cancelled.",
        "The app is slow.", "Answer the mail about my contract.", "A bit dear.", "Colder water, warmer room.",
    ),
    reviews={},
)


@dataclass
class Member:
    """A member with what only the simulator knows; `left` is the first day after the contract."""

    number: str
    person: Person
    bond: Bond
    joined: datetime
    usual: float
    tires: datetime | None
    birthday: tuple[int, int]
    plan: str
    left: datetime | None = None
    visits: list[datetime] = field(default_factory=list)
    offers: list[tuple[datetime, bool]] = field(default_factory=list)

    def is_one(self, at: datetime) -> bool:
        return self.joined <= at and (self.left is None or at < self.left)


def main() -> None:
    files.main("fitness_studio", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`; with `effects=0` its twin."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 3)
    members = _members(chance[0])
    for one in members:
        _live(chance[1], story, one)
    answers = _answers(chance[2], story, members)
    exports = folder / "exports"
    contracts = sheets.write(exports / "memberships.csv", "subscriptions", [_contract(one) for one in members])
    attended = sheets.write(exports / "attendance.csv", "events", _attendance(members))
    offers = sheets.write(exports / "birthday offers.csv", "events", _offers(members))
    google_forms.write(exports / "How is your training (Responses).csv", voices.QUESTIONS, answers)
    files.shop(exports, "fitness_studio", "The fitness studio", ZONE, "EUR", opened=f"{OPENED:%Y-%m-%d}")
    parameters = {"studio": STUDIO, "voices": voices.parameters()}
    write_truth(folder, SEED, story, members, contracts, attended, offers, answers, parameters, END)


def _members(rng: np.random.Generator) -> list[Member]:
    names, usual = people.persons(rng, people.GERMAN), STUDIO["visits_a_month"]
    joined = sorted(people.between(rng, OPENED, END - timedelta(days=45)) for _ in range(STUDIO["members"]))
    return [_member(rng, f"M-{number:03d}", next(names), at, usual) for number, at in enumerate(joined, 1)]


def _member(rng: np.random.Generator, number: str, person: Person, joined: datetime, usual: dict) -> Member:
    day = datetime(joined.year, joined.month, joined.day)
    tires = day + timedelta(days=int(rng.exponential(STUDIO["days_until_tired"]["mean"])))
    born = datetime(2025, 1, 1) + timedelta(days=int(rng.integers(365)))
    return Member(
        number, person, Bond.new(rng), day, rng.gamma(usual["shape"], usual["mean"] / usual["shape"]),
        tires if rng.random() < STUDIO["share_who_tire"] else None, (born.month, born.day),
        "basic" if rng.random() < STUDIO["share_basic"] else "plus",
    )  # fmt: skip


def _live(rng: np.random.Generator, story: Story, one: Member) -> None:
    """Month after month of thirty days: birthdays and visits, and at its end whether the contract is cancelled."""
    for month in range(100):
        start = one.joined + timedelta(days=MONTH * month)
        days = [start + timedelta(days=place) for place in range(MONTH)]
        for day in days:
            if day >= END:
                return
            if (day.month, day.day) == one.birthday:
                one.offers.append((day, bool(rng.random() < STUDIO["share_of_birthdays_with_offer"])))
            many = int(rng.poisson(_rate(story, one, day)))
            one.visits += [people.opening(rng, day, 7, 20.5).replace(minute=0, second=0) for _ in range(many)]
        ends = start + timedelta(days=MONTH)
        if month and ends < END and rng.random() < _leaves(story, one, ends):
            one.left = ends
            return


def _rate(story: Story, one: Member, day: datetime) -> float:
    """Visits a day: usual, by the bond, less when tired, more after an offer."""
    log = np.log(one.usual / MONTH) + story["visits"] * one.bond.quality(day)
    if one.tires and day > one.tires:
        given = STUDIO["tired"]
        log += np.log(max(0.5 ** ((day - one.tires).days / given["half_life_days"]), given["least"]))
    works = STUDIO["days_an_offer_works"]
    if any(given and 0 < (day - at).days <= works for at, given in one.offers):
        log += story["offer_on_visits"]
    return float(np.exp(log))


def _leaves(story: Story, one: Member, ends: datetime) -> float:
    """The share of such members who cancel: by the bond, and by how far attendance fell from month to month."""
    last, before = (
        sum(ends - timedelta(days=MONTH * back) <= at < ends - timedelta(days=MONTH * (back - 1)) for at in one.visits)
        for back in (1, 2)
    )
    odds = STUDIO["log_odds_of_leaving_a_month"] + story["leaving"] * one.bond.quality(ends)
    odds += story["fall_on_leaving"] * np.log((1 + before) / (1 + last))
    return float(1 / (1 + np.exp(-odds)))


# Files -----------------------------------------------------------------------------------------------------------


def _contract(one: Member) -> dict:
    return {
        "subscription": one.number,
        "customer": one.person.email,
        "started": one.joined.date(),
        "ended": (one.left - timedelta(days=1)).date() if one.left else "",
        "plan": one.plan,
        "price": STUDIO["prices_eur"][one.plan],
        "currency": "EUR",
    }


def _attendance(members: list[Member]) -> list[dict]:
    """Each member mostly goes to one class, told by the number."""
    rows = []
    for one in members:
        kinds = np.random.default_rng([SEED, 98, int(one.number[2:])])
        favourite = people.pick(kinds, CLASSES)
        for at in one.visits:
            kind = favourite if kinds.random() < 0.6 else people.pick(kinds, CLASSES)
            rows.append({"case": one.number, "activity": kind, "date": at, "customer": one.person.email})
    return sorted(rows, key=lambda row: (row["date"], row["case"], row["activity"]))


def _offers(members: list[Member]) -> list[dict]:
    rows = [
        {"case": one.number, "activity": "birthday, offer sent" if given else "birthday, no offer", "date": at.date(),
         "customer": one.person.email}
        for one in members
        for at, given in one.offers
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["date"], row["case"]))


def _answers(rng: np.random.Generator, story: Story, members: list[Member]) -> list[tuple]:
    found = []
    for start, wanted in STUDIO["waves"].items():
        day = datetime.fromisoformat(start)
        there = [one for one in members if one.is_one(day)]
        for place in rng.choice(len(there), min(wanted, len(there)), replace=False):
            one = there[int(place)]
            at = people.opening(rng, day + timedelta(days=int(rng.integers(0, 12))), 7, 22)
            given = voices.pocket(rng, story, one.bond, at, WORDS)
            found.append((at, one.person.email if rng.random() < STUDIO["share_with_email"] else "", given))
    return found


if __name__ == "__main__":
    main()
