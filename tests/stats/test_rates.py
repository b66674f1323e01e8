import math

import pytest
from scipy.stats import chi2

from crqkit.base import ChoiceProblem
from crqkit.stats.rates import event_rate, scatter_of


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # R: poisson.test(count)$conf.int
    [(0, 0, 3.688879), (1, 0.02531781, 5.571643), (10, 4.795388696, 18.390356042), (40, 28.57658644, 54.46864696)],
)
def test_exact_limits_as_in_r(count, low, high):
    found = event_rate(count, 1)
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-6), pytest.approx(high, rel=1e-6))


def test_exact_limits_by_chi_square():
    # Garwood 1936: half the quantiles of chi-square with 2k and 2k + 2 degrees of freedom.
    found = event_rate(17, 120, confidence=0.9)
    assert found.low == pytest.approx(chi2.ppf(0.05, 34) / 2 / 120)
    assert found.high == pytest.approx(chi2.ppf(0.95, 36) / 2 / 120)


def test_scatter_widens_and_less_than_chance_does_not_narrow():
    plain, wide = event_rate(40, 10), event_rate(40, 10, scatter=4)
    assert wide.estimate == plain.estimate
    # Worth ten events: 4 * poisson.test(10)$conf.int.
    assert (wide.low, wide.high) == (pytest.approx(4 * 4.795389 / 10), pytest.approx(4 * 18.39036 / 10))
    assert event_rate(40, 10, scatter=0.2) == plain
    few = event_rate(40, 10, scatter=4, df=5)
    assert few.low < wide.low and few.high > wide.high
    assert event_rate(40, 10, scatter=1, df=5) == plain


def test_without_exposure_there_is_no_rate():
    assert math.isnan(event_rate(3, 0).estimate)
    assert event_rate(0, 5).low == 0
    with pytest.raises(ChoiceProblem):
        event_rate(3, 1, confidence=95)


def test_scatter_by_hand():
    # About one rate: (9 + 1 + 16) / 5 over 2; R: summary(glm(c(2, 4, 9) ~ 1, family = quasipoisson))$dispersion is 2.6.
    assert scatter_of([2, 4, 9], [1, 1, 1]) == (pytest.approx(2.6), 2)
    # Each group about its own: (1 + 1) / 3 and (4 + 4) / 10 over 1 + 1.
    assert scatter_of([2, 4, 8, 12], [1, 1, 1, 1], list("aabb")) == (pytest.approx((2 / 3 + 0.8) / 2), 2)
    assert scatter_of([2, 4, 9, 7], [1, 1, 1, 0]) == (pytest.approx(2.6), 2)


def test_where_no_scatter_can_be_told():
    for counts, exposures in (([5], [1]), ([0, 0], [1, 1]), ([], []), ([3, 4], [0, 0])):
        assert scatter_of(counts, exposures) == (1, math.inf)
