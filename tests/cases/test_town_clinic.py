"""The clinic: the truth recomputed from the raw files, what the lot tells, and what one finds who forgets it."""

import numpy as np
import pandas as pd
import pytest

from crqkit.intake import read_folder
from tests.cases.town import END, customers, exports, raw, slope, truth, within

CASE = "clinic"
CONTACTS = "reminders and calls.csv"
STATUS = ("came", "no_show", "cancelled", "planned")


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def appointments() -> pd.DataFrame:
    frame = raw(CASE, "appointments.csv")
    return frame.assign(booked=pd.to_datetime(frame["booked"]), date=pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    frame = raw(CASE, CONTACTS)
    return frame.assign(date=pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module")
def lot(appointments, contacts) -> pd.DataFrame:
    """Each client of the lot: drawn or not, reached or not, and the courses begun since the day of the call."""
    frame = raw(CASE, "lot.csv").set_index("customer")
    since = pd.to_datetime(frame["date"]).dt.normalize() + pd.Timedelta(days=2, hours=18)
    calls = contacts[contacts["type"] == "follow-up call"].set_index("customer")
    begun = appointments[appointments["service"] == "first visit"]
    # A course is booked in the morning of the day on which it is wanted.
    later = begun[begun["booked"] >= begun["customer"].map(since).dt.normalize()]["customer"].value_counts()
    return pd.DataFrame({
        "drawn": frame["activity"] == "drawn: call",
        "reached": calls["status"].eq("solved").reindex(frame.index, fill_value=False),
        "called": frame.index.isin(calls.index),
        "courses": later.reindex(frame.index).fillna(0),
        "years": (END - since).dt.total_seconds() / 86400 / 365.25,
    })  # fmt: skip


def test_files_equal_the_truth(told, appointments, contacts):
    counts, status = told["bookings"], appointments["status"].value_counts()
    assert counts["bookings"] == len(appointments)
    assert {name: counts[name] for name in STATUS} == {name: status[name.replace("_", " ")] for name in STATUS}
    assert counts["courses"] == (appointments["service"] == "first visit").sum()
    assert (appointments["booked"] < appointments["date"]).all() and appointments["booked"].max() < END
    assert ((appointments["status"] == "planned") <= (appointments["date"] >= END)).all()
    assert (appointments["date"].dt.day_of_week < 5).all()
    calls = contacts[contacts["type"] == "follow-up call"]
    assert told["interactions"] == {
        "reminders": (contacts["type"] == "reminder").sum(),
        "calls": len(calls),
        "reached": (calls["status"] == "solved").sum(),
    }
    assert told["customers"]["clients"] == appointments["customer"].nunique() == len(customers(CASE))


def test_the_lot_equals_the_truth(told, lot):
    assert told["lot"] == {"in_lot": len(lot), "drawn": lot["drawn"].sum()}
    assert (lot["drawn"] == lot["called"]).all() and (lot["reached"] <= lot["drawn"]).all()
    known = customers(CASE)
    assert (known.loc[lot.index, "drawn"].eq("yes") == lot["drawn"]).all()
    assert lot["courses"].sum() == known["courses"].sum() - len(known)
    # A fair coin, and the bond does not know of it.
    assert abs(lot["drawn"].mean() - 0.5) < 2.5 * 0.5 / np.sqrt(len(lot))
    gap = known.loc[lot.index, "quality"].groupby(lot["drawn"]).mean().diff().iloc[-1]
    assert abs(gap) < 2.5 * 2 / np.sqrt(len(lot))


def test_what_the_lot_tells(told, lot):
    """As drawn, whoever was reached: the ratio that the lot stands for; with the bond held equal, the call's own."""
    quality = customers(CASE).loc[lot.index, "quality"]
    assert within(*slope(lot["courses"], lot["years"], lot["drawn"]), np.log(told["true"]["ratio_by_lot"]["value"]))
    own = np.log(told["true"]["ratio_of_a_call"]["value"])
    assert own == pytest.approx(told["effects"]["call_on_return"]["size"], abs=1e-3)
    assert within(*slope(lot["courses"], lot["years"], lot["reached"], quality), own)
    assert within(*slope(lot["courses"], lot["years"], quality, lot["reached"]), told["effects"]["visits"]["size"])


def test_forgetting_the_lot_finds_too_much(told, lot):
    """Those who were reached are the contented: held against all others, they flatter the call."""
    found, error = slope(lot["courses"], lot["years"], lot["reached"])
    ratios = {name: told["true"][name]["value"] for name in ("ratio_by_lot", "ratio_of_a_call", "ratio_of_reached")}
    assert ratios["ratio_by_lot"] < ratios["ratio_of_a_call"] < ratios["ratio_of_reached"]
    assert within(found, error, np.log(ratios["ratio_of_reached"]))
    quality, called = customers(CASE).loc[lot.index, "quality"], lot[lot["drawn"]]
    by = quality[called.index].groupby(called["reached"])
    assert by.mean().diff().iloc[-1] > 1.6 * np.sqrt((by.var() / by.size()).sum())


def test_true_ratios_by_chance(told):
    """The ratios again, by drawing persons instead of taking means over the normal."""
    rng = np.random.default_rng(1)
    sizes = {name: one["size"] for name, one in told["effects"].items()}
    quality, draw, drawn = rng.standard_normal(10**6), rng.random(10**6), rng.random(10**6) < 0.5
    odds = np.exp(told["parameters"]["practice"]["log_odds_of_reaching"] + sizes["quality_on_reaching"] * quality)
    reached = drawn & (draw < odds / (1 + odds))
    often = np.exp(sizes["visits"] * quality + sizes["call_on_return"] * reached)
    for name, flag in (("ratio_by_lot", drawn), ("ratio_of_reached", reached)):
        assert told["true"][name]["value"] == pytest.approx(often[flag].mean() / often[~flag].mean(), abs=0.01)


def test_reminders_lower_no_shows(told, appointments, contacts):
    import statsmodels.api as sm

    sent = contacts.loc[contacts["type"] == "reminder", ["customer", "date"]]
    pairs = set(zip(sent["customer"], sent["date"].dt.normalize() + pd.Timedelta(days=1), strict=True))
    held = appointments[appointments["status"].isin(["came", "no show"])]
    reminded = [pair in pairs for pair in zip(held["customer"], held["date"].dt.normalize(), strict=True)]
    design = sm.add_constant(np.array(reminded, float))
    fit = sm.Logit((held["status"] == "no show").to_numpy(float), design).fit(disp=0)
    assert within(fit.params[1], fit.bse[1], np.log(told["true"]["odds_ratio_of_reminder"]["value"]))
    since = pd.Timestamp(told["parameters"]["practice"]["reminded_since"])
    assert sent["date"].min() >= since


def test_answers_equal_the_truth(told):
    answers = raw(CASE, "delighted.csv")
    scores = answers["Score"].astype(int)
    assert told["answers"]["answers"] == len(answers)
    assert told["answers"]["with_comment"] == (answers["Comment"] != "").sum()
    assert told["answers"]["recommend_mean"] == pytest.approx(scores.mean(), abs=1e-4)
    assert told["answers"]["nps"] == pytest.approx(100 * ((scores >= 9).mean() - (scores <= 6).mean()), abs=1e-4)
    assert within(scores.mean(), scores.sem(), told["true"]["recommend_mean"]["value"])
    quality = answers["Email"].map(customers(CASE)["quality"])
    assert quality.corr(scores) > 0.5


def test_it_is_read_as_it_was_written(told):
    shop = read_folder(exports(CASE))
    status = shop.bookings["status"].value_counts()
    assert all(status[name.replace("_", " ")] == told["bookings"][name] for name in STATUS)
    assert shop.bookings["customer_key"].nunique() == told["customers"]["clients"]
    kinds = shop.interactions["type"].value_counts()
    assert kinds["reminder"] == told["interactions"]["reminders"]
    assert kinds["follow-up call"] == told["interactions"]["calls"]
    calls = shop.interactions[shop.interactions["type"] == "follow-up call"]
    assert calls["resolved_at"].notna().sum() == told["interactions"]["reached"]
    assert shop.events["activity"].value_counts()["drawn: call"] == told["lot"]["drawn"]
    assert len(shop.events) == told["lot"]["in_lot"]
    assert shop.answers["recommend"].mean() == pytest.approx(told["answers"]["recommend_mean"], abs=1e-4)
    assert shop.answers["comment"].notna().sum() == told["answers"]["with_comment"]
    assert shop.answers["customer_key"].isin(shop.bookings["customer_key"]).all()
