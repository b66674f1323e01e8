"""This week: at most twenty customers by key, each with a reason."""

import pandas as pd

from crqkit.base import say
from crqkit.base.cutoffs import LIST_LENGTH
from crqkit.intake import Shop
from crqkit.report.asked import asks_to_recommend
from crqkit.report.few_known import few_known
from crqkit.report.file_start import file_start
from crqkit.report.section import Section, gather
from crqkit.report.snapshot import done_lately
from crqkit.report.week import CONTACT, GREET, MEND, RECENT_DAYS, quiet_regulars, week_list
from crqkit.tables import collect, customer_features, visit_days

needs = ("orders",)


def section(shop: Shop) -> Section:
    """List whom to mend things with, contact or greet."""
    orders = shop.orders
    if orders["customer_key"].notna().sum() == 0 or orders["at"].notna().sum() == 0:
        return Section("week", cannot=(say("page.week.none"),))
    zone = shop.settings.timezone
    visits = collect(customer_features(orders, as_of=shop.as_of, timezone=zone))
    visits = visits.assign(**{name: visits[name].dt.tz_convert(zone) for name in ("first_at", "last_at")})
    days = collect(visit_days(orders, timezone=zone))
    quiet = quiet_regulars(visits, days, shop.customers)
    start = file_start(shop)
    listed = week_list(
        visits,
        quiet,
        orders,
        shop.answers,
        form=shop.form,
        as_of=shop.as_of,
        new_since=orders["at"].min() + pd.Timedelta(days=start.warm_up_days),
        ask_recommend=asks_to_recommend(shop),
        done=done_lately(shop.folder, shop.as_of, int(RECENT_DAYS)),
    )
    listed = listed.assign(consent=_agreed(listed["customer_key"], shop.customers))
    actions = listed["action"].value_counts()
    counts = {"count": len(listed), "most": int(LIST_LENGTH), "left_out": _without(quiet)}
    counts |= {action: int(actions.get(action, 0)) for action in (MEND, CONTACT, GREET)}
    folder = {"folder": shop.folder.name if shop.folder.is_absolute() else str(shop.folder)}
    told = ("page.week.list", "page.week.words", "page.week.who") if len(listed) else ("page.week.empty",)
    told += ("page.week.no_consent",) if counts["left_out"] else ()
    few, known = few_known(shop)
    sentences = [*few, *(say(id, **counts, **folder) for id in told)]
    tables = {"this_week": listed, "counts": pd.DataFrame([counts])} | known
    return gather("week", {}, first=sentences, tables=tables, shown=("this_week",))


def _without(quiet: pd.DataFrame) -> int:
    return int((~quiet["consent"].eq(True).fillna(False)).sum())


def _agreed(keys: pd.Series, customers: pd.DataFrame) -> list[str]:
    consent = keys.map(customers.drop_duplicates("customer_key").set_index("customer_key")["consent"])
    words = [{True: "yes", False: "no"}.get(given, "unknown") for given in consent.astype(object)]
    return [str(say(f"page.week.consent.{word}")) for word in words]
