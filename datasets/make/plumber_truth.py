"""What is true of the simulated plumber."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from town import truth
from town.bonds import SD_OF_MEAN, Story

DEFINITIONS = {
    "jobs": "rows of the jobs; open: without a day in done; overdue: open, and promised for a day before 2026-11-01",
    "late": "done jobs whose day in done is after the day in promised; early: before it",
    "without_customer": "jobs with an empty customer",
    "without_quote": "jobs with an empty quoted",
    "above_quote": "jobs with quoted and charged, charged more than 5 % above quoted",
    "charged_gbp": "sum of charged",
    "customers": "distinct customers of the jobs; with_several: those with two jobs or more",
    "overrun_by_kind": "mean of charged / quoted - 1 over the jobs of the kind that have both",
    **truth.ANSWERS,
    "with_email": "answers with an e-mail address",
    "reviews": "rows of the reviews; with_text: those with words",
    "mean_stars": "mean rating over the reviews",
}
OWN = {
    "late_on_trust": "on the feeling of trust, for good, per day that a job was done after the promised day",
    "over_on_trust": "on the feeling of trust, for good, per tenth that the bill was above the quote",
    "over_on_fairness": "on the feeling of fairness, for good, per tenth that the bill was above the quote",
    "late_on_reuse": "on the log of the rate of the next job, per day that the last one was late",
    "over_on_reuse": "on the log of the rate of the next job, per tenth that the last bill was above the quote",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    customers: list,
    jobs: list[dict],
    answers: list[tuple],
    reviews: list[dict],
    parameters: dict,
    end: datetime,
) -> None:
    told, true = truth.answers(story, [given for _, _, given in answers])
    counts = {
        "jobs": _jobs(jobs, end),
        "answers": told | {"with_email": sum(bool(email) for _, email, _ in answers)},
        "reviews": {
            "reviews": len(reviews),
            "with_text": sum(bool(row["review_text"]) for row in reviews),
            "mean_stars": truth.mean([row["rating"] for row in reviews]),
        },
    }
    over = "on the log of the rate of the next job, with what it does by way of the bond; lateness and bill of the last"
    whole = {
        "a day late": _whole(story, story["late_on_reuse"], story["late_on_trust"]),
        "a tenth over": _whole(story, story["over_on_reuse"], story["over_on_trust"] + story["over_on_fairness"]),
    }
    true |= {
        "reuse": truth.value(whole, over),
        "overrun_by_kind": truth.value(parameters["van"]["overrun"], "planted mean, before it is cut off at -0.1"),
    }
    truth.write(
        folder, "a plumber who does not exist.", seed, story, DEFINITIONS, counts, true, parameters, OWN
    )  # fmt: skip
    truth.customers(folder, (_row(one, end) for one in customers))


def _jobs(jobs: list[dict], end: datetime) -> dict:
    done = [job for job in jobs if job["done"]]
    still = [job for job in jobs if not job["done"]]
    priced = [job for job in done if job["quoted"]]
    often = Counter(job["customer"] for job in jobs if job["customer"])
    overs = {kind: [] for kind in sorted({job["kind"] for job in jobs})}
    for job in priced:
        overs[job["kind"]].append(job["charged"] / job["quoted"] - 1)
    return {
        "jobs": len(jobs),
        "open": len(still),
        "overdue": sum(job["promised"] < end.date() for job in still),
        "late": sum(job["done"] > job["promised"] for job in done),
        "early": sum(job["done"] < job["promised"] for job in done),
        "without_customer": sum(not job["customer"] for job in jobs),
        "without_quote": sum(not job["quoted"] for job in jobs),
        "above_quote": sum(job["charged"] > 1.05 * job["quoted"] for job in priced),
        "charged_gbp": sum(job["charged"] for job in done),
        "customers": len(often),
        "with_several": sum(many > 1 for many in often.values()),
        "overrun_by_kind": {kind: truth.mean(values) for kind, values in overs.items()},
    }


def _whole(story: Story, own: float, moved: float) -> float:
    """The effect of its own and that by way of the bond, of which one feeling is a fifth."""
    return round(own + story["visits"] * moved / 5 / SD_OF_MEAN, 4)


def _row(one, end: datetime) -> dict:
    done = [job for job in one.jobs if job.done]
    return {
        "email": one.person.email,
        "joined_on": one.joined.date(),
        "jobs": len(one.jobs),
        "days_late": sum(job.late for job in done),
        "tenths_over": f"{sum(job.over for job in done):.2f}",
        **truth.bond(one.bond, one.joined, end),
    }
