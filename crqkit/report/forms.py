"""A form as files: sheets to print, a document to edit, lines for form tools, sheets to type in, back-translation."""

import io
from collections.abc import Collection, Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault, say
from crqkit.base.files import write_all
from crqkit.intake.findings import Findings
from crqkit.intake.mapfile import read_settings
from crqkit.report.html import environment
from crqkit.survey.questionnaire import (
    back_translation_table,
    claims_table,
    form_tool_table,
    item_table,
    typing_table,
)
from crqkit.tables.checks import is_whole
from crqkit.tables.claims import claim_codes, shop_id
from crqkit.tables.form import CONTENT_DERIVED, ENGLISH, POCKET, TEXT, Form, Item, load_form

SHEETS = 50
SETTINGS = "shop.yml"
# What codes begin with where nobody said what the shop is called.
NAMELESS = "SHP"
# What a form may be in its own words, so that the sheet says it in the language of who reads it.
STATUS = {CONTENT_DERIVED: "form.status.content", "translated, not back-translated": "form.status.translated"}
# How wide a column is, in letters, and that long texts are broken.
WIDEST = 48


def write_form(
    out: Path | str,
    *,
    shop: str,
    form: Form | str = POCKET,
    language: str = ENGLISH,
    sheets: int = SHEETS,
    seed: "int | np.random.Generator | None" = None,
    taken: Collection[str] = (),
) -> list[Path]:
    """Write everything it takes to ask the questions of a form, on paper or in a form tool.

    Parameters
    ----------
    out : path
        A folder; not that of the exports. Files of the same names are not written over: their codes may be in use.
    shop : str
        The shop's id in the codes, such as BAK (see `crqkit.tables.claims.shop_id`).
    form, language : str
        A form that comes with crqkit, in one of its languages; or a Form.
    sheets : int
        How many sheets, each with its own code.
    seed, taken
        As in `crqkit.tables.claims.claim_codes`.

    Returns
    -------
    list of Path
        What was written: sheets to print (HTML), a document to edit (docx), the questions for form tools (CSV), sheets
        to type answers and slips in (xlsx), a sheet for back-translation (xlsx), the items (CSV), and what to do.

    Raises
    ------
    DataProblem
        A file is there already or cannot be written; the shop's id cannot stand in a code.
    """
    from crqkit.report.forms_docx import form_document

    form = load_form(form, language) if isinstance(form, str) else form
    if not is_whole(sheets, 1):
        raise DataProblem(Fault(say("claims.fault.count"), say("claims.fault.count.mend"), value=sheets))
    codes = claim_codes(shop, sheets, seed=seed, taken=taken)
    names = file_names(form)
    contents = {
        "html": form_sheets(form, codes).encode(),
        "docx": form_document(form),
        "questions": _csv(form_tool_table(form)),
        "typing": _xlsx({form.id: typing_table(form)}),
        "claims": _xlsx({"slips": claims_table(codes)}),
        "back": _xlsx({f"{form.id} {form.language}": back_translation_table(form)}),
        "items": _csv(item_table(form)),
        "readme": _readme(form, names, len(codes)).encode(),
    }
    paths = {Path(out) / names[part]: content for part, content in contents.items()}
    there = [path for path in paths if path.exists()]
    if there:
        what, mend = say("forms.fault.there"), say("forms.fault.there.mend")
        raise DataProblem([Fault(what, mend, file=str(path)) for path in there])
    write_all(paths)
    return list(paths)


def shop_code(given: str | None = None) -> str:
    """Return what the codes of a shop begin with: an id as given, or made of the name of the shop or its folder.

    Parameters
    ----------
    given : str, optional
        An id such as BAK, or a folder; without it this folder is used, if there is a ``shop.yml`` in it.
    """
    folder = Path(given or "")
    settled = (folder / SETTINGS).is_file()
    if not settled and not (given and folder.is_dir()):
        return given or NAMELESS
    findings = Findings(SETTINGS)
    settings = read_settings(folder, findings)
    if findings.faults:
        raise DataProblem(findings.faults)
    try:
        return shop_id(settings.name if "name" in findings.told else folder.resolve().name)
    except DataProblem:
        # A folder may be called anything; a name that somebody wrote down is put right.
        if "name" in findings.told:
            raise
        return NAMELESS


def file_names(form: Form) -> dict[str, str]:
    """Return the names of the files of a form, by part.

    >>> file_names(load_form("pocket", "de"))["html"]
    'pocket de sheets.html'
    """
    name = form.id if form.language == ENGLISH else f"{form.id} {form.language}"
    return {
        "html": f"{name} sheets.html",
        "docx": f"{name} to edit.docx",
        "questions": f"{name} for form tools.csv",
        "typing": f"{name} answers.xlsx",
        "claims": f"{name} slips.xlsx",
        "back": f"{name} back-translation.xlsx",
        "items": f"{name} items.csv",
        "readme": f"{name} READ ME.txt",
    }


def form_sheets(form: Form, codes: Collection[str] = ("",)) -> str:
    """Return sheets to print on A4 as one HTML file: the questions, a code, and a slip with the same code."""
    template = environment().get_template("form_sheets.html.j2")
    style = (files("crqkit.report") / "templates" / "form.css").read_text(encoding="utf-8")
    return template.render(
        form=form, blocks=list(blocks(form)), codes=list(codes), style=style, status=status_of(form), whole=_whole
    )


def status_of(form: Form) -> str:
    """Return the status of a form in its own language.

    >>> status_of(load_form("pocket", "es"))
    'derivado del contenido, aún sin validar; traducido, aún sin retrotraducir'
    """
    parts = form.status.split("; ")
    return "; ".join(say(STATUS[part], language=form.language) if part in STATUS else part for part in parts)


def blocks(form: Form) -> Iterator[tuple[str, list[tuple[int, Item]]]]:
    """Yield runs of numbered questions of one look: ``grid`` (labelled points), ``steps`` (numbers), ``lines``."""

    def look(numbered: tuple[int, Item]) -> str:
        item = numbered[1]
        return "lines" if item.kind == TEXT else "grid" if form.labels_of(item) else "steps"

    for kind, run in groupby(enumerate(form.items, start=1), look):
        yield kind, list(run)


def _whole(item: Item) -> range:
    return range(int(item.low), int(item.high) + 1)


def _readme(form: Form, names: dict[str, str], sheets: int) -> str:
    ends = {"low": 1, "high": len(form.labels), "first": form.labels[0], "last": form.labels[-1]}
    about = {"title": form.title, "form": form.id, "version": form.version, "tongue": form.language}
    known = {"status": form.status, "reliability": form.reliability, "unlike": form.not_applicable, "sheets": sheets}
    note = f"\n  {form.note}\n" if form.note else ""
    return say("forms.readme", **names, **ends, **about, **known) + note


def _csv(table: pd.DataFrame) -> bytes:
    # The mark in front tells spreadsheet programs that letters beyond a to z are written as UTF-8.
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _xlsx(sheets: dict[str, pd.DataFrame]) -> bytes:
    stream = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        writer.book.set_properties({"created": pd.Timestamp(2000, 1, 1)})
        wrapped = writer.book.add_format({"text_wrap": True, "valign": "top"})
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False)
            sheet = writer.sheets[name]
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(table):
                cells = table[column].astype(str).str.len().max() if len(table) else 0
                sheet.set_column(place, place, min(WIDEST, max(cells, min(len(str(column)), 24), 10) + 2), wrapped)
    return stream.getvalue()
