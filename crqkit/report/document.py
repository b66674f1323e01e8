"""The page as a document that can be edited, from the same view as the HTML."""

import base64
import re
from typing import Any

from crqkit.base import say
from crqkit.report import word
from crqkit.report.brand import Brand
from crqkit.report.compose import Page
from crqkit.report.view import SectionView, view
from crqkit.tables.form import RATING, TEXT, Form, load_form

_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,(.*)", re.DOTALL)
LOGO_MM = 40


def document(page: Page, brand: Brand) -> bytes:
    """Return the page as a Word document: all that the HTML says, in the same order, what is folded there unfolded.

    A logo as SVG is left out, since such documents hold no SVG; the name stands there in any case.
    """
    seen = view(page, brand)
    day = None if page.day is None else page.day.tz_localize(None).normalize().to_pydatetime()
    title = f"{page.shop.settings.name}: {seen.title}"
    paper = word.new_document(title, colour=brand.colour, day=day, footer=seen.who)
    _logo(paper, brand)
    word.add_text(paper, seen.who, "Subtitle")
    word.add_text(paper, seen.title, "Title")
    word.add_text(paper, seen.headline).runs[0].bold = True
    for line in seen.dated:
        word.add_text(paper, line)
    for section in seen.sections:
        _section(paper, section)
    _list(paper, say("page.cannot.title"), seen.cannot)
    _list(paper, say("page.method.title"), seen.method)
    if seen.sources:
        _list(paper, say("page.sources"), seen.sources, "Heading 2")
    if not seen.asked:
        _form(paper, load_form("pocket"))
    return word.to_bytes(paper)


def _logo(paper: Any, brand: Brand) -> None:
    from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError

    found = _PICTURE.fullmatch(brand.logo)
    if found is None:
        return
    try:
        word.add_picture(paper, base64.b64decode(found[1]), brand.name, LOGO_MM)
    except (UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError):
        # A browser shows the name in place of a damaged picture; here the name stands in the next line.
        last = paper.paragraphs[-1]._p
        last.getparent().remove(last)


def _list(paper: Any, title: str, lines: Any, heading: str = "Heading 1") -> None:
    word.add_text(paper, title, heading)
    for line in lines:
        word.add_text(paper, line, "List Bullet")


def _section(paper: Any, section: SectionView) -> None:
    word.add_text(paper, section.title, "Heading 1")
    for sentence in section.sentences:
        word.add_text(paper, sentence)
    for figure in section.figures:
        word.add_text(paper, figure.title, "Caption")
        word.add_picture(paper, figure.png, figure.alt)
    for table in section.tables:
        _table(paper, table)
    if section.details or section.folded:
        word.add_text(paper, say("page.more"), "Heading 2")
        for line in section.details:
            word.add_text(paper, line, "List Bullet")
        for table in section.folded:
            _table(paper, table)
    for caution in section.cautions:
        word.add_text(paper, caution, "List Bullet").runs[0].italic = True


def _table(paper: Any, table: dict[str, Any]) -> None:
    if table["title"]:
        word.add_text(paper, table["title"], "Caption").paragraph_format.keep_with_next = True
    word.add_table(paper, table["head"], table["rows"])


def _form(paper: Any, form: Form) -> None:
    """Print the short form, as below the HTML."""
    paper.add_page_break()
    word.add_text(paper, say("page.form.title"), "Heading 1")
    word.add_text(paper, form.title, "Heading 2")
    word.add_text(paper, form.intro)
    ratings = form.of_kind(RATING)
    boxes = [[item.text, *("☐" for _ in form.labels)] for item in ratings if item.dimension]
    word.add_table(paper, ["", *form.labels], boxes)
    for item in ratings:
        if not item.dimension:
            word.add_text(paper, item.text)
            word.add_text(paper, "  ".join(f"{step} ☐" for step in range(int(item.low), int(item.high) + 1)))
    for item in form.of_kind(TEXT):
        word.add_text(paper, item.text)
        for _ in range(2):
            word.add_line(paper)
    word.add_text(paper, say("page.form.consent"))
    word.add_line(paper)
    word.add_text(paper, f"☐ {say('page.form.write')}")
