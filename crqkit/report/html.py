"""The page as one HTML file that asks nothing of any network."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.base import say
from crqkit.base.messages import templates
from crqkit.report.brand import Brand
from crqkit.report.compose import Page
from crqkit.report.section import Section
from crqkit.report.shown import shown
from crqkit.tables.form import RATING, TEXT, load_form


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
            sections=_views(page),
            cannot=[*page.cannot, say("page.cannot.why")],
            method=_method(page),
            sources=dict.fromkeys(source for section in page.sections for source in section.sources),
            counts=_counts(page),
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


def _counts(page: Page) -> dict[str, int]:
    week = [section for section in page.sections if section.id == "week" and "counts" in section.tables]
    return week[0].tables["counts"].iloc[0].to_dict() if week else {}


def _views(page: Page) -> list[dict[str, Any]]:
    """Return what the template shows of each section; a caution stands where it is first needed."""
    views, told = [], set()
    for section in page.sections:
        cautions = [caution for caution in dict.fromkeys(section.cautions) if caution not in told]
        told.update(cautions)
        if section.sentences or section.figures:
            views.append(_view(section, cautions))
    return views


def _view(section: Section, cautions: list[str]) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": say(f"page.{section.id}.title"),
        "sentences": section.sentences,
        "details": section.details,
        "figures": section.figures,
        "tables": _tables(section, section.shown),
        "folded": _tables(section, section.folded),
        "cautions": cautions,
    }


def _tables(section: Section, names: Iterable[str]) -> list[dict[str, Any]]:
    found = {name: section.tables[name] for name in names if name in section.tables}
    return [shown(table) | {"title": _title(section.id, name)} for name, table in found.items() if len(table)]


def _title(section: str, table: str) -> str:
    ids = (f"page.table.{section}.{table}", f"page.table.{section}")
    return next((say(id) for id in ids if id in templates()), "")


def _method(page: Page) -> list[str]:
    from crqkit import __version__

    shop = page.shop
    lines = [say("page.method.interval"), say("page.method.floor"), say("page.method.keys")]
    if shop.has("responses"):
        lines.insert(1, say("page.method.sample"))
        lines.append(say("page.method.status", status=shop.form.status, reliability=shop.form.reliability))
    return [*lines, say("page.method.version", version=__version__, timezone=shop.settings.timezone)]
