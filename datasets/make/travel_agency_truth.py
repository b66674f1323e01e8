"""What is true of the simulated travel agency."""

from collections import Counter
from datetime import datetime
from math import erf, sqrt
from pathlib import Path

from town import truth
from town.bonds import Story
from town.qualtrics_export import PREVIEW, SPAM
from travel_agency_words import ATTENTION, NEEDS, RECOMMEND

DEFINITIONS = {
    "rows": "rows of the trips; given_back: those with an amount below zero",
    "net_eur": "sum of the amounts",
    "customers": "distinct customers of the trips",
    "lines": "rows below the three of the header; previews, spam: by their Status",
    "answers": "lines that are neither preview nor spam; each holds at least one answer",
    "finished": "answers whose Finished is True",
    "with_address": "answers with a RecipientEmail",
    "straight": "answers in which all eleven lines of the first page are filled with one and the same number",
    "failed_attention": "answers in which the line that asks for a 3 holds something else",
    "straight_or_failed": "answers that are straight or failed; more than the careless: some only overlooked the line",
    "careless": "customers of truth_customers.csv with a word in careless: straight lines and clicks at random",
    "recommend_answered": "answers with a recommendation; recommend_mean: their mean, 0 to 10",
    "segments_of_customers": "customers by segment; segments_of_answers: those who answered, by segment",
}
OWN = {
    "segments": "1: the answers on needs differ by segment as in means; 0: all segments answer alike",
    "luxury_on_amount": "on the log of what a trip costs, luxury over budget",
    "adventure_on_amount": "on the log of what a trip costs, adventure over budget",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    customers: list,
    orders: list[dict],
    answers: list,
    parameters: dict,
    end: datetime,
) -> None:
    counts = {
        "orders": {
            "rows": len(orders),
            "given_back": sum(row["amount"] < 0 for row in orders),
            "net_eur": sum(row["amount"] for row in orders),
            "customers": len({row["customer"] for row in orders}),
        },
        "answers": _answers(answers),
        "customers": {
            "careless": sum(bool(one.careless) for one in customers),
            "segments_of_customers": _segments(customers),
            "segments_of_answers": _segments([one for one in customers if one.answered]),
        },
    }
    agency = parameters["agency"]
    said = {name: share * agency["share_answering"][name] for name, share in agency["segments"].items()}
    whole = sum(said.values())
    careless = agency["share_straight"] + agency["share_random"]
    true = {
        "shares_of_segments": truth.value(agency["segments"], "all customers there could be"),
        "shares_among_answers": truth.value(
            {name: round(share / whole, 4) for name, share in said.items()},
            "those who answer: luxury answers more rarely, so answers alone show too little of it",
        ),
        "means_of_needs": truth.value(
            _means(story, parameters["means"], agency["answers_around_the_mean"]),
            "careful answers by segment, rounded and cut at 1 and 7, in the order of the items",
        ),
        "share_careless": truth.value(careless, "answers; half of them straight lines, half clicks at random"),
        "ratio_of_amounts": truth.value(
            {"luxury over budget": story["luxury_on_amount"], "adventure over budget": story["adventure_on_amount"]},
            "log of what a trip costs",
        ),
    }
    about = "a travel agency that does not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in customers))


def _answers(answers: list) -> dict:
    real = [one for one in answers if one.status not in (PREVIEW, SPAM)]
    first = [[one.given[id] for id in (*NEEDS, ATTENTION)] for one in real]
    straight = [len(set(values)) == 1 for values in first]
    failed = [values[-1] != 3 for values in first]
    scores = [int(one.given[RECOMMEND]) for one in real if one.given.get(RECOMMEND, "") != ""]
    return {
        "lines": len(answers),
        "previews": sum(one.status == PREVIEW for one in answers),
        "spam": sum(one.status == SPAM for one in answers),
        "answers": len(real),
        "finished": sum(one.progress == 100 for one in real),
        "with_address": sum(bool(one.email) for one in real),
        "straight": sum(straight),
        "failed_attention": sum(failed),
        "straight_or_failed": sum(one or other for one, other in zip(straight, failed, strict=True)),
        "recommend_answered": len(scores),
        "recommend_mean": truth.mean(scores),
    }


def _segments(customers: list) -> dict[str, int]:
    return dict(sorted(Counter(one.segment for one in customers).items()))


def _means(story: Story, means: dict[str, list[float]], spread: float) -> dict[str, list[float]]:
    """The mean of a normal that is rounded and cut at 1 and 7: 1 and the chances of each further step."""
    middle = [sum(values) / len(means) for values in zip(*means.values(), strict=True)]

    def expected(meant: float, centre: float) -> float:
        moved = centre + story["segments"] * (meant - centre)
        steps = (1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
        return round(1 + sum((1 - erf((step - moved) / spread / sqrt(2))) / 2 for step in steps), 4)

    return {
        name: [expected(meant, centre) for meant, centre in zip(values, middle, strict=True)]
        for name, values in means.items()
    }


def _row(one, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "joined_on": one.joined.date(),
        "left_on": "",
        "segment": one.segment,
        "usual_amount_eur": f"{one.usual:.2f}",
        "answered": "yes" if one.answered else "",
        "careless": one.careless,
        **truth.bond(one.bond, one.joined, end),
    }
