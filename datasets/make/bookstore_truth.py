"""What is true of the simulated bookstore."""

from datetime import datetime
from pathlib import Path

import numpy as np
from bookstore_words import BESTSELLERS, BOOKS, GENRES, TASTES
from town import files, truth
from town.bonds import SD_OF_MEAN, Story
from town.growth import Customer
from town.square_export import PAYMENT, Sale

DAYS = 90
DEFINITIONS = {
    "item_rows": "rows of the item details, refunds among them",
    "sales": "distinct Payment IDs among the rows whose Event Type is Payment; refunds: the same for Refund",
    "net_usd": "sum of Net Sales over all rows",
    "named_customers": "distinct Customer IDs",
    "without_customer": "sales without a Customer ID",
    "titles": "distinct titles sold",
    "events": "rows of the reading club; members: distinct cases; evenings: distinct days of club evening",
    "requests": "rows of the requests; turned_away: topic ends with turned away; open: status is open",
    **truth.ANSWERS,
    "with_email": "answers with an e-mail address",
    "ever": "customers of the simulation; asked: those asked to join the club",
}
OWN = {
    "turned_away_on_bond": "on all five feelings, from a request that was turned away; it fades to half in 150 days; "
    "who was turned away was decided by lot",
    "club_on_visits": "on the log of the rate of visits, of being in the club: none",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    customers: list[Customer],
    sales: list[Sale],
    evenings: list[dict],
    requests: list[dict],
    answers: list[tuple],
    parameters: dict,
    end: datetime,
) -> None:
    told, true = truth.answers(story, [given for _, _, given in answers])
    counts = {
        "orders": _orders(sales),
        "club": {
            "events": len(evenings),
            "members": len({row["case"] for row in evenings}),
            "evenings": len({row["date"] for row in evenings if row["activity"] == "club evening"}),
        },
        "requests": {
            "requests": len(requests),
            "turned_away": sum(row["topic"].endswith("turned away") for row in requests),
            "open": sum(row["status"] == "open" for row in requests),
        },
        "answers": told | {"with_email": sum(bool(email) for _, email, _ in answers)},
        "customers": {"ever": len(customers), "asked": sum("asked" in one.own for one in customers)},
    }
    lifts = (
        "how many times as often a book of one genre and another book of the other are bought by one reader as by "
        "chance; before second volumes, bestsellers, and that nobody buys a book twice"
    )
    true |= {
        "lift_by_genre": truth.value(_lifts(), lifts),
        "lift_of_bestsellers": truth.value(1.0, "of a bestseller with any other book: no taste is behind it"),
        "club_on_visits": truth.value(
            story["club_on_visits"],
            "on the log of visits and of spending from 2026 on, of having joined; who had spent more was likelier to",
        ),
        "visits_after_turned_away": truth.value(
            _after(story, parameters["shop"]["half_life_days_of_being_turned_away"]),
            f"visits in the {DAYS} days after a request turned away over those after one ordered in, of who stays",
        ),
    }
    about = "a bookstore that does not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in customers))
    titles = ([book.sku, book.name, book.category, _series(book.name)] for book in (*BOOKS, *BESTSELLERS))
    files.csv_file(folder / "truth_titles.csv", ("sku", "title", "genre", "role"), titles)


def _orders(sales: list[Sale]) -> dict:
    paid = [sale for sale in sales if sale.event == PAYMENT]
    return {
        "item_rows": sum(len(sale.items) for sale in sales),
        "sales": len(paid),
        "refunds": len(sales) - len(paid),
        "net_usd": sum(sale.net for sale in sales) / 100,
        "named_customers": len({sale.customer for sale in sales} - {""}),
        "without_customer": sum(not sale.customer for sale in paid),
        "titles": len({item.name for sale in paid for item in sale.items}),
    }


def _lifts() -> dict[str, dict[str, float]]:
    """Readers of each kind are equally many."""
    shares = np.array(list(TASTES.values()))
    both, alone = shares.T @ shares / len(shares), shares.mean(axis=0)
    lift = both / np.outer(alone, alone)
    rows = ({name: round(float(value), 3) for name, value in zip(GENRES, row, strict=True)} for row in lift)
    return dict(zip(GENRES, rows, strict=True))


def _after(story: Story, half_life: float) -> float:
    days = np.arange(1, DAYS + 1)
    moved = story["turned_away_on_bond"] / SD_OF_MEAN * 0.5 ** (days / half_life)
    return round(float(np.exp(story["visits"] * moved).mean()), 3)


def _series(title: str) -> str:
    if title in {book.name for book in BESTSELLERS}:
        return "bestseller"
    return {"1": "first volume", "2": "second volume"}.get(title[-1], "")


def _row(one: Customer, end: datetime) -> dict:
    return {
        "customer_id": one.own["number"],
        "email": one.person.email,
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "visits_per_year": f"{one.own['visits']:.3f}",
        "taste": one.own["taste"],
        "asked": "yes" if "asked" in one.own else "",
        "joined_club_on": one.own["club"].date() if one.own["club"] else "",
        "spent_before_usd": f"{one.own['before'] / 100:.2f}",
        **truth.bond(one.bond, one.joined, one.until(end)),
    }
