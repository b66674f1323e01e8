import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.value import retention, retention_change, retention_rate

REFERENCE = Path(__file__).parents[1] / "reference" / "value"
QUARTERS = ("2026-01-02", "2026-04-02", "2026-07-02", "2026-10-02")


def shop(orders, *bought, walk_ins=0, end="2026-12-31"):
    """Customers by the quarters they bought in: pairs of (how many, "1101")."""
    rows = []
    for group, (count, pattern) in enumerate(bought):
        for i in range(count):
            rows += [(f"g{group}-{i}", day, 1) for day, here in zip(QUARTERS, pattern, strict=True) if here == "1"]
    return orders(*rows, *[(pd.NA, "2026-01-02", 1)] * walk_ins, (pd.NA, end, 1))


def test_100_at_the_start_20_new_95_at_the_end():
    result = retention_rate(100, 20, 95)
    stay, leave = result.table.iloc[0], result.table.iloc[1]
    assert (stay["estimate"], leave["estimate"], stay["n"]) == (0.75, 0.25, 100)
    # Wilson 1927 for 75 of 100, by hand: (75 + 1.9207) / (100 + 3.8415) ± 1.96 / 103.8415 * sqrt(18.75 + 0.9604)
    assert (stay["low"], stay["high"]) == (pytest.approx(0.65696, abs=1e-5), pytest.approx(0.82455, abs=1e-5))
    assert (leave["low"], leave["high"]) == (1 - stay["high"], 1 - stay["low"])
    assert str(result.reading) == "Of 100 customers at the start, 75 % stayed (between 66 % and 82 %)."


def test_retention_and_churn_add_up_to_one():
    for end in range(101):
        assert retention_rate(100, 0, end).table["estimate"].sum() == 1


def test_a_rate_of_few_says_so():
    assert retention_rate(8, 1, 7).reading.id == "retention.contract.too_little"


@pytest.mark.parametrize(
    ("counts", "columns"),
    [
        ((100, 20, 121), ["end"]),
        ((100, 20, 19), ["new"]),
        ((0, 0, 0), ["start"]),
        ((-1, 2.5, True), ["start", "new", "end"]),
    ],
)
def test_impossible_counts_are_all_named(counts, columns):
    with pytest.raises(DataProblem) as problem:
        retention_rate(*counts)
    assert [fault.column for fault in problem.value.faults] == columns


def test_retention_by_hand(orders):
    table = shop(orders, (30, "1100"), (10, "1010"), (20, "0111"))
    result = retention(table)
    assert result.table[["group", "next", "n", "returned", "estimate"]].values.tolist() == [
        ["2026-Q1", "2026-Q2", 40, 30, 0.75],
        ["2026-Q2", "2026-Q3", 50, 20, 0.4],
        ["2026-Q3", "2026-Q4", 30, 20, pytest.approx(2 / 3)],
    ]
    assert str(result.reading) == (
        "Of 30 customers who bought in 2026-Q3, 67 % bought again in 2026-Q4 (between 49 % and 81 %)."
    )


def test_a_quarter_that_is_not_over_does_not_count(orders):
    table = shop(orders, (30, "1111"), end="2026-12-30")
    assert retention(table).table["group"].tolist() == ["2026-Q1", "2026-Q2"]
    assert retention(table, as_of="2026-12-31").table["group"].tolist()[-1] == "2026-Q3"
    assert retention(table, as_of="2026-06-30").table["group"].tolist() == ["2026-Q1"]


def test_a_first_quarter_only_partly_in_the_file_is_not_read(orders):
    days = ("2026-03-20", "2026-04-02")
    table = orders(*[(f"c{i}", day, 1) for i in range(30) for day in days], ("x", "2026-06-30", 1))
    result = retention(table)
    assert result.table["whole"].tolist() == [False]
    assert result.reading.id == "retention.no_pair"
    assert "caution.value.first_partial" in [caution.id for caution in result.cautions]


def test_every_other_reading(orders):
    assert retention(shop(orders, (19, "1111"))).reading.id == "retention.too_little"
    assert retention(shop(orders, (30, "1111"), walk_ins=130)).reading.id == "retention.withheld"
    assert retention(shop(orders, (30, "1000"), end="2026-05-01")).reading.id == "retention.no_pair"
    assert retention(orders()).reading.id == "retention.no_pair"


@pytest.mark.parametrize(
    ("groups", "outcome"),
    [
        (((60, "0100"), (30, "0111"), (10, "0011")), "above"),
        (((40, "0110"), (40, "0111")), "below"),
        (((40, "0111"), (40, "0010"), (40, "0100")), "unclear"),
        (((15, "0111"),), "too_little"),
    ],
)
def test_change_in_every_case(orders, groups, outcome):
    result = retention_change(shop(orders, *groups))
    assert result.reading.id == f"retention.change.{outcome}"


def test_change_by_hand(orders):
    # 56 of 70 before, 48 of 80 now: Newcombe 1998, table II, example (a): 0.2, 0.0524 to 0.3339, signs turned.
    table = shop(orders, (48, "0111"), (8, "0110"), (14, "0100"), (24, "0010"))
    result = retention_change(table)
    change = result.table.iloc[-1]
    assert change[["estimate", "low", "high"]].astype(float).round(2).tolist() == [-20.0, -33.39, -5.24]
    assert str(result.reading) == (
        "The share that bought again is lower for buyers of 2026-Q3 than for those of 2026-Q2: "
        "by 20.0 points (5.2 to 33.4), now 60 %."
    )


def test_change_is_withheld_or_too_little(orders):
    assert retention_change(shop(orders, (30, "1111"), walk_ins=130)).reading.id == "retention.withheld"
    early = retention_change(shop(orders, (30, "1111")), as_of="2026-06-30")
    assert early.reading.id == "retention.change.too_little"
    assert retention_change(orders()).reading.id == "retention.change.too_little"


def test_false_alarms_of_a_steady_shop():
    kept = pd.read_csv(REFERENCE / "retention_null.csv")
    assert (kept["false_alarms"] < 0.05 + 3 * kept["monte_carlo_se"]).all()
    spec = importlib.util.spec_from_file_location("study", REFERENCE / "retention_null_study.py")
    study = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(study)
    again = study.study(200)
    error = np.sqrt(0.05 * 0.95 / 200)
    assert (again["false_alarms"] - kept["false_alarms"]).abs().max() < 4 * error
