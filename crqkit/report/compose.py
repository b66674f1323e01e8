"""The page: all sections of one shop, as one HTML file, one document and one workbook."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pathlib import Path

import pandas as pd

from crqkit.base import ChoiceProblem, DataProblem, Fault, Sentence, say
from crqkit.base.files import write_all
from crqkit.intake import Shop
from crqkit.report.brand import Brand, own_brand
from crqkit.report.mark import is_ours, sealed_text
from crqkit.report.others import NOT_USED
from crqkit.report.section import Section
from crqkit.report.until import until

# In reading order; a new part of the page is one file there and one name here.
SECTIONS = ("have", "profile", "lowest", "questions", "change", "feedback", "stays", "groups", "week")
# What is new comes before what is lowest, and that before the level.
HEADLINES = ("change", "lowest", "profile")


@dataclass(frozen=True)
class Page:
    """A finished page before it is written."""

    shop: Shop
    headline: Sentence
    sections: tuple[Section, ...]

    @property
    def day(self) -> pd.Timestamp | None:
        """The last day in the data, in the shop's own time; None when nothing is dated."""
        last = self.shop.as_of
        return None if pd.isna(last) else last.tz_convert(self.shop.settings.timezone)

    @property
    def cannot(self) -> tuple[Sentence, ...]:
        """Everything the page would have said if the data carried it."""
        return tuple(sentence for section in self.sections for sentence in section.cannot)

    def __getitem__(self, id: str) -> Section:
        for section in self.sections:
            if section.id == id:
                return section
        raise ChoiceProblem("section", id, [section.id for section in self.sections])


def build(shop: Shop, *, as_of: date | str | None = None) -> Page:
    """Return the page of `shop` as it stood at the end of the day `as_of` (the last day in the data if not given)."""
    shop, left_out = _one_currency(until(shop, as_of))
    sections = []
    for name in SECTIONS:
        module = import_module(f"crqkit.report.sections.{name}")
        if all(shop.has(table) for table in module.needs):
            sections.append(module.section(shop))
    if left_out:
        sections[0] = replace(sections[0], sentences=(*sections[0].sentences, left_out))
    return Page(shop, _headline(shop, sections), tuple(sections))


def page(shop: Shop, out: Path | str, *, brand: Brand | None = None, as_of: date | str | None = None) -> Path:
    """Write the page of one shop: ``page.html``, ``page.docx`` and ``page.xlsx`` in the folder `out`, all or none.

    Parameters
    ----------
    shop : Shop
        From `crqkit.read_folder`.
    out : path
        A folder, or the name of the HTML file; the document and the workbook then have the same name.
    brand : Brand, optional
        From `crqkit.report.read_brand`; a ``brand.yml`` in the shop's own folder comes before it.
    as_of : date, optional
        Leave out everything later; by default the last day in the data.

    Returns
    -------
    Path
        Of the HTML file. A dated snapshot is kept in the shop's ``crqkit-private`` folder; where that cannot be
        written to, the page says that it is not kept.

    Raises
    ------
    DataProblem
        When nothing can be shown or a file cannot be written; then nothing is written at all.
    """
    from crqkit.report.document import document
    from crqkit.report.html import render
    from crqkit.report.snapshot import can_keep, keep
    from crqkit.report.workbook import workbook

    target = target_of(Path(out))
    _check_place(target, shop)
    brand = own_brand(shop.folder) or brand or Brand()
    stored = not shop.folder.is_dir() or (_has_key(shop) and can_keep(shop.folder))
    if not stored:
        shop = replace(shop, cautions=(*shop.cautions, say("caution.page.not_kept")))
    built = build(shop, as_of=as_of)
    contents = {
        target: sealed_text(render(built, brand).encode()),
        target.with_suffix(".xlsx"): workbook(built),
        target.with_suffix(".docx"): document(built, brand),
    }
    write_all(contents | (keep(built, backdated=_backdated(built, shop)) if stored else {}))
    return target


def target_of(out: Path) -> Path:
    """Return the HTML file that `out` stands for: itself, or the page in the folder of that name."""
    return out if out.suffix.lower() in (".html", ".htm") else out / "page.html"


def among_exports(target: Path, folders: Iterable[Path]) -> list[Fault]:
    """Return a fault where a page would lie in one of the folders that pages are made from."""
    place = target.resolve()
    if not {folder.resolve() for folder in folders} & {place.parent, *place.parents}:
        return []
    what, mend = "the page would lie among the exports it is made from", "Give -o a place outside that folder."
    return [Fault(what, mend, file=str(target))]


def _check_place(target: Path, shop: Shop) -> None:
    """Refuse to write among exports, or over a file that is not an earlier page."""
    faults = among_exports(target, [shop.folder])
    for path in (target, target.with_suffix(".xlsx"), target.with_suffix(".docx")):
        if path.is_file() and not is_ours(path):
            what = "there is a file of yours in this place, or one of ours that you have changed"
            faults.append(Fault(what, "Choose another name or place, or move that file away.", file=str(path)))
    if faults:
        raise DataProblem(faults)


def _has_key(shop: Shop) -> bool:
    """Whether the keys of the customers are those of the next page too."""
    return "caution.intake.key" not in [getattr(caution, "id", "") for caution in shop.cautions]


def _backdated(page: Page, shop: Shop) -> bool:
    return page.day is not None and page.day.date() < shop.as_of.tz_convert(shop.settings.timezone).date()


def _one_currency(shop: Shop) -> tuple[Shop, Sentence | None]:
    """Return the shop with money in its main currency alone; orders in others stay visits."""
    currencies = shop.orders["currency"].dropna().value_counts()
    if len(currencies) < 2:
        return shop, None
    from crqkit.value import main_currency

    main = main_currency(shop.orders) or currencies.index[0]
    foreign = shop.orders["currency"].notna() & (shop.orders["currency"] != main)
    money = ("currency", "gross", "discount", "shipping", "tax", "total", "refunds", "net")
    orders = shop.orders.assign(**{name: shop.orders[name].mask(foreign) for name in money})
    told = say("page.have.currencies", currency=main, others=int(foreign.sum()))
    return replace(shop, tables={**shop.tables, "orders": orders}), told


def _headline(shop: Shop, sections: list[Section]) -> Sentence:
    if not shop.has("responses"):
        if shop.has("orders"):
            return say("page.headline.visits_only")
        unused = not shop.has("reviews") and any(shop.has(name) for name in NOT_USED)
        return say("page.headline.not_used" if unused else "page.headline.nothing")
    by_id = {section.id: section.headline for section in sections}
    bids: Iterator[Sentence] = (by_id[id] for id in HEADLINES if by_id.get(id))
    return next(bids, say("page.headline.nothing"))
