"""What must hold whatever the numbers: units, order, ways to say the same, and recovery of a truth."""

import numpy as np
import pandas as pd
import pytest

from crqkit import sem

MODEL = "trust =~ t1 + t2 + t3\nbond =~ b1 + b2 + b3\nbond ~ trust"
FREE = {"t1": 0.8, "t2": 0.7, "t3": 0.6, "b1": 0.9, "b2": 0.7, "b3": 0.5}


def answers(n=400, seed=5, path=0.5, holes=0.0):
    rng = np.random.default_rng(seed)
    trust = rng.standard_normal(n)
    factor = {"t": trust, "b": path * trust + np.sqrt(1 - path**2) * rng.standard_normal(n)}
    table = pd.DataFrame({k: v * factor[k[0]] + np.sqrt(1 - v**2) * rng.standard_normal(n) for k, v in FREE.items()})
    table += 3.0
    if holes:
        table = table.mask(rng.random(table.shape) < holes)
    return table.assign(country=rng.choice(["DE", "BR", "JP"], n))


def values(found, column="est"):
    table = found.parameters.assign(group=[found.groups[g - 1] if g else "" for g in found.parameters["group"]])
    return table.set_index(["group", "lhs", "op", "rhs"])[column].sort_index()


WAYS = [
    {"estimator": "ML"},
    {"estimator": "MLM"},
    {"estimator": "GLS"},
    {"estimator": "MLR", "group": "country", "group_equal": ["loadings", "intercepts"]},
]


@pytest.mark.parametrize("way", [*WAYS, {"estimator": "MLR", "holes": True}])
def test_order_of_rows_and_columns_changes_nothing(way):
    way = dict(way)
    table = answers(holes=0.15 if way.pop("holes", False) else 0)
    found = sem.fit(MODEL, table, **way)
    # The first rows stay: the group that comes first is the one the others are measured against.
    rows = [*range(20), *np.random.default_rng(1).permutation(np.arange(20, len(table)))]
    mixed = table.iloc[rows][list(table.columns[::-1])]
    again = sem.fit(MODEL, mixed, **way)
    for column in ("est", "se", "std_all"):
        pd.testing.assert_series_equal(values(found, column), values(again, column), rtol=1e-5, atol=1e-7)
    assert again.fit_measures["chisq"] == pytest.approx(found.fit_measures["chisq"], rel=1e-7)


def test_order_of_groups_changes_names_only():
    table = answers()
    way = {"estimator": "ML", "group": "country", "group_equal": ["loadings"]}
    found = sem.fit(MODEL, table, **way)
    again = sem.fit(MODEL, table.sort_values("country", ascending=False), **way)
    assert found.groups != again.groups
    pd.testing.assert_series_equal(values(found), values(again), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("way", WAYS)
def test_another_unit_of_an_item_rescales_its_loading_and_nothing_else(way):
    table = answers()
    found, again = sem.fit(MODEL, table, **way), sem.fit(MODEL, table.assign(b2=table["b2"] * 10), **way)
    assert again.fit_measures["chisq"] == pytest.approx(found.fit_measures["chisq"], rel=1e-6)
    before, after = values(found), values(again)
    loading = after.index.get_level_values("rhs") == "b2"
    loading &= after.index.get_level_values("op") == "=~"
    np.testing.assert_allclose(after[loading], 10 * before[loading], rtol=1e-5)
    np.testing.assert_allclose(values(again, "std_all"), values(found, "std_all"), rtol=1e-5, atol=1e-7)
    other = after.index.map(lambda k: "b2" not in k)
    np.testing.assert_allclose(after[other], before[other], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        "trust =~ NA*t1 + t2 + t3\nbond =~ NA*b1 + b2 + b3\nbond ~ trust\ntrust ~~ 1*trust\nbond ~~ 1*bond",
        "trust =~ t1 + t2 + t3\nbond =~ b1 + b2 + b3\ntrust ~ bond",
        "trust =~ t3 + t1 + t2\nbond =~ 2*b2 + b1 + b3\ntrust ~~ bond",
        "trust =~ t1 + t2 + t3\nbond =~ b1 + l*b2 + b3\nbond ~ trust\nl > -100",
    ],
    ids=["factor variances", "arrow turned", "other markers", "an idle bound"],
)
@pytest.mark.parametrize("holes", [0.0, 0.15])
def test_another_way_to_say_the_same_model_fits_the_same(other, holes):
    table = answers(holes=holes)
    first, second = sem.fit(MODEL, table), sem.fit(other, table)
    for name in ("chisq", "df", "chisq.scaled", "cfi", "rmsea", "logl"):
        assert second.fit_measures[name] == pytest.approx(first.fit_measures[name], rel=1e-5, abs=1e-6), name


def test_equal_groups_by_label_and_by_option_are_one_model():
    table = answers()
    by_option = sem.fit(MODEL, table, group="country", group_equal=["loadings"], estimator="ML")
    text = "trust =~ t1 + c(a,a,a)*t2 + c(b,b,b)*t3\nbond =~ b1 + c(d,d,d)*b2 + c(e,e,e)*b3\nbond ~ trust"
    by_label = sem.fit(text, table, group="country", estimator="ML")
    assert by_label.fit_measures["chisq"] == pytest.approx(by_option.fit_measures["chisq"], rel=1e-8)


def test_weights_of_two_are_rows_twice():
    table = answers(200).drop(columns="country")
    twice = pd.concat([table, table.head(80)], ignore_index=True)
    weights = table.assign(w=np.where(np.arange(200) < 80, 2.0, 1.0))
    first, second = sem.fit(MODEL, twice, estimator="MLR"), sem.fit(MODEL, weights, weights="w")
    np.testing.assert_allclose(values(second), values(first), rtol=1e-4, atol=1e-6)


def test_a_cluster_of_one_person_each_is_no_cluster():
    table = answers(300).assign(who=np.arange(300))
    plain, single = sem.fit(MODEL, table, estimator="MLR"), sem.fit(MODEL, table, cluster="who")
    stretch = np.sqrt(300 / 299)  # J / (J - 1)
    np.testing.assert_allclose(values(single, "se"), stretch * values(plain, "se"), rtol=1e-6)


@pytest.mark.parametrize("way", [{"estimator": "ML"}, {"estimator": "MLR", "holes": 0.2}, {"ordered": list(FREE)}])
def test_a_truth_is_found_again(way):
    way = dict(way)
    table = answers(6000, seed=11, holes=way.pop("holes", 0.0))
    if "ordered" in way:
        table[list(FREE)] = np.digitize(table[list(FREE)], [2.2, 2.9, 3.4, 4.1])
    found = sem.fit(MODEL, table, **way).standardized.set_index(["op", "lhs", "rhs"])
    for item, loading in FREE.items():
        row = found.loc["=~", "trust" if item[0] == "t" else "bond", item]
        assert abs(row["est"] - loading) < 4 * row["se"] < 0.1
    row = found.loc["~", "bond", "trust"]
    assert abs(row["est"] - 0.5) < 4 * row["se"] < 0.1


def test_moments_give_what_rows_give_and_time_does_not_ask_for_rows():
    table = answers(500).drop(columns="country")
    by_rows = sem.fit(MODEL, table, estimator="ML", missing="listwise", meanstructure=True)
    by_moments = sem.fit(MODEL, sem.moments(table, list(FREE)), meanstructure=True)
    np.testing.assert_allclose(values(by_moments), values(by_rows), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(by_moments.fit_measures, by_rows.fit_measures, rtol=1e-7, atol=1e-9)
