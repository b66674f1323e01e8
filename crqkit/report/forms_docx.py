"""A form as a document that can be edited in a word processor."""

from typing import TYPE_CHECKING, Any

from crqkit.base import say
from crqkit.base.charts import PALETTE
from crqkit.report.forms import blocks, status_of
from crqkit.report.word import new_document, to_bytes
from crqkit.tables.form import Form, Item

if TYPE_CHECKING:
    from docx.document import Document

BOX, LINE = "☐", "_"
# Twentieths of a point and millimetres: A4 with narrow margins, so that seven points fit beside a question.
PAGE_MM, MARGIN_MM, QUESTION_MM = (210, 297), 14, 78
BODY_POINTS, SMALL_POINTS = 9.5, 7.5


def form_document(form: Form) -> bytes:
    """Return a form as docx: one sheet with room for a code, its slip, and its status in the footer."""
    from docx.shared import Mm, Pt

    footer = f"{status_of(form)}; {form.id} {form.version}, {form.language}"
    document = new_document(form.title, colour=PALETTE["blue"], footer=footer, language=form.language)
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(size) for size in PAGE_MM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    normal = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(BODY_POINTS), Pt(3)
    said = {"language": form.language}
    document.add_paragraph(f"{say('form.code', **said)}: {LINE * 16}")
    document.add_heading(form.title, level=1)
    document.add_paragraph(form.intro)
    for kind, run in blocks(form):
        {"grid": _grid, "steps": _steps, "lines": _lines}[kind](document, form, run)
    _slip(document, form)
    return to_bytes(document)


def _grid(document: "Document", form: Form, run: list[tuple[int, Item]]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    heads = [*form.labels, form.not_applicable] if form.not_applicable else list(form.labels)
    table = document.add_table(rows=1, cols=len(heads) + 1, style="Table Grid")
    table.autofit = False
    first = table.rows[0].cells
    first[0].text = say("form.statement", language=form.language)
    for cell, label in zip(first[1:], heads, strict=True):
        cell.text = label
    _repeat(table.rows[0])
    for number, item in run:
        cells = table.add_row().cells
        cells[0].text = f"{number}. {item.text}"
        for cell in cells[1:]:
            cell.text = BOX
    left = PAGE_MM[0] - 2 * MARGIN_MM - QUESTION_MM
    for place, column in enumerate(table.columns):
        width = Mm(QUESTION_MM if place == 0 else left / len(heads))
        for height, cell in enumerate(column.cells):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            if place and height == 0:
                for run_ in paragraph.runs:
                    run_.font.size = Pt(SMALL_POINTS)


def _repeat(row: Any) -> None:
    """Have the labels stand at the top of every page the table runs over."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _steps(document: "Document", form: Form, run: list[tuple[int, Item]]) -> None:
    for number, item in run:
        document.add_paragraph(f"{number}. {item.text}").paragraph_format.keep_with_next = True
        steps = "   ".join(f"{BOX} {step}" for step in range(int(item.low), int(item.high) + 1))
        first, last = item.ends or ("", "")
        document.add_paragraph(f"{first}   {steps}   {last}".strip())


def _lines(document: "Document", form: Form, run: list[tuple[int, Item]]) -> None:
    for number, item in run:
        document.add_paragraph(f"{number}. {item.text}").paragraph_format.keep_with_next = True
        for _ in range(3):
            document.add_paragraph(LINE * 90)


def _slip(document: "Document", form: Form) -> None:
    said = {"language": form.language}
    document.add_paragraph("✂ " + "- " * 60)
    document.add_paragraph(f"{say('form.slip.title', **said)}   {say('form.code', **said)}: {LINE * 16}")
    document.add_paragraph(say("form.slip.what", **said))
    document.add_paragraph(f"{BOX} {say('form.slip.agree', **said)}")
    document.add_paragraph(f"{say('form.slip.whom', **said)} {LINE * 34}  {say('form.slip.day', **said)} {LINE * 14}")
    document.add_paragraph(say("form.slip.nothing", **said))
