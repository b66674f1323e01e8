"""What a folder of exports becomes: tables, a log, and what the owner said about the shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from crqkit.base import ChoiceProblem
from crqkit.tables.answers import answers
from crqkit.tables.form import Form
from crqkit.tables.schema import TABLES

# Tables whose moments may lie ahead: they do not tell how far the data reach.
AHEAD = ("bookings", "shifts", "spend")


@dataclass(frozen=True)
class Settings:
    """What a file cannot tell: read from ``shop.yml`` in the owner's folder."""

    name: str
    timezone: str = "UTC"
    # Where only other files of the folder name a time zone: that one, while the rest is read.
    clock: str = ""
    currency: str = ""
    opened: date | None = None
    # Persons on the list from which a random sample was drawn; empty unless that is what was done.
    sampled_from: int | None = None
    # How the files of this folder write dates and numbers, where they cannot tell it themselves.
    date_order: str = ""
    decimal: str = ""
    # Questions whose answers may be shown as groups. Never guessed: such answers can be names.
    groups: tuple[str, ...] = ()
    # What stages of deals and statuses of orders mean: those of a sale, and those of one that came to nothing.
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class NoSuchTable(ChoiceProblem, AttributeError):
    """The canonical tables do not include this one; also an `AttributeError`, as Python expects of attributes."""


@dataclass(frozen=True, repr=False, eq=False)
class Shop:
    """The canonical tables read from one folder, and how they were read.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        Those of `crqkit.tables.schema.TABLES` that the files held; also as attributes (``shop.orders``).
    log : DataFrame
        ``file, format, table, outcome, reason, rows, detail``: what became of every row read.
        `outcome` is ``read``, ``kept``, ``dropped`` or ``not read``; `reason` ends a message id,
        ``log.dropped.<reason>`` or ``log.not_read.<reason>``; `detail` is the other file, or the owner's own words.
    form : Form
        The questions behind ``responses``.
    """

    folder: Path
    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    log: pd.DataFrame
    form: Form
    cautions: tuple[str, ...] = ()
    mapped: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in TABLES:
            raise NoSuchTable("table", name, list(TABLES))
        return self.tables[name] if name in self.tables else TABLES[name].empty()

    def __repr__(self) -> str:
        # Neither rows nor keys nor the folder: a shop is printed into notebooks that are passed on.
        counts = "".join(f", {name}={len(table)}" for name, table in self.tables.items())
        return f"Shop({self.settings.name!r}{counts})"

    def has(self, name: str) -> bool:
        """Whether the files held at least one row of this table."""
        return name in self.tables and len(self.tables[name]) > 0

    @cached_property
    def answers(self) -> pd.DataFrame:
        """One row a filled-in questionnaire: ``customer_key``, ``at`` (by the shop's clock) and a column an item."""
        wide = answers(self.responses, self.form)
        return wide.assign(at=wide["at"].dt.tz_convert(self.settings.timezone))

    @property
    def as_of(self) -> pd.Timestamp:
        """The latest moment in the data that has passed, in UTC; not a time when no table has one."""
        moments = [table["at"].max() for name, table in self.tables.items() if "at" in table and name not in AHEAD]
        return max((moment for moment in moments if not pd.isna(moment)), default=pd.NaT)
