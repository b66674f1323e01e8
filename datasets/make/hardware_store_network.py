"""The co-operative of the hardware store: what thirty-six shops share every month, with the chain and the training."""

from dataclasses import dataclass, field

import numpy as np
from town.bonds import Story

STORES, MONTHS = 36, 22
ANCHOR = "store 12"
FIRST_MONTH = (2025, 1)
# Drawn by lot; the months are places from the first.
GROUPS = {"first": (9, 6), "second": (9, 11), "third": (9, 16), "never": (9, None)}
SIGNS = {"months": [8, 13], "stores": 18}
LATE, CLOSED = {"stores": 2, "first_month": 5}, {"stores": 1, "last_month": 13}
NETWORK = {
    "stores": STORES,
    "months": MONTHS,
    "groups": {name: {"stores": many, "month": month} for name, (many, month) in GROUPS.items()},
    "signs": SIGNS,
    "joined_later": LATE,
    "closed": CLOSED,
    "size": {"on_log_margin": 0.5, "on_staff": -0.2, "on_service": -4.0, "on_repeat": -0.02},
    "centre": {"staff": 3.7, "service": 68.0, "repeat": 0.42, "log_margin": 9.6},
    "sd_between": {"staff": 0.2, "service": 3.0, "repeat": 0.03, "log_margin": 0.2},
    "sd_within": {"staff": 0.2, "service": 2.0, "repeat": 0.02, "log_margin": 0.05},
    "season": {"staff": 0.06, "service": 1.5, "repeat": 0.01, "log_margin": 0.18},
    "margin_rate": {"mean": 0.34, "sd_between": 0.02, "sd_within": 0.006},
    "share_of_figures_missing": 0.008,
    "training_first_ends_at": 8.0,
}
PLANTED = {
    "staff_on_service": 8.0,
    "service_on_repeat": 0.006,
    "repeat_on_margin": 0.8,
    "training_first_per_month": 0.8,
    "training_second": 4.0,
    "training_third": 2.0,
    "sign": 0.0,
}
OWN = {
    "staff_on_service": "points of service score per point of staff satisfaction, in the same store and month",
    "service_on_repeat": "share of repeat customers per point of service score of the month before, in the same store",
    "repeat_on_margin": "on the log of gross margin, per unit (0 to 1) of repeat share in the same store and month",
    "training_first_per_month": "points of service score that the first group gains in each month from its training "
    "on, up to training_first_ends_at",
    "training_second": "points of service score of the second group from the month of its training on",
    "training_third": "points of service score of the third group from the month of its training on",
    "sign": "of the new sign over the door, on anything: none; its dates are the placebo",
}
MEASURES = ("sales", "gross margin", "staff satisfaction", "service score", "repeat share")


@dataclass
class Store:
    """One store with what only the simulator knows; the months of events are places, None for never."""

    name: str
    group: str
    trained: int | None
    sign: int | None
    size: float
    months: range
    figures: dict[str, np.ndarray] = field(default_factory=dict)


def stores(rng: np.random.Generator, story: Story) -> list[Store]:
    """The stores with their figures."""
    drawn = rng.permutation([name for name, (many, _) in GROUPS.items() for _ in range(many)])
    signed = set(rng.choice(STORES, SIGNS["stores"], replace=False).tolist())
    found = []
    for number in range(STORES):
        group = str(drawn[number])
        sign = SIGNS["months"][int(rng.integers(2))] if number in signed else None
        size, name = rng.standard_normal(), f"store {number + 1:02d}"
        found.append(Store(name, group, GROUPS[group][1], sign, size, range(MONTHS)))
    never = [one for one in found if one.group == "never"]
    for one in never[: LATE["stores"]]:
        one.months = range(LATE["first_month"], MONTHS)
    for one in never[-CLOSED["stores"] :]:
        one.months = range(CLOSED["last_month"] + 1)
    for one in found:
        one.figures = _figures(rng, story, one)
    return found


def gain(story: Story, group: str, month: int) -> float:
    """What the training of a group adds to its service score in a month."""
    begun = GROUPS[group][1]
    if begun is None or month < begun:
        return 0.0
    if group == "first":
        ends = story.effects * NETWORK["training_first_ends_at"]
        return min(story["training_first_per_month"] * (month - begun + 1), ends)
    return story[f"training_{group}"]


def rows(rng: np.random.Generator, found: list[Store]) -> list[dict]:
    """Rows of the units sheet by month; now and then a figure was not handed in."""
    sheet = []
    for month in range(MONTHS):
        for one in found:
            if month not in one.months:
                continue
            for measure in MEASURES:
                if rng.random() >= NETWORK["share_of_figures_missing"]:
                    sheet.append(_row(one, month, measure, _text(measure, one.figures[measure][month])))
            if month == one.trained:
                sheet.append(_row(one, month, "training days", "2"))
            if month == one.sign:
                sheet.append(_row(one, month, "new sign", "1"))
    return sheet


def period(month: int) -> str:
    place = 12 * FIRST_MONTH[0] + FIRST_MONTH[1] - 1 + month
    return f"{place // 12}-{place % 12 + 1:02d}"


def gains(story: Story) -> dict:
    """The mean gain of each group over its months, of all trained months together, and what a naive method expects."""
    each = {name: [gain(story, name, month) for month in range(MONTHS)] for name in GROUPS}
    after = {name: values[GROUPS[name][1] :] for name, values in each.items() if GROUPS[name][1] is not None}
    every = [value for name, values in after.items() for value in values * GROUPS[name][0]]
    return {name: round(float(np.mean(values)), 4) for name, values in after.items()} | {
        "all": round(float(np.mean(every)), 4),
        "two_way_fixed_effects": round(_two_way(each), 4),
    }


def _two_way(each: dict[str, list[float]]) -> float:
    """What one dummy for 'trained', with dummies for store and month, comes to when nothing is left to chance."""
    score = np.array([each[name] for name, (many, _) in GROUPS.items() for _ in range(many)])
    trained = np.array([
        [begun is not None and month >= begun for month in range(MONTHS)]
        for many, begun in GROUPS.values()
        for _ in range(many)
    ], float)  # fmt: skip
    score, trained = (one - one.mean(0) - one.mean(1)[:, None] + one.mean() for one in (score, trained))
    return float((score * trained).sum() / (trained**2).sum())


def _figures(rng: np.random.Generator, story: Story, one: Store) -> dict[str, np.ndarray]:
    """Each figure as it stands in the sheet is what moves the next one: nothing is blurred on the way."""
    staff = np.round(np.clip(_usual(rng, one, "staff"), 1, 5), 2)
    trained = np.array([gain(story, one.group, month) for month in range(MONTHS)])
    service = _usual(rng, one, "service") + story["staff_on_service"] * (staff - NETWORK["centre"]["staff"]) + trained
    service = np.round(np.clip(service, 0, 100), 1)
    before = np.concatenate([[NETWORK["centre"]["service"]], service[:-1]])
    repeat = _usual(rng, one, "repeat") + story["service_on_repeat"] * (before - NETWORK["centre"]["service"])
    repeat = np.round(np.clip(repeat, 0, 1), 3)
    log_margin = _usual(rng, one, "log_margin") + story["repeat_on_margin"] * (repeat - NETWORK["centre"]["repeat"])
    margin = np.round(np.exp(log_margin))
    rate = NETWORK["margin_rate"]
    share = rng.normal(rate["mean"], rate["sd_between"]) + rng.normal(0, rate["sd_within"], MONTHS)
    columns = (np.round(margin / share), margin, staff, service, repeat)
    return dict(zip(MEASURES, columns, strict=True))


def _usual(rng: np.random.Generator, one: Store, name: str) -> np.ndarray:
    """The level of a store, the season, and chance."""
    season = NETWORK["season"][name] * np.sin(2 * np.pi * (np.arange(MONTHS) - 2) / 12)
    level = NETWORK["centre"][name] + NETWORK["size"][f"on_{name}"] * one.size
    level += rng.normal(0, NETWORK["sd_between"][name])
    return level + season + rng.normal(0, NETWORK["sd_within"][name], MONTHS)


def _row(one: Store, month: int, measure: str, value: str) -> dict:
    return {"unit": one.name, "period": period(month), "measure": measure, "value": value}


def _text(measure: str, value: float) -> str:
    digits = {"staff satisfaction": 2, "service score": 1, "repeat share": 3}.get(measure, 0)
    return f"{value:.{digits}f}"
