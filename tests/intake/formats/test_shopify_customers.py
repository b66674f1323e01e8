"""Customers of Shopify beside their orders. What is expected stands in golden/shopify_customers/README.md."""

import pandas as pd
import pytest

from crqkit.intake import read_folder, who
from tests.intake.formats import support

FILE = "customers.csv"
OLD = {
    "Default Address Company": "Company", "Default Address Address1": "Address1",
    "Default Address Address2": "Address2",
    "Default Address City": "City", "Default Address Province Code": "Province Code",
    "Default Address Country Code": "Country Code", "Default Address Zip": "Zip",
}  # fmt: skip
GONE = ["Customer ID", "Default Address Phone", "Geburtstag (customer.metafields.facts.birth_date)"]


@pytest.fixture
def shop(tmp_path):
    return support.read("shopify_customers", tmp_path)


@pytest.fixture
def persons(shop):
    """Return the customers by the last order of each: the keys are random."""
    key = shop.orders.set_index("order_id")["customer_key"]
    names = {key["#2"]: "ana", key["#3"]: "ben", key["#4"]: "eva"}
    return shop.customers.assign(name=shop.customers["customer_key"].map(names).fillna("dora")).set_index("name")


def test_a_customer_joins_to_the_orders_by_address_or_telephone(persons):
    assert sorted(persons.index) == ["ana", "ben", "dora", "eva"]
    assert persons["stated_spent"].to_dict() == {"ana": 64.9, "ben": 1040, "eva": 12, "dora": 0}
    assert persons["stated_orders"].to_dict() == {"ana": 2, "ben": 1, "eva": 1, "dora": 0}
    assert persons["tags"]["ana"] == "VIP, newsletter"
    assert persons["country"].fillna("").to_dict() == {"ana": "DE", "ben": "AT", "eva": "DE", "dora": ""}


def test_what_is_stated_is_what_the_orders_say(shop):
    spent = shop.orders.groupby("customer_key")["net"].agg(["sum", "size"])
    stated = shop.customers.set_index("customer_key")[["stated_spent", "stated_orders"]]
    bought = stated.loc[spent.index]
    assert bought["stated_spent"].tolist() == pytest.approx(spent["sum"].tolist())
    assert bought["stated_orders"].tolist() == spent["size"].tolist()


def test_the_list_has_no_dates(persons):
    assert pd.isna(persons["first_seen"]["dora"])
    assert persons["first_seen"]["ana"] == pd.Timestamp("2026-01-05 09:00", tz="UTC"), "of the first order"


def test_consent(persons):
    assert persons["consent"]["ana"] and persons["consent"]["dora"]
    assert not persons["consent"]["eva"] and not persons["consent"]["ben"], "a no is heeded"


def test_a_customer_without_address_and_telephone_is_left_out(shop):
    assert support.dropped(shop) == {"nobody": 1}
    support.assert_accounted(shop)


def test_the_older_columns_say_the_same(tmp_path, persons):
    folder = support.copy("shopify_customers", tmp_path, "old")
    path = folder / FILE
    rows = support.without(support.rows_of(path), GONE)
    support.write(path, [[OLD.get(cell, cell) for cell in rows[0]], *rows[1:]])
    shop = read_folder(folder)
    columns = ["consent", "tags", "country", "stated_orders", "stated_spent", "first_seen"]
    old, new = shop.customers[columns], persons.reset_index()[columns]
    order = ["stated_spent"]
    pd.testing.assert_frame_equal(*(one.sort_values(order, ignore_index=True) for one in (old, new)))


def test_customers_alone(tmp_path):
    folder = support.copy("shopify_customers", tmp_path)
    (folder / "orders.csv").unlink()
    shop = read_folder(folder)
    assert len(shop.customers) == 4 and shop.customers["first_seen"].isna().all() and not shop.has("orders")


def test_the_person_is_found_again(tmp_path):
    folder = support.copy("shopify_customers", tmp_path)
    shop = read_folder(folder)
    key = shop.customers.loc[shop.customers["tags"] == "wholesale", "customer_key"].iloc[0]
    assert who(key, folder)["identifier"].tolist() == ["dora@example.org"]


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("shopify_customers", tmp_path)


@support.each_required("shopify_customers")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("shopify_customers", FILE, "shopify_customers", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    money = ["Total Spent", "Subtotal", "Total", "Lineitem price", "Refunded Amount"]
    support.assert_reads_abroad("shopify_customers", tmp_path, money=money, dates=["Created at"])


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, [
        "@example.org", "Ana", "Ben", "Ott", "Ruiz", "Dora", "Testa", "1112223", "600111222", "111222", "Golden Road",
        "7001", "10115", "1990-05-02", "scarf",
    ])  # fmt: skip
