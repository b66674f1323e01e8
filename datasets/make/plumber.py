"""Rebuild the running case "the plumber": simulated jobs, answers, reviews, and their truth.

    python datasets/make/plumber.py [--out datasets/plumber]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from plumber_truth import write_truth
from plumber_words import WORDS
from town import files, google_forms, people, sheets, voices
from town.bonds import Bond, Story, happenings, rate
from town.people import Person

SEED = 20260090
ZONE = "Europe/London"
FIRST, END = datetime(2024, 11, 4), datetime(2026, 11, 1)
VAN = {
    "customers": 400,
    "jobs_without_customer": 40,
    "jobs_per_year_after_the_first": 1.3,
    "share_of_kinds": {"boiler service": 0.3, "leak": 0.35, "blocked drain": 0.2, "bathroom": 0.15},
    "quoted_gbp": {"boiler service": 110, "leak": 160, "blocked drain": 140, "bathroom": 2600},
    "sd_of_log_quoted": 0.3,
    "overrun": {"boiler service": 0.01, "leak": 0.04, "blocked drain": 0.02, "bathroom": 0.2},
    "sd_of_overrun": 0.08,
    "share_late": {"boiler service": 0.25, "leak": 0.3, "blocked drain": 0.3, "bathroom": 0.5},
    "days_late": {"family": "1 + Poisson", "mean_of_poisson": 1.3},
    "share_a_day_early": 0.06,
    "days_ahead": {"boiler service": [5, 20], "leak": [0, 4], "blocked drain": [0, 4], "bathroom": [12, 40]},
    "share_of_leaks_without_quote": 0.15,
    "share_never_finished": 0.03,
    "share_of_jobs_answered": 0.55,
    "share_with_email": 0.85,
    "share_of_jobs_reviewed": 0.16,
}
PLANTED = {
    "late_on_trust": -0.3,
    "over_on_trust": -0.3,
    "over_on_fairness": -0.45,
    "late_on_reuse": -0.25,
    "over_on_reuse": -0.2,
}


@dataclass
class Job:
    """One job; `late` in days and `over` in tenths of the quote are what the customer feels of it, never below 0."""

    kind: str
    promised: date
    done: date | None
    quoted: int | None
    charged: int | None

    @property
    def late(self) -> int:
        return max((self.done - self.promised).days, 0) if self.done else 0

    @property
    def over(self) -> float:
        return 10 * max(self.charged / self.quoted - 1, 0.0) if self.charged and self.quoted else 0.0


@dataclass
class Customer:
    """A household with what only the simulator knows."""

    person: Person
    bond: Bond
    joined: datetime
    jobs: list[Job] = field(default_factory=list)


def main() -> None:
    files.main("plumber", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 5)
    customers = _customers(chance[0])
    for one in customers:
        _jobs_of(chance[1], story, one)
    jobs = _sheet(chance[2], customers)
    answers = _answers(chance[3], story, customers)
    reviews = _reviews(chance[4], story, customers)

    exports = folder / "exports"
    sheets.write(exports / "jobs.xlsx", "jobs", jobs)
    google_forms.write(exports / "How did we do (Responses).csv", voices.QUESTIONS, answers)
    sheets.write(exports / "reviews.csv", "reviews", reviews)
    files.shop(exports, "plumber", "The plumber", ZONE, "GBP", opened=f"{FIRST:%Y-%m-%d}")
    parameters = {"van": VAN, "voices": voices.parameters()}
    write_truth(folder, SEED, story, customers, jobs, answers, reviews, parameters, END)


def _customers(rng: np.random.Generator) -> list[Customer]:
    names = people.persons(rng, people.BRITISH)
    found = [
        Customer(next(names), Bond.new(rng), people.between(rng, FIRST, datetime(2026, 10, 20)))
        for _ in range(VAN["customers"])
    ]
    return sorted(found, key=lambda one: one.joined)


# Jobs ------------------------------------------------------------------------------------------------------------


def _jobs_of(rng: np.random.Generator, story: Story, one: Customer) -> None:
    """Job after job: how the last one went moves the bond, and how soon the customer calls again."""
    wanted: datetime | None = one.joined
    while wanted:
        job = _job(rng, wanted)
        one.jobs.append(job)
        if not job.done:
            return
        at = datetime.combine(job.done, datetime.min.time())
        one.bond.move(at, "trust", story["late_on_trust"] * job.late + story["over_on_trust"] * job.over)
        one.bond.move(at, "fairness", story["over_on_fairness"] * job.over)
        kept = np.exp(story["late_on_reuse"] * job.late + story["over_on_reuse"] * job.over)
        often = rate(story, "visits", one.bond, VAN["jobs_per_year_after_the_first"] * kept)
        again = happenings(rng, at + timedelta(days=1), END, often, often(at))
        wanted = again[0] if again else None


def _job(rng: np.random.Generator, wanted: datetime) -> Job:
    kinds = list(VAN["share_of_kinds"])
    kind = kinds[int(rng.choice(len(kinds), p=list(VAN["share_of_kinds"].values())))]
    low, high = VAN["days_ahead"][kind]
    promised = _working_day(wanted.date() + timedelta(days=int(rng.integers(low, high + 1))))
    done = _working_day(promised + timedelta(days=_days_late(rng, kind)))
    quoted = 5 * round(VAN["quoted_gbp"][kind] * np.exp(rng.normal(0, VAN["sd_of_log_quoted"])) / 5)
    charged = 5 * round(quoted * (1 + max(rng.normal(VAN["overrun"][kind], VAN["sd_of_overrun"]), -0.1)) / 5)
    unquoted = rng.random() < VAN["share_of_leaks_without_quote"] and kind == "leak"
    finished = rng.random() >= VAN["share_never_finished"] and done < END.date()
    return Job(kind, promised, done if finished else None, None if unquoted else quoted, charged if finished else None)


def _days_late(rng: np.random.Generator, kind: str) -> int:
    draw, days = rng.random(), 1 + int(rng.poisson(VAN["days_late"]["mean_of_poisson"]))
    if draw < VAN["share_late"][kind]:
        return days
    return -1 if draw > 1 - VAN["share_a_day_early"] else 0


def _working_day(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == 6 else day


def _sheet(rng: np.random.Generator, customers: list[Customer]) -> list[dict]:
    """The rows of the sheet; beside the customers' there are jobs for passers-by who left no address."""
    pairs = [(job, one.person.email) for one in customers for job in one.jobs]
    pairs += [(_job(rng, people.between(rng, FIRST, END)), "") for _ in range(VAN["jobs_without_customer"])]
    pairs.sort(key=lambda pair: (pair[0].promised, pair[1], pair[0].kind, pair[0].quoted or 0))
    return [
        {
            "job": f"J-{place:04d}", "customer": email, "kind": job.kind, "promised": job.promised,
            "done": job.done or "", "quoted": job.quoted or "", "charged": job.charged or "", "currency": "GBP",
        }
        for place, (job, email) in enumerate(pairs, 1)
    ]  # fmt: skip


# Voices ----------------------------------------------------------------------------------------------------------


def _answers(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[tuple]:
    """A week after a job everybody is sent the form; whether one answers has nothing to do with the job."""
    found = []
    for one, job in _finished(customers):
        asked = rng.random() < VAN["share_of_jobs_answered"]
        at = people.opening(rng, _days_after(job, int(rng.integers(5, 18))), 7, 22)
        if asked and at < END:
            given = voices.pocket(rng, story, one.bond, at, WORDS)
            email = one.person.email if rng.random() < VAN["share_with_email"] else ""
            found.append((at, email, given))
    return found


def _reviews(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[dict]:
    """Copied by hand from a page that has no download; most are written in the days after the job."""
    found = []
    for one, job in _finished(customers):
        written = rng.random() < VAN["share_of_jobs_reviewed"]
        at = _days_after(job, int(rng.integers(1, 10)))
        if written and at < END:
            stars, said = voices.review(rng, story, one.bond, at, WORDS)
            row = {"reviewer_name": one.person.name, "rating": stars, "review_text": said, "date": at.date()}
            found.append(row)
    return sorted(found, key=lambda row: (row["date"], row["reviewer_name"]))


def _finished(customers: list[Customer]) -> list[tuple[Customer, Job]]:
    return [(one, job) for one in customers for job in one.jobs if job.done]


def _days_after(job: Job, days: int) -> datetime:
    return datetime.combine(job.done, datetime.min.time()) + timedelta(days=days)


if __name__ == "__main__":
    main()
