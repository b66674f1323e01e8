"""Rebuild the running case "the coffee shop": simulated stamp cards, answers, referrals, and their truth.

    python datasets/make/coffee_shop.py [--out datasets/coffee_shop]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from town import files, google_forms, people, sheets, truth, voices
from town.bonds import Story, happenings, rate
from town.growth import REFERRAL, Customer, Growth, grow, monthly_spend, months
from town.voices import Words

SEED = 202600396
ZONE = "Europe/Dublin"
OPENED, END = datetime(2025, 2, 3), datetime(2026, 11, 1)
PLAN = Growth(OPENED, END, 240, {"walked past": 0.5, "poster": 0.2, "social media": 0.3}, 0.7, 0.3)
SHOP = {
    "visits_per_year": {"family": "gamma", "shape": 3.0, "mean": 30.0},
    "amount_eur": {"median": 4.6, "sd_of_log_between": 0.35, "sd_of_log_within": 0.22},
    "sd_of_log_spend": 0.7,
    "share_without_card": 0.06,
    "money_given_back": 12,
    "waves": {"2025-09-15": 50, "2026-03-02": 50, "2026-09-14": 50},
    "share_with_email": 0.7,
}
PLANTED = {"visits": 0.3, "leaving": -0.4, "referrals": 0.0, "spend_on_leaving": -1.2}
OWN = {
    "spend_on_leaving": "on the log of the drop-out rate, per standard deviation of the log of what a customer spends "
    "a year: who spends little leaves sooner",
}
COSTS = {"walked past": 0.0, "poster": 4.0, "social media": 7.0, REFERRAL: 12.0}
KEEPING = {"free tenth coffee": 2.9}
WORDS = Words(
    keep=(
        "The flat white is perfect.", "You suggest a new bean each week, I like that.", "A calm place to work.",
        "Keep the stamp card.", "The window seats!", "Nobody hurries me.", "Always the same good music.",
    ),
    change=(
        "More sockets, please.", "The queue at nine is long.", "Tell us when the oat milk is out.",
        "Answer messages about the back room.", "Colder in winter than it should be.", "A bit dear.",
    ),
    reviews={},
)
DEFINITIONS = {
    "rows": "rows of the stamp cards",
    "sales": "rows with an amount above zero; given_back: rows with an amount below zero",
    "net_eur": "sum of the amounts",
    "without_customer": "rows with an empty customer",
    "customers": "distinct customers of the sales",
    **truth.ANSWERS,
    "with_email": "answers with an e-mail address",
    "referrals": "rows of the referrals sheet",
    "ever": "customers of the simulation",
    "by_channel": "how they found the shop",
}


def main() -> None:
    files.main("coffee_shop", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 4)
    sensitive = story["spend_on_leaving"]
    names = people.persons(chance[0], people.BRITISH)
    customers = grow(chance[0], story, PLAN, names, _newcomer, lambda one: np.exp(sensitive * one.own["level"]))
    stamps = _stamps(chance[1], story, customers)
    answers = _answers(chance[2], story, customers)
    exports = folder / "exports"
    stamps = sheets.write(exports / "stamp cards.csv", "orders", stamps, without="order")
    google_forms.write(exports / "How are we doing (Responses).csv", voices.QUESTIONS, answers)
    spend = monthly_spend(chance[3], customers, months(OPENED, END), COSTS, KEEPING)
    spend = sheets.write(exports / "spend.csv", "spend", [row | {"currency": "EUR"} for row in spend])
    brought = sheets.write(exports / "referrals.csv", "referrals", _referrals(customers))
    files.shop(exports, "coffee_shop", "The coffee shop", ZONE, "EUR", opened=f"{OPENED:%Y-%m-%d}")
    _truth(folder, story, customers, stamps, answers, spend, brought)


def _newcomer(rng: np.random.Generator, one: Customer) -> None:
    visits, amount = SHOP["visits_per_year"], SHOP["amount_eur"]
    often = max(rng.gamma(visits["shape"], visits["mean"] / visits["shape"]), 1.0)
    much = amount["median"] * np.exp(rng.normal(0, amount["sd_of_log_between"]))
    level = np.log(often * much / (visits["mean"] * amount["median"])) / SHOP["sd_of_log_spend"]
    one.own = {"visits": often, "amount": much, "level": float(level)}


def _stamps(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[dict]:
    rows = []
    for one in customers:
        often = rate(story, "visits", one.bond, one.own["visits"])
        for day in [one.joined, *happenings(rng, one.joined, one.until(END), often)]:
            at = people.opening(rng, day, 7, 17.5, closed=(6,))
            cents = 5 * round(20 * one.own["amount"] * np.exp(rng.normal(0, SHOP["amount_eur"]["sd_of_log_within"])))
            known = rng.random() >= SHOP["share_without_card"]
            if at < END:
                rows.append({"date": at, "customer": one.person.email if known else "", "amount": cents})
    for place in rng.choice(len(rows), SHOP["money_given_back"], replace=False):
        row = rows[int(place)]
        rows.append(row | {"date": row["date"] + timedelta(minutes=6), "amount": -row["amount"]})
    rows.sort(key=lambda row: (row["date"], row["customer"], row["amount"]))
    return [row | {"amount": sheets.money(row["amount"]), "currency": "EUR"} for row in rows]


def _answers(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[tuple]:
    found = []
    for start, wanted in SHOP["waves"].items():
        day = datetime.fromisoformat(start)
        there = [one for one in customers if one.is_one(day)]
        for place in rng.choice(len(there), min(wanted, len(there)), replace=False):
            one = there[int(place)]
            at = people.opening(rng, day + timedelta(days=int(rng.integers(0, 13))), 7, 22)
            given = voices.pocket(rng, story, one.bond, at, WORDS)
            found.append((at, one.person.email if rng.random() < SHOP["share_with_email"] else "", given))
    return found


def _referrals(customers: list[Customer]) -> list[dict]:
    return [
        {"referrer": one.referrer.person.email, "customer": one.person.email, "date": one.joined.date()}
        for one in customers
        if one.referrer
    ]


def _truth(
    folder: Path,
    story: Story,
    customers: list[Customer],
    stamps: list[dict],
    answers: list[tuple],
    spend: list[dict],
    brought: list[dict],
) -> None:
    told, true = truth.answers(story, [given for _, _, given in answers])
    amounts = [float(row["amount"]) for row in stamps]
    counts = {
        "orders": {
            "rows": len(stamps),
            "sales": sum(amount > 0 for amount in amounts),
            "given_back": sum(amount < 0 for amount in amounts),
            "net_eur": round(sum(amounts), 2),
            "without_customer": sum(not row["customer"] for row in stamps),
            "customers": len({row["customer"] for row in stamps if float(row["amount"]) > 0} - {""}),
        },
        "answers": told | {"with_email": sum(bool(email) for _, email, _ in answers)},
        "referrals": {"referrals": len(brought)},
        "customers": {
            "ever": len(customers),
            "by_channel": dict(sorted(Counter(one.channel for one in customers).items())),
        },
    }
    flat = "growth a year, on the log, of what one and the same customer spends; the average over who is left rises"
    true |= {
        "spend_growth_per_year": truth.value(0.0, flat),
        "referrals_per_year": truth.referrals(story, PLAN.referrals_per_year),
        **truth.cost_of_customers(spend, COSTS, KEEPING),
        "kept_by_keeping": truth.value(0, "customers who would have left without the tenth coffee: none in the model"),
    }
    parameters = {"plan": PLAN.told(), "shop": SHOP, "voices": voices.parameters()}
    about = "a coffee shop that does not exist."
    truth.write(folder, about, SEED, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one) for one in customers))


def _row(one: Customer) -> dict:
    return {
        "email": one.person.email,
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "channel": one.channel,
        "referred_by": one.referrer.person.email if one.referrer else "",
        "brought": len(one.brought),
        "visits_per_year": f"{one.own['visits']:.3f}",
        "amount_eur": f"{one.own['amount']:.2f}",
        **truth.bond(one.bond, one.joined, one.until(END)),
    }


if __name__ == "__main__":
    main()
