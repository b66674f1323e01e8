"""Stripe payments, with the old header and the present one. The totals stand in golden/stripe/README.md."""

import pandas as pd
import pytest

from crqkit.intake import read_folder, who
from tests.intake.formats import support

NEW, OLD = "payments.csv", "payments_2025.csv"
MONEY = ["Amount", "Amount Refunded", "Converted Amount", "Converted Amount Refunded", "Fee"]


@pytest.fixture
def shop(tmp_path):
    return support.read("stripe", tmp_path)


def test_totals_by_currency(shop):
    sums = shop.orders.groupby("currency")[["total", "refunds", "net"]].sum()
    assert sums.loc["USD"].tolist() == pytest.approx([1335.50, 60, 1275.50])
    assert sums.loc["EUR"].tolist() == pytest.approx([80, 30, 50])
    assert sums.loc["JPY"].tolist() == [13500, 0, 13500], "yen have no decimals"
    assert shop.orders["status"].value_counts().to_dict() == {"sale": 6, "refund": 2}
    assert any("several currencies (EUR, JPY, USD)" in caution for caution in shop.cautions)


def test_what_is_left_out(shop):
    assert support.dropped(shop, NEW) == {"unpaid": 3, "test": 1}
    assert support.dropped(shop, OLD) == {"unpaid": 1, "test": 1, "overlap": 1}
    support.assert_accounted(shop)


def test_times_are_utc(shop):
    at = shop.orders.set_index("order_id")["at"]
    assert at["ch_0"] == pd.Timestamp("2025-06-01 09:30", tz="UTC")
    assert at["ch_10"] == pd.Timestamp("2026-01-15 18:30:05", tz="UTC")


def test_a_number_and_an_address_are_one_person(shop):
    key = shop.orders.set_index("order_id")["customer_key"]
    assert key.nunique() == 4 == len(shop.customers)
    assert key["ch_1"] == key["ch_2"] == key["ch_0"], "in another row, and in another file"
    assert key["ch_5"] == key["ch_11"] and pd.isna(key["ch_10"])


def test_the_person_is_found_again(tmp_path):
    folder = support.copy("stripe", tmp_path)
    key = read_folder(folder).orders.set_index("order_id")["customer_key"]
    assert set(who(key["ch_2"], folder)["identifier"]) == {"ana@example.org"}
    assert set(who(key["ch_5"], folder)["identifier"]) == {"cus_C"}


@pytest.mark.parametrize("status", ["requires_action", "Canceled", "Uncaptured", "Pending", "Expired"])
def test_what_was_never_paid_is_no_order(status, put):
    head = "id,Created date (UTC),Amount,Amount Refunded,Currency,Status"
    rows = [f"ch_1,2026-01-01 10:00:00,5.00,0.00,usd,{status}", "ch_2,2026-01-02 10:00:00,6.00,0.00,usd,Paid"]
    assert read_folder(put({"a.csv": "\n".join([head, *rows])})).orders["order_id"].tolist() == ["ch_2"]


def test_only_the_columns_that_are_needed(put):
    head = "Status,Currency,id,Amount Refunded,Amount,Created date (UTC)"
    shop = read_folder(put({"a.csv": head + "\nPaid,kwd,ch_1,0.000,1.234,2026-01-01 10:00:00\n"}))
    assert shop.orders[["total", "currency"]].values.tolist() == [[1.234, "KWD"]], "dinars have three decimals"
    assert shop.orders["customer_key"].isna().all()


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("stripe", tmp_path)


@support.each_required("stripe_payments")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("stripe", NEW, "stripe_payments", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    dates = ["Created (UTC)", "Created date (UTC)", "Refunded date (UTC)"]
    support.assert_reads_abroad("stripe", tmp_path, money=MONEY, dates=dates)


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, [
        "@example.org", "cus_A", "cus_B", "cus_C", "Ana Li", "Ben Ott", "Dora", "1112223", "4242", "Golden Road",
        "FP1234567",
    ])  # fmt: skip
