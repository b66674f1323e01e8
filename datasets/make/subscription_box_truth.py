"""What is true of the simulated subscription box."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
from subscription_box_journey import SHARES, STAGES
from town import truth, voices
from town.bonds import Story
from town.growth import Customer
from town.stripe_export import FAILED, Payment
from town.typeform_export import Answer

DEFINITIONS = {
    "rows": "rows of the payments",
    "test": "Mode is Test",
    "failed": "not a test, and Status is Failed",
    "paid": "neither test nor failed; refunded ones are among them",
    "fully_refunded": "paid, and Amount Refunded equals Amount",
    "partly_refunded": "paid, and Amount Refunded is more than nothing and less than Amount",
    "total_gbp": "sum of Amount over the paid",
    "refunds_gbp": "sum of Amount Refunded over the paid",
    "net_gbp": "total_gbp less refunds_gbp",
    "customers_paying": "distinct e-mail addresses among the paid",
    "contracts_ended": "customers of truth_customers.csv with a day in left_on; by_card: because two payments failed",
    **truth.ANSWERS,
    "complete": "answers whose Response Type is completed",
    "with_address": "answers with an e-mail address",
    "events": "rows of the journeys; reached: cases with at least one row of the stage",
    "late_first_boxes": "cases with more than seven days from purchase to fulfillment",
    "tickets": "rows of the tickets; open: status is open",
    "referrals": "rows of the referrals sheet",
}
ADDRESS = "What is your email address?"
OWN = {
    "gift_on_leaving": "on the log of the drop-out rate, for who got the welcome gift; the gift was given at random",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    customers: list[Customer],
    payments: list[Payment],
    answers: list[Answer],
    events: list[dict],
    tickets: list[dict],
    spend: list[dict],
    brought: list[dict],
    costs: dict[str, float],
    keeping: dict[str, float],
    parameters: dict,
    end: datetime,
) -> None:
    told, true = truth.answers(story, [_blank(answer) for answer in answers])
    told |= {
        "complete": sum(answer.complete for answer in answers),
        "with_address": sum(bool(answer.given.get(ADDRESS)) for answer in answers),
    }
    ended = [one for one in customers if one.left]
    counts = {
        "orders": _orders(payments),
        "answers": told,
        "journeys": _journeys(events),
        "tickets": {"tickets": len(tickets), "open": sum(row["status"] == "open" for row in tickets)},
        "referrals": {"referrals": len(brought)},
        "customers": {
            "ever": len(customers),
            "contracts_ended": len(ended),
            "by_card": sum("lost_by_card" in one.own for one in ended),
            "by_channel": dict(sorted(Counter(one.channel for one in customers).items())),
        },
    }
    gift = "the drop-out rate with the gift over that without it"
    true |= {
        "spend_growth_per_year": truth.value(0.0, "what one and the same customer pays a month: the price never moves"),
        "referrals_per_year": truth.referrals(story, parameters["plan"]["referrals_per_year"]),
        "hazard_ratio_of_gift": truth.value(round(float(np.exp(story["gift_on_leaving"])), 3), gift),
        "shares_of_stages": truth.value(SHARES, "planted: the share that comes from one stage to the next"),
        **truth.cost_of_customers(spend, costs, keeping),
    }
    definitions = DEFINITIONS | {"ever": "customers of the simulation", "by_channel": "how they found the shop"}
    about = "a subscription box that does not exist."
    truth.write(folder, about, seed, story, definitions, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in customers))


def _blank(answer: Answer) -> dict[str, str]:
    return {question: answer.given.get(question, "") for question in voices.QUESTIONS}


def _orders(payments: list[Payment]) -> dict:
    real = [payment for payment in payments if not payment.test]
    paid = [payment for payment in real if payment.status != FAILED]
    total, refunds = sum(payment.amount for payment in paid), sum(payment.refunded for payment in paid)
    return {
        "rows": len(payments),
        "test": len(payments) - len(real),
        "failed": len(real) - len(paid),
        "paid": len(paid),
        "fully_refunded": sum(payment.refunded == payment.amount for payment in paid),
        "partly_refunded": sum(0 < payment.refunded < payment.amount for payment in paid),
        "total_gbp": total / 100,
        "refunds_gbp": refunds / 100,
        "net_gbp": (total - refunds) / 100,
        "customers_paying": len({payment.email for payment in paid}),
    }


def _journeys(events: list[dict]) -> dict:
    reached = Counter(row["activity"] for row in events)
    return {
        "events": len(events),
        "reached": {stage: reached[stage] for stage in STAGES},
        "late_first_boxes": _late(events),
    }


def _late(events: list[dict]) -> int:
    bought = {row["case"]: row["date"] for row in events if row["activity"] == "purchase"}
    came = {row["case"]: row["date"] for row in events if row["activity"] == "fulfillment"}
    return sum((came[case] - bought[case]).days > 7 for case in came)


def _row(one: Customer, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "customer_id": one.own["customer"],
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "left_by_card": "yes" if "lost_by_card" in one.own else "",
        "channel": one.channel,
        "referred_by": one.referrer.person.email if one.referrer else "",
        "brought": len(one.brought),
        "plan": one.own["plan"],
        "welcome_gift": "yes" if one.own["gift"] else "no",
        "first_box_late": "yes" if one.own["late"] else "no",
        **truth.bond(one.bond, one.joined, one.until(end)),
    }
