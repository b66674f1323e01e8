"""What is true of the simulated fitness studio."""

from datetime import datetime
from pathlib import Path

import numpy as np
from town import truth
from town.bonds import Story

DEFINITIONS = {
    "contracts": "rows of the memberships; ended: those with a day in ended",
    "visits": "rows of the attendance; members_seen: distinct cases in it",
    "birthdays": "rows of the birthday offers; offers: those with an offer sent",
    **truth.ANSWERS,
    "with_email": "answers with an e-mail address",
}
OWN = {
    "leaving": "on the log odds of cancelling at the end of a month of thirty days, from the second on, per standard "
    "deviation of the quality of the bond",
    "fall_on_leaving": "on the same log odds, per unit of log((1 + visits in the month before) / (1 + visits in the "
    "month that ends))",
    "offer_on_visits": "on the log of the rate of visits, for sixty days after a birthday with an offer; who gets "
    "one is drawn by lot",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    members: list,
    contracts: list[dict],
    attended: list[dict],
    offers: list[dict],
    answers: list[tuple],
    parameters: dict,
    end: datetime,
) -> None:
    told, true = truth.answers(story, [given for _, _, given in answers])
    counts = {
        "members": {
            "contracts": len(contracts),
            "ended": sum(bool(row["ended"]) for row in contracts),
            "visits": len(attended),
            "members_seen": len({row["case"] for row in attended}),
        },
        "birthdays": {
            "birthdays": len(offers),
            "offers": sum(row["activity"] == "birthday, offer sent" for row in offers),
        },
        "answers": told | {"with_email": sum(bool(email) for _, email, _ in answers)},
    }
    base = parameters["studio"]["log_odds_of_leaving_a_month"]
    true |= {
        "visits_after_offer": truth.value(
            round(float(np.exp(story["offer_on_visits"])), 3), "visits in sixty days with an offer over those without"
        ),
        "odds_ratio_of_half_the_visits": truth.value(
            round(float(2 ** story["fall_on_leaving"]), 3),
            "odds of cancelling where 1 + visits fell to half, over those where they did not fall",
        ),
        "leaving_a_month": truth.value(
            round(float(1 / (1 + np.exp(-base))), 4), "share of average members with unchanged attendance who cancel"
        ),
    }
    about = "a fitness studio that does not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in members))


def _row(one, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "member": one.number,
        "joined_on": one.joined.date(),
        "left_on": one.left.date() if one.left else "",
        "visits_a_month": f"{one.usual:.3f}",
        "tires_on": one.tires.date() if one.tires and one.tires < min(one.left or end, end) else "",
        "plan": one.plan,
        **truth.bond(one.bond, one.joined, min(one.left or end, end)),
    }
