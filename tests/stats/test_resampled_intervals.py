"""Bootstrap intervals: by hand, and for data whose intervals are known."""

import numpy as np
import pytest
from scipy.stats import norm

from crqkit.base import ChoiceProblem
from crqkit.stats.resampled_intervals import KINDS, quantiles, resampled_intervals

LINE = np.arange(1.0, 100.0)[:, None]


def test_a_quantile_between_two_draws_lies_on_the_normal_scale():
    # Three draws stand for 1/4, 2/4, 3/4; Davison & Hinkley (1997), equation 5.8.
    share = (norm.ppf(0.4) - norm.ppf(0.25)) / (norm.ppf(0.5) - norm.ppf(0.25))
    assert quantiles(np.array([1.0, 2.0, 5.0]), np.array([0.4]))[0] == pytest.approx(1 + share)


def test_basic_intervals_turn_percentiles_round_the_estimate():
    low, high = resampled_intervals(LINE, np.array([40.0]), 0.9)
    assert (low[0], high[0]) == pytest.approx((5, 95))
    low, high = resampled_intervals(LINE, np.array([40.0]), 0.9, "basic")
    assert (low[0], high[0]) == pytest.approx((80 - 95, 80 - 5))


def test_a_bias_shifts_the_percentiles():
    below = 0.5 * (39 + 40) / 99
    low, high = resampled_intervals(LINE, np.array([40.0]), 0.9, "bca.simple")
    shares = norm.cdf(2 * norm.ppf(below) + norm.ppf([0.05, 0.95]))
    assert (low[0], high[0]) == pytest.approx(tuple(quantiles(LINE[:, 0], shares)))
    assert low[0] < 5


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_agree_for_normal_draws(kind):
    draws = np.random.default_rng(5).normal(2, 0.5, (40_000, 1))
    low, high = resampled_intervals(draws, np.array([2.0]), 0.95, kind)
    assert low[0] == pytest.approx(2 - 1.96 * 0.5, abs=0.03)
    assert high[0] == pytest.approx(2 + 1.96 * 0.5, abs=0.03)


def test_lost_draws_are_left_out_and_nothing_gives_nothing():
    holes = np.vstack([LINE, np.full((5, 1), np.nan)])
    assert resampled_intervals(holes, np.array([50.0])) == resampled_intervals(LINE, np.array([50.0]))
    low, high = resampled_intervals(np.full((5, 1), np.nan), np.array([50.0]))
    assert np.isnan([low[0], high[0]]).all()


def test_a_wrong_kind_or_level_is_named():
    with pytest.raises(ChoiceProblem, match=r"bca\.simple"):
        resampled_intervals(LINE, np.array([50.0]), 0.9, "bca")
    with pytest.raises(ChoiceProblem, match="confidence"):
        resampled_intervals(LINE, np.array([50.0]), 95)
