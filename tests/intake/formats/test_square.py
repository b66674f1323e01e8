"""Square: transactions and item detail of one till. The totals stand in golden/square/README.md."""

from importlib.resources import files
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import yaml

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.zones import _zone
from tests.intake.formats import support

TRANSACTIONS, ITEMS = "transactions.csv", "items.csv"
MONEY = ["Gross Sales", "Discounts", "Service Charges", "Net Sales", "Tax", "Partial Refunds", "Total Collected", "Qty"]
OLDEST = [
    "Date", "Time", "Time Zone", "Gross Sales", "Discounts", "Net Sales", "Gift Card Sales", "Tax", "Tip",
    "Partial Refunds", "Total Collected", "Source", "Card", "Card Entry Methods", "Cash", "Square Gift Card",
    "Other Tender", "Other Tender Type", "Tender Note", "Fees", "Net Total", "Transaction ID", "Payment ID",
    "Card Brand", "PAN Suffix", "Device Name", "Staff Name", "Staff ID", "Details", "Description", "Event Type",
    "Location", "Dining Option", "Customer ID", "Customer Name", "Customer Reference ID", "Device Nickname",
]  # fmt: skip
DEPOSITS = [
    "Deposit ID", "Deposit Date", "Deposit Details", "Fee Percentage Rate", "Fee Fixed Rate", "Refund Reason",
    "Discount Name",
]  # fmt: skip
NAMELESS = [
    *OLDEST[:5], "Service Charges", *OLDEST[5:31], "Deposit ID", "Location", "Dining Option", *DEPOSITS[3:],
    "Transaction Status", "Cash App",
]  # fmt: skip
GENERATIONS = {37: OLDEST, 44: [*OLDEST, *DEPOSITS], 41: NAMELESS}
FIRST_ITEMS = [
    "Date", "Time", "Time Zone", "Category", "Item", "Qty", "Price Point Name", "SKU", "Modifiers Applied",
    "Gross Sales", "Discounts", "Net Sales", "Tax", "Transaction ID", "Payment ID", "Device Name", "Notes", "Details",
    "Event Type", "Location", "Dining Option",
]  # fmt: skip
LATER_ITEMS = [
    "Customer ID", "Customer Name", "Customer Reference ID", "Unit", "Count", "Itemization Type", "Fulfillment Note",
    "Channel", "Token", "Card Brand", "PAN Suffix", "GTIN",
]  # fmt: skip
WRITTEN = {"Tender Note": "Other Tender Note"}


@pytest.fixture
def shop(tmp_path):
    return support.read("square", tmp_path)


def only(file, place):
    folder = support.copy("square", place)
    for other in {TRANSACTIONS, ITEMS} - {file}:
        (folder / other).unlink()
    return folder


def generation(path, columns):
    """Write a file anew with the columns of another generation, and their older names."""
    rows = support.rows_of(path)
    places = [rows[0].index(name) for name in columns]
    support.write(path, [[WRITTEN.get(row[place], row[place]) for place in places] for row in rows])


def test_totals(shop):
    orders = shop.orders.set_index("order_id")
    assert len(orders) == 10 and orders["status"].value_counts().to_dict() == {"sale": 8, "refund": 2}
    assert orders["total"].sum() == pytest.approx(1457.46)
    assert orders["refunds"].sum() == pytest.approx(17.80)
    assert orders["net"].sum() == pytest.approx(1439.66)
    assert orders.loc["TX1", "total"] == pytest.approx(1339.20), "a comma in $1,240.00; the tip is not the shop's"
    assert orders.loc["TX2", ["gross", "discount", "total"]].tolist() == pytest.approx([12, 3, 9.72])
    assert orders.loc["TX3", "total"] == 0, "a gift card that is sold is no sale of goods yet"
    assert orders.loc["TX4", "total"] == pytest.approx(34.02), "with the service charge, without the tip"
    assert orders.loc["TX6", ["total", "refunds", "net"]].tolist() == pytest.approx([8.64, 2, 6.64])
    assert "TX7" not in orders.index and set(orders["currency"]) == {"USD"}


def test_total_collected_says_the_same(tmp_path):
    folder = only(TRANSACTIONS, tmp_path)
    raw = pd.read_csv(folder / TRANSACTIONS)
    raw = raw[raw["Transaction Status"] == "Complete"]
    columns = raw[["Total Collected", "Tip", "Gift Card Sales"]].replace(r"[$,]", "", regex=True).astype(float)
    collected = columns["Total Collected"] - columns["Tip"] - columns["Gift Card Sales"]
    assert read_folder(folder).orders["net"].sum() == pytest.approx(collected.sum()) == pytest.approx(1418.06)


def test_a_refund_is_booked_on_its_own_day(shop):
    orders = shop.orders.set_index("order_id")
    sale, back = orders.loc["TX4"], orders.loc["TX4 refund 2026-03-10T18:00:00"]
    assert sale["refunds"] == 0 and sale["status"] == "sale"
    assert back[["total", "refunds", "net", "status"]].tolist() == [0, 10.8, -10.8, "refund"]
    assert back["at"] == pd.Timestamp("2026-03-10 14:00", tz="America/New_York")
    assert back["customer_key"] == sale["customer_key"]
    partial = orders.loc["TX5 refund 2026-03-12T13:15:00"]
    assert partial[["total", "refunds", "net"]].tolist() == [0, 5, -5]


def test_times_are_in_the_zone_of_their_row(shop):
    at = shop.orders.set_index("order_id")["at"]
    assert at["TX1"] == pd.Timestamp("2026-03-02 14:05:10", tz="UTC")
    assert at["TX8"] == pd.Timestamp("2026-03-17 17:00", tz="UTC"), "Central Time, in summer"


def test_persons(shop):
    orders = shop.orders.set_index("order_id")
    assert orders["customer_key"].nunique() == 3 and len(shop.customers) == 3
    assert orders.loc[["TX2", "TX6"], "customer_key"].isna().all(), "the end of a card number is nobody"
    assert orders.loc["TX0", "customer_key"] == orders.loc["TX1", "customer_key"]


def test_items_are_the_lines_of_the_transactions(shop):
    lines, orders = shop.order_lines, shop.orders.set_index("order_id")
    assert len(lines) == 10 and set(lines["order_id"]) <= set(orders.index)
    assert set(lines["file"]) == {ITEMS} and lines["category"].notna().all()
    latte = lines[(lines["name"] == "Latte") & (lines["order_id"] == "TX2")].iloc[0]
    assert latte[["qty", "price", "sku"]].tolist() == [3, 4, "LAT"]
    assert lines.loc[lines["name"] == "Beans, by weight", "price"].tolist() == [10]
    assert orders["n_items"].dropna().to_dict() == {
        "TX0": 2, "TX1": 2, "TX2": 3, "TX4": 1, "TX5": 2.5, "TX6": 2, "TX8": 1, "TX4 refund 2026-03-10T18:00:00": -1,
    }  # fmt: skip
    assert (lines["qty"] * lines["price"]).sum() == pytest.approx(
        orders.loc[orders.index.isin(lines["order_id"]), "gross"].sum()
    )


def test_the_log_accounts_for_lines(shop):
    support.assert_accounted(shop)
    assert support.dropped(shop, ITEMS) == {"detail": 1}
    assert support.dropped(shop, TRANSACTIONS) == {"cancelled": 1}


def test_the_order_of_files_makes_no_difference(tmp_path):
    folder = support.copy("square", tmp_path)
    before = read_folder(folder).orders
    (folder / ITEMS).rename(folder / "z.csv")
    (folder / TRANSACTIONS).rename(folder / "a.csv")
    after = read_folder(folder).orders
    pd.testing.assert_frame_equal(before.drop(columns="file"), after.drop(columns="file"))


def test_two_downloads_of_both_kinds_count_once(shop, tmp_path):
    folder = support.copy("square", tmp_path, "twice")
    for name in (ITEMS, TRANSACTIONS):
        rows = support.rows_of(folder / name)
        support.write(folder / f"older {name}", rows[:1] + rows[5:])
    twice = read_folder(folder)
    assert twice.orders["net"].sum() == pytest.approx(shop.orders["net"].sum())
    assert len(twice.order_lines) == len(shop.order_lines)
    support.assert_accounted(twice)


def test_items_alone_make_the_orders(tmp_path):
    shop = read_folder(only(ITEMS, tmp_path))
    orders = shop.orders.set_index("order_id")
    assert orders["total"].sum() == pytest.approx(1562.76) and orders["net"].sum() == pytest.approx(1551.96)
    assert orders["status"].value_counts().to_dict() == {"sale": 8, "refund": 1}
    assert orders.loc["TX1", ["total", "n_items"]].tolist() == [1339.2, 2]
    assert orders.loc["TX2", ["gross", "discount", "tax"]].tolist() == [12, 3, 0.72]
    assert len(shop.order_lines) == 11 and orders["customer_key"].nunique() == 3
    assert shop.log.loc[shop.log["outcome"] == "kept", "rows"].tolist() == [11]


@pytest.mark.parametrize("columns", GENERATIONS.values(), ids=[f"{count} columns" for count in GENERATIONS])
def test_every_generation_of_transactions(columns, tmp_path):
    assert len(columns) in GENERATIONS
    folder = only(TRANSACTIONS, tmp_path)
    before = read_folder(folder).orders
    generation(folder / TRANSACTIONS, columns)
    after = read_folder(folder).orders
    if "Transaction Status" not in columns:
        after = after[after["order_id"] != "TX7"].reset_index(drop=True)
    differing = [] if "Customer ID" in columns else ["customer_key"]
    pd.testing.assert_frame_equal(before.drop(columns=differing), after.drop(columns=differing))


@pytest.mark.parametrize("columns", [FIRST_ITEMS, [*FIRST_ITEMS, *LATER_ITEMS]], ids=["21 columns", "33 columns"])
def test_every_generation_of_items(columns, tmp_path):
    assert len(columns) in (21, 33)
    folder = only(ITEMS, tmp_path)
    before = read_folder(folder)
    generation(folder / ITEMS, columns)
    after = read_folder(folder)
    differing = [] if "Customer ID" in columns else ["customer_key", "channel"]
    pd.testing.assert_frame_equal(before.orders.drop(columns=differing), after.orders.drop(columns=differing))
    pd.testing.assert_frame_equal(before.order_lines, after.order_lines)


def test_clock_times_and_month_first(put):
    head = ",".join(OLDEST[:31])
    row = "{day},2:30:00 PM,Pacific Time (US & Canada),$5.00,$0.00,$5.00,$0.00,$0.40,$0.00,$0.00,$5.40,,,,,,,,,,,{id}"
    rows = [row.format(day=day, id=id) + ",,,,,,,,,Payment" for day, id in (("9/5/2026", "A"), ("10/31/2026", "B"))]
    shop = read_folder(put({"square.csv": "\n".join([head, *rows])}))
    assert shop.orders["at"].dt.strftime("%m-%dT%H:%M").tolist() == ["09-05T21:30", "10-31T21:30"]
    assert shop.settings.timezone == "America/Los_Angeles", "all rows name it, and nothing else says another"


def test_an_unknown_zone_is_read_as_that_of_the_shop_with_a_caution(tmp_path):
    folder = only(TRANSACTIONS, tmp_path)
    (folder / "shop.yml").write_text("name: x\ntimezone: Europe/Berlin\n")
    path = folder / TRANSACTIONS
    path.write_text(path.read_text().replace("Central Time (US & Canada)", "Middle Earth Time"))
    shop = read_folder(folder)
    assert shop.orders.set_index("order_id")["at"]["TX8"] == pd.Timestamp("2026-03-17 12:00", tz="Europe/Berlin")
    said = "transactions.csv: not known as time zones, so read as Europe/Berlin: Middle Earth Time."
    assert any(caution.startswith(said) for caution in shop.cautions)


def test_a_workbook_says_the_same(tmp_path):
    folder = only(TRANSACTIONS, tmp_path)
    before = read_folder(folder).orders
    frame = pd.read_csv(folder / TRANSACTIONS, dtype=str)
    frame["Date"] = pd.to_datetime(frame["Date"])
    frame["Time"] = pd.to_datetime(frame["Time"], format="%H:%M:%S").dt.time
    frame.to_excel(folder / "transactions.xlsx", index=False)
    (folder / TRANSACTIONS).unlink()
    after = read_folder(folder).orders
    pd.testing.assert_frame_equal(before.drop(columns="file"), after.drop(columns="file"))


def test_the_same_sale_twice_with_another_amount_is_a_fault(tmp_path):
    folder = only(TRANSACTIONS, tmp_path)
    path = folder / TRANSACTIONS
    rows = support.rows_of(path)
    place = rows[0].index("Net Sales")
    support.write(path, [*rows, [cell if at != place else "$7.00" for at, cell in enumerate(rows[-1])]])
    with pytest.raises(DataProblem, match="the same order number as an earlier row"):
        read_folder(folder)
    support.write(path, [*rows, rows[-1]])
    assert support.dropped(read_folder(folder)) == {"cancelled": 1, "duplicate": 1}


def test_a_fault_in_one_product_spoils_its_sale_only(tmp_path):
    folder = only(ITEMS, tmp_path)
    path = folder / ITEMS
    path.write_text(path.read_text().replace("$40.00,$0.00,$40.00", "$40.00,$0.00,forty", 1))
    with pytest.raises(DataProblem, match="column 'Net Sales': not a number"):
        read_folder(folder)
    shop = read_folder(folder, faulty="drop")
    assert "TX1" not in set(shop.orders["order_id"]) | set(shop.order_lines["order_id"])
    assert support.dropped(shop) == {"faulty": 2} and len(shop.orders) == 8


def test_another_system_may_use_the_same_numbers(tmp_path):
    folder = support.copy("square", tmp_path)
    (folder / "sheet.csv").write_text("order,date,customer,amount\nTX1,2026-01-01,7,5.00\n")
    shop = read_folder(folder)
    assert {"TX1", "square:TX1", "TX2"} <= set(shop.orders["order_id"])
    assert shop.order_lines["order_id"].value_counts()["square:TX1"] == 2
    assert "TX1" not in set(shop.order_lines["order_id"])


def test_every_named_zone_is_known():
    text = (files("crqkit.intake") / "zones.yml").read_text(encoding="utf-8")
    named = yaml.safe_load(text)
    assert len(named) == 150 and {_zone(name) for name in named} == set(named.values())
    for zone in named.values():
        ZoneInfo(zone)
    assert _zone("Sydney") == "Australia/Sydney" and _zone("America/New_York") == "America/New_York"
    assert _zone("Middle Earth") is None and _zone("a/b") is None


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("square", tmp_path)


@support.each_required("square_transactions")
def test_a_missing_column_of_transactions_is_named(headers, tmp_path):
    support.assert_names_missing("square", TRANSACTIONS, "square_transactions", headers, tmp_path)


@support.each_required("square_items")
def test_a_missing_column_of_items_is_named(headers, tmp_path):
    support.assert_names_missing("square", ITEMS, "square_items", headers, tmp_path)


@pytest.mark.parametrize("day_first", ["%d/%m/%Y", "%d.%m.%Y"])
def test_a_foreign_spreadsheet(day_first, tmp_path):
    support.assert_reads_abroad("square", tmp_path, money=MONEY, dates=["Date"], day_first=day_first)


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, [
        "CUSTANA01", "CUSTBEN02", "CUSTCAR03", "Ana Li", "Ben Ott", "Carla", "Dora", "Testa", "Linh",
        "2175550123", "555 0123", "example.com", "4242", "0007", "squareup",
    ])  # fmt: skip
