"""The journeys of the subscription box: eight stages, and how many come from one to the next."""

from datetime import datetime, timedelta

import numpy as np
from town.bonds import Story
from town.growth import Customer
from town.people import between

STAGES = (
    "awareness", "consideration", "purchase", "onboarding", "fulfillment", "usage", "retention", "advocacy",
)
SHARES = {
    "awareness to consideration": 0.55,
    "consideration to purchase": 0.4,
    "purchase to onboarding": 0.9,
    "fulfillment to usage": 0.8,
    "advocacy_of_the_average_bond": 0.2,
}


def journeys(
    rng: np.random.Generator, story: Story, customers: list[Customer], opened: datetime, end: datetime
) -> list[dict]:
    """One row a stage that a visitor reached; who never bought has no customer."""
    kept, bought = SHARES["awareness to consideration"], SHARES["consideration to purchase"]
    visitors = round(len(customers) / (kept * bought))
    considered = round(len(customers) / bought)
    paths = [_of_customer(rng, story, one, end) for one in customers]
    for number in range(visitors - len(customers)):
        seen = between(rng, opened, end - timedelta(days=3))
        path = [(STAGES[0], seen)]
        if number < considered - len(customers):
            path.append((STAGES[1], min(seen + timedelta(hours=float(rng.exponential(30))), end - timedelta(hours=1))))
        paths.append([(stage, at, "") for stage, at in path])
    paths.sort(key=lambda path: path[0][1])
    rows = [
        {"case": f"J{number:04d}", "activity": stage, "date": at, "customer": email}
        for number, path in enumerate(paths, 1)
        for stage, at, email in path
        if at < end
    ]
    return sorted(rows, key=lambda row: (row["date"], row["case"]))


def _of_customer(
    rng: np.random.Generator, story: Story, one: Customer, end: datetime
) -> list[tuple[str, datetime, str]]:
    """Everybody who bought gets the box; setting up the account, opening the cards and renewing are their own doing."""
    considered = one.joined - timedelta(hours=float(rng.exponential(40)) + 0.2)
    seen = considered - timedelta(hours=float(rng.exponential(60)) + 0.1)
    arrived = one.joined + timedelta(days=one.own["days_to_first_box"])
    path = [("awareness", seen), ("consideration", considered), ("purchase", one.joined)]
    if rng.random() < SHARES["purchase to onboarding"]:
        path.append(("onboarding", one.joined + timedelta(hours=float(rng.exponential(12)))))
    path.append(("fulfillment", arrived))
    if rng.random() < SHARES["fulfillment to usage"]:
        path.append(("usage", arrived + timedelta(hours=float(rng.uniform(2, 90)))))
    renewed = one.joined + timedelta(days=30)
    tells, late = rng.random(), float(rng.uniform(5, 120))
    if renewed < one.until(end):
        path.append(("retention", renewed))
        share = SHARES["advocacy_of_the_average_bond"]
        odds = share / (1 - share) * np.exp(story["referrals"] * one.bond.quality(renewed))
        told = renewed + timedelta(days=late)
        if tells < odds / (1 + odds) and told < one.until(end):
            path.append(("advocacy", told))
    return [(stage, at.replace(second=0, microsecond=0), one.person.email) for stage, at in path]
