"""Who answered: differences by hand and by statsmodels, each case, lists with nothing in them, few people."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import who_answered
from tests.survey.sheets import wave


def list_of(n, seed=1, **columns):
    rng = np.random.default_rng(seed)
    keys = [f"k{i}" for i in range(n)]
    return pd.DataFrame({"customer_key": keys, "visits": rng.poisson(5, n), "net": rng.gamma(2, 40, n)} | columns)


def keys(*places):
    return [f"k{i}" for i in places]


def row(result, measure):
    return result.table.set_index("measure").loc[measure]


def test_a_mean_is_welchs_difference():
    invited = list_of(120)
    result = who_answered(invited, keys(*range(40)), columns=["visits"])
    two = CompareMeans(DescrStatsW(invited["visits"][:40]), DescrStatsW(invited["visits"][40:]))
    low, high = two.tconfint_diff(alpha=0.05, usevar="unequal")
    found = row(result, "visits")
    assert found[["low", "high"]].tolist() == pytest.approx([low, high])
    assert found["answered"] - found["silent"] == pytest.approx(found["estimate"])
    assert found[["n_answered", "n_silent", "n"]].tolist() == [40, 80, 40]


def test_a_share_by_hand():
    # 56 of 70 who answered and 48 of 80 silent came by the shop: Newcombe's 0.052 to 0.334.
    place = ["shop"] * 56 + ["web"] * 14 + ["shop"] * 48 + ["web"] * 32
    result = who_answered(list_of(150, place=place), keys(*range(70)), columns=["place"])
    found = row(result, "place: shop")
    assert found[["estimate", "low", "high"]].tolist() == pytest.approx([0.2, 0.052, 0.334], abs=0.001)
    assert len(result.table) == 1


@pytest.mark.parametrize(
    ("shift", "n", "id"), [(3, 60, "above"), (-3, 60, "below"), (0, 60, "unclear"), (3, 9, "too_little")]
)
def test_reading_in_each_case(shift, n, id):
    invited = list_of(200)
    invited.loc[: n - 1, "visits"] += shift
    result = who_answered(invited, keys(*range(n)))
    assert result.reading.id == f"answered.{id}"
    if id == "unclear":
        assert "does not show that there is none" in result.reading


def test_lists_with_nothing_in_them_seldom_differ():
    rng, clear = np.random.default_rng(8), 0
    for seed in range(300):
        invited = list_of(150, seed=seed, kind=rng.choice(["a", "b", "c"], 150))
        found = who_answered(invited, keys(*rng.permutation(150)[:50]))
        clear += found.reading.id != "answered.unclear"
    # Five comparisons as one family at 95 %.
    assert clear / 300 <= 0.08


def test_answers_as_a_table_and_strangers_among_them():
    invited, answers = list_of(60), wave({"stars": [5] * 25}, start=40)
    result = who_answered(invited, answers)
    said = " ".join(result.cautions)
    assert "20 of 60 invited people answered: 33 %." in said
    assert "nobody on the list of invited people: 5." in said
    assert result.settings["family"] == 2
    assert "2 comparisons" in said


def test_what_cannot_be_compared_is_named():
    at = pd.Timestamp("2026-01-01", tz="UTC")
    invited = list_of(60, note=[f"n{i}" for i in range(60)], first=at, regular=[True, False] * 30)
    result = who_answered(invited, keys(*range(20)))
    assert result.table["measure"].tolist() == ["visits", "net", "regular"]
    assert any("few kinds: note." in caution for caution in result.cautions)
    assert any("same for everybody: first." in caution for caution in result.cautions)
    assert result.plot().get_lines()


def test_four_people_are_counted_and_not_shown():
    result = who_answered(list_of(60), keys(0, 1, 2, 3))
    assert result.table[["estimate", "low", "high", "answered", "silent"]].isna().all(axis=None)
    assert result.table["n"].tolist() == [4, 4]


def test_nobody_and_everybody_answered():
    for gave in ([], keys(*range(60))):
        assert who_answered(list_of(60), gave).reading.id == "answered.too_little"


def test_order_of_rows_changes_nothing():
    invited = list_of(80)
    one, two = (
        who_answered(table, keys(*range(30))).table for table in (invited, invited.sample(frac=1, random_state=2))
    )
    pd.testing.assert_frame_equal(one, two)


def test_wrong_lists():
    with pytest.raises(DataProblem, match="more than once"):
        who_answered(pd.concat([list_of(20), list_of(20)]), keys(1))
    with pytest.raises(DataProblem, match="without a key"):
        who_answered(list_of(20).assign(customer_key=None), keys(1))
    with pytest.raises(DataProblem, match="nothing to compare"):
        who_answered(list_of(20)[["customer_key"]], keys(1))
    with pytest.raises(DataProblem, match="customer_key"):
        who_answered(pd.DataFrame({"visits": [1]}), keys(1))
    with pytest.raises(ChoiceProblem, match="Did you mean visits"):
        who_answered(list_of(20), keys(1), columns=["visit"])


def test_columns_of_every_make():
    half = 60 // 2
    kinds = {
        "tier": pd.Categorical(["gold", "tin"] * half),
        "regular": pd.array([True, None, False] * (60 // 3), dtype="boolean"),
        "stamps": pd.array([3, None, 4] * (60 // 3), dtype="Int64"),
        "tags": [["a"]] * 60,
        "empty": [None] * 60,
    }
    result = who_answered(list_of(60, **kinds), keys(*range(25)))
    assert result.table["column"].tolist() == ["visits", "net", "tier", "regular", "stamps"]
    assert any("tags, empty" in caution for caution in result.cautions)
    assert row(result, "stamps")["n_answered"] + row(result, "stamps")["n_silent"] == 40


def complaints(rate, n=100, others=300, seed=1):
    rng = np.random.default_rng(seed)
    return list_of(n + others).assign(complaints=[0] * n + list(rng.poisson(rate, others)))


def test_one_side_without_spread_is_compared():
    result = who_answered(complaints(0.6), keys(*range(100)), columns="complaints")
    assert result.reading.id == "answered.below"
    found = row(result, "complaints")
    # By hand: none of 100 has a complaint, so up to 1 in 28 may have as many as were seen (Wilson, two-sided).
    assert found["high"] < 0 and found["low"] < found["estimate"] < found["high"]
    assert found[["n_answered", "n_silent"]].tolist() == [100, 300]


def test_a_side_without_spread_by_luck_seldom_counts_as_a_difference():
    # One in fifty complains on both sides; Welch's formula finds a difference here in more than half of all lists.
    rng, clear, lists = np.random.default_rng(5), 0, 0
    for seed in range(200):
        invited = complaints(0.02, n=20, seed=seed)
        invited.loc[:19, "complaints"] = rng.poisson(0.02, 20)
        if invited["complaints"][:20].any() or not invited["complaints"].any():
            continue
        lists += 1
        clear += who_answered(invited, keys(*range(20)), columns=["complaints"]).reading.id != "answered.unclear"
    assert lists > 100 and clear / lists <= 0.05


def test_the_same_for_everybody_is_no_comparison():
    result = who_answered(list_of(80, complaints=0, town="Bath", member=True), keys(*range(30)))
    assert result.table["column"].tolist() == ["visits", "net"] and result.settings["family"] == 2
    assert "Not compared, because they are the same for everybody: complaints, town, member." in result.cautions
    with pytest.raises(DataProblem, match="not the same for all"):
        who_answered(list_of(80, complaints=0), keys(*range(30)), columns=["complaints"])


def test_each_side_of_one_value_is_a_difference():
    result = who_answered(list_of(80, came=[1] * 40 + [0] * 40), keys(*range(40)), columns=["came"])
    found = row(result, "came")
    assert found["estimate"] == 1 and 0.7 < found["low"] < found["high"] <= 1


def test_infinite_values_are_a_fault():
    invited = list_of(60).assign(per_visit=[np.inf, -np.inf] + [1.0, 2.0] * 29)
    with pytest.raises(DataProblem, match=r"'per_visit': these values are infinite \(found '2'\)"):
        who_answered(invited, keys(*range(20)))
    assert who_answered(invited, keys(*range(20)), columns=["visits"]).plot().get_lines()


def test_one_name_and_two_columns_of_one_name():
    invited = list_of(60)
    one, several = (who_answered(invited, keys(*range(20)), columns=given) for given in ("visits", ["visits"]))
    pd.testing.assert_frame_equal(one.table, several.table)
    twice = pd.concat([invited, invited[["visits"]]], axis=1)
    with pytest.raises(DataProblem, match="several columns have this name"):
        who_answered(twice, keys(*range(20)))


def test_asked_of_those_who_could_answer_nothing_is_built_in():
    # Nobody's answer hangs on anything; but who had gone before the survey could not answer.
    rng, clear = np.random.default_rng(3), {"all": 0, "could": 0}
    for _ in range(60):
        invited = list_of(200).assign(last=rng.uniform(0, 300, 200))
        here = invited[invited["last"] < 200]
        gave = here.sample(60, random_state=rng)
        clear["all"] += who_answered(invited, gave, columns=["last"]).reading.id != "answered.unclear"
        clear["could"] += who_answered(here, gave, columns=["last"]).reading.id != "answered.unclear"
    assert clear["all"] > 50 and clear["could"] <= 7
