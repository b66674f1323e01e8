"""Numbers of answers: by hand, by published tables, by statsmodels, and by what planned surveys then give."""

import math

import numpy as np
import pytest
from statsmodels.stats.power import tt_ind_solve_power
from statsmodels.stats.proportion import proportion_confint, samplesize_confint_proportion

from crqkit.base import ChoiceProblem
from crqkit.stats.differences import difference_of_intervals, overlapping_difference
from crqkit.stats.means import mean_interval
from crqkit.stats.proportions import trinomial_difference, wilson
from crqkit.stats.sample_size import (
    answers_for,
    answers_to_see,
    half_width_of_mean,
    half_width_of_net,
    half_width_of_share,
    power_to_see,
    smallest_change,
)


def mean_for(wanted, **how):
    return answers_for(lambda n: half_width_of_mean(1.0, n, **how), wanted)


@pytest.mark.parametrize("wanted", [0.5, 0.3, 0.2, 0.1])
def test_a_mean_is_the_first_number_that_is_enough(wanted):
    n = mean_for(wanted)
    assert half_width_of_mean(1.0, n) <= wanted < half_width_of_mean(1.0, n - 1)
    # Above the normal number 1.96² / h², by the two answers or so that t takes.
    assert 0 < n - (1.959964 / wanted) ** 2 < 4


def test_a_share_by_hand_and_by_statsmodels():
    # Wilson's width at one half is z / √(n + z²): n = z² / 4h² − z² = 384.1 − 3.8.
    n = answers_for(lambda n: half_width_of_share(0.5, n), 0.05)
    assert n == 381
    assert samplesize_confint_proportion(0.5, 0.05, alpha=0.05, method="normal") == pytest.approx(n + 3.84, abs=1)
    low, high = proportion_confint(60, 200, method="wilson")
    assert half_width_of_share(0.3, 200) == pytest.approx((high - low) / 2)


def test_a_net_score_follows_its_standard_deviation():
    # Half, third, sixth: 74.5 points a person, as in Rocks; ±10 points take (1.96 x 74.5 / 10)² = 213 and a few more.
    n = answers_for(lambda n: half_width_of_net(1 / 2, 1 / 6, n), 0.10)
    assert n == pytest.approx(213, abs=4)


def test_cochrans_correction_is_used_as_printed():
    # Cochran 1977, 4.3: n = n0 / (1 + (n0 - 1) / N); 384 of 1,000 come to 278.
    n = answers_for(lambda n: half_width_of_share(0.5, n, population=1000), 0.05)
    assert n == pytest.approx(384 / (1 + 383 / 1000), abs=3)
    assert mean_for(0.3, population=80) == 30
    assert half_width_of_mean(1.0, 80, population=80) == 0


@pytest.mark.parametrize(("d", "published"), [(0.2, 393), (0.3, 175), (0.5, 64), (0.8, 26), (1.0, 17), (1.2, 12)])
def test_cohens_table_and_statsmodels(d, published):
    n = answers_to_see(d, 1.0)
    assert n == pytest.approx(published, abs=1)
    assert n == math.ceil(tt_ind_solve_power(effect_size=d, alpha=0.05, power=0.8))


@pytest.mark.parametrize("n", [3, 10, 64, 400, 4999, 5001])
def test_the_smallest_change_equals_statsmodels(n):
    assert smallest_change(2.0, n) == pytest.approx(2 * tt_ind_solve_power(nobs1=n, alpha=0.05, power=0.8), rel=1e-3)


def test_power_grows_and_starts_at_the_level():
    chances = [power_to_see(change, 1.0, 30) for change in (0, 0.2, 0.4, 0.8, 3, 30)]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(0.05)
    assert chances[-1] == 1


def test_what_cannot_be_reached_and_what_cannot_be_asked():
    assert answers_for(lambda n: half_width_of_mean(1.0, n), 0.3, most=46) == 46
    assert answers_for(lambda n: half_width_of_mean(1.0, n), 0.3, most=45) is None
    assert math.isinf(half_width_of_mean(1.0, 1))
    assert math.isinf(half_width_of_share(0.5, 0))
    assert math.isinf(half_width_of_net(0.5, 0.2, 0))
    assert math.isinf(smallest_change(1.0, 1))
    with pytest.raises(ChoiceProblem, match="power"):
        answers_to_see(0.5, 1.0, power=80)


def test_planned_means_are_as_precise_as_planned_and_hold_the_truth():
    rng, steps, law = np.random.default_rng(11), np.arange(1, 6), [0.05, 0.10, 0.20, 0.40, 0.25]
    truth = float(steps @ law)
    sd = math.sqrt(float((steps - truth) ** 2 @ law))
    n = answers_for(lambda n: half_width_of_mean(sd, n), 0.3)
    found = [mean_interval(rng.choice(steps, n, p=law), bounds=(1, 5)) for _ in range(1500)]
    assert np.mean([(one.high - one.low) / 2 for one in found]) == pytest.approx(0.3, abs=0.01)
    assert np.mean([one.low <= truth <= one.high for one in found]) == pytest.approx(0.95, abs=0.017)


def test_planned_net_scores_are_as_precise_as_planned_and_hold_the_truth():
    rng, law = np.random.default_rng(12), (0.45, 0.35, 0.20)
    n = answers_for(lambda n: half_width_of_net(0.45, 0.20, n), 0.10)
    found = [trinomial_difference(*counts) for counts in rng.multinomial(n, law, 1500)]
    assert np.mean([(one.high - one.low) / 2 for one in found]) == pytest.approx(0.10, abs=0.003)
    assert np.mean([one.low <= 0.25 <= one.high for one in found]) == pytest.approx(0.95, abs=0.017)


@pytest.mark.parametrize(("change", "seen"), [(0.5, 0.8), (0.0, 0.05)])
def test_planned_changes_are_seen_as_often_as_planned_and_nothing_is_not(change, seen):
    import pandas as pd

    rng, n = np.random.default_rng(13), answers_to_see(0.5, 1.0)
    clear = 0
    for _ in range(800):
        one, two = rng.normal(0, 1, n), rng.normal(change, 1, n)
        gap = overlapping_difference(pd.Series(two, index=range(n, 2 * n)), pd.Series(one))
        clear += gap.low > 0 or gap.high < 0
    assert clear / 800 == pytest.approx(seen, abs=0.035)


@pytest.mark.parametrize(("gain", "seen"), [(0.12, 0.8), (0.0, 0.05)])
def test_planned_changes_of_the_net_score_are_seen_by_the_intervals_in_use(gain, seen):
    # What `net_promoter_change` does: two adjusted Wald intervals put together.
    sd = math.sqrt(0.65 - 0.25**2)
    rng, n = np.random.default_rng(14), answers_to_see(0.12, sd)
    before = rng.multinomial(n, (0.45, 0.35, 0.20), 1500)
    after = rng.multinomial(n, (0.45 + gain / 2, 0.35, 0.20 - gain / 2), 1500)
    gaps = [
        difference_of_intervals(trinomial_difference(*two), trinomial_difference(*one))
        for one, two in zip(before, after, strict=True)
    ]
    assert np.mean([gap.low > 0 or gap.high < 0 for gap in gaps]) == pytest.approx(seen, abs=0.035)


def test_planned_changes_of_a_share_are_seen_by_the_intervals_in_use():
    rng, n = np.random.default_rng(15), answers_to_see(0.10, 0.5)
    pairs = zip(rng.binomial(n, 0.45, 1500), rng.binomial(n, 0.55, 1500), strict=True)
    gaps = [difference_of_intervals(wilson(two, n), wilson(one, n)) for one, two in pairs]
    assert np.mean([gap.low > 0 for gap in gaps]) == pytest.approx(0.8, abs=0.035)
