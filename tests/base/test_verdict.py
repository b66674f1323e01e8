import math

import pytest

from crqkit.base import Verdict, verdict
from crqkit.base.cutoffs import COVERAGE, GROUP_FLOOR


@pytest.mark.parametrize(
    ("low", "high", "n", "expected"),
    [
        (0.1, 0.5, 30, Verdict.ABOVE),
        (-0.5, -0.1, 30, Verdict.BELOW),
        (-0.1, 0.5, 30, Verdict.UNCLEAR),
        (0.0, 0.5, 30, Verdict.UNCLEAR),
        (0.1, 0.5, 9, Verdict.TOO_LITTLE),
        (math.nan, 0.5, 30, Verdict.TOO_LITTLE),
    ],
)
def test_the_four_verdicts(low, high, n, expected):
    assert verdict(low, high, n, min_n=10) is expected


def test_only_a_one_sided_interval_is_clear():
    assert [v.clear for v in Verdict] == [True, True, False, False]


def test_a_cutoff_can_be_swapped_and_says_so():
    own = COVERAGE.at(0.3)
    assert float(own) == 0.3
    assert own.reference.startswith("set by the reader (was 0.5")
    assert int(GROUP_FLOOR) == 5
