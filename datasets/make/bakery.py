"""Rebuild the running case "the bakery": simulated till, paper survey, reviews, and their truth.

    python datasets/make/bakery.py [--out datasets/bakery]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
from bakery_truth import write_truth
from bakery_words import FAVOURITES, GOODS, MODIFIERS, REPLIES, WORDS
from town import files, google_reviews, paper_sheet, people, sheets, square_export, voices
from town.bonds import Story, happenings, rate, season
from town.growth import Customer, Growth, grow, monthly_spend, months
from town.paper_sheet import Slip
from town.square_export import REFUND, Item, Sale, Till

SEED = 20260687
ZONE = "America/New_York"
OPENED, END = datetime(2025, 5, 2), datetime(2026, 11, 1)
PLAN = Growth(OPENED, END, 300, {"walked past": 0.5, "leaflet": 0.2, "online ads": 0.3}, 0.6, 0.6)
SHOP = {
    "visits_per_year": {"family": "gamma", "shape": 4.0, "mean": 8.5},
    "basket_usd": {"median": 9.0, "sd_of_log_between": 0.25, "sd_of_log_within": 0.3},
    "share_with_card": 0.6,
    "share_of_sales_without_card_shown": 0.12,
    "walk_in_sales": 1050,
    "refunds": 0.012,
    "slips_of_waves": {"2026-05-04": 110, "2026-09-21": 110},
    "share_of_slips_by_walk_ins": 0.15,
    "share_of_slips_handed_in_by_card_holders": 0.85,
    "share_consenting": 0.8,
    "reviews_per_year_of_a_customer": 0.28,
    "lost_orders": {"date": "2025-12-23", "share": 0.25, "move": -1.5, "share_mended": 0.5, "by_mending": 1.2},
}
PLANTED = {"visits": 0.35, "growth_per_year": 0.22}
COSTS = {"walked past": 0.0, "leaflet": 15.0, "online ads": 28.0, "referral": 5.0}
COSTS_NULL = dict.fromkeys(COSTS, 12.0)
KEEPING, KEEPING_NULL = {"birthday treats and cards": 0.8}, {"birthday treats and cards": 1.0}
MONTHS = (0.85, 0.9, 0.95, 1.0, 1.0, 0.9, 0.8, 0.8, 0.95, 1.0, 1.0, 1.0)
TILL = Till("Eastern Time (US & Canada)", "Bakery on Tide Street", "Counter 1")
STAFF = ("Winnie", "Oskar", "Meera")


def main() -> None:
    files.main("bakery", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`; with `effects=0` its twin."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 6)
    customers = grow(chance[0], story, PLAN, people.persons(chance[0]), _newcomer)
    sales = _sales(chance[1], story, customers)
    slips, claims = _survey(chance[2], story, customers)
    reviews = _reviews(chance[3], story, customers)
    costs, keeping = (COSTS, KEEPING) if story.effects else (COSTS_NULL, KEEPING_NULL)
    spend = monthly_spend(chance[4], customers, months(OPENED, END), costs, keeping)

    exports = folder / "exports"
    square_export.write_transactions(exports / "transactions-2025-05-02-2026-10-31.csv", TILL, sales)
    square_export.write_items(exports / "items-2025-05-02-2026-10-31.csv", TILL, sales)
    paper = paper_sheet.write(exports / "paper survey.xlsx", chance[5], voices.QUESTIONS, slips)
    claimed = sheets.write(exports / "claims.csv", "claims", claims)
    brought = sheets.write(exports / "referrals.csv", "referrals", _referrals(customers))
    spent = sheets.write(exports / "spend.csv", "spend", [row | {"currency": "USD"} for row in spend])
    told = google_reviews.write(exports / "reviews.json", chance[5], "bakery", reviews, ZONE)
    files.shop(exports, "bakery", "The bakery", ZONE, "USD", opened=f"{OPENED:%Y-%m-%d}")
    write_truth(
        folder, SEED, story, customers, sales, slips, claimed, brought, spent, paper, told,
        {"plan": PLAN.told(), "shop": SHOP, "months": list(MONTHS), "voices": voices.parameters()},
        (costs, keeping), END,
    )  # fmt: skip


def _newcomer(rng: np.random.Generator, one: Customer) -> None:
    visits = SHOP["visits_per_year"]
    one.own = {
        "card": people.code(rng, 26) if rng.random() < SHOP["share_with_card"] else "",
        "visits": max(rng.gamma(visits["shape"], visits["mean"] / visits["shape"]), 0.3),
        "basket": SHOP["basket_usd"]["median"] * np.exp(rng.normal(0, SHOP["basket_usd"]["sd_of_log_between"])),
        "favourite": people.pick(rng, FAVOURITES),
        "birthday": int(rng.integers(1, 13)),
        "pays": (people.pick(rng, ("Visa", "MasterCard", "Discover")), f"{rng.integers(10**4):04d}"),
        "planted": "",
    }
    _lost_order(rng, one)


def _lost_order(rng: np.random.Generator, one: Customer) -> None:
    """Orders for Christmas were not ready; with half of those who had ordered it was put right within a week."""
    given = SHOP["lost_orders"]
    day, draw = datetime.fromisoformat(given["date"]), rng.random()
    if one.joined > day or draw >= given["share"]:
        return
    one.bond.move(day, "", given["move"])
    one.own["planted"] = "order lost"
    if draw < given["share"] * given["share_mended"]:
        one.bond.move(day + timedelta(days=5), "", given["by_mending"])
        one.own["planted"] = "order lost and mended"


# Sales -----------------------------------------------------------------------------------------------------------


def _sales(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[Sale]:
    sales = [sale for one in customers for sale in _of_regular(rng, story, one)]
    sales += [_walk_in(rng) for _ in range(SHOP["walk_in_sales"])]
    sales.sort(key=lambda sale: sale.at)
    numbers = count(1)
    for sale in sales:
        sale.number, sale.payment = _numbers(next(numbers))
    given_back = [_refund(rng, sale, next(numbers)) for sale in sales if rng.random() < SHOP["refunds"]]
    return sorted([*sales, *given_back], key=lambda sale: sale.at)


def _of_regular(rng: np.random.Generator, story: Story, one: Customer) -> list[Sale]:
    often = season(rate(story, "visits", one.bond, one.own["visits"]), MONTHS)
    days = [one.joined, *happenings(rng, one.joined, one.until(END), often, 6 * one.own["visits"])]
    sales, treated = [], set()
    for day in days:
        at = people.opening(rng, day, 6.5, 15.0, closed=(0,))
        if at >= END:
            continue
        grown = story["growth_per_year"] * one.tenure_years(at) + rng.normal(0, SHOP["basket_usd"]["sd_of_log_within"])
        sale = _sale(rng, at, 100 * one.own["basket"] * np.exp(grown), one.own["favourite"], one.own["pays"])
        if one.own["card"] and rng.random() >= SHOP["share_of_sales_without_card_shown"]:
            sale.customer, sale.name = one.own["card"], one.person.name
            if at.month == one.own["birthday"] and at.year not in treated and sale.gross > 600:
                treated.add(at.year)
                sale.discount = 300
        sales.append(sale)
    return sales


def _walk_in(rng: np.random.Generator) -> Sale:
    at = people.opening(rng, people.between(rng, OPENED, END - timedelta(days=2)), 6.5, 15.0, closed=(0,))
    tail = (people.pick(rng, ("Visa", "MasterCard")), f"{rng.integers(10**4):04d}")
    return _sale(rng, at, 800 * np.exp(rng.normal(0, 0.45)), people.pick(rng, GOODS), tail)


def _sale(rng: np.random.Generator, at: datetime, wanted: float, first: Item, pays: tuple[str, str]) -> Sale:
    """Fill the bag until nothing fits: the favourite first, if it does."""
    left, chosen = wanted, {}
    while fits := [good for good in GOODS if good.price <= left + 100] or ([] if chosen else [GOODS[2]]):
        again = [good for good in chosen if good in fits] if rng.random() < 0.5 else []
        good = first if first in fits and not chosen else people.pick(rng, again or fits)
        chosen[good] = chosen.get(good, 0) + 1
        left -= good.price
    items = [
        Item(good.category, good.name, good.sku, good.price, many, people.pick(rng, MODIFIERS))
        for good, many in chosen.items()
    ]
    by_card = rng.random() < 0.7
    tip = 100 if by_card and rng.random() < 0.15 else 0
    return Sale(at, items, "", "", pays if by_card else None, tip=tip, staff=people.pick(rng, STAFF))


def _refund(rng: np.random.Generator, sale: Sale, number: int) -> Sale:
    """One kind of item comes back within three days, at what was paid for it."""
    item = sale.items[-1]
    at = people.opening(rng, sale.at + timedelta(days=int(rng.integers(1, 4))), 7.0, 15.0, closed=(0,))
    at = min(at, END - timedelta(minutes=5))
    discount = sale.discount if len(sale.items) == 1 else 0
    reason = people.pick(rng, ("Returned Goods", "Accidental Charge"))
    return Sale(
        at, [item], sale.number, _numbers(number)[1], sale.card, sale.customer, sale.name, discount, event=REFUND,
        reason=reason, staff=sale.staff,
    )  # fmt: skip


def _numbers(number: int) -> tuple[str, str]:
    """Numbers of a transaction and its payment, in the length and letters of Square."""
    rng = np.random.default_rng([SEED, 99, number])
    return people.code(rng, 16), people.code(rng, 16)


# Voices ----------------------------------------------------------------------------------------------------------


def _survey(rng: np.random.Generator, story: Story, customers: list[Customer]) -> tuple[list[Slip], list[dict]]:
    """Slips lie at the counter for two weeks: who comes more often is more likely to take one."""
    slips, claims = [], []
    for start, wanted in SHOP["slips_of_waves"].items():
        day = datetime.fromisoformat(start)
        there = [one for one in customers if one.is_one(day)]
        walk_ins = round(SHOP["share_of_slips_by_walk_ins"] * wanted)
        often = np.array([rate(story, "visits", one.bond, one.own["visits"])(day) for one in there])
        asked = rng.choice(len(there), wanted - walk_ins, replace=False, p=often / often.sum())
        for one in [*(there[int(place)] for place in asked), *[None] * walk_ins]:
            at = day + timedelta(days=int(rng.integers(1, 14)))
            given = voices.pocket(rng, story, one.bond if one else None, at, WORDS)
            code = f"BAK-{people.code(rng, 4, 'ACDEFHJKLMNPRTWXY3479')}"
            draw = rng.random()
            kept = one is not None and one.own["card"] and draw < SHOP["share_of_slips_handed_in_by_card_holders"]
            slips.append(Slip(at.date(), code if kept or rng.random() < 0.5 else "", given))
            if kept:
                one.own["answered"] = True
                consent = "yes" if rng.random() < SHOP["share_consenting"] else "no"
                claims.append({"claim code": code, "customer": one.own["card"], "date": at.date(), "consent": consent})
    return slips, sorted(claims, key=lambda row: (row["date"], row["claim code"]))


def _reviews(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[google_reviews.Review]:
    found = []
    for one in customers:
        for at in happenings(rng, one.joined, one.until(END), lambda _: SHOP["reviews_per_year_of_a_customer"]):
            when = people.opening(rng, min(at, END - timedelta(days=4)), 8, 21)
            stars, said = voices.review(rng, story, one.bond, at, WORDS)
            reply = REPLIES[stars >= 4] if said and rng.random() < 0.5 else ""
            replied = when + timedelta(hours=float(rng.uniform(2, 70)))
            found.append(google_reviews.Review(when, stars, said, one.person.name, reply, replied))
    return found


def _referrals(customers: list[Customer]) -> list[dict]:
    """The baker notes who brought whom, where the one who brought has a card."""
    return [
        {"referrer": one.referrer.own["card"], "customer": one.own["card"], "date": one.joined.date()}
        for one in customers
        if one.referrer and one.referrer.own["card"]
    ]


if __name__ == "__main__":
    main()
