from datetime import date

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.base.cutoffs import COVERAGE
from crqkit.value import repeat_purchase

OPENED = date(2026, 1, 1)


def shop(orders, customers=40, *, back_after=(30,) * 20, walk_ins=0, end="2026-12-31"):
    """Customers who first come one a day from the opening; the first of them come back after so many days."""
    first = pd.date_range("2026-01-01", periods=customers, freq="D", tz="UTC")
    rows = [(f"c{i:02}", at.isoformat(), 1) for i, at in enumerate(first)]
    for i, days in enumerate(back_after):
        rows.append((f"c{i:02}", (first[i] + pd.Timedelta(days=days)).isoformat(), 1))
    rows += [(pd.NA, "2026-01-01", 1)] * walk_ins
    return orders(*rows, ("end", end, 1))


def row(result, days=90):
    return result.table[result.table["within_days"] == days].iloc[0]


def test_by_hand(orders):
    result = repeat_purchase(shop(orders), opened=OPENED)
    ninety = row(result)
    assert (ninety["n"], ninety["returned"], ninety["estimate"]) == (40, 20, 0.5)
    # Wilson for 20 of 40 by hand: centre 0.5, half width 1.96 / (1 + 3.8415/40) * sqrt(0.25/40 + 3.8415/6400)
    assert (ninety["low"], ninety["high"]) == (pytest.approx(0.35200, abs=1e-5), pytest.approx(0.64800, abs=1e-5))
    assert str(result.reading) == (
        "Of 40 customers who bought for the first time up to 2 October 2026, "
        "50 % came again within 90 days (between 35 % and 65 %)."
    )
    assert result.table["group"].tolist()[0] == "within 30 days"


def test_the_last_day_counts_and_the_day_after_does_not(orders):
    assert row(repeat_purchase(shop(orders, back_after=(90, 91)), opened=OPENED))["returned"] == 1


def test_a_second_receipt_on_the_same_day_is_no_return(orders):
    result = repeat_purchase(shop(orders, back_after=(0.5, 0.9)), opened=OPENED)
    assert row(result)["returned"] == 0


def test_only_those_watched_for_the_whole_time_count(orders):
    result = repeat_purchase(shop(orders, end="2026-04-20"), opened=OPENED)
    assert row(result)["n"] == 20  # 20 January is 90 days before 20 April
    assert row(result, 30)["n"] == 40
    assert 180 not in result.table["within_days"].tolist()


def test_as_of_leaves_out_later_rows(orders):
    table = shop(orders, back_after=(80,) * 40)
    result = repeat_purchase(table, within_days=30, as_of="2026-03-01", opened=OPENED)
    assert (row(result, 30)["n"], row(result, 30)["returned"]) == (30, 0)


def test_withheld_when_too_few_sales_are_identified(orders):
    result = repeat_purchase(shop(orders, walk_ins=62), opened=OPENED)
    assert result.reading.id == "repeat.withheld"
    assert result.table[["estimate", "low", "high", "returned"]].isna().all(axis=None)
    assert row(repeat_purchase(shop(orders, walk_ins=62), opened=OPENED, cutoff=COVERAGE.at(0.4)))["estimate"] == 0.5


def test_too_few_customers(orders):
    result = repeat_purchase(shop(orders, customers=19, back_after=(30,) * 9), opened=OPENED)
    assert result.reading.id == "repeat.too_little"
    assert pd.isna(row(result)["estimate"])
    assert row(result)["n"] == 19


def test_no_orders_at_all(orders):
    result = repeat_purchase(orders())
    assert result.reading.id == "repeat.too_little"
    assert len(result.table) == 1


@pytest.mark.parametrize("wrong", [0, -3, 30.5, "90"])
def test_a_wrong_number_of_days(orders, wrong):
    with pytest.raises(DataProblem, match="not a number of days"):
        repeat_purchase(shop(orders), within_days=wrong)


def test_old_customers_of_a_file_begun_in_mid_life_are_not_called_new(cdnow):
    late = cdnow[cdnow["at"] >= cdnow["at"].min() + pd.Timedelta(weeks=26)]
    with_all = repeat_purchase(late, opened=date(1997, 7, 1))
    without = repeat_purchase(late)
    assert row(without)["n"] < row(with_all)["n"] / 2
    assert [caution.id for caution in without.cautions][-1] == "caution.value.warm_up"
    assert "caution.value.unclear_start" in [caution.id for caution in repeat_purchase(cdnow).cautions]
