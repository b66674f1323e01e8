"""Figures of an online gift shop against SQL written without our code, straight on the file."""

import duckdb
import pytest

from crqkit.tables import cohorts, collect, customer_features, periods, rfm
from crqkit.value import repeat_purchase, retention


@pytest.fixture
def ask(shared):
    """Run SQL on the file: `f` is all rows, `s` the sales."""
    connection = duckdb.connect()
    file = shared / "data" / "online_retail_invoices.csv"
    connection.execute(f"CREATE VIEW f AS SELECT *, InvoiceDate::date AS d FROM read_csv('{file}')")
    connection.execute("CREATE VIEW s AS SELECT * FROM f WHERE cancelled = 0")
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


def test_buyers_visits_and_revenue(invoices, ask):
    people = collect(customer_features(invoices))
    ((buyers, sales),) = ask("SELECT count(DISTINCT CustomerID), count(*) FROM s")
    ((visits,),) = ask("SELECT count(DISTINCT CustomerID || '-' || d) FROM s")
    ((revenue,),) = ask("SELECT sum(amount) FROM f")
    assert (people["visits"] > 0).sum() == buyers == 4339
    assert people["sales"].sum() == sales == 18536
    assert people["visits"].sum() == visits < sales
    assert people["net"].sum() == pytest.approx(revenue, abs=0.01)


def test_rfm(invoices, ask):
    rows = ask("""
        WITH people AS (
            SELECT CustomerID::varchar AS k, DATE '2011-12-09' - max(d) FILTER (cancelled = 0) AS recency,
                count(DISTINCT d) FILTER (cancelled = 0) AS often, round(sum(amount), 4) AS money
            FROM f GROUP BY CustomerID HAVING count(*) FILTER (cancelled = 0) > 0
        )
        SELECT k, recency, often, money,
            least(5, 1 + floor(5 * percent_rank() OVER (ORDER BY recency DESC))),
            least(5, 1 + floor(5 * percent_rank() OVER (ORDER BY often))),
            least(5, 1 + floor(5 * percent_rank() OVER (ORDER BY money)))
        FROM people ORDER BY k
    """)
    ours = collect(rfm(invoices)).drop(columns="as_of").values.tolist()
    assert ours == [list(row) for row in rows]


def test_retention_by_quarter(invoices, ask):
    rows = ask("""
        WITH q AS (SELECT DISTINCT CustomerID AS k, date_trunc('quarter', d) AS t FROM s)
        SELECT count(*), count(b.k) FROM q AS a LEFT JOIN q AS b ON a.k = b.k AND b.t = a.t + INTERVAL 3 MONTH
        WHERE a.t < DATE '2011-07-01' GROUP BY a.t ORDER BY a.t
    """)
    table = retention(invoices).table
    assert table["group"].tolist() == ["2010-Q4", "2011-Q1", "2011-Q2"]
    assert list(table[["n", "returned"]].itertuples(index=False, name=None)) == rows
    assert table["estimate"].tolist() == [back / n for n, back in rows]


def test_repeat_purchase_after_the_warm_up(invoices, ask):
    ((n, back),) = ask("""
        WITH firsts AS (SELECT CustomerID AS k, min(d) AS d0 FROM s GROUP BY CustomerID),
        seconds AS (SELECT s.CustomerID AS k, min(d) AS d1 FROM s JOIN firsts ON k = CustomerID WHERE d > d0 GROUP BY 1)
        SELECT count(*), count(*) FILTER (d1 - d0 <= 90) FROM firsts LEFT JOIN seconds USING (k)
        WHERE d0 BETWEEN DATE '2010-12-01' + 110 AND DATE '2011-12-09' - 90
    """)
    table = repeat_purchase(invoices).table
    row = table[table["within_days"] == 90].iloc[0]
    assert (row["n"], row["returned"]) == (n, back)


def test_months(invoices, ask):
    rows = ask("""
        SELECT strftime(d, '%Y-%m'), count(*) FILTER (cancelled = 0), count(DISTINCT CustomerID) FILTER (cancelled = 0),
            round(sum(amount), 2)
        FROM f GROUP BY 1 ORDER BY 1
    """)
    ours = collect(periods(invoices))[["period", "sales", "buyers", "net"]].round(2)
    assert list(ours.itertuples(index=False, name=None)) == rows


def test_cohorts(invoices, ask):
    rows = ask("""
        WITH q AS (SELECT DISTINCT CustomerID AS k, date_trunc('quarter', d) AS t FROM s WHERE d < DATE '2011-10-01'),
        born AS (SELECT k, min(t) AS t0 FROM q GROUP BY k)
        SELECT t0, t, count(*) FROM q JOIN born USING (k) GROUP BY ALL ORDER BY ALL
    """)
    assert collect(cohorts(invoices))["active"].tolist() == [active for *_, active in rows]
