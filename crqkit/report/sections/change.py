"""Since the last page: change with its interval, and what became of the advice."""

import pandas as pd

from crqkit.base import say
from crqkit.intake import Shop
from crqkit.report.section import Section
from crqkit.report.snapshot import Snapshot, changes, last_advice, last_snapshot
from crqkit.tables.schema import SALE

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Compare with the last snapshot kept in the owner's folder."""
    before = last_snapshot(shop.folder, shop.as_of)
    if before is None:
        return Section("change", cannot=(say("page.change.first"),))
    table = changes(shop, before)
    sentences = [say("page.change.since", day=before.as_of), *(_sentence(row) for _, row in table.iterrows())]
    tables = {"changes": table, "last_page": pd.DataFrame([{"day": before.as_of}])}
    advice = last_advice(shop.folder, shop.as_of)
    if len(advice):
        figures = _outcome(advice, shop)
        tables["advice"] = pd.DataFrame([figures])
        named = {name: figures[name] for name in ("day", "advised", "done", "open")}
        sentences.append(say("page.change.advised", **named))
        if shop.has("orders"):
            sentences.append(say("page.change.returned", returned=figures["returned"], advised=figures["advised"]))
    return Section("change", tuple(sentences), tables, ("changes",))


def _sentence(row: pd.Series):
    if row["verdict"] == "above":
        cells = {"change": row["estimate"], "low": row["low"], "high": row["high"]}
    elif row["verdict"] == "below":
        cells = {"drop": row["drop"], "least": row["least"], "most": row["most"]}
    elif row["verdict"] == "unclear":
        cells = {"change": row["estimate"], "low": row["low"], "high": row["high"]}
    else:
        cells = {"n": row["n"]}
    return say(f"page.change.{row['verdict']}", name=row["measure"], **cells)


def _outcome(advice: pd.DataFrame, shop: Shop) -> dict[str, object]:
    day = advice["advised_on"].max()
    later = shop.orders[(shop.orders["at"] > day) & (shop.orders["status"] == SALE)]
    done = int(advice["done"].sum())
    return {
        "day": day,
        "advised": len(advice),
        "done": done,
        "open": len(advice) - done,
        "returned": int(advice["customer_key"].isin(later["customer_key"]).sum()),
    }


__all__ = ["Snapshot", "needs", "section"]
