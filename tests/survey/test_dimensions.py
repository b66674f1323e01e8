"""Scores of dimensions, the lowest of them, groups: by hand, and in the cases of every sentence."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from crqkit.base import DataProblem
from crqkit.survey import compare_groups, dimension_scores, lowest_dimension
from crqkit.tables.form import build_form, load_form
from tests.survey.sheets import THREE, trio, wave


def test_scores_by_hand():
    answers = wave(
        {
            # Turned round, t2 is 4, 5, 3, 1, missing.
            "t1": [4, 5, np.nan, 2, np.nan],
            "t2": [2, 1, 3, 5, np.nan],
            "t3": [4, np.nan, np.nan, 3, 5],
            "k1": [1, 2, 3, 4, 5],
            "f1": [np.nan] * 5,
        }
    )
    table = dimension_scores(answers, form=THREE).table.set_index("dimension")
    # Two of three items are half or more: persons 1, 2 and 4 score 4, 5 and 2; the others answered one of three.
    assert pd.isna(table.loc["trust", "estimate"]) and table.loc["trust", "n"] == 3
    assert table.loc["talk", "estimate"] == 3 and table.loc["talk", "n"] == 5
    assert table.loc["fair", "n"] == 0
    more = pd.concat([answers, answers.assign(customer_key=answers["customer_key"] + "x")])
    assert dimension_scores(more, form=THREE).table.set_index("dimension").loc["trust", "estimate"] == pytest.approx(
        11 / 3
    )


def test_scores_equal_statsmodels_and_carry_sd_and_unit():
    answers = trio(4, 3, 2)
    table = dimension_scores(answers, form=THREE, confidence=0.9).table.set_index("dimension")
    theirs = DescrStatsW(answers["k1"])
    assert table.loc["talk", ["low", "high"]].tolist() == pytest.approx(theirs.tconfint_mean(alpha=0.1))
    assert table.loc["talk", "sd"] == pytest.approx(answers["k1"].std())
    assert set(table["unit"]) == {"points (1 to 5)"}
    assert table["measure"].tolist() == ["Trust", "Talk", "Fairness"]


def test_the_latest_answer_of_a_person_counts():
    late = trio(4, 3, 2)
    early = late.assign(k1=5.0, at=pd.Timestamp("2025-01-01", tz="UTC"))
    both = dimension_scores(pd.concat([late, early], ignore_index=True), form=THREE)
    pd.testing.assert_frame_equal(both.table, dimension_scores(late, form=THREE).table)
    assert any(caution.id == "caution.survey.repeated" and caution.params["count"] == 40 for caution in both.cautions)


def test_people_without_key_all_count():
    assert dimension_scores(trio(4, 3, 2).assign(customer_key=pd.NA), form=THREE).table["n"].tolist() == [40] * 3
    assert dimension_scores(trio(4, 3, 2).drop(columns=["customer_key", "at"]), form=THREE).table["n"].max() == 40


@pytest.mark.parametrize(
    ("by", "labels"),
    [("month", ["2025-12", "2026-01"]), ("quarter", ["2025-Q4", "2026-Q1"]), ("year", ["2025", "2026"])],
)
def test_periods(by, labels):
    answers = trio(4, 3, 2)
    answers["at"] = pd.to_datetime(["2025-12-31 23:30", "2026-01-01 00:30"] * 20, utc=True)
    result = dimension_scores(answers, form=THREE, by=by)
    assert result.table["group"].drop_duplicates().tolist() == labels
    assert result.reading.id == "dimensions.scores.groups"
    # In a shop an hour ahead all of them came in the new year.
    berlin = answers.assign(at=answers["at"].dt.tz_convert("Europe/Berlin"))
    assert dimension_scores(berlin, form=THREE, by=by).table["group"].drop_duplicates().tolist() == labels[1:]
    assert result.plot().get_legend() is not None


def test_small_groups_are_not_shown_and_cannot_be_had_by_subtraction():
    answers = trio(4, 3, 2).assign(shop=["North"] * 20 + ["South"] * 10 + ["East"] * 7 + ["Tiny"] * 3)
    result = dimension_scores(answers, form=THREE, by="shop")
    assert set(result.table["group"]) == {"North", "South"}
    withheld = [caution for caution in result.cautions if caution.id == "caution.survey.withheld"]
    assert withheld[0].params["count"] == 2
    alone = answers.assign(shop=answers["shop"].where(answers["shop"] == "Tiny"))
    none = dimension_scores(alone, form=THREE, by="shop")
    assert none.table.empty and none.reading.id.endswith("too_little")
    assert any(caution.id == "caution.survey.unlabelled" for caution in none.cautions)


def test_a_group_small_in_one_dimension_is_held_back_there():
    answers = trio(4, 3, 2).assign(shop=["A"] * 14 + ["B"] * 13 + ["C"] * 13)
    answers.loc[3:13, "f1"] = np.nan
    table = dimension_scores(answers, form=THREE, by="shop").table
    assert table[table["dimension"] == "talk"]["group"].tolist() == ["A", "B", "C"]
    assert len(table[table["dimension"] == "fair"]) == 1


@pytest.mark.parametrize(("n", "id"), [(40, "several"), (9, "too_little"), (3, "too_little"), (0, "too_little")])
def test_reading_of_scores(n, id):
    result = dimension_scores(trio(4.2, 3, 2)[:n], form=THREE)
    assert result.reading.id == f"dimensions.scores.{id}"
    assert result.table["estimate"].notna().all() == (n >= 5)
    small = {caution.id for caution in result.cautions}
    assert ("caution.survey.small" in small) == (n < 10)
    assert ("caution.survey.hidden" in small) == (0 < n < 5)
    if n == 40:
        assert result.reading.params["highest"] == "Trust" and result.reading.params["lowest"] == "Fairness"


def test_all_alike_is_one_figure_and_not_certain():
    answers = wave({"k1": [4] * 12, "f1": [4] * 12})
    result = dimension_scores(answers, form=THREE)
    assert result.reading.id == "dimensions.scores.one"
    assert (result.table["low"] < 4).all() and (result.table["high"] > 4).all()


def test_what_was_not_asked_is_named():
    result = dimension_scores(trio(4, 3, 2).drop(columns=["t1", "t2"]), form=THREE)
    named = [caution.params["names"] for caution in result.cautions if caution.id == "caution.survey.not_asked"]
    assert named == ["Trust"]
    with pytest.raises(DataProblem, match="none of the dimensions"):
        dimension_scores(wave({"stars": [1]}), form="pocket")


def test_every_fault_of_the_answers_at_once():
    answers = trio(4, 3, 2).assign(k1=[9] * 2 + [4] * 38, f1=["good"] + [3] * 39)
    with pytest.raises(DataProblem) as caught:
        dimension_scores(answers, form=THREE)
    assert [(fault.column, fault.value) for fault in caught.value.faults] == [("k1", "9"), ("f1", "good")]
    assert "2, in r0, r1" in str(caught.value)


def test_items_of_different_scales_do_not_mix():
    items = [{"id": "a", "text": "", "dimension": "d"}, {"id": "b", "text": "", "dimension": "d", "high": 10}]
    form = build_form({"id": "mixed", "dimensions": {"d": "D"}, "items": items})
    with pytest.raises(DataProblem, match="different answer scales"):
        dimension_scores(wave({"a": [1] * 9, "b": [1] * 9}), form=form)
    apart = build_form(
        {"id": "apart", "dimensions": {"d": "D", "e": "E"}, "items": [items[0], items[1] | {"dimension": "e"}]}
    )
    with pytest.raises(DataProblem, match="cannot be ranked"):
        lowest_dimension(wave({"a": [1] * 9, "b": [1] * 9}), form=apart)


def test_lowest_when_clear():
    result = lowest_dimension(trio(4, 2, 4.2, n=60), form=THREE)
    assert result.reading.id == "dimensions.lowest.below"
    assert result.reading.startswith("Talk is clearly the lowest")
    first = result.table.iloc[0]
    assert (result.reading.params["gap"], result.reading.params["low"]) == (first["estimate"], first["low"])
    assert (result.table["low"] > 0).all() and result.table["lowest"].unique().tolist() == ["Talk"]
    assert result.settings["family"] == 3


def test_lowest_when_two_are_tied():
    result = lowest_dimension(trio(4.5, 2.5, 2.55, n=60), form=THREE)
    assert result.reading.id == "dimensions.lowest.unclear"
    assert set(result.reading.params["names"].split(", ")) == {"Talk", "Fairness"}


def test_lowest_gap_is_the_paired_one():
    answers = trio(4, 2, 4.2, n=60)
    gap = DescrStatsW(answers["f1"] - answers["k1"])
    row = lowest_dimension(answers, form=THREE).table.set_index("dimension").loc["fair"]
    assert [row["low"], row["high"]] == pytest.approx(gap.tconfint_mean(alpha=0.05 / 3))


@pytest.mark.parametrize("n", [0, 3, 9])
def test_lowest_of_too_few(n):
    assert lowest_dimension(trio(4, 1, 4)[:n], form=THREE).reading.id == "dimensions.lowest.too_little"


def test_a_dimension_that_few_answered_is_left_out_of_the_ranking():
    answers = trio(4.5, 3, 2, n=60)
    answers.loc[8:, "f1"] = np.nan
    result = lowest_dimension(answers, form=THREE)
    assert result.reading.startswith("Talk is clearly the lowest")
    assert any(caution.id == "caution.survey.unranked" and "Fairness" in caution for caution in result.cautions)


def test_lowest_of_one():
    assert lowest_dimension(wave({"k1": [1, 2] * 9}), form=THREE).reading.id == "dimensions.lowest.one"


def test_all_say_the_same_everywhere():
    result = lowest_dimension(wave({"k1": [4] * 30, "f1": [4] * 30}), form=THREE)
    assert result.reading.id == "dimensions.lowest.unclear"


def split(shift, n=60):
    answers = trio(3.5, 3.5, 3.5, n=n).assign(shop=["A", "B", "C"] * (n // 3))
    answers["k1"] = (answers["k1"] + shift * (answers["shop"] == "B")).clip(1, 5)
    return answers


@pytest.mark.parametrize(("shift", "id"), [(1.5, "above"), (-1.5, "below"), (0, "unclear")])
def test_groups_in_each_case(shift, id):
    result = compare_groups(split(shift), form=THREE, by="shop", p_values=True)
    assert result.reading.id == f"dimensions.groups.{id}"
    assert len(result.table) == result.settings["family"] == 9
    assert (result.table["p"] >= 0).all()
    if shift:
        assert (result.reading.params["group"], result.reading.params["measure"]) == ("B", "Talk")
        assert (result.table.set_index(["measure", "group"]).loc[("Talk", "B"), "estimate"] > 0) == (shift > 0)
    assert "p" not in compare_groups(split(shift), form=THREE, by="shop").table


@pytest.mark.parametrize("n", [0, 12, 24])
def test_groups_too_small_to_compare(n):
    assert compare_groups(split(2)[:n], form=THREE, by="shop").reading.id == "dimensions.groups.too_little"


def test_of_two_groups_one_comparison():
    answers = split(0).assign(shop=["A", "B"] * 30)
    table = compare_groups(answers, form=THREE, by="shop").table
    assert table["group"].unique().tolist() == ["A"] and len(table) == 3
    gap = answers.groupby("shop")["k1"].mean()
    assert table.set_index("dimension").loc["talk", "estimate"] == pytest.approx(gap["A"] - gap["B"])


def test_inputs_are_left_alone():
    answers = split(1)
    kept = answers.copy(deep=True)
    for ask in (dimension_scores, compare_groups):
        ask(answers, form=THREE, by="shop")
    lowest_dimension(answers, form=THREE)
    pd.testing.assert_frame_equal(answers, kept)


def test_the_pocket_form_is_scored():
    form = load_form("pocket")
    rated = {item.id: [4] * 10 for item in form.items if item.dimension}
    assert set(dimension_scores(wave(rated), form="pocket").table["dimension"]) == set(form.dimensions)


def test_attachment_and_lock_in_in_one_score_are_told():
    answers = pd.DataFrame({"would_miss": [5, 4] * 10, "costly_to_leave": [1, 2] * 10, "keeps_word": [4, 5] * 10})
    said = [caution for caution in dimension_scores(answers, form="pocket").cautions if "two unlike" in caution]
    assert len(said) == 1 and said[0].startswith("Commitment averages two unlike things")
    assert any("Geyskens" in source for source in dimension_scores(answers, form="pocket").sources)
    apart = dimension_scores(answers, form="pocket", view="facets")
    half = dimension_scores(answers.drop(columns="costly_to_leave"), form="pocket")
    assert not any("two unlike" in caution for caution in (*apart.cautions, *half.cautions))
