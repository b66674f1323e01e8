"""Write public reviews in the shape of a Google Business Profile: stars as words, nanoseconds, one empty entry."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from town import files

WORDS = {1: "ONE", 2: "TWO", 3: "THREE", 4: "FOUR", 5: "FIVE"}


@dataclass(frozen=True)
class Review:
    """One review; `at` and `replied_at` are on the clock of the shop."""

    at: datetime
    stars: int
    comment: str
    name: str
    reply: str = ""
    replied_at: datetime | None = None


def write(path: Path, rng: np.random.Generator, shop: str, reviews: list[Review], zone: str) -> dict:
    """Write the reviews, newest first, with one null among them; give the counts for truth.json."""
    newest = sorted(reviews, key=lambda one: one.at, reverse=True)
    entries = [_entry(rng, shop, len(newest) - place, one, ZoneInfo(zone)) for place, one in enumerate(newest)]
    middle = len(entries) // 3
    files.json_file(path, {"reviews": [*entries[:middle], None, *entries[middle:]]})
    return {
        "reviews": len(reviews),
        "with_comment": sum(bool(one.comment) for one in reviews),
        "with_reply": sum(bool(one.reply) for one in reviews),
        "mean_stars": round(sum(one.stars for one in reviews) / len(reviews), 4),
    }


DEFINITIONS = {
    "reviews": "entries that are not null; with_comment: those with words, with_reply: those that were answered",
    "mean_stars": "mean of ONE = 1 to FIVE = 5 over the reviews",
}


def _entry(rng: np.random.Generator, shop: str, number: int, review: Review, zone: ZoneInfo) -> dict:
    identity = f"{shop}-simulated-{number:03d}"
    anonymous = bool(rng.random() < 0.1)
    first, last = review.name.split(" ", 1)
    entry = {
        "name": f"accounts/100000000000/locations/200000000000/reviews/{identity}",
        "reviewId": identity,
        "reviewer": {"displayName": "A Google user" if anonymous else f"{first} {last[0]}.", "isAnonymous": anonymous},
        "starRating": WORDS[review.stars],
    }
    entry |= {"comment": review.comment} if review.comment else {}
    written = _time(rng, review.at, zone)
    entry |= {"createTime": written, "updateTime": written}
    if review.reply:
        replied = review.replied_at or review.at + timedelta(days=1)
        entry["reviewReply"] = {"comment": review.reply, "updateTime": _time(rng, replied, zone)}
    return entry


def _time(rng: np.random.Generator, at: datetime, zone: ZoneInfo) -> str:
    utc = at.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{rng.integers(10**9):09d}Z"
