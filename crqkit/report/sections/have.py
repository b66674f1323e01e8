"""What we have: files, rows, and the share of sales that speak."""

import pandas as pd

from crqkit.base import Sentence, say
from crqkit.intake import Shop, log_sentences
from crqkit.report.others import others
from crqkit.report.section import Section, gather
from crqkit.tables.form import TEXT
from crqkit.tables.schema import SALE
from crqkit.value import coverage

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Say what was read and how much of the business it covers."""
    rows = shop.log.groupby("outcome")["rows"].sum()
    read = {outcome: int(rows.get(outcome, 0)) for outcome in ("read", "kept", "dropped")}
    files = {"files": shop.log.loc[shop.log["outcome"] == "read", "file"].nunique()} | read
    results, sentences, cannot = {}, [], []
    tables = {"files": shop.log, "mapped": shop.mapped, "totals": pd.DataFrame([files])}
    for name, count in (("orders", _orders), ("responses", _answers), ("reviews", _reviews)):
        if name == "orders" and shop.has(name) and not (shop.orders["status"] == SALE).any():
            sentences.append(say("page.have.no_sales"))
        elif shop.has(name):
            counts = count(shop)
            who = {"who": _by(counts)} if name == "orders" else {}
            sentences.append(say(f"page.have.{name}", **counts, **who))
            tables[name] = pd.DataFrame([counts | ({"net": counts["net"][0]} if "net" in counts else {})])
            sentences += [say("page.have.no_currency")] if who and not counts["net"][1] else []
        else:
            cannot.append(say(f"page.have.no_{name}"))
    comments = shop.responses.loc[shop.responses["text"].fillna("").str.strip() != "", "item"]
    words = int(comments.isin([item.id for item in shop.form.of_kind(TEXT)]).sum())
    if words:
        sentences.append(say("page.have.comments", texts=words))
        tables["comments"] = pd.DataFrame([{"texts": words}])
    said, read_too = others(shop)
    sentences += said
    tables |= {"others": read_too} if len(read_too) else {}
    if shop.has("orders"):
        results["coverage"] = coverage(shop.orders)
    return gather(
        "have",
        results,
        first=sentences,
        then=(say("page.have.files" if files["dropped"] else "page.have.files.whole", **files),),
        tables=tables,
        details=tuple(log_sentences(shop.log)),
        cautions=shop.cautions,
        cannot=tuple(cannot),
    )


def _orders(shop: Shop) -> dict[str, object]:
    orders = shop.orders
    sales = orders[orders["status"] == SALE]
    currency = next(iter(orders["currency"].dropna().unique()), "")
    return {
        "sales": len(sales),
        "known": int(sales["customer_key"].notna().sum()),
        "buyers": sales["customer_key"].nunique(),
        "first": sales["at"].min(),
        "last": sales["at"].max(),
        "net": (orders["net"].sum(), currency),
    }


def _by(counts: dict[str, object]) -> Sentence:
    """Say whose sales they are: of all of them, of a part, or of none a customer is known."""
    known = counts["known"]
    return say(f"page.have.by.{'none' if not known else 'all' if known == counts['sales'] else 'part'}", **counts)


def _answers(shop: Shop) -> dict[str, object]:
    return {"people": len(shop.answers), "linked": int(shop.answers["customer_key"].notna().sum())}


def _reviews(shop: Shop) -> dict[str, object]:
    words = shop.reviews["text"].fillna("").str.strip()
    return {"reviews": len(words), "texts": int((words != "").sum())}
