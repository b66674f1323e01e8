"""Who stays: returning customers, as far as sales can be told apart."""

from collections.abc import Mapping

import pandas as pd

from crqkit.base import Result, Sentence, say
from crqkit.base.cutoffs import MIN_BUYERS
from crqkit.intake import Shop
from crqkit.report.file_start import file_start
from crqkit.report.section import Section, draw, gather
from crqkit.value import LeftTruncation, repeat_purchase, retention, retention_change
from crqkit.value.days import SHORTEST_FILE
from crqkit.value.truncation import KNOWN, NOTICED, TOO_LITTLE, UNCLEAR

needs = ("orders",)


def section(shop: Shop) -> Section:
    """Show repeat purchase and retention, or say why not."""
    orders = shop.orders
    if orders["customer_key"].notna().sum() == 0:
        return Section("stays", cannot=(say("page.stays.unidentified"),))
    if orders["at"].notna().sum() == 0:
        return Section("stays", cannot=(say("page.stays.undated"),))
    zone, start = shop.settings.timezone, file_start(shop)
    results = {
        "file_start": start,
        "repeat_purchase": repeat_purchase(orders, opened=shop.settings.opened, timezone=zone, start=start),
        "retention": retention(orders, timezone=zone),
        "retention_change": retention_change(orders, timezone=zone),
    }
    pairs = results["retention"].table
    figures = draw(say("page.figure.retention"), results["retention"], pairs[pairs["whole"]])
    then, tables = _withheld(results)
    shown = {name: result for name, result in results.items() if not _is_withheld(result)}
    cannot = (_no_lifetime_value(start),)
    folded = ("repeat_purchase",)
    return gather("stays", shown, then=then, tables=tables, folded=folded, figures=figures, cannot=cannot)


def _is_withheld(result: Result) -> bool:
    return result.reading.id.endswith(".withheld")


def _withheld(results: Mapping[str, Result]) -> tuple[list[Sentence], dict[str, pd.DataFrame]]:
    """Say once what is not shown for lack of known customers, and how to know more of them."""
    held = [result.reading.params for result in results.values() if _is_withheld(result)]
    if not held:
        return [], {}
    return [say("page.stays.withheld", **held[0])], {"coverage": pd.DataFrame([held[0]])}


def _no_lifetime_value(start: LeftTruncation) -> Sentence:
    """Say why no lifetime value is given: old customers would look new, or this page does not compute one."""
    if start.outcome not in (NOTICED, KNOWN, UNCLEAR, TOO_LITTLE):
        return say("page.stays.lifetime.not_yet")
    days = start.warm_up_days if start.old_look_new else int(SHORTEST_FILE)
    return say(f"page.stays.lifetime.{start.outcome}", days=days, least=int(MIN_BUYERS))
