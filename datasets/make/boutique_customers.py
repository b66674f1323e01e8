"""Simulate the customers of the boutique: who they are, how often they buy, when they leave, how they feel."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from boutique_words import FIRST_NAMES, LAST_NAMES, PLACES, STREETS
from shopify_export import Person

OPENED, OPENING_ENDS, LAST_DAY = datetime(2020, 6, 1), datetime(2026, 10, 15), datetime(2026, 11, 1)
DIMENSIONS = ("trust", "commitment", "communication", "personalisation", "fairness")
MODEL = {
    "customers_ever": 840,
    "orders_per_year": {"family": "gamma", "shape": 1.1, "mean": 2.3, "note": "after the first order, before season"},
    "drop_out_per_year": {"family": "gamma", "shape": 2.0, "mean": 0.5, "note": "lifetime is exponential given it"},
    "order_value_eur": {"family": "gamma-gamma", "p": 6.0, "q": 4.0, "gamma": 38.0},
    "quality": {"dimensions": len(DIMENSIONS), "correlation": 0.5, "family": "normal, mean 0, variance 1"},
    "effect_of_quality_on_log_order_rate": 0.15,
    "effect_of_quality_on_log_drop_out_rate": -0.35,
    "share_with_marketing_consent": 0.6,
    "share_of_a_customers_orders_placed_online": {"family": "beta", "a": 1.6, "b": 0.8},
}
# The share of an ordinary month's wishes that become orders, January to December.
SEASON = (0.65, 0.6, 0.75, 0.8, 0.85, 0.8, 0.65, 0.65, 0.8, 0.85, 1.0, 1.0)
PHONES = ("+49 40 66969 {:03d}", "040 66969{:03d}", "+49 30 23125 {:03d}", "089 99998{:03d}", "+49221 4710{:03d}")
MEND, QUIET = "mend", "loyal and gone quiet"


@dataclass
class Customer:
    """A simulated customer with what only the simulator knows."""

    person: Person
    joined: datetime
    left: datetime
    orders_per_year: float
    spend_rate: float
    online_share: float
    feelings: np.ndarray
    planted: str = ""
    orders_at: list[datetime] = field(default_factory=list)

    @property
    def quality(self) -> float:
        return float(self.feelings.mean())


def customers(rng: np.random.Generator) -> list[Customer]:
    """All customers since the shop opened, the planted ones last."""
    persons = people(rng)
    ordinary = [_customer(rng, next(persons)) for _ in range(MODEL["customers_ever"])]
    mending = [_mend(rng, next(persons)) for _ in range(6)]
    quiet = [_quiet(rng, next(persons), consent=number < 5) for number in range(8)]
    return ordinary + mending + quiet


def feelings(rng: np.random.Generator) -> np.ndarray:
    """One common and five own parts of equal weight make five feelings that correlate .5."""
    common = MODEL["quality"]["correlation"]
    return np.sqrt(common) * rng.standard_normal() + np.sqrt(1 - common) * rng.standard_normal(len(DIMENSIONS))


def _customer(rng: np.random.Generator, person: Person) -> Customer:
    felt = feelings(rng)
    quality, value = float(felt.mean()), MODEL["order_value_eur"]
    rate = _gamma(rng, MODEL["orders_per_year"]) * np.exp(MODEL["effect_of_quality_on_log_order_rate"] * quality)
    drop_out = _gamma(rng, MODEL["drop_out_per_year"]) * np.exp(
        MODEL["effect_of_quality_on_log_drop_out_rate"] * quality
    )
    online = MODEL["share_of_a_customers_orders_placed_online"]
    joined = OPENED + (OPENING_ENDS - OPENED) * rng.random()
    customer = Customer(
        person=person,
        joined=joined,
        left=joined + timedelta(days=min(365.25 * rng.exponential(1 / drop_out), 36500)),
        orders_per_year=rate,
        spend_rate=rng.gamma(value["q"], 1 / value["gamma"]),
        online_share=rng.beta(online["a"], online["b"]),
        feelings=felt,
    )
    customer.orders_at = [joined, *_later_orders(rng, customer)]
    return customer


def _later_orders(rng: np.random.Generator, customer: Customer) -> Iterator[datetime]:
    """A Poisson process while the customer stays, thinned by season."""
    at = customer.joined
    while True:
        at += timedelta(days=min(365.25 * rng.exponential(1 / customer.orders_per_year), 36500))
        kept = rng.random()
        if at >= min(customer.left, LAST_DAY):
            return
        if kept < SEASON[at.month - 1]:
            yield at


def _mend(rng: np.random.Generator, person: Person) -> Customer:
    """A customer who bought this autumn and feels badly treated."""
    customer = _customer(rng, person)
    customer.planted, customer.left, customer.feelings = MEND, LAST_DAY, np.full(len(DIMENSIONS), -2.0)
    days = np.sort(rng.uniform(40, 500, size=3))[::-1]
    customer.orders_at = [LAST_DAY - timedelta(days=float(day)) for day in days]
    customer.joined = customer.orders_at[0]
    return customer


def _quiet(rng: np.random.Generator, person: Person, consent: bool) -> Customer:
    """A customer who came about every six weeks for years and has not been seen since early summer."""
    customer = _customer(rng, replace(person, marketing=consent))
    customer.planted, customer.feelings = QUIET, customer.feelings + 0.8
    customer.orders_per_year = 365.25 / 42
    customer.orders_at = [LAST_DAY - timedelta(days=float(rng.uniform(130, 160)))]
    while customer.orders_at[0] > datetime(2023, 9, 1):
        customer.orders_at.insert(0, customer.orders_at[0] - timedelta(days=float(rng.uniform(30, 54))))
    customer.joined, customer.left = customer.orders_at[0], customer.orders_at[-1]
    return customer


def people(rng: np.random.Generator) -> Iterator[Person]:
    """Invented persons, each with an e-mail address of their own."""
    taken: set[str] = set()
    while True:
        first, last = _pick(rng, FIRST_NAMES), _pick(rng, LAST_NAMES)
        postcode, city = _pick(rng, PLACES)
        yield Person(
            name=f"{first} {last}",
            email=address(first, last, _pick(rng, ("example.com", "example.org")), taken),
            phone=_pick(rng, PHONES).format(rng.integers(1000)) if rng.random() < 0.8 else "",
            street=f"{_pick(rng, STREETS)} {rng.integers(1, 90)}",
            postcode=postcode,
            city=city,
            marketing=bool(rng.random() < MODEL["share_with_marketing_consent"]),
        )


def address(first: str, last: str, domain: str, taken: set[str]) -> str:
    """An e-mail address of nobody: example.com and example.org are kept free for this."""
    stem, number = _plain(f"{first}.{last}"), 1
    while (address := f"{stem}{number if number > 1 else ''}@{domain}") in taken:
        number += 1
    taken.add(address)
    return address


def _plain(name: str) -> str:
    for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "oe"), ("ı", "i")):
        name = name.lower().replace(letter, spelled)
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _gamma(rng: np.random.Generator, given: dict) -> float:
    return max(rng.gamma(given["shape"], given["mean"] / given["shape"]), 1e-6)


def _pick(rng: np.random.Generator, choices):
    return choices[int(rng.integers(len(choices)))]
