"""Simulate the orders of the boutique and what became of them: baskets, payments, returns, cancellations."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import numpy as np
from boutique_customers import MODEL, Customer, people
from boutique_words import GOODS, NOTE_OF_TWO_LINES, NOTE_WITH_SCRIPT, NOTES
from shopify_export import Line, Order, Person

ZONE = ZoneInfo("Europe/Berlin")
FIRST, LAST = datetime(2024, 11, 1, tzinfo=ZONE), datetime(2026, 11, 1, tzinfo=ZONE)
FIRST_NUMBER = 4217
TILL, WEB, BY_PHONE = "pos", "web", "shopify_draft_order"
GUESTS_PER_ORDER = 0.24
ONLINE_GUESTS = 9
FATES = {
    "cancelled": 0.025, "voided": 0.01, "never_paid_by_bank_transfer": 0.1, "returned": 0.13, "returned_in_shop": 0.03,
}
PAYMENTS = ("Shopify Payments", "PayPal Express Checkout", "Klarna", "Bank Deposit")
FREE_SHIPPING_FROM, SHIPPING = 8000, 490
# The owner tried the checkout now and then: payment method, tags, date.
TESTS = (
    ("bogus", "", "2024-11-04 09:12:40"), ("Bogus Gateway", "", "2025-03-18 17:30:05"),
    ("bogus", "", "2025-06-02 08:55:31"), ("bogus", "test", "2025-10-21 10:01:12"),
    ("Cash", "test", "2026-02-11 18:40:00"), ("Cash", "Test, popup", "2026-05-07 19:02:44"),
    ("Bogus Gateway", "", "2026-09-15 07:45:18"),
)


def orders(rng: np.random.Generator, customers: list[Customer]) -> list[Order]:
    """Every order the two exports cover, oldest first, with the number the shop gave it."""
    known = [_order(rng, at, one) for one in customers for at in one.orders_at]
    known = [order for order in known if FIRST <= order.at < LAST]
    _order_at_midnight(known)
    strangers = [replace(person, email="", marketing=False) for person in islice(people(rng), ONLINE_GUESTS)]
    walk_ins = [None] * (round(GUESTS_PER_ORDER * len(known)) - ONLINE_GUESTS)
    guests = [_guest(rng, guest) for guest in strangers + walk_ins]
    everything = known + guests + [_test(rng, *given) for given in TESTS]
    everything.sort(key=lambda order: order.at)
    for number, order in enumerate(everything, FIRST_NUMBER):
        order.number = number
    _plant(everything)
    return everything


def _order(rng: np.random.Generator, wished_at: datetime, customer: Customer) -> Order:
    source = WEB if rng.random() < customer.online_share else TILL
    at = _moment(rng, wished_at, source)
    lines = _basket(rng, 100 * rng.gamma(MODEL["order_value_eur"]["p"], 1 / customer.spend_rate))
    order = Order(at, source, customer.person, customer.person.email, lines, payment="")
    if rng.random() < 0.012:
        order.source = BY_PHONE
    _discount(rng, order, first=wished_at == customer.joined)
    return _settle(rng, order)


def _guest(rng: np.random.Generator, guest: Person | None) -> Order:
    """Someone without an e-mail address: a walk-in nobody knows, or online with a phone number only."""
    value = MODEL["order_value_eur"]
    day = FIRST.replace(tzinfo=None) + (LAST - FIRST - timedelta(days=2)) * rng.random()
    source = WEB if guest else TILL
    lines = _basket(rng, 100 * rng.gamma(value["p"], 1 / rng.gamma(value["q"], 1 / value["gamma"])))
    return _settle(rng, Order(_moment(rng, day, source), source, guest, "", lines, payment=""))


def _test(rng: np.random.Generator, payment: str, tags: str, at: str) -> Order:
    owner = Person("Test Bestellung", "kasse@example.com", "", "Teststraße 1", "22765", "Hamburg", False)
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    return Order(moment, WEB, owner, owner.email, _basket(rng, 5000), payment, paid_at=moment, tags=tags)


def _moment(rng: np.random.Generator, day: datetime, source: str) -> datetime:
    """The till is open ten to seven and closed on Sundays; the web never sleeps, people do."""
    if source == TILL and day.weekday() == 6:
        day += timedelta(days=1)
    opens, closes = (10, 19) if source == TILL else (7, 24.6)
    seconds = int(3600 * rng.uniform(opens, closes))
    return (datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)).replace(tzinfo=ZONE)


def _basket(rng: np.random.Generator, wanted: float) -> list[Line]:
    """Fill the basket until its value comes near what the customer meant to spend."""
    chosen: dict[int, int] = {}
    spent = 0
    while not chosen or (spent < 0.85 * wanted and len(chosen) < 5):
        fits = [number for number, good in enumerate(GOODS) if good[2] <= 1.15 * (wanted - spent)]
        if chosen and not fits:
            break
        number = fits[int(rng.integers(len(fits)))] if fits else int(rng.integers(18, len(GOODS)))
        chosen[number] = chosen.get(number, 0) + 1
        spent += GOODS[number][2]
    return [Line(*GOODS[number], quantity=quantity) for number, quantity in chosen.items()]


def _discount(rng: np.random.Generator, order: Order, first: bool) -> None:
    draw, full = rng.random(), order.subtotal
    if first and draw < 0.5:
        order.discount_code, order.discount = "WILLKOMMEN10", (full + 5) // 10
    elif order.at.month in (7, 8) and draw < 0.3:
        order.discount_code, order.discount = "SOMMER15", (15 * full + 50) // 100
    elif draw < 0.03 and full > 500:
        order.discount_code, order.discount = "FREUNDE5", 500


def _settle(rng: np.random.Generator, order: Order) -> Order:
    """Decide shipping, payment and what became of the order."""
    if order.source == TILL:
        order.payment = "Cash" if rng.random() < 0.35 else "Shopify Payments"
        order.paid_at = order.fulfilled_at = order.at
        _return(rng, order, FATES["returned_in_shop"])
        return order
    order.shipping = 0 if order.subtotal >= FREE_SHIPPING_FROM else SHIPPING
    order.payment = str(rng.choice(PAYMENTS, p=(0.4, 0.35, 0.12, 0.13)))
    _mark(rng, order)
    fate = rng.random()
    if fate < FATES["cancelled"]:
        _cancel(rng, order)
    elif fate < FATES["cancelled"] + FATES["voided"]:
        order.voided_at = order.at + _days(rng, 3, 6)
    elif order.payment != "Bank Deposit" or rng.random() >= FATES["never_paid_by_bank_transfer"]:
        order.paid_at = order.at + (_days(rng, 2, 9) if order.payment == "Bank Deposit" else timedelta(0))
        order.fulfilled_at = order.paid_at + _days(rng, 0.7, 3)
        _return(rng, order, FATES["returned"])
    return order


def _cancel(rng: np.random.Generator, order: Order) -> None:
    """A cancelled order was either never charged or charged and given back in full."""
    order.cancelled_at = order.at + _days(rng, 0.1, 2)
    if rng.random() < 0.5:
        order.voided_at = order.cancelled_at
    else:
        order.paid_at, order.refunded_at, order.refund = order.at, order.cancelled_at, order.total


def _return(rng: np.random.Generator, order: Order, chance: float) -> None:
    """Everything comes back, or one line of the order at what was paid for it."""
    if rng.random() >= chance:
        return
    # What is bought before Christmas may come back until January, so refunds happen between the two downloads.
    order.refunded_at = order.fulfilled_at + _days(rng, 3, 70 if order.at.month >= 10 else 21)
    line = order.lines[int(rng.integers(len(order.lines)))]
    paid_share = order.subtotal / (order.subtotal + order.discount)
    order.refund = order.total if rng.random() < 0.4 else round(line.amount * paid_share)


def _mark(rng: np.random.Generator, order: Order) -> None:
    if rng.random() < 0.05:
        order.notes = NOTES[int(rng.integers(len(NOTES)))]
    if rng.random() < 0.04:
        # 203.0.113.0/24 is set aside for documentation: the address of nobody.
        order.note_attributes = f"browser_ip: 203.0.113.{rng.integers(1, 255)}"
    if rng.random() < 0.05:
        order.tags = ("latest-drop", "gift", "vip, gift")[int(rng.integers(3))]


def _order_at_midnight(known: list[Order]) -> None:
    """Move one order to just after midnight of a new month: in UTC it still belongs to the month before."""
    order = next(one for one in known if one.source == WEB and one.at.day == 1 and one.at.year == 2026 and one.paid_at)
    order.at = order.at.replace(hour=0, minute=12, second=7)


def _plant(everything: list[Order]) -> None:
    """Put the traps where every rebuild finds them: odd notes in both files, one e-mail address written three ways."""
    online = [order for order in everything if order.source == WEB and order.email]
    for position in (40, 41, -40, -41):
        online[position].notes = (NOTE_OF_TWO_LINES, NOTE_WITH_SCRIPT)[position % 2]
    orders_of = Counter(order.email for order in everything if order.email)
    writes_it_three_ways = min(email for email, count in orders_of.items() if count == 12)
    theirs = [order for order in everything if order.email == writes_it_three_ways]
    for position, order in enumerate(theirs):
        order.email = (order.email, order.email.title(), f" {order.email.upper()} ")[position % 3]


def _days(rng: np.random.Generator, low: float, high: float) -> timedelta:
    return timedelta(seconds=int(86400 * rng.uniform(low, high)))
