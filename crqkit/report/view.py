"""What a reader of the page sees, in order and in words: the HTML and the document are both written from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crqkit.base import Sentence, say
from crqkit.base.messages import templates
from crqkit.report.brand import Brand
from crqkit.report.cautions import cautions_of
from crqkit.report.compose import Page
from crqkit.report.section import Figure, Section
from crqkit.report.shown import shown, telling

# An interval as sentences write it.
RANGE = re.compile(r"\([−\d.]+(?: %)? to [−\d.]+(?: %)?[,)]")


@dataclass(frozen=True)
class SectionView:
    """One section: `tables` stand open, `details` and `folded` behind a click (in print: behind a heading)."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]
    details: tuple[str, ...]
    figures: tuple[Figure, ...]
    tables: list[dict[str, Any]]
    folded: list[dict[str, Any]]
    cautions: list[str]


@dataclass(frozen=True)
class View:
    """The whole page; `asked` is false where nobody was asked yet and the form is printed."""

    who: str
    title: str
    headline: Sentence
    dated: list[Sentence]
    sections: list[SectionView]
    cannot: list[Sentence]
    method: list[Sentence]
    sources: list[str]
    asked: bool


def view(page: Page, brand: Brand) -> View:
    """Return what is shown of `page`; a caution stands where it is first needed."""
    views, told = [], set()
    for section in page.sections:
        cautions = cautions_of(section.cautions, told)
        if section.sentences or section.figures:
            views.append(_section(section, cautions))
    return View(
        who=" · ".join(name for name in (page.shop.settings.name, brand.name) if name),
        title=say("page.title"),
        headline=page.headline,
        dated=_dated(page),
        sections=views,
        cannot=[*page.cannot, say("page.cannot.why")],
        method=_method(page),
        sources=list(dict.fromkeys(source for section in page.sections for source in section.sources)),
        asked=page.shop.has("responses"),
    )


def _dated(page: Page) -> list[Sentence]:
    week = [section for section in page.sections if section.id == "week" and "counts" in section.tables]
    counts = week[0].tables["counts"].iloc[0].to_dict() if week else {}
    lines = [say("page.this_week", **counts)] if counts.get("count") else []
    lines += [] if page.day is None else [say("page.dated", day=page.day)]
    said = [page.headline, *(sentence for section in page.sections for sentence in section.sentences)]
    return [*lines, say("page.brackets")] if any(RANGE.search(sentence) for sentence in said) else lines


def _section(section: Section, cautions: list[str]) -> SectionView:
    return SectionView(
        id=section.id,
        title=say(f"page.{section.id}.title"),
        sentences=section.sentences,
        details=section.details,
        figures=section.figures,
        tables=_tables(section, section.shown),
        folded=_tables(section, section.folded),
        cautions=cautions,
    )


def _tables(section: Section, names: Iterable[str]) -> list[dict[str, Any]]:
    found = {name: section.tables[name] for name in names if name in section.tables}
    told = {name: telling(table) for name, table in found.items()}
    return [shown(table) | {"title": _title(section.id, name)} for name, table in told.items() if len(table)]


def _title(section: str, table: str) -> str:
    ids = (f"page.table.{section}.{table}", f"page.table.{section}")
    return next((say(id) for id in ids if id in templates()), "")


def _method(page: Page) -> list[Sentence]:
    from crqkit import __version__

    shop = page.shop
    lines = [say("page.method.interval"), say("page.method.floor"), say("page.method.keys")]
    if any(len(telling(section.tables[name])) < len(section.tables[name]) for section, name in _on_page(page)):
        lines.insert(1, say("page.method.blank"))
    if shop.has("responses"):
        lines.insert(1, say("page.method.sample"))
        lines.append(say("page.method.status", status=shop.form.status, reliability=shop.form.reliability))
    return [*lines, say("page.method.version", version=__version__, timezone=shop.settings.timezone)]


def _on_page(page: Page) -> list[tuple[Section, str]]:
    """Return the tables that stand on the page, with their sections."""
    parts = [(section, name) for section in page.sections for name in (*section.shown, *section.folded)]
    return [(section, name) for section, name in parts if name in section.tables]
