"""The fitness studio and its twin: the truth from the raw files, the hold-out, and who leaves."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from crqkit.intake import read_folder
from tests.cases.town import END, TEXTS, answers_equal, customers, exports, raw, slope, truth, within

MONTH = pd.Timedelta(days=30)
ANSWERS = "How is your training (Responses).csv"


@pytest.fixture(scope="module", params=["fitness_studio", "fitness_studio_null"])
def case(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def told(case) -> dict:
    return truth(case)


@pytest.fixture(scope="module")
def contracts(case) -> pd.DataFrame:
    frame = raw(case, "memberships.csv").set_index("subscription")
    return frame.assign(started=pd.to_datetime(frame["started"]), ended=pd.to_datetime(frame["ended"]))


@pytest.fixture(scope="module")
def visits(case) -> pd.DataFrame:
    return raw(case, "attendance.csv").assign(date=lambda frame: pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module")
def months(case, contracts, visits) -> pd.DataFrame:
    """A row for each month of thirty days of each member, with its visits, those of the month before, and its end."""
    rows = []
    of = {member: group["date"] for member, group in visits.groupby("case")}
    for member, contract in contracts.iterrows():
        last = END if pd.isna(contract["ended"]) else contract["ended"] + pd.Timedelta(days=1)
        at = of.get(member, pd.Series(dtype="datetime64[ns]"))
        numbers = ((at - contract["started"]) // MONTH).value_counts()
        for month in range((last - contract["started"]) // MONTH):
            ends = contract["started"] + (month + 1) * MONTH
            rows.append((member, month, numbers.get(month, 0), numbers.get(month - 1, 0), ends, ends == last < END))
    frame = pd.DataFrame(rows, columns=["member", "month", "visits", "before", "ends", "left"])
    quality = customers(case, "member")["quality"]
    return frame.assign(
        quality=frame["member"].map(quality), fall=np.log((1 + frame["before"]) / (1 + frame["visits"]))
    )


def test_files_equal_the_truth(case, told, contracts, visits):
    members = told["members"]
    assert [members["contracts"], members["ended"]] == [len(contracts), contracts["ended"].notna().sum()]
    assert [members["visits"], members["members_seen"]] == [len(visits), visits["case"].nunique()]
    offers = raw(case, "birthday offers.csv")
    sent = (offers["activity"] == "birthday, offer sent").sum()
    assert told["birthdays"] == {"birthdays": len(offers), "offers": sent}
    answers = raw(case, ANSWERS)
    answers_equal(told["answers"], answers)
    assert told["answers"]["with_email"] == (answers["Email Address"] != "").sum()


def test_nobody_trains_outside_the_contract(contracts, visits):
    started, ended = (visits["case"].map(contracts[name]) for name in ("started", "ended"))
    assert (visits["date"] >= started).all() and not (visits["date"].dt.normalize() > ended).any()
    assert visits["date"].max() < END
    assert (visits["case"].map(contracts["customer"]) == visits["customer"]).all()


def test_the_importer_joins_visits_contracts_and_answers(case, told, contracts, visits):
    shop = read_folder(exports(case))
    keys = shop.tables["subscriptions"].set_index("subscription_id")["customer_key"]
    events = shop.tables["events"]
    assert (events["case_id"].map(keys) == events["customer_key"]).all() and keys.is_unique
    assert len(events) == len(visits) + told["birthdays"]["birthdays"]
    assert shop.tables["subscriptions"]["ended_at"].notna().sum() == told["members"]["ended"]
    assert set(shop.answers["customer_key"].dropna()) <= set(keys)


def test_the_offer_is_found_by_its_hold_out(case, told, contracts, visits):
    """Visits of sixty days after the birthday; what was before makes the error smaller and nothing else."""
    offers = raw(case, "birthday offers.csv").assign(date=lambda frame: pd.to_datetime(frame["date"]))
    days = pd.Timedelta(days=1)
    last = (offers["case"].map(contracts["ended"]) + days).fillna(END)
    exposure = ((last - offers["date"]) / days - 1).clip(0, 60)
    offers, exposure = offers[exposure > 5], exposure[exposure > 5]
    day = visits["date"].dt.normalize()

    def count(member, start, end):
        return ((visits["case"] == member) & (day > start) & (day <= end)).sum()

    pairs = list(zip(offers["case"], offers["date"], strict=True))
    after = [count(member, at, at + 60 * days) for member, at in pairs]
    before = np.array([count(member, at - 60 * days, at - days) for member, at in pairs])
    known = ((offers["date"] - offers["case"].map(contracts["started"])) / days).clip(1, 60)
    level = np.log((before + 0.5) / (known + 4))
    sent = offers["activity"] == "birthday, offer sent"
    assert within(*slope(after, exposure, sent, level), told["effects"]["offer_on_visits"]["size"])
    assert abs(level[sent].mean() - level[~sent].mean()) < 2.5 * level.std() * np.sqrt(4 / len(level))


def test_who_leaves_is_found_in_attendance_and_bond(told, months):
    at_risk = months[(months["month"] > 0) & (months["ends"] < END)]
    design = sm.add_constant(at_risk[["quality", "fall"]].astype(float))
    fit = sm.Logit(at_risk["left"].astype(float), design).fit(disp=0)
    for name, effect in (("quality", "leaving"), ("fall", "fall_on_leaving")):
        assert within(fit.params[name], fit.bse[name], told["effects"][effect]["size"]), effect
    base = told["parameters"]["studio"]["log_odds_of_leaving_a_month"]
    assert abs(fit.params["const"] - base) < 2.5 * fit.bse["const"]
    assert at_risk["left"].sum() == told["members"]["ended"]


def test_the_bond_brings_members_back(case, told, months):
    """In the first two months, before anyone can leave."""
    first = months[months["month"] < 2].groupby("member")["visits"].sum()
    known = customers(case, "member").loc[first.index]
    exposure = known["visits_a_month"] * months[months["month"] < 2].groupby("member").size()
    tired = pd.to_datetime(known["tires_on"]) < known["joined_on"] + 2 * MONTH
    fresh = ~tired.to_numpy()
    found = slope(first[fresh], exposure[fresh], known["quality"][fresh])
    assert within(*found, told["effects"]["visits"]["size"])


def test_words_and_deeds(case, told):
    """Answers go with the bond in the case and not in its twin: 2.5 standard errors of a correlation."""
    answers, known = raw(case, ANSWERS), customers(case)
    scores = pd.to_numeric(answers[TEXTS["recommend"]])
    pairs = pd.DataFrame({"score": scores, "quality": answers["Email Address"].map(known["quality"])}).dropna()
    found = pairs.corr().iloc[0, 1]
    assert (found > 0.5) if told["effects"]["answers"]["size"] else (abs(found) < 2.5 / np.sqrt(len(pairs)))
