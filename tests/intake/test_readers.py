"""Encodings, separators, header rows, workbooks: the same sheet in every dress reads the same."""

import io
from datetime import date, datetime

import pytest

from crqkit.intake import read_folder

ROWS = [
    ["date", "customer", "amount"],
    ["2026-01-05", "Käthe 7", "12.50"],
    ["2026-01-06", "8", "3.00"],
    ["2026-01-07", "", "-3.00"],
]


def text(separator=",", end="\n", rows=ROWS):
    return end.join(separator.join(row) for row in rows) + end


def workbook(rows, title="Sheet", before=()):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = title
    for row in before:
        book.active.append(row)
    page = book.create_sheet("Sales") if before else book.active
    for row in rows:
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


DRESSES = {
    "plain.csv": text().encode(),
    "mark.csv": text().encode("utf-8-sig"),
    "windows.csv": text(end="\r\n").encode("cp1252"),
    "old mac.csv": text(end="\r").encode(),
    "utf-16.csv": text().encode("utf-16"),
    "semicolons.csv": text(";").encode(),
    "commas.csv": text(";").replace(".", ",").encode(),
    "tabs.tsv": text("\t").encode(),
    "tabs.txt": text("\t").encode(),
    "pipes.csv": text("|").encode(),
    "quoted.csv": text('","').replace("\n", '"\n"').join(['"', ""])[:-1].encode(),
    "blank end.csv": (text() + "\n\n\n").encode(),
    "odd quote.csv": text().replace("Käthe 7", 'Käthe" 7').encode(),
    "capitals.csv": text().replace("date", " Date").replace("customer", "CUSTOMER ").encode(),
    "typed.xlsx": workbook(
        [ROWS[0], [date(2026, 1, 5), "Käthe 7", 12.5], [datetime(2026, 1, 6), 8, 3], ["2026-01-07", None, -3.0]]
    ),
    "second page.xlsx": workbook(ROWS, "Notes", before=[["some notes"]]),
}


@pytest.mark.parametrize("name", DRESSES)
def test_every_dress_reads_the_same(name, put):
    orders = read_folder(put({name: DRESSES[name]})).orders
    assert orders["net"].tolist() == [12.5, 3, -3]
    assert orders["at"].dt.strftime("%m-%d").tolist() == ["01-05", "01-06", "01-07"]
    assert orders["row"].tolist() == [2, 3, 4]
    assert orders["customer_key"].isna().tolist() == [False, False, True]


def test_persons_are_the_same_in_every_dress(put):
    folder = put({"a.csv": DRESSES["plain.csv"]})
    first = read_folder(folder).orders["customer_key"].tolist()
    (folder / "a.csv").unlink()
    again = read_folder(put({"b.xlsx": DRESSES["typed.xlsx"]})).orders["customer_key"].tolist()
    assert first[:2] == again[:2]


def test_a_title_above_the_header(put):
    folder = put({"a.csv": "Sales of our shop\n\n" + text()})
    orders = read_folder(folder).orders
    assert orders["net"].tolist() == [12.5, 3, -3] and orders["row"].tolist() == [4, 5, 6]


def test_empty_rows_count_as_rows(put):
    shop = read_folder(put({"a.csv": text().replace("\n2026-01-06", "\n,,\n\n2026-01-06")}))
    assert shop.orders["row"].tolist() == [2, 5, 6]
    assert shop.log.set_index(["outcome", "reason"])["rows"]["dropped", "empty"] == 2


def test_careful_and_quick_reading_agree(put, shopify, order):
    rows = [order(f"#{number}", total=f"{number}.50") for number in range(1, 60)]
    quick = read_folder(put({"a.csv": shopify(*rows)}, "quick")).orders
    # One quote mark within a cell, and the quick way is not taken.
    careful = read_folder(put({"a.csv": shopify(*rows).replace("Mug", 'Mug 5"', 1)}, "careful")).orders
    assert quick.drop(columns="customer_key").equals(careful.drop(columns="customer_key"))


def test_what_is_not_read_is_said(put):
    folder = put(
        {
            "a.csv": text(),
            "photo.png": b"\x89PNG",
            "letter.txt": "Dear Ana,\nthank you.\n",
            "README.txt": "x",
            ".hidden.csv": "x",
            "~$a.xlsx": "x",
            "brand.yml": "colour: red",
            "READ ME FIRST.txt": "Put your exports here.\n",
            "form to print.html": "<html></html>",
        }
    )
    (folder / "another shop" / "crqkit-private").mkdir(parents=True)
    log = read_folder(folder).log
    left = log[log["outcome"] == "not read"].set_index("file")["reason"].to_dict()
    assert left == {"photo.png": "kind", "letter.txt": "text", "README.txt": "kind", "another shop": "folder"}


def test_times_without_a_zone_are_said(put):
    folder = put({"a.csv": text().replace("2026-01-05", "2026-01-05 10:00")})
    assert "read as UTC" in read_folder(folder).cautions[0]
    (folder / "shop.yml").write_text("timezone: Asia/Dhaka\n")
    shop = read_folder(folder)
    assert shop.cautions == () and str(shop.orders["at"][0]) == "2026-01-05 04:00:00+00:00"


def test_an_export_saved_anew_by_a_spreadsheet_of_decimal_commas(put, shopify, order):
    text = shopify(order("#1", total="1240.50"), order("#2", total="3.00")).replace(",", ";").replace(".", ",")
    orders = read_folder(put({"a.csv": text.replace("example,org", "example.org").encode("cp1252")})).orders
    assert orders["total"].tolist() == [1240.5, 3] and orders["customer_key"].nunique() == 1


def test_shop_yml_speaks_only_where_the_cells_do_not(put):
    files = {
        "a.csv": text().replace("2026-01-05", "31/01/2026"),
        "b.csv": text(rows=[ROWS[0], ["01/02/2026", "9", '"1,234"']]),
    }
    folder = put(files | {"shop.yml": "date_order: month-first\ndecimal: '.'\n"})
    orders = read_folder(folder).orders.set_index("net")
    assert orders["at"].dt.strftime("%m-%d")[[12.5, 1234]].tolist() == ["01-31", "01-02"]


def test_other_pages_of_a_workbook_are_named(put):
    log = read_folder(put({"second page.xlsx": DRESSES["second page.xlsx"]})).log
    assert log[log["outcome"] == "not read"][["file", "reason"]].values.tolist() == [
        ["second page.xlsx, Notes", "page"]
    ]
