"""The page as one HTML file that asks nothing of any network."""

from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.base import say
from crqkit.report.brand import Brand
from crqkit.report.compose import Page
from crqkit.report.mark import NO_SEAL
from crqkit.report.view import view
from crqkit.tables.form import RATING, TEXT, load_form


@cache
def environment() -> Any:
    """Return the templates; every string is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("crqkit.report", "templates")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.globals["say"] = say
    return found


def render(page: Page, brand: Brand) -> str:
    """Return the page as HTML. Every string from a file is escaped."""
    form = load_form("pocket")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            view=view(page, brand),
            unsealed=NO_SEAL,
            brand=brand,
            name=page.shop.settings.name,
            style=style(),
            form=form,
            ratings=form.of_kind(RATING),
            texts=form.of_kind(TEXT),
        )
    )


def printable_form(id: str = "pocket") -> str:
    """Return a questionnaire as one HTML file to print."""
    form = load_form(id)
    template = environment().get_template("form_alone.html.j2")
    return template.render(style=style(), form=form, ratings=form.of_kind(RATING), texts=form.of_kind(TEXT))


def style() -> str:
    """Return the style of every page."""
    return (files("crqkit.report") / "templates" / "page.css").read_text(encoding="utf-8")
