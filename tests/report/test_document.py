"""The document beside the page: the same words and cells as the HTML, plain text only, the same bytes each time."""

import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn

from crqkit.base import DataProblem
from crqkit.report import Brand, Page, build, read_brand
from crqkit.report import page as write_page
from crqkit.report.document import document
from crqkit.report.html import render
from crqkit.report.mark import is_ours
from crqkit.report.word import plain

SHOPS = ["built", "orders_only", "survey_only", "reviews_only"]
BLOCKS = {"p", "h1", "h2", "h3", "li", "th", "td", "caption", "figcaption", "summary"}
EVIL = "=cmd|'/c calc'!A1 <script>\x00\x01\x08\x0b\x1f\ufffe { HYPERLINK \"x\" } & ]]> MERGEFIELD"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763606060000000040001"
    "f61738550000000049454e44ae426082"
)


class Blocks(HTMLParser):
    """The texts of a page block by block, and the words of its pictures."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.pictures, self.open = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in BLOCKS:
            self.open = []
        if tag == "img":
            self.pictures.append(dict(attrs)["alt"])

    def handle_data(self, data):
        if self.open is not None:
            self.open.append(data)

    def handle_endtag(self, tag):
        if tag in BLOCKS and self.open is not None:
            self.texts.append("".join(self.open))
            self.open = None


def tidy(texts):
    return [flat for text in texts if (flat := " ".join(text.split()))]


def opened(content):
    return docx.Document(io.BytesIO(content))


def blocks(paper):
    """Return the texts of a document's paragraphs and cells, in order."""
    texts = []
    for block in paper.iter_inner_content():
        if hasattr(block, "rows"):
            texts += [cell.text for row in block.rows for cell in row.cells]
        else:
            texts.append(block.text)
    return tidy(texts)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def page_of(given):
    return given if isinstance(given, Page) else build(given)


@pytest.fixture(scope="module")
def paper(built):
    return opened(document(built, Brand("Wave", "#004466")))


@pytest.mark.parametrize("which", SHOPS)
def test_it_says_what_the_html_says_word_for_word_and_in_the_same_order(which, request):
    page = page_of(request.getfixturevalue(which))
    html, words = Blocks(render(page, Brand("Wave"))), blocks(opened(document(page, Brand("Wave"))))
    said = tidy(html.texts)
    assert len(said) > 20
    assert words == said


@pytest.mark.parametrize("which", SHOPS)
def test_every_picture_is_there_with_its_words(which, request):
    page = page_of(request.getfixturevalue(which))
    shapes = opened(document(page, Brand())).inline_shapes
    assert [shape._inline.docPr.get("descr") for shape in shapes] == Blocks(render(page, Brand())).pictures
    assert all(shape.width.mm <= 171 for shape in shapes)


def test_headings_lists_and_tables_are_real_ones(paper):
    styles = {paragraph.style.name for paragraph in paper.paragraphs}
    assert {"Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "Caption"} <= styles
    assert len(paper.tables) >= 3
    for table in paper.tables:
        assert table.style.name == "Table Grid"
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in table.rows[1:])


def test_it_is_a4_with_page_numbers_in_english(paper):
    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    footer = section.footer._element
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    languages = paper.styles.element.xpath("w:docDefaults//w:lang/@w:val")
    assert languages == ["en-GB"]
    assert str(paper.styles["Heading 1"].font.color.rgb) == "004466"


def test_its_properties_name_the_shop_and_the_day_and_nobody(built, paper):
    known = paper.core_properties
    assert known.title.startswith(built.shop.settings.name)
    assert (known.author, known.last_modified_by, known.comments, known.language) == ("crqkit", "crqkit", "", "en-GB")
    assert known.created.date() == known.modified.date() == built.day.date()
    undated = replace(built, shop=replace(built.shop, tables={}))
    assert opened(document(undated, Brand())).core_properties.created.year == 2000


def test_the_same_page_gives_the_same_bytes(survey_only):
    page = build(survey_only)
    first = document(page, Brand())
    assert document(page, Brand()) == first == document(build(survey_only), Brand())
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {(entry.date_time[0], entry.create_system) for entry in archive.infolist()} == {(1980, 0)}
        assert archive.testzip() is None


def test_strings_from_files_stay_plain_text(reviews_only):
    log = reviews_only.log.replace("reviews.json", EVIL)
    page = build(replace(reviews_only, settings=replace(reviews_only.settings, name=EVIL), log=log))
    content = document(page, Brand(EVIL))
    paper = opened(content)
    assert "=cmd|'/c calc'!A1 <script> { HYPERLINK \"x\" } & ]]> MERGEFIELD" in "\n".join(blocks(paper))
    body = parts(content)["word/document.xml"].decode()
    assert not re.search(r"<w:(instrText|fldSimple|fldChar|hyperlink)\b", body)
    outside = [text for text in parts(content) if text.endswith(".rels")]
    assert not [name for name in parts(content) if "thumbnail" in name]
    assert not any(b'TargetMode="External"' in parts(content)[name] for name in outside)


def test_a_logo_is_shown_and_a_damaged_or_drawn_one_left_to_the_name(reviews_only, tmp_path):
    page, shown = build(reviews_only), {}
    for name, content in {"good.png": PNG, "bad.png": PNG[:8], "drawn.svg": b"<svg/>"}.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / "brand.yml").write_text(f"name: Wave\nlogo: {name}\n")
        paper = opened(document(page, read_brand(tmp_path / "brand.yml")))
        shown[name] = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes].count("Wave")
        assert "Wave" in paper.paragraphs[0].text + paper.paragraphs[1].text
    assert shown == {"good.png": 1, "bad.png": 0, "drawn.svg": 0}


def test_an_earlier_document_is_written_over_and_one_of_the_owner_never(reviews_only, tmp_path):
    write_page(reviews_only, tmp_path)
    assert is_ours(tmp_path / "page.docx")
    write_page(reviews_only, tmp_path)
    owners = docx.Document()
    owners.add_paragraph("Letter to crqkit")
    owners.core_properties.author = "crqkit"
    owners.save(tmp_path / "page.docx")
    before = (tmp_path / "page.docx").read_bytes()
    (tmp_path / "page.html").unlink()
    with pytest.raises(DataProblem, match="a file of yours"):
        write_page(reviews_only, tmp_path)
    assert (tmp_path / "page.docx").read_bytes() == before
    assert not (tmp_path / "page.html").exists()


def test_a_document_that_was_edited_is_kept(reviews_only, tmp_path):
    write_page(reviews_only, tmp_path)
    edited = docx.Document(tmp_path / "page.docx")
    edited.paragraphs[3].add_run(" I called them on Monday.")
    edited.save(tmp_path / "page.docx")
    with pytest.raises(DataProblem, match="that you have changed"):
        write_page(reviews_only, tmp_path)
    assert "on Monday" in "\n".join(blocks(docx.Document(tmp_path / "page.docx")))


def test_what_xml_forbids_is_left_out():
    text = "".join(map(chr, [*range(0x20), 0xD800, 0xDFFF, 0xFFFE, 0x1F600])) + "ä"
    assert plain(text) == " " + chr(0x1F600) + "ä"


@pytest.mark.parametrize("content", [b"", b"mine", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_document_is_not_ours(tmp_path, content):
    (tmp_path / "page.docx").write_bytes(content)
    assert not is_ours(tmp_path / "page.docx")


def test_a_page_without_anything_can_be_written(survey_only):
    empty = replace(survey_only, tables={}, log=survey_only.log.iloc[:0])
    assert blocks(opened(document(build(empty), Brand())))
    assert pd.isna(empty.as_of)
