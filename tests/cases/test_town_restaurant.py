"""The restaurant: the truth recomputed from the raw files, and what was planted found again."""

import json

import numpy as np
import pandas as pd
import pytest

from crqkit.intake import read_folder
from tests.cases.town import END, customers, exports, raw, slope, truth, within

CASE = "restaurant"
CONTACTS = "questions and complaints.csv"
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
THEMES = ("waiting", "food", "staff")


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def bookings() -> pd.DataFrame:
    frame = raw(CASE, "bookings.csv").astype({"people": int})
    frame = frame.assign(booked=pd.to_datetime(frame["booked"]), date=pd.to_datetime(frame["date"]))
    ahead = (frame["date"].dt.normalize() - frame["booked"].dt.normalize()).dt.days
    return frame.assign(doublings=np.log2(1 + ahead), online=frame["service"] == "online")


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    frame = raw(CASE, CONTACTS)
    minutes = pd.to_numeric(frame["first reply minutes"])
    return frame.assign(date=pd.to_datetime(frame["date"]), solved=pd.to_datetime(frame["solved"]), minutes=minutes)


@pytest.fixture(scope="module")
def reviews() -> pd.DataFrame:
    entries = json.loads((exports(CASE) / "reviews.json").read_text(encoding="utf-8"))["reviews"]
    rows = [
        (one["reviewId"], STARS[one["starRating"]], one.get("comment", ""), "reviewReply" in one)
        for one in entries
        if one
    ]
    assert entries.count(None) == 1
    frame = pd.DataFrame(rows, columns=["review_id", "stars", "comment", "replied"]).set_index("review_id")
    labels = pd.read_csv(exports(CASE).parent / "truth_reviews.csv", keep_default_na=False).set_index("review_id")
    assert set(labels.index) == set(frame.index)
    return frame.join(labels).join(labels["email"].map(customers(CASE)["quality"]).rename("quality"))


def odds(happened, *columns) -> tuple[float, float]:
    """The effect of the first column on the log of the odds, and its standard error."""
    import statsmodels.api as sm

    design = sm.add_constant(np.column_stack([np.asarray(column, float) for column in columns]))
    fit = sm.Logit(np.asarray(happened, float), design).fit(disp=0)
    return float(fit.params[1]), float(fit.bse[1])


def test_bookings_equal_the_truth(told, bookings):
    counts, status = told["bookings"], bookings["status"].value_counts()
    assert counts["bookings"] == len(bookings)
    assert {name: counts[name.replace(" ", "_")] for name in status.index} == status.to_dict()
    assert counts["without_customer"] == (bookings["customer"] == "").sum()
    assert counts["online"] == bookings["online"].sum()
    people = bookings.groupby("status")["people"].sum()
    assert [counts["people_came"], counts["seats_lost"]] == [people["came"], people["no show"]]
    assert (bookings["booked"] < bookings["date"]).all() and bookings["booked"].max() < END
    assert (bookings.loc[bookings["status"].isin(["came", "no show"]), "date"] < END).all()
    assert (bookings.loc[bookings["status"] == "planned", "date"] >= END).all()
    assert (bookings["date"].dt.day_of_week != 0).all()


def test_contacts_and_reviews_equal_the_truth(told, contacts, reviews):
    complaints = contacts[contacts["type"] == "complaint"]
    assert told["interactions"] == {
        "contacts": len(contacts),
        "complaints": len(complaints),
        "replied": complaints["minutes"].notna().sum(),
        "questions": (contacts["type"] == "question").sum(),
    }
    assert complaints["customer"].is_unique
    counts = told["reviews"]
    assert [counts["reviews"], counts["with_comment"]] == [len(reviews), (reviews["comment"] != "").sum()]
    assert counts["with_reply"] == reviews["replied"].sum()
    assert counts["mean_stars"] == pytest.approx(reviews["stars"].mean(), abs=1e-4)
    for theme in THEMES:
        assert counts["went_wrong"][theme] == (reviews[f"{theme}_wrong"] == "yes").sum()
        assert counts["named"][theme] == (reviews[f"{theme}_blamed"] == "yes").sum()
        assert (reviews.loc[reviews[f"{theme}_blamed"] == "yes", [f"{theme}_wrong"]] == "yes").all().all()
    assert told["customers"]["guests"] == len(customers(CASE))


def test_who_books_further_ahead_stays_away_more_often(told, bookings):
    held = bookings[bookings["status"].isin(["came", "no show"])]
    away = held["status"] == "no show"
    planted = told["effects"]["lead_on_no_show"]["size"]
    assert within(*odds(away, held["doublings"], held["online"]), planted)
    # Online looks worse, because it is used further ahead; held equal, it is not.
    alone, error = odds(away, held["online"])
    assert alone > 1.6 * error
    assert within(*odds(away, held["online"], held["doublings"]), told["true"]["channel_on_no_show"]["value"])


def test_a_reply_brings_guests_back(told, bookings, contacts):
    """Bookings after the complaint against the guest's own usual rate."""
    known = customers(CASE)
    complaints = contacts[contacts["type"] == "complaint"].set_index("customer")
    since = bookings["customer"].map(complaints["date"])
    later = bookings[bookings["booked"] > since]["customer"].value_counts()
    frame = complaints.join(known[["quality", "bookings_per_year"]])
    usual = frame["bookings_per_year"] * (END - frame["date"]).dt.days / 365.25
    counts, replied = later.reindex(frame.index).fillna(0), frame["minutes"].notna()
    assert within(*slope(counts, usual, replied, frame["quality"]), told["effects"]["reply_on_return"]["size"])
    # The reply fell to guests as they came: its owners were neither happier nor more frequent before.
    assert abs(frame.groupby(replied)["quality"].mean().diff().iloc[-1]) < 2.5 * 2 / np.sqrt(len(frame))


def test_the_bond_is_found_in_bookings(told, bookings, contacts):
    known = customers(CASE)
    calm = known[known["complained_on"].isna()]
    first = bookings["customer"].map(known["joined_on"]) + pd.Timedelta(days=2)
    counts = bookings[bookings["booked"] > first]["customer"].value_counts().reindex(calm.index).fillna(0)
    usual = calm["years"] * calm["bookings_per_year"]
    assert within(*slope(counts, usual, calm["quality"]), told["effects"]["visits"]["size"])
    unhappy = known["complained_on"].notna()
    until = pd.to_datetime(known["complained_on"]).fillna(END)
    years = ((until - known["joined_on"]).dt.days / 365.25).clip(lower=0.003)
    assert within(*slope(unhappy, years, known["quality"]), told["effects"]["complaints"]["size"])


def test_a_late_reply_costs_the_booking(told, bookings, contacts):
    asked = contacts[(contacts["type"] == "question") & contacts["minutes"].notna()]
    pairs = asked.reset_index().merge(bookings[bookings["online"]], on="customer")
    soon = (pairs["booked"] >= pairs["solved"]) & (pairs["booked"] <= pairs["solved"] + pd.Timedelta(hours=4))
    booked = asked.index.isin(pairs.loc[soon, "index"])
    found = odds(booked, np.log2(asked["minutes"] / 60))
    assert within(*found, told["effects"]["reply_time_on_booking"]["size"])


def test_the_theme_that_lowers_stars_is_not_the_one_most_blamed(told, reviews):
    """A probit of the ordered stars, by what went wrong and the bond of the guest, in units of the feeling."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    design = (reviews[[f"{theme}_wrong" for theme in THEMES]] == "yes").astype(float).assign(bond=reviews["quality"])
    fit = OrderedModel(reviews["stars"], design, distr="probit").fit(method="bfgs", disp=0)
    spread = np.sqrt(1 - told["effects"]["stars"]["size"] ** 2)
    found, errors = spread * fit.params[:4], spread * fit.bse[:4]
    planted = [told["true"]["stars_by_theme"]["value"][theme] for theme in THEMES] + [told["effects"]["stars"]["size"]]
    for name, estimate, error, size in zip((*THEMES, "bond"), found, errors, planted, strict=True):
        assert within(estimate, error, size), name
    assert max(told["reviews"]["named"], key=told["reviews"]["named"].get) == "staff"
    # What a reader of the words alone can see points the same way.
    blamed = {theme: reviews.loc[reviews[f"{theme}_blamed"] == "yes", "stars"].mean() for theme in THEMES}
    assert blamed["waiting"] < min(blamed["food"], blamed["staff"])


def test_counting_the_word_wait_goes_astray(reviews):
    says = reviews["comment"].str.contains("wait|Forty|not ready", regex=True)
    assert (reviews.loc[says, "waiting_blamed"] != "yes").sum() > 5


def test_it_is_read_as_it_was_written(told):
    shop = read_folder(exports(CASE))
    counts = told["bookings"]
    assert len(shop.bookings) == counts["bookings"]
    status = shop.bookings["status"].value_counts()
    assert {name: status[name.replace("_", " ")] for name in ("came", "no_show", "cancelled", "planned")} == {
        name: counts[name] for name in ("came", "no_show", "cancelled", "planned")
    }
    assert shop.bookings["customer_key"].isna().sum() == counts["without_customer"]
    assert len(shop.interactions) == told["interactions"]["contacts"]
    replied = shop.interactions.query("type == 'complaint'")["first_reply_minutes"].notna().sum()
    assert replied == told["interactions"]["replied"]
    assert [len(shop.reviews), shop.reviews["text"].notna().sum(), shop.reviews["reply_at"].notna().sum()] == [
        told["reviews"][name] for name in ("reviews", "with_comment", "with_reply")
    ]
    assert shop.reviews["stars"].mean() == pytest.approx(told["reviews"]["mean_stars"], abs=1e-4)
