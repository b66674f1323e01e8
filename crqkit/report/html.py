"""The page as one HTML file that asks nothing of any network."""

from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from crqkit.base import say
from crqkit.base.messages import NOTHING, templates
from crqkit.base.result import significant
from crqkit.report.brand import Brand
from crqkit.report.compose import Page
from crqkit.report.section import Section
from crqkit.tables.form import RATING, TEXT, load_form

# Columns of a shown table that a reader gets; all others stay in the workbook.
SHOWN = ["file", "format", "table", "outcome", "reason", "rows", "measure", "score", "group", "from", "to",
         "customer_key", "do", "why", "estimate", "range", "n", "unit"]  # fmt: skip


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("crqkit.report", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["say"] = say
    return environment


def render(page: Page, brand: Brand) -> str:
    """Return the page as HTML. Every string from a file is escaped."""
    form = load_form("pocket")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            brand=brand,
            style=_style(),
            sections=[view for section in page.sections if (view := _view(section))],
            cannot=[*page.cannot, say("page.cannot.why")],
            method=_method(page),
            asked=page.shop.has("responses"),
            form=form,
            ratings=form.of_kind(RATING),
            texts=form.of_kind(TEXT),
        )
    )


def printable_form(id: str = "pocket") -> str:
    """Return a questionnaire as one HTML file to print."""
    form = load_form(id)
    template = _environment().get_template("form_alone.html.j2")
    return template.render(style=_style(), form=form, ratings=form.of_kind(RATING), texts=form.of_kind(TEXT))


def _style() -> str:
    return (files("crqkit.report") / "templates" / "page.css").read_text(encoding="utf-8")


def _view(section: Section) -> dict[str, Any] | None:
    if not section.sentences and not section.figures:
        return None
    return {
        "id": section.id,
        "title": say(f"page.{section.id}.title"),
        "sentences": section.sentences,
        "figures": [figure.html for figure in section.figures],
        "tables": [_cells(section.tables[name]) for name in section.shown if len(section.tables[name])],
        "cautions": list(dict.fromkeys(section.cautions)),
    }


def _cells(table: pd.DataFrame) -> dict[str, Any]:
    """Return head and rows of a table as text, with low and high told as one range."""
    shown = table.copy()
    if {"low", "high"} <= set(shown):
        shown["range"] = [_range(low, high) for low, high in zip(shown["low"], shown["high"], strict=True)]
    if "action" in shown:
        shown["do"] = [say(f"page.week.do.{action}") for action in shown["action"]]
    columns = [name for name in SHOWN if name in shown and not shown[name].isna().all()]
    return {
        "head": [say(f"page.column.{name}") for name in columns],
        "rows": [[_text(cell) for cell in row] for row in shown[columns].itertuples(index=False)],
    }


def _range(low: float, high: float) -> str:
    return NOTHING if pd.isna(low) or pd.isna(high) else f"{significant(low)} – {significant(high)}"


def _text(cell: Any) -> str:
    if pd.isna(cell):
        return NOTHING
    if isinstance(cell, str):
        return str(say(f"log.dropped.{cell}")) if f"log.dropped.{cell}" in templates() else cell
    return f"{cell:,}" if isinstance(cell, int) else significant(float(cell))


def _method(page: Page) -> list[str]:
    from crqkit import __version__

    shop = page.shop
    lines = [say("page.method.interval"), say("page.method.floor"), say("page.method.keys")]
    if shop.has("responses"):
        lines.insert(1, say("page.method.sample"))
        lines.append(say("page.method.status", status=shop.form.status, reliability=shop.form.reliability))
    lines.append(say("page.method.version", version=__version__, timezone=shop.settings.timezone))
    sources = dict.fromkeys(source for section in page.sections for source in section.sources)
    return [*lines, *sources]
