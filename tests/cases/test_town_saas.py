"""The software firm: the truth from the raw files, churn by a beta distribution, two personas, and who stays."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, ndtri

from crqkit.intake import read_folder
from tests.cases.town import END, customers, exports, raw, slope, truth, within

CASE = "saas"
MONTH = pd.Timedelta(days=30)


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def contracts() -> pd.DataFrame:
    frame = raw(CASE, "subscriptions.csv").set_index("subscription")
    frame = frame.assign(started=pd.to_datetime(frame["started"]), ended=pd.to_datetime(frame["ended"]))
    last = (frame["ended"] + pd.Timedelta(days=1)).fillna(END)
    return frame.assign(last=last, left=frame["ended"].notna())


@pytest.fixture(scope="module")
def usage() -> pd.DataFrame:
    return raw(CASE, "usage log.csv").assign(date=lambda frame: pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    return customers(CASE, "account")


def test_files_equal_the_truth(told, contracts, usage):
    assert told["subscriptions"] == {"contracts": len(contracts), "ended": contracts["left"].sum()}
    by_step = {step: (usage["activity"] == step).sum() for step in told["usage"]["by_step"]}
    assert told["usage"] == {"events": len(usage), "by_step": by_step}
    deals, contacts = raw(CASE, "hubspot-deals.csv"), raw(CASE, "hubspot-contacts.csv")
    stages = deals["Deal Stage"].value_counts()
    assert told["orders"] == {
        "rows": len(deals),
        "won": stages["Closed Won"],
        "lost": stages["Closed Lost"],
        "open": stages["Presentation Scheduled"],
        "net_usd": deals.loc[deals["Deal Stage"] == "Closed Won", "Amount"].astype(float).sum(),
        "contacts": len(contacts),
        "opted_out": (contacts["Unsubscribed from all email"] == "true").sum(),
    }
    assert deals["Associated Contact IDs"].isin(contacts["Record ID"]).all()


def test_tickets_and_scores_equal_the_truth(told):
    tickets = raw(CASE, "zendesk-tickets.csv")
    assert told["tickets"] == {
        "tickets": len(tickets),
        "merged": tickets["Tags"].str.contains("closed_by_merge").sum(),
        "unsolved": (tickets["Solved at"] == "").sum(),
        "satisfied": (tickets["Satisfaction Score"] == "Good").sum(),
        "dissatisfied": (tickets["Satisfaction Score"] == "Bad").sum(),
    }
    answers = raw(CASE, "delighted-responses.csv")
    scores, counts = answers["Score"].astype(int), told["answers"]
    assert [counts["answers"], counts["persons"]] == [len(answers), answers["Email"].nunique()]
    assert counts["recommend_mean"] == pytest.approx(scores.mean(), abs=1e-4)
    assert counts["nps"] == pytest.approx(100 * ((scores >= 9).mean() - (scores <= 6).mean()), abs=1e-4)
    assert scores.between(0, 10).all()


def test_the_importer_makes_one_person_of_all_files(told):
    shop = read_folder(exports(CASE))
    keys = set(shop.tables["subscriptions"]["customer_key"])
    assert keys == set(shop.orders["customer_key"]) and len(keys) == told["customers"]["ever"]
    for table in ("events", "interactions", "responses"):
        assert set(shop.tables[table]["customer_key"].dropna()) <= keys, table
    assert len(shop.customers) == told["orders"]["contacts"]
    assert (shop.customers["consent"] == False).sum() == told["orders"]["opted_out"]  # noqa: E712
    kept = shop.tables["interactions"]
    assert len(kept) == told["tickets"]["tickets"] - told["tickets"]["merged"]
    flags = kept["satisfied"].value_counts().to_dict()
    assert flags == {True: told["tickets"]["satisfied"], False: told["tickets"]["dissatisfied"]}


def test_churn_is_the_planted_beta_distribution(told, contracts):
    """Maximum likelihood with accounts that are still there: the planted pair is not refused, one rate for all is."""
    left = contracts["left"].to_numpy()
    days = (contracts["last"] - contracts["started"]).dt.days.to_numpy()
    months = np.where(left, days // 30, (days - 1) // 30)
    assert (days[left] % 30 == 0).all()

    def unlikely(logs):
        alpha, beta = np.exp(logs)
        gone = betaln(alpha + 1, beta + months[left] - 1)
        there = betaln(alpha, beta + months[~left])
        return -(gone.sum() + there.sum() - len(left) * betaln(alpha, beta))

    fit = minimize(unlikely, [0.0, 1.0], method="Nelder-Mead")
    planted = np.log([told["true"]["sbg"]["value"][name] for name in ("alpha", "beta")])
    # As far as two and a half standard errors, for two parameters at once.
    assert 2 * (unlikely(planted) - fit.fun) < 8.8
    share = left.sum() / months.sum()
    one_rate = -(left.sum() * np.log(share) + (months.sum() - left.sum()) * np.log(1 - share))
    assert 2 * (one_rate - fit.fun) > 8.8
    retention = told["true"]["retention"]["value"]
    for month in (1, 2, 3, 6, 12):
        alpha, beta = np.exp(planted)
        assert retention[str(month)] == pytest.approx(
            np.exp(betaln(alpha, beta + month) - betaln(alpha, beta)), abs=1e-4
        )


def test_the_bond_and_setting_up_keep_accounts(told, known):
    """The hidden chance of leaving, turned back into the normal score it came from; and the files alone."""
    from scipy.stats import beta

    sbg = told["true"]["sbg"]["value"]
    stays = -ndtri(beta.cdf(known["churn_a_month"], sbg["alpha"], sbg["beta"]))
    for column, effect in (("quality", "bond_on_staying"), ("readiness", "onboarding_on_staying")):
        found = np.corrcoef(stays, known[column])[0, 1]
        assert within(found, (1 - found**2) / np.sqrt(len(known)), told["effects"][effect]["size"]), effect
    steps = raw(CASE, "usage log.csv")
    steps = (
        steps[steps["activity"].isin(told["usage"]["by_step"])].groupby("case").size().reindex(known.index).fillna(0)
    )
    assert (steps == known["steps"]).all()
    found, error = slope(known["left_on"].notna(), known["years"], steps)
    assert found < -2.5 * error


def test_two_needs_are_found_in_what_is_used(told, usage, known):
    """Two groups by shares of features agree with the personas; the plan does not tell them as well."""
    from sklearn.cluster import KMeans

    features = list(told["true"]["shares_of_features"]["value"])
    counts = usage[usage["activity"].isin(features)].pivot_table(
        index="case", columns="activity", aggfunc="size", fill_value=0
    )
    counts = counts[counts.sum(axis=1) >= 8]
    shares = counts.div(counts.sum(axis=1), axis=0)
    groups = KMeans(2, n_init=5, random_state=1).fit(shares).labels_ == 1
    sarah = (known.loc[shares.index, "persona"] == "Sarah").to_numpy()
    agree = max((groups == sarah).mean(), (groups != sarah).mean())
    by_plan = ((known.loc[shares.index, "plan"] == "Starter").to_numpy() == sarah).mean()
    assert agree > 0.95 > by_plan
    for persona, group in counts.groupby(known.loc[counts.index, "persona"]):
        found, many = group.sum() / group.to_numpy().sum(), group.to_numpy().sum()
        for feature, planted in told["true"]["shares_of_features"]["value"].items():
            share = planted[persona]
            assert abs(found[feature] - share) < 3 * np.sqrt(share * (1 - share) / many), (persona, feature)


def test_usage_follows_the_bond_and_ebbs_before_leaving(told, usage, known, contracts):
    features = usage[usage["activity"].isin(told["true"]["shares_of_features"]["value"])]
    last = features["case"].map(contracts["last"])
    ebbing = features["case"].map(contracts["left"]) & (features["date"] >= last - MONTH)
    days = (contracts["last"] - contracts["started"]).dt.days - 30 * contracts["left"]
    days = days.reindex(known.index)
    long = days > 0
    counts = features[~ebbing].groupby("case").size().reindex(known.index).fillna(0)
    usual = known["usage_a_month"]
    found = slope(counts[long], (days * usual)[long], known["quality"][long])
    assert within(*found, told["effects"]["visits"]["size"])
    # Before and in the last month of those who left, against what is usual for each.
    left = contracts["left"].reindex(known.index) & long
    end = features[ebbing].groupby("case").size().reindex(known.index).fillna(0)
    both = np.concatenate([end[left], counts[left]])
    exposure = np.concatenate([(30 * usual)[left], (days * usual)[left]])
    quality = np.tile(known["quality"][left], 2)
    last_month = np.repeat([1.0, 0.0], left.sum())
    assert within(*slope(both, exposure, last_month, quality), told["effects"]["usage_before_leaving"]["size"])


def test_complaints_follow_the_bond(told, known):
    tickets = raw(CASE, "zendesk-tickets.csv")["Requester email"].value_counts()
    counts = known["email"].map(tickets).fillna(0)
    assert within(*slope(counts, known["years"], known["quality"]), told["effects"]["complaints"]["size"])


def test_words_and_deeds(known):
    answers = raw(CASE, "delighted-responses.csv")
    quality = answers["Email"].map(known.set_index("email")["quality"])
    assert np.corrcoef(answers["Score"].astype(int), quality)[0, 1] > 0.5
