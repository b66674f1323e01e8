import pandas as pd
import pytest

from crqkit.value import coverage, main_currency


def test_by_hand_with_walk_ins_and_refunds(orders):
    table = orders(
        ("ana", "2026-01-01", 30), ("ben", "2026-01-02", 10), (pd.NA, "2026-01-03", 60),
        (pd.NA, "2026-01-04", -60, "refund"), ("ana", "2026-02-01", 900),
    )  # fmt: skip
    result = coverage(table, as_of="2026-01-31")
    assert result.table["estimate"].tolist() == [pytest.approx(2 / 3), 0.4]
    assert result.table["n"].tolist() == [3, 3]
    assert result.table[["low", "high"]].isna().all(axis=None)
    assert result.reading.id == "coverage.enough"
    assert str(result.reading) == "67 % of 3 sales carry a customer key, so returning customers can be seen."


def test_by_currency(orders):
    euros = orders(("ana", "2026-01-01", 30), (pd.NA, "2026-01-02", 10))
    dollars = orders(("ben", "2026-01-01", 5), ("ben", "2026-01-03", 5), currency="USD")
    table = coverage(pd.concat([euros, dollars])).table
    assert table[["measure", "group", "estimate", "n"]].values.tolist() == [
        ["sales_identified", "all", 0.75, 4],
        ["sales_identified", "EUR", 0.5, 2],
        ["money_identified", "EUR", 0.75, 2],
        ["sales_identified", "USD", 1, 2],
        ["money_identified", "USD", 1, 2],
    ]


@pytest.mark.parametrize(
    ("known", "walk_ins", "outcome"), [(1, 1, "enough"), (1, 2, "low"), (0, 2, "none"), (0, 0, "too_little")]
)
def test_every_reading(orders, known, walk_ins, outcome):
    rows = [("ana", "2026-01-01", 1)] * known + [(pd.NA, "2026-01-01", 1)] * walk_ins
    assert coverage(orders(*rows)).reading.id == f"coverage.{outcome}"


def test_main_currency_goes_by_sales_then_by_name(orders):
    euros, dollars = orders(("ana", "2026-01-01", 1)), orders(("ana", "2026-01-01", 99), currency="USD")
    assert main_currency(pd.concat([dollars, euros])) == "EUR"
    assert main_currency(pd.concat([dollars, dollars, euros])) == "USD"
    assert main_currency(euros.iloc[:0]) == ""
