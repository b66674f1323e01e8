"""How a shop finds and loses its customers: by channels it pays for, and by those who bring others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from town.bonds import Bond, Story, happenings, leaves, rate
from town.people import Person, between

REFERRAL = "referral"


@dataclass
class Customer:
    """A simulated customer with what only the simulator knows; `left` is None for who is still one at the end."""

    person: Person
    bond: Bond
    joined: datetime
    channel: str
    referrer: "Customer | None" = None
    left: datetime | None = None
    brought: list[datetime] = field(default_factory=list)
    own: dict = field(default_factory=dict)

    def until(self, end: datetime) -> datetime:
        """The end of being a customer, or of what the files cover."""
        return min(self.left or end, end)

    def is_one(self, at: datetime) -> bool:
        return self.joined <= at and (self.left is None or at < self.left)

    def tenure_years(self, at: datetime) -> float:
        return (at - self.joined).days / 365.25


@dataclass(frozen=True)
class Growth:
    """The plan of growth: the shares of the channels, and rates a year for the average bond."""

    opened: datetime
    end: datetime
    customers: int
    channels: dict[str, float]
    drop_out_per_year: float
    referrals_per_year: float

    def told(self) -> dict:
        return {
            "opened": f"{self.opened:%Y-%m-%d}",
            "end": f"{self.end:%Y-%m-%d}",
            "channels_of_those_not_brought": self.channels,
            "drop_out_per_year": self.drop_out_per_year,
            "referrals_per_year": self.referrals_per_year,
        }


def grow(
    rng: np.random.Generator,
    story: Story,
    plan: Growth,
    persons: Iterator[Person],
    befall: Callable[[np.random.Generator, Customer], None] = lambda rng, customer: None,
    drop_out: Callable[[Customer], float] = lambda customer: 1.0,
) -> list[Customer]:
    """Exactly `plan.customers` customers in the order they joined.

    Newcomers arrive evenly over time; while somebody is a customer they bring others. `befall` may move the bond of a
    newcomer or fill its `own`; `drop_out` multiplies its drop-out rate.
    """
    found: list[Customer] = []
    names, shares = list(plan.channels), list(plan.channels.values())
    while len(found) < plan.customers:
        channel = names[int(rng.choice(len(names), p=shares))]
        waiting = [(between(rng, plan.opened, plan.end - timedelta(days=14)), channel, None)]
        while waiting and len(found) < plan.customers:
            joined, by, referrer = waiting.pop(0)
            one = Customer(next(persons), Bond.new(rng), joined, by, referrer)
            befall(rng, one)
            one.left = leaves(rng, story, one.bond, joined, plan.end, plan.drop_out_per_year * drop_out(one))
            found.append(one)
            if referrer:
                referrer.brought.append(joined)
            per_year = rate(story, "referrals", one.bond, plan.referrals_per_year)
            waiting += [(at, REFERRAL, one) for at in happenings(rng, joined, one.until(plan.end), per_year, 60.0)]
    return sorted(found, key=lambda one: one.joined)


def monthly_spend(
    rng: np.random.Generator,
    customers: list[Customer],
    months: list[datetime],
    cost_per_new: dict[str, float],
    keeping: dict[str, float],
) -> list[dict]:
    """Rows of a spend sheet: for each month what each channel cost, and what was spent on keeping.

    A channel has one budget for every month, its cost for one new customer times the newcomers of an average month,
    give or take a tenth; `keeping` is money for each customer of the month.
    """
    counts = {
        channel: [sum(one.channel == channel and _same(one.joined, month) for one in customers) for month in months]
        for channel in cost_per_new
    }
    rows = []
    for place, month in enumerate(months):
        for channel, cost in cost_per_new.items():
            # What is paid for each one brought follows the newcomers; what is paid for being seen does not.
            people = counts[channel][place] if channel == REFERRAL else np.mean(counts[channel])
            off = 1.0 if channel == REFERRAL else rng.uniform(0.9, 1.1)
            amount = f"{cost * people * off:.2f}"
            row = {"channel": channel, "date": month.date(), "purpose": "finding", "amount": amount}
            rows.append(row | {"new customers": counts[channel][place]})
        for what, each in keeping.items():
            there = sum(one.is_one(month + timedelta(days=14)) for one in customers)
            row = {"channel": what, "date": month.date(), "purpose": "keeping", "amount": f"{each * there:.2f}"}
            rows.append(row)
    return rows


def months(first: datetime, end: datetime) -> list[datetime]:
    """The first days of the months from `first` to before `end`."""
    places = range(12 * first.year + first.month - 1, 12 * end.year + end.month - 1)
    return [datetime(place // 12, place % 12 + 1, 1) for place in places]


def _same(at: datetime, month: datetime) -> bool:
    return (at.year, at.month) == (month.year, month.month)
