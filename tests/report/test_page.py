import csv
import json
import re
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.report import Brand, build
from crqkit.report import page as write_page
from crqkit.report.compose import SECTIONS
from crqkit.report.html import render
from crqkit.report.section import origins

from .conftest import EXPORTS


def sentences(page):
    return [sentence for section in page.sections for sentence in section.sentences]


def cannot(page):
    return {sentence.id for sentence in page.cannot}


def everything_written(*folders):
    """Return the text of every file below, workbooks opened."""
    texts = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".xlsx":
                book = openpyxl.load_workbook(path)
                texts += [
                    str(cell.value)
                    for sheet in book
                    for row in sheet.iter_rows()
                    for cell in row
                    if cell.value is not None
                ]
            elif path.suffix == ".docx":
                with zipfile.ZipFile(path) as archive:
                    texts += [
                        archive.read(name).decode("utf-8", errors="ignore")
                        for name in archive.namelist()
                        if name.endswith((".xml", ".rels"))
                    ]
            elif path.is_file() and path.suffix in (".html", ".json", ".csv") and path.parent.name != "boutique":
                texts.append(path.read_text(encoding="utf-8"))
    return "\n".join(texts)


@pytest.mark.parametrize("which", ["shop", "orders_only", "survey_only", "reviews_only"])
def test_every_number_in_the_prose_stands_in_a_table_of_its_section(which, request):
    page = build(request.getfixturevalue(which))
    lost = [
        (s.id, name, value)
        for section in page.sections
        for s, name, value, origin in origins(section)
        if origin is None
    ]
    assert lost == []


@pytest.mark.parametrize("which", ["shop", "orders_only", "survey_only", "reviews_only"])
def test_every_sentence_is_a_message(which, request):
    page = build(request.getfixturevalue(which))
    said = [*sentences(page), *page.cannot, page.headline]
    said += [c for section in page.sections for c in (*section.cautions, *section.details)]
    assert [text for text in said if not getattr(text, "id", None)] == []


def test_the_boutique_is_told_as_its_truth_says(shop):
    page = build(shop)
    truth = json.loads((EXPORTS.parent / "truth.json").read_text(encoding="utf-8"))
    said = {sentence.id: sentence.params for sentence in sentences(page)}
    assert page.headline.id == "dimensions.lowest.below"
    assert page.headline.startswith("Communication")
    assert said["page.have.orders"]["net"][0] == pytest.approx(truth["orders"]["net_eur"], abs=0.005)
    assert [section.id for section in page.sections] == list(SECTIONS)


def test_without_a_survey_it_sees_visits_not_feelings_and_prints_the_form(orders_only):
    page = build(orders_only)
    assert page.headline == "We see visits, not feelings."
    assert "page.have.no_responses" in cannot(page)
    html = render(page, Brand())
    assert "They do what they promise." in html
    assert html.count("☐") >= 7 * 5 + 11


def test_with_a_survey_the_form_is_not_printed(shop):
    assert "☐" not in render(build(shop), Brand())


def test_a_survey_alone_says_nothing_of_visits(survey_only):
    page = build(survey_only)
    assert page.headline.id == "dimensions.lowest.below"
    assert "page.have.no_orders" in cannot(page)
    assert not {"stays", "week"} & {section.id for section in page.sections}


def test_reviews_alone_are_not_enough_for_a_headline(reviews_only):
    page = build(reviews_only)
    assert page.headline.id == "page.headline.nothing"
    assert any(sentence.id == "page.profile.stars" for sentence in sentences(page))


def test_too_few_answers_are_not_shown(survey_only):
    few = survey_only.responses["response_id"].unique()[:4]
    table = survey_only.responses[survey_only.responses["response_id"].isin(few)]
    page = build(replace(survey_only, tables={"responses": table}))
    assert "page.profile.few" in cannot(page)
    assert page.headline.id == "page.headline.nothing"


def test_unidentified_orders_give_no_list_and_no_returning_customers(orders_only):
    orders = orders_only.orders.assign(customer_key=pd.array([None] * len(orders_only.orders), dtype="string"))
    page = build(replace(orders_only, tables={"orders": orders}))
    assert {"page.stays.unidentified", "page.week.none"} <= cannot(page)


def test_only_the_main_currency_is_added_up(orders_only):
    orders = orders_only.orders.copy()
    orders.loc[:9, "currency"] = "CHF"
    page = build(replace(orders_only, tables={**orders_only.tables, "orders": orders}))
    (left_out,) = [s for s in sentences(page) if s.id == "page.have.currencies"]
    assert (left_out.params["currency"], left_out.params["others"]) == ("EUR", 10)


def test_as_of_leaves_out_what_came_later(shop):
    page = build(shop, as_of="2026-03-31")
    assert page.day.date().isoformat() <= "2026-03-31"
    assert page.shop.orders["at"].max() < pd.Timestamp("2026-04-01", tz="Europe/Berlin")


@pytest.mark.parametrize("as_of", ["31.31.2026", "soon", "1999-01-01"])
def test_a_senseless_day_is_refused(shop, as_of):
    with pytest.raises(DataProblem):
        build(shop, as_of=as_of)


def test_the_page_is_whole_in_itself(written):
    html = (written / "page.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert re.findall(r"""(?:src|href)=["'](?!data:)[^"']*""", html) == []
    assert re.findall(r"https?://(?!www\.w3\.org)", html) == []
    assert all(alt and re.search(r"\d", alt) for alt in re.findall(r'<img src="data:image/svg[^>]*alt="([^"]*)"', html))


def test_the_same_folder_gives_the_same_page(shop, written, tmp_path):
    write_page(shop, tmp_path)
    for name in ("page.html", "page.xlsx", "page.docx"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def identifiers():
    """Return what names a person in the raw exports."""
    found = set()
    for path in EXPORTS.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                names = [row.get(column) for column in ("Email", "Email Address", "Billing Name", "Shipping Name")]
                phones = [row.get(column) for column in ("Billing Phone", "Shipping Phone", "Billing Street")]
                notes = re.findall(r"\d+\.\d+\.\d+\.\d+", row.get("Note Attributes") or "")
                found |= {text.strip() for text in (*names, *phones, *notes) if text and text.strip()}
    reviews = json.loads((EXPORTS / "reviews.json").read_text(encoding="utf-8"))["reviews"]
    return found | {review["reviewer"]["displayName"] for review in reviews if review}


def test_nothing_written_names_a_person(shop, written):
    text = everything_written(written, shop.folder / "crqkit-private").casefold()
    names = identifiers()
    assert len(names) > 1000
    assert [name for name in names if name.casefold() in text] == []
    assert "@" not in text.replace("@page", "").replace("@media", "")


def test_strings_from_files_are_escaped(shop):
    evil = '<script>alert(1)</script>"&'
    page = build(replace(shop, settings=replace(shop.settings, name=evil)))
    html = render(page, Brand(name=evil))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_workbook_runs_no_formula(written, shop, tmp_path):
    book = openpyxl.load_workbook(written / "page.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    log = shop.log.replace({"reviews.json": '=HYPERLINK("x")'})
    write_page(replace(shop, log=log), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "page.xlsx")["have.files"]
    assert '\'=HYPERLINK("x")' in {row[0].value for row in sheet.iter_rows(min_row=2)}


def test_when_the_page_cannot_be_written_nothing_is(shop, tmp_path):
    (tmp_path / "page.xlsx").mkdir()
    before = sorted((shop.folder / "crqkit-private").rglob("*"))
    with pytest.raises(DataProblem, match="cannot be written"):
        write_page(shop, tmp_path, as_of="2026-02-01")
    assert [path.name for path in tmp_path.iterdir()] == ["page.xlsx"]
    assert sorted((shop.folder / "crqkit-private").rglob("*")) == before
