import subprocess
import sys

import ibis
import numpy as np
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.tables import cohorts, collect, customer_features, periods, returns, rfm, rfm_cuts, visit_days

EVERY = [customer_features, rfm, lambda table: rfm_cuts(rfm(table)), periods, cohorts, returns, visit_days]


@pytest.fixture
def many(orders):
    rng = np.random.default_rng(7)
    n = 3000
    days = rng.integers(0, 400, n)
    at = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(days, unit="D") + pd.to_timedelta(days % 24, unit="h")
    keys = [pd.NA if key % 9 == 0 else f"c{key}" for key in rng.integers(0, 300, n)]
    status = np.where(rng.random(n) < 0.05, "refund", "sale")
    return orders(*zip(keys, at.astype(str), rng.integers(1, 9999, n) / 100, status, strict=True))


@pytest.mark.parametrize("make", EVERY)
def test_the_order_of_rows_changes_nothing_and_inputs_stay(make, many):
    before = many.copy(deep=True)
    shuffled = many.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(collect(make(many)), collect(make(shuffled)), check_exact=True)
    pd.testing.assert_frame_equal(many, before)


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis 12 on DuckDB 2, in `table()`
@pytest.mark.parametrize("make", EVERY)
def test_an_engine_of_ones_own_gives_the_same(make, many):
    connection = ibis.duckdb.connect()
    connection.con.register("sales", many)
    pd.testing.assert_frame_equal(collect(make(connection.table("sales"))), collect(make(many)))
    connection.disconnect()


def test_times_of_another_zone_are_the_same_moments(many):
    elsewhere = many.assign(at=many["at"].dt.tz_convert("Asia/Tokyo"))
    pd.testing.assert_frame_equal(collect(periods(many)), collect(periods(elsewhere)))


def test_times_without_a_zone_and_missing_columns_are_refused(many):
    with pytest.raises(DataProblem, match="not times with a time zone"):
        periods(many.assign(at=many["at"].dt.tz_localize(None)))
    with pytest.raises(DataProblem, match="'status'"):
        returns(many.drop(columns="status"))


def test_rows_without_a_time_are_left_out(orders):
    table = orders(("ana", "2026-01-01", 1), ("ana", None, 5))
    assert collect(customer_features(table))["net"].tolist() == [1]


def test_nothing_is_written(many, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    collect(rfm(many))
    assert list(tmp_path.iterdir()) == []


def test_ibis_is_imported_only_when_used():
    heavy = "{'ibis', 'duckdb', 'matplotlib', 'scipy'} & set(sys.modules)"
    code = f"import sys, crqkit.tables, crqkit.value; sys.exit(len({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
