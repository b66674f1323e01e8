"""CSAT and CES: known answers, polarity, every case of the sentences."""

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import effort, satisfaction
from tests.survey.sheets import wave


def stars(*counts):
    """Answers 1, 2, ... in these numbers."""
    return wave({"stars": np.repeat(np.arange(1, len(counts) + 1), counts)})


def test_seventeen_of_twenty():
    table = satisfaction(stars(1, 1, 1, 5, 12), score="stars").table.set_index("statistic")
    assert (table.loc["top", ["estimate", "low", "high"]] * 100).round(1).tolist() == [85.0, 64.0, 94.8]
    assert table.loc["mean", "estimate"] == pytest.approx(86 / 20)
    assert table["n"].tolist() == [20, 20]
    assert table["unit"].tolist() == ["points (1 to 5)", "share"]


@pytest.mark.parametrize(
    ("counts", "id"),
    [
        ((1, 1, 1, 5, 12), "above"),
        ((12, 5, 1, 1, 1), "below"),
        ((3, 3, 4, 4, 6), "unclear"),
        ((0, 0, 0, 0, 9), "too_little"),
    ],
)
def test_reading_in_each_case(counts, id):
    assert satisfaction(stars(*counts), score="stars").reading.id == f"csat.top.{id}"


def test_top_boxes_and_scale_are_the_readers():
    result = satisfaction(stars(0, 0, 0, 0, 0, 0, 0, 4, 6, 10), score="stars", high=10, top=3)
    assert result.table.set_index("statistic").loc["top", "estimate"] == 1
    assert result.reading.params["top"] == 3
    for top in (0, 5, 2.5):
        with pytest.raises(ChoiceProblem):
            satisfaction(stars(1, 1, 1, 1, 1), score="stars", top=top)
    with pytest.raises(DataProblem, match="outside the scale of 1 to 5"):
        satisfaction(stars(0, 0, 0, 0, 0, 20), score="stars")


def test_all_best_is_not_certain():
    table = satisfaction(stars(0, 0, 0, 0, 10), score="stars").table.set_index("statistic")
    assert table.loc["mean", "low"] == pytest.approx(5 - 4 * (1 - 0.05**0.1))
    assert table.loc["top", "low"] == pytest.approx(0.722, abs=0.001)


def touchpoints(shift, n=60):
    rng = np.random.default_rng(6)
    answers = wave({"stars": rng.integers(2, 5, n)}).assign(place=["till", "web", "phone"] * (n // 3))
    moved = (answers["stars"] + shift).clip(1, 5)
    return answers.assign(stars=answers["stars"].mask(answers["place"] == "web", moved))


@pytest.mark.parametrize(("shift", "id"), [(2, "above"), (-2, "below"), (0, "unclear")])
def test_touchpoints_in_each_case(shift, id):
    result = satisfaction(touchpoints(shift), score="stars", by="place")
    assert result.reading.id == f"csat.groups.{id}"
    assert len(result.table) == 6
    means = result.table[result.table["statistic"] == "mean"].set_index("group")
    assert means["gap"].notna().all()
    assert result.table.loc[result.table["statistic"] == "top", "gap"].isna().all()
    assert [tick.get_text() for tick in result.plot().get_yticklabels()] == ["phone", "till", "web"]
    if shift:
        assert result.reading.params["group"] == "web" and means.loc["web", "verdict"] == id


def test_touchpoints_too_small():
    assert satisfaction(touchpoints(2, 24), score="stars", by="place").reading.id == "csat.groups.too_little"
    few = satisfaction(touchpoints(2, 12), score="stars", by="place")
    assert few.table.empty and "gap" in few.table


def test_reviews_without_keys_are_enough():
    reviews = pd.DataFrame({"stars": [5.0, 4.0] * 10, "at": pd.Timestamp("2026-01-01", tz="UTC")})
    assert satisfaction(reviews, score="stars", by="quarter").table["group"].unique().tolist() == ["2026-Q1"]


@pytest.mark.parametrize(
    ("version", "value", "id"),
    [(1, [1, 2], "above"), (1, [4, 5], "below"), (1, [1, 5], "unclear"), (2, [6, 7], "above"), (2, [1, 2], "below")],
)
def test_effort_in_each_case(version, value, id):
    answers = wave({"ces": value * 10})
    assert effort(answers, score="ces", version=version).reading.id == f"ces.score.{id}"
    assert effort(answers[:9], score="ces", version=version).reading.id == "ces.score.too_little"


def test_flipping_the_version_flips_the_direction():
    rng = np.random.default_rng(7)
    turned = {"above": "below", "below": "above", "unclear": "unclear"}
    for _ in range(50):
        answers = wave({"ces": rng.choice(np.arange(1, 6), 20, p=rng.dirichlet(np.ones(5)))})
        # The same answers about the middle of either scale: 1 to 5 moved up by one lies about 4.
        one = effort(answers, score="ces", version=1)
        two = effort(answers.assign(ces=answers["ces"] + 1), score="ces", version=2)
        first, second = (result.reading.id.removeprefix("ces.score.") for result in (one, two))
        # Without spread the length of the scale counts, and the two scales differ in it.
        if answers["ces"].nunique() > 1:
            assert first == turned[second]
        assert (one.table["better"][0], two.table["better"][0]) == ("lower", "higher")


@pytest.mark.parametrize(("version", "id"), [(1, "below"), (2, "above")])
def test_groups_by_effort_follow_the_version(version, id):
    result = effort(touchpoints(2), score="stars", version=version, by="place")
    assert result.reading.id == f"ces.groups.{id}"
    assert result.reading.params["group"] == "web"
    assert result.table.set_index("group").loc["web", "gap"] > 0
    assert effort(touchpoints(0), score="stars", version=version, by="place").reading.id == "ces.groups.unclear"
    assert effort(touchpoints(2, 24), score="stars", version=version, by="place").reading.id == "ces.groups.too_little"


def test_the_version_must_be_said():
    for version in (None, 3, "1"):
        with pytest.raises(ChoiceProblem, match="version"):
            effort(wave({"ces": [1, 2] * 10}), score="ces", version=version)
    with pytest.raises(ChoiceProblem):
        effort(wave({"ces": [1, 2] * 10}), score="ces")
    with pytest.raises(DataProblem, match="1 to 5"):
        effort(wave({"ces": [6, 7] * 10}), score="ces", version=1)


def test_inputs_are_left_alone():
    answers = touchpoints(1)
    kept = answers.copy(deep=True)
    satisfaction(answers, score="stars", by="place")
    effort(answers, score="stars", version=1, by="place")
    pd.testing.assert_frame_equal(answers, kept)
