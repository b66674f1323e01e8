"""Simulate what customers say: answers to the pocket form, and public reviews."""

from datetime import datetime, timedelta
from math import erf, sqrt

import numpy as np
from boutique_customers import DIMENSIONS, MEND, Customer, feelings
from boutique_words import (
    COMMENTS_WITH_TRACES,
    FIRST_NAMES,
    LAST_NAMES,
    REPLIES,
    REVIEWS,
    TRANSLATED_REVIEW,
    WHAT_TO_CHANGE,
    WHAT_TO_KEEP,
)

ITEMS = {
    "They do what they promise.": "trust",
    "They care about me and not only about the sale.": "trust",
    "I would miss this shop if it closed.": "commitment",
    "Going elsewhere would cost me time or money or good offers.": "commitment",
    "They answer quickly and act on what I tell them.": "communication",
    "They remember what suits me.": "personalisation",
    "What I get is fair for what I pay.": "fairness",
}
RECOMMEND = "How likely are you to recommend us to a friend?"
COMMENT = "What should we keep and what should we change?"
BUYS = "How do you usually buy from us?"
HEADER = ["Timestamp", "Email Address", *ITEMS, RECOMMEND, COMMENT, BUYS]

VOICES = {
    "item_shift": {"trust": 0.9, "commitment": 0.35, "communication": -0.75, "personalisation": 0.1, "fairness": 0.1},
    "thresholds": [-1.6, -0.9, -0.1, 0.9],
    "loading": 0.8,
    "recommend": {"centre": 8.0, "per_unit_of_mean_quality": 1.5, "noise_sd": 1.1, "extra_in_the_shop": 0.2},
    "waves_start": ["2025-03-10", "2025-10-06", "2026-04-13", "2026-09-28"],
    "answers_per_wave": 40,
    "walk_ins_per_wave": 9,
    "share_with_email": {"customers": 0.7, "walk_ins": 0},
    "share_blank": 0.04,
}
BY_PHONE_ANSWERS = (23, 71, 118)
STRAIGHT_LINERS = {5: 3, 31: 4, 58: 5, 90: 3, 104: 4, 135: 5}
STARS = dict(enumerate(("ONE", "TWO", "THREE", "FOUR", "FIVE"), 1))
REVIEW_COUNT = 70


def true_mean(dimension: str) -> float:
    """Mean answer, 1 to 5, over all customers there could be: before drop-out, straight-liners and chance."""
    shift = VOICES["item_shift"][dimension]
    return 1 + sum((1 + erf((shift - threshold) / sqrt(2))) / 2 for threshold in VOICES["thresholds"])


def answers(rng: np.random.Generator, customers: list[Customer]) -> list[dict[str, str]]:
    """One row an answer, oldest first, as the sheet behind the form holds them."""
    rows = [row for start in VOICES["waves_start"] for row in _wave(rng, datetime.fromisoformat(start), customers)]
    for position, row in enumerate(rows):
        if position in BY_PHONE_ANSWERS:
            row[BUYS] = "By phone"
        if position in STRAIGHT_LINERS:
            row.update(dict.fromkeys(ITEMS, str(STRAIGHT_LINERS[position])) | {COMMENT: ""})
    spoken = iter(COMMENTS_WITH_TRACES)
    for row in rows[12:120:18]:
        row[COMMENT] = next(spoken, row[COMMENT])
    return rows


def _wave(rng: np.random.Generator, start: datetime, customers: list[Customer]) -> list[dict[str, str]]:
    """Two weeks of answers: customers of the last twelve months, walk-ins, and in the last wave the planted."""
    recent = [one for one in customers if _bought_before(one, start)]
    planted = [one for one in recent if one.planted == MEND] if start.year == 2026 and start.month == 9 else []
    ordinary = [one for one in recent if one.planted != MEND]
    wanted = VOICES["answers_per_wave"] - VOICES["walk_ins_per_wave"] - len(planted)
    asked = [ordinary[int(number)] for number in rng.choice(len(ordinary), size=wanted, replace=False)]
    people = [*asked, *planted, *[None] * VOICES["walk_ins_per_wave"]]
    times = np.sort(rng.integers(0, 14 * 14 * 3600, size=len(people)))
    pairs = zip(rng.permutation(len(people)), times, strict=True)
    return [_answer(rng, people[int(who)], _open_hours(start, int(second))) for who, second in pairs]


def _bought_before(customer: Customer, start: datetime) -> bool:
    return any(start - timedelta(days=365) <= at < start for at in customer.orders_at)


def _open_hours(start: datetime, second: int) -> datetime:
    """People answer between eight and ten in the evening, fourteen hours a day."""
    day, within = divmod(second, 14 * 3600)
    return start + timedelta(days=day, hours=8, seconds=within)


def _answer(rng: np.random.Generator, customer: Customer | None, at: datetime) -> dict[str, str]:
    felt = customer.feelings if customer else feelings(rng)
    planted = customer is not None and customer.planted == MEND
    buys = _buys(rng, customer)
    given = {item: _ordinal(rng, felt[DIMENSIONS.index(name)], name) for item, name in ITEMS.items()}
    given[RECOMMEND] = _recommend(rng, float(felt.mean()), buys)
    row = {item: "" if rng.random() < VOICES["share_blank"] else str(value) for item, value in given.items()}
    row[COMMENT] = _comment(rng, happy=given[RECOMMEND] >= 8) if rng.random() < 0.5 else ""
    row[BUYS] = buys if rng.random() >= 0.02 else ""
    if planted:
        row[RECOMMEND] = str(min(given[RECOMMEND], 4))
    return {"Timestamp": f"{at:%d/%m/%Y %H:%M:%S}", "Email Address": _email(rng, customer)} | row


def _email(rng: np.random.Generator, customer: Customer | None) -> str:
    """Most who leave an address use the one they shop with, some another."""
    if customer is None:
        return ""
    if customer.planted == MEND:
        return customer.person.email
    draw = rng.random()
    if draw >= VOICES["share_with_email"]["customers"]:
        return ""
    return customer.person.email if draw > 0.06 else f"private.{customer.person.email}"


def _buys(rng: np.random.Generator, customer: Customer | None) -> str:
    if customer is None:
        return "In the shop"
    usual = customer.online_share + rng.normal(0, 0.1)
    return "Online" if usual > 0.65 else "In the shop" if usual < 0.4 else "Both"


def _ordinal(rng: np.random.Generator, felt: float, dimension: str) -> int:
    loading = VOICES["loading"]
    meant = VOICES["item_shift"][dimension] + loading * felt + sqrt(1 - loading**2) * rng.standard_normal()
    return 1 + sum(meant > threshold for threshold in VOICES["thresholds"])


def _recommend(rng: np.random.Generator, quality: float, buys: str) -> int:
    given = VOICES["recommend"]
    extra = given["extra_in_the_shop"] if buys == "In the shop" else 0
    meant = given["centre"] + extra + given["per_unit_of_mean_quality"] * quality + rng.normal(0, given["noise_sd"])
    return int(np.clip(round(meant), 0, 10))


def _comment(rng: np.random.Generator, happy: bool) -> str:
    keep, change = (words[int(rng.integers(len(words)))] for words in (WHAT_TO_KEEP, WHAT_TO_CHANGE))
    draw = rng.random()
    if draw < 0.35:
        return f"{keep} {change}"
    return keep if draw < (0.85 if happy else 0.45) else change


def reviews(rng: np.random.Generator) -> dict:
    """Public reviews in the shape of the Google Business Profile, newest first, with one empty entry."""
    first, last = datetime(2024, 11, 3), datetime(2026, 10, 30)
    times = sorted((first + (last - first) * rng.random() for _ in range(REVIEW_COUNT)), reverse=True)
    entries = [_review(rng, number, at) for number, at in enumerate(times)]
    entries[7] |= {"comment": TRANSLATED_REVIEW, "starRating": "FOUR"}
    return {"reviews": [*entries[:17], None, *entries[17:]]}


def _review(rng: np.random.Generator, number: int, at: datetime) -> dict:
    stars = int(rng.choice(5, p=(0.04, 0.05, 0.08, 0.23, 0.6))) + 1
    anonymous = bool(rng.random() < 0.1)
    identity = f"boutique-simulated-{REVIEW_COUNT - number:03d}"
    review = {
        "name": f"accounts/100000000000/locations/200000000000/reviews/{identity}",
        "reviewId": identity,
        "reviewer": {"displayName": "A Google user" if anonymous else _initials(rng), "isAnonymous": anonymous},
        "starRating": STARS[stars],
    }
    if rng.random() < 0.65:
        review["comment"] = REVIEWS[stars][int(rng.integers(len(REVIEWS[stars])))]
    written = _nanoseconds(rng, at)
    edited = _nanoseconds(rng, at + timedelta(days=float(rng.uniform(1, 9)))) if rng.random() < 0.1 else written
    review |= {"createTime": written, "updateTime": edited}
    if "comment" in review and rng.random() < 0.5:
        words = REPLIES[stars >= 4]
        replied = at + timedelta(hours=float(rng.uniform(3, 120)))
        review["reviewReply"] = {
            "comment": words[int(rng.integers(len(words)))], "updateTime": _nanoseconds(rng, replied),
        }
    return review


def _initials(rng: np.random.Generator) -> str:
    return f"{FIRST_NAMES[int(rng.integers(len(FIRST_NAMES)))]} {LAST_NAMES[int(rng.integers(len(LAST_NAMES)))][0]}."


def _nanoseconds(rng: np.random.Generator, at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{rng.integers(10**9):09d}Z"
