"""What is true of the simulated boutique: every count with its definition, and the customers' hidden values."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from boutique_customers import DIMENSIONS, LAST_DAY, MEND, MODEL, QUIET, SEASON, Customer
from boutique_sales import FATES
from boutique_voices import BUYS, ITEMS, RECOMMEND, STARS, VOICES, true_mean
from shopify_export import Order

DEFINITIONS = {
    "order": "one value of Name; of an order in both files the later file counts",
    "changed_between_files": "orders in both files whose Financial Status or Refunded Amount differ",
    "test": "Payment Method holds the word bogus, or one of the Tags (split at commas, any case) is exactly test",
    "cancelled": "not a test, and Cancelled at is filled",
    "unpaid": "neither test nor cancelled, and Financial Status is pending or voided",
    "kept": "neither test, cancelled nor unpaid",
    "sale": "kept, and Financial Status is paid or partially_refunded: money and a visit",
    "fully_refunded": "kept, and Financial Status is refunded: it counts in the money and is no visit",
    "total_eur": "sum of Total over the kept orders; value added tax is included",
    "refunds_eur": "sum of Refunded Amount over the kept orders",
    "net_eur": "total_eur less refunds_eur",
    "without_email": "kept orders with an empty Email",
    "identified_buyers": "distinct e-mail addresses of kept orders, in lower case, without spaces around",
    "repeat_buyers": "identified buyers with two sales or more",
    "kept_by_month": "kept orders by the month of Created at on the clock of the shop",
    "net_by_month_eur": "net_eur by the month of Created at on the clock of the shop",
    "with_email": "answers with an e-mail address; matched: the address is that of an identified buyer",
    "dimension_means": "an answer's mean over its answered items of the dimension, then the mean over the answers",
    "true_dimension_means": "expected answer under the model over all customers there could be; who stayed to answer, "
    "straight-liners, planted answers and chance move the answers away from it",
    "true_order": "the order of the dimensions under the model; personalisation and fairness are equal",
    "nps": "100 x (share of 9 and 10 less share of 0 to 6) among the answered recommendations",
    "straight_liners": "answers with all seven scale items filled and equal",
    "reviews": "entries that are not null",
    "mean_stars": "mean of ONE = 1 to FIVE = 5 over the reviews",
}


def truth(
    seed: int,
    customers: list[Customer],
    older: list[Order],
    newer: list[Order],
    seen: tuple[datetime, datetime],
    answers: list[dict[str, str]],
    reviews: dict,
) -> dict:
    """All that another program can check from the files, and the parameters that made them."""
    latest = {order.name: (order, seen[0]) for order in older} | {order.name: (order, seen[1]) for order in newer}
    kept = [one for one in latest.values() if _kind(*one) == "kept"]
    return {
        "simulated": True,
        "about": "SIMULATED data of a boutique that does not exist. Nothing here is evidence about real customers.",
        "seed": seed,
        "definitions": DEFINITIONS,
        "orders": _files(older, newer, seen) | _kinds(latest.values()) | _money(kept) | _buyers(kept),
        "answers": _answers(answers, {order.email.strip().lower() for order, _ in kept}),
        "reviews": _reviews([entry for entry in reviews["reviews"] if entry]),
        "planted": {kind: [one.person.email for one in customers if one.planted == kind] for kind in (MEND, QUIET)},
        "parameters": {"customers": MODEL, "season": list(SEASON), "orders": FATES, "voices": VOICES},
    }


def customer_rows(customers: list[Customer]) -> list[dict[str, str]]:
    """The hidden values of each customer ever, for programs that try to recover them."""
    return [
        {
            "email": one.person.email,
            "joined_on": f"{one.joined:%Y-%m-%d}",
            "left_on": f"{one.left:%Y-%m-%d}" if one.left < LAST_DAY else "",
            "orders_per_year": f"{one.orders_per_year:.4f}",
            "mean_wanted_order_eur": f"{MODEL['order_value_eur']['p'] / one.spend_rate:.2f}",
            "online_share": f"{one.online_share:.3f}",
            **{name: f"{felt:.3f}" for name, felt in zip(DIMENSIONS, one.feelings, strict=True)},
            "planted": one.planted,
        }
        for one in customers
    ]


def _kind(order: Order, seen: datetime) -> str:
    tags = {tag.strip().lower() for tag in order.tags.split(",")}
    if "bogus" in order.payment.lower() or "test" in tags:
        return "test"
    if order.cancelled_at and order.cancelled_at <= seen:
        return "cancelled"
    return "unpaid" if order.financial_status(seen) in ("pending", "voided") else "kept"


def _files(older: list[Order], newer: list[Order], seen: tuple[datetime, datetime]) -> dict:
    both = [order for order in newer if order.at < seen[0]]
    changed = [one for one in both if _stand(one, seen[0]) != _stand(one, seen[1])]
    return {
        "orders_in_file_1": len(older),
        "orders_in_file_2": len(newer),
        "lines_in_file_1": sum(len(order.lines) for order in older),
        "lines_in_file_2": sum(len(order.lines) for order in newer),
        "orders_in_both": len(both),
        "changed_between_files": len(changed),
        "orders_distinct": len(older) + len(newer) - len(both),
    }


def _stand(order: Order, seen: datetime) -> tuple[str, int]:
    return order.financial_status(seen), order.refunded_by(seen)


def _kinds(latest: Iterable[tuple[Order, datetime]]) -> dict:
    kinds = Counter(_kind(*one) for one in latest)
    return {kind: kinds[kind] for kind in ("test", "cancelled", "unpaid", "kept")}


def _money(kept: list[tuple[Order, datetime]]) -> dict:
    statuses = Counter(order.financial_status(seen) for order, seen in kept)
    total = sum(order.total for order, _ in kept)
    refunds = sum(order.refunded_by(seen) for order, seen in kept)
    months = sorted({f"{order.at:%Y-%m}" for order, _ in kept})
    by_month = {month: [one for one in kept if f"{one[0].at:%Y-%m}" == month] for month in months}
    return {
        "sales": statuses["paid"] + statuses["partially_refunded"],
        "partially_refunded": statuses["partially_refunded"],
        "fully_refunded": statuses["refunded"],
        "total_eur": total / 100,
        "refunds_eur": refunds / 100,
        "net_eur": (total - refunds) / 100,
        "kept_by_month": {month: len(ones) for month, ones in by_month.items()},
        "net_by_month_eur": {
            month: sum(order.total - order.refunded_by(seen) for order, seen in ones) / 100
            for month, ones in by_month.items()
        },
    }


def _buyers(kept: list[tuple[Order, datetime]]) -> dict:
    known = [(order.email.strip().lower(), order, seen) for order, seen in kept if order.email]
    sales = Counter(email for email, order, seen in known if order.financial_status(seen) != "refunded")
    return {
        "without_email": len(kept) - len(known),
        "identified_buyers": len({email for email, *_ in known}),
        "repeat_buyers": sum(count >= 2 for count in sales.values()),
        "first_order_at": min(order.at for order, _ in kept).isoformat(),
        "last_order_at": max(order.at for order, _ in kept).isoformat(),
    }


def _answers(rows: list[dict[str, str]], buyers: set[str]) -> dict:
    emails = [row["Email Address"].lower() for row in rows if row["Email Address"]]
    scores = [int(row[RECOMMEND]) for row in rows if row[RECOMMEND]]
    expected = {name: round(true_mean(name), 4) for name in DIMENSIONS}
    return {
        "answers": len(rows),
        "with_email": len(emails),
        "persons_with_email": len(set(emails)),
        "answers_matched": sum(email in buyers for email in emails),
        "dimension_means": {name: _mean(_dimension(rows, name)) for name in DIMENSIONS},
        "true_dimension_means": expected,
        "true_order": sorted(DIMENSIONS, key=lambda name: -expected[name]),
        "recommend_answered": len(scores),
        "recommend_mean": _mean(scores),
        "nps": _mean([100 * ((score >= 9) - (score <= 6)) for score in scores]),
        "buys": dict(sorted(Counter(row[BUYS] or "(blank)" for row in rows).items())),
        "recommend_mean_by_buys": {
            group: _mean([int(row[RECOMMEND]) for row in rows if row[BUYS] == group and row[RECOMMEND]])
            for group in ("Online", "In the shop", "Both")
        },
        "straight_liners": sum(_straight([row[item] for item in ITEMS]) for row in rows),
    }


def _straight(given: list[str]) -> bool:
    return all(given) and len(set(given)) == 1


def _dimension(rows: list[dict[str, str]], name: str) -> list[float]:
    """One score an answer: the mean of its answered items; none where nothing was answered."""
    items = [item for item, dimension in ITEMS.items() if dimension == name]
    given = [[int(row[item]) for item in items if row[item]] for row in rows]
    return [sum(values) / len(values) for values in given if values]


def _reviews(entries: list[dict]) -> dict:
    value = {word: stars for stars, word in STARS.items()}
    return {
        "reviews": len(entries),
        "with_comment": sum("comment" in entry for entry in entries),
        "with_reply": sum("reviewReply" in entry for entry in entries),
        "mean_stars": _mean([value[entry["starRating"]] for entry in entries]),
    }


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)
