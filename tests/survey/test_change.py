"""Change of means: paired, other people, from stored figures."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crqkit.base import DataProblem
from crqkit.survey import change, dimension_scores
from tests.survey.sheets import THREE, trio, wave


def moved(shift, n=40):
    before = trio(3.5, 3.5, 3.5, n=n)
    rng = np.random.default_rng(9)
    return before, before.assign(k1=(before["k1"] + shift + rng.choice([-1, 0, 1], n)).clip(1, 5))


@pytest.mark.parametrize(("shift", "id"), [(1, "above"), (-1, "below"), (0, "unclear")])
def test_change_in_each_case(shift, id):
    result = change(*moved(shift), form=THREE)
    assert result.reading.id == f"dimensions.change.{id}"
    table = result.table.set_index("dimension")
    assert (table["estimate"] - (table["after"] - table["before"])).abs().max() < 1e-12
    assert table["shared"].tolist() == [40] * 3
    if shift:
        assert result.reading.params["measure"] == "Talk"
        assert result.reading.params["gap"] == pytest.approx(abs(table.loc["talk", "estimate"]))


@pytest.mark.parametrize("n", [0, 3, 9])
def test_too_few_to_speak_of_change(n):
    before, after = moved(2)
    result = change(before[:n], after, form=THREE)
    assert result.reading.id == "dimensions.change.too_little"
    assert result.table[["estimate", "before", "after"]].isna().all(axis=None) == (n < 5)


def test_pairs_equal_scipy():
    before, after = moved(1)
    row = change(before, after, columns=["k1"], p_values=True).table.iloc[0]
    theirs = stats.ttest_rel(after["k1"], before["k1"])
    assert row["p"] == pytest.approx(theirs.pvalue)
    assert [row["low"], row["high"]] == pytest.approx(list(theirs.confidence_interval()))


def test_stored_figures_count_as_other_people():
    before, after = moved(1)
    kept = json.loads(dimension_scores(before, form=THREE).table.to_json(orient="records"))
    stored = change(pd.DataFrame(kept), after, form=THREE)
    apart = change(before, after.assign(customer_key=pd.NA), form=THREE)
    pd.testing.assert_frame_equal(stored.table, apart.table)
    assert stored.reading == apart.reading
    assert [caution.id for caution in stored.cautions][1] == "caution.survey.summary"
    both = change(pd.DataFrame(kept), dimension_scores(after, form=THREE).table, form=THREE)
    pd.testing.assert_frame_equal(both.table, stored.table)


def test_a_kept_table_without_spread_is_refused():
    with pytest.raises(DataProblem, match="sd"):
        change(pd.DataFrame({"estimate": [3.0], "measure": ["x"], "group": ["all"], "n": [9]}), moved(1)[1], form=THREE)


def test_nothing_in_common():
    result = change(wave({"k1": [3, 4] * 9}), wave({"f1": [3, 4] * 9}), form=THREE)
    assert result.table.empty
    assert result.reading.id == "dimensions.change.too_little"


def test_inputs_are_left_alone():
    before, after = moved(1)
    kept = before.copy(deep=True), after.copy(deep=True)
    change(before, after, form=THREE)
    pd.testing.assert_frame_equal(before, kept[0])
    pd.testing.assert_frame_equal(after, kept[1])
