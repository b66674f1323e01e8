"""Two downloads of one period: the version that knows more counts, and what no file can tell is said."""

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.later import date_in, natural

STRIPE = "id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Captured\n"
NAMES = [
    ("payments_2026-10-01.csv", "payments_2026-11-01.csv"),
    ("payments_2026-11-01.csv", "payments_2026-10-01.csv"),
    ("unified_payments.csv", "unified_payments (1).csv"),
    ("unified_payments_2.csv", "unified_payments.csv"),
]


def charge(number, amount, refunded, status="Paid"):
    return f"ch_{number},2026-01-0{number} 10:00:00,{amount},{refunded},eur,{status},true\n"


@pytest.mark.parametrize(("older", "newer"), NAMES)
def test_refunds_of_the_later_download_count_whatever_the_names(put, older, newer):
    first = STRIPE + charge(1, 10, 0) + charge(2, 20, 0) + charge(3, 30, 0)
    then = STRIPE + charge(1, 10, 10, "Refunded") + charge(2, 20, 5) + charge(3, 30, 0)
    orders = read_folder(put({older: first, newer: then})).orders
    # By hand: 60 charged, 10 and 5 given back.
    assert orders[["total", "refunds", "net"]].sum().tolist() == [60, 15, 45]
    assert orders.set_index("order_id")["status"].to_dict() == {"ch_1": "refund", "ch_2": "sale", "ch_3": "sale"}


@pytest.mark.parametrize(("older", "newer"), NAMES)
def test_shopify_paid_then_refunded_or_cancelled(put, shopify, order, older, newer):
    first = shopify(order("#1"), order("#2", total="20.00"), order("#3", total="30.00"), order("#4", status="pending"))
    then = shopify(
        order("#1", status="refunded", **{"Refunded Amount": "10.00"}),
        order("#2", total="20.00", status="partially_refunded", **{"Refunded Amount": "4.50"}),
        order("#3", total="30.00", status="voided"),
        order("#4"),
    )
    orders = read_folder(put({older: first, newer: then})).orders
    # By hand: 10 + 20 + 10 charged (the 30 were given up), 10 and 4.50 given back.
    assert sorted(orders["order_id"]) == ["#1", "#2", "#4"]
    assert orders[["total", "refunds", "net"]].sum().tolist() == [40, 14.5, 25.5]


def test_a_part_downloaded_later_knows_more_than_a_full_file_of_before(put):
    full = STRIPE + charge(1, 10, 0) + charge(2, 20, 0) + charge(9, 90, 0)
    part = STRIPE + charge(1, 10, 10, "Refunded") + charge(2, 20, 0)
    shop = read_folder(put({"all until september.csv": full, "first half, made in october.csv": part}))
    assert shop.orders[["total", "refunds"]].sum().tolist() == [120, 10]
    (told,) = [one for one in shop.cautions if one.id == "caution.intake.versions"]
    assert told.params["orders"] == 1


def test_no_caution_where_a_date_in_the_name_or_nothing_differs(put):
    first, then = STRIPE + charge(1, 10, 0), STRIPE + charge(1, 10, 4)
    dated = read_folder(put({"a_2026-10-01.csv": first, "a_2026-11-01.csv": then}, "dated"))
    same = read_folder(put({"a.csv": first, "b.csv": first + "\n"}, "same"))
    for shop in (dated, same):
        assert "caution.intake.versions" not in [one.id for one in shop.cautions]
    unsure = read_folder(put({"x.csv": first, "b.csv": then}, "unsure"))
    assert unsure.orders["refunds"].tolist() == [4]
    assert "caution.intake.versions" in [one.id for one in unsure.cautions]


def test_of_equal_versions_the_date_and_number_in_the_name_tell(put):
    first, then = STRIPE + charge(1, 10, 0), STRIPE + charge(1, 12, 0)
    for older, newer in NAMES[:1] + NAMES[2:3] + [("p_2.csv", "p_10.csv"), ("b 1.10.2026.csv", "a 1.11.2026.csv")]:
        shop = read_folder(put({older: first, newer: then}, f"by {newer}"))
        assert shop.orders["total"].tolist() == [12], newer


def test_names_sort_as_people_number_them():
    assert sorted(["o_10.csv", "o_2.csv", "o.csv"], key=natural) == ["o.csv", "o_2.csv", "o_10.csv"]
    assert date_in("from 2026-01-01 to 2026-05-31.csv") == "2026-05-31"
    assert date_in("20261001-orders.csv") == "2026-10-01" and date_in("orders 12345678.csv") == ""


def test_one_number_of_two_orders_is_refused_even_where_faulty_rows_are_dropped(put, shopify, order):
    folder = put({"a.csv": shopify(order("#1")), "b.csv": shopify(order("#1", at="2026-02-01 10:00:00 +0100"))})
    with pytest.raises(DataProblem, match="names another order"):
        read_folder(folder, faulty="drop")


# Sheets without order numbers -------------------------------------------------------------------------------------

ROWS = [
    ("2026-01-01", "7", "5.00"),
    ("2026-01-01", "", "3.20"),
    ("2026-01-01", "", "3.20"),
    ("2026-01-02", "8", "9.00"),
]


def sheet(*more, head=""):
    return f"date,customer,amount{head}\n" + "".join(",".join([*row, *more]) + "\n" for row in ROWS)


def test_a_further_column_does_not_double_a_sheet(put):
    shop = read_folder(put({"a.csv": sheet(), "b.csv": sheet("EUR", head=",currency")}))
    # By hand: 5 + 3.20 + 3.20 + 9.
    assert len(shop.orders) == 4 and shop.orders["total"].sum() == pytest.approx(20.4)


def test_a_column_that_all_files_have_tells_orders_apart(put):
    files = {name: sheet(name[:3], head=",currency") for name in ("EUR.csv", "USD.csv", "EUR (1).csv")}
    shop = read_folder(put(files))
    assert shop.orders.groupby("currency")["total"].sum().to_dict() == pytest.approx({"EUR": 20.4, "USD": 20.4})
    assert shop.orders["order_id"].is_unique
