"""Rebuild the running case "the consulting firm": simulated projects, log, answers of few clients, and their truth.

    python datasets/make/consulting.py [--out datasets/consulting]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from town import files, google_forms, people, sheets, truth, voices
from town.bonds import Bond, Story
from town.people import Person
from town.voices import Words

SEED = 20260093
ZONE = "Europe/Amsterdam"
FIRST, END = datetime(2024, 11, 4), datetime(2026, 11, 1)
FIRM = {
    "clients": 24,
    "projects_per_client": {"family": "1 + Poisson", "mean_of_poisson": 1.6},
    "quoted_eur": {"median": 5200, "sd_of_log": 0.45},
    "weeks": [5, 16],
    "days_late": {"mean": 4.0, "sd": 9.0},
    "overrun": {"mean": 0.06, "sd": 0.09},
    "updates_per_month": [0.2, 4.0],
    "move_of_trust_per_week_late": -0.15,
    "questions_per_project": 2.5,
    "largest_client": {"times_the_price": 5, "projects": 5},
    "answers": 17,
    "second_answers_of_one_client": 1,
}
PLANTED = {"updates_on_communication": 0.5}
OWN = {
    "updates_on_communication": "on the feeling of communication, per progress update a month more than two; the "
    "firm writes more to some clients than to others, whatever they feel",
}
KINDS = ("workshop", "analysis", "plan", "training")
GROUP, GROUPS = "What did we do for you last?", {"workshop": "A workshop", "analysis": "An analysis"}
WORDS = Words(
    keep=(
        "Clear explanations, no jargon.", "The Friday note on where we stand.", "You say what you do not know.",
        "You think along, also after the invoice.", "Good slides, better talks.",
    ),
    change=(
        "I had to ask where the project stood.", "The bill was higher than the offer.", "Later than agreed.",
        "Fewer slides.", "Call before the plan changes, not after.",
    ),
    reviews={},
)
DEFINITIONS = {
    "clients": "clients of the firm; each has one contact person",
    "jobs": "rows of the projects; open: without a day in done",
    "late": "done projects whose day in done is after the day in promised",
    "above_quote": "projects with an amount in charged that is more than 5 % above quoted",
    "charged_eur": "sum of charged",
    "invoices": "rows of the invoices; one for each done project",
    "share_of_largest_client": "the largest sum of invoices of one client over the sum of all invoices",
    "log": "rows of the project log; updates: type is progress update",
    **truth.ANSWERS,
    "persons": "distinct e-mail addresses among the answers; one client answered twice",
}


@dataclass
class Client:
    """A client with what only the simulator knows."""

    person: Person
    bond: Bond
    joined: datetime
    updates: float
    largest: bool = False
    kinds: list[str] = field(default_factory=list)


def main() -> None:
    files.main("consulting", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 3)
    clients = _clients(chance[0], story)
    jobs, log = [], []
    for client in clients:
        for _ in range(_projects(chance[1], client)):
            job = _job(chance[1], client)
            jobs.append(job)
            log += _log(chance[1], client, job)
    jobs.sort(key=lambda job: (job["begun"], job["customer"]))
    log.sort(key=lambda row: (row["date"], row["customer"]))
    numbers = {id(job): f"P-{place:03d}" for place, job in enumerate(jobs, 1)}
    log = [row | {"ticket": f"L-{place:03d}", "topic": numbers[id(row["topic"])]} for place, row in enumerate(log, 1)]
    jobs = [{"job": numbers[id(job)]} | {name: job[name] for name in job if name != "begun"} for job in jobs]
    invoices = _invoices(jobs)
    answers = _answers(chance[2], story, clients)

    exports = folder / "exports"
    sheets.write(exports / "projects.xlsx", "jobs", jobs)
    sheets.write(exports / "project log.csv", "interactions", log, without="satisfied,first reply minutes")
    sheets.write(exports / "invoices.csv", "orders", invoices)
    google_forms.write(exports / "Working with us (Responses).csv", (*voices.QUESTIONS, GROUP), answers)
    files.shop(exports, "consulting", "The consulting firm", ZONE, "EUR", groups=f"[{GROUP!r}]")
    _truth(folder, story, clients, jobs, log, invoices, answers)


def _clients(rng: np.random.Generator, story: Story) -> list[Client]:
    names = people.persons(rng, people.ENGLISH)
    low, high = FIRM["updates_per_month"]
    found = []
    for number in range(FIRM["clients"]):
        joined = people.between(rng, FIRST, datetime(2026, 4, 1))
        client = Client(next(names), Bond.new(rng), joined, float(rng.uniform(low, high)), largest=number == 0)
        client.bond.move(joined, "communication", story["updates_on_communication"] * (client.updates - 2))
        found.append(client)
    found[0].joined = FIRST + timedelta(days=20)
    return found


def _projects(rng: np.random.Generator, client: Client) -> int:
    wanted = 1 + int(rng.poisson(FIRM["projects_per_client"]["mean_of_poisson"]))
    return FIRM["largest_client"]["projects"] if client.largest else wanted


def _job(rng: np.random.Generator, client: Client) -> dict:
    begun = people.opening(rng, people.between(rng, client.joined, END - timedelta(days=30)), 9, 10, closed=(5, 6))
    promised = begun + timedelta(weeks=int(rng.integers(*FIRM["weeks"])))
    late = round(rng.normal(FIRM["days_late"]["mean"], FIRM["days_late"]["sd"]))
    done = promised + timedelta(days=max(late, -10))
    price = FIRM["quoted_eur"]["median"] * np.exp(rng.normal(0, FIRM["quoted_eur"]["sd_of_log"]))
    quoted = 50 * round(price * (FIRM["largest_client"]["times_the_price"] if client.largest else 1) / 50)
    over = rng.normal(FIRM["overrun"]["mean"], FIRM["overrun"]["sd"])
    charged = 50 * round(quoted * (1 + max(over, 0) * (rng.random() < 0.6)) / 50)
    kind = people.pick(rng, KINDS)
    client.kinds.append(kind)
    finished = done < END
    if finished and late > 0:
        client.bond.move(done, "trust", FIRM["move_of_trust_per_week_late"] * late / 7)
    return {
        "customer": client.person.email, "kind": kind, "promised": promised.date(), "begun": begun,
        "done": done.date() if finished else "", "quoted": quoted, "charged": charged if finished else "",
        "currency": "EUR",
    }  # fmt: skip


def _log(rng: np.random.Generator, client: Client, job: dict) -> list[dict]:
    """Updates as the firm writes them to this client, and questions, which the client asks when told little."""
    end = datetime.combine(job["done"], datetime.min.time()) if job["done"] else END
    found = []
    for kind, many in (
        ("progress update", rng.poisson(client.updates * (end - job["begun"]).days / 30.4)),
        ("question", rng.poisson(FIRM["questions_per_project"] / (0.5 + client.updates))),
    ):
        for _ in range(int(many)):
            at = people.opening(rng, people.between(rng, job["begun"], end), 9, 18, closed=(5, 6))
            if at >= END - timedelta(days=1):
                continue
            solved = at + timedelta(hours=float(rng.exponential(20)) + 0.5) if kind == "question" else at
            still_open = solved >= END
            found.append({
                "customer": client.person.email, "date": at, "channel": people.pick(rng, ("mail", "call", "meeting")),
                "type": kind, "topic": job, "status": "open" if still_open else "solved",
                "solved": "" if still_open else solved,
            })  # fmt: skip
    return found


def _invoices(jobs: list[dict]) -> list[dict]:
    done = sorted((job for job in jobs if job["done"]), key=lambda job: (job["done"], job["job"]))
    return [
        {"order": f"INV-{place:03d}", "date": job["done"], "customer": job["customer"], "amount": job["charged"],
         "currency": "EUR"}
        for place, job in enumerate(done, 1)
    ]  # fmt: skip


def _answers(rng: np.random.Generator, story: Story, clients: list[Client]) -> list[tuple]:
    """Seventeen of the clients answer, and one of them has a colleague answer from the same address."""
    start = datetime(2026, 9, 14)
    asked = [clients[int(place)] for place in rng.choice(len(clients), FIRM["answers"], replace=False)]
    asked += asked[: FIRM["second_answers_of_one_client"]]
    found = []
    for client in asked:
        at = people.opening(rng, start + timedelta(days=int(rng.integers(0, 12))), 8, 19, closed=(5, 6))
        given = voices.pocket(rng, story, client.bond, at, WORDS, blank=0.02, comments=0.7)
        found.append((at, client.person.email, given | {GROUP: GROUPS.get(client.kinds[-1], "Something else")}))
    return found


def _truth(
    folder: Path,
    story: Story,
    clients: list[Client],
    jobs: list[dict],
    log: list[dict],
    invoices: list[dict],
    answers: list[tuple],
) -> None:
    told, true = truth.answers(story, [given for _, _, given in answers])
    done = [job for job in jobs if job["done"]]
    sums = {client.person.email: 0 for client in clients}
    for row in invoices:
        sums[row["customer"]] += row["amount"]
    counts = {
        "jobs": {
            "clients": len(clients),
            "jobs": len(jobs),
            "open": len(jobs) - len(done),
            "late": sum(job["done"] > job["promised"] for job in done),
            "above_quote": sum(job["charged"] > 1.05 * job["quoted"] for job in done),
            "charged_eur": sum(job["charged"] for job in done),
            "invoices": len(invoices),
            "share_of_largest_client": round(max(sums.values()) / sum(sums.values()), 4),
        },
        "interactions": {"log": len(log), "updates": sum(row["type"] == "progress update" for row in log)},
        "answers": told | {"persons": len({email for _, email, _ in answers})},
    }
    true |= {
        "updates_on_communication": truth.value(
            story["updates_on_communication"], "feeling of communication per update a month, over all there could be"
        ),
    }
    parameters = {"firm": FIRM, "voices": voices.parameters()}
    about = "a consulting firm that does not exist."
    truth.write(folder, about, SEED, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(client) for client in clients))


def _row(client: Client) -> dict:
    return {
        "email": client.person.email,
        "joined_on": client.joined.date(),
        "updates_per_month": f"{client.updates:.2f}",
        "largest": "yes" if client.largest else "",
        **truth.bond(client.bond, client.joined, END),
    }


if __name__ == "__main__":
    main()
