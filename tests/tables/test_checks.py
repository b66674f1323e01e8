"""What the functions on orders ask of their inputs, whether a DataFrame or a table of another engine."""

from datetime import date, datetime

import ibis
import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.base.cutoffs import COVERAGE, GROUP_FLOOR
from crqkit.tables import collect, customer_features, periods, rfm
from crqkit.tables.checks import as_cutoff, as_day, is_whole, person_keys


@pytest.fixture
def three(orders):
    return orders(("1", "2026-01-01T10:00", 1), ("1", "2026-01-02T10:00", 2), ("2", "2026-01-03T10:00", 4))


@pytest.mark.parametrize(
    "given",
    [
        pd.Series([1, 2]),
        pd.Series([1.0, 2.0]),
        pd.Series([1, 2], dtype="UInt8"),
        pd.Series([1, 2], dtype="Float64"),
        pd.Series([1, 2.0], dtype=object),
        pd.Series(["1", " 2 "]),
        pd.Series(["1", "2 "], dtype=object),
        pd.Series(["1", "2"], dtype="category"),
    ],
)
def test_one_key_however_it_is_kept(given):
    assert person_keys(given).tolist() == ["1", "2"]
    assert person_keys(given).dtype == "string"


@pytest.mark.parametrize("nobody", ["", " ", "\t", None, np.nan, pd.NA])
def test_a_blank_key_is_nobody(nobody):
    assert person_keys(pd.Series(["k1", nobody], dtype=object)).isna().tolist() == [False, True]
    assert person_keys(pd.Series([nobody], dtype=object)).isna().all()


def test_large_numbers_keep_every_digit():
    assert person_keys(pd.Series([2**60 + 1])).tolist() == ["1152921504606846977"]


@pytest.mark.parametrize("keys", [[1, 1, 2], [1.0, 1.0, 2.0], ["1", "1 ", "2"]])
def test_keys_of_every_kind_count_alike(three, keys):
    people = collect(customer_features(three.assign(customer_key=keys)))
    assert people[["customer_key", "visits"]].values.tolist() == [["1", 2], ["2", 1]]


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_another_engine_is_asked_the_same(three):
    connection = ibis.duckdb.connect()

    def table(name, frame):
        connection.con.register(name, frame)
        return connection.table(name)

    blank = table("blank", three.assign(customer_key=["1", " ", ""]))
    assert collect(customer_features(blank))["customer_key"].tolist() == ["1"]
    floats = table("floats", three.assign(customer_key=[1.0, np.nan, 2.5]))
    assert collect(customer_features(floats))["customer_key"].tolist() == ["1", "2.5"]
    unknown = table("unknown", three.assign(net=[1, np.nan, 2]))
    assert collect(periods(unknown))["net"].tolist() == [3]
    with pytest.raises(DataProblem, match="not times"):
        customer_features(table("texts", three.assign(at="2026-01-01")))
    with pytest.raises(DataProblem, match="neither sale nor refund"):
        customer_features(table("paid", three.assign(status="paid")))
    with pytest.raises(DataProblem, match="not all numbers"):
        customer_features(table("words", three.assign(net="ten")))
    with pytest.raises(DataProblem, match="not all numbers"):
        customer_features(table("endless", three.assign(net=np.inf)))
    connection.disconnect()


@pytest.mark.parametrize("nothing", [None, [], {"customer_key": []}, "orders.csv", 7])
@pytest.mark.parametrize("make", [customer_features, rfm, periods])
def test_something_else_than_a_table_is_refused(make, nothing):
    with pytest.raises(DataProblem, match="a table is needed"):
        make(nothing)


@pytest.mark.parametrize(
    "at",
    [
        ["2026-01-10", "2026-01-9", "2026-01-8"],
        [datetime(2026, 1, 1), pd.Timestamp("2026-01-01", tz="UTC"), None],
        [pd.Timestamp("2026-01-01", tz="Asia/Tokyo"), pd.Timestamp("2026-01-01", tz="UTC"), None],
    ],
)
def test_texts_and_mixed_zones_are_no_times(three, at):
    with pytest.raises(DataProblem, match=r"pd\.to_datetime\(orders\['at'\], utc=True\)"):
        customer_features(three.assign(at=pd.Series(at, dtype=object)))


def test_an_unknown_status_is_named_and_counted(three):
    with pytest.raises(DataProblem, match=r"so many rows: 2 \(found 'nothing, Sale'\)"):
        customer_features(three.assign(status=["sale", "Sale", None]))


@pytest.mark.parametrize("net", [["1", "2", "3"], [1, True, 2], [1.0, np.inf, 2.0], [1.0, -np.inf, 2.0]])
def test_amounts_are_numbers(three, net):
    with pytest.raises(DataProblem, match="not all numbers"):
        customer_features(three.assign(net=pd.Series(net, dtype=object)))


def test_unknown_amounts_and_whole_ones_are_numbers_too(three):
    assert collect(customer_features(three.assign(net=None)))["visits"].tolist() == [2, 1]
    assert collect(customer_features(three.assign(net=[1, 2, 3])))["net"].tolist() == [3, 3]


@pytest.mark.parametrize("bins", [0, 1, -5, 2.0, True, "5", None])
def test_scores_need_at_least_two_bins(three, bins):
    with pytest.raises(DataProblem, match="not a number of scores"):
        rfm(three, bins=bins)


def test_numpy_counts_are_counts(three):
    assert collect(rfm(three, bins=np.int64(3)))["r"].max() == 3
    assert not is_whole(np.bool_(True))
    assert not is_whole(1, least=2)


@pytest.mark.parametrize(
    "given", [date(2026, 3, 31), datetime(2026, 3, 31, 23), "2026-03-31", pd.Timestamp("2026-03-31", tz="Asia/Tokyo")]
)
def test_a_day_in_every_form(given):
    assert as_day(given, "opened") == date(2026, 3, 31)


@pytest.mark.parametrize("given", ["31.03.2026", "spring", "today", "now", "", 20260331, 2026, True, [2026]])
def test_what_is_no_day_is_refused(given):
    with pytest.raises(DataProblem, match="not a date"):
        as_day(given, "opened")


def test_no_day_is_no_day():
    assert as_day(None, "opened") is as_day(pd.NaT, "opened") is None


@pytest.mark.parametrize("number", [20260331, 2026.0])
def test_a_number_is_no_as_of(three, number):
    with pytest.raises(DataProblem, match="not a date"):
        customer_features(three, as_of=number)


def test_a_plain_number_is_a_cutoff():
    made = as_cutoff(0.3, COVERAGE)
    assert (float(made), made.name) == (0.3, "coverage")
    assert "set by the reader" in made.reference
    assert as_cutoff(COVERAGE, COVERAGE) is COVERAGE
    assert int(as_cutoff(np.int64(7), GROUP_FLOOR)) == 7


@pytest.mark.parametrize("wrong", [30, -0.1, np.nan, "0.3", True, None])
def test_a_wrong_cutoff_is_refused(wrong):
    with pytest.raises(ChoiceProblem, match="a share from 0 to 1"):
        as_cutoff(wrong, COVERAGE)
