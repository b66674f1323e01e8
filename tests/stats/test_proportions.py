"""Shares: known answers, statsmodels, exact coverage."""

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from crqkit.stats.finite_population import correction
from crqkit.stats.proportions import trinomial_difference, unseen_share, wilson


def test_wilson_of_17_in_20():
    share = wilson(17, 20)
    assert share.estimate == 0.85
    assert (round(share.low, 3), round(share.high, 3)) == (0.640, 0.948)


@pytest.mark.parametrize("n", [1, 2, 7, 20, 400])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_equals_statsmodels(n, confidence):
    for count in {0, 1, n // 2, n}:
        theirs = proportion_confint(count, n, alpha=1 - confidence, method="wilson")
        assert wilson(count, n, confidence=confidence)[1:3] == pytest.approx(theirs, abs=1e-12)


def test_without_answers_nothing_is_said():
    assert all(math.isnan(value) for value in wilson(0, 0)[:3])
    assert all(math.isnan(value) for value in trinomial_difference(0, 0, 0)[:3])
    assert math.isnan(unseen_share(0))


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_intervals_hold_the_estimate_and_stay_in_range(n):
    for plus in range(n + 1):
        for minus in range(n + 1 - plus):
            net = trinomial_difference(plus, n - plus - minus, minus)
            assert -1 <= net.low <= net.estimate <= net.high <= 1
            assert net.low < net.high
        share = wilson(plus, n)
        assert 0 <= share.low <= share.estimate <= share.high <= 1


def test_net_of_a_half_a_third_and_a_sixth():
    net = trinomial_difference(30, 20, 10)
    assert 100 * net.estimate == pytest.approx(33.3, abs=0.04)
    assert 100 * net.sd == pytest.approx(74.5, abs=0.04)
    plain = trinomial_difference(30, 20, 10, pseudo=0)
    # By hand: 1/3 plus or minus 1.96 times 0.745 divided by the root of 60.
    assert (plain.low, plain.high) == pytest.approx((1 / 3 - 0.1886, 1 / 3 + 0.1886), abs=1e-4)


def test_adjusted_wald_by_hand():
    # Nine promoters and a passive: 9.75, 2.5 and 0.75 of 13, hence 9/13 with variance (10.5/13 - (9/13)^2)/13.
    centre, half = 9 / 13, 1.959964 * math.sqrt((10.5 / 13 - (9 / 13) ** 2) / 13)
    net = trinomial_difference(9, 1, 0)
    assert (net.low, net.high) == pytest.approx((centre - half, min(1, centre + half)), abs=1e-6)


def test_plain_wald_agrees_with_the_bootstrap():
    rng = np.random.default_rng(3)
    answers = np.repeat([1, 0, -1], [120, 80, 40])
    nets = rng.choice(answers, (4000, answers.size)).mean(axis=1)
    net = trinomial_difference(120, 80, 40)
    assert (net.low, net.high) == pytest.approx(tuple(np.quantile(nets, [0.025, 0.975])), abs=0.015)


def test_unseen_share_is_where_seeing_none_becomes_rare():
    for n in (2, 10, 300):
        assert (1 - unseen_share(n)) ** n == pytest.approx(0.05)
    assert unseen_share(300) == pytest.approx(3 / 300, rel=0.01)


def test_correction():
    assert correction(50, 200) == pytest.approx(math.sqrt(150 / 199))
    assert correction(1, 1) == 0
    assert correction(1, 500) == 1
    with pytest.raises(ValueError, match="cannot come from"):
        correction(201, 200)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, confidence=confidence)
