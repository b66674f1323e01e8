"""The bakery and its twin: the truth recomputed from the raw files, and what was planted found again."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.cases.town import answers_equal, costs_equal, customers, exports, raw, slope, truth, within

PERIOD = "2025-05-02-2026-10-31.csv"
MONEY = ["Gross Sales", "Discounts", "Net Sales", "Tip", "Total Collected"]
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}


def cents(money: pd.Series) -> pd.Series:
    return money.str.replace(r"[$,.]", "", regex=True).astype(int)


@pytest.fixture(scope="module", params=["bakery", "bakery_null"])
def case(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def told(case) -> dict:
    return truth(case)


@pytest.fixture(scope="module")
def transactions(case) -> pd.DataFrame:
    frame = raw(case, f"transactions-{PERIOD}")
    frame[MONEY] = frame[MONEY].apply(cents)
    return frame.assign(at=pd.to_datetime(frame["Date"] + " " + frame["Time"], format="%m/%d/%Y %H:%M:%S"))


@pytest.fixture(scope="module")
def items(case) -> pd.DataFrame:
    frame = raw(case, f"items-{PERIOD}")
    frame[MONEY[:3]] = frame[MONEY[:3]].apply(cents)
    return frame


@pytest.fixture(scope="module")
def paper(case) -> pd.DataFrame:
    typed = pd.read_excel(exports(case) / "paper survey.xlsx", dtype=str)
    return typed.assign(Timestamp=typed["Timestamp"].str[:10])


@pytest.fixture(scope="module")
def known(case, transactions) -> pd.DataFrame:
    """Card holders whom nothing befell, with what the files say of them."""
    holders = customers(case, "customer_id")
    holders = holders[holders["planted"].isna()]
    named = transactions[(transactions["Event Type"] == "Payment") & (transactions["Customer ID"] != "")]
    since = named["Customer ID"].map(holders["joined_on"])
    # The first visit is what makes a customer; the rate is of those after it.
    later = named[named["at"] >= since + pd.Timedelta(days=2)]["Customer ID"].value_counts()
    brought = raw(case, "referrals.csv")["referrer"].value_counts()
    return holders.assign(
        visits=later.reindex(holders.index).fillna(0), referrals=brought.reindex(holders.index).fillna(0)
    )


def test_orders_equal_the_truth(told, transactions, items):
    paid = transactions[transactions["Event Type"] == "Payment"]
    back = transactions[transactions["Event Type"] == "Refund"]
    orders = told["orders"]
    assert [len(paid), len(back), len(items)] == [orders[name] for name in ("payments", "refund_rows", "item_rows")]
    assert len(paid) + len(back) == len(transactions)
    assert orders["gross_usd"] == paid["Gross Sales"].sum() / 100
    assert orders["discounts_usd"] == -paid["Discounts"].sum() / 100
    assert orders["tips_usd"] == paid["Tip"].sum() / 100
    assert orders["refunds_usd"] == -back["Net Sales"].sum() / 100
    assert orders["net_usd"] == transactions["Net Sales"].sum() / 100
    named = paid.loc[paid["Customer ID"] != "", "Customer ID"]
    assert [orders["named_payments"], orders["named_customers"]] == [len(named), named.nunique()]
    assert 0.25 < len(named) / len(paid) < 0.4


def test_transactions_and_items_hold_the_same_money(transactions, items):
    key = ["Payment ID", "Event Type"]
    ours, theirs = (frame.groupby(key)[MONEY[:3]].sum() for frame in (transactions, items))
    pd.testing.assert_frame_equal(ours, theirs)
    assert (transactions["Net Sales"] == transactions["Gross Sales"] + transactions["Discounts"]).all()
    assert (transactions["Total Collected"] == transactions["Net Sales"] + transactions["Tip"]).all()
    assert [len(transactions.columns) - 1, len(items.columns)] == [55, 35]
    of_sale = transactions.groupby("Event Type")["Transaction ID"].agg(set)
    assert of_sale["Refund"] < of_sale["Payment"]
    assert (transactions["at"].dt.day_of_week != 0).all() and transactions["at"].is_monotonic_decreasing


def test_paper_equals_the_truth(case, told, paper):
    answers = told["answers"]
    typed = paper.dropna(how="all")
    assert len(paper) == len(typed) + 1  # the empty line
    once = typed[~(typed.fillna("") == typed.fillna("").shift()).all(axis=1)]
    assert [answers["rows_typed"], answers["typed_twice"]] == [len(typed), len(typed) - len(once)]
    answers_equal(answers, once.drop(columns="Timestamp").fillna(""))
    claims = raw(case, "claims.csv")
    agreed = claims[claims["consent"] == "yes"]
    plain = once["Claim code"].str.upper().str.replace(r"[\s-]", "", regex=True)
    assert [answers["claims"], answers["agreed"]] == [len(claims), len(agreed)]
    assert answers["joined_answers"] == plain.isin(agreed["claim code"].str.replace("-", "")).sum()
    assert claims["claim code"].is_unique
    assert (once["Claim code"] != plain.str[:3] + "-" + plain.str[3:])[plain.notna()].mean() > 0.05


def test_reviews_referrals_and_costs_equal_the_truth(case, told):
    reviews = json.loads((exports(case) / "reviews.json").read_text(encoding="utf-8"))["reviews"]
    entries = [entry for entry in reviews if entry]
    assert reviews.count(None) == 1
    assert told["reviews"]["reviews"] == len(entries)
    assert told["reviews"]["with_comment"] == sum("comment" in entry for entry in entries)
    assert told["reviews"]["with_reply"] == sum("reviewReply" in entry for entry in entries)
    stars = [STARS[entry["starRating"]] for entry in entries]
    assert told["reviews"]["mean_stars"] == pytest.approx(np.mean(stars), abs=1e-4)
    assert told["referrals"]["referrals"] == len(raw(case, "referrals.csv"))
    costs_equal(case)


def test_the_bond_is_found_in_what_customers_do(told, known):
    planted = {name: one["size"] for name, one in told["effects"].items()}
    left = known["left_on"].notna()
    for effect, counts in (("visits", known["visits"]), ("leaving", left), ("referrals", known["referrals"])):
        assert within(*slope(counts, known["years"], known["quality"]), planted[effect]), effect


def test_spending_of_one_customer_grows_as_planted(case, told, transactions):
    """Within customers: who buys more to begin with does not count."""
    named = transactions[(transactions["Event Type"] == "Payment") & (transactions["Customer ID"] != "")]
    joined = named["Customer ID"].map(customers(case, "customer_id")["joined_on"])
    frame = pd.DataFrame({"years": (named["at"] - joined).dt.days / 365.25, "log": np.log(named["Gross Sales"])})
    inside = frame - frame.groupby(named["Customer ID"]).transform("mean")
    growth = (inside["years"] * inside["log"]).sum() / (inside["years"] ** 2).sum()
    left_over = inside["log"] - growth * inside["years"]
    freedom = len(frame) - named["Customer ID"].nunique() - 1
    error = np.sqrt((left_over**2).sum() / freedom / (inside["years"] ** 2).sum())
    assert within(growth, error, told["true"]["spend_growth_per_year"]["value"])


def test_words_and_deeds(case, told, paper, known):
    """Joined answers go with the bond in the bakery and not in its twin: 2.5 standard errors of a correlation."""
    claims = raw(case, "claims.csv").query("consent == 'yes'")
    code = paper["Claim code"].str.upper().str.replace(r"[\s-]", "", regex=True)
    person = code.map(claims.set_index(claims["claim code"].str.replace("-", ""))["customer"])
    scores = pd.to_numeric(paper.filter(like="How likely").iloc[:, 0].str.strip())
    pairs = pd.DataFrame({"score": scores, "quality": person.map(known["quality"])}).dropna()
    assert len(pairs) > 50
    found = pairs.corr().iloc[0, 1]
    assert (found > 0.5) if told["effects"]["answers"]["size"] else (abs(found) < 2.5 / np.sqrt(len(pairs)))
