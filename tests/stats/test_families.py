"""Many comparisons, and groups that may be shown."""

import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from crqkit.stats.disclosure import shown_groups
from crqkit.stats.multiplicity import holm, simultaneous


@pytest.mark.parametrize("family", [1, 2, 10, 45])
def test_holm_equals_statsmodels(family):
    p_values = np.random.default_rng(family).uniform(0, 0.3, family)
    assert holm(list(p_values)) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_holm_keeps_gaps_in_the_family():
    adjusted = holm([0.01, math.nan, 0.04])
    assert adjusted[0] == pytest.approx(0.03)
    assert math.isnan(adjusted[1])
    assert holm([]) == []


def test_simultaneous():
    assert simultaneous(0.95, 1) == 0.95
    assert simultaneous(0.95, 0) == 0.95
    assert 1 - simultaneous(0.95, 45) == pytest.approx(0.05 / 45)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 30, "b": 6}, ["a", "b"]),
        ({"a": 30, "b": 0}, ["a"]),
        ({"a": 30, "b": 4, "c": 9, "d": 7}, ["a", "c"]),  # one small group: the next smallest goes too
        ({"a": 30, "b": 4, "c": 4, "d": 7}, ["a", "d"]),  # two small groups hide each other
        ({"a": 30, "b": 1, "c": 2, "d": 7}, ["a"]),  # but three people do not hide
        ({"a": 30, "b": 2}, []),
        ({"a": 3}, []),
        ({}, []),
    ],
)
def test_shown_groups(counts, shown):
    assert shown_groups(counts, 5) == shown


def test_what_is_withheld_cannot_be_had_by_subtraction():
    rng = np.random.default_rng(5)
    for _ in range(300):
        counts = dict(enumerate(rng.integers(0, 12, rng.integers(1, 7))))
        shown = shown_groups(counts, 5)
        withheld = [count for group, count in counts.items() if group not in shown and count]
        assert all(counts[group] >= 5 for group in shown)
        assert not withheld or not shown or (len(withheld) > 1 and sum(withheld) >= 5)
