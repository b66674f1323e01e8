"""What customers of the town say: the pocket form, stars and words, each drawn from the bond."""

from dataclasses import dataclass
from datetime import datetime
from math import erf, sqrt

import numpy as np
from boutique_customers import DIMENSIONS
from boutique_voices import COMMENT, ITEMS, RECOMMEND

from town.bonds import SD_OF_MEAN, Bond, Story
from town.people import pick

__all__ = ["COMMENT", "ITEMS", "QUESTIONS", "RECOMMEND", "Words", "expected", "pocket", "review", "stars"]

QUESTIONS = (*ITEMS, RECOMMEND, COMMENT)
THRESHOLDS = (-1.6, -0.9, -0.1, 0.9)
LOADING = 0.8
CENTRE, PER_SD, NOISE_SD = 7.8, 1.3, 1.1
STAR_THRESHOLDS = (-1.9, -1.5, -1.0, -0.1)
# How the dimensions differ, as feelings; a case may have its own.
SHIFT = {"trust": 0.6, "commitment": 0.1, "communication": -0.5, "personalisation": 0.1, "fairness": 0.1}


@dataclass(frozen=True)
class Words:
    """What is said in one shop: what to keep and to change, and reviews by their stars."""

    keep: tuple[str, ...]
    change: tuple[str, ...]
    reviews: dict[int, tuple[str, ...]]


def pocket(
    rng: np.random.Generator,
    story: Story,
    bond: Bond | None,
    at: datetime,
    words: Words,
    shift: dict[str, float] = SHIFT,
    blank: float = 0.03,
    comments: float = 0.4,
) -> dict[str, str]:
    """One answer to the pocket form, by the words of its questions; somebody unknown answers where there is no bond."""
    bond = bond or Bond.new(rng)
    felt = bond.said(at, story["answers"])
    given = {item: _ordinal(rng, felt, name, story, shift) for item, name in ITEMS.items()}
    given[RECOMMEND] = int(np.clip(round(_willing(felt) + rng.normal(0, NOISE_SD)), 0, 10))
    row = {item: "" if rng.random() < blank else str(value) for item, value in given.items()}
    said = _comment(rng, words, happy=given[RECOMMEND] >= 8)
    row[COMMENT] = said if rng.random() < comments else ""
    return row


def expected(story: Story, shift: dict[str, float] = SHIFT) -> dict[str, float]:
    """The mean answer to each dimension under the model, over all customers there could be."""
    feelings = {name: story["dimensions"] * shift[name] for name in DIMENSIONS}
    return {
        name: round(1 + sum((1 + erf((felt - threshold) / sqrt(2))) / 2 for threshold in THRESHOLDS), 4)
        for name, felt in feelings.items()
    }


def stars(rng: np.random.Generator, story: Story, bond: Bond, at: datetime) -> int:
    """One to five stars."""
    share = story["stars"]
    felt = share * bond.quality(at) + np.sqrt(1 - share**2) * rng.standard_normal()
    return 1 + sum(felt > threshold for threshold in STAR_THRESHOLDS)


def review(rng: np.random.Generator, story: Story, bond: Bond, at: datetime, words: Words, wordless: float = 0.3):
    """Stars and the words that go with them, which may be none."""
    given = stars(rng, story, bond, at)
    said = pick(rng, words.reviews[given])
    return given, "" if rng.random() < wordless else said


def parameters(shift: dict[str, float] = SHIFT) -> dict:
    """How feelings become answers, for truth.json."""
    return {
        "item_shift": shift,
        "thresholds": list(THRESHOLDS),
        "loading": LOADING,
        "recommend": {"centre": CENTRE, "per_sd_of_quality": PER_SD, "noise_sd": NOISE_SD},
        "star_thresholds": list(STAR_THRESHOLDS),
    }


def _ordinal(rng: np.random.Generator, felt: np.ndarray, dimension: str, story: Story, shift: dict[str, float]) -> int:
    own = sqrt(1 - LOADING**2) * rng.standard_normal()
    meant = story["dimensions"] * shift[dimension] + LOADING * felt[DIMENSIONS.index(dimension)] + own
    return 1 + sum(meant > threshold for threshold in THRESHOLDS)


def _willing(felt: np.ndarray) -> float:
    return CENTRE + PER_SD * float(felt.mean()) / SD_OF_MEAN


def _comment(rng: np.random.Generator, words: Words, happy: bool) -> str:
    keep, change, draw = pick(rng, words.keep), pick(rng, words.change), rng.random()
    if draw < 0.25:
        return f"{keep} {change}"
    return keep if draw < (0.8 if happy else 0.4) else change
