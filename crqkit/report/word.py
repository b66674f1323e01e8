"""Word documents that can be edited: A4, real styles, plain text only, and the same bytes for the same content."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crqkit.report.mark import MARK, NO_SEAL, sealed_archive

LANGUAGE = "en-GB"
PAGE_MM, MARGIN_MM = (210, 297), 20
WIDTH_MM = PAGE_MM[0] - 2 * MARGIN_MM
# A column is as wide as its longest cell, within these limits of letters.
NARROW, WIDE = 6, 48
UNDATED = datetime(2000, 1, 1)
# What XML 1.0 may not hold: control characters, halves of pairs, and two that are no characters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: object) -> str:
    """Return text as a document can hold it: what XML forbids is left out, breaks and tabs become a blank.

    >>> plain("a" + chr(0) + "b" + chr(10) + " =1+1")
    'ab =1+1'
    """
    return re.sub(r"\s*[\t\n\r]\s*", " ", _NOT_XML.sub("", str(text)))


def new_document(
    title: str, *, colour: str, day: datetime | None = None, footer: str = "", language: str = LANGUAGE
) -> Any:
    """Return an empty document with its styles, page numbers and properties; `day` stands for when it was made."""
    from docx import Document

    document = Document()
    _drop_preview(document)
    _page(document, plain(footer))
    _styles(document, colour, language)
    known = document.core_properties
    known.title, known.author, known.last_modified_by, known.language = plain(title)[:255], MARK, MARK, language
    known.comments, known.identifier, known.revision = "", NO_SEAL, 1
    known.created = known.modified = day or UNDATED
    return document


def _drop_preview(document: Any) -> None:
    """Take out the small picture of another page that the empty document begins with."""
    rels = document.part.package.rels
    for name in [name for name, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[name]


def _page(document: Any, footer: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in PAGE_MM)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(MARGIN_MM))
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(f"{footer} · " if footer else "")
    _field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    """Add one of the two fields of this document; what comes from files is never one."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _styles(document: Any, colour: str, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles, brand = document.styles, RGBColor.from_string(colour.removeprefix("#").upper())
    styles["Normal"].font.size = Pt(10.5)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].font.color.rgb = brand
    styles["Caption"].font.color.rgb = None
    cell = styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style, cell.font.size = styles["Normal"], Pt(9)
    cell.paragraph_format.space_after = Pt(0)
    (spelling,) = styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    spelling.set(qn("w:val"), language)


def add_text(document: Any, text: object, style: str | None = None) -> Any:
    """Add one paragraph of plain text and return it."""
    return document.add_paragraph(plain(text), style)


def add_table(document: Any, head: Sequence[object], rows: Sequence[Sequence[object]]) -> Any:
    """Add a table with lines; its head comes again on every page, and no row is split between pages."""
    from docx.shared import Mm

    table = document.add_table(rows=0, cols=len(head), style="Table Grid")
    table.autofit = False
    cells = [[plain(cell) for cell in row] for row in (head, *rows)]
    widths = [Mm(WIDTH_MM * share) for share in _shares(cells)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for place, texts in enumerate(cells):
        row = table.add_row()
        _row_says(row, "w:cantSplit")
        if place == 0:
            _row_says(row, "w:tblHeader")
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = width
            # By its id: to look a style up by name takes longer than all else.
            cell.paragraphs[0]._p.style = "Cell"
            cell.paragraphs[0].add_run(text).bold = True if place == 0 else None
    add_text(document, "", "Cell")
    return table


def _shares(cells: Sequence[Sequence[str]]) -> list[float]:
    longest = [min(WIDE, max(NARROW, *(len(cell) for cell in column))) for column in zip(*cells, strict=True)]
    return [length / sum(longest) for length in longest]


def _row_says(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def add_picture(document: Any, png: bytes, alt: str, width_mm: float = WIDTH_MM) -> None:
    """Add a picture with the words for those who cannot see it."""
    from docx.shared import Mm

    shape = document.add_picture(io.BytesIO(png), width=Mm(width_mm))
    shape._inline.docPr.set("descr", plain(alt))


def add_line(document: Any) -> None:
    """Add a ruled line to write on."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "767676")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    document.add_paragraph()._p.get_or_add_pPr().append(borders)


def to_bytes(document: Any) -> bytes:
    """Return the finished file: sealed, so that a later change is seen, and without the time at which it was made."""
    stream = io.BytesIO()
    document.save(stream)
    return sealed_archive(stream.getvalue())
