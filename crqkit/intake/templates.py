"""The sheets we ship for what no shop system exports: workbooks to fill in, made from the formats that read them."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from crqkit.base import ChoiceProblem, say
from crqkit.intake.format import Format, known_formats
from crqkit.intake.records import ALLOWED, NEEDED
from crqkit.intake.sheet import ABOUT_PAGE, EXAMPLE_PAGE
from crqkit.tables.schema import FLAG, NUMBER, TABLES, TIME

WIDTH, ABOUT_WIDTH, ROWS = 18, 90, 5000
SHOWN = {"at": "yyyy-mm-dd hh:mm"}
# The day that stands in the properties of every workbook: the same sheet has the same bytes on every day.
CREATED = datetime(2026, 1, 1)
# What the readers of their own ask of each row; the other tables say it in `NEEDED`.
ROWS_NEED = {
    "orders": {"at", "total"},
    "reviews": {"at", "stars"},
    "responses": {"at"},
    "customers": {"customer_key"},
}
NUMBERS = ("stars", "total")


def templates() -> Mapping[str, Format]:
    """Return the formats of the sheets we ship, by the name of the sheet.

    >>> sorted(templates())[:3]
    ['bookings', 'claims', 'costs']
    """
    return {format.sheet_name: format for format in known_formats() if format.template}


def template_columns(name: str) -> pd.DataFrame:
    """Return what each column of a sheet means.

    Parameters
    ----------
    name : str
        As in `templates`.

    Returns
    -------
    DataFrame
        ``column, needed, present, meaning``, in the order of the sheet; `needed` says whether a row must have it,
        `present` whether the sheet must have the column, though its cells may be empty.

    Raises
    ------
    ChoiceProblem
        For a name that is not known.

    Examples
    --------
    >>> template_columns("jobs")["column"].tolist()[:4]
    ['job', 'customer', 'kind', 'promised']
    """
    format = _template(name)
    needed = {header for ours in _needed(format.table) for header in format.columns.get(ours, ())}
    present = {one for any_of in format.required for one in any_of[:1]} - needed
    either = _either(format)
    rows = [
        (name, name in needed, name in present, f"{text} {either.get(name, '')}".strip())
        for name, text in format.template["columns"].items()
    ]
    return pd.DataFrame(rows, columns=["column", "needed", "present", "meaning"])


def _either(format: Format) -> dict[str, str]:
    """Return what is said of the columns of which each row needs any one."""
    groups = [group for group in NEEDED.get(format.table, ()) if len(group) > 1]
    named = [[format.columns[ours][0] for ours in group if ours in format.columns] for group in groups]
    return {one: say("log.template.either", columns=" or ".join(names)) for names in named for one in names}


def _needed(table: str) -> set[str]:
    """Return our columns without which a row of a table is a fault."""
    return ROWS_NEED.get(table) or {any_of[0] for any_of in NEEDED[table] if len(any_of) == 1}


def template_workbook(name: str) -> bytes:
    """Return an empty sheet as an xlsx workbook, with a page of examples and one that explains each column."""
    import xlsxwriter

    format = _template(name)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": SHOWN["at"]}) as book:
        book.set_properties({"title": format.title, "created": CREATED})
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEF5"}),
            "moment": book.add_format({"num_format": SHOWN["at"]}),
            "text": book.add_format({"num_format": "@"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _fill_page(book.add_worksheet(name), format, looks)
        _example_page(book.add_worksheet(EXAMPLE_PAGE), format, looks)
        _about_page(book.add_worksheet(ABOUT_PAGE), name, format, looks)
    return stream.getvalue()


def _template(name: str) -> Format:
    found = templates()
    if name not in found:
        raise ChoiceProblem("sheet", name, list(found))
    return found[name]


def _headers(format: Format) -> Sequence[str]:
    return list(format.template["columns"])


def _kind(format: Format, header: str) -> tuple[str, str]:
    """Return our column behind a header, and its type."""
    ours = next((name for name, theirs in format.columns.items() if header in theirs), "")
    return ours, TABLES[format.table].columns.get(ours, "")


def _fill_page(page: Any, format: Format, looks: Mapping[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for place, header in enumerate(_headers(format)):
        ours, kind = _kind(format, header)
        look = looks["moment"] if kind == TIME else None if kind == NUMBER else looks["text"]
        page.set_column(place, place, WIDTH, look)
        page.write_string(0, place, header, looks["head"])
        page.write_comment(0, place, format.template["columns"][header], {"x_scale": 2, "author": ""})
        rule = _rule(format, ours, kind)
        if rule:
            page.data_validation(1, place, ROWS, place, rule | {"ignore_blank": True})


def _rule(format: Format, ours: str, kind: str) -> dict[str, Any]:
    """Return what the spreadsheet program lets be typed; crqkit check looks at everything again."""
    allowed = ALLOWED.get((format.table, ours)) or (("yes", "no") if kind == FLAG else ())
    if allowed:
        return {"validate": "list", "source": list(allowed)}
    if kind == TIME:
        day = say("log.template.day")
        return {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1), "error_message": day}
    if kind == NUMBER:
        return {"validate": "decimal", "criteria": "between", "minimum": -1e12, "maximum": 1e12,
                "error_message": say("log.template.number")}  # fmt: skip
    return {}


def _example_page(page: Any, format: Format, looks: Mapping[str, Any]) -> None:
    page.set_column(0, len(_headers(format)), WIDTH)
    for place, header in enumerate(_headers(format)):
        page.write_string(0, place, header, looks["head"])
    for row, cells in enumerate(format.template["examples"], 1):
        for place, (header, cell) in enumerate(zip(_headers(format), cells, strict=True)):
            _write(page, row, place, cell, _kind(format, header)[1], looks)


def _write(page: Any, row: int, place: int, cell: Any, kind: str, looks: Mapping[str, Any]) -> None:
    if kind == TIME and cell != "":
        page.write_datetime(row, place, pd.Timestamp(cell).to_pydatetime(), looks["moment"])
    elif isinstance(cell, (int, float)):
        page.write_number(row, place, cell)
    else:
        page.write_string(row, place, str(cell))


def _about_page(page: Any, name: str, format: Format, looks: Mapping[str, Any]) -> None:
    page.set_column(0, 0, WIDTH)
    page.set_column(1, 1, ABOUT_WIDTH, looks["wrap"])
    page.write_string(0, 1, format.template["about"], looks["wrap"])
    page.write_string(1, 1, say("log.template.fill", page=name, example=EXAMPLE_PAGE), looks["wrap"])
    for row, line in enumerate(template_columns(name).itertuples(), 3):
        page.write_string(row, 0, line.column, looks["head"])
        mark = "needed" if line.needed else "present" if line.present else ""
        needed = f" {say(f'log.template.{mark}')}" if mark else ""
        page.write_string(row, 1, line.meaning + needed, looks["wrap"])
