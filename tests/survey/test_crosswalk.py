"""The crosswalk: one scoring under several names, by hand; kappa by hand and by another library."""

from collections import Counter

import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import as_view, coding_agreement, codings, crosswalk, dimension_scores
from crqkit.tables.form import build_form, known_forms, load_form
from tests.survey.sheets import THREE, trio, wave

# Ten people, the pocket form; worked by hand below.
TEN = wave(
    {
        "keeps_word": [5] * 5 + [3] * 5,
        "cares": [2] * 5 + [4] * 5,
        "would_miss": [1] * 10,
        "costly_to_leave": [5] * 10,
        "answers": [3] * 5 + [2] * 5,
        "fits_me": [4] * 5 + [3] * 5,
        "worth_it": [5] * 10,
    }
)


def scores(view):
    return dimension_scores(TEN, form="pocket", view=view).table.set_index("measure")["estimate"].to_dict()


def test_every_question_of_a_dimension_stands_in_one_line():
    placed = Counter(item for items in crosswalk().table["items"] for item in items.split(", "))
    asked = {item.id for id in known_forms() for item in load_form(id).items if item.dimension}
    assert set(placed) == asked
    assert set(placed.values()) == {1}
    assert (crosswalk().table[["why", "data"]] != "").all().all()


def test_a_line_agrees_with_the_forms_on_dimension_and_facet():
    table = crosswalk().table
    for form in (load_form("pocket"), load_form("long")):
        for item in form.items:
            if item.dimension:
                line = table[table["items"].str.split(", ").map(lambda items, id=item.id: id in items)].iloc[0]
                assert (line["dimension"], line["facet"]) == (form.dimensions[item.dimension], item.facet)


def test_five_dimensions_four_components_four_factors():
    table = crosswalk().table
    assert table["dimension"].nunique() == 5
    assert table["component"].nunique() == table["factor"].nunique() == 4


def test_the_views_by_hand():
    # Dimensions: Trust is (5 + 2) / 2 = 3.5 for the first five and (3 + 4) / 2 = 3.5 for the others.
    assert scores("dimensions") == {
        "Trust": 3.5,
        "Commitment": 3.0,
        "Communication": 2.5,
        "Personal attention": 3.5,
        "Fair exchange": 5.0,
    }
    # cares goes with fits_me: (2 + 4) / 2 = 3 and (4 + 3) / 2 = 3.5, mean 3.25; keeps_word stands alone.
    assert scores("components") == {
        "Trust and reliability": 4.0,
        "Communication and responsiveness": 2.5,
        "Personal attention and empathy": 3.25,
        "Value and benefit": 5.0,
    }
    assert scores("factors") == {"Trust": 4.0, "Communication": 2.5, "Mutual respect": 3.25, "Shared value": 5.0}
    assert scores("facets")["Affective trust"] == 3.0


def test_a_view_moves_items_and_changes_no_answer():
    # All items together have one sum of answers, whatever they are gathered under.
    for view in ("dimensions", "facets", "components", "factors"):
        seen = as_view("long", view)
        assert [i.id for i in seen.items] == [i.id for i in load_form("long").items]
        assert [i.reverse for i in seen.items] == [i.reverse for i in load_form("long").items]
        assert not any(item.dimension for item in seen.items if item.quality)
    assert as_view("pocket") is load_form("pocket")


def test_turned_questions_are_turned_in_every_view():
    form = load_form("long")
    full = wave({item.id: [2] * 10 for item in form.items if item.dimension})
    # Answers of 2 to a turned question on 1 to 7 are 6: cognitive trust (2 + 2 + 2 + 6) / 4 = 3.
    facets = dimension_scores(full, form="long", view="facets").table.set_index("measure")["estimate"]
    assert facets["Cognitive trust"] == facets["Affective commitment"] == 3
    assert facets["Equitable exchange"] == 2
    # Seven questions are trust and reliability, one of them turned: (6 * 2 + 6) / 7.
    components = dimension_scores(full, form="long", view="components").table.set_index("measure")["estimate"]
    assert components["Trust and reliability"] == pytest.approx(18 / 7)


def test_what_a_view_leaves_out_is_said():
    left_out = [c for c in dimension_scores(TEN, form="pocket", view="components").cautions if "view" in c.id]
    assert left_out[0].params == {"count": 2}
    assert not [c for c in dimension_scores(TEN, form="pocket").cautions if "view" in c.id]


def test_a_form_the_crosswalk_does_not_know_has_no_such_view():
    with pytest.raises(DataProblem, match="has a place among the components"):
        dimension_scores(trio(4, 3, 2), form=THREE, view="components")
    with pytest.raises(ChoiceProblem, match="Did you mean factors"):
        as_view("pocket", "factor")


def test_the_reading_tells_the_reliability():
    assert dimension_scores(trio(4, 3, 2), form=THREE).reading.endswith("(reliability unknown).")
    known = build_form({"id": "k", "reliability": "omega 0.84", "dimensions": {"d": "D"},
                        "items": [{"id": "k1", "text": "", "dimension": "d"}]})  # fmt: skip
    assert dimension_scores(trio(4, 3, 2), form=known).reading.endswith("(reliability omega 0.84).")


def test_kappa_by_hand_and_by_scikit_learn():
    table = coding_agreement().table
    for view, row in zip(("components", "factors"), table.itertuples(), strict=True):
        coded = codings()[codings()["view"] == view]
        first, second = coded["first"].tolist(), coded["second"].tolist()
        seen = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
        ones, twos = Counter(first), Counter(second)
        chance = sum(ones[name] * twos[name] for name in ones) / len(first) ** 2
        assert row.estimate == pytest.approx((seen - chance) / (1 - chance))
        assert row.estimate == pytest.approx(cohen_kappa_score(first, second))
        assert row.agreed == pytest.approx(seen)
        assert row.low < row.estimate < row.high
        assert row.n == 35
    assert table["estimate"].round(2).tolist() == [0.86, 0.55]


def test_where_both_codings_agree_that_is_published():
    coded = codings()
    agreed = coded[coded["first"] == coded["second"]]
    assert (agreed["first"] == agreed["published"]).all()
    # Where they differ, one of the two is published, and the line says that they did.
    differ = coded[coded["first"] != coded["second"]]
    assert ((differ["first"] == differ["published"]) | (differ["second"] == differ["published"])).all()
    lines = crosswalk().table
    for item in differ["item"].unique():
        why = lines[lines["items"].str.split(", ").map(lambda items, id=item: id in items)]["why"].iloc[0]
        assert "differed" in why


def test_it_is_said_who_coded():
    assert "without sight of the first coding" in coding_agreement().cautions[0]
    assert isinstance(crosswalk().table, pd.DataFrame)
