"""Means and their differences against scipy, statsmodels and the paper on partly overlapping samples."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from crqkit.stats.differences import (
    correlation_of_shared,
    difference_of_intervals,
    difference_of_summaries,
    overlapping_difference,
)
from crqkit.stats.means import mean_from_summary, mean_interval
from crqkit.stats.proportions import wilson

RNG = np.random.default_rng(8)
FIRST, SECOND = RNG.normal(4, 1, 25), RNG.normal(3.5, 1.5, 18)


def series(values, start=0):
    return pd.Series(values, index=[f"k{i}" for i in range(start, start + len(values))], dtype=float)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
def test_mean_equals_statsmodels(confidence):
    found = mean_interval(FIRST, confidence=confidence)
    assert found[1:3] == pytest.approx(DescrStatsW(FIRST).tconfint_mean(alpha=1 - confidence))
    assert found == mean_from_summary(found.estimate, found.sd, 25, confidence=confidence)


def test_mean_leaves_gaps_out():
    assert mean_interval([1, np.nan, 3]).n == 2


@pytest.mark.parametrize("values", [[], [4.0], [np.nan]])
def test_too_few_for_an_interval(values):
    found = mean_interval(values, bounds=(1, 5))
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize("n", [2, 5, 10, 100])
def test_all_alike_is_not_certain(n):
    assert math.isnan(mean_interval([5] * n).low)
    found = mean_interval([5] * n, bounds=(1, 5))
    assert found.high == 5
    # The true mean at which n fives in a row have a chance of 5 %, if all others said 1.
    assert found.low == pytest.approx(5 - 4 * (1 - 0.05 ** (1 / n)))
    middle = mean_interval([0.1 + 0.2] * n, bounds=(0, 1))
    assert middle.low < 0.3 < middle.high


def test_interval_stays_on_the_scale():
    assert mean_interval([5, 5, 5, 4], bounds=(1, 5)).high == 5


def test_welch_equals_statsmodels():
    found = overlapping_difference(series(FIRST), series(SECOND, 100))
    theirs = CompareMeans(DescrStatsW(FIRST), DescrStatsW(SECOND))
    assert found[1:3] == pytest.approx(theirs.tconfint_diff(usevar="unequal"))
    assert found.p == pytest.approx(stats.ttest_ind(FIRST, SECOND, equal_var=False).pvalue)
    assert (found.n, found.shared) == (18, 0)


def test_paired_equals_scipy():
    found = overlapping_difference(series(FIRST[:18]), series(SECOND))
    theirs = stats.ttest_rel(FIRST[:18], SECOND)
    assert found[1:3] == pytest.approx(tuple(theirs.confidence_interval()))
    assert found.p == pytest.approx(theirs.pvalue)
    assert found.shared == 18


def test_partly_overlapping_by_hand():
    # The example of the R package Partiallyoverlapping (Derrick, Toher & White 2017): eight unpaired, eight paired.
    a_alone, a_paired = [20, 21, 16, 18, 14, 12, 14, 17], [14, 15, 18, 20, 11, 19, 14, 15]
    b_alone, b_paired = [10, 16, 18, 16, 15, 14, 13, 10], [15, 10, 15, 17, 13, 19, 12, 13]
    a = pd.Series(a_paired + a_alone, index=[*range(8), *range(100, 108)], dtype=float)
    b = pd.Series(b_paired + b_alone, index=[*range(8), *range(200, 208)], dtype=float)
    found = overlapping_difference(a, b)
    # Its formula T_new2, written out; its pooled version gives p = 0.026.
    v1, v2, r = a.var() / 16, b.var() / 16, np.corrcoef(a_paired, b_paired)[0, 1]
    se = math.sqrt(v1 + v2 - 2 * r * a.std() * b.std() * 8 / 256)
    gamma = (v1 + v2) ** 2 / (v1**2 / 15 + v2**2 / 15)
    df = 7 + (gamma - 8 + 1) / (16 + 16) * 16
    assert found.p == pytest.approx(2 * stats.t.sf((a.mean() - b.mean()) / se, df))
    assert found.p == pytest.approx(0.026, abs=0.001)
    assert found.shared == 8


def test_variance_of_partly_overlapping_means():
    rng = np.random.default_rng(4)
    gaps, widths = [], []
    for _ in range(400):
        base = rng.normal(size=50)
        one = series(base[:35] + rng.normal(size=35))
        two = series(base[15:] + rng.normal(size=35), 15)
        found = overlapping_difference(one, two)
        gaps.append(found.estimate)
        widths.append((found.high - found.low) / 2)
    # Half a width is about 1.99 standard errors at these degrees of freedom.
    assert np.mean(widths) / 1.99 == pytest.approx(np.std(gaps), rel=0.1)
    assert np.mean(np.abs(gaps) <= widths) == pytest.approx(0.95, abs=0.033)


def test_missing_keys_never_match():
    one = pd.Series([1.0, 2, 3], index=[None, None, "a"], dtype=float)
    two = pd.Series([1.0, 2, 3], index=[None, "a", "b"], dtype=float)
    assert correlation_of_shared(one, two) == (1, 0.0)
    assert correlation_of_shared(one.set_axis(pd.array([pd.NA] * 3, dtype="string")), two)[0] == 0


def test_two_pairs_do_not_correlate():
    assert correlation_of_shared(series([1.0, 2.0]), series([3.0, 5.0])) == (2, 0.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [([5.0] * 12, [5.0] * 12), ([5.0] * 12, [4.0, 5.0] * 6), ([4.0, 5.0] * 6, [3.0, 4.0] * 6)],
    ids=["both without spread", "one without spread", "the same step for everybody"],
)
def test_differences_without_spread_are_not_certain(first, second):
    for start in (0, 100):
        found = overlapping_difference(series(first), series(second, start), bounds=(1, 5))
        assert found.low < found.estimate < found.high


def test_difference_with_one_side_without_spread_needs_bounds():
    assert math.isnan(overlapping_difference(series([5.0] * 12), series([4.0, 5.0] * 6, 100)).low)


@pytest.mark.parametrize(("n1", "n2"), [(0, 9), (1, 9), (9, 1), (1, 1)])
def test_differences_of_too_few(n1, n2):
    found = overlapping_difference(series(FIRST[:n1]), series(SECOND[:n2]), bounds=(1, 5))
    assert math.isnan(found.low)
    assert found.n == min(n1, n2)


def test_difference_of_summaries_equals_that_of_values():
    found = difference_of_summaries(FIRST.mean(), FIRST.std(ddof=1), 25, SECOND.mean(), SECOND.std(ddof=1), 18)
    assert found == pytest.approx(overlapping_difference(series(FIRST), series(SECOND, 100)))


def test_newcombe_difference_of_shares():
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10: 56/70 less 48/80.
    found = difference_of_intervals(wilson(56, 70), wilson(48, 80))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_inputs_are_left_alone():
    one, two = series([1.0, np.nan, 3.0, 4.0]), series([2.0, 2.0, np.nan, 5.0])
    kept = one.copy(), two.copy()
    overlapping_difference(one, two)
    pd.testing.assert_series_equal(one, kept[0])
    pd.testing.assert_series_equal(two, kept[1])
