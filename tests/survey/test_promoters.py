"""NPS and its change: by hand, exact coverage, every case of the sentences."""

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import net_promoter, net_promoter_change
from tests.survey.sheets import wave


def scores(plus, zero, minus, **how):
    return wave({"recommend": [10] * plus + [8] * zero + [3] * minus}, **how)


def test_half_third_sixth():
    result = net_promoter(scores(30, 20, 10))
    row = result.table.iloc[0]
    assert row["estimate"] == pytest.approx(33.3, abs=0.04)
    assert row["sd"] == pytest.approx(74.5, abs=0.04)
    assert row[["promoters", "passives", "detractors", "n"]].tolist() == [30, 20, 10, 60]


def test_where_the_classes_end():
    result = net_promoter(wave({"recommend": list(range(11))}))
    assert result.table.iloc[0][["promoters", "passives", "detractors"]].tolist() == [2, 2, 7]


@pytest.mark.parametrize(
    ("counts", "id"),
    [((30, 20, 10), "above"), ((5, 20, 30), "below"), ((20, 20, 18), "unclear"), ((9, 0, 0), "too_little")],
)
def test_reading_in_each_case(counts, id):
    result = net_promoter(scores(*counts))
    assert result.reading.id == f"nps.net.{id}"
    assert any(caution.id == "caution.survey.convenience" for caution in result.cautions)
    if id != "too_little":
        row = result.table.iloc[0]
        assert [result.reading.params[name] for name in ("nps", "low", "high")] == row[
            ["estimate", "low", "high"]
        ].tolist()


def test_four_people_are_counted_and_not_shown():
    row = net_promoter(scores(3, 1, 0)).table.iloc[0]
    assert row["n"] == 4
    assert row[["estimate", "low", "high", "promoters", "sd"]].isna().all()


@pytest.mark.parametrize("value", [-1, 11, 7.5, "often"])
def test_values_that_are_no_recommendation(value):
    with pytest.raises(DataProblem) as caught:
        net_promoter(scores(5, 5, 5).assign(recommend=[value, value] + [9] * 13))
    (fault,) = caught.value.faults
    assert (fault.value, fault.column) == (str(value), "recommend")
    assert "2, in r0, r1" in fault.what


def test_a_missing_column_is_named():
    with pytest.raises(DataProblem, match="Did you mean 'recommend'"):
        net_promoter(scores(5, 5, 5), score="recomend")


def test_population_needs_a_probability_sample():
    with pytest.raises(DataProblem, match="not drawn from a list"):
        net_promoter(scores(30, 20, 10), population=200)
    with pytest.raises(DataProblem, match="more answers"):
        net_promoter(scores(30, 20, 10), population=50, sample="probability")
    with pytest.raises(DataProblem, match="several groups"):
        net_promoter(scores(30, 20, 10), population=200, sample="probability", by="month")
    with pytest.raises(ChoiceProblem):
        net_promoter(scores(30, 20, 10), sample="random")


def test_population_narrows_the_interval_around_the_estimate():
    plain = net_promoter(scores(30, 20, 10)).table.iloc[0]
    listed = net_promoter(scores(30, 20, 10), population=200, sample="probability").table.iloc[0]
    factor = np.sqrt(140 / 199)
    for end in ("low", "high"):
        assert listed[end] - listed["estimate"] == pytest.approx(factor * (plain[end] - plain["estimate"]))
    census = net_promoter(scores(30, 20, 10), population=60, sample="probability").table.iloc[0]
    assert census["low"] == census["estimate"] == census["high"]


def by_shop(shift):
    rng = np.random.default_rng(2)
    answers = wave({"recommend": rng.integers(3, 11, 90)}).assign(shop=["A", "B", "C"] * 30)
    moved = (answers["recommend"] + shift).clip(0, 10)
    return answers.assign(recommend=answers["recommend"].mask(answers["shop"] == "B", moved))


@pytest.mark.parametrize(("shift", "id"), [(5, "above"), (-5, "below"), (0, "unclear")])
def test_groups_in_each_case(shift, id):
    result = net_promoter(by_shop(shift), by="shop")
    assert result.reading.id == f"nps.groups.{id}"
    assert result.table["group"].tolist() == ["A", "B", "C"]
    if shift:
        row = result.table.set_index("group").loc["B"]
        assert result.reading.params["group"] == "B" and row["verdict"] == id
        assert result.reading.params["gap"] == pytest.approx(abs(row["gap"]))


def test_groups_too_few_and_small():
    assert net_promoter(by_shop(5)[:24], by="shop").reading.id == "nps.groups.too_little"
    assert net_promoter(by_shop(5)[:12], by="shop").table.empty
    with pytest.raises(ChoiceProblem, match="quarter"):
        net_promoter(by_shop(0), by="quater")


def test_periods_are_drawn_over_time():
    answers = by_shop(0)
    answers["at"] = pd.to_datetime(["2026-01-05", "2026-02-05", "2026-03-05"] * 30, utc=True)
    assert net_promoter(answers, by="month").plot().get_ylabel() == "points (−100 to 100)"


@pytest.mark.parametrize(
    ("before", "after", "id"),
    [
        ((10, 20, 30), (35, 20, 5), "above"),
        ((35, 20, 5), (10, 20, 30), "below"),
        ((30, 20, 10), (28, 20, 12), "unclear"),
        ((30, 20, 10), (5, 2, 2), "too_little"),
        ((0, 0, 0), (30, 20, 10), "too_little"),
        ((3, 0, 0), (30, 20, 10), "too_little"),
    ],
)
def test_change_in_each_case(before, after, id):
    result = net_promoter_change(scores(*before), scores(*after, start=100))
    assert result.reading.id == f"nps.change.{id}"
    row = result.table.iloc[0]
    assert row["estimate"] == pytest.approx(row["after"] - row["before"], nan_ok=True)
    assert pd.isna(row["before"]) == (min(sum(before), sum(after)) < 5)


def test_change_by_hand_for_other_people():
    # Distances of each end from its own estimate, squared and added (Zou & Donner): Rocks intervals 13.3 to 50.2.
    one, two = (net_promoter(scores(*counts)).table.iloc[0] for counts in ((30, 20, 10), (20, 20, 20)))
    row = net_promoter_change(scores(30, 20, 10), scores(20, 20, 20, start=200)).table.iloc[0]
    low = -100 / 3 - np.hypot(two["estimate"] - two["low"], one["high"] - one["estimate"])
    assert row["low"] == pytest.approx(low)
    assert row["shared"] == 0


def test_people_in_both_sharpen_the_change():
    before, after = scores(30, 20, 10), scores(30, 20, 10)
    after.loc[25:29, "recommend"] = 7
    paired = net_promoter_change(before, after)
    apart = net_promoter_change(before, after.assign(customer_key=pd.NA))
    width = [float(result.table.iloc[0]["high"] - result.table.iloc[0]["low"]) for result in (paired, apart)]
    assert paired.table.iloc[0]["shared"] == 60
    assert width[0] < 0.6 * width[1]
    assert any(caution.id == "caution.survey.unmatched" for caution in apart.cautions)


def test_change_from_a_stored_table_equals_that_of_other_people(tmp_path):
    before, after = scores(30, 20, 10), scores(20, 20, 20, start=200)
    path = tmp_path / "kept.json"
    net_promoter(before).table.to_json(path, orient="records")
    stored = net_promoter_change(pd.read_json(path), after)
    fresh = net_promoter_change(before, after)
    pd.testing.assert_frame_equal(stored.table, fresh.table)
    assert stored.reading == fresh.reading
    net_promoter(before[:3]).table.to_json(path, orient="records")
    assert net_promoter_change(pd.read_json(path), after).reading.id == "nps.change.too_little"
    with pytest.raises(DataProblem, match="promoters"):
        net_promoter_change(pd.DataFrame({"estimate": [1.0], "group": ["all"]}), after)


def test_change_never_knows_a_population():
    with pytest.raises(TypeError):
        net_promoter_change(scores(30, 20, 10), scores(30, 20, 10), population=200)


def test_the_latest_answer_in_each_period_counts():
    twice = pd.concat([scores(0, 0, 20, day="2026-01-01"), scores(20, 0, 0, day="2026-02-01")])
    assert net_promoter(twice).table.iloc[0][["estimate", "n"]].tolist() == [100, 20]
    assert net_promoter(twice[::-1]).table.iloc[0]["estimate"] == 100
    assert net_promoter(twice, by="month").table["estimate"].tolist() == [-100, 100]


def test_inputs_are_left_alone():
    answers, later = by_shop(0), scores(30, 20, 10)
    kept = answers.copy(deep=True), later.copy(deep=True)
    net_promoter(answers, by="shop")
    net_promoter_change(answers, later)
    pd.testing.assert_frame_equal(answers, kept[0])
    pd.testing.assert_frame_equal(later, kept[1])
