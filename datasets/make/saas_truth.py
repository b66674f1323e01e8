"""What is true of the simulated software firm."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from saas_words import STEPS
from town import truth
from town.bonds import Story
from town.hubspot_export import LOST, OPEN, WON, Deal

DEFINITIONS = {
    "contracts": "rows of the subscriptions; ended: those with a day in ended",
    "events": "rows of the usage log; by_step: accounts with each step of setting up",
    "rows": "rows of the deals; won, lost, open: by Deal Stage",
    "net_usd": "sum of Amount over the deals won",
    "contacts": "rows of the contacts; opted_out: Unsubscribed from all email is true",
    "tickets": "rows of the tickets; merged: Tags hold closed_by_merge; unsolved: no day in Solved at",
    "satisfied": "tickets whose Satisfaction Score is Good; dissatisfied: Bad",
    "answers": "rows of the scores; persons: distinct addresses among them",
    "recommend_mean": "mean score, 0 to 10",
    "nps": "100 x (share of 9 and 10 less share of 0 to 6) among the scores",
    "ever": "accounts of the simulation; by_persona: how many of each",
}
OWN = {
    "visits": "on the log of the rate of logged usage, per standard deviation of the quality of the bond",
    "bond_on_staying": "correlation of the bond on joining with the normal score behind an account's chance of staying",
    "onboarding_on_staying": "correlation of the readiness behind the steps of setting up with the same score",
    "usage_before_leaving": "on the log of the rate of logged usage, in the last thirty days of an account that leaves",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    accounts: list,
    contracts: list[dict],
    usage: list[dict],
    tickets: list,
    deals: list[Deal],
    answers: list,
    parameters: dict,
    end: datetime,
) -> None:
    scores = [answer.score for answer in answers]
    steps = Counter(step for one in accounts for step in one.steps)
    stages = Counter(deal.stage for deal in deals)
    counts = {
        "subscriptions": {"contracts": len(contracts), "ended": sum(bool(row["ended"]) for row in contracts)},
        "usage": {"events": len(usage), "by_step": {step: steps[step] for step in STEPS}},
        "orders": {
            "rows": len(deals),
            "won": stages[WON],
            "lost": stages[LOST],
            "open": stages[OPEN],
            "net_usd": sum(deal.amount for deal in deals if deal.stage == WON) / 100,
            "contacts": len(deals),
            "opted_out": sum(deal.opted_out for deal in deals),
        },
        "tickets": {
            "tickets": len(tickets),
            "merged": sum(ticket.merged for ticket in tickets),
            "unsolved": sum(ticket.solved is None for ticket in tickets),
            "satisfied": sum(ticket.satisfied is True for ticket in tickets),
            "dissatisfied": sum(ticket.satisfied is False for ticket in tickets),
        },
        "answers": {
            "answers": len(answers),
            "persons": len({answer.email for answer in answers}),
            "recommend_mean": truth.mean(scores),
            "nps": truth.mean([100 * ((score >= 9) - (score <= 6)) for score in scores]),
        },
        "customers": {
            "ever": len(accounts),
            "by_persona": dict(sorted(Counter(one.persona for one in accounts).items())),
        },
    }
    true = {
        "sbg": truth.value(
            parameters["firm"]["sbg"], "beta distribution of the chance of leaving at the end of each month of 30 days"
        ),
        "retention": truth.value(
            _retention(**parameters["firm"]["sbg"]), "share of a cohort still there after 1, 2, 3, 6 and 12 months"
        ),
        "shares_of_features": truth.value(parameters["features"], "planted: shares of logged usage, by persona"),
    }
    about = "a software firm that does not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in accounts))


def _retention(alpha: float, beta: float) -> dict[str, float]:
    found, share = {}, 1.0
    for month in range(1, 13):
        share *= (beta + month - 1) / (alpha + beta + month - 1)
        if month in (1, 2, 3, 6, 12):
            found[str(month)] = round(share, 4)
    return found


def _row(one, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "account": f"A-{one.number}",
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "persona": one.persona,
        "plan": one.plan,
        "usage_a_month": f"{one.usual:.3f}",
        "readiness": f"{one.ready:.3f}",
        "steps": len(one.steps),
        "churn_a_month": f"{one.churn:.6f}",
        **truth.bond(one.bond, one.joined, one.until(end)),
    }
