"""Rebuild the running case "the hardware store": one store's orders, shifts and answers, thirty-six stores' figures.

    python datasets/make/hardware_store.py [--out datasets/hardware_store]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

import hardware_store_network as network
import numpy as np
from hardware_store_truth import write_truth
from hardware_store_words import ADVISED, GOODS, WORDS
from town import files, paper_sheet, people, sheets, voices, woocommerce_export
from town.bonds import Story, happenings, rate
from town.growth import Customer, Growth, grow
from town.paper_sheet import Slip
from town.woocommerce_export import UNPAID, Order

SEED = 202600892
ZONE = "Europe/London"
OPENED, END = datetime(2025, 1, 6), datetime(2026, 11, 1)
PLAN = Growth(OPENED, END, 190, {"the counter": 0.6, "search": 0.4}, 0.35, 0.2)
SHOP = {
    "orders_per_year": {"family": "gamma", "shape": 3.0, "mean": 7.0},
    "basket_pence": {"median": 2600, "sd_of_log_between": 0.35, "sd_of_log_within": 0.5},
    "tax_percent": 20,
    "share_unpaid": 0.03,
    "share_refunded_in_full": 0.012,
    "share_refunded_in_part": 0.018,
    "share_with_coupon": 0.05,
    "shifts": {"start": [7.5, 12.5], "hours": 5, "staff": [2, 3], "share_short_by_illness": 0.16, "staff_if_short": 1},
    "half_life_days_of_a_short_shift": 150,
    "waves": {"2026-03-02": 42, "2026-09-07": 42},
    "slips_of_a_wave": 100,
    "share_consenting": 0.85,
    "share_kept_slips": 0.9,
}
PLANTED = network.PLANTED | {"visits": 0.3, "short_shift_on_communication": -0.9}
Shifts = dict[tuple[date, int], int]


def main() -> None:
    files.main("hardware_store", build, __doc__)


def build(out: Path, effects: float = 1.0) -> None:
    """Write the case into `out`."""
    files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))


def _write(folder: Path, story: Story) -> None:
    chance = files.streams(SEED, 6)
    stores = network.stores(chance[0], story)
    shifts = _shifts(chance[1])
    customers = grow(chance[2], story, PLAN, people.persons(chance[2], people.BRITISH), _newcomer)
    orders = _orders(chance[3], story, customers, shifts)
    slips, claims = _survey(chance[4], story, orders)
    exports = folder / "exports"
    shared = sheets.write(exports / "shared figures.csv", "units", network.rows(chance[5], stores))
    report = exports / "wc-orders-report-export.csv"
    woocommerce_export.write(report, [order for _, order in orders], "£", SHOP["tax_percent"])
    manned = sheets.write(exports / "shifts.csv", "shifts", _rows_of(shifts))
    paper = paper_sheet.write(exports / "paper survey.xlsx", chance[5], voices.QUESTIONS, slips)
    claimed = sheets.write(exports / "claims.csv", "claims", claims, without="customer")
    files.shop(exports, "hardware_store", "The hardware store", ZONE, "GBP")
    write_truth(
        folder, SEED, story, stores, shared, customers, orders, manned, slips, claimed, paper,
        {"network": network.NETWORK, "plan": PLAN.told(), "shop": SHOP, "voices": voices.parameters()}, END,
    )  # fmt: skip


def _newcomer(rng: np.random.Generator, one: Customer) -> None:
    often, basket = SHOP["orders_per_year"], SHOP["basket_pence"]
    one.own = {
        "orders": max(rng.gamma(often["shape"], often["mean"] / often["shape"]), 0.5),
        "basket": basket["median"] * np.exp(rng.normal(0, basket["sd_of_log_between"])),
        "source": "Organic: Google" if one.channel == "search" else "Direct",
    }


def _shifts(rng: np.random.Generator) -> Shifts:
    """How many stood at the counter, by day and half of the day; who falls ill falls ill by lot."""
    given, found = SHOP["shifts"], {}
    for place in range((END - OPENED).days):
        day = (OPENED + timedelta(days=place)).date()
        for half in range(2 if day.weekday() != 6 else 0):
            short = rng.random() < given["share_short_by_illness"]
            found[day, half] = given["staff_if_short"] if short else int(people.pick(rng, given["staff"]))
    return found


def _rows_of(shifts: Shifts) -> list[dict]:
    given = SHOP["shifts"]
    return [
        {"unit": "counter", "date": datetime(day.year, day.month, day.day) + timedelta(hours=given["start"][half]),
         "hours": given["hours"], "staff": staff}
        for (day, half), staff in shifts.items()
    ]  # fmt: skip


def _orders(
    rng: np.random.Generator, story: Story, customers: list[Customer], shifts: Shifts
) -> list[tuple[Customer, Order]]:
    found = [(one, at) for one in customers for at in _visits(rng, story, one, shifts)]
    found.sort(key=lambda pair: pair[1])
    seen, orders = set(), []
    for number, (one, at) in enumerate(found, 4001):
        orders.append((one, _order(rng, one, at, number, new=id(one) not in seen)))
        seen.add(id(one))
    return orders


def _visits(rng: np.random.Generator, story: Story, one: Customer, shifts: Shifts) -> list[datetime]:
    """One visit after the other, since each moves the bond: who comes into a short shift waits and is told little."""
    often = rate(story, "visits", one.bond, one.own["orders"])
    day, found = one.joined, []
    while day:
        at = people.opening(rng, day, 7.6, 17.4, closed=(6,))
        if at >= END:
            return found
        found.append(at)
        if shifts[at.date(), int(at.hour + at.minute / 60 >= 12.5)] == SHOP["shifts"]["staff_if_short"]:
            by, half_life = story["short_shift_on_communication"], SHOP["half_life_days_of_a_short_shift"]
            one.bond.move(at, "communication", by, half_life)
            one.own["short"] = one.own.get("short", 0) + 1
        next_day = datetime(at.year, at.month, at.day) + timedelta(days=1)
        day = next(iter(happenings(rng, next_day, one.until(END), often, 6 * one.own["orders"])), None)
    return found


def _order(rng: np.random.Generator, one: Customer, at: datetime, number: int, new: bool) -> Order:
    """Fill the basket until nothing fits."""
    left = one.own["basket"] * np.exp(rng.normal(0, SHOP["basket_pence"]["sd_of_log_within"]))
    chosen = {}
    while fits := [good for good in GOODS if good[1] <= left + 150] or ([] if chosen else [ADVISED]):
        good = people.pick(rng, fits)
        chosen[good] = chosen.get(good, 0) + 1
        left -= good[1]
    order = Order(
        at, number, one.person.name, [(name, price, many) for (name, price), many in chosen.items()],
        people.pick(rng, UNPAID) if rng.random() < SHOP["share_unpaid"] else "completed",
        source=one.own["source"], new=new,
    )  # fmt: skip
    if rng.random() < SHOP["share_with_coupon"] and order.total > 1500:
        order.coupon, order.discount = "spring5", 500
    draw = rng.random()
    if order.paid and draw < SHOP["share_refunded_in_full"] + SHOP["share_refunded_in_part"]:
        order.refunded = order.total if draw < SHOP["share_refunded_in_full"] else order.items[0][1]
        order.refunded = min(order.refunded, order.total)
        order.refunded_at = min(at + timedelta(days=float(rng.uniform(1, 12))), END - timedelta(hours=3))
    return order


def _survey(
    rng: np.random.Generator, story: Story, orders: list[tuple[Customer, Order]]
) -> tuple[list[Slip], list[dict]]:
    """Slips lie at the counter for six weeks; whoever takes one fills it in with the bond of that day, once a wave."""
    slips, claims = [], []
    for start, days in SHOP["waves"].items():
        first = datetime.fromisoformat(start)
        there = [pair for pair in orders if first <= pair[1].at < first + timedelta(days=days) and pair[1].paid]
        taken = set()
        for place in rng.permutation(len(there)):
            one, order = there[int(place)]
            if id(one) in taken or len(taken) == SHOP["slips_of_a_wave"]:
                continue
            taken.add(id(one))
            given = voices.pocket(rng, story, one.bond, order.at, WORDS)
            code = f"HAM-{people.code(rng, 4, 'ACDEFHJKLMNPRTWXY3479')}"
            slips.append(Slip(order.at.date(), code, given))
            if rng.random() < SHOP["share_kept_slips"]:
                consent = "yes" if rng.random() < SHOP["share_consenting"] else "no"
                row = {"claim code": code, "receipt": str(order.number), "date": order.at.date(), "consent": consent}
                claims.append(row)
    return slips, sorted(claims, key=lambda row: (row["date"], row["claim code"]))


if __name__ == "__main__":
    main()
