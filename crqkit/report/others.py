"""What was read beside sales, answers and reviews: said in a line a table, so that an owner sees it was understood."""

import pandas as pd

from crqkit.base import Sentence, say
from crqkit.intake import Shop
from crqkit.tables.schema import CANCELLED, NO_SHOW, OPEN

# The times between which a table's rows lie, where that is not `at`.
TIMES = {"jobs": ["promised_at", "done_at"], "subscriptions": ["started_at"], "units": [], "customers": ["first_seen"]}
# Not used by any section yet; when one is, its table leaves this list.
NOT_USED = (
    *("interactions", "jobs", "bookings", "subscriptions", "events", "units", "costs", "referrals", "spend", "shifts"),
)
# What of a job makes a sale.
SALE_OF_JOB = ["customer_key", "done_at", "charged"]
# A list of customers says more of them than their orders do.
LISTED = ["tags", "country", "source", "stated_orders", "stated_spent"]


def others(shop: Shop) -> tuple[list[Sentence], pd.DataFrame]:
    """Return a sentence for each further table that was read, and its figures: ``table, rows, part, first, last``."""
    used = [name for name in ("customers", "claims") if shop.has(name)]
    if "customers" in used and shop.customers[LISTED].isna().all(axis=None) and shop.has("orders"):
        used.remove("customers")
    rows = {name: _figures(name, shop) for name in [*used, *(name for name in NOT_USED if shop.has(name))]}
    said = [_sentence(name, figures) for name, figures in rows.items()]
    if len(rows) > len(used):
        said.insert(len(used), say("page.have.not_used"))
        said += [] if shop.has("orders") else _way_to_sales(shop)
    return said, pd.DataFrame([{"table": name} | figures for name, figures in rows.items()])


def _figures(name: str, shop: Shop) -> dict[str, object]:
    table = shop.tables[name]
    columns = TIMES.get(name, ["at"])
    times = pd.concat([table[column] for column in columns]).dropna() if columns else pd.Series(dtype="object")
    times = times.dt.tz_convert(shop.settings.timezone) if len(times) else times
    first, last = (times.min(), times.max()) if len(times) else (pd.NaT, pd.NaT)
    figures = {"rows": len(table), "part": _part(name, table), "first": first, "last": last}
    return figures | ({"cancelled": int((table["status"] == CANCELLED).sum())} if name == "bookings" else {})


def _way_to_sales(shop: Shop) -> list[Sentence]:
    """Return what to fill in where there is no file of sales; jobs may hold it all already."""
    said = [say("page.have.orders_sheet")]
    jobs = shop.tables.get("jobs", pd.DataFrame(columns=SALE_OF_JOB))
    return [*said, say("page.have.jobs_as_orders")] if jobs[SALE_OF_JOB].notna().all(axis=1).any() else said


def _part(name: str, table: pd.DataFrame) -> int | None:
    """Return how many rows are what an owner asks for first: still open, done, missed; None where nothing says it."""
    if name == "interactions":
        return int((table["status"] == OPEN).sum()) if table["status"].notna().any() else None
    if name == "bookings":
        return int((table["status"] == NO_SHOW).sum()) if table["status"].notna().any() else None
    ended = {"jobs": table.get("done_at"), "subscriptions": table.get("ended_at")}.get(name)
    if ended is not None:
        return int((ended.notna() if name == "jobs" else ended.isna()).sum())
    distinct = {"events": "case_id", "units": "unit"}.get(name)
    return int(table[distinct].nunique()) if distinct else None


def _sentence(name: str, figures: dict[str, object]) -> Sentence:
    # Tickets and bookings of which nothing says how they stand.
    plain = figures["part"] is None and name in ("interactions", "bookings")
    what = say(f"page.have.{name}.plain" if plain else f"page.have.{name}", **figures)
    if pd.isna(figures["first"]):
        return say("page.have.undated", what=what)
    return say("page.have.period", what=what, first=figures["first"], last=figures["last"])
