"""What is true of the simulated hardware store and its co-operative."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import hardware_store_network as network
from town import files, paper_sheet, truth
from town.bonds import Story
from town.growth import Customer
from town.paper_sheet import Slip
from town.woocommerce_export import Order

DEFINITIONS = {
    "figures": "rows of the shared figures; stores: distinct units",
    "figures_missing": "figures of the five measures that a store open in that month did not hand in",
    "trained": "rows whose measure is training days; signs: rows whose measure is new sign",
    "rows": "rows of the orders report, those of refunds among them",
    "orders": "rows whose Net Sales is not below zero; unpaid: those with status cancelled, failed or pending",
    "refund_rows": "rows whose Net Sales is below zero",
    "total_gbp": "sum of the first amount of N. Revenue over the orders that are not unpaid",
    "net_gbp": "sum of the last amount of N. Revenue over the orders that are not unpaid",
    "names": "distinct names among the orders that are not unpaid; customers_paying: customers behind them",
    "shifts": "rows of the shifts; short: those with one person",
    "claims": "rows of the claims sheet; agreed: those with consent yes",
    "joined_answers": "answers whose claim code, without spaces and dashes and in capitals, is that of an agreed claim",
    **paper_sheet.DEFINITIONS,
    **truth.ANSWERS,
    "ever": "customers of the store in the simulation",
}
OWN = network.OWN | {
    "short_shift_on_communication": "on the feeling of communication, from each visit in a shift with one person; "
    "it fades to half within 150 days; shifts fall short by lot",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    stores: list[network.Store],
    shared: list[dict],
    customers: list[Customer],
    orders: list[tuple[Customer, Order]],
    shifts: list[dict],
    slips: list[Slip],
    claims: list[dict],
    paper: dict,
    parameters: dict,
    end: datetime,
) -> None:
    answers, true = truth.answers(story, [slip.given for slip in slips])
    agreed = {row["claim code"] for row in claims if row["consent"] == "yes"}
    joined = sum(slip.code in agreed for slip in slips)
    counts = {
        "units": _units(stores, shared),
        "orders": _orders(orders),
        "shifts": {"shifts": len(shifts), "short": sum(row["staff"] == 1 for row in shifts)},
        "answers": paper | answers | {"claims": len(claims), "agreed": len(agreed), "joined_answers": joined},
        "customers": {"ever": len(customers)},
    }
    over = (
        "points of service score: mean over the months from the training on, by group and over all trained months; "
        "two_way_fixed_effects is what one dummy with store and month dummies tends to, which is not the mean"
    )
    true |= {
        "gain_by_training": truth.value(network.gains(story), over),
        "gain_by_sign": truth.value(story["sign"], "on every measure, of the new sign: the placebo"),
    }
    about = "a hardware store and a co-operative that do not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in customers))
    rows = [_store(one) for one in stores]
    files.csv_file(folder / "truth_stores.csv", list(rows[0]), rows)


def _units(stores: list[network.Store], shared: list[dict]) -> dict:
    by = Counter(row["measure"] for row in shared)
    due = len(network.MEASURES) * sum(len(one.months) for one in stores)
    return {
        "figures": len(shared),
        "stores": len({row["unit"] for row in shared}),
        "figures_missing": due - sum(by[measure] for measure in network.MEASURES),
        "trained": by["training days"],
        "signs": by["new sign"],
    }


def _orders(pairs: list[tuple[Customer, Order]]) -> dict:
    """Two customers of one name are two persons here and one in the report."""
    paid = [order for _, order in pairs if order.paid]
    back = [order for _, order in pairs if order.refunded]
    total, refunds = sum(order.total for order in paid), sum(order.refunded for order in back)
    return {
        "rows": len(pairs) + len(back),
        "orders": len(pairs),
        "unpaid": len(pairs) - len(paid),
        "refund_rows": len(back),
        "total_gbp": total / 100,
        "net_gbp": (total - refunds) / 100,
        "names": len({order.name for order in paid}),
        "customers_paying": len({one.person.email for one, order in pairs if order.paid}),
    }


def _row(one: Customer, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "name": one.person.name,
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "orders_per_year": f"{one.own['orders']:.3f}",
        "visits_in_short_shifts": one.own.get("short", 0),
        **truth.bond(one.bond, one.joined, one.until(end)),
    }


def _store(one: network.Store) -> dict:
    return {
        "unit": one.name,
        "anchor": "yes" if one.name == network.ANCHOR else "",
        "group": one.group,
        "trained_in": "" if one.trained is None else network.period(one.trained),
        "new_sign_in": "" if one.sign is None else network.period(one.sign),
        "size": f"{one.size:.3f}",
        "first_period": network.period(one.months[0]),
        "last_period": network.period(one.months[-1]),
    }
