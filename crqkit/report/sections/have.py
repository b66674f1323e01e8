"""What we have: files, rows, and the share of sales that speak."""

import pandas as pd

from crqkit.base import say
from crqkit.intake import Shop, log_sentences
from crqkit.report.section import Section
from crqkit.tables.schema import SALE

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Say what was read and how much of the business it covers."""
    log = shop.log
    rows = log.groupby("outcome")["rows"].sum()
    totals = {
        "files": log["file"].nunique(),
        "read": rows.get("read", 0),
        "kept": rows.get("kept", 0),
        "dropped": rows.get("dropped", 0),
    }
    sentences = []
    cannot, cautions = [], list(shop.cautions)
    sources: tuple[str, ...] = ()
    tables = {"files": log, "totals": pd.DataFrame([totals])}
    if shop.has("orders"):
        from crqkit.value import coverage

        figures = _orders(shop)
        covered = coverage(shop.orders)
        sentences += [say("page.have.orders", **figures), covered.reading]
        tables |= {"sales": pd.DataFrame([figures | {"net": figures["net"][0]}]), "coverage": covered.table}
        cautions += covered.cautions
        sources = covered.sources
    else:
        cannot.append(say("page.have.no_orders"))
    if shop.has("responses"):
        people = {"people": len(shop.answers), "linked": int(shop.answers["customer_key"].notna().sum())}
        sentences.append(say("page.have.answers", **people))
        tables["people"] = pd.DataFrame([people])
    else:
        cannot.append(say("page.have.no_answers"))
    if shop.has("reviews"):
        given = shop.reviews["text"]
        reviews = {"reviews": len(given), "texts": int((given.fillna("") != "").sum())}
        sentences.append(say("page.have.reviews", **reviews))
        tables["reviews"] = pd.DataFrame([reviews])
    else:
        cannot.append(say("page.have.no_reviews"))
    sentences += [say("page.have.files", **totals), *log_sentences(log)]
    return Section("have", tuple(sentences), tables, cautions=tuple(cautions), cannot=tuple(cannot), sources=sources
    )


def _orders(shop: Shop) -> dict[str, object]:
    orders = shop.orders
    sales = orders[orders["status"] == SALE]
    currency = next(iter(orders["currency"].dropna().unique()), "")
    return {
        "sales": len(sales),
        "buyers": sales["customer_key"].nunique(),
        "first": sales["at"].min(),
        "last": sales["at"].max(),
        "net": (orders["net"].sum(), currency),
    }
