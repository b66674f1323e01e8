"""Since the last page: change with its interval, and what became of the advice."""

from dataclasses import replace

import pandas as pd

from crqkit.base import Result, Sentence, Verdict, say
from crqkit.intake import Shop
from crqkit.report.asked import asks_to_recommend
from crqkit.report.section import Section, gather
from crqkit.report.snapshot import Snapshot, last_advice, last_snapshot
from crqkit.survey import change, dimension_scores, net_promoter, net_promoter_change
from crqkit.tables.schema import SALE

needs: tuple[str, ...] = ()
CLEAR = [verdict.value for verdict in Verdict if verdict.clear]


def section(shop: Shop) -> Section:
    """Compare with the last snapshot kept in the owner's folder."""
    before = last_snapshot(shop.folder, shop.as_of)
    if before is None:
        return Section("change", cannot=(say("page.change.first"),))
    results = _changes(shop, before)
    sentences = []
    tables = {"last_page": pd.DataFrame([{"day": before.as_of}])}
    advice = last_advice(shop.folder, shop.as_of)
    if len(advice):
        figures = _outcome(advice, shop)
        tables["advice"] = pd.DataFrame([figures])
        sentences.append(say("page.change.advised", **{n: figures[n] for n in ("day", "advised", "done", "open")}))
        if shop.has("orders"):
            sentences.append(say("page.change.returned", returned=figures["returned"], advised=figures["advised"]))
    clear = [result.reading for result in results.values() if result.table["verdict"].isin(CLEAR).any()]
    headline = say("page.change.headline", reading=clear[0], day=before.as_of) if clear else None
    results = {name: replace(result, reading=_whose(name, result, before)) for name, result in results.items()}
    cannot = () if results or not before.tables else (say("page.change.no_answers", day=before.as_of),)
    return gather(
        "change",
        results,
        first=[say(id, day=before.as_of) for id in ("page.change.since", *(["page.change.whose"] if results else []))],
        then=sentences,
        tables=tables,
        folded=tuple(results),
        cannot=cannot,
        headline=headline,
    )


def _whose(name: str, result: Result, before: Snapshot) -> Sentence:
    """Return the reading with what it speaks of: scores may stay while the recommendation moves."""
    reading, row = result.reading, result.table.iloc[0] if len(result.table) else {}
    if name == "recommendation":
        counts = {"n_before": row["n_before"], "n_after": row["n_after"]}
        return say("page.change.recommendation", reading=reading, day=before.as_of, **counts)
    if reading.id == "dimensions.change.unclear":
        return say("page.change.dimensions.unclear", **reading.params)
    return say("page.change.dimensions", reading=reading)


def _changes(shop: Shop, before: Snapshot) -> dict[str, Result]:
    """Compare what was answered since with what was answered until then: person by person where that is still here."""
    answers = shop.answers
    until, since = answers[answers["at"] <= before.as_of], answers[answers["at"] > before.as_of]
    results = {}
    if "dimensions" in before.tables and len(since) and shop.form.dimensions:
        if len(until):
            results["dimensions"] = change(until, since, form=shop.form)
        else:
            later = dimension_scores(since, form=shop.form).table
            results["dimensions"] = change(before.tables["dimensions"], later, form=shop.form)
    if "recommendation" in before.tables and asks_to_recommend(shop) and since["recommend"].notna().any():
        if len(until):
            results["recommendation"] = net_promoter_change(until, since)
        else:
            results["recommendation"] = net_promoter_change(before.tables["recommendation"], net_promoter(since).table)
    return results


def _outcome(advice: pd.DataFrame, shop: Shop) -> dict[str, object]:
    day = advice["advised_on"].max()
    after = shop.orders["at"].dt.tz_localize(None) >= day + pd.Timedelta(days=1)
    later = shop.orders[after & (shop.orders["status"] == SALE)]
    done = int(advice["done"].sum())
    returned = int(advice["customer_key"].isin(later["customer_key"]).sum())
    return {"day": day, "advised": len(advice), "done": done, "open": len(advice) - done, "returned": returned}
