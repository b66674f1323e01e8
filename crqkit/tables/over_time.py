"""Rows by period in the shop's own time: sales, first-purchase cohorts, who bought again, days of visits."""

from typing import TYPE_CHECKING

from crqkit.tables.calendar import AsOf, calendar
from crqkit.tables.engine import Opened, in_memory, money_sum, open_orders
from crqkit.tables.schema import SALE

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


def _in_periods(opened: Opened, period: str, timezone: str, *, over: bool) -> "tuple[ir.Table, ir.Table]":
    """Return the rows with the `index` of their period, and the calendar (of periods that are over)."""
    dates = calendar(opened.first, opened.as_of, period, timezone)
    spans = in_memory(dates[dates["over"]] if over else dates)
    rows = opened.table
    within = [rows["at"] >= spans["start"], rows["at"] < spans["end"]]
    return rows.join(spans.select("index", "start", "end"), within), spans


def customers_by(opened: Opened, period: str, timezone: str, *, over: bool = True) -> "tuple[ir.Table, ir.Table]":
    """Return one row a customer and period (over or not) with a sale: ``customer_key, index``; and the calendar."""
    rows, spans = _in_periods(opened, period, timezone, over=over)
    rows = rows.filter(rows["customer_key"].notnull(), rows["status"] == SALE)
    return rows.select("customer_key", "index").distinct(), spans


def periods(
    orders: "pd.DataFrame | ir.Table", *, period: str = "month", as_of: AsOf = None, timezone: str = "UTC"
) -> "ir.Table":
    """Return sales by period; a period without sales is there with zeros.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status, net, currency``, one currency.
    period : {"day", "week", "month", "quarter", "year"}
        In `timezone`.

    Returns
    -------
    Ibis table
        ``period, start, over, sales, buyers, net, identified``: `start` in UTC; `sales` are rows; `buyers` are
        different known customers; `net` is sales less refunds booked in the period; `identified` is the share (0 to 1)
        of sales with a key, missing without sales.
    """
    opened = open_orders(orders, as_of=as_of, timezone=timezone, money=True)
    rows, spans = _in_periods(opened, period, timezone, over=False)
    sale = rows["status"] == SALE
    sums = rows.group_by("index").aggregate(
        sales=rows.count(where=sale),
        known=rows.count(where=sale & rows["customer_key"].notnull()),
        buyers=rows["customer_key"].nunique(where=sale),
        net=money_sum(rows["net"]),
    )
    every = spans.left_join(sums, "index")
    return every.select(
        *("period", "start", "over"),
        every["sales"].fill_null(0).name("sales"),
        every["buyers"].fill_null(0).name("buyers"),
        every["net"].fill_null(0).name("net"),
        (every["known"] / every["sales"].nullif(0)).name("identified"),
    ).order_by("start")


def cohorts(
    orders: "pd.DataFrame | ir.Table", *, period: str = "quarter", as_of: AsOf = None, timezone: str = "UTC"
) -> "ir.Table":
    """Return the cohort triangle: of those who first bought in a period, how many bought in each later one.

    Returns
    -------
    Ibis table
        ``cohort, since, period, active, size``, sorted: `since` periods after the first (0 is the cohort's own).
        Only periods that are over appear; within them, nobody active is a row with 0.

    Notes
    -----
    In a file that starts in mid-life (see `crqkit.value.left_truncation`) the first cohorts hold old customers.
    """
    opened = open_orders(orders, as_of=as_of, timezone=timezone)
    active, spans = customers_by(opened, period, timezone)
    firsts = active.group_by("customer_key").aggregate(cohort_index=active["index"].min())
    both = active.join(firsts, "customer_key")
    counts = both.group_by("cohort_index", "index").aggregate(active=both.count())
    sizes = firsts.group_by("cohort_index").aggregate(size=firsts.count())
    born = spans.select(cohort_index="index", cohort="period").join(sizes, "cohort_index")
    later = spans.select("index", "period")
    cells = born.join(later, born["cohort_index"] <= later["index"]).left_join(counts, ["cohort_index", "index"])
    return cells.select(
        "cohort",
        (cells["index"] - cells["cohort_index"]).name("since"),
        "period",
        cells["active"].fill_null(0).name("active"),
        "size",
    ).order_by("cohort", "since")


def returns(
    orders: "pd.DataFrame | ir.Table", *, period: str = "quarter", as_of: AsOf = None, timezone: str = "UTC"
) -> "ir.Table":
    """Return, for each pair of neighbouring periods that are over, how many bought in the first and in both.

    Returns
    -------
    Ibis table
        ``period, next, start, end, buyers, returned``, in order of time; `start` and `end` (UTC) of `period`.
    """
    import ibis

    opened = open_orders(orders, as_of=as_of, timezone=timezone)
    active, spans = customers_by(opened, period, timezone)
    following = active["index"].lead().over(group_by="customer_key", order_by="index")
    back = active.mutate(again=following == active["index"] + 1)
    counts = back.group_by("index").aggregate(buyers=back.count(), returned=back.count(where=back["again"]))
    pairs = spans.mutate(next=spans["period"].lead().over(order_by="index")).left_join(counts, "index")
    pairs = pairs.filter(pairs["next"].notnull())
    counted = [ibis.coalesce(pairs[name], 0).name(name) for name in ("buyers", "returned")]
    return pairs.select("period", "next", "start", "end", *counted).order_by("start")


def visit_days(orders: "pd.DataFrame | ir.Table", *, as_of: AsOf = None, timezone: str = "UTC") -> "ir.Table":
    """Return one row a customer and day with a sale, so that two receipts of one day are one visit.

    Returns
    -------
    Ibis table
        ``customer_key, day, gap, nth``, sorted: `day` counted from the day of the first sale in the file (0),
        `gap` days to the customer's next visit (missing for the last), `nth` visit of the customer from 0.
    """
    import ibis

    opened = open_orders(orders, as_of=as_of, timezone=timezone)
    active, _ = customers_by(opened, "day", timezone, over=False)
    days = active.rename(day="index")
    turn = {"group_by": "customer_key", "order_by": "day"}
    gap = days["day"].lead().over(**turn) - days["day"]
    return days.mutate(gap=gap, nth=ibis.row_number().over(**turn)).order_by("customer_key", "day")
