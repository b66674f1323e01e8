import importlib.util
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.value import left_truncation

REFERENCE = Path(__file__).parents[1] / "reference" / "value"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("study", REFERENCE / "truncation_study.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_cdnow_begun_26_weeks_late_is_noticed(cdnow):
    late = cdnow[cdnow["at"] >= cdnow["at"].min() + pd.Timedelta(weeks=26)]
    result = left_truncation(late)
    assert result.outcome == "noticed"
    assert result.warm_up_days == 117
    assert "may begin in mid-life: 59 % of all first-time buyers fall into its first 117 days" in result.reading
    assert result.cautions[0].id == "caution.value.say_opened"


def test_cdnow_from_its_beginning_is_not_called_so(cdnow):
    # Nobody new after the first quarter, by the design of the sample: sales fall with the first-time buyers.
    result = left_truncation(cdnow)
    assert (result.outcome, result.warm_up_days) == ("unclear", 0)


def test_the_gift_shop_is_noticed(invoices):
    assert left_truncation(invoices).outcome == "noticed"


def test_the_study_says_how_often():
    kept = pd.read_csv(REFERENCE / "truncation.csv").set_index("shop")["noticed"]
    steady = ["opened, steady", "opened, steady, small", "opened, growing", "opened, two years"]
    assert kept[steady].max() == 0
    assert kept["opened, seasons"] <= 0.02
    assert kept[kept.index.str.startswith("mid-life")].min() > 0.98
    # What purchases alone cannot tell apart is in the file too, and in the reading as "may".
    assert kept["opened, dwindling"] > 0.3


def test_the_study_comes_out_again(study):
    kept = pd.read_csv(REFERENCE / "truncation.csv")["noticed"]
    again = study.study(20)["noticed"]
    assert (again - kept).abs().max() < 4 * (0.25 / 20) ** 0.5


def daily(orders, customers=60, opened="2026-01-01"):
    """One new customer a day, each back after 20 days."""
    first = pd.date_range(opened, periods=customers, freq="D", tz="UTC")
    both = [*first, *(first + pd.Timedelta(days=20))]
    return orders(*((f"c{i % customers}", at.isoformat(), 1) for i, at in enumerate(both)), (pd.NA, "2026-06-30", 1))


def test_a_known_opening_decides(orders, cdnow):
    table = daily(orders)
    assert left_truncation(table, opened=date(2026, 1, 1)).outcome == "opened"
    assert left_truncation(table, opened=date(2025, 12, 15)).outcome == "opened"
    known = left_truncation(table, opened=date(2019, 3, 1))
    assert (known.outcome, known.warm_up_days) == ("known", 20)
    assert "begins on 1 January 2026" in known.reading
    late = cdnow[cdnow["at"] >= cdnow["at"].min() + pd.Timedelta(weeks=26)]
    assert left_truncation(late, opened=date(1997, 7, 2)).outcome == "opened"


def test_an_opening_after_the_file_is_refused(orders):
    with pytest.raises(DataProblem, match="opened after the last row"):
        left_truncation(daily(orders), opened=date(2027, 1, 1))


def test_tiny_files_are_too_little(orders):
    for table in (orders(), orders(("ana", "2026-01-01", 1)), daily(orders, customers=19)):
        assert left_truncation(table).outcome == "too_little"
    assert left_truncation(daily(orders), as_of="2026-03-15").outcome == "too_little"


def test_known_but_tiny_still_waits(orders):
    result = left_truncation(daily(orders, customers=5), opened=date(2019, 1, 1))
    assert result.warm_up_days == 60  # a third of 181 days
