"""The travel agency: the truth recomputed from the raw files, the segments found again, and the careless."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from crqkit.intake import read_folder
from tests.cases.town import END, customers, exports, raw, slope, truth, within

CASE = "travel_agency"
SURVEY = "What matters to you on a trip.csv"
NEEDS = [f"Q1_{number}" for number in range(1, 11)]
FIRST_PAGE = [*NEEDS, "Q1_11"]
SEGMENTS = ["adventure", "luxury", "budget"]


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return raw(CASE, SURVEY, skiprows=[1, 2])


@pytest.fixture(scope="module")
def answers(lines) -> pd.DataFrame:
    real = lines[lines["Status"] == "IP Address"]
    return real.assign(**{name: pd.to_numeric(real[name]) for name in (*FIRST_PAGE, "Q2")})


@pytest.fixture(scope="module")
def trips() -> pd.DataFrame:
    frame = raw(CASE, "trips.csv")
    return frame.assign(date=pd.to_datetime(frame["date"]), amount=frame["amount"].astype(int))


@pytest.fixture(scope="module")
def careful(answers) -> pd.DataFrame:
    """Answers with an address from those who were careful, with their segments."""
    known = customers(CASE)
    joined = answers[answers["RecipientEmail"] != ""].join(known, on="RecipientEmail")
    return joined[joined["careless"].isna()]


def test_trips_equal_the_truth(told, trips):
    orders = told["orders"]
    assert [orders["rows"], orders["given_back"]] == [len(trips), (trips["amount"] < 0).sum()]
    assert [orders["net_eur"], orders["customers"]] == [trips["amount"].sum(), trips["customer"].nunique()]
    assert trips["order"].is_unique and trips["date"].max() < END


def test_answers_equal_the_truth(told, lines, answers):
    counts = told["answers"]
    assert counts["lines"] == len(lines)
    assert [counts["previews"], counts["spam"]] == [
        (lines["Status"] == status).sum() for status in ("Survey Preview", "Spam")
    ]
    assert counts["answers"] == len(answers)
    assert counts["finished"] == (answers["Finished"] == "True").sum() == (answers["Progress"] == "100").sum()
    assert counts["with_address"] == (answers["RecipientEmail"] != "").sum()
    straight = (answers[FIRST_PAGE].nunique(axis=1) == 1) & answers[FIRST_PAGE].notna().all(axis=1)
    failed = answers["Q1_11"] != 3
    assert counts["straight"] == straight.sum()
    assert counts["failed_attention"] == failed.sum()
    assert counts["straight_or_failed"] == (straight | failed).sum()
    assert counts["recommend_answered"] == answers["Q2"].notna().sum()
    assert counts["recommend_mean"] == pytest.approx(answers["Q2"].mean(), abs=1e-4)
    assert answers[FIRST_PAGE].stack().dropna().between(1, 7).all() and answers["ResponseId"].is_unique


def test_shares_equal_the_truth(told):
    known = customers(CASE)
    answered = known[known["answered"] == "yes"]
    counts = told["customers"]
    assert counts["segments_of_customers"] == known["segment"].value_counts().to_dict()
    assert counts["segments_of_answers"] == answered["segment"].value_counts().to_dict()
    assert counts["careless"] == known["careless"].notna().sum()
    for name, frame in (("shares_of_segments", known), ("shares_among_answers", answered)):
        for segment, share in told["true"][name]["value"].items():
            found = (frame["segment"] == segment).mean()
            assert within(found, np.sqrt(share * (1 - share) / len(frame)), share), (name, segment)
    careless = told["true"]["share_careless"]["value"]
    assert within(
        answered["careless"].notna().mean(), np.sqrt(careless * (1 - careless) / len(answered)), careless
    )  # fmt: skip


def test_needs_are_those_planted(told, careful):
    """Thirty means: 2.5 standard errors each would fail by chance once in three builds, so 3.2 are allowed."""
    for segment, means in told["true"]["means_of_needs"]["value"].items():
        theirs = careful.loc[careful["segment"] == segment, NEEDS]
        distance = (theirs.mean() - np.array(means)) / theirs.sem()
        assert distance.abs().max() < 3.2, segment
        # Given the segment, answers stand for themselves.
        apart = theirs.corr().to_numpy()[np.triu_indices(len(NEEDS), 1)]
        assert abs(apart.mean()) < 2.5 / np.sqrt(len(theirs) * len(apart))


def test_segments_are_found_without_knowing_them(careful):
    from sklearn.mixture import GaussianMixture

    whole = careful.dropna(subset=NEEDS)
    # Answers pile up at 1 and 7: without a floor under the variances a group is found that only says 7.
    fits = {
        number: GaussianMixture(number, covariance_type="diag", reg_covar=0.2, n_init=5, random_state=1).fit(
            whole[NEEDS]
        )
        for number in (1, 2, 3, 4, 5)
    }
    found = fits[3].predict(whole[NEEDS])
    agreement = max(
        (whole["segment"].to_numpy() == np.array(names)[found]).mean() for names in permutations(SEGMENTS)
    )  # fmt: skip
    assert agreement > 0.95
    assert min(fits, key=lambda number: fits[number].bic(whole[NEEDS])) == 3


def test_the_careless_are_fast_and_mostly_caught(answers):
    known = customers(CASE)["careless"]
    seen = answers[answers["RecipientEmail"] != ""]
    careless = seen["RecipientEmail"].map(known).notna()
    seconds = seen.loc[seen["Finished"] == "True", "Duration (in seconds)"].astype(int)
    assert seconds[careless].max() < seconds[~careless].min()
    failed = seen["Q1_11"] != 3
    # Not all of them fail, and a few of the others do.
    assert 0.6 < failed[careless].mean() < 1
    assert 0 < failed[~careless].mean() < 0.06


def test_segments_and_bond_drive_what_is_bought(told, trips):
    known = customers(CASE)
    paid = trips[trips["amount"] > 0]
    each = np.log(paid["amount"]).groupby(paid["customer"]).mean()
    by = each.groupby(known["segment"])
    planted = told["true"]["ratio_of_amounts"]["value"]
    for segment in ("luxury", "adventure"):
        gap = by.mean()[segment] - by.mean()["budget"]
        assert within(gap, np.hypot(by.sem()[segment], by.sem()["budget"]), planted[f"{segment} over budget"])
    later = paid["customer"].value_counts().reindex(known.index) - 1
    assert within(*slope(later, known["years"], known["quality"]), told["effects"]["visits"]["size"])


def test_it_is_read_as_it_was_written(told, answers):
    shop = read_folder(exports(CASE))
    assert shop.cautions == ()
    assert shop.orders["net"].sum() == told["orders"]["net_eur"]
    dropped = shop.log[(shop.log["outcome"] == "dropped") & (shop.log["table"] == "responses")]
    assert dropped["rows"].sum() == told["answers"]["previews"] + told["answers"]["spam"]
    assert len(shop.answers) == told["answers"]["answers"]
    needs = [item for item in shop.form.items if (item.low, item.high) == (1, 7) and not item.quality]
    assert [item.kind for item in needs] == ["rating"] * len(NEEDS)
    for item, name in zip(needs, NEEDS, strict=True):
        assert shop.answers[item.id].mean() == pytest.approx(answers[name].mean())
    instructed = next(item for item in shop.form.items if item.quality == "instructed")
    assert (shop.answers[instructed.id] != instructed.expected).sum() == told["answers"]["failed_attention"]
    assert shop.answers["recommend"].mean() == pytest.approx(told["answers"]["recommend_mean"], abs=1e-4)
    people = shop.answers["customer_key"].dropna()
    assert len(people) == told["answers"]["with_address"] and people.isin(shop.orders["customer_key"]).all()
