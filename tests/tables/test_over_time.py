import pandas as pd
import pytest

from crqkit.tables import cohorts, collect, periods, returns, visit_days

TRIANGLE = (
    # bought in January: ana, ben, cem; of these ana again in February and March, ben in March
    ("ana", "2026-01-05", 1), ("ben", "2026-01-06", 1), ("cem", "2026-01-31", 1),
    ("ana", "2026-02-02", 1), ("ana", "2026-03-03", 1), ("ben", "2026-03-04", 1), ("ben", "2026-03-05", 1),
    # in February: dua, never again
    ("dua", "2026-02-10", 1),
    # nobody new in March; eva in April, which is not over
    ("eva", "2026-04-01", 1), ("ana", "2026-04-02", 1),
    (pd.NA, "2026-02-03", 1), ("fay", "2026-01-07", -1, "refund"),
)  # fmt: skip


def test_cohort_triangle_by_hand(orders):
    triangle = collect(cohorts(orders(*TRIANGLE), period="month"))
    assert triangle.values.tolist() == [
        ["2026-01", 0, "2026-01", 3, 3],
        ["2026-01", 1, "2026-02", 1, 3],
        ["2026-01", 2, "2026-03", 2, 3],
        ["2026-02", 0, "2026-02", 1, 1],
        ["2026-02", 1, "2026-03", 0, 1],
    ]
    assert len(collect(cohorts(orders(*TRIANGLE), period="month", as_of="2026-04-30"))) == 8
    assert len(collect(cohorts(orders(*TRIANGLE), period="month", as_of="2026-02-28"))) == 3


def test_returns_by_hand(orders):
    pairs = collect(returns(orders(*TRIANGLE), period="month"))
    assert pairs[["period", "next", "buyers", "returned"]].values.tolist() == [
        ["2026-01", "2026-02", 3, 1],
        ["2026-02", "2026-03", 2, 1],
    ]


def test_periods_by_hand(orders):
    table = orders(
        ("ana", "2026-01-05", 10), (pd.NA, "2026-01-06", 20), ("ana", "2026-03-01", 5),
        ("ben", "2026-03-02", -4, "refund"), ("cem", "2026-03-03", 1),
    )  # fmt: skip
    months = collect(periods(table)).drop(columns="start")
    assert months.fillna(-1).values.tolist() == [
        ["2026-01", True, 2, 1, 30, 0.5],
        ["2026-02", True, 0, 0, 0, -1],
        ["2026-03", False, 2, 2, 2, 1],
    ]


def test_late_on_new_years_eve_in_utc_is_january_in_berlin(orders):
    table = orders(("ana", "2025-12-31T22:30", 1), ("ben", "2025-12-31T23:30", 1), ("cem", "2026-01-15", 1))
    assert collect(periods(table, timezone="Europe/Berlin"))["sales"].tolist() == [1, 2]
    assert collect(periods(table))["sales"].tolist() == [2, 1]


def test_summer_time_moves_the_boundary(orders):
    # 22:30 UTC is half past midnight in summer, and half past eleven the evening before in winter.
    table = orders(("ana", "2026-02-28T22:30", 1), ("ben", "2026-03-31T22:30", 1))
    assert collect(periods(table, timezone="Europe/Berlin"))["sales"].tolist() == [1, 0, 1]


def test_two_receipts_of_one_day_are_one_visit(orders):
    table = orders(
        ("ana", "2026-01-01T09:00", 1), ("ana", "2026-01-01T18:00", 1), ("ana", "2026-01-04T23:30", 1),
        ("ben", "2026-01-02T09:00", 1),
    )  # fmt: skip
    days = collect(visit_days(table)).fillna(-1)
    assert days.values.tolist() == [["ana", 0, 3, 0], ["ana", 3, -1, 1], ["ben", 1, -1, 0]]
    assert collect(visit_days(table, timezone="Europe/Berlin"))["day"].tolist() == [0, 4, 1]


@pytest.mark.parametrize("make", [periods, cohorts, returns, visit_days])
def test_no_orders_and_no_sales(make, orders):
    assert collect(make(orders())).empty
    assert collect(make(orders(("ana", "2026-01-01", -1, "refund")))).empty
