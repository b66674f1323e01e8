"""Rebuild the running case "the subscription box": simulated payments, answers, journeys, and their truth.

    python datasets/make/subscription_box.py [--out datasets/subscription_box]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from subscription_box_journey import journeys
from subscription_box_truth import ADDRESS, write_truth
from subscription_box_words import TOPICS, WORDS
from town import files, people, sheets, stripe_export, typeform_export, voices
from town.bonds import Story, happenings, rate
from town.growth import REFERRAL, Customer, Growth, grow, monthly_spend, months
from town.stripe_export import Payment
from town.typeform_export import Answer

SEED = 202600498
ZONE, CURRENCY = "Europe/London", "GBP"
OPENED, END = datetime(2024, 11, 18), datetime(2026, 11, 1)
PLAN = Growth(OPENED, END, 260, {"social media": 0.55, "search": 0.25, "gift guide": 0.2}, 1.1, 0.35)
SHOP = {
    "prices_pence": {"Small box": 1900, "Large box": 2900},
    "share_small": 0.65,
    "share_first_box_late": 0.2,
    "move_by_late_first_box": {"dimensions": "trust fairness", "by": -1.2, "half_life_days": 240},
    "share_failed_payments": 0.03,
    "share_of_failed_paid_on_second_try": 0.75,
    "share_refunded_in_full": 0.012,
    "share_refunded_in_part": 0.012,
    "share_with_welcome_gift": 0.5,
    "cost_of_welcome_gift": 4.0,
    "complaints_per_year": 0.9,
    "waves": {"2025-10-13": 90, "2026-05-11": 90, "2026-09-28": 70},
    "share_broken_off": 0.1,
}
PLANTED = {"leaving": -0.6, "gift_on_leaving": -0.7, "referrals": 0.7}
COSTS = {"social media": 34.0, "search": 22.0, "gift guide": 18.0, REFERRAL: 10.0}
COSTS_NULL = dict.fromkeys(COSTS, 20.0)
KEEPING = {"monthly note and call": 0.6}

PLAN_COLUMN, GIFT_COLUMN = "plan (metadata)", "welcome_gift (metadata)"


def main() -> None:
    files.main("subscription_box", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`; with `effects=0` its twin."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 7)
    names = people.persons(chance[0], people.BRITISH)
    gift = story["gift_on_leaving"]
    customers = grow(chance[0], story, PLAN, names, _newcomer, lambda one: np.exp(gift * one.own["gift"]))
    payments = _payments(chance[1], customers)
    answers = _answers(chance[2], story, customers)
    tickets = _tickets(chance[3], story, customers)
    events = journeys(chance[4], story, customers, OPENED, END)
    costs = COSTS if story.effects else COSTS_NULL
    spend = monthly_spend(chance[5], customers, months(OPENED, END), costs, KEEPING) + _gifts(customers)

    exports = folder / "exports"
    stripe_export.write(
        exports / "unified_payments.csv", payments, ZONE, CURRENCY, "CHEESE BOX", (PLAN_COLUMN, GIFT_COLUMN)
    )
    typeform_export.write(exports / "responses-how-are-we-doing.csv", (*voices.QUESTIONS, ADDRESS), answers, ZONE)
    events = sheets.write(exports / "journeys.csv", "events", events)
    tickets = sheets.write(exports / "tickets.csv", "interactions", tickets)
    spend = sheets.write(exports / "spend.csv", "spend", [row | {"currency": CURRENCY} for row in spend])
    brought = sheets.write(exports / "referrals.csv", "referrals", _referrals(customers))
    files.shop(exports, "subscription_box", "The cheese box", ZONE, CURRENCY, opened=f"{OPENED:%Y-%m-%d}")
    write_truth(
        folder, SEED, story, customers, payments, answers, events, tickets, spend, brought, costs, KEEPING,
        {"plan": PLAN.told(), "shop": SHOP, "voices": voices.parameters()}, END,
    )  # fmt: skip


def _newcomer(rng: np.random.Generator, one: Customer) -> None:
    days = int(rng.integers(9, 16)) if rng.random() < SHOP["share_first_box_late"] else int(rng.integers(2, 7))
    one.own = {
        "customer": f"cus_{people.code(rng, 14)}",
        "card": f"card_{people.code(rng, 20)}",
        "plan": "Small box" if rng.random() < SHOP["share_small"] else "Large box",
        "gift": bool(rng.random() < SHOP["share_with_welcome_gift"]),
        "days_to_first_box": days,
        "late": days > 7,
    }
    if one.own["late"]:
        move = SHOP["move_by_late_first_box"]
        one.bond.move(one.joined + timedelta(days=7), move["dimensions"], move["by"], move["half_life_days"])


# Money -----------------------------------------------------------------------------------------------------------


def _payments(rng: np.random.Generator, customers: list[Customer]) -> list[Payment]:
    payments = [payment for one in customers for payment in _of(rng, one)]
    for day in ("2024-11-11", "2025-02-12", "2025-09-03", "2026-03-19", "2026-08-06"):
        at = datetime.fromisoformat(f"{day} 09:30")
        owner = Payment(at, f"ch_{people.code(rng, 20)}", 1900, f"cus_{people.code(rng, 14)}", "test@example.com",
                        f"card_{people.code(rng, 20)}", "", "Test of the payment page", test=True)  # fmt: skip
        payments.append(owner)
    return sorted(payments, key=lambda payment: (payment.at, payment.number))


def _of(rng: np.random.Generator, one: Customer) -> list[Payment]:
    """One payment a month from the day of joining; a second failure ends the contract."""
    found, month = [], 0
    while (at := one.joined + timedelta(days=round(month * 30.44))) < one.until(END):
        payment = _payment(rng, one, at)
        found.append(payment)
        month += 1
        if rng.random() < SHOP["share_failed_payments"] and month > 1:
            payment.decline = people.pick(rng, ("insufficient_funds", "expired_card", "generic_decline"))
            again = _payment(rng, one, min(at + timedelta(days=3), END - timedelta(hours=1)))
            again.invoice = payment.invoice
            found.append(again)
            if rng.random() >= SHOP["share_of_failed_paid_on_second_try"]:
                again.decline = payment.decline
                one.left, one.own["lost_by_card"] = again.at, True
                return found
        elif (draw := rng.random()) < SHOP["share_refunded_in_full"] + SHOP["share_refunded_in_part"]:
            payment.refunded = payment.amount if draw < SHOP["share_refunded_in_full"] else 500
            payment.refunded_at = min(at + timedelta(days=float(rng.uniform(2, 15))), END - timedelta(hours=2))
    return found


def _payment(rng: np.random.Generator, one: Customer, at: datetime) -> Payment:
    return Payment(
        at, f"ch_{people.code(rng, 20)}", SHOP["prices_pence"][one.own["plan"]], one.own["customer"], one.person.email,
        one.own["card"], f"in_{people.code(rng, 20)}", "Subscription update",
        more={PLAN_COLUMN: one.own["plan"], GIFT_COLUMN: "yes" if one.own["gift"] else "no"},
    )  # fmt: skip


def _gifts(customers: list[Customer]) -> list[dict]:
    rows = []
    for month in months(OPENED, END):
        new = [one for one in customers if (one.joined.year, one.joined.month) == (month.year, month.month)]
        amount = f"{SHOP['cost_of_welcome_gift'] * sum(one.own['gift'] for one in new):.2f}"
        rows.append({"channel": "welcome gift", "date": month.date(), "purpose": "keeping", "amount": amount})
    return rows


def _referrals(customers: list[Customer]) -> list[dict]:
    return [
        {"referrer": one.referrer.person.email, "customer": one.person.email, "date": one.joined.date()}
        for one in customers
        if one.referrer
    ]


# Voices ----------------------------------------------------------------------------------------------------------


def _answers(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[Answer]:
    """Everybody with a contract is written to; those who answer are drawn at random, and some break off."""
    found = []
    for start, wanted in SHOP["waves"].items():
        day = datetime.fromisoformat(start)
        there = [one for one in customers if one.is_one(day)]
        for place in rng.choice(len(there), min(wanted, len(there)), replace=False):
            one = there[int(place)]
            at = people.opening(rng, day + timedelta(days=int(rng.integers(0, 12))), 7, 22.5)
            given = voices.pocket(rng, story, one.bond, at, WORDS)
            given[ADDRESS] = one.person.email if rng.random() < 0.85 else ""
            complete = bool(rng.random() >= SHOP["share_broken_off"])
            if not complete:
                given = {question: given[question] for question in voices.QUESTIONS[:4]}
            number, network = people.code(rng, 24).lower(), people.code(rng, 10).lower()
            found.append(Answer(at, number, given, int(rng.integers(50, 260)), network, complete))
    return found


def _tickets(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[dict]:
    """Complaints; the last ones of October are still open."""
    found = []
    for one in customers:
        often = rate(story, "complaints", one.bond, SHOP["complaints_per_year"])
        for at in happenings(rng, one.joined, one.until(END), often, 30.0):
            when = people.opening(rng, at, 8, 20)
            if when >= END:
                continue
            reply = int(np.exp(rng.normal(5.2, 1.0)))
            solved = when + timedelta(minutes=reply, hours=float(rng.exponential(700 if rng.random() < 0.12 else 30)))
            still_open = solved >= END
            happy = rng.random() < 1 / (1 + np.exp(-0.9 - story["stars"] * one.bond.quality(at)))
            found.append({
                "customer": one.person.email, "date": when, "channel": people.pick(rng, ("mail", "chat", "telephone")),
                "type": "complaint", "topic": people.pick(rng, TOPICS), "status": "open" if still_open else "solved",
                "first reply minutes": "" if when + timedelta(minutes=reply) >= END else reply,
                "solved": "" if still_open else solved,
                "satisfied": "" if still_open or rng.random() < 0.4 else "yes" if happy else "no",
            })  # fmt: skip
    found.sort(key=lambda row: (row["date"], row["customer"]))
    return [{"ticket": f"T-{number}"} | row for number, row in enumerate(found, 1)]


if __name__ == "__main__":
    main()
