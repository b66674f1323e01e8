"""Rebuild the running case "the software firm": simulated subscriptions, usage, tickets, deals, scores, their truth.

    python datasets/make/saas.py [--out datasets/saas]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from saas_truth import write_truth
from saas_words import FEATURES, NEEDS, STEPS, TOPICS, WORDS
from town import delighted_export, files, hubspot_export, people, sheets, voices, zendesk_export
from town.bonds import Bond, Story, happenings, rate
from town.delighted_export import Score
from town.hubspot_export import LOST, OPEN, WON, Deal
from town.people import Person
from town.zendesk_export import Ticket

SEED = 20260095
ZONE = "America/New_York"
OPENED, END = datetime(2024, 11, 4), datetime(2026, 11, 1)
MONTH = timedelta(days=30)
FIRM = {
    "accounts": 430,
    "sbg": {"alpha": 0.8, "beta": 5.0},
    "share_sarah": 0.58,
    "plans": {"Starter": {"price": 29}, "Team": {"price": 99}},
    "share_in_the_plan_of_the_other_persona": 0.15,
    "logged_events_a_month": {"family": "gamma", "shape": 5.0, "mean": 2.4},
    "onboarding": {"step_threshold": 0.3, "days": 14},
    "tickets_per_year": 1.4,
    "share_of_tickets_by_needs": 0.8,
    "share_merged": 0.03,
    "leads_lost": 150,
    "deals_open": 18,
    "share_opted_out": 0.08,
    "waves": {"2025-09-15": 90, "2026-04-13": 100, "2026-10-05": 100},
}
PLANTED = {"visits": 0.2, "bond_on_staying": 0.45, "onboarding_on_staying": 0.35, "usage_before_leaving": -0.9}
OWNERS, STAFF = ("Winnie Quill", "Oskar Teal"), ("Meera Wren", "Silas Oakes")


@dataclass
class Account:
    """An account with what only the simulator knows; `churn` is its chance of leaving at the end of each month."""

    number: int
    person: Person
    bond: Bond
    joined: datetime
    persona: str
    plan: str
    usual: float
    ready: float
    churn: float = 0.0
    left: datetime | None = None
    steps: list[str] = field(default_factory=list)

    def until(self, end: datetime) -> datetime:
        return self.left or end

    def is_one(self, at: datetime) -> bool:
        return self.joined <= at < self.until(END)


def main() -> None:
    files.main("saas", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 5)
    names = people.persons(chance[0])
    accounts = _accounts(chance[0], story, names)
    usage = [row for one in accounts for row in _usage(chance[1], story, one)]
    tickets = [ticket for one in accounts for ticket in _tickets(chance[2], story, one)]
    deals = _deals(chance[3], accounts, names)
    answers = _answers(chance[4], story, accounts)
    exports = folder / "exports"
    contracts = sheets.write(exports / "subscriptions.csv", "subscriptions", [_contract(one) for one in accounts])
    usage.sort(key=lambda row: (row["date"], row["case"], row["activity"]))
    usage = sheets.write(exports / "usage log.csv", "events", usage)
    zendesk_export.write(exports / "zendesk-tickets.csv", tickets, END)
    hubspot_export.write_contacts(exports / "hubspot-contacts.csv", deals)
    hubspot_export.write_deals(exports / "hubspot-deals.csv", deals, END)
    delighted_export.write(exports / "delighted-responses.csv", answers, ZONE)
    files.shop(exports, "saas", "The project board", ZONE, "USD", opened=f"{OPENED:%Y-%m-%d}")
    parameters = {"firm": FIRM, "features": FEATURES, "voices": voices.parameters()}
    write_truth(folder, SEED, story, accounts, contracts, usage, tickets, deals, answers, parameters, END)


def _accounts(rng: np.random.Generator, story: Story, names) -> list[Account]:
    joined = sorted(people.between(rng, OPENED, END - timedelta(days=20)) for _ in range(FIRM["accounts"]))
    return [_account(rng, story, number, next(names), at) for number, at in enumerate(joined, 101)]


def _account(rng: np.random.Generator, story: Story, number: int, person: Person, at: datetime) -> Account:
    persona = "Sarah" if rng.random() < FIRM["share_sarah"] else "Mark"
    other = rng.random() < FIRM["share_in_the_plan_of_the_other_persona"]
    plan = "Starter" if (persona == "Sarah") != other else "Team"
    often = FIRM["logged_events_a_month"]
    usual = rng.gamma(often["shape"], often["mean"] / often["shape"])
    day = datetime(at.year, at.month, at.day)
    one = Account(number, person, Bond.new(rng), day, persona, plan, usual, rng.standard_normal())
    one.churn = _churn(rng, story, one)
    months = int(rng.geometric(one.churn))
    one.left = day + months * MONTH if months < 100 and day + months * MONTH < END else None
    return one


def _churn(rng: np.random.Generator, story: Story, one: Account) -> float:
    """A chance from the beta distribution whose rank hangs on the bond and on how ready the account was to begin."""
    from scipy.special import betaincinv, ndtr

    bond, ready = story["bond_on_staying"], story["onboarding_on_staying"]
    own = np.sqrt(1 - bond**2 - ready**2) * rng.standard_normal()
    stays = bond * one.bond.quality(one.joined) + ready * one.ready + own
    return float(betaincinv(FIRM["sbg"]["alpha"], FIRM["sbg"]["beta"], ndtr(-stays)))


def _contract(one: Account) -> dict:
    return {
        "subscription": f"A-{one.number}",
        "customer": one.person.email,
        "started": one.joined.date(),
        "ended": (one.left - timedelta(days=1)).date() if one.left else "",
        "plan": one.plan,
        "price": FIRM["plans"][one.plan]["price"],
        "currency": "USD",
    }


def _usage(rng: np.random.Generator, story: Story, one: Account) -> list[dict]:
    """First the steps of setting up, then features by the needs of the persona; it ebbs before an account leaves."""
    found = []
    for step in STEPS:
        if one.ready + rng.standard_normal() > FIRM["onboarding"]["step_threshold"]:
            one.steps.append(step)
            day = one.joined + timedelta(days=int(rng.integers(0, FIRM["onboarding"]["days"])))
            found.append((step, day))
    names, shares = list(FEATURES), np.array([both[one.persona] for both in FEATURES.values()])
    for place in range((one.until(END) - one.joined).days):
        day = one.joined + timedelta(days=place)
        log = np.log(one.usual / MONTH.days) + story["visits"] * one.bond.quality(day)
        if one.left and one.left - day <= MONTH:
            log += story["usage_before_leaving"]
        many = int(rng.poisson(np.exp(log)))
        found += [(names[int(rng.choice(len(names), p=shares))], day) for _ in range(many)]
    return [
        {"case": f"A-{one.number}", "activity": what, "date": people.opening(rng, day, 7, 20),
         "customer": one.person.email}
        for what, day in found
    ]  # fmt: skip


def _tickets(rng: np.random.Generator, story: Story, one: Account) -> list[Ticket]:
    found, often = [], rate(story, "complaints", one.bond, FIRM["tickets_per_year"])
    for at in happenings(rng, one.joined, one.until(END), often, 30.0):
        when = people.opening(rng, at, 8, 19).replace(second=0)
        if when >= END:
            continue
        needed = rng.random() < FIRM["share_of_tickets_by_needs"]
        group = people.pick(rng, NEEDS[one.persona] if needed else tuple(TOPICS))
        reply = int(np.exp(rng.normal(4.6, 0.9)))
        solved = when + timedelta(minutes=reply + int(rng.exponential(60 * 24)))
        merged = bool(rng.random() < FIRM["share_merged"])
        happy = rng.random() < 1 / (1 + np.exp(-0.9 - story["stars"] * one.bond.quality(at)))
        asked = solved < END and rng.random() < 0.55
        found.append(Ticket(
            when, one.person, 5_000 + one.number, group, people.pick(rng, TOPICS[group]),
            people.pick(rng, ("Question", "Problem")), people.pick(rng, ("Mail", "Web form", "Chat")),
            people.pick(rng, STAFF), reply if when + timedelta(minutes=reply) < END else None,
            solved if solved < END else None, bool(happy) if asked and not merged else None,
            int(rng.random() < 0.06), merged and solved < END,
        ))  # fmt: skip
    return found


def _deals(rng: np.random.Generator, accounts: list[Account], names) -> list[Deal]:
    """Who bought, who was lost on the way, and who is still thinking; each a contact of their own."""
    found = [_deal(rng, one.person, one.plan, one.joined + timedelta(hours=15), WON) for one in accounts]
    for stage, many in ((LOST, FIRM["leads_lost"]), (OPEN, FIRM["deals_open"])):
        for _ in range(many):
            plan = people.pick(rng, tuple(FIRM["plans"]))
            # An open deal has the day on which the owner hopes to close it.
            first, last = (OPENED, END) if stage == LOST else (END, END + timedelta(days=40))
            closed = people.between(rng, first, last).replace(second=0)
            found.append(_deal(rng, next(names), plan, closed, stage))
    found.sort(key=lambda deal: (deal.begun, deal.who.email))
    for number, deal in enumerate(found, 1):
        deal.number = 3 * number + 100
    return found


def _deal(rng: np.random.Generator, who: Person, plan: str, closed: datetime, stage: str) -> Deal:
    """A deal is counted at what the plan costs in a year, which not everybody stays for."""
    begun = min(closed, END) - timedelta(days=1 + float(rng.exponential(9)))
    begun = max(begun, OPENED).replace(second=0, microsecond=0)
    source = people.pick(rng, ("Organic Search", "Paid Search", "Referrals", "Direct Traffic"))
    company = f"{who.name.split(' ', 1)[1]} {people.pick(rng, ('Studio', 'Works', 'Group', 'Partners'))}"
    amount = 1200 * FIRM["plans"][plan]["price"]
    out = bool(rng.random() < FIRM["share_opted_out"])
    return Deal(0, who, company, source, begun, closed, stage, amount, people.pick(rng, OWNERS), out)


def _answers(rng: np.random.Generator, story: Story, accounts: list[Account]) -> list[Score]:
    found = []
    for start, wanted in FIRM["waves"].items():
        day = datetime.fromisoformat(start)
        there = [one for one in accounts if one.is_one(day)]
        for place in rng.choice(len(there), min(wanted, len(there)), replace=False):
            one = there[int(place)]
            at = people.opening(rng, day + timedelta(days=int(rng.integers(0, 10))), 8, 20)
            given = voices.pocket(rng, story, one.bond, at, WORDS[one.persona], blank=0)
            score, said = int(given[voices.RECOMMEND]), given[voices.COMMENT]
            who = (800 + one.number, one.person.name, one.person.email)
            found.append(Score(at, 90_001 + len(found), *who, score, said))
    return found


if __name__ == "__main__":
    main()
