"""What a part of the page is made of; each lives in a file of its own under ``sections/``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from crqkit.base import Result, Sentence

LONGEST_SOURCE = 1_000
PRINT_DPI = 200


@dataclass(frozen=True)
class Figure:
    """One drawn result: its title, the finished HTML image, the words for it, and what it was drawn as."""

    title: str
    html: str
    alt: str
    drawn: Any = field(repr=False, compare=False)

    @cached_property
    def png(self) -> bytes:
        """The drawing as a picture for documents that hold no SVG; drawn once, as drawing moves its parts a little."""
        from crqkit.base import charts

        return charts.picture(self.drawn, "png", dpi=PRINT_DPI)


@dataclass(frozen=True)
class Section:
    """One part of the page.

    Attributes
    ----------
    id : str
        Also the id of its title in the messages (``page.<id>.title``).
    sentences : tuple of Sentence
        What is said; every number in it stands in a cell of `tables`.
    details : tuple of str
        Small print that belongs to it, such as what became of each file; folded away with the tables in `folded`.
    tables : mapping of str to DataFrame
        What it is said from; the workbook holds all of them. Those named in `shown` are on the page too, those in
        `folded` open with a click.
    cannot : tuple of Sentence
        What this part would say if the data carried it.
    headline : Sentence or None
        Its bid for the first sentence of the page.
    """

    id: str
    sentences: tuple[Sentence, ...] = ()
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    cautions: tuple[str, ...] = ()
    cannot: tuple[Sentence, ...] = ()
    sources: tuple[str, ...] = ()
    headline: Sentence | None = None


def gather(
    id: str,
    results: Mapping[str, Result],
    *,
    first: Sequence[Sentence] = (),
    then: Sequence[Sentence] = (),
    **others: Any,
) -> Section:
    """Return a section that tells `first`, the readings of `results`, and `then`, with all that stands behind them."""
    tables = {name: result.table for name, result in results.items()} | others.pop("tables", {})
    if results:
        tables["settings"] = _settings(results)
    cautions = [caution for result in results.values() for caution in result.cautions]
    return Section(
        id,
        sentences=(*first, *(result.reading for result in results.values()), *then),
        tables=tables,
        cautions=(*cautions, *others.pop("cautions", ())),
        sources=tuple(source for result in results.values() for source in result.sources),
        **others,
    )


def _settings(results: Mapping[str, Result]) -> pd.DataFrame:
    """Return the numbers that were settled before looking: levels, limits, sizes of families, ends of scales."""
    rows = []
    for name, result in results.items():
        for setting, given in result.settings.items():
            values = given if isinstance(given, (list, tuple)) else [given]
            numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
            rows += [{"result": name, "setting": setting, "value": value} for value in numbers]
    return pd.DataFrame(rows, columns=["result", "setting", "value"])


def draw(title: str, result: Result, table: pd.DataFrame | None = None) -> tuple[Figure, ...]:
    """Draw `result` (or only `table` of it) with its alt text; nothing when there is nothing to plot."""
    from crqkit.base import charts

    plotted = result.table if table is None else table
    if plotted["estimate"].notna().sum() == 0:
        return ()
    ax = charts.new_axes(height=max(1.6, 0.45 * len(plotted) + 0.8) if result.draw is None else 2.8)
    (result.draw or charts.intervals)(plotted, ax)
    alt = charts.describe(title, plotted)
    return (Figure(title, charts.image(ax.figure, alt), alt, ax.figure),)


class Origin(NamedTuple):
    """The cell that a parameter of a sentence came from."""

    table: str
    row: int
    column: str


def origins(section: Section) -> Iterator[tuple[Sentence, str, Any, Origin | None]]:
    """Yield every number and date in the section's sentences with the cell it stands in, or None."""
    for sentence in section.sentences:
        for name, value in _params(sentence):
            plain = value[0] if isinstance(value, tuple) else value
            if not isinstance(plain, str) and not pd.isna(plain):
                yield sentence, name, plain, _find(plain, section.tables)


def _params(sentence: Sentence) -> Iterator[tuple[str, Any]]:
    """Yield the parameters of a sentence and of the sentences within it."""
    for name, value in sentence.params.items():
        if isinstance(value, Sentence):
            yield from _params(value)
        else:
            yield name, value


def _find(value: Any, tables: dict[str, pd.DataFrame]) -> Origin | None:
    for name, table in tables.items():
        # What a sentence counts stands in a short table; a row a customer says nothing of all.
        if len(table) > LONGEST_SOURCE:
            continue
        for column in table.columns:
            hits = table.index[[_same(cell, value) for cell in table[column]]]
            if len(hits):
                return Origin(name, table.index.get_loc(hits[0]), str(column))
    return None


def _same(cell: Any, value: Any) -> bool:
    if isinstance(cell, str) or cell is None:
        return False
    try:
        # A fall of -3 is told as "fell by 3".
        return bool(cell == value) or (isinstance(value, float) and bool(-cell == value))
    except (TypeError, ValueError):
        return False
