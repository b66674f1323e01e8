"""Customers lined up by how long they have been customers: what each spent in every whole period since the first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.tables.calendar import AsOf, calendar
from crqkit.tables.engine import collect, in_memory, money_sum, open_orders
from crqkit.tables.over_time import visit_days
from crqkit.tables.schema import SALE
from crqkit.value.covered import identified_share

if TYPE_CHECKING:
    import ibis.expr.types as ir

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Followed:
    """One row a customer, one column a period since that of the first purchase (0).

    `net` is money spent, 0 where nothing was bought, NaN where the period is not over; `buys` whether anything was
    bought; `seen_last` the last period (since the first) with a purchase, over or not.
    """

    keys: pd.Index
    net: NDArray[np.float64]
    buys: Flags
    seen_last: NDArray[np.int64]
    coverage: float
    currency: str

    @property
    def longest(self) -> int:
        """Periods since the first that anyone was watched for."""
        return self.net.shape[1]

    def spent(self, tenure: int) -> pd.Series:
        """Return what each customer spent in one period since the first."""
        return pd.Series(self.net[:, tenure], index=self.keys)

    def watched(self, tenure: int) -> Flags:
        """Return who could be watched through that period."""
        return ~np.isnan(self.net[:, tenure])

    def bought(self, tenure: int) -> Flags:
        """Return who bought in that period."""
        return self.watched(tenure) & self.buys[:, tenure]

    def still(self, tenure: int) -> Flags:
        """Return who was seen buying after that period, of those watched for one period more."""
        return self.watched(tenure + 1) & (self.seen_last > tenure)

    def gone(self, tenure: int) -> Flags:
        """Return who was not seen after that period, of those watched for one period more."""
        return self.watched(tenure + 1) & (self.seen_last <= tenure)


def followed(orders: "pd.DataFrame | ir.Table", period: str, as_of: AsOf, timezone: str, warm_up_days: int) -> Followed:
    """Return the customers first seen after the warm-up of the file, lined up by period since the first purchase."""
    opened = open_orders(orders, as_of=as_of, timezone=timezone, money=True)
    dates = calendar(opened.first, opened.as_of, period, timezone)
    spans = in_memory(dates[["index", "start", "end"]])
    rows = opened.table.filter(opened.table["customer_key"].notnull())
    rows = rows.join(spans, [rows["at"] >= spans["start"], rows["at"] < spans["end"]])
    cells = rows.group_by("customer_key", "index").aggregate(
        net=money_sum(rows["net"]), sales=rows.count(where=rows["status"] == SALE)
    )
    cells = collect(cells.order_by("customer_key", "index"))
    days = visit_days(orders, as_of=as_of, timezone=timezone)
    late = collect(days.filter(days["nth"] == 0, days["day"] >= warm_up_days).select("customer_key"))
    currency = collect(opened.table.select("currency").distinct())["currency"].dropna()
    names = {"coverage": identified_share(opened), "currency": str(currency.iloc[0]) if len(currency) else ""}
    return line_up(cells[cells["customer_key"].isin(late["customer_key"])], int(dates["over"].sum()), names)


def line_up(cells: pd.DataFrame, over: int, names: Mapping[str, Any]) -> Followed:
    """Return customers from cells ``customer_key, index, net, sales``, a row a customer and calendar period.

    `over` periods are over, those with an index below it; `names` are coverage and currency.
    """
    sold = cells[cells["sales"] > 0].groupby("customer_key")["index"].agg(["min", "max"])
    since = cells["index"].to_numpy(dtype=int) - sold["min"].reindex(cells["customer_key"]).to_numpy(dtype=float)
    # Money back before the first sale in the file belongs to a purchase before it.
    cells, since = cells[since >= 0], since[since >= 0].astype(int)
    row = sold.index.get_indexer(cells["customer_key"])
    first = sold["min"].to_numpy(dtype=int)
    periods = np.arange(max(over, 1) + 1)
    net = np.where(first[:, None] + periods < over, 0.0, np.nan)
    buys = np.zeros(net.shape, dtype=bool)
    net[row, since] += cells["net"].fillna(0).to_numpy(dtype=float)
    buys[row, since] = (cells["sales"] > 0).to_numpy()
    return Followed(sold.index, net, buys, (sold["max"] - sold["min"]).to_numpy(dtype=int), **names)
