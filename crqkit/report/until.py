"""The shop as it stood when a day ended: what came later is left out or not yet known."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd

from crqkit.base import DataProblem, Fault
from crqkit.intake import Shop
from crqkit.tables import moment
from crqkit.tables.schema import OPEN, PLANNED

# The time from which a row is known; rows without that time are kept.
KNOWN_FROM = {
    "customers": ("first_seen",),
    "bookings": ("booked_at", "at"),
    "subscriptions": ("started_at",),
    "jobs": ("promised_at", "done_at"),
}
# What came true later was not known then.
LATER = {
    "customers": ("consent_at", {"consent": pd.NA}),
    "interactions": ("resolved_at", {"resolved_at": pd.NaT, "status": OPEN}),
    "subscriptions": ("ended_at", {"ended_at": pd.NaT}),
    "jobs": ("done_at", {"done_at": pd.NaT, "charged": float("nan")}),
    "bookings": ("at", {"status": PLANNED}),
}


def until(shop: Shop, as_of: date | str | None) -> Shop:
    """Return the shop as it stood when the day `as_of` ended there, with the times of its tables on its own clock."""
    if isinstance(as_of, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", as_of):
        raise DataProblem(Fault("this is not a date", "Write it like 2026-09-30.", column="--as-of", value=as_of))
    zone = shop.settings.timezone
    kept = dict(shop.tables)
    if as_of is not None:
        end = moment(as_of, shop.as_of, zone)
        kept = {name: _before(name, table, end) for name, table in kept.items()}
        if not any(len(table) for table in kept.values() if "at" in table):
            mend = "Choose a later day, or leave it out."
            raise DataProblem(Fault("nothing in the files is that old", mend, column="--as-of", value=as_of))
    return replace(shop, tables={name: _on_clock(table, zone) for name, table in kept.items()})


def _before(name: str, table: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    named = [column for column in KNOWN_FROM.get(name, ("at",)) if column in table]
    if not named:
        return table
    # A job is known by the earlier of its two days, a booking by the day it was made or, without one, by its own.
    known = table[named].min(axis=1) if name == "jobs" else table[named].bfill(axis=1).iloc[:, 0]
    kept = table[~(known > end)].reset_index(drop=True)
    when, unknown = LATER.get(name, ("", {}))
    if when in kept:
        later = kept[when] > end
        kept = kept.assign(**{cell: kept[cell].mask(later, value) for cell, value in unknown.items() if cell in kept})
    return kept


def _on_clock(table: pd.DataFrame, zone: str) -> pd.DataFrame:
    times = [name for name in ("at", "first_seen") if name in table][:1]
    return table.assign(**{name: table[name].dt.tz_convert(zone) for name in times})
