"""Files small enough to be worked by hand: the totals stand in golden/README.md."""

import pandas as pd
import pytest

from crqkit.intake import log_sentences, read_folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    import shutil
    from pathlib import Path

    place = tmp_path_factory.mktemp("golden") / "shop"
    shutil.copytree(Path(__file__).parent / "golden" / "shop", place)
    return read_folder(place)


def test_money(shop):
    orders = shop.orders.set_index("order_id")
    assert list(orders.index) == ["#1001", "#1002", "#1003", "#1007", "#1008", "#1009", "#1010"]
    assert orders["total"].sum() == pytest.approx(235.40)
    assert orders["refunds"].sum() == pytest.approx(75)
    assert orders["net"].sum() == pytest.approx(160.40)
    assert orders["status"].value_counts().to_dict() == {"sale": 6, "refund": 1}
    assert orders.loc["#1007", ["net", "status"]].tolist() == [0, "refund"]
    assert orders.loc["#1002", ["gross", "discount"]].tolist() == [55, 5]
    assert orders["n_items"].to_dict() == {
        "#1001": 3,
        "#1002": 5,
        "#1003": 1,
        "#1007": 2,
        "#1008": 1,
        "#1009": 1,
        "#1010": 1,
    }


def test_times_and_traces(shop):
    orders = shop.orders.set_index("order_id")
    assert orders.loc["#1001", "at"] == pd.Timestamp("2025-12-31 23:12", tz="UTC")
    assert orders.loc["#1008", ["file", "row"]].tolist() == ["orders_newer.csv", 6]
    assert orders.loc["#1001", "row"] == 11, "a line break within a note does not move the rows"


def test_persons(shop):
    orders = shop.orders.set_index("order_id")
    assert orders["customer_key"].nunique() == 4
    assert pd.isna(orders.loc["#1003", "customer_key"])
    assert orders.loc["#1001", "customer_key"] == orders.loc["#1007", "customer_key"]
    consent = shop.customers.set_index("customer_key")["consent"]
    assert consent[orders["customer_key"]["#1010"]] and not consent[orders["customer_key"]["#1008"]]
    answering = set(shop.answers["customer_key"].dropna())
    assert answering == {orders["customer_key"]["#1001"], orders["customer_key"]["#1002"]}


def test_lines(shop):
    lines = shop.order_lines
    assert len(lines) == 8
    assert (lines["qty"] * lines["price"])[lines["order_id"] == "#1001"].sum() == 20
    assert 'Socks, "warm"' in set(lines["name"])


def test_log(shop):
    rows = {(line.file, line.outcome, line.reason): line.rows for line in shop.log.itertuples()}
    older = {"read": 11, "kept": 5}
    assert {outcome: rows["orders_older.csv", outcome, ""] for outcome in older} == older
    dropped = {
        reason: count for (file, outcome, reason), count in rows.items() if file == "orders_older.csv" and reason
    }
    assert dropped == {"cancelled": 3, "test": 1, "overlap": 2}
    newer = {reason: count for (file, outcome, reason), count in rows.items() if file == "orders_newer.csv" and reason}
    assert newer == {"test": 1, "cancelled": 1}
    sentences = list(log_sentences(shop.log))
    assert "orders_older.csv: 2 rows left out: the same stands in another file (orders_newer.csv)." in sentences


def test_answers(shop):
    answers = shop.answers
    assert len(answers) == 4
    assert answers["keeps_word"].tolist()[:3] == [5, 4, 4]
    assert answers["recommend"].tolist() == [9, 10, 10, 0]
    assert shop.form["how_do_you_usually_buy_from"].kind == "choice"
    assert any("pets" in caution for caution in shop.cautions) and "Your name" not in " ".join(
        item.text for item in shop.form.items
    )


def test_reviews(shop):
    assert shop.reviews["stars"].tolist() == [5, 2, 4]
    assert shop.reviews["text"].tolist()[2] == "Schön"
    assert shop.reviews["row"].tolist() == [1, 3, 4]


def test_mapped_says_what_each_column_becomes(shop):
    mapped = shop.mapped.set_index(["file", "column"])["becomes"]
    assert mapped["orders_older.csv", "Total"] == "total"
    assert mapped["orders_older.csv", "Notes"] == "left out"
    assert mapped["How are we doing (Responses).csv", "They do what they promise."] == "keeps_word"


def test_settings(shop):
    assert (shop.settings.name, shop.settings.timezone, str(shop.settings.opened)) == (
        "Golden Goods",
        "Europe/Berlin",
        "2025-12-01",
    )


def test_a_foreign_sheet(golden):
    shop = read_folder(golden("foreign"))
    orders = shop.orders
    assert orders["total"].sum() == pytest.approx(1259.75) and orders["net"].sum() == pytest.approx(1247.75)
    assert orders["status"].tolist() == ["sale", "sale", "refund", "sale"]
    assert orders["at"].dt.tz_convert("Europe/Berlin").dt.strftime("%d.%m.").tolist() == [
        "31.01.",
        "01.02.",
        "02.02.",
        "03.02.",
    ]
    assert set(orders["currency"]) == {"EUR"} and shop.settings.name == "foreign"
