"""The subscription box and its twin: the truth recomputed from the raw files, and what was planted found again."""

import numpy as np
import pandas as pd
import pytest

from tests.cases.town import END, TEXTS, answers_equal, costs_equal, customers, raw, slope, truth, within

ADDRESS = "What is your email address?"
STAGES = "awareness consideration purchase onboarding fulfillment usage retention advocacy".split()


@pytest.fixture(scope="module", params=["subscription_box", "subscription_box_null"])
def case(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def told(case) -> dict:
    return truth(case)


@pytest.fixture(scope="module")
def payments(case) -> pd.DataFrame:
    frame = raw(case, "unified_payments.csv")
    kind = frame["Status"].str.lower().where(frame["Mode"] == "Live", "test")
    amounts = frame[["Amount", "Amount Refunded"]].apply(lambda money: (money.astype(float) * 100).round().astype(int))
    return frame.assign(kind=kind, amount=amounts["Amount"], refunded=amounts["Amount Refunded"])


@pytest.fixture(scope="module")
def answers(case) -> pd.DataFrame:
    return raw(case, "responses-how-are-we-doing.csv")


@pytest.fixture(scope="module")
def known(case) -> pd.DataFrame:
    return customers(case)


def test_payments_equal_the_truth(told, payments):
    orders, paid = told["orders"], payments[payments["kind"].isin(["paid", "refunded"])]
    assert [orders["rows"], orders["paid"]] == [len(payments), len(paid)]
    assert [orders["test"], orders["failed"]] == [(payments["kind"] == kind).sum() for kind in ("test", "failed")]
    assert orders["fully_refunded"] == (paid["kind"] == "refunded").sum() == (paid["refunded"] == paid["amount"]).sum()
    assert orders["partly_refunded"] == paid["refunded"].between(1, paid["amount"] - 1).sum()
    assert orders["total_gbp"] == paid["amount"].sum() / 100
    assert orders["refunds_gbp"] == paid["refunded"].sum() / 100
    assert orders["net_gbp"] == (paid["amount"] - paid["refunded"]).sum() / 100
    assert orders["customers_paying"] == paid["Customer Email"].nunique() == told["customers"]["ever"]
    assert payments["id"].is_unique
    failed = payments[payments["kind"] == "failed"]
    assert (failed["amount"] > 0).all() and (failed["Captured"] == "false").all()


def test_answers_equal_the_truth(told, answers):
    answers_equal(told["answers"], answers)
    complete = answers["Response Type"] == "completed"
    assert told["answers"]["complete"] == complete.sum() == (answers["Submit Date (UTC)"] != "").sum()
    assert told["answers"]["with_address"] == (answers[ADDRESS] != "").sum()
    assert 0.03 < 1 - complete.mean() < 0.2


def test_journeys_equal_the_truth(case, told):
    events = raw(case, "journeys.csv")
    journeys = told["journeys"]
    first = events.assign(date=pd.to_datetime(events["date"])).pivot(index="case", columns="activity", values="date")
    assert journeys["events"] == len(events)
    assert journeys["reached"] == {stage: first[stage].notna().sum() for stage in STAGES}
    days = (first["fulfillment"] - first["purchase"]).dt.days
    assert journeys["late_first_boxes"] == (days > 7).sum()
    for earlier, later in (("awareness", "consideration"), ("consideration", "purchase"), ("purchase", "fulfillment")):
        both = first[[earlier, later]].dropna()
        assert (both[later] >= both[earlier]).all()
    shares = told["true"]["shares_of_stages"]["value"]
    for path, of in (
        ("awareness to consideration", 0),
        ("consideration to purchase", 1),
        ("purchase to onboarding", 2),
    ):
        size, found = journeys["reached"][STAGES[of]], journeys["reached"][STAGES[of + 1]]
        assert abs(found / size - shares[path]) < 2.5 * np.sqrt(shares[path] * (1 - shares[path]) / size)


def test_tickets_referrals_and_costs_equal_the_truth(case, told, known):
    tickets = raw(case, "tickets.csv")
    assert told["tickets"] == {"tickets": len(tickets), "open": (tickets["status"] == "open").sum()}
    assert ((tickets["solved"] == "") == (tickets["status"] == "open")).all()
    assert told["referrals"]["referrals"] == len(raw(case, "referrals.csv"))
    assert told["customers"]["contracts_ended"] == known["left_on"].notna().sum()
    assert told["customers"]["by_card"] == (known["left_by_card"] == "yes").sum()
    costs_equal(case)


def test_the_bond_and_the_gift_are_found_in_what_customers_do(case, told, known):
    planted = {name: one["size"] for name, one in told["effects"].items()}
    left = known["left_on"].notna() & (known["left_by_card"] != "yes")
    gift = known["welcome_gift"] == "yes"
    assert within(*slope(left, known["years"], known["quality"], gift), planted["leaving"])
    assert within(*slope(left, known["years"], gift, known["quality"]), planted["gift_on_leaving"])
    for effect, file, column in (("complaints", "tickets.csv", "customer"), ("referrals", "referrals.csv", "referrer")):
        counts = raw(case, file)[column].value_counts().reindex(known.index).fillna(0)
        assert within(*slope(counts, known["years"], known["quality"]), planted[effect]), effect


def test_the_price_never_moves(payments):
    real = payments[payments["kind"] != "test"]
    assert (real.groupby("Customer ID")["amount"].nunique() == 1).all()
    assert pd.to_datetime(payments["Created date (UTC)"]).max() < END


def test_words_and_deeds(told, answers, known):
    """Answers go with the bond in the case and not in its twin: 2.5 standard errors of a correlation."""
    scores = pd.to_numeric(answers[TEXTS["recommend"]])
    pairs = pd.DataFrame({"score": scores, "quality": answers[ADDRESS].map(known["quality"])}).dropna()
    found = pairs.corr().iloc[0, 1]
    assert (found > 0.5) if told["effects"]["answers"]["size"] else (abs(found) < 2.5 / np.sqrt(len(pairs)))
