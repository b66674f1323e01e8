"""Write what is true of a case: truth.json and truth_customers.csv."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
from boutique_customers import DIMENSIONS

from town import files, voices
from town.bonds import SD_OF_MEAN, Bond, Story


def write(
    folder: Path,
    about: str,
    seed: int,
    story: Story,
    definitions: dict[str, str],
    counts: dict[str, dict],
    true: dict,
    parameters: dict,
    own: dict[str, str] | None = None,
) -> None:
    """Write truth.json.

    `counts` are groups of figures that another program can check from the raw files, each defined in words in
    `definitions`; `true` are the values the measures should find, each with `over`: what it is over; `own` are the
    meanings of the case's own effects.
    """
    files.json_file(
        folder / "truth.json",
        {
            "simulated": True,
            "about": f"SIMULATED data of {about} Nothing here is evidence about real customers.",
            "twin": story.effects == 0,
            "seed": seed,
            "definitions": definitions,
            **counts,
            "true": true,
            "effects": story.told(**(own or {})),
            "parameters": parameters,
        },
    )


def value(value: object, over: str) -> dict:
    """A true value with what it is over."""
    return {"value": value, "over": over}


def customers(folder: Path, rows: Iterable[dict]) -> None:
    """Write truth_customers.csv: what only the simulator knows of each customer."""
    rows = list(rows)
    files.csv_file(folder / "truth_customers.csv", list(rows[0]), rows)


def bond(bond: Bond, joined: datetime, end: datetime) -> dict[str, str]:
    """The columns of a bond: its quality and five feelings on joining, and its quality at the end."""
    felt = {name: f"{value:.3f}" for name, value in zip(DIMENSIONS, bond.felt(joined), strict=True)}
    return {"quality": f"{bond.quality(joined):.3f}"} | felt | {"quality_at_end": f"{bond.quality(end):.3f}"}


def answers(story: Story, rows: list[dict[str, str]], shift: dict[str, float] = voices.SHIFT) -> tuple[dict, dict]:
    """Counts and true values of answers to the pocket form; the rows hold them by the words of the questions."""
    scores = [int(row[voices.RECOMMEND]) for row in rows if row[voices.RECOMMEND]]
    counts = {
        "answers": len(rows),
        "dimension_means": {name: mean(_scores(rows, name)) for name in DIMENSIONS},
        "recommend_answered": len(scores),
        "recommend_mean": mean(scores),
        "nps": mean([100 * ((score >= 9) - (score <= 6)) for score in scores]),
    }
    over = "all customers there could be, before moves of the bond, drop-out, choice of whom to ask, and chance"
    return counts, {"dimension_means": value(voices.expected(story, shift), over)}


ANSWERS = {
    "answers": "answers to the pocket form, each once",
    "dimension_means": "an answer's mean over its answered items of the dimension, then the mean over the answers",
    "recommend_answered": "answers with a recommendation",
    "recommend_mean": "mean recommendation, 0 to 10, over the answered",
    "nps": "100 x (share of 9 and 10 less share of 0 to 6) among the answered recommendations",
}


def mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)


def _scores(rows: list[dict[str, str]], dimension: str) -> list[float]:
    items = [item for item, name in voices.ITEMS.items() if name == dimension]
    given = [[int(row[item]) for item in items if row[item]] for row in rows]
    return [sum(values) / len(values) for values in given if values]


def referrals(story: Story, per_year: float) -> dict:
    """Expected referrals a year of those who would answer 9 or 10 and of the others, under the model."""
    rng = np.random.default_rng(25)
    common, own, mood = (rng.standard_normal((200_000, size)) for size in (1, 5, 6))
    bond = (np.sqrt(0.5) * (common + own)).mean(axis=1) / SD_OF_MEAN
    other = (np.sqrt(0.5) * (mood[:, :1] + mood[:, 1:])).mean(axis=1) / SD_OF_MEAN
    felt = story["answers"] * bond + np.sqrt(1 - story["answers"] ** 2) * other
    said = voices.CENTRE + voices.PER_SD * felt + voices.NOISE_SD * rng.standard_normal(len(felt))
    brought, promoter = per_year * np.exp(story["referrals"] * bond), said >= 8.5
    over = "referrals a year as a customer, by the recommendation given; before drop-out and choice of whom to ask"
    promoters, others = brought[promoter].mean(), brought[~promoter].mean()
    told = {"promoters": promoters, "others": others, "ratio": promoters / others, "share": promoter.mean()}
    return value({name: round(float(one), 2) for name, one in told.items()}, over)


def cost_of_customers(rows: list[dict], planted: dict[str, float], keeping: dict[str, float]) -> dict:
    """Cost of one new customer by channel, and of keeping one for a year: planted, and as the spend sheet has it."""
    found = {}
    for channel in planted:
        ours = [row for row in rows if row["channel"] == channel]
        new = sum(row["new customers"] for row in ours)
        found[channel] = round(sum(float(row["amount"]) for row in ours) / new, 2) if new else None
    return {
        "cost_per_new_customer": value(planted, "planted, by channel; the channel's budget over an average month"),
        "cost_per_new_customer_in_sheet": value(found, "all amounts of a channel over all its new customers"),
        "keeping_per_customer_year": value(round(12 * sum(keeping.values()), 2), "planted: one customer, a year"),
    }
