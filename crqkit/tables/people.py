"""One row a customer: what each has done so far, and recency, frequency, monetary scores."""

from typing import TYPE_CHECKING

from crqkit.base import DataProblem, Fault
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import is_whole
from crqkit.tables.engine import in_memory, money_sum, open_orders, whole_days
from crqkit.tables.over_time import customers_by
from crqkit.tables.schema import REFUND, SALE

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

# A higher score is better: recent visits score high, so recency is ranked from the longest ago.
RFM_MEASURES = {"r": "recency_days", "f": "frequency", "m": "monetary"}


def customer_features(orders: "pd.DataFrame | ir.Table", *, as_of: AsOf = None, timezone: str = "UTC") -> "ir.Table":
    """Return one row a customer, from all rows up to `as_of`.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status, net, currency``; rows without a key are left out.
    as_of : date, optional
        Later rows do not count; the last row's moment if not given.
    timezone : str
        Where midnight is taken: several receipts of one day are one visit.

    Returns
    -------
    Ibis table
        ``customer_key, as_of, first_at, last_at, sales, visits, refunds, net, mean_net_per_visit, days_since_last,
        tenure_days``, sorted by key (as text). `sales` are rows; `visits` are days with a sale, as everywhere
        (`visit_days`); both times are those of sales; `refunds` counts rows that are money back only; `net` is sales
        less refunds. Days since are whole days of 24 hours. A customer with refunds alone has no visit, no times.

    Raises
    ------
    DataProblem
        A column is missing, a status is neither sale nor refund, or there are several currencies.

    Examples
    --------
    >>> import pandas as pd
    >>> from crqkit.tables import collect
    >>> at = pd.to_datetime(["2026-01-01", "2026-01-31"], utc=True)
    >>> orders = pd.DataFrame({"customer_key": "ana", "at": at, "status": "sale", "net": 10.0, "currency": "EUR"})
    >>> collect(customer_features(orders))[["visits", "net", "tenure_days"]].values.tolist()
    [[2.0, 20.0, 30.0]]
    """
    import ibis

    opened = open_orders(orders, as_of=as_of, timezone=timezone, money=True)
    days, _ = customers_by(opened, "day", timezone, over=False)
    visits = days.group_by("customer_key").aggregate(visits=days.count())
    rows = opened.table.filter(opened.table["customer_key"].notnull())
    sale = rows["status"] == SALE
    people = rows.group_by("customer_key").aggregate(
        first_at=rows["at"].min(where=sale),
        last_at=rows["at"].max(where=sale),
        sales=rows.count(where=sale),
        refunds=rows.count(where=rows["status"] == REFUND),
        net=money_sum(rows["net"]),
    )
    people = people.left_join(visits, "customer_key")
    people = people.mutate(visits=people["visits"].fill_null(0)).drop("customer_key_right")
    return people.select(
        "customer_key",
        ibis.literal(opened.as_of, type="timestamp('UTC')").name("as_of"),
        *("first_at", "last_at", "sales", "visits", "refunds", "net"),
        (people["net"] / people["visits"].nullif(0)).name("mean_net_per_visit"),
        whole_days(people["last_at"], opened.as_of).name("days_since_last"),
        whole_days(people["first_at"], opened.as_of).name("tenure_days"),
    ).order_by("customer_key")


def rfm(orders: "pd.DataFrame | ir.Table", *, as_of: AsOf = None, bins: int = 5, timezone: str = "UTC") -> "ir.Table":
    """Score every customer with a visit on recency, frequency and money; equal values get equal scores.

    The rule, for n customers: line them up from worst to best (longest ago, fewest visits, least money). A
    customer's percent rank is the number of customers strictly worse, divided by n - 1. The score is
    1 + floor(bins * percent rank), at most `bins`. Ties share the lowest rank among them, so a large group of
    one-time buyers shares score 1 and the next score may be skipped. (NTILE would split a tie at random.)

    Parameters
    ----------
    orders : DataFrame or Ibis table
        As for `customer_features`.
    as_of : date, optional
        Recency is counted to here.
    bins : int
        The best score, at least 2.
    timezone : str
        Where midnight is taken.

    Returns
    -------
    Ibis table
        ``customer_key, as_of, recency_days, frequency, monetary, r, f, m``, sorted by key; `frequency` is visits
        (days), `monetary` the net of all of them, scores are whole numbers up to `bins`. Where no amount is known, as
        of orders in another currency, `monetary` and `m` are missing; the others are scored without that customer.
    """
    import ibis

    if not is_whole(bins, 2):
        mend = "Write a whole number of at least 2."
        raise DataProblem(Fault("not a number of scores", mend, column="bins", value=bins))
    bins = int(bins)
    people = customer_features(orders, as_of=as_of, timezone=timezone)
    people = people.filter(people["visits"] > 0)
    people = people.select("customer_key", "as_of", recency_days="days_since_last", frequency="visits", monetary="net")
    worst_first = {"r": people["recency_days"].desc(), "f": people["frequency"], "m": people["monetary"]}
    scores = {}
    for name, order in worst_first.items():
        known = people[RFM_MEASURES[name]].notnull()
        apart = ibis.window(group_by=known)
        worse = ibis.rank().over(ibis.window(group_by=known, order_by=order))
        score = ibis.least(1 + (bins * worse) // ibis.greatest(people.count().over(apart) - 1, 1), bins)
        scores[name] = known.ifelse(score.cast("int64"), ibis.null("int64"))
    return people.mutate(**scores).order_by("customer_key")


def rfm_cuts(scored: "pd.DataFrame | ir.Table") -> "ir.Table":
    """Return where the scores of `rfm` begin and end.

    Returns
    -------
    Ibis table
        ``measure, score, from, to, n``: the smallest and largest value that got the score, and by how many.
        Scores that nobody got are absent, and so are customers without a score.
    """
    import ibis
    import pandas as pd

    scored = in_memory(scored) if isinstance(scored, pd.DataFrame) else scored
    parts = []
    for score, measure in RFM_MEASURES.items():
        having = scored.filter(scored[score].notnull())
        value = having[measure].cast("float64")
        ranges = {"from": value.min(), "to": value.max(), "n": having.count()}
        part = having.group_by(score=having[score].cast("int64")).aggregate(**ranges)
        parts.append(part.select(ibis.literal(measure).name("measure"), "score", "from", "to", "n"))
    return ibis.union(*parts).order_by("measure", "score")
