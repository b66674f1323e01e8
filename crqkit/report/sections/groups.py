"""Groups of customers: by their answers, and by how recently and how often they came."""

from crqkit.base import say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.section import Section
from crqkit.survey import compare_groups
from crqkit.tables.form import CHOICE
from crqkit.value import rfm

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Compare the groups that people put themselves in; count customers by recency and frequency."""
    sentences, tables, shown, cautions, sources = [], {}, [], [], []
    results = {}
    if shop.has("responses"):
        for item in shop.form.of_kind(CHOICE):
            sizes = shop.answers[item.id].value_counts() if item.id in shop.answers else []
            if sum(size >= int(GROUP_FLOOR) for size in sizes) > 1 and any(i.dimension for i in shop.form.items):
                results[item.id] = compare_groups(shop.answers, form=shop.form, by=item.id)
    if shop.has("orders") and shop.orders["customer_key"].notna().any():
        results["customers"] = rfm(shop.orders, as_of=shop.as_of)
    for name, result in results.items():
        sentences.append(result.reading)
        tables[name] = result.table
        cautions += result.cautions
        sources += result.sources
    if "customers" in results:
        tables["cut_points"] = results["customers"].cuts
        shown.append("cut_points")
    cannot = () if results else (say("page.groups.none"),)
    shown = [name for name in tables if name != "customers"]
    return Section("groups", tuple(sentences), tables, tuple(shown), (), tuple(cautions), cannot, tuple(sources))
