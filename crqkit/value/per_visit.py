"""Whether one and the same customer comes to spend more a visit, or whether only the larger baskets stay."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crqkit.base import Cutoff, Result, Sentence, Verdict, measures, say, verdict
from crqkit.base.cutoffs import CONFIDENCE, COVERAGE, MIN_BUYERS
from crqkit.base.verdict import amounts
from crqkit.stats.estimates import Estimate
from crqkit.stats.slopes import CLUSTERED, WITHIN, Slopes, slopes
from crqkit.tables.calendar import AsOf, calendar
from crqkit.tables.checks import as_cutoff
from crqkit.tables.engine import collect, in_memory, money_sum, open_orders
from crqkit.tables.schema import SALE
from crqkit.value.covered import identified_share
from crqkit.value.days import cited
from crqkit.value.tenure import SOURCES
from crqkit.value.truncation import UNCLEAR, left_truncation

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR_DAYS = 365.25


def spend_per_visit(
    orders: "pd.DataFrame | ir.Table",
    *,
    as_of: AsOf = None,
    opened: date | str | None = None,
    timezone: str = "UTC",
    cutoff: "Cutoff | float" = COVERAGE,
) -> Result:
    """Return how much more is spent a visit with each year of being a customer: by whoever is left, and by the same.

    A visit is a day with a sale. The first visit of each customer is not compared. Needs less data than
    `spend_by_tenure`, since it looks neither at how often people come nor at who left: for many small shops it is all
    that can be asked.

    - ``growth_of_buyers`` (naive): the slope over all visits, whoever made them. It rises when customers come to spend
      more, and also when those who spend little stop coming.
    - ``growth_of_same`` (corrected): the slope within one and the same customer. Who never came back adds nothing.
    - ``growth_of_leaving``: the first less the second, what is due to who is left.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status, net, currency``, one currency; money back on another day than a visit is left out.
    as_of : date, optional
        Later rows do not count.
    opened : date or str, optional
        When the shop opened; customers first seen in the warm-up of a file that begins in mid-life are left out.
    cutoff : Cutoff or float
        Share of sales with a customer under which nothing is shown.

    Returns
    -------
    Result
        The three measures: money a visit and year, the quarters of the year held apart, with intervals clustered by
        customer, `n` customers; `visits`, `coverage`, `limit`, `least`, `currency`. `n` and `visits` count those used:
        within one and the same customer, whoever has fewer than two visits to compare adds nothing.

    Notes
    -----
    Prices that rose in the meantime are in both. False alarms: ``tests/reference/studies/value_claims.csv``.

    References
    ----------
    Reinartz & Kumar 2000, J. Marketing 64(4):17-35; Mundlak 1978, Econometrica 46:69-85.
    """
    cutoff = as_cutoff(cutoff, COVERAGE)
    start = left_truncation(orders, opened=opened, as_of=as_of, timezone=timezone)
    covered, currency, visits = _visits(orders, as_of, timezone)
    visits = later_visits(visits[visits["first"] >= start.warm_up_days])
    shown = covered >= float(cutoff)
    found = grow(visits) if shown else Slopes(*[Estimate(np.nan, np.nan, np.nan, 0)] * 3)
    table = tabulate(found, visits, currency).assign(coverage=covered, limit=float(cutoff))
    cautions = [say("caution.value.identified_only", coverage=covered), say("caution.value.prices")] if shown else []
    if start.warm_up_days:
        cautions.append(say("caution.value.warm_up", days=start.warm_up_days))
    if start.outcome == UNCLEAR:
        cautions.append(say("caution.value.tenure_start"))
    return Result(
        table,
        reading(table) if shown or np.isnan(covered) else _withheld(covered, cutoff),
        cautions=tuple(cautions),
        sources=(*SOURCES, WITHIN, CLUSTERED, *cited(cutoff, MIN_BUYERS)),
        settings={"function": "spend_per_visit", "as_of": as_of, "opened": opened, "timezone": timezone}
        | {"confidence": float(CONFIDENCE), "cutoff": float(cutoff)},
    )


def _withheld(covered: float, cutoff: Cutoff) -> Sentence:
    return say("tenure.withheld", coverage=covered, limit=float(cutoff))


def _visits(orders: "pd.DataFrame | ir.Table", as_of: AsOf, timezone: str) -> tuple[float, str, pd.DataFrame]:
    """Return the coverage, the currency, and ``customer_key, day, net, first, season``, a row a customer and visit."""
    opened = open_orders(orders, as_of=as_of, timezone=timezone, money=True)
    dates = calendar(opened.first, opened.as_of, "day", timezone)
    spans = in_memory(dates[["index", "start", "end"]])
    rows = opened.table.filter(opened.table["customer_key"].notnull())
    rows = rows.join(spans, [rows["at"] >= spans["start"], rows["at"] < spans["end"]])
    cells = rows.group_by("customer_key", day="index").aggregate(
        net=money_sum(rows["net"]), sales=rows.count(where=rows["status"] == SALE)
    )
    cells = collect(cells.filter(cells["sales"] > 0).order_by("customer_key", "day")).dropna(subset=["net"])
    quarters = pd.to_datetime(dates["period"], format="%Y-%m-%d").dt.quarter.to_numpy()
    currency = collect(opened.table.select("currency").distinct())["currency"].dropna()
    first = cells.groupby("customer_key")["day"].transform("min")
    cells = cells.assign(first=first, season=quarters[cells["day"].to_numpy(dtype=int)] if len(cells) else 0)
    return identified_share(opened), str(currency.iloc[0]) if len(currency) else "", cells


def later_visits(visits: pd.DataFrame) -> pd.DataFrame:
    """Return all visits but the first of each customer."""
    return visits[visits["day"] > visits["first"]]


def grow(visits: pd.DataFrame) -> Slopes:
    """Return how fast spending a visit grows with the years since the first visit."""
    years = (visits["day"] - visits["first"]).to_numpy(dtype=float) / YEAR_DAYS
    columns = (visits[name].to_numpy() for name in ("customer_key", "season"))
    return slopes(visits["net"].to_numpy(dtype=float), years, *columns, confidence=float(CONFIDENCE))


def tabulate(found: Slopes, visits: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the slopes of `visits` as measures, those of too few customers without their figures."""
    rows = []
    compared = int(visits.groupby("customer_key")["day"].transform("nunique").gt(1).sum())
    used = {"same": compared}
    for name, line in zip(("buyers", "same", "leaving"), found, strict=True):
        shown = line.n >= int(MIN_BUYERS)
        ends = (line.estimate, line.low, line.high) if shown else (np.nan,) * 3
        row = {
            "measure": f"growth_of_{name}",
            "group": say(f"visit.{name}"),
            "n": line.n,
            "visits": used.get(name, len(visits)),
        }
        row |= dict(zip(("estimate", "low", "high"), ends, strict=True)) | {"least": int(MIN_BUYERS)}
        rows.append(row | {"unit": say("visit.unit", currency=currency), "currency": currency})
    return measures(rows)


def reading(table: pd.DataFrame) -> Sentence:
    """Return the sentence that the measures allow."""
    naive, same = (table.set_index("measure").loc[f"growth_of_{name}"] for name in ("buyers", "same"))
    found, seen = (verdict(row["low"], row["high"], row["n"], min_n=int(MIN_BUYERS)) for row in (same, naive))
    if found is Verdict.TOO_LITTLE:
        return say("visit.too_little", n=same["n"], least=same["least"])
    ends = [same[name] for name in ("estimate", "low", "high")]
    cells = {"n": same["n"], "visits": same["visits"], "currency": same["currency"]}
    if found.clear:
        return say(f"visit.{found}", **cells, **amounts(*ends))
    cells |= dict(zip(("change", "low", "high"), ends, strict=True))
    return say("visit.survivors" if seen is Verdict.ABOVE else "visit.unclear", **cells, rise=naive["estimate"])
