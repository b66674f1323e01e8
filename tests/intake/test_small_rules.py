"""Rules that a slip would turn without any total showing it."""

import pandas as pd
import pytest

from crqkit.intake import read_folder
from crqkit.intake.assembled import _latest_word

EARLY, LATE = pd.Timestamp("2026-05-01", tz="UTC"), pd.Timestamp("2026-06-01", tz="UTC")
WOO = "Date,Order #,N. Revenue (formatted),Status,Customer,Product(s),Net Sales\n"


def test_an_order_called_refunded_keeps_the_amount_that_it_names(put, shopify, order):
    fee = order("#1", status="refunded", **{"Refunded Amount": "9.00"})
    silent = order("#2", status="refunded", **{"Refunded Amount": "0.00"})
    orders = read_folder(put({"a.csv": shopify(fee, silent)})).orders.set_index("order_id")
    assert orders["refunds"].to_dict() == {"#1": 9, "#2": 10} and orders["net"].to_dict() == {"#1": 1, "#2": 0}
    assert orders["status"].to_dict() == {"#1": "sale", "#2": "refund"}


def test_less_than_half_a_cent_left_is_nothing_left(put, shopify, order):
    rows = [order("#1", **{"Refunded Amount": "9.998"}), order("#2", **{"Refunded Amount": "9.99"})]
    orders = read_folder(put({"a.csv": shopify(*rows)})).orders.set_index("order_id")
    assert orders["status"].to_dict() == {"#1": "refund", "#2": "sale"}


def test_more_left_than_charged_is_no_refund_below_nothing(put):
    rows = '2026-05-01 10:00:00,1,"€10.00 €12.00",completed,Ana Li,1× Tea,10.00\n'
    orders = read_folder(put({"a.csv": WOO + rows})).orders
    assert orders[["total", "refunds", "net"]].values.tolist() == [[10, 0, 10]]


def test_a_contact_without_an_address_is_known_by_its_number(put):
    contacts = "Record ID,First Name,Last Name,Email,Create Date\n1,Ann,Bee,,2026-01-02 10:00\n"
    deals = (
        "Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Contact IDs\n"
        "11,Roof,Closed Won,2026-02-01 10:00,100.00,1\n"
    )
    shop = read_folder(put({"contacts.csv": contacts, "deals.csv": deals}))
    assert shop.customers["customer_key"].tolist() == shop.orders["customer_key"].tolist()
    assert shop.customers["first_seen"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-02"]
    alone = read_folder(put({"contacts.csv": contacts}, "alone"))
    assert alone.customers["customer_key"].tolist() == shop.customers["customer_key"].tolist() or len(alone.customers)


def test_an_address_as_the_number_of_a_case_leaves_as_a_key(put):
    head = "case:concept:name,concept:name,time:timestamp\n"
    rows = "ana@example.org,pay,2026-01-05 10:00:00+01:00\nA2,pay,2026-01-05 10:00:00+01:00\n"
    sheet = "date,customer,amount\n2026-05-01,ana@example.org,5\n"
    shop = read_folder(put({"log.csv": head + rows, "sales.csv": sheet}))
    assert set(shop.events["case_id"]) == {"A2", shop.orders["customer_key"][0]}
    assert "@" not in "".join(shop.events["case_id"])


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ([(EARLY, True), (EARLY, False)], False),
        ([(EARLY, True), (LATE, False)], False),
        ([(EARLY, False), (LATE, True)], True),
        ([(LATE, True), (None, False)], False),
        ([(EARLY, False), (None, True)], False),
        ([(None, True), (None, False)], False),
    ],
    ids=["one time", "later no", "later yes", "no without a date", "yes without a date", "both without"],
)
def test_the_latest_word_on_consent(words, ours):
    for said in (words, words[::-1]):
        frame = pd.DataFrame({
            "customer_key": "ana", "said_at": pd.to_datetime([at for at, _ in said], utc=True),
            "consent": pd.array([yes for _, yes in said], dtype="boolean"),
        })  # fmt: skip
        assert _latest_word(frame)["consent"].tolist() == [ours]


def test_products_named_for_somebody_keep_no_name_and_other_products_keep_theirs(put, shopify, order):
    from tests.intake.conftest import SHOPIFY

    names = ["Gift for Rose Green", "Gift for Rose", "Rose soap", "Green tea", "Cup of rose green"]
    rows = [order(f"#{place}", **{"Lineitem name": name}) + ",Rose Green" for place, name in enumerate(names)]
    text = "\n".join([SHOPIFY + ",Billing Name", *rows])
    lines = read_folder(put({"a.csv": text})).order_lines
    assert lines["name"].tolist() == [
        "Gift for [removed]", "Gift for [removed]", "Rose soap", "Green tea", "Cup of [removed]",
    ]  # fmt: skip
