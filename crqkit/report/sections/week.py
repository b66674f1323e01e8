"""This week: at most twenty customers by key, each with a reason."""

import pandas as pd

from crqkit.base import say
from crqkit.base.cutoffs import LIST_LENGTH
from crqkit.intake import Shop
from crqkit.report.section import Section, gather
from crqkit.report.week import quiet_regulars, week_list
from crqkit.tables import collect, customer_features, visit_days
from crqkit.value import left_truncation

needs = ("orders",)


def section(shop: Shop) -> Section:
    """List whom to mend things with, contact or greet."""
    orders = shop.orders
    if orders["customer_key"].notna().sum() == 0 or orders["at"].notna().sum() == 0:
        return Section("week", cannot=(say("page.week.none"),))
    zone = shop.settings.timezone
    visits = collect(customer_features(orders, as_of=shop.as_of))
    days = collect(visit_days(orders, timezone=zone))
    quiet = quiet_regulars(visits, days, shop.customers)
    start = left_truncation(orders, opened=shop.settings.opened, timezone=zone)
    listed = week_list(
        visits,
        quiet,
        orders,
        shop.answers,
        form=shop.form,
        as_of=shop.as_of,
        new_since=orders["at"].min() + pd.Timedelta(days=start.warm_up_days),
    )
    without = int((~quiet["consent"].eq(True).fillna(False)).sum())
    counts = {"count": len(listed), "most": int(LIST_LENGTH), "left_out": without}
    sentences = [
        say("page.week.list", count=counts["count"], most=counts["most"]) if len(listed) else say("page.week.empty")
    ]
    if without:
        sentences.append(say("page.week.no_consent", left_out=without))
    tables = {"this_week": listed, "counts": pd.DataFrame([counts])}
    return gather("week", {}, first=sentences, tables=tables, shown=("this_week",))
