import numpy as np
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.value import keeping_or_finding

# Finding one costs 20; keeping 300 customers costs 1 each, so 5 of 100 must stay because of it.
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


def test_by_hand():
    result = keeping_or_finding(SPEND, customers=300)
    assert result.table["estimate"].tolist() == [20, 1, 5]
    even = line(result, "break_even")
    # R: poisson.test(40)$conf.int is 28.57659 to 54.46865; 100 * 1 / (800 / x) = x / 8.
    assert (even["low"], even["high"]) == (pytest.approx(28.57659 / 8, abs=1e-4), pytest.approx(54.46865 / 8, abs=1e-4))
    assert str(result.reading) == (
        "Finding a customer costs 20.0 EUR; looking after one costs 1.0 EUR, which is not yet the cost of keeping one. "
        "It pays if, of every 100 customers looked after, 5.0 or more (3.6 to 6.8) stay because of it; "
        "whether they do, these figures cannot say."
    )
    assert [caution.id for caution in result.cautions][-1] == "caution.value.one_for_one"


def test_a_trial_by_hand():
    result = keeping_or_finding(SPEND, customers=300, trial=trial(56, 70, 48, 80))
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
    assert keeping_or_finding(SPEND, customers=300, trial=trial(*counts)).reading.id == f"keeping.{outcome}"


def test_no_upper_end_where_nobody_more_may_have_stayed():
    cost = line(keeping_or_finding(SPEND, customers=300, trial=trial(130, 200, 120, 200)), "cost_per_kept")
    assert cost["low"] > 0 and pd.isna(cost["high"])
    worse = line(keeping_or_finding(SPEND, customers=300, trial=trial(100, 200, 120, 200)), "cost_per_kept")
    assert pd.isna(worse["estimate"])


def test_what_the_trial_cost_goes_before_the_average():
    result = keeping_or_finding(SPEND, customers=300, trial=trial(180, 200, 140, 200, amount=[800.0, 0.0]))
    assert line(result, "break_even")["estimate"] == pytest.approx(20)
    assert line(result, "cost_per_customer")["estimate"] == 1


def test_what_cannot_be_said():
    assert keeping_or_finding(SPEND[:1], customers=300).reading.id == "keeping.no_costs"
    assert keeping_or_finding(SPEND[1:], customers=300).reading.id == "keeping.no_costs"
    assert keeping_or_finding(SPEND[:0], customers=300).reading.id == "keeping.no_costs"
    # Looking after one costs 60, finding one 20: three would have to stay for each one looked after.
    dear = keeping_or_finding(SPEND, customers=5)
    assert dear.reading.id == "keeping.never"
    assert line(dear, "break_even")["estimate"] == 300
    few = keeping_or_finding(SPEND.assign(new_customers=[9, None, 2]), customers=300)
    assert few.reading.id == "keeping.few_found"


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "many", True, None])
def test_what_is_no_number_of_customers(wrong):
    with pytest.raises(DataProblem, match="not a number of customers"):
        keeping_or_finding(SPEND, customers=wrong)


@pytest.mark.parametrize("counts", [(21, 20, 1, 20), (2, 0, 1, 20), (1.5, 20, 1, 20)])
def test_counts_that_cannot_be(counts):
    with pytest.raises(DataProblem, match="counts cannot be"):
        keeping_or_finding(SPEND, customers=300, trial=trial(*counts))


def test_a_trial_needs_both_groups():
    both = trial(10, 20, 10, 20)
    for wrong in (both[:1], both.assign(given=True), pd.concat([both, both])):
        with pytest.raises(DataProblem, match="one group with and one without"):
            keeping_or_finding(SPEND, customers=300, trial=wrong)


def test_the_rows_of_a_trial_in_any_order():
    one = keeping_or_finding(SPEND, customers=300, trial=trial(56, 70, 48, 80))
    two = keeping_or_finding(SPEND, customers=300, trial=trial(56, 70, 48, 80)[::-1])
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.plot() is not None
