import numpy as np
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.value import keeping_or_finding

# Finding one costs 20; looking after 300 customers for a year costs 1 each, so 5 of 100 must stay because of it.
SPEND = pd.DataFrame(
    {
        "channel": ["adverts", "cards", "word of mouth"],
        "purpose": ["finding", "keeping", "finding"],
        "amount": [800.0, 300.0, 0.0],
        "currency": "EUR",
        "new_customers": [40, None, 25],
    }
)


def trial(kept, people, kept_without, without, **more):
    return pd.DataFrame({"given": [True, False], "people": [people, without], "kept": [kept, kept_without]} | more)


def line(result, measure):
    return result.table.set_index("measure").loc[measure]


def ids(result):
    return [caution.id.rsplit(".", 1)[-1] for caution in result.cautions]


def sheet(months, keeping=50.0):
    """A steady shop, a row a channel and month: 100 customers, 4 new ones a month at 20 each."""
    at = pd.date_range("2024-01-01", periods=months, freq="MS", tz="Europe/Dublin").tz_convert("UTC")
    finding = {"channel": "adverts", "purpose": "finding", "amount": 80.0, "new_customers": 4}
    looking = {"channel": "cards", "purpose": "keeping", "amount": keeping, "new_customers": None}
    return pd.concat([pd.DataFrame({"at": at, "currency": "EUR"} | kind) for kind in (finding, looking)])


@pytest.mark.parametrize("months", [3, 6, 12, 24, 48])
def test_the_same_shop_needs_the_same_however_long_its_sheet(months):
    # 50 a month for 100 customers are 6 a customer and year; finding one costs 20: 30 of 100.
    result = keeping_or_finding(sheet(months), customers=100, timezone="Europe/Dublin")
    assert result.table["estimate"].tolist() == [20, 6, pytest.approx(30)]
    assert result.settings["months"] == months
    assert result.reading.id == ("keeping.cannot_say")
    given = keeping_or_finding(sheet(months), customers=100, months=months)
    pd.testing.assert_frame_equal(given.table, result.table)
    assert "span" in ids(result) and "span" not in ids(given)


def test_the_span_of_a_sheet():
    def months(rows, **more):
        return keeping_or_finding(rows, customers=100, **more).settings["months"]

    year = sheet(12)
    # Midnight in Dublin lies in the month before by UTC.
    assert months(year) == months(year, timezone="Europe/Dublin") == months(year, timezone="America/New_York") == 12
    local = year["at"].dt.tz_convert("Europe/Dublin").dt.month
    assert months(year[local.isin([1, 4, 7, 10])]) == 12
    assert months(year[local.isin([1, 2, 12])]) == 12
    # The cards of one month are still those of the whole year.
    once = year[(year["purpose"] == "finding") | (local == 12)]
    assert line(keeping_or_finding(once, customers=100), "cost_per_customer")["estimate"] == 0.5
    assert months(year, as_of="2024-06-15") == 6
    for unknown in (sheet(1), year.drop(columns="at"), year.assign(at=pd.NaT)):
        with pytest.raises(DataProblem, match="how long this sheet covers"):
            months(unknown)
        assert months(unknown, months=12) == 12
    for wrong in (0, 1.5, "a year", True):
        with pytest.raises(DataProblem, match="not a number of months"):
            months(year, months=wrong)


def visits(orders, days, people, every=10, start="2024-01-01", walk_ins=0):
    """People who come every so many days from `start` on."""
    first = pd.Timestamp(start, tz="UTC")
    rows = [(f"c{i:02}", first + pd.Timedelta(days=day), 5) for i in range(people) for day in range(0, days, every)]
    return orders(*[(key, at.isoformat(), net) for key, at, net in rows], *[(pd.NA, start, 5)] * walk_ins)


@pytest.mark.parametrize("months", [3, 6, 12])
def test_customers_counted_from_orders(orders, months):
    table = visits(orders, 366, 40)
    result = keeping_or_finding(sheet(months), orders=table)
    # Forty who come every ten days are forty throughout.
    assert result.settings["customers"] == pytest.approx(40)
    assert line(result, "cost_per_customer")["estimate"] == pytest.approx(15)
    said = next(caution for caution in result.cautions if caution.id.endswith("looked_after"))
    assert said.params["days"] == 10


def test_who_left_is_counted_no_longer_than_the_usual_time(orders):
    # Half of them come for the first hundred days, by day 90 for the last time, and count to day 100 of 366.
    gone = visits(orders, 100, 20).assign(customer_key=lambda rows: "left " + rows["customer_key"])
    table = pd.concat([visits(orders, 366, 20), gone])
    # The last visit of those who stay is on day 360.
    assert keeping_or_finding(sheet(12), orders=table).settings["customers"] == pytest.approx(
        20 * (361 + 100) / 361, rel=1e-6
    )


def test_orders_that_cannot_count_them(orders):
    hidden = keeping_or_finding(sheet(12), orders=visits(orders, 366, 2, walk_ins=400))
    assert hidden.reading.id == "keeping.withheld"
    assert line(hidden, "break_even")[["estimate", "low", "high"]].isna().all()
    for useless in (orders(), visits(orders, 5, 20), visits(orders, 366, 20, start="2020-01-01")):
        with pytest.raises(DataProblem, match="who comes again"):
            keeping_or_finding(sheet(12), orders=useless)
    with pytest.raises(DataProblem, match="not a number of customers"):
        keeping_or_finding(sheet(12))


def test_what_cannot_pay_rests_on_one_loss_a_year():
    dear = keeping_or_finding(sheet(12, keeping=400.0), customers=100)
    assert dear.reading.id == "keeping.never"
    assert "within the year" in str(dear.reading)
    assert "one_loss" in ids(dear)


def test_by_hand():
    result = keeping_or_finding(SPEND, customers=300, months=12)
    assert result.table["estimate"].tolist() == [20, 1, 5]
    even = line(result, "break_even")
    # R: poisson.test(40)$conf.int is 28.57659 to 54.46865; 100 * 1 / (800 / x) = x / 8.
    assert (even["low"], even["high"]) == (pytest.approx(28.57659 / 8, abs=1e-4), pytest.approx(54.46865 / 8, abs=1e-4))
    assert str(result.reading) == (
        "Finding a customer costs 20.0 EUR; looking after one for a year costs 1.0 EUR, which is not yet the cost of "
        "keeping one. It pays if, of every 100 customers looked after for a year, 5.0 or more (3.6 to 6.8) stay "
        "because of it; whether they do, these figures cannot say."
    )
    assert [caution.id for caution in result.cautions][-1] == "caution.value.one_for_one"


def test_a_trial_by_hand():
    result = keeping_or_finding(SPEND, customers=300, months=12, trial=trial(56, 70, 48, 80))
    more = line(result, "kept_more")
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II, example (a): 0.2, 0.0524 to 0.3339.
    assert more[["estimate", "low", "high"]].astype(float).round(2).tolist() == [20.0, 5.24, 33.39]
    cost = line(result, "cost_per_kept")
    assert cost["estimate"] == pytest.approx(5)
    assert (cost["low"], cost["high"]) == (pytest.approx(100 / more["high"]), pytest.approx(100 / more["low"]))
    gap, even = line(result, "kept_less_needed"), line(result, "break_even")
    assert gap["low"] == pytest.approx(15 - np.hypot(20 - more["low"], even["high"] - 5))
    assert more["n"] == 70
    assert result.cautions[-1].id == "caution.value.by_lot"


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ((180, 200, 140, 200), "above"),
        ((1000, 2000, 1000, 2000), "below"),
        ((130, 200, 120, 200), "unclear"),
        ((15, 19, 9, 19), "too_little"),
    ],
)
def test_every_reading_of_a_trial(counts, outcome):
    assert keeping_or_finding(SPEND, customers=300, months=12, trial=trial(*counts)).reading.id == f"keeping.{outcome}"


def test_no_upper_end_where_nobody_more_may_have_stayed():
    cost = line(keeping_or_finding(SPEND, customers=300, months=12, trial=trial(130, 200, 120, 200)), "cost_per_kept")
    assert cost["low"] > 0 and pd.isna(cost["high"])
    worse = line(keeping_or_finding(SPEND, customers=300, months=12, trial=trial(100, 200, 120, 200)), "cost_per_kept")
    assert pd.isna(worse["estimate"])


def test_what_the_trial_cost_goes_before_the_average():
    result = keeping_or_finding(SPEND, customers=300, months=12, trial=trial(180, 200, 140, 200, amount=[800.0, 0.0]))
    assert line(result, "break_even")["estimate"] == pytest.approx(20)
    assert line(result, "cost_per_customer")["estimate"] == 1
    assert line(result, "break_even")["unit"] == "of 100 customers"
    assert "trial_year" not in ids(result)
    without = keeping_or_finding(SPEND, customers=300, months=12, trial=trial(180, 200, 140, 200))
    assert line(without, "break_even")["unit"] == "of 100 customers looked after for a year"
    assert "trial_year" in ids(without)


def test_what_cannot_be_said():
    assert keeping_or_finding(SPEND[:1], customers=300, months=12).reading.id == "keeping.no_costs"
    assert keeping_or_finding(SPEND[1:], customers=300, months=12).reading.id == "keeping.no_costs"
    assert keeping_or_finding(SPEND[:0], customers=300, months=12).reading.id == "keeping.no_costs"
    # Looking after one costs 60, finding one 20: three would have to stay for each one looked after.
    dear = keeping_or_finding(SPEND, customers=5, months=12)
    assert dear.reading.id == "keeping.never"
    assert line(dear, "break_even")["estimate"] == 300
    few = keeping_or_finding(SPEND.assign(new_customers=[9, None, 2]), customers=300, months=12)
    assert few.reading.id == "keeping.few_found"


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), "many", True, None])
def test_what_is_no_number_of_customers(wrong):
    with pytest.raises(DataProblem, match="not a number of customers"):
        keeping_or_finding(SPEND, customers=wrong, months=12)


@pytest.mark.parametrize("counts", [(21, 20, 1, 20), (2, 0, 1, 20), (1.5, 20, 1, 20)])
def test_counts_that_cannot_be(counts):
    with pytest.raises(DataProblem, match="counts cannot be"):
        keeping_or_finding(SPEND, customers=300, months=12, trial=trial(*counts))


def test_a_trial_needs_both_groups():
    both = trial(10, 20, 10, 20)
    for wrong in (both[:1], both.assign(given=True), pd.concat([both, both])):
        with pytest.raises(DataProblem, match="one group with and one without"):
            keeping_or_finding(SPEND, customers=300, months=12, trial=wrong)


def test_the_rows_of_a_trial_in_any_order():
    one = keeping_or_finding(SPEND, customers=300, months=12, trial=trial(56, 70, 48, 80))
    two = keeping_or_finding(SPEND, customers=300, months=12, trial=trial(56, 70, 48, 80)[::-1])
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.plot() is not None
