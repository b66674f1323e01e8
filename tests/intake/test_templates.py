"""The sheets we ship: what an owner fills in comes back as it was meant, and every fault is named at once."""

import io
from datetime import datetime

import pandas as pd
import pytest
from openpyxl import load_workbook

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.cli import main
from crqkit.intake import read_folder, template_columns, template_workbook, templates
from crqkit.intake.records import ALLOWED, NEEDED
from crqkit.tables.schema import TABLES

NAMES = sorted(templates())
PERSONAL = ("kim@", "li@example", "Kim L")


def filled(name: str, rows: list[list] | None = None) -> bytes:
    """Return the sheet with rows typed in, the examples if none are given."""
    book = load_workbook(io.BytesIO(template_workbook(name)))
    for row in rows or book["example"].iter_rows(min_row=2, values_only=True):
        book[name].append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def typed(name: str, **cells) -> list:
    return [cells.get(column.replace(" ", "_")) for column in template_columns(name)["column"]]


def faults(folder) -> list[tuple]:
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    return [(fault.row, fault.column, fault.what) for fault in problem.value.faults]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_read_whole(name, put):
    shop = read_folder(put({"shop.yml": "currency: EUR\n", f"{name}.xlsx": filled(name)}))
    table, examples = templates()[name].table, templates()[name].template["examples"]
    kept = shop.log[shop.log["outcome"] == "kept"]
    assert kept["rows"].tolist() == [len(examples)] and not (shop.log["outcome"] == "not read").any()
    rows = shop.tables[table] if table != "responses" else shop.answers
    assert len(rows) == len(examples)
    text = "".join(one.to_csv() for one in shop.tables.values())
    assert not [identifier for identifier in PERSONAL if identifier in text]


@pytest.mark.parametrize("name", NAMES)
def test_each_column_is_explained_and_becomes_a_column_of_ours(name):
    format = templates()[name]
    read = {header for headers in (*format.columns.values(), format.names) for header in headers}
    about = template_columns(name)
    assert format.table == "responses" or set(about["column"]) <= read
    assert (about["meaning"].str.len() > 10).all() and (
        about["needed"].any() or about["meaning"].str.contains("Every row needs").any()
    )
    assert all(len(example) == len(about) for example in format.template["examples"])


def test_every_table_without_an_export_has_a_sheet():
    assert {format.table for format in templates().values()} >= set(NEEDED) - {"customers"}


def test_jobs_keep_what_was_promised_and_done(put):
    rows = [
        {"job": "J1", "promised": datetime(2026, 3, 2, 9), "done": datetime(2026, 3, 2, 9, 40), "quoted": 180},
        {"promised": datetime(2030, 3, 9), "quoted": 99},
    ]
    rows = [typed("jobs", customer="kim@example.org", charged=195.5, **row) for row in rows]
    shop = read_folder(put({"shop.yml": "timezone: Europe/Berlin\ncurrency: EUR\n", "jobs.xlsx": filled("jobs", rows)}))
    jobs = shop.jobs
    assert jobs["promised_at"].dt.tz_convert("Europe/Berlin").dt.strftime("%d.%m.%Y %H:%M").tolist() == [
        "02.03.2026 09:00", "09.03.2030 00:00",
    ]  # fmt: skip
    assert (jobs["done_at"] - jobs["promised_at"])[0] == pd.Timedelta(minutes=40) and pd.isna(jobs["done_at"][1])
    assert jobs["quoted"].tolist() == [180.0, 99.0] and jobs["charged"].tolist()[0] == 195.5
    assert jobs["job_id"].tolist()[0] == "J1" and jobs["job_id"][1] != "J1"
    assert jobs["customer_key"].nunique() == 1
    assert jobs["currency"].tolist() == ["EUR", "EUR"]


def test_all_faults_of_a_sheet_are_named_at_once(put):
    rows = [
        typed("bookings", booking="B1", booked="2026-04-01", date="2026-04-03", people=4, status="came"),
        typed("bookings", booking="B2", booked="yesterday", date="2026-04-03", people="four", status="late"),
        typed("bookings", booking="B3", booked="2026-04-01", people=-2, status="no show"),
        typed("bookings", booking="B1", booked="2026-04-01", date="2026-04-05", people=4, status="came"),
    ]
    assert faults(put({"bookings.xlsx": filled("bookings", rows)})) == [
        (3, "booked", "not a date"),
        (3, "people", "not a number"),
        (3, "status", "this word is not known here"),
        (4, "date", "nothing stands under 'date'"),
        (4, "people", "less than nothing"),
        (5, "booking", "the same number as an earlier row, with something else in it"),
    ]


def test_a_row_typed_twice_counts_once(put):
    row = typed("subscriptions", subscription="S1", customer="7", started="2025-01-15", plan="basic", price=19)
    shop = read_folder(put({"s.xlsx": filled("subscriptions", [row, row])}))
    assert len(shop.subscriptions) == 1
    assert shop.log.set_index("reason")["rows"]["duplicate"] == 1


def test_a_contract_cannot_end_before_it_starts(put):
    row = typed("subscriptions", customer="7", started="2025-03-01", ended="2025-02-01")
    assert faults(put({"s.xlsx": filled("subscriptions", [row])})) == [
        (2, "ended", "before the started of the same row")
    ]


def test_our_words_and_theirs(put):
    rows = [
        typed("spend", channel="flyer", date="2026-03-31", purpose=word, amount=10)
        for word in ("finding", "Loyalty", "")
    ]
    spend = read_folder(put({"spend.xlsx": filled("spend", rows)})).spend
    assert spend["purpose"].fillna("").tolist() == ["finding", "keeping", ""]
    assert spend["new_customers"].isna().all()


def test_a_costs_sheet_is_not_taken_for_sales(put):
    shop = read_folder(put({"shop.yml": "currency: EUR\n", "costs.xlsx": filled("costs")}))
    assert list(shop.tables) == ["costs"] and shop.costs["amount"].tolist() == [6.9, 35.0]


def test_a_sheet_that_is_not_filled_in_is_set_aside(put):
    orders = "date,customer,amount\n2026-01-01,7,5\n"
    shop = read_folder(put({"a.csv": orders, "jobs.xlsx": template_workbook("jobs")}))
    assert shop.log.set_index("file")["reason"]["jobs.xlsx"] == "blank"


def test_two_versions_of_a_sheet_count_each_row_once(put):
    first = typed("referrals", referrer="kim@example.org", customer="li@example.org", date="2026-03-02")
    second = typed("referrals", referrer="kim@example.org", date="2026-04-11")
    shop = read_folder(put({"a.xlsx": filled("referrals", [first]), "b.xlsx": filled("referrals", [first, second])}))
    assert len(shop.referrals) == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_is_the_same_each_time_and_guides_the_hand(name):
    assert template_workbook(name) == template_workbook(name)
    book = load_workbook(io.BytesIO(template_workbook(name)))
    assert book.sheetnames == [name, "example", "how to fill in"]
    page, format = book[name], templates()[name]
    assert all(cell.comment and cell.comment.text for cell in page[1])
    rules = {str(rule.sqref)[0]: rule for rule in page.data_validations.dataValidation}
    for place, header in enumerate(format.template["columns"]):
        ours = next((name for name, theirs in format.columns.items() if header in theirs), "")
        if (format.table, ours) in ALLOWED:
            assert rules[chr(65 + place)].formula1 == f'"{",".join(ALLOWED[format.table, ours])}"'
        if TABLES[format.table].columns.get(ours) == "float64":
            assert rules[chr(65 + place)].type == "decimal"


def test_an_unknown_sheet_is_named():
    with pytest.raises(ChoiceProblem, match="jobs"):
        template_workbook("job")


def test_the_command_writes_sheets_and_keeps_what_is_there(tmp_path, capsys):
    assert main(["template"]) == 0
    assert "jobs: " in capsys.readouterr().out
    assert main(["template", "jobs", "bookings", "-o", str(tmp_path)]) == 0
    (tmp_path / "jobs.xlsx").write_bytes(b"mine")
    assert main(["template", "all", "-o", str(tmp_path)]) == 0
    assert "was left as it is" in capsys.readouterr().out and (tmp_path / "jobs.xlsx").read_bytes() == b"mine"
    page = (tmp_path / "how to fill in the sheets.html").read_text(encoding="utf-8")
    for name in NAMES:
        assert (tmp_path / f"{name}.xlsx").exists() and all(
            f">{one}<" in page for one in template_columns(name)["column"]
        )
    assert main(["template", "nothing"]) == 2
