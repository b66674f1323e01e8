"""The bookstore: the truth from the raw files, tastes, the club that did nothing, being turned away."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest

from crqkit.intake import read_folder
from tests.cases.town import DATASETS, END, answers_equal, customers, exports, raw, slope, truth, within

CASE = "bookstore"
ITEMS, ANSWERS = "items-2024-11-05-2026-10-31.csv", "Your bookstore (Responses).csv"
ASKS, OPENS = pd.Timestamp("2025-10-01"), pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def items() -> pd.DataFrame:
    frame = raw(CASE, ITEMS)
    net = frame["Net Sales"].str.replace(r"[$,]", "", regex=True).astype(float)
    at = pd.to_datetime(frame["Date"] + " " + frame["Time"], format="%m/%d/%Y %H:%M:%S")
    return frame.assign(net=net, at=at)


@pytest.fixture(scope="module")
def paid(items) -> pd.DataFrame:
    return items[items["Event Type"] == "Payment"]


@pytest.fixture(scope="module")
def visits(paid) -> pd.DataFrame:
    named = paid[paid["Customer ID"] != ""]
    return named.groupby("Payment ID").agg(who=("Customer ID", "first"), at=("at", "first"), net=("net", "sum"))


@pytest.fixture(scope="module")
def books(paid) -> pd.DataFrame:
    """Each title a reader bought, once, with its role."""
    titles = pd.read_csv(DATASETS / CASE / "truth_titles.csv").set_index("title")["role"].fillna("")
    named = paid[paid["Customer ID"] != ""].drop_duplicates(["Customer ID", "Item"])
    return named.assign(role=named["Item"].map(titles))


def test_sales_equal_the_truth(told, items, paid):
    orders = told["orders"]
    assert [orders["item_rows"], orders["titles"]] == [len(items), paid["Item"].nunique()]
    assert orders["net_usd"] == pytest.approx(items["net"].sum())
    assert orders["sales"] == paid["Payment ID"].nunique()
    assert orders["refunds"] == items.loc[items["Event Type"] == "Refund", "Payment ID"].nunique()
    assert orders["named_customers"] == items["Customer ID"].nunique() - 1
    assert orders["without_customer"] == paid.loc[paid["Customer ID"] == "", "Payment ID"].nunique()


def test_the_importer_keeps_titles_and_genres(items):
    lines = read_folder(exports(CASE)).tables["order_lines"]
    counts = items.groupby(["Category", "Item"])["Qty"].agg(lambda many: many.astype(float).sum())
    assert lines.groupby(["category", "name"])["qty"].sum().to_dict() == counts.to_dict()


def test_club_requests_and_answers_equal_the_truth(told):
    club, requests, answers = raw(CASE, "reading club.csv"), raw(CASE, "requests.csv"), raw(CASE, ANSWERS)
    evenings = club.loc[club["activity"] == "club evening", "date"]
    counts = {"events": len(club), "members": club["case"].nunique(), "evenings": evenings.nunique()}
    assert told["club"] == counts
    away = requests["topic"].str.endswith("turned away").sum()
    assert told["requests"] == {
        "requests": len(requests), "turned_away": away, "open": (requests["status"] == "open").sum()
    }  # fmt: skip
    answers_equal(told["answers"], answers)
    assert told["answers"]["with_email"] == (answers["Email Address"] != "").sum()
    assert told["customers"]["asked"] == (customers(CASE, "customer_id")["asked"] == "yes").sum()


def test_what_is_bought_together_follows_tastes(told, books):
    """Pairs of books of one reader by genre, over what chance alone would give; second volumes left out."""
    plain = books[~books["role"].isin(["bestseller", "second volume"])]
    counts = pd.crosstab(plain["Customer ID"], plain["Category"])
    counts = counts[counts.sum(axis=1) > 1]
    many = counts.sum(axis=1)
    planted = told["true"]["lift_by_genre"]["value"]
    found, true = [], []
    for ours, other in combinations_with_replacement(counts.columns, 2):
        own = int(ours == other)
        pairs = ((counts[ours] * (counts[other] - own)) / (many - 1)).sum() / many.sum()
        shares = [counts[name].sum() / many.sum() for name in (ours, other)]
        found.append(np.log(pairs / np.prod(shares)))
        true.append(np.log(planted[ours][other]))
    assert np.corrcoef(found, true)[0, 1] > 0.9
    assert np.sqrt(np.mean((np.array(found) - true) ** 2)) < 0.25


def test_bestsellers_go_with_everything_and_second_volumes_with_the_first(told, books):
    readers = books.groupby("Item")["Customer ID"].agg(set)
    roles = books.drop_duplicates("Item").set_index("Item")["role"]
    best = readers[roles == "bestseller"]
    others = readers[(roles == "") & (readers.str.len() >= 15)]
    # Counted without more thought, what goes best with nearly every book is a bestseller.
    raw_choice = [
        max(readers.index.drop(title), key=lambda other, title=title: len(readers[title] & readers[other]))
        for title in others.index
    ]
    assert np.mean([title in best.index for title in raw_choice]) > 0.8
    assert told["true"]["lift_of_bestsellers"]["value"] == 1
    for first in roles.index[roles == "first volume"]:
        shared = {title: len(readers[first] & who) / len(who) for title, who in readers.items() if len(who) >= 5}
        shared.pop(first, None)
        assert max(shared, key=shared.get) == f"{first[:-1]}2", first


def test_the_club_looks_good_and_does_nothing(told, visits):
    """Among all who were asked: spending from 2026 on, with and without what they had spent before."""
    club = raw(CASE, "reading club.csv")
    members = set(club["customer"])
    asked = customers(CASE, "customer_id").query("asked == 'yes'")
    before = visits[visits["at"] < ASKS].groupby("who")["net"].sum().reindex(asked.index)
    assert np.allclose(before, asked["spent_before_usd"])
    # Whoever knew the shop and bought again in the last three months of 2025 was asked: the files alone tell it.
    again = visits[visits["at"].between(ASKS, OPENS)]["who"]
    assert set(asked.index) == set(again) & set(visits.loc[visits["at"] < ASKS, "who"])
    after = visits[visits["at"] >= OPENS].groupby("who")["net"].sum().reindex(asked.index).fillna(0)
    joined, level = asked.index.isin(members), np.log(before)
    assert level[joined].mean() - level[~joined].mean() > 0.5
    years = np.full(len(asked), (END - OPENS).days / 365.25)
    naive, error = slope(after, years, joined)
    assert naive > 3 * error and naive > 0.35
    planted = told["effects"]["club_on_visits"]["size"]
    assert planted == 0 and within(*slope(after, years, joined, level, level**2), planted)


def test_being_turned_away_costs_visits(told, visits):
    requests = raw(CASE, "requests.csv").assign(date=lambda frame: pd.to_datetime(frame["date"]))
    left = customers(CASE, "customer_id")["left_on"]
    # Both kinds of request are told by lot, so those who left by chance are equally many; the last ones are too fresh.
    used = requests[requests["date"] < END - pd.Timedelta(days=90)]
    used = used[~(used["customer"].map(left) < used["date"] + pd.Timedelta(days=90))]
    end = used["date"] + pd.Timedelta(days=90)
    counts = [
        ((visits["who"] == who) & visits["at"].between(start + pd.Timedelta(minutes=2), until)).sum()
        for who, start, until in zip(used["customer"], used["date"], end, strict=True)
    ]
    usual = used["customer"].map(customers(CASE, "customer_id")["visits_per_year"])
    away = used["topic"].str.endswith("turned away")
    planted = np.log(told["true"]["visits_after_turned_away"]["value"])
    assert within(*slope(counts, usual * 90 / 365.25, away), planted)


def test_the_bond_brings_readers_back_and_keeps_them(told, visits):
    known = customers(CASE, "customer_id")
    requests = raw(CASE, "requests.csv").assign(date=lambda frame: pd.to_datetime(frame["date"]))
    # Being turned away moves the bond, and who comes often is turned away sooner: look at the time before.
    away = requests[requests["topic"].str.endswith("turned away")].groupby("customer")["date"].min()
    until = pd.concat([known["left_on"], away.reindex(known.index)], axis=1).min(axis=1).fillna(END)
    at, who = visits["at"], visits["who"]
    within_time = (at > who.map(known["joined_on"]) + pd.Timedelta(days=1)) & (
        at <= who.map(until) + pd.Timedelta(hours=1)
    )
    counts = who[within_time].value_counts().reindex(known.index).fillna(0)
    exposure = ((until - known["joined_on"]).dt.days / 365.25).clip(lower=0.02) * known["visits_per_year"]
    assert within(*slope(counts, exposure, known["quality"]), told["effects"]["visits"]["size"])
    assert within(
        *slope(known["left_on"].notna(), known["years"], known["quality"]), told["effects"]["leaving"]["size"]
    )


def test_nothing_joins_the_newsletter_to_the_till():
    shop = read_folder(exports(CASE))
    assert not set(shop.answers["customer_key"].dropna()) & set(shop.orders["customer_key"].dropna())
    events = shop.tables["events"]["customer_key"]
    assert set(events) <= set(shop.orders["customer_key"].dropna())
