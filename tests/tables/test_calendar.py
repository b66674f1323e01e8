import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.tables import calendar, moment


def utc(text):
    return pd.Timestamp(text, tz="UTC")


def test_quarters_begin_at_midnight_where_the_shop_stands():
    dates = calendar(utc("2025-12-31 23:30"), utc("2026-07-01"), "quarter", "Europe/Berlin")
    assert dates["period"].tolist() == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert dates["start"].tolist() == [utc("2025-12-31 23:00"), utc("2026-03-31 22:00"), utc("2026-06-30 22:00")]
    assert dates["end"].tolist()[:2] == dates["start"].tolist()[1:]


@pytest.mark.parametrize(
    ("as_of", "over"),
    [("2026-03-30 21:59", False), ("2026-03-30 22:00", True), ("2026-03-31 12:00", True), ("2026-04-20", True)],
)
def test_a_period_is_over_once_its_last_day_has_come(as_of, over):
    dates = calendar(utc("2026-01-10"), utc(as_of), "quarter", "Europe/Berlin")
    assert dates["over"].iloc[0] == over


@pytest.mark.parametrize(
    ("period", "labels"),
    [
        ("day", ["2026-12-31", "2027-01-01"]),
        ("week", ["2026-W53"]),
        ("month", ["2026-12", "2027-01"]),
        ("quarter", ["2026-Q4", "2027-Q1"]),
        ("year", ["2026", "2027"]),
    ],
)
def test_labels_of_every_period(period, labels):
    assert calendar(utc("2026-12-31 10:00"), utc("2027-01-01 10:00"), period)["period"].tolist() == labels


@pytest.mark.parametrize(
    ("timezone", "day", "start"),
    [
        ("Asia/Beirut", "2025-03-30", "2025-03-29 22:00"),  # the clock goes from 24:00 to 1:00
        ("America/Havana", "2025-11-02", "2025-11-02 04:00"),  # midnight comes twice
    ],
)
def test_a_midnight_that_is_skipped_or_comes_twice(timezone, day, start):
    noon = pd.Timestamp(f"{day} 12:00", tz=timezone).tz_convert("UTC")
    dates = calendar(noon, noon, "day", timezone)
    assert (dates["period"].tolist(), dates["start"].tolist()) == ([day], [utc(start)])


def test_without_sales_the_calendar_is_empty():
    assert calendar(pd.NaT, pd.NaT, "month").empty


def test_as_of_in_its_four_forms():
    last = utc("2026-06-30 15:00")
    assert moment(None, last) == last
    assert moment(last, pd.NaT) == last
    assert moment(pd.Timestamp("2026-06-30").date(), last, "Europe/Berlin") == utc("2026-06-30 21:59:59.999999")
    assert moment("2026-06-30 10:00", last, "Europe/Berlin") == utc("2026-06-30 08:00")


@pytest.mark.parametrize("wrong", ["last Tuesday", "2026-13-01", object()])
def test_a_wrong_date_is_refused(wrong):
    with pytest.raises(DataProblem, match="not a date"):
        moment(wrong, pd.NaT)


def test_a_wrong_zone_and_a_wrong_period_are_refused():
    with pytest.raises(DataProblem, match="time zone is not known"):
        calendar(utc("2026-01-01"), utc("2026-01-02"), "day", "Berlin")
    with pytest.raises(ChoiceProblem, match="month"):
        calendar(utc("2026-01-01"), utc("2026-01-02"), "months")
