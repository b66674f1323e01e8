"""Rebuild the running case "the bookstore": simulated purchases by title, a reading club, requests, and their truth.

    python datasets/make/bookstore.py [--out datasets/bookstore]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

import numpy as np
from bookstore_truth import write_truth
from bookstore_words import BESTSELLERS, BOOKS, GENRES, TASTES, WORDS
from town import files, google_forms, people, sheets, square_export, voices
from town.bonds import Bond, Story, happenings, leaves, rate, season
from town.growth import Customer
from town.square_export import REFUND, Item, Sale, Till

SEED = 20260094
ZONE = "America/Chicago"
OPENED, END = datetime(2024, 11, 5), datetime(2026, 11, 1)
EARLY = datetime(2025, 5, 1)
CLUB_ASKS, CLUB_OPENS = datetime(2025, 10, 1), datetime(2026, 1, 1)
SHOP = {
    "customers": 290,
    "share_there_by_may_2025": 0.85,
    "visits_per_year": {"family": "gamma", "shape": 1.6, "mean": 4.8},
    "drop_out_per_year": 0.22,
    "books_a_visit": {"family": "1 + Poisson", "mean_of_poisson": {"family": "gamma", "shape": 1.2, "mean": 0.5}},
    "share_of_bestsellers": 0.24,
    "share_who_take_the_second_volume_next": 0.4,
    "popularity_within_genre": {"family": "1 / (place + 4)"},
    "walk_in_sales": 130,
    "share_without_number_given": 0.03,
    "refunds": 0.012,
    "requests_a_visit": 0.16,
    "share_turned_away": 0.45,
    "half_life_days_of_being_turned_away": 150,
    "club": {"asks": "2025-10-01", "opens": "2026-01-01", "intercept": -0.5, "per_sd_of_log_spend_before": 2.0,
             "log_spend": {"mean": 4.3, "sd": 0.9}, "share_attending": 0.6},
    "waves": {"2025-10-06": 45, "2026-09-14": 45},
    "share_with_email": 0.6,
}  # fmt: skip
PLANTED = {"visits": 0.3, "leaving": -0.4, "turned_away_on_bond": -1.5, "club_on_visits": 0.0}
MONTHS = (0.75, 0.75, 0.8, 0.85, 0.85, 0.8, 0.8, 0.8, 0.85, 0.9, 1.0, 1.0)
TILL = Till("Central Time (US & Canada)", "Bookstore on Alder Square", "Front desk")
STAFF = ("Winnie", "Oskar", "Meera")


def main() -> None:
    files.main("bookstore", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 5)
    customers = _customers(chance[0], story)
    requests: list[dict] = []
    sales = _sales(chance[1], story, customers, requests)
    evenings = _club(chance[2], customers)
    answers = _answers(chance[3], story, customers)
    exports = folder / "exports"
    square_export.write_items(exports / "items-2024-11-05-2026-10-31.csv", TILL, sales)
    evenings = sheets.write(exports / "reading club.csv", "events", evenings)
    requests.sort(key=lambda row: (row["date"], row["customer"]))
    requests = [{"ticket": f"R-{number}"} | row for number, row in enumerate(requests, 1)]
    asked = sheets.write(exports / "requests.csv", "interactions", requests, without="first reply minutes")
    google_forms.write(exports / "Your bookstore (Responses).csv", voices.QUESTIONS, answers)
    files.shop(exports, "bookstore", "The bookstore", ZONE, "USD", opened=f"{OPENED:%Y-%m-%d}")
    parameters = {"shop": SHOP, "months": list(MONTHS), "tastes": TASTES, "voices": voices.parameters()}
    write_truth(folder, SEED, story, customers, sales, evenings, asked, answers, parameters, END)


def _customers(rng: np.random.Generator, story: Story) -> list[Customer]:
    names, found = people.persons(rng), []
    often, more = SHOP["visits_per_year"], SHOP["books_a_visit"]["mean_of_poisson"]
    for _ in range(SHOP["customers"]):
        early = rng.random() < SHOP["share_there_by_may_2025"]
        joined = people.between(rng, OPENED if early else CLUB_ASKS, EARLY if early else END - timedelta(days=14))
        one = Customer(next(names), Bond.new(rng), joined, "walked past")
        one.left = leaves(rng, story, one.bond, joined, END, SHOP["drop_out_per_year"])
        one.own = {
            "number": people.code(rng, 26),
            "visits": max(rng.gamma(often["shape"], often["mean"] / often["shape"]), 0.4),
            "more": rng.gamma(more["shape"], more["mean"] / more["shape"]),
            "taste": people.pick(rng, tuple(TASTES)),
            "has": set(),
            "before": 0,
            "club": None,
        }
        found.append(one)
    return sorted(found, key=lambda one: one.joined)


# Sales -----------------------------------------------------------------------------------------------------------


def _sales(rng: np.random.Generator, story: Story, customers: list[Customer], requests: list[dict]) -> list[Sale]:
    sales = [sale for one in customers for sale in _of_customer(rng, story, one, requests)]
    sales += [_walk_in(rng) for _ in range(SHOP["walk_in_sales"])]
    sales.sort(key=lambda sale: sale.at)
    numbers = count(1)
    for sale in sales:
        sale.number, sale.payment = _numbers(next(numbers))
    back = [_refund(rng, sale, next(numbers)) for sale in sales if rng.random() < SHOP["refunds"]]
    return sorted([*sales, *back], key=lambda sale: sale.at)


def _of_customer(rng: np.random.Generator, story: Story, one: Customer, requests: list[dict]) -> list[Sale]:
    """One visit after the other, since what happens at one moves the bond."""
    often = season(rate(story, "visits", one.bond, one.own["visits"]), MONTHS)
    day, sales = one.joined, []
    while day:
        at = people.opening(rng, day, 10, 18.5, closed=(0,))
        if at >= END:
            return sales
        sale = Sale(at, _books(rng, one), "", "", _card(rng), one.own["number"], one.person.name)
        sale.staff = people.pick(rng, STAFF)
        if rng.random() < SHOP["share_without_number_given"]:
            sale.customer = sale.name = ""
        sales.append(sale)
        _ask_to_the_club(rng, one, sale)
        if rng.random() < SHOP["requests_a_visit"]:
            requests.append(_request(rng, story, one, at))
        tomorrow = datetime(at.year, at.month, at.day) + timedelta(days=1)
        day = next(iter(happenings(rng, tomorrow, one.until(END), often, 8 * one.own["visits"])), None)
    return sales


def _books(rng: np.random.Generator, one: Customer) -> list[Item]:
    """A new book each time: for some who have a first volume the second, else by taste or what everybody buys."""
    chosen: list[Item] = []
    for _ in range(1 + int(rng.poisson(one.own["more"]))):
        waiting = [
            second
            for first, second in pairwise(BOOKS)
            if second.name.endswith(" 2") and first.name in one.own["has"] and second.name not in one.own["has"]
        ]
        take = waiting and rng.random() < SHOP["share_who_take_the_second_volume_next"]
        book = people.pick(rng, waiting) if take else _new(rng, one)
        if book in chosen:
            continue
        one.own["has"].add(book.name)
        chosen.append(book)
    return chosen


def _new(rng: np.random.Generator, one: Customer) -> Item:
    """What is wanted is drawn first, then a new book of that kind; nobody begins with a second volume."""
    for _ in range(60):
        if rng.random() < SHOP["share_of_bestsellers"]:
            there, weights = BESTSELLERS, np.ones(len(BESTSELLERS))
        else:
            genre = GENRES[int(rng.choice(len(GENRES), p=TASTES[one.own["taste"]]))]
            there = [book for book in BOOKS if book.category == genre]
            weights = 1 / (np.arange(len(there)) + 5)
        weights = weights * [book.name not in one.own["has"] and not book.name.endswith(" 2") for book in there]
        if weights.any():
            return there[int(rng.choice(len(there), p=weights / weights.sum()))]
    return people.pick(rng, BOOKS)


def _walk_in(rng: np.random.Generator) -> Sale:
    at = people.opening(rng, people.between(rng, OPENED, END - timedelta(days=2)), 10, 18.5, closed=(0,))
    return Sale(at, [people.pick(rng, (*BOOKS, *BESTSELLERS))], "", "", _card(rng), staff=people.pick(rng, STAFF))


def _card(rng: np.random.Generator) -> tuple[str, str] | None:
    return (people.pick(rng, ("Visa", "MasterCard")), f"{rng.integers(10**4):04d}") if rng.random() < 0.8 else None


def _refund(rng: np.random.Generator, sale: Sale, number: int) -> Sale:
    at = people.opening(rng, sale.at + timedelta(days=int(rng.integers(1, 9))), 10, 18, closed=(0,))
    return Sale(
        min(at, END - timedelta(minutes=5)), [sale.items[-1]], sale.number, _numbers(number)[1], sale.card,
        sale.customer, sale.name, event=REFUND, reason="Returned Goods", staff=sale.staff,
    )  # fmt: skip


def _numbers(number: int) -> tuple[str, str]:
    rng = np.random.default_rng([SEED, 99, number])
    return people.code(rng, 16), people.code(rng, 16)


# Requests, club, voices ------------------------------------------------------------------------------------------


def _request(rng: np.random.Generator, story: Story, one: Customer, at: datetime) -> dict:
    """A book was out of stock; whoever stood at the desk offered to order it or did not, by lot."""
    away = bool(rng.random() < SHOP["share_turned_away"])
    if away:
        one.bond.move(at, "", story["turned_away_on_bond"], SHOP["half_life_days_of_being_turned_away"])
    solved = at if away else at + timedelta(days=float(rng.uniform(2, 9)))
    still_open = solved >= END
    happy = rng.random() < (0.25 if away else 0.85)
    return {
        "customer": one.own["number"], "date": at, "channel": "counter", "type": "request",
        "topic": "out of stock, turned away" if away else "out of stock, ordered in",
        "status": "open" if still_open else "solved", "solved": "" if still_open else solved,
        "satisfied": "" if still_open or rng.random() < 0.5 else "yes" if happy else "no",
    }  # fmt: skip


def _ask_to_the_club(rng: np.random.Generator, one: Customer, sale: Sale) -> None:
    """Whoever bought before October is asked at the first purchase after: who had spent more is likelier to join."""
    if sale.at < CLUB_ASKS:
        one.own["before"] += sale.net if sale.customer else 0
    elif sale.at < CLUB_OPENS and one.own["before"] and "asked" not in one.own and sale.customer:
        one.own["asked"], given = True, SHOP["club"]
        level = (np.log(one.own["before"] / 100) - given["log_spend"]["mean"]) / given["log_spend"]["sd"]
        odds = np.exp(given["intercept"] + given["per_sd_of_log_spend_before"] * level)
        one.own["club"] = sale.at if rng.random() < odds / (1 + odds) else None


def _club(rng: np.random.Generator, customers: list[Customer]) -> list[dict]:
    """One case a member: the day they signed up and the evenings, the third Thursday of each month."""
    members = sorted((one for one in customers if one.own["club"]), key=lambda one: one.own["club"])
    days = (CLUB_OPENS + timedelta(days=place) for place in range((END - CLUB_OPENS).days))
    evenings = [day for day in days if _third_thursday(day)]
    rows = []
    for number, one in enumerate(members, 1):
        case = {"case": f"RC-{number:03d}", "customer": one.own["number"]}
        rows.append(case | {"activity": "signed up", "date": one.own["club"]})
        there = (day for day in evenings if one.is_one(day) and rng.random() < SHOP["club"]["share_attending"])
        rows += [case | {"activity": "club evening", "date": day + timedelta(hours=19)} for day in there]
    return sorted(rows, key=lambda row: (row["date"], row["case"]))


def _third_thursday(day: datetime) -> bool:
    return day.weekday() == 3 and 15 <= day.day <= 21


def _answers(rng: np.random.Generator, story: Story, customers: list[Customer]) -> list[tuple]:
    """The form went out with the newsletter: its addresses are not known to the till."""
    found = []
    for start, wanted in SHOP["waves"].items():
        day = datetime.fromisoformat(start)
        there = [one for one in customers if one.is_one(day)]
        for place in rng.choice(len(there), wanted, replace=False):
            one = there[int(place)]
            at = people.opening(rng, day + timedelta(days=int(rng.integers(0, 12))), 7, 22)
            given = voices.pocket(rng, story, one.bond, at, WORDS)
            found.append((at, one.person.email if rng.random() < SHOP["share_with_email"] else "", given))
    return found


if __name__ == "__main__":
    main()
