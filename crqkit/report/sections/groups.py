"""Groups of customers: by their answers, and by how recently and how often they came."""

from crqkit.base import say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.few_known import few_known
from crqkit.report.section import Section, gather
from crqkit.survey import compare_groups
from crqkit.tables.form import CHOICE
from crqkit.value import rfm

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Compare the groups that people put themselves in; count customers by recency and frequency."""
    results, sentences = {}, []
    if shop.has("responses") and any(item.dimension for item in shop.form.items):
        for item in shop.form.of_kind(CHOICE):
            if item.id in shop.answers and (shop.answers[item.id].value_counts() >= int(GROUP_FLOOR)).sum() > 1:
                results[item.id] = compare_groups(shop.answers, form=shop.form, by=item.id)
                sentences.append(say("page.groups.question", question=item.text))
    tables, folded = {}, tuple(results)
    if shop.has("orders") and shop.orders["customer_key"].notna().any():
        results["customers"] = scored = rfm(shop.orders, as_of=shop.as_of, timezone=shop.settings.timezone)
        richest = scored.table.sort_values(["monetary", "customer_key"], ascending=[False, True])
        tables = {"customers": richest, "cut_points": scored.cuts, "cells": scored.cells}
        folded = (*folded, "cut_points")
        few, known = few_known(shop)
        sentences, tables = [*few, *sentences], tables | known
    cannot = () if results else (say("page.groups.none"),)
    return gather("groups", results, first=sentences, tables=tables, folded=folded, cannot=cannot)
