import numpy as np
import pandas as pd
import pytest

from crqkit.value import spend_per_visit

OPENED = "2024-01-01"


def shop(orders, grow=0.0, people=30, leavers=0, walk_ins=0, visits=12):
    """People who come about monthly from January 2024 on; their spending grows so much a year, give or take."""
    rng = np.random.default_rng(7)
    rows = []
    for i in range(people + leavers):
        start = pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=int(rng.integers(0, 200)))
        small = i >= people
        for nth in range(3 if small else visits):
            at = start + pd.Timedelta(days=30 * nth + int(rng.integers(0, 9)))
            amount = (5 if small else 20) + rng.normal(0, 2) + grow * (at - start).days / 365.25
            rows.append((f"c{i:02}", at.isoformat(), round(amount, 2)))
    return orders(*rows, *[(pd.NA, "2024-02-01", 5)] * walk_ins)


def line(result, name):
    return result.table.set_index("measure").loc[f"growth_of_{name}"]


@pytest.mark.parametrize(("grow", "outcome"), [(6.0, "above"), (-6.0, "below"), (0.0, "unclear")])
def test_every_reading(orders, grow, outcome):
    result = spend_per_visit(shop(orders, grow), opened=OPENED)
    assert result.reading.id == f"visit.{outcome}"
    same = line(result, "same")
    assert same["low"] <= grow <= same["high"]
    assert (same["n"], same["visits"]) == (30, 30 * 11)


def test_small_spenders_who_leave_raise_the_naive_figure_only(orders):
    result = spend_per_visit(shop(orders, leavers=30), opened=OPENED)
    assert result.reading.id == "visit.survivors"
    assert line(result, "buyers")["low"] > 0
    same, leaving = line(result, "same"), line(result, "leaving")
    assert same["low"] < 0 < same["high"]
    assert leaving["low"] > 0
    assert leaving["estimate"] == pytest.approx(line(result, "buyers")["estimate"] - same["estimate"])


def test_only_visits_that_add_something_are_counted(orders):
    """Thirty with eleven visits to compare, ten with one: these differ from nothing of their own."""
    few = shop(orders, 6.0, people=10, visits=2).assign(customer_key=lambda rows: "few " + rows["customer_key"])
    result = spend_per_visit(pd.concat([shop(orders, 6.0), few]), opened=OPENED)
    assert (line(result, "same")["n"], line(result, "same")["visits"]) == (30, 330)
    assert (line(result, "buyers")["n"], line(result, "buyers")["visits"]) == (40, 340)
    assert "from 30 customers and 330 visits" in str(result.reading)


def test_too_little_withheld_and_nothing(orders):
    assert spend_per_visit(shop(orders, people=19), opened=OPENED).reading.id == "visit.too_little"
    once = spend_per_visit(shop(orders, visits=1), opened=OPENED)
    assert (once.reading.id, line(once, "same")["n"]) == ("visit.too_little", 0)
    hidden = spend_per_visit(shop(orders, walk_ins=900), opened=OPENED)
    assert hidden.reading.id == "tenure.withheld"
    assert hidden.table[["estimate", "low", "high"]].isna().all(axis=None)
    assert spend_per_visit(shop(orders, 6.0, walk_ins=900), opened=OPENED, cutoff=0.2).reading.id == "visit.above"
    assert spend_per_visit(orders()).reading.id == "visit.too_little"


def test_against_a_model_of_statsmodels(orders):
    import statsmodels.formula.api as smf

    table = shop(orders, 4.0, leavers=20)
    result = spend_per_visit(table, opened=OPENED)
    # Two receipts of a day are one visit: the data are built without our code.
    days = table.assign(day=table["at"].dt.normalize()).groupby(["customer_key", "day"], as_index=False)["net"].sum()
    days["years"] = (days["day"] - days.groupby("customer_key")["day"].transform("min")).dt.days / 365.25
    days = days[days["years"] > 0].assign(season=lambda rows: rows["day"].dt.quarter)
    pooled = smf.ols("net ~ years + C(season)", days).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(days["customer_key"])[0]}, use_t=True
    )
    naive = line(result, "buyers")
    assert naive["estimate"] == pytest.approx(pooled.params["years"], rel=1e-6)
    assert [naive["low"], naive["high"]] == pytest.approx(pooled.conf_int().loc["years"].tolist(), rel=1e-6)
    own = smf.ols("net ~ years + C(season) + C(customer_key)", days).fit()
    assert line(result, "same")["estimate"] == pytest.approx(own.params["years"], rel=1e-6)


def test_customers_of_the_warm_up_are_left_out(orders):
    result = spend_per_visit(shop(orders, 6.0), opened="2010-01-01")
    assert line(result, "same")["n"] < 30
    assert "caution.value.warm_up" in [caution.id for caution in result.cautions]


def test_the_picture_has_three_lines(orders):
    labels = [text.get_text() for text in spend_per_visit(shop(orders), opened=OPENED).plot().get_yticklabels()]
    assert labels == ["whoever bought then", "the same customers", "due to who is left"]
