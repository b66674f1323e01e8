"""Downloads that overlap: the same thing counts once, and every row read is kept or dropped for a reason."""

import json

import pytest

from crqkit.intake import read_folder

SHEET = "date,customer,amount\n"


def counts(shop):
    rows = shop.log.groupby("outcome")["rows"].sum()
    return rows["read"], rows["kept"], rows.get("dropped", 0)


def test_the_newer_download_wins_whatever_its_name(put, shopify, order):
    old = shopify(order("#1", total="10.00"), order("#2"))
    new = shopify(
        order("#1", total="10.00", **{"Refunded Amount": "4.00"}), order("#3", at="2026-02-01 10:00:00 +0100")
    )
    shop = read_folder(put({"z.csv": old, "a.csv": new}))
    orders = shop.orders.set_index("order_id")
    assert orders["refunds"].to_dict() == {"#1": 4, "#2": 0, "#3": 0}
    dropped = shop.log[shop.log["outcome"] == "dropped"]
    assert dropped[["file", "reason", "detail", "rows"]].values.tolist() == [["z.csv", "overlap", "a.csv", 1]]
    assert len(shop.order_lines) == 3


def test_what_is_unpaid_in_the_newer_file_does_not_live_on_in_the_older(put, shopify, order):
    new = shopify(order("#1", status="voided"), order("#3", at="2026-02-01 10:00:00 +0100"))
    shop = read_folder(put({"a.csv": shopify(order("#1"), order("#2")), "b.csv": new}))
    assert sorted(shop.orders["order_id"]) == ["#2", "#3"]


def test_the_same_file_twice(put, golden):
    folder = golden("shop")
    once = read_folder(folder)
    for path in list(folder.glob("*.csv")) + list(folder.glob("*.json")):
        path.with_stem(path.stem + " (1)").write_bytes(path.read_bytes())
    twice = read_folder(folder)
    for name, table in once.tables.items():
        assert len(twice.tables[name]) == len(table), name
    assert twice.orders["net"].sum() == pytest.approx(once.orders["net"].sum())
    assert twice.orders["order_id"].is_unique and not twice.responses.duplicated(["response_id", "item"]).any()


def test_rows_without_a_number_count_as_often_as_in_the_fuller_file(put):
    twin = "2026-01-01,7,5.00\n"
    shop = read_folder(put({"a.csv": SHEET + twin * 2 + "2026-01-02,8,1.00\n", "b.csv": SHEET + twin * 3}))
    assert shop.orders["total"].value_counts().to_dict() == {5: 3, 1: 1}
    assert counts(shop) == (6, 4, 2)


def test_answers_given_twice_count_once(put):
    head = "Timestamp,They do what they promise.,What should we keep and what should we change?\n"
    first = head + "2026-01-01 10:00:00,4,Nice\n2026-01-02 10:00:00,5,\n"
    shop = read_folder(put({"a.csv": first, "b.csv": first + "2026-01-03 10:00:00,3,\n"}))
    assert sorted(shop.answers["keeps_word"]) == [3, 4, 5]
    assert counts(shop) == (5, 3, 2)


def test_the_latest_version_of_a_review_counts(put):
    review = {
        "reviewId": "r1",
        "starRating": "TWO",
        "createTime": "2026-01-01T10:00:00Z",
        "updateTime": "2026-01-01T10:00:00Z",
    }
    other = {
        "reviewId": "r2",
        "starRating": "ONE",
        "createTime": "2026-03-01T10:00:00Z",
        "updateTime": "2026-03-01T10:00:00Z",
    }
    changed = review | {"starRating": "FIVE", "updateTime": "2026-02-01T10:00:00Z"}
    shop = read_folder(put({"a.json": json.dumps([changed]), "b.json": json.dumps([review, other])}))
    assert shop.reviews.set_index("review_id")["stars"].to_dict() == {"r1": 5, "r2": 1}


def test_the_same_order_twice_in_one_file(put, shopify, order):
    line = order("#1", email="", status="", at="", total="", **{"Lineitem price": "2.00", "Refunded Amount": ""})
    shop = read_folder(put({"a.csv": shopify(order("#1"), line, order("#2"), order("#1"), line)}))
    assert len(shop.orders) == 2 and len(shop.order_lines) == 3
    assert counts(shop) == (5, 3, 2)


def test_two_systems_may_use_the_same_numbers(put, shopify, order):
    sheet = "order,date,customer,amount\n#1,2026-01-01,7,5.00\n#9,2026-01-01,7,5.00\n"
    shop = read_folder(put({"a.csv": shopify(order("#1")), "b.csv": sheet}))
    assert sorted(shop.orders["order_id"]) == ["#1", "#9", "shopify_orders:#1"]
    assert set(shop.order_lines["order_id"]) == {"shopify_orders:#1"}


@pytest.mark.parametrize("name", ["shop", "foreign"])
def test_no_row_is_lost(name, golden):
    shop = read_folder(golden(name))
    for _, rows in shop.log.groupby("file"):
        by = rows.groupby("outcome")["rows"].sum()
        assert by["read"] == by["kept"] + by.get("dropped", 0)
    kept = shop.log[(shop.log["outcome"] == "kept") & (shop.log["table"] == "orders")]["rows"].sum()
    assert kept == len(shop.order_lines if shop.has("order_lines") else shop.orders)


def test_a_file_of_which_every_order_is_left_out(put, shopify, order):
    shop = read_folder(put({"a.csv": shopify(order(status="voided")), "b.csv": shopify(order("#2"))}))
    assert shop.orders["order_id"].tolist() == ["#2"] and counts(shop) == (2, 1, 1)
    alone = read_folder(put({"a.csv": shopify(order(status="voided"))}, "alone"))
    assert not alone.has("orders") and counts(alone) == (1, 0, 1)
