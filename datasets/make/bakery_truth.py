"""What is true of the simulated bakery."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from town import google_reviews, paper_sheet, truth
from town.bonds import Story
from town.growth import Customer
from town.paper_sheet import Slip
from town.square_export import PAYMENT, Sale

DEFINITIONS = {
    "payments": "rows of the transactions whose Event Type is Payment",
    "refund_rows": "rows of the transactions whose Event Type is Refund",
    "item_rows": "rows of the item details, refunds among them",
    "gross_usd": "sum of Gross Sales over the payments, before discounts and tips",
    "discounts_usd": "sum of Discounts over the payments, as a positive amount",
    "tips_usd": "sum of Tip over the payments",
    "refunds_usd": "sum of Net Sales over the refunds, as a positive amount",
    "net_usd": "sum of Net Sales over payments and refunds: what was sold less discounts less what came back, no tips",
    "named_payments": "payments with a Customer ID",
    "named_customers": "distinct Customer IDs among the payments",
    "claims": "rows of the claims sheet; agreed: those with consent yes",
    "joined_answers": "answers whose claim code, without spaces and dashes and in capitals, is that of an agreed claim",
    "referrals": "rows of the referrals sheet; only referrers with a card are in it",
    **paper_sheet.DEFINITIONS,
    **truth.ANSWERS,
    **google_reviews.DEFINITIONS,
}
OWN = {"growth_per_year": "on the log of what is spent a visit, per year as a customer"}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    customers: list[Customer],
    sales: list[Sale],
    slips: list[Slip],
    claims: list[dict],
    brought: list[dict],
    spend: list[dict],
    paper: dict,
    reviews: dict,
    parameters: dict,
    costs: tuple[dict[str, float], dict[str, float]],
    end: datetime,
) -> None:
    answers, true = truth.answers(story, [slip.given for slip in slips])
    agreed = {row["claim code"] for row in claims if row["consent"] == "yes"}
    joined = sum(slip.code in agreed for slip in slips)
    counts = {
        "orders": _orders(sales),
        "answers": paper | answers | {"claims": len(claims), "agreed": len(agreed), "joined_answers": joined},
        "reviews": reviews,
        "referrals": {"referrals": len(brought)},
        "customers": {"ever": len(customers), "by_channel": _channels(customers)},
    }
    growth = "growth a year, on the log, of what one and the same customer spends a visit; the visits do not grow"
    true |= {
        "spend_growth_per_year": truth.value(story["growth_per_year"], growth),
        "referrals_per_year": truth.referrals(story, parameters["plan"]["referrals_per_year"]),
        **truth.cost_of_customers(spend, *costs),
        "kept_by_keeping": truth.value(0, "customers who would have left without the treats: none in the model"),
    }
    definitions = DEFINITIONS | {
        "ever": "customers of the simulation, with a card or without",
        "by_channel": "how they found the bakery; the spend sheet has the same numbers by month",
    }
    truth.write(folder, "a bakery that does not exist.", seed, story, definitions, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in customers))


def _channels(customers: list[Customer]) -> dict[str, int]:
    return dict(sorted(Counter(one.channel for one in customers).items()))


def _orders(sales: list[Sale]) -> dict:
    payments = [sale for sale in sales if sale.event == PAYMENT]
    refunds = [sale for sale in sales if sale.event != PAYMENT]
    named = [sale.customer for sale in payments if sale.customer]
    return {
        "payments": len(payments),
        "refund_rows": len(refunds),
        "item_rows": sum(len(sale.items) for sale in sales),
        "gross_usd": sum(sale.gross for sale in payments) / 100,
        "discounts_usd": sum(sale.discount for sale in payments) / 100,
        "tips_usd": sum(sale.tip for sale in payments) / 100,
        "refunds_usd": -sum(sale.net for sale in refunds) / 100,
        "net_usd": sum(sale.net for sale in sales) / 100,
        "named_payments": len(named),
        "named_customers": len(set(named)),
    }


def _row(one: Customer, end: datetime) -> dict:
    return {
        "customer_id": one.own["card"],
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "channel": one.channel,
        "referred_by": one.referrer.own["card"] if one.referrer else "",
        "brought": len(one.brought),
        "visits_per_year": f"{one.own['visits']:.3f}",
        "basket_usd": f"{one.own['basket']:.2f}",
        **truth.bond(one.bond, one.joined, one.until(end)),
        "planted": one.own["planted"],
    }
