"""The page: all sections of one shop, as one HTML file and one workbook."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pathlib import Path

import pandas as pd

from crqkit.base import ChoiceProblem, DataProblem, Fault, Sentence, say
from crqkit.base.files import write_all
from crqkit.intake import Shop
from crqkit.report.brand import Brand
from crqkit.report.mark import is_ours
from crqkit.report.section import Section
from crqkit.tables import moment

# In reading order; a new part of the page is one file there and one name here.
SECTIONS = ("have", "profile", "lowest", "change", "feedback", "stays", "groups", "week")
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
    shop, left_out = _one_currency(_until(shop, as_of))
    sections = []
    for name in SECTIONS:
        module = import_module(f"crqkit.report.sections.{name}")
        if all(shop.has(table) for table in module.needs):
            sections.append(module.section(shop))
    if left_out:
        sections[0] = replace(sections[0], sentences=(*sections[0].sentences, left_out))
    return Page(shop, _headline(shop, sections), tuple(sections))


def page(shop: Shop, out: Path | str, *, brand: Brand | None = None, as_of: date | str | None = None) -> Path:
    """Write the page of one shop: ``page.html`` and ``page.xlsx`` in the folder `out`.

    Parameters
    ----------
    shop : Shop
        From `crqkit.read_folder`.
    out : path
        A folder, or the name of the HTML file; the workbook then has the same name.
    brand : Brand, optional
        From `crqkit.report.read_brand`.
    as_of : date, optional
        Leave out everything later; by default the last day in the data.

    Returns
    -------
    Path
        Of the HTML file. A dated snapshot is kept in the shop's ``crqkit-private`` folder.

    Raises
    ------
    DataProblem
        When nothing can be shown or a file cannot be written; then nothing is written at all.
    """
    return write_pages({Path(out): shop}, brand=brand, as_of=as_of)[0]


def write_pages(
    shops: Mapping[Path, Shop], *, brand: Brand | None = None, as_of: date | str | None = None
) -> list[Path]:
    """Write the pages of several shops, all or none; nothing of one shop enters the page of another."""
    from crqkit.report.html import render
    from crqkit.report.snapshot import keep
    from crqkit.report.workbook import workbook

    _check_places(shops)
    contents: dict[Path, bytes] = {}
    written = []
    for out, shop in shops.items():
        built = build(shop, as_of=as_of)
        target = _target(out)
        contents |= {target: render(built, brand or Brand()).encode(), target.with_suffix(".xlsx"): workbook(built)}
        contents |= keep(built, backdated=_backdated(built, shop))
        written.append(target)
    write_all(contents)
    return written


def _target(out: Path) -> Path:
    return out if out.suffix.lower() in (".html", ".htm") else out / "page.html"


def _check_places(shops: Mapping[Path, Shop]) -> None:
    """Refuse to write among exports, or over a file that is not an earlier page."""
    homes = {shop.folder.resolve() for shop in shops.values()}
    faults = []
    for target in map(_target, shops):
        if homes & {target.resolve().parent, *target.resolve().parents}:
            what, mend = "the page would lie among the exports it is made from", "Give -o a place outside that folder."
            faults.append(Fault(what, mend, file=str(target)))
        for path in (target, target.with_suffix(".xlsx")):
            if path.is_file() and not is_ours(path):
                mend = "Choose another name or place, or move that file away."
                faults.append(Fault("there is a file of yours in this place", mend, file=str(path)))
    if faults:
        raise DataProblem(faults)


def _backdated(page: Page, shop: Shop) -> bool:
    return page.day is not None and page.day.date() < shop.as_of.tz_convert(shop.settings.timezone).date()


def _until(shop: Shop, as_of: date | str | None) -> Shop:
    """Return the shop as it stood when the day `as_of` ended there, on its own clock."""
    if isinstance(as_of, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", as_of):
        raise DataProblem(Fault("this is not a date", "Write it like 2026-09-30.", column="as-of", value=as_of))
    zone = shop.settings.timezone
    end = moment(as_of, shop.as_of, zone)
    kept = {name: _before(table, end, zone) for name, table in shop.tables.items()}
    if as_of is not None and not any(len(table) for table in kept.values() if "at" in table):
        mend = "Choose a later day, or leave it out."
        raise DataProblem(Fault("nothing in the files is that old", mend, column="as-of", value=as_of))
    return replace(shop, tables=kept)


def _before(table: pd.DataFrame, end: pd.Timestamp, zone: str) -> pd.DataFrame:
    when = next((name for name in ("at", "first_seen") if name in table), None)
    if when is None:
        return table
    kept = table[~(table[when] > end)].reset_index(drop=True)
    if "consent" in kept:
        # What somebody agreed to later was not known then.
        kept = kept.assign(consent=kept["consent"].mask(kept["consent_at"] > end))
    return kept.assign(**{when: kept[when].dt.tz_convert(zone)})


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
        return say("page.headline.visits_only" if shop.has("orders") else "page.headline.nothing")
    by_id = {section.id: section.headline for section in sections}
    bids: Iterator[Sentence] = (by_id[id] for id in HEADLINES if by_id.get(id))
    return next(bids, say("page.headline.nothing"))
