"""What is true of the simulated restaurant."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from restaurant_words import THEMES
from town import files, google_reviews, truth
from town.bonds import Story
from town.voices import STAR_THRESHOLDS

DEFINITIONS = {
    "bookings": "rows of the bookings; by status: came, no_show, cancelled, planned",
    "without_customer": "bookings with an empty customer",
    "people_came": "sum of people over the bookings that came; seats_lost: over the no shows",
    "online": "bookings whose service is online; the others came by telephone",
    "contacts": "rows of the questions and complaints; complaints and questions: by their type",
    "replied": "complaints with a number in first reply minutes; a complaint without one was never answered",
    "guests": "guests of the simulation; each has at most one complaint",
    **google_reviews.DEFINITIONS,
    "went_wrong": "reviews after a visit on which the theme went wrong, by theme, whether the words say so or not",
    "named": "reviews whose words blame the theme, by theme",
}
OWN = {
    "lead_on_no_show": "on the log of the odds of a no show among bookings not cancelled, per doubling of 1 + days "
    "between the day of booking and the day booked; by telephone or online makes no difference of its own",
    "complaint_on_return": "on the log of the rate of bookings, from a complaint on, where nobody replied",
    "reply_on_return": "on the log of the rate of bookings after a complaint, where it was replied to; who gets a "
    "reply hangs on the days when the owner is in, not on the guest",
    "reply_time_on_booking": "on the log of the odds of booking within hours of the reply, per doubling of its minutes",
    "waiting_on_stars": "on the feeling behind the stars, where the waiting went wrong",
    "food_on_stars": "on the feeling behind the stars, where the food went wrong",
    "staff_on_stars": "on the feeling behind the stars, where the staff went wrong; most blamed, without effect",
}


def write_truth(
    folder: Path,
    seed: int,
    story: Story,
    guests: list,
    bookings: list[dict],
    contacts: list[dict],
    told: list,
    counted: dict,
    house: dict,
    end: datetime,
) -> None:
    status = Counter(row["status"] for row in bookings)
    complaints = [row for row in contacts if row["type"] == "complaint"]
    counts = {
        "bookings": {
            "bookings": len(bookings),
            **{name.replace(" ", "_"): status[name] for name in ("came", "no show", "cancelled", "planned")},
            "without_customer": sum(not row["customer"] for row in bookings),
            "online": sum(row["service"] == "online" for row in bookings),
            "people_came": sum(row["people"] for row in bookings if row["status"] == "came"),
            "seats_lost": sum(row["people"] for row in bookings if row["status"] == "no show"),
        },
        "interactions": {
            "contacts": len(contacts),
            "complaints": len(complaints),
            "replied": sum(row["first reply minutes"] != "" for row in complaints),
            "questions": len(contacts) - len(complaints),
        },
        "reviews": counted
        | {
            "went_wrong": {theme: sum(theme in one.wrong for one in told) for theme in THEMES},
            "named": {theme: sum(theme in one.named for one in told) for theme in THEMES},
        },
        "customers": {"guests": len(guests)},
    }
    base = house["log_odds_of_no_show_on_the_day"]
    true = {
        "no_show_log_odds": truth.value(
            {"on_the_day": base, "per_doubling": story["lead_on_no_show"]},
            "bookings not cancelled, by log2(1 + days ahead)",
        ),
        "channel_on_no_show": truth.value(0.0, "log odds, online over telephone, days ahead held equal"),
        "stars_by_theme": truth.value(
            {theme: story[f"{theme}_on_stars"] for theme in THEMES}, "on the feeling, by what went wrong on the visit"
        ),
    }
    parameters = {"house": house, "star_thresholds": list(STAR_THRESHOLDS)}
    about = "a restaurant that does not exist."
    truth.write(folder, about, seed, story, DEFINITIONS, counts, true, parameters, OWN)
    truth.customers(folder, (_row(one, end) for one in guests))
    _labels(folder, told)


def _labels(folder: Path, told: list) -> None:
    """Write what each review is about, for whoever wants to hold a reading of its words against it."""
    newest = sorted(told, key=lambda one: one.review.at, reverse=True)
    header = ["review_id", "email", *(f"{theme}_wrong" for theme in THEMES), *(f"{theme}_blamed" for theme in THEMES)]
    rows = []
    for place, one in enumerate(newest):
        flags = [*(theme in one.wrong for theme in THEMES), *(theme in one.named for theme in THEMES)]
        name = f"restaurant-simulated-{len(newest) - place:03d}"
        rows.append([name, one.guest.person.email, *("yes" if flag else "" for flag in flags)])
    files.csv_file(folder / "truth_reviews.csv", header, rows)


def _row(one, end: datetime) -> dict:
    return {
        "email": one.person.email,
        "joined_on": one.joined.date(),
        "left_on": "",
        "bookings_per_year": f"{one.often:.3f}",
        "complained_on": one.complained.date() if one.complained else "",
        "replied": ("yes" if one.replied else "no") if one.complained else "",
        **truth.bond(one.bond, one.joined, end),
    }
