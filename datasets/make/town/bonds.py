"""The one story of the town: each customer has a bond with the shop, and it drives what they say and what they do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from boutique_customers import DIMENSIONS, feelings

YEAR = 365.25
# The mean of five feelings with variance 1 and correlation .5 has variance (1 + 4 x .5) / 5.
SD_OF_MEAN = np.sqrt(0.6)
USUAL = {
    "answers": 1.0,
    "dimensions": 1.0,
    "visits": 0.25,
    "leaving": -0.5,
    "complaints": -0.5,
    "referrals": 0.7,
    "stars": 0.8,
}
MEANING = {
    "answers": "correlation of the feelings behind the answers with the bond; at 0 they come from a mood of the same "
    "form that has nothing to do with the bond",
    "dimensions": "1: the dimensions differ by item_shift; 0: all five are alike",
    "visits": "on the log of the rate of visits, per standard deviation of the quality of the bond",
    "leaving": "on the log of the drop-out rate, per standard deviation of the quality of the bond",
    "complaints": "on the log of the rate of complaints, per standard deviation of the quality of the bond",
    "referrals": "on the log of the rate of referrals, per standard deviation of the quality of the bond",
    "stars": "correlation of the feeling behind the stars with the quality of the bond",
}


class Story(Mapping[str, float]):
    """What the bond does: the planted effects, all multiplied by `effects` (0 for the twin with nothing in it).

    `Story(effects, visits=.4, growth=.2)` changes the usual size of one effect and adds one of the case's own.
    """

    def __init__(self, effects: float = 1.0, **planted: float) -> None:
        self.effects, self.planted, self.used = effects, USUAL | planted, set()

    def __getitem__(self, name: str) -> float:
        self.used.add(name)
        return self.effects * self.planted[name]

    def __iter__(self):
        return iter(self.planted)

    def __len__(self) -> int:
        return len(self.planted)

    def told(self, **meaning: str) -> dict:
        """The effects for truth.json that the case has asked for, each with its meaning; give that of its own."""
        meaning = MEANING | meaning
        return {name: {"size": self[name], "meaning": meaning[name]} for name in self.planted if name in self.used}


@dataclass
class Bond:
    """Five feelings with mean 0, variance 1 and correlation .5, moved by what happens."""

    start: np.ndarray
    mood: np.ndarray
    moves: list[tuple[datetime, np.ndarray, float]] = field(default_factory=list)

    @classmethod
    def new(cls, rng: np.random.Generator) -> "Bond":
        """A bond; the mood beside it is what answers come from where they have nothing to do with the bond."""
        return cls(feelings(rng), feelings(rng))

    def move(self, at: datetime, dimensions: str, by: float, half_life_days: float = np.inf) -> None:
        """From `at` the feelings named (all where "") are moved by `by`, which fades to half after the half-life."""
        named = dimensions.split() or DIMENSIONS
        self.moves.append((at, by * np.isin(DIMENSIONS, named), half_life_days))

    def felt(self, at: datetime) -> np.ndarray:
        """The five feelings at a moment."""
        return self.start + self._moved(at)

    def said(self, at: datetime, answers: float) -> np.ndarray:
        """The feelings behind an answer: of the same form whatever share of them comes from the bond."""
        return answers * self.felt(at) + np.sqrt(1 - answers**2) * self.mood

    def quality(self, at: datetime) -> float:
        """The mean of the five, in standard deviations over customers."""
        return float(self.felt(at).mean() / SD_OF_MEAN)

    def _moved(self, at: datetime) -> np.ndarray:
        moved = np.zeros(len(DIMENSIONS))
        for since, by, half_life in self.moves:
            if since <= at:
                moved += by * 0.5 ** ((at - since).days / half_life)
        return moved


def rate(story: Story, effect: str, bond: Bond, per_year: float) -> Callable[[datetime], float]:
    """The rate a year at a moment: `per_year` for the average bond, more or less by the named effect."""
    return lambda at: per_year * float(np.exp(story[effect] * bond.quality(at)))


def happenings(
    rng: np.random.Generator,
    start: datetime,
    end: datetime,
    per_year: Callable[[datetime], float],
    ceiling: float | None = None,
) -> list[datetime]:
    """Moments of a Poisson process whose rate may change; `ceiling` is a rate that is never passed.

    Without a ceiling three times the rate at the start is taken; a rate beyond it would be a fault and is refused.
    """
    ceiling = 3 * per_year(start) if ceiling is None else ceiling
    at, found = start, []
    while True:
        at += timedelta(days=min(YEAR * rng.exponential(1 / ceiling), 1e5))
        kept = rng.random()
        if at >= end:
            return found
        now = per_year(at)
        if now > ceiling:
            raise ValueError(f"a rate of {now:.3g} a year passes the ceiling of {ceiling:.3g}")
        if kept < now / ceiling:
            found.append(at)


def leaves(
    rng: np.random.Generator, story: Story, bond: Bond, start: datetime, end: datetime, per_year: float, wait: int = 0
) -> datetime | None:
    """The moment a customer is lost, `wait` days after the start or later; None for who is still one at the `end`."""
    lost = happenings(rng, start + timedelta(days=wait), end, rate(story, "leaving", bond, per_year))
    return lost[0] if lost else None


def season(per_year: Callable[[datetime], float], months: tuple[float, ...]) -> Callable[[datetime], float]:
    """The rate times the share of its month, January to December."""
    return lambda at: per_year(at) * months[at.month - 1]
