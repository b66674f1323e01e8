import duckdb
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.value import spend_by_tenure

QUARTERS = [f"{year}-{month:02}-10" for year in (2024, 2025) for month in (1, 4, 7, 10)]
SETTLED = {"opened": "2024-01-01", "as_of": "2025-12-31"}


def shop(orders, *groups, walk_ins=0):
    """Customers who first buy in 2024-Q1 and then, quarter after quarter, for what their group says."""
    rows = []
    for name, people, amounts in groups:
        for i in range(people):
            rows += [
                (f"{name}{i:02}", day, amount(i) if callable(amount) else amount)
                for day, amount in zip(QUARTERS, amounts, strict=True)
                if amount is not None
            ]
    return orders(*rows, *[(pd.NA, "2024-01-10", 1)] * walk_ins)


def even(i):
    return 10 + i % 2


def odd(i):
    return 10 + (i + 1) % 2


# Who spends 2 a quarter leaves in autumn; who spends about 10 stays. Nobody ever spends more.
LEAVERS = ("low", 26, [2, 2, 2, None, None, None, None, None])
STAYERS = ("high", 26, [even, even, odd, even, odd, odd, even, odd])


def line(result, measure):
    return result.table.set_index("measure").loc[measure]


def test_low_spenders_leave_and_nobody_spends_more(orders):
    result = spend_by_tenure(shop(orders, LEAVERS, STAYERS), **SETTLED)
    # Tenure 1 is 2024-Q2, tenure 5 is 2025-Q2, and 2025-Q3 is over too.
    buyers = line(result, "spend_of_buyers")
    assert buyers["estimate"].round(6).tolist() == [6.25, 6.25, 10.5, 10.5, 10.5]
    assert buyers["n"].tolist() == [52, 52, 26, 26, 26]
    naive, same = line(result, "change_of_buyers"), line(result, "change_of_same")
    assert naive["estimate"] == pytest.approx(4.25) and naive["low"] > 0
    # Thirteen spend 1 more and thirteen 1 less: mean 0, s² = 26 / 25, t(25) = 2.0595, half width 2.0595 * 0.2.
    assert same["estimate"] == pytest.approx(0)
    assert (same["low"], same["high"]) == (pytest.approx(-0.4119, abs=1e-4), pytest.approx(0.4119, abs=1e-4))
    # Everybody who came: (26 * 10.5 + 26 * 2) / 52 = 6.25 at first, 26 * 10.5 / 52 = 5.25 at last.
    everyone = line(result, "spend_of_all")
    assert everyone["estimate"].iloc[[0, 4]].tolist() == [pytest.approx(6.25), pytest.approx(5.25)]
    assert line(result, "head_start")["estimate"] == pytest.approx(8.5)
    assert result.reading.id == "tenure.survivors"
    assert str(result.reading) == (
        "Whoever still buys in quarter 5 after the first purchase spends 4.2 EUR more than buyers in quarter 1, "
        "but the same 26 customers followed do not clearly spend more (+0.0 EUR, between −0.4 and +0.4): "
        "the rise can come from who is left."
    )


def test_where_spending_grows_both_figures_rise(orders):
    growing = [10 * (1 + 0.2 * k) for k in range(8)]
    people = ("up", 26, [lambda i, g=g: g + i % 3 for g in growing])
    jitter = ("wild", 26, [lambda i, g=g: g + (7 * i + int(g)) % 5 for g in growing])
    result = spend_by_tenure(shop(orders, people, jitter), **SETTLED)
    assert result.reading.id == "tenure.above"
    assert line(result, "change_of_buyers")["low"] > 0
    assert line(result, "change_of_same")["low"] > 0


def test_less_is_said_too(orders):
    falling = [20 - 2 * k for k in range(8)]
    result = spend_by_tenure(shop(orders, ("down", 26, [lambda i, f=f: f + (i * f) % 3 for f in falling])), **SETTLED)
    assert result.reading.id == "tenure.below"


def test_every_other_reading(orders):
    noise = ("even", 26, [lambda i, k=k: 10 + (i * (k + 3)) % 7 for k in range(8)])
    steady = ("same", 26, [10] * 8)
    few = ("few", 19, [even] * 8)
    assert spend_by_tenure(shop(orders, noise), **SETTLED).reading.id == "tenure.unclear"
    assert spend_by_tenure(shop(orders, steady), **SETTLED).reading.id == "tenure.equal"
    assert spend_by_tenure(shop(orders, few), **SETTLED).reading.id == "tenure.too_little"
    assert spend_by_tenure(shop(orders, noise, walk_ins=500), **SETTLED).reading.id == "tenure.withheld"
    early = spend_by_tenure(shop(orders, noise), opened="2024-01-01", as_of="2025-03-31")
    assert early.reading.id == "tenure.season"
    assert early.table["tenure"].max() == 3


def test_nothing_at_all(orders):
    result = spend_by_tenure(orders())
    assert result.reading.id == "tenure.too_little"
    assert len(result.table) == 1 and result.table["n"].iloc[0] == 0


def test_customers_of_the_warm_up_are_left_out(orders):
    late = ("late", 26, [None, None, even, odd, even, odd, odd, even])
    table = shop(orders, STAYERS, late)
    whole = spend_by_tenure(table, **SETTLED)
    old = spend_by_tenure(table, opened="2010-01-01", as_of="2025-12-31")
    assert line(whole, "spend_of_buyers")["n"].max() == 52
    assert line(old, "spend_of_buyers")["n"].max() == 26
    assert "caution.value.warm_up" in [caution.id for caution in old.cautions]


def test_a_quarter_without_a_purchase_counts_as_nothing_spent(orders):
    gaps = ("gap", 26, [10, 10, 10, 10, 10, None, 10, 10])
    result = spend_by_tenure(shop(orders, gaps), **SETTLED)
    same = line(result, "spend_of_same")
    assert (same["estimate"].iloc[4], same["n"].iloc[4]) == (0, 26)
    assert pd.isna(line(result, "spend_of_buyers")["estimate"].iloc[4])


def test_who_was_last_seen_in_the_last_quarter_is_not_known_to_have_stayed(orders):
    last = ("last", 26, [10, 10, 10, 10, 10, 10, None, None])
    alone = spend_by_tenure(shop(orders, last), **SETTLED)
    assert alone.table["tenure"].max() == 4 and alone.reading.id == "tenure.equal"
    both = spend_by_tenure(shop(orders, last, STAYERS), **SETTLED)
    assert line(both, "change_of_same")["n"] == 26
    assert line(both, "spend_of_buyers")["n"].iloc[4] == line(both, "change_of_all")["n"] == 52


def test_money_back_counts_where_it_is_booked(orders):
    table = shop(orders, ("back", 26, [10] * 8))
    back = orders(*[(f"back{i:02}", "2025-05-02", -4, "refund") for i in range(26)])
    result = spend_by_tenure(pd.concat([table, back]), **SETTLED)
    assert line(result, "change_of_same")["estimate"] == pytest.approx(-4)


def test_what_is_refused(orders):
    table = shop(orders, STAYERS)
    with pytest.raises(ChoiceProblem, match="period"):
        spend_by_tenure(table, period="week")
    with pytest.raises(DataProblem, match="not a number of years"):
        spend_by_tenure(table, years=0)
    with pytest.raises(DataProblem, match="several currencies"):
        spend_by_tenure(pd.concat([table, orders(("ana", "2024-01-01", 1), currency="USD")]))


def test_the_picture_names_its_three_lines(orders):
    result = spend_by_tenure(shop(orders, LEAVERS, STAYERS), **SETTLED)
    ax = result.plot()
    assert ax.get_legend().get_texts()[0].get_text() == "whoever bought then"
    assert "the same customers, followed: quarter 1 10.5" in result.alt
    assert spend_by_tenure(orders()).plot() is not None


def test_against_sql(invoices, shared):
    """The same three means by month, asked of the file without our code."""
    table = spend_by_tenure(invoices, period="month", opened="2010-12-01").table
    connection = duckdb.connect()
    last = int(table["tenure"].max())
    rows = connection.execute(
        f"""
        WITH f AS (
            SELECT CustomerID AS k, InvoiceDate::date AS d, amount, cancelled FROM read_csv(?)
        ), m AS (SELECT *, date_diff('month', DATE '2010-12-01', d) AS m FROM f),
        s AS (SELECT k, min(m) AS first, max(m) AS seen FROM m WHERE cancelled = 0 GROUP BY k),
        t AS (SELECT unnest(range(1, {last} + 1)) AS tenure),
        c AS (SELECT k, m, sum(amount) AS net, count(*) FILTER (cancelled = 0) AS n FROM m GROUP BY k, m),
        y AS (
            SELECT s.k, tenure, coalesce(net, 0) AS net, coalesce(n, 0) > 0 AS bought, first + tenure < 12 AS watched,
                first + {last} < 12 AS long, first + {last} + 1 < 12 AND seen - first > {last} AS still
            FROM s CROSS JOIN t LEFT JOIN c ON c.k = s.k AND c.m = first + tenure
        )
        SELECT tenure, avg(net) FILTER (watched AND bought), count(*) FILTER (watched AND bought),
            avg(net) FILTER (still), count(*) FILTER (still), avg(net) FILTER (long), count(*) FILTER (long)
        FROM y GROUP BY tenure ORDER BY tenure
        """,
        [str(shared / "data" / "online_retail_invoices.csv")],
    ).fetchall()
    connection.close()
    lines = table.set_index(["measure", "tenure"])
    for tenure, *found in rows:
        for measure, mean, n in zip(
            ("spend_of_buyers", "spend_of_same", "spend_of_all"), found[::2], found[1::2], strict=True
        ):
            ours = lines.loc[(measure, tenure)]
            assert (ours["estimate"], ours["n"]) == (pytest.approx(mean), n)
    changes = table.set_index("measure")
    same = [row[3] for row in rows]
    assert changes.loc["change_of_same", "estimate"] == pytest.approx(same[-1] - same[0])
