"""What the functions of this room take and refuse."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.value import (
    coverage,
    left_truncation,
    main_currency,
    repeat_purchase,
    retention,
    retention_change,
    retention_rate,
    rfm,
    spend_by_tenure,
    spend_per_visit,
)

CUT = [coverage, repeat_purchase, retention, retention_change, spend_by_tenure, spend_per_visit]
EVERY = [*CUT, left_truncation, rfm]


@pytest.mark.parametrize("measure", [*EVERY, main_currency])
def test_a_table_is_needed(measure):
    with pytest.raises(DataProblem, match="a table is needed"):
        measure(None)


@pytest.mark.parametrize("measure", EVERY)
def test_an_unknown_status_is_refused(measure, fifteen):
    with pytest.raises(DataProblem, match=r"so many rows: 36 \(found 'paid'\)"):
        measure(fifteen.assign(status="paid"))


@pytest.mark.parametrize("measure", CUT)
def test_a_plain_number_is_a_cutoff(measure, fifteen):
    result = measure(fifteen, cutoff=0.3)
    assert result.settings["cutoff"] == 0.3
    assert any("set by the reader" in source for source in result.sources)
    with pytest.raises(ChoiceProblem, match="a share from 0 to 1"):
        measure(fifteen, cutoff=30)


def test_the_floor_too(fifteen):
    assert rfm(fifteen, floor=1).cells["n"].sum() == 15


def test_blank_keys_are_nobody(orders):
    table = orders(("ana", "2026-01-01", 1), ("", "2026-01-01", 1), (" ", "2026-01-02", 2))
    assert coverage(table).table["estimate"].tolist() == [pytest.approx(1 / 3), 0.25]
    assert rfm(table).table["customer_key"].tolist() == ["ana"]


@pytest.mark.parametrize("opened", [date(2026, 6, 1), "2026-06-01", datetime(2026, 6, 1), pd.Timestamp("2026-06-01")])
@pytest.mark.parametrize("measure", [left_truncation, repeat_purchase])
def test_the_opening_day_in_every_form(measure, opened, fifteen):
    assert measure(fifteen, opened=opened).settings["opened"] == date(2026, 6, 1)


@pytest.mark.parametrize("measure", [left_truncation, repeat_purchase])
@pytest.mark.parametrize("opened", ["1.6.2026", 2026, "spring"])
def test_what_is_no_opening_day(measure, opened, fifteen):
    with pytest.raises(DataProblem, match=r"'opened'.*not a date"):
        measure(fifteen, opened=opened)


def test_counts_of_numpy(fifteen):
    assert repeat_purchase(fifteen, within_days=np.int64(90)).settings["within_days"] == 90
    assert retention_rate(*np.array([100, 20, 95])).table["estimate"].tolist() == [0.75, 0.25]
    assert type(rfm(fifteen, bins=np.int32(3)).settings["bins"]) is int


@pytest.mark.parametrize("wrong", [True, 100.0, "100", -1, None])
def test_what_is_no_count(wrong, fifteen):
    with pytest.raises(DataProblem, match="not a number of customers"):
        retention_rate(wrong, 0, 1)
    with pytest.raises(DataProblem, match="not a number of days"):
        repeat_purchase(fifteen, within_days=wrong if wrong != 100.0 else True)


@pytest.mark.parametrize(
    ("known", "walk_in"),
    [(30, -10), (-5, 20), (-5, -10), (0, 0)],
)
def test_no_share_of_money_below_zero(orders, known, walk_in):
    table = coverage(orders(("ana", "2026-01-01", known), (pd.NA, "2026-01-02", walk_in))).table
    assert table["estimate"].tolist() == [0.5, pytest.approx(np.nan, nan_ok=True)]


@pytest.mark.parametrize("net", [np.inf, "ten"])
@pytest.mark.parametrize("measure", [coverage, rfm])
def test_amounts_are_numbers(measure, net, fifteen):
    with pytest.raises(DataProblem, match="not all numbers"):
        measure(fifteen.assign(net=net))


def test_scores_count_visits_by_the_shops_clock(orders):
    table = orders(("ana", "2026-01-01T18:00", 1), ("ana", "2026-01-01T23:30", 1))
    assert rfm(table).table["frequency"].tolist() == [1]
    berlin = rfm(table, timezone="Europe/Berlin")
    assert berlin.table["frequency"].tolist() == [2]
    assert berlin.settings["timezone"] == "Europe/Berlin"
