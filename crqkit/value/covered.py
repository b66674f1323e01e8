"""What share of the sales carries a customer: how far any figure on returning customers reaches."""

from typing import TYPE_CHECKING

import pandas as pd

from crqkit.base import Cutoff, Result, measures, say
from crqkit.base.cutoffs import COVERAGE
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import as_cutoff, check_frame
from crqkit.tables.engine import Opened, collect, money_sum, open_orders
from crqkit.tables.schema import SALE

if TYPE_CHECKING:
    import ibis.expr.types as ir

ALL = "all"
NAN = float("nan")


def coverage(
    orders: "pd.DataFrame | ir.Table", *, as_of: AsOf = None, timezone: str = "UTC", cutoff: "Cutoff | float" = COVERAGE
) -> Result:
    """Return the share of sales, and of the money they brought, that carries a customer key.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status, net, currency``; several currencies are allowed.
    as_of : date, optional
        Later rows do not count.
    cutoff : Cutoff or float
        The share of sales under which figures on returning customers are withheld.

    Returns
    -------
    Result
        Measures ``sales_identified`` (group ``all``, and each currency if there are several) and
        ``money_identified`` (each currency): shares from 0 to 1, `n` sales. Refunds booked on their own do not
        count. Every sale is counted, so nothing is estimated and there is no interval. A share is missing where sales
        below zero leave no whole to be a part of.
    """
    cutoff = as_cutoff(cutoff, COVERAGE)
    opened = open_orders(orders, as_of=as_of, timezone=timezone, money=True, one_currency=False)
    sales = opened.table.filter(opened.table["status"] == SALE)
    counts = collect(
        sales.group_by("currency")
        .aggregate(
            n=sales.count(),
            known=sales.count(where=sales["customer_key"].notnull()),
            net=money_sum(sales["net"]),
            known_net=money_sum(sales["net"], where=sales["customer_key"].notnull()),
        )
        .order_by("currency")
    ).fillna({"known_net": 0.0})
    n, known = int(counts["n"].sum()), int(counts["known"].sum())
    rows = [_row("sales_identified", ALL, known, n, n, cutoff)]
    for row in counts.itertuples():
        name = row.currency if isinstance(row.currency, str) else ""
        if len(counts) > 1:
            rows.append(_row("sales_identified", name, row.known, row.n, row.n, cutoff))
        rows.append(_row("money_identified", name, row.known_net, row.net, row.n, cutoff))
    outcome = "too_little" if n == 0 else "none" if known == 0 else "low" if known / n < float(cutoff) else "enough"
    table = measures(rows)
    return Result(
        table,
        say(f"coverage.{outcome}", share=table["estimate"][0], n=n, limit=float(cutoff)),
        cautions=(say("caution.value.full_count"),),
        sources=(str(cutoff),),
        settings={"function": "coverage", "as_of": as_of, "timezone": timezone, "cutoff": float(cutoff)},
    )


def _row(measure: str, group: str, part: float, whole: float, n: int, cutoff: Cutoff) -> dict[str, object]:
    share = part / whole if whole > 0 else NAN
    # Sales below zero can make a part larger than the whole: then there is no share to speak of.
    share = share if 0 <= share <= 1 else NAN
    return {"measure": measure, "group": group, "estimate": share, "n": n, "unit": "share", "limit": float(cutoff)}


def identified_share(opened: Opened) -> float:
    """Return the share of sales with a customer key, NaN without sales."""
    sales = opened.table.filter(opened.table["status"] == SALE)
    counts = collect(sales.aggregate(n=sales.count(), known=sales["customer_key"].count())).iloc[0]
    return float(counts["known"] / counts["n"]) if counts["n"] else NAN


def main_currency(orders: pd.DataFrame) -> str:
    """Return the currency of most sales (the first by name among equals); empty if none is known.

    >>> main_currency(pd.DataFrame({"currency": ["EUR", "USD", "EUR"], "status": "sale"}))
    'EUR'
    """
    check_frame(orders, ["status", "currency"], "orders")
    counts = orders.loc[orders["status"] == SALE, "currency"].value_counts().sort_index()
    return str(counts.idxmax()) if len(counts) else ""
