"""What the silent can do: bounds by hand, each case of the sentence, and that the bounds hold whatever they think."""

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import silence


def stars(*values):
    return pd.DataFrame({"stars": list(values)})


def part(result, name):
    return result.table.set_index("part").loc[name]


def test_bounds_by_hand():
    # 40 of 100 answered, 4.0 on average: (40 x 4 + 60 x 1) / 100 and (40 x 4 + 60 x 5) / 100.
    result = silence(stars(*[3, 5] * 20), score="stars", invited=100)
    assert part(result, "bounds")[["low", "high"]].tolist() == pytest.approx([2.2, 4.6])
    # The t interval is ±0.324, of all 100 ±0.324 x sqrt(60 / 99); 60 % silent: that over 0.6.
    assert part(result, "gap")["estimate"] == pytest.approx(0.324 * (60 / 99) ** 0.5 / 0.6, abs=0.002)
    assert result.table["n"].tolist() == [40, 100, 60]


@pytest.mark.parametrize(
    ("answers", "invited", "against", "id"),
    [
        ([5] * 45 + [4] * 5, 60, None, "above"),
        ([1] * 45 + [2] * 5, 60, None, "below"),
        ([4] * 30 + [3] * 20, 200, None, "unclear"),
        ([4] * 30 + [3] * 20, 50, None, "none"),
        ([5] * 9, 10, None, "too_little"),
        ([5] * 9, 9, None, "too_little"),
        ([5] * 45 + [4] * 5, 60, 4.5, "unclear"),
    ],
)
def test_reading_in_each_case(answers, invited, against, id):
    result = silence(stars(*answers), score="stars", invited=invited, against=against)
    assert result.reading.id == f"silence.{id}"


def test_the_bounds_hold_whatever_the_silent_think():
    rng = np.random.default_rng(2)
    for _ in range(100):
        everyone = rng.integers(1, 6, 80)
        answered = rng.permutation(80)[:25]
        bounds = part(silence(stars(*everyone[answered]), score="stars", invited=80), "bounds")
        assert bounds["low"] <= everyone.mean() <= bounds["high"]


def test_at_that_difference_silence_moves_the_average_as_far_as_chance():
    given, quiet = [3, 5] * 20, 60
    gap = part(silence(stars(*given), score="stars", invited=100), "gap")["estimate"]
    everyone = np.r_[given, np.full(quiet, np.mean(given) - gap)]
    row = part(silence(stars(*given), score="stars", invited=100), "answered")
    assert np.mean(given) - everyone.mean() == pytest.approx((row["high"] - row["low"]) / 2)


def test_sixteen_of_twenty_four():
    # Half of Student's interval times sqrt(8 / 23), over one third.
    given = [4] * 5 + [3] * 5 + [5] * 3 + [2] * 3
    half = 2.131450 * np.std(given, ddof=1) / 4
    gap = part(silence(stars(*given), score="stars", invited=24), "gap")["estimate"]
    assert gap == pytest.approx(half * (8 / 23) ** 0.5 * 3, abs=1e-5)


def test_chance_about_all_invited_is_what_simulation_shows():
    rng = np.random.default_rng(4)
    everyone, held, missed, half = rng.integers(1, 6, 24), 0, [], []
    for _ in range(600):
        row = part(silence(stars(*rng.permutation(everyone)[:16]), score="stars", invited=24), "answered")
        held += row["low"] <= everyone.mean() <= row["high"]
        missed.append(row["estimate"] - everyone.mean())
        half.append((row["high"] - row["low"]) / 2)
    assert 0.92 <= held / 600 <= 0.98
    # Without the correction it would be wider by sqrt(23 / 8), and hold nearly always.
    assert np.mean(half) == pytest.approx(2.131 * np.std(missed), rel=0.1)


def test_where_all_answered_nothing_is_left_to_chance():
    row = part(silence(stars(*[4, 5] * 10), score="stars", invited=20), "answered")
    assert row[["low", "high"]].tolist() == [4.5, 4.5]


@pytest.mark.parametrize("against", ["3", float("nan"), True, float("inf")])
def test_the_level_is_a_number(against):
    with pytest.raises(ChoiceProblem, match="a number from 1 to 5"):
        silence(stars(*[4, 5] * 10), score="stars", invited=30, against=against)


def test_a_difference_the_scale_does_not_allow():
    result = silence(stars(*[4] * 5 + [5] * 10 + [1] * 3), score="stars", invited=19)
    assert "silence.caution.no_gap" in {caution.id for caution in result.cautions}


def test_four_people_are_counted_and_not_shown():
    result = silence(stars(5, 5, 4, 3), score="stars", invited=40)
    assert result.table[["estimate", "low", "high"]].isna().all(axis=None)
    assert "–" not in result.reading
    assert len(result.plot().get_lines()) == 4


@pytest.mark.parametrize("invited", [4, 0, 10.5, None])
def test_fewer_invited_than_answered(invited):
    with pytest.raises(DataProblem, match="at least as many as answered"):
        silence(stars(5, 5, 4, 3, 4), score="stars", invited=invited)
