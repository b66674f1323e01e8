"""Who stays: returning customers, as far as sales can be told apart."""

from crqkit.base import say
from crqkit.intake import Shop
from crqkit.report.section import Section, draw, gather
from crqkit.value import left_truncation, repeat_purchase, retention, retention_change

needs = ("orders",)


def section(shop: Shop) -> Section:
    """Show repeat purchase and retention, or say why not."""
    orders = shop.orders
    if orders["customer_key"].notna().sum() == 0:
        return Section("stays", cannot=(say("page.stays.unidentified"),))
    if orders["at"].notna().sum() == 0:
        return Section("stays", cannot=(say("page.stays.undated"),))
    opened, zone = shop.settings.opened, shop.settings.timezone
    results = {
        "file_start": left_truncation(orders, opened=opened, timezone=zone),
        "repeat_purchase": repeat_purchase(orders, opened=opened, timezone=zone),
        "retention": retention(orders, timezone=zone),
        "retention_change": retention_change(orders, timezone=zone),
    }
    pairs = results["retention"].table
    figures = draw(say("page.figure.retention"), results["retention"], pairs[pairs["whole"]])
    return gather("stays", results, folded=("repeat_purchase",), figures=figures)
