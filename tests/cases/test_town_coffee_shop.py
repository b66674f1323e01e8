"""The coffee shop: the truth recomputed, spending that is flat, and an average that rises all the same."""

import numpy as np
import pandas as pd
import pytest

from tests.cases.town import END, answers_equal, costs_equal, customers, raw, slope, truth, within

CASE = "coffee_shop"
QUARTER = 365.25 / 4


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def stamps() -> pd.DataFrame:
    frame = raw(CASE, "stamp cards.csv")
    return frame.assign(date=pd.to_datetime(frame["date"]), amount=frame["amount"].astype(float))


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    return customers(CASE)


@pytest.fixture(scope="module")
def visits(stamps, known) -> pd.DataFrame:
    sales = stamps[(stamps["amount"] > 0) & (stamps["customer"] != "")]
    return sales.assign(days=(sales["date"] - sales["customer"].map(known["joined_on"])).dt.days)


def test_counts_equal_the_truth(told, stamps):
    orders, sales = told["orders"], stamps[stamps["amount"] > 0]
    assert [orders["rows"], orders["sales"]] == [len(stamps), len(sales)]
    assert orders["given_back"] == (stamps["amount"] < 0).sum()
    assert orders["net_eur"] == pytest.approx(stamps["amount"].sum(), abs=0.005)
    assert orders["without_customer"] == (stamps["customer"] == "").sum()
    assert orders["customers"] == sales.loc[sales["customer"] != "", "customer"].nunique()
    answers = raw(CASE, "How are we doing (Responses).csv")
    answers_equal(told["answers"], answers)
    assert told["answers"]["with_email"] == (answers["Email Address"] != "").sum()
    assert told["referrals"]["referrals"] == len(raw(CASE, "referrals.csv"))
    costs_equal(CASE)


def test_one_customer_spends_no_more(told, visits):
    inside = pd.DataFrame({"years": visits["days"] / 365.25, "log": np.log(visits["amount"])})
    inside -= inside.groupby(visits["customer"]).transform("mean")
    growth = (inside["years"] * inside["log"]).sum() / (inside["years"] ** 2).sum()
    left_over = inside["log"] - growth * inside["years"]
    error = np.sqrt((left_over**2).mean() / (inside["years"] ** 2).sum())
    assert told["true"]["spend_growth_per_year"]["value"] == 0
    assert within(growth, error, 0)


def test_the_average_over_who_is_left_rises(visits, known):
    """Those left after a year spend a third more than everybody did at first; they did so from the beginning."""
    quarter = (visits["days"] // QUARTER).astype(int)
    spent = visits.pivot_table(index="customer", columns=quarter, values="amount", aggfunc="sum").fillna(0)
    spent = spent.reindex(known.index).fillna(0)
    seen = (END - known["joined_on"]).dt.days
    everybody = spent.loc[(seen >= QUARTER) & (known["years"] >= 0.25), 0].mean()
    stayed = known.index[(seen >= 5 * QUARTER) & (known["years"] >= 1.25)]
    assert len(stayed) > 15
    assert spent.loc[stayed, 4].mean() > 1.15 * everybody
    # Held against themselves, without the first visit that every first quarter has by definition.
    one_visit = known.loc[stayed, "amount_eur"].mean()
    change = spent.loc[stayed, 4] - (spent.loc[stayed, 0] - one_visit)
    assert abs(change.mean()) < 2.5 * change.std() / np.sqrt(len(stayed))


def test_what_drives_whom(told, visits, known):
    planted = {name: one["size"] for name, one in told["effects"].items()}
    usual, shop = known["visits_per_year"] * known["amount_eur"], told["parameters"]["shop"]
    middle = shop["visits_per_year"]["mean"] * shop["amount_eur"]["median"]
    level = np.log(usual / middle) / shop["sd_of_log_spend"]
    left = known["left_on"].notna()
    assert within(*slope(left, known["years"], level, known["quality"]), planted["spend_on_leaving"])
    assert within(*slope(left, known["years"], known["quality"], level), planted["leaving"])
    brought = raw(CASE, "referrals.csv")["referrer"].value_counts().reindex(known.index).fillna(0)
    assert within(*slope(brought, known["years"], known["quality"]), 0)
    later = visits[visits["days"] > 2]["customer"].value_counts().reindex(known.index).fillna(0)
    # Against the rate of each: among those who stayed, a weak bond goes with a high rate.
    expected = known["years"] * known["visits_per_year"] * (1 - shop["share_without_card"])
    assert within(*slope(later, expected, known["quality"]), planted["visits"])
