"""The plumber: the truth recomputed from the raw files, and what kept and broken words do, found again."""

import numpy as np
import pandas as pd
import pytest

from crqkit.intake import read_folder
from tests.cases.town import END, FORM, answers_equal, exports, raw, slope, truth, within

CASE = "plumber"
ANSWERS = "How did we do (Responses).csv"


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def jobs() -> pd.DataFrame:
    frame = pd.read_excel(exports(CASE) / "jobs.xlsx")
    over = (10 * (frame["charged"] / frame["quoted"] - 1)).clip(lower=0).fillna(0)
    return frame.assign(late=(frame["done"] - frame["promised"]).dt.days.clip(lower=0), over=over)


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    return pd.read_csv(exports(CASE).parent / "truth_customers.csv").set_index("email")


@pytest.fixture(scope="module")
def answers(jobs) -> pd.DataFrame:
    """The answers with an address on a first job, with how late it was and how far over the quote.

    Whoever calls again in spite of a broken word was fonder of the plumber to begin with: with the answers on later
    jobs the effects come out too small.
    """
    sheet = raw(CASE, ANSWERS)
    sheet = sheet.assign(at=pd.to_datetime(sheet["Timestamp"], dayfirst=True)).query("`Email Address` != ''")
    pairs = sheet.reset_index().merge(jobs, left_on="Email Address", right_on="customer")
    before = pairs[pairs["done"] <= pairs["at"]].groupby("index")
    return sheet.join(before[["late", "over"]].sum()[before.size() == 1], how="inner")


def expected(moved: np.ndarray, shift: float, voices: dict) -> np.ndarray:
    """The mean answer of those whose feeling was moved."""
    from scipy.stats import norm

    return 1 + sum(norm.cdf(shift + voices["loading"] * moved - one) for one in voices["thresholds"])


def test_jobs_equal_the_truth(told, jobs):
    counts, done = told["jobs"], jobs.dropna(subset=["done"])
    still = jobs[jobs["done"].isna()]
    assert [counts["jobs"], counts["open"]] == [len(jobs), len(still)]
    assert counts["overdue"] == (still["promised"] < END).sum() < counts["open"]
    assert counts["late"] == (done["done"] > done["promised"]).sum()
    assert counts["early"] == (done["done"] < done["promised"]).sum()
    assert counts["without_customer"] == jobs["customer"].isna().sum()
    assert counts["without_quote"] == jobs["quoted"].isna().sum()
    assert counts["above_quote"] == (done["charged"] > 1.05 * done["quoted"]).sum()
    assert counts["charged_gbp"] == done["charged"].sum() == jobs["charged"].sum()
    often = jobs["customer"].value_counts()
    assert [counts["customers"], counts["with_several"]] == [len(often), (often > 1).sum()]
    overs = (done["charged"] / done["quoted"] - 1).groupby(done["kind"])
    assert counts["overrun_by_kind"] == pytest.approx(overs.mean().to_dict(), abs=1e-4)
    for kind, planted in told["true"]["overrun_by_kind"]["value"].items():
        mean, error = overs.mean()[kind], overs.sem()[kind]
        # The cut at a tenth below the quote moves the mean by less than half of a percent.
        assert abs(mean - planted) < 2.5 * error + 0.005, kind
    assert jobs["job"].is_unique and (done["done"].dt.day_of_week != 6).all() and done["done"].max() < END


def test_answers_and_reviews_equal_the_truth(told):
    sheet = raw(CASE, ANSWERS)
    answers_equal(told["answers"], sheet)
    assert told["answers"]["with_email"] == (sheet["Email Address"] != "").sum()
    reviews = raw(CASE, "reviews.csv")
    assert told["reviews"]["reviews"] == len(reviews)
    assert told["reviews"]["with_text"] == (reviews["review_text"] != "").sum()
    assert told["reviews"]["mean_stars"] == pytest.approx(reviews["rating"].astype(int).mean(), abs=1e-4)


def test_a_broken_word_is_found_in_the_answers(told, answers):
    """Least squares on the mean answer that the model expects: how far each day and each tenth moved the feeling."""
    from scipy.optimize import curve_fit

    voices = told["parameters"]["voices"]
    planted = {name: one["size"] for name, one in told["effects"].items()}
    moves = {"trust": ("late_on_trust", "over_on_trust"), "fairness": ("", "over_on_fairness")}
    for dimension, effects in moves.items():
        items = [item["text"] for item in FORM["items"] if item.get("dimension") == dimension]
        mean = answers[items].apply(pd.to_numeric).mean(axis=1).dropna()
        lived = answers.loc[mean.index, ["late", "over"]].to_numpy()
        shift = voices["item_shift"][dimension]
        found, spread = curve_fit(
            lambda lived, a, b, shift=shift: expected(lived @ np.array([a, b]), shift, voices), lived, mean, (0, 0)
        )
        for effect, estimate, error in zip(effects, found, np.sqrt(np.diag(spread)), strict=True):
            assert within(estimate, error, planted.get(effect, 0)), (dimension, effect)


def test_a_broken_word_is_found_in_who_calls_again(told, jobs, known):
    """The first call after each finished job, over the time in which there could be one."""
    named = jobs[jobs["customer"].notna()].sort_values(["customer", "promised", "job"])
    done = named[named["done"].notna()]
    # The day of the next call is not in the sheet; the promise that follows it is, days later.
    following = named.groupby("customer")["promised"].shift(-1).reindex(done.index)
    until = following.fillna(END)
    years = ((until - done["done"]).dt.days / 365.25).clip(lower=0.003)
    quality = done["customer"].map(known["quality"])
    again = following.notna()
    whole = told["true"]["reuse"]["value"]
    assert within(*slope(again, years, done["late"], done["over"], quality), whole["a day late"])
    assert within(*slope(again, years, done["over"], done["late"], quality), whole["a tenth over"])
    assert within(*slope(again, years, quality, done["late"], done["over"]), told["effects"]["visits"]["size"])


def test_leaving_out_what_is_open_flatters(jobs):
    """The kept share among done jobs is higher than that among all whose day has passed."""
    due = jobs[jobs["promised"] < END - pd.Timedelta(days=1)]
    done = due[due["done"].notna()]
    assert (done["late"] == 0).mean() > (due["done"] <= due["promised"]).mean()


def test_it_is_read_as_it_was_written(told, jobs):
    shop = read_folder(exports(CASE))
    assert [len(shop.jobs), len(shop.reviews)] == [told["jobs"]["jobs"], told["reviews"]["reviews"]]
    assert shop.jobs["done_at"].isna().sum() == told["jobs"]["open"]
    assert shop.jobs["charged"].sum() == told["jobs"]["charged_gbp"]
    assert shop.jobs["customer_key"].nunique() == told["jobs"]["customers"]
    late = shop.jobs["done_at"] > shop.jobs["promised_at"]
    assert late.sum() == told["jobs"]["late"]
    assert shop.answers["recommend"].mean() == pytest.approx(told["answers"]["recommend_mean"], abs=1e-4)
    who = shop.answers["customer_key"].dropna()
    assert len(who) == told["answers"]["with_email"] and who.isin(shop.jobs["customer_key"]).all()
    assert shop.reviews["stars"].mean() == pytest.approx(told["reviews"]["mean_stars"], abs=1e-4)
    assert shop.form.id == "pocket"
