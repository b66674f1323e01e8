"""What leaves the folder calls no file by an address, a telephone number or the name of a customer."""

import io
import zipfile

import openpyxl
import pytest

from crqkit import read_folder
from crqkit.base import DataProblem
from crqkit.intake import who
from crqkit.intake.naming import shown_names
from crqkit.report import page

SALES = "date,customer,amount,name\n" + "".join(
    f"2026-01-0{day},p{day}@example.org,5.50,Eva Roth\n" for day in range(1, 8)
)
PRIVATE = ("anna.huber@example.com", "1234567", "Huber", "anna@example.org")


@pytest.fixture
def named(put):
    mapping = "table: orders\ncolumns: {at: date, customer_key: customer, total: amount}\nnames: [name]\n"
    folder = put(
        {
            "Anna Huber anna.huber@example.com (sales).csv": SALES.replace("Eva Roth", "Anna Huber"),
            "Anna Huber anna.huber@example.com (sales).map.yml": mapping,
            "sales +49 170 1234567.csv": SALES.replace("2026-01", "2026-02").replace(",p", " 10:15,p"),
            "sales 0170 1234567.csv": SALES.replace("2026-01", "2026-03"),
        }
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("Huber, Anna.csv", SALES.replace("2026-01", "2026-04"))
        archive.writestr("letter to anna@example.org.pdf", "")
    (folder / "from anna@example.org.zip").write_bytes(stream.getvalue())
    return folder


def test_names_of_files_leave_without_persons(named):
    shop = read_folder(named)
    said = [
        shop.log.to_csv(),
        shop.mapped.to_csv(),
        *shop.cautions,
        *(table.to_csv() for table in shop.tables.values()),
    ]
    assert not [one for one in PRIVATE if one in "\n".join(said)]
    kept = shop.log[shop.log["outcome"] == "kept"]
    assert kept["file"].nunique() == 4
    assert set(shop.orders["file"]) == set(kept["file"]) == set(shop.mapped["file"])
    assert "sales [removed].csv" in set(kept["file"])
    assert "[removed]" in " ".join(shop.cautions)


def test_page_document_and_workbook_call_no_file_by_a_person(named, tmp_path):
    made = page(read_folder(named), tmp_path / "page")
    book = openpyxl.load_workbook(made.with_suffix(".xlsx"))
    cells = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    with zipfile.ZipFile(made.with_suffix(".docx")) as paper:
        words = paper.read("word/document.xml").decode()
    for text in (made.read_text(), cells, words):
        assert "[removed]" in text
        assert not [one for one in PRIVATE if one in text]


def test_the_owner_is_told_the_real_name(named):
    key = read_folder(named).orders["customer_key"].iloc[0]
    assert who(key, named)["file"].tolist() == ["Anna Huber anna.huber@example.com (sales).csv"]
    (named / "sales +49 170 1234567.csv").write_text("date,customer,amount\n2026-01-01,a,much\n")
    with pytest.raises(DataProblem) as caught:
        read_folder(named)
    assert "sales +49 170 1234567.csv" in {fault.file for fault in caught.value.faults}


USUAL = [
    "orders_export_2026-10-01.csv",
    "20261001.csv",
    "report 20261001-20261031.csv",
    "items-2026-01-01-2026-12-31.csv",
    "audience_export_1a2b3c4d5e.zip/subscribed_email_audience_export_1a2b3c4d5e.csv",
    "older/30.06.2026.xlsx, Tabelle1",
    "Rose sales.csv",
]


@pytest.mark.parametrize("file", USUAL)
def test_what_exports_are_usually_called_stays(file):
    assert shown_names([file], ["Rose Miller"]) == {file: file}


def test_no_two_files_are_called_alike():
    shown = shown_names(["a@example.org.csv", "[removed].csv", "b@example.org.csv"])
    assert sorted(shown.values()) == ["[removed] (2).csv", "[removed] (3).csv", "[removed].csv"]
