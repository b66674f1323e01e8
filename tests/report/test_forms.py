"""Forms go out as files and come back as answers: the same value for every question, whichever way they took."""

import io
import re
from itertools import cycle

import numpy as np
import pandas as pd
import pytest

from crqkit import read_folder
from crqkit.base import ChoiceProblem, DataProblem, say
from crqkit.report.compose import build
from crqkit.report.forms import file_names, form_sheets, shop_code, status_of, write_form
from crqkit.tables.claims import check_codes, plain_code
from crqkit.tables.form import RATING, TEXT, known_languages, load_form
from tests.report.browser import chromium

FORMS = [("pocket", "en"), ("pocket", "de"), ("pocket", "es"), ("long", "en")]
PEOPLE = 6


@pytest.fixture(scope="module", params=FORMS, ids=[" ".join(form) for form in FORMS])
def exported(request, tmp_path_factory):
    """A form and the folder of its files."""
    id, language = request.param
    out = tmp_path_factory.mktemp("form")
    write_form(out, shop="BAK", form=id, language=language, sheets=PEOPLE, seed=11)
    return load_form(id, language), out


def open_file(exported, part):
    form, out = exported
    path = out / file_names(form)[part]
    return pd.read_csv(path, encoding="utf-8-sig") if path.suffix == ".csv" else pd.read_excel(path, dtype=object)


def told(form):
    """Answers of six people: every point of every scale somewhere, gaps, and texts."""
    generator = np.random.default_rng(3)
    answers = {}
    for place, item in enumerate(form.items):
        if item.kind == TEXT:
            answers[item.id] = [f"Note {n}: fine, but 'dear'; ok?" if n % 2 else np.nan for n in range(PEOPLE)]
            continue
        points = cycle(np.roll(np.arange(item.low, item.high + 1), -place))
        answers[item.id] = [float(next(points)) for _ in range(PEOPLE)]
        answers[item.id][int(generator.integers(PEOPLE))] = np.nan
    return pd.DataFrame(answers)


def came_back(folder, form):
    shop = read_folder(folder)
    wide = shop.answers.merge(
        shop.responses[["response_id", "claim_code"]].drop_duplicates(), on="response_id", how="left"
    )
    return shop, wide.sort_values("claim_code").reset_index(drop=True)


def codes_of(exported):
    return sorted(open_file(exported, "claims")["claim code"])


def assert_same(wide, given, form, codes):
    assert wide["claim_code"].tolist() == [plain_code(code) for code in codes]
    for item in form.items:
        expected = given[item.id].tolist()
        found = wide[item.id].astype(object).where(wide[item.id].notna(), np.nan).tolist()
        assert [str(x) for x in found] == [str(x) for x in expected], item.id


def fill_in_form_tool(exported, given, path, *, aside=True):
    """Write what Google Forms hands out when the lines of our table were set up in it."""
    form, _ = exported
    lines = open_file(exported, "questions")
    columns = {"Timestamp": [f"{n + 13}/05/2026 10:00:00" for n in range(PEOPLE)]}
    for line in lines.itertuples():
        if line.id == "claim_code":
            columns[line.text] = codes_of(exported)
            continue
        values = given[line.id]
        if line.type == "multiple choice":
            options = line.options.split(" | ")
            blank = options[-1] if aside else ""
            low = form[line.id].low
            columns[line.text] = [blank if pd.isna(v) else options[int(v - low)] for v in values]
        else:
            columns[line.text] = ["" if pd.isna(v) else f"{v:g}" if isinstance(v, float) else v for v in values]
    pd.DataFrame(columns).to_csv(path, index=False)


@pytest.mark.parametrize("aside", [True, False], ids=["does not apply", "left empty"])
def test_through_google_forms_and_back(exported, tmp_path, aside):
    form, _ = exported
    given = told(form)
    fill_in_form_tool(exported, given, tmp_path / "answers.csv", aside=aside)
    shop, wide = came_back(tmp_path, form)
    assert_same(wide, given, form, codes_of(exported))
    assert (shop.form.id, shop.form.language) == (form.id, form.language)
    assert {item.id for item in shop.form.items} == {item.id for item in form.items}
    assert not shop.cautions or not any("scale" in getattr(c, "id", "") for c in shop.cautions)


def test_through_the_sheet_to_type_in_and_back(exported, tmp_path):
    form, _ = exported
    given = told(form)
    sheet = open_file(exported, "typing")
    assert not len(sheet)
    rows = {"Timestamp": ["2026-05-31"] * PEOPLE, "claim code": codes_of(exported)}
    rows |= {item.text: [None if pd.isna(v) else v for v in given[item.id]] for item in form.items}
    # Filled in under the very headers of the file.
    pd.DataFrame(rows)[list(sheet)].to_excel(tmp_path / "typed.xlsx", index=False)
    _, wide = came_back(tmp_path, form)
    assert_same(wide, given, form, codes_of(exported))


def test_papers_of_one_day_that_say_the_same_all_count(exported, tmp_path):
    form, _ = exported
    given = pd.DataFrame({item.id: [item.low] * PEOPLE for item in form.of_kind(RATING)})
    rows = {"Timestamp": ["2026-05-31"] * PEOPLE, "claim code": codes_of(exported)}
    pd.DataFrame(rows | {form[id].text: values for id, values in given.items()}).to_csv(tmp_path / "t.csv", index=False)
    _, wide = came_back(tmp_path, form)
    assert len(wide) == PEOPLE


def test_slips_join_answers_only_where_the_box_is_ticked(exported, tmp_path):
    form, _ = exported
    fill_in_form_tool(exported, told(form), tmp_path / "answers.csv")
    slips = open_file(exported, "claims").sort_values("claim code").reset_index(drop=True)
    slips = slips.astype(object)
    slips.loc[0, ["customer", "date", "consent"]] = ["kim@example.org", "2026-05-31", "yes"]
    slips.loc[1, ["customer", "date", "consent"]] = ["lou@example.org", "2026-05-31", "no"]
    slips.loc[2, ["customer", "date"]] = ["max@example.org", "2026-05-31"]
    # What was typed is put into the sheet as written, the rest of it left as printed.
    slips.to_excel(tmp_path / "slips.xlsx", index=False)
    _, wide = came_back(tmp_path, form)
    assert wide["customer_key"].notna().tolist() == [True] + [False] * (PEOPLE - 1)


def test_the_codes_of_a_batch_hold(exported):
    check_codes(codes_of(exported), shop="BAK")
    html = (exported[1] / file_names(exported[0])["html"]).read_text(encoding="utf-8")
    for code in codes_of(exported):
        # Once on the sheet, once on its slip.
        assert html.count(f"<strong>{code}</strong>") == 2


def test_every_export_carries_the_status(exported):
    from docx import Document

    form, out = exported
    names = file_names(form)
    assert status_of(form) in (out / names["html"]).read_text(encoding="utf-8")
    assert form.language == "en" or form.status not in (out / names["html"]).read_text(encoding="utf-8")
    assert form.status in (out / names["readme"]).read_text(encoding="utf-8")
    assert "reliability unknown" in (out / names["readme"]).read_text(encoding="utf-8")
    for part in ("questions", "items"):
        assert (open_file(exported, part)["status"] == form.status).all()
    assert status_of(form) in Document(out / names["docx"]).sections[0].footer.paragraphs[0].text


def test_the_document_holds_every_question_with_its_points(exported):
    from docx import Document

    form, out = exported
    document = Document(out / file_names(form)["docx"])
    table = document.tables[0]
    grid = [item for item in form.items if form.labels_of(item)]
    assert [cell.text for cell in table.rows[0].cells][1:] == [*form.labels, form.not_applicable]
    assert [row.cells[0].text.partition(". ")[2] for row in table.rows[1:]] == [item.text for item in grid]
    assert all(cell.text == "☐" for row in table.rows[1:] for cell in row.cells[1:])
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for item in form.items:
        assert item in grid or item.text in text
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_the_same_seed_gives_the_same_files(exported, tmp_path):
    form, out = exported
    again = write_form(tmp_path, shop="BAK", form=form, sheets=PEOPLE, seed=11)
    for path in again:
        if path.suffix not in (".docx", ".xlsx"):
            assert path.read_bytes() == (out / path.name).read_bytes()
    assert sorted(open_file((form, tmp_path), "claims")["claim code"]) == codes_of(exported)


def test_codes_in_use_are_not_written_over(tmp_path):
    write_form(tmp_path, shop="BAK", sheets=1)
    with pytest.raises(DataProblem, match="codes may be in use"):
        write_form(tmp_path, shop="BAK", sheets=1)
    with pytest.raises(ChoiceProblem, match="language: fr"):
        write_form(tmp_path / "fr", shop="BAK", language="fr")
    assert not (tmp_path / "fr").exists()


def test_without_codes_there_is_room_to_write_one():
    html = form_sheets(load_form("pocket"))
    assert "______________" in html
    assert html.count("<main") == 1


def test_texts_of_a_form_are_escaped():
    from dataclasses import replace

    form = load_form("pocket")
    item = replace(form.items[0], text="<script>alert(1)</script>")
    html = form_sheets(replace(form, items=(item, *form.items[1:])), ["A"])
    assert "<script>" not in html


def test_the_back_translation_sheet_runs_no_formula(tmp_path):
    from dataclasses import replace

    from openpyxl import load_workbook

    form = load_form("pocket")
    item = replace(form.items[0], text="=1+1")
    write_form(tmp_path, shop="BAK", form=replace(form, items=(item, *form.items[1:])), sheets=1)
    book = load_workbook(io.BytesIO((tmp_path / "pocket back-translation.xlsx").read_bytes()))
    assert [cell.data_type for cell in book.active["C"]] == ["s"] * len(book.active["C"])


def test_the_id_of_a_shop_comes_from_its_name(tmp_path, monkeypatch):
    (tmp_path / "shop.yml").write_text("name: The Bakery\n", encoding="utf-8")
    assert shop_code(str(tmp_path)) == "BAK"
    assert shop_code("XYZ") == "XYZ"
    monkeypatch.chdir(tmp_path)
    assert shop_code() == "BAK"
    monkeypatch.chdir(tmp_path.parent)
    assert shop_code() == "SHP"


@pytest.mark.parametrize(("name", "code"), [("Corner Cafe", "CRN"), ("0", "SHP")])
@pytest.mark.parametrize("settings", [None, "currency: EUR\n"])
def test_a_folder_without_a_name_gives_its_own(tmp_path, name, code, settings):
    folder = tmp_path / name
    folder.mkdir()
    if settings:
        (folder / "shop.yml").write_text(settings, encoding="utf-8")
    assert shop_code(str(folder)) == code


def test_the_help_says_which_form_has_which_language():
    text = say("cli.option.language")
    assert (list(known_languages("pocket")), list(known_languages("long"))) == (["en", "de", "es"], ["en"])
    assert "pocket comes in en, de and es, long in en" in text


@pytest.mark.browser
def test_a_pocket_sheet_fits_one_page_and_a_long_one_two(exported, tmp_path):
    import base64

    form, out = exported
    with chromium() as tab:
        requests, logged, _ = tab.look(out / file_names(form)["html"], 800)
        pdf = base64.b64decode(tab.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
    assert len(requests) == 1 and not logged
    pages = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert pages == PEOPLE * (2 if form.id == "long" else 1)


# Own questions on the page ------------------------------------------------------------------------------------------


def own_sheet(folder, clean, few=()):
    rows = {"Timestamp": [f"2026-05-{n % 28 + 1:02d} 10:{n % 60:02d}:00" for n in range(len(clean))]}
    rows["How clean is the shop (1-7)?"] = clean
    rows["How warm is it (1-5)?"] = [*few, *[None] * (len(clean) - len(few))]
    pd.DataFrame(rows).to_csv(folder / "own.csv", index=False)
    return build(read_folder(folder))


def test_an_own_question_gets_its_own_average_on_the_page(tmp_path):
    page = own_sheet(tmp_path, [5, 6, 7, 6] * 5, few=[1, 2, 3])
    section = page["questions"]
    row = section.tables["averages"].iloc[0]
    assert (row["measure"], row["estimate"], row["n"]) == ("How clean is the shop (1-7)?", 6.0, 20)
    assert section.sentences[0] == (
        "The average answer to “How clean is the shop (1-7)?” is 6.0 (5.7 to 6.3) on a scale of 1 to 7, from 20 people."
    )
    assert [str(line) for line in section.cannot] == [
        "Not shown, because fewer than 5 people answered: “How warm is it (1-5)?”."
    ]


def test_two_own_questions_are_each_said(tmp_path):
    page = own_sheet(tmp_path, [5, 6, 7, 6] * 5, few=[3] * 12)
    assert [s.id for s in page["questions"].sentences] == ["questions.several", "questions.one", "questions.one"]


def test_no_own_question_no_section(tmp_path):
    page = own_sheet(tmp_path, [5, 6, 7])
    assert not page["questions"].sentences
