"""The one call: its defaults, what it refuses, and what a fit gives."""

import pickle

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import ChoiceProblem, DataProblem, ModelProblem, Result

MODEL = "trust =~ t1 + t2 + t3\nbond =~ b1 + b2 + b3\nbond ~ trust"
ITEMS = ["t1", "t2", "t3", "b1", "b2", "b3"]


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(3)
    trust = rng.standard_normal(400)
    bond = 0.5 * trust + rng.standard_normal(400)
    table = pd.DataFrame({i: (trust if i[0] == "t" else bond) + rng.standard_normal(400) for i in ITEMS})
    return table.assign(shop=np.arange(400) % 40, w=rng.uniform(0.5, 2, 400), land=rng.choice(["DE", "BR"], 400))


def steps(table):
    return table.assign(**{item: np.digitize(table[item], [-1.5, -0.5, 0.5, 1.5]) for item in ITEMS})


def test_defaults_are_robust_with_all_answers(answers):
    holes = answers.mask(np.random.default_rng(1).random(answers.shape) < 0.05).assign(shop=answers["shop"])
    found = sem.fit(MODEL, holes)
    assert found.settings["estimator"] == "MLR" and found.settings["missing"] == "fiml"
    assert found.n == 400
    assert sem.fit(MODEL, steps(answers), ordered=True).settings["estimator"] == "WLSMV"
    assert sem.fit(MODEL, sem.moments(answers, ITEMS)).settings["estimator"] == "ML"


def test_weights_and_clusters_never_keep_plain_errors(answers):
    for way in ({"cluster": "shop"}, {"weights": "w"}, {"cluster": "shop", "weights": "w"}):
        assert sem.fit(MODEL, answers, estimator="ML", **way).settings["estimator"] == "MLR"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"estimator": "MLM", "cluster": "shop"}, "cluster needs"),
        ({"estimator": "GLS", "weights": "w"}, "weights need"),
        ({"estimator": "MLM", "missing": "fiml"}, "needs estimator ML or MLR"),
        ({"estimator": "ML", "missing": "pairwise"}, "is for ordered items"),
        ({"estimator": "ML", "ordered": ITEMS}, "ordered items need estimator"),
        ({"estimator": "ML", "missing": "fiml", "likelihood": "wishart"}, "normal likelihood"),
    ],
)
def test_what_does_not_go_together_is_refused(answers, options, said):
    with pytest.raises(ModelProblem, match=said):
        sem.fit(MODEL, answers, **options)


@pytest.mark.parametrize("name", ["estimator", "missing", "parameterization", "se", "preset", "information"])
def test_an_unknown_choice_lists_what_there_is(answers, name):
    with pytest.raises(ChoiceProblem, match="Allowed"):
        sem.fit(MODEL, answers, **{name: "nonsense"})


def test_moments_refuse_what_needs_rows(answers):
    moments = sem.moments(answers, ITEMS)
    with pytest.raises(ModelProblem, match="needs the answers themselves"):
        sem.fit(MODEL, moments, estimator="MLR")
    with pytest.raises(ModelProblem, match="needs means"):
        sem.fit(MODEL, sem.Moments(moments.cov, moments.n), meanstructure=True)


def test_columns_that_are_not_there_are_named_with_the_nearest(answers):
    with pytest.raises(DataProblem, match="Did you mean 'shop'"):
        sem.fit(MODEL, answers, cluster="shops")
    with pytest.raises(ModelProblem, match="t1"):
        sem.fit("trust =~ t11 + t2 + t3", answers)


def test_an_answer_that_is_no_number_is_named_with_its_row(answers):
    spoilt = answers.assign(t1=answers["t1"].astype(object))
    spoilt.loc[7, "t1"] = "agree"
    with pytest.raises(DataProblem) as caught:
        sem.fit(MODEL, spoilt)
    assert caught.value.table.iloc[0][["row", "column", "value"]].tolist() == [9, "t1", "agree"]


def test_input_is_left_as_it_was(answers):
    before = answers.copy()
    sem.fit(MODEL, answers, group="land", cluster="shop", weights="w")
    pd.testing.assert_frame_equal(answers, before)


def test_a_fit_is_a_result(answers):
    found = sem.fit(MODEL, answers, group="land", group_equal=["loadings"])
    assert isinstance(found, Result)
    assert str(found).startswith(found.reading)
    assert "<table" in found._repr_html_()
    assert list(found.table.columns[:4]) == ["lhs", "op", "rhs", "group"]
    again = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(again.parameters, found.parameters)


def test_every_part_answers(answers):
    found = sem.fit(MODEL, answers, group="land", group_equal=["loadings"])
    assert found.converged and found.groups == list(answers["land"].unique())
    assert found.r_squared["group"].value_counts().to_dict() == {"DE": 7, "BR": 7}
    assert set(found.r_squared["variable"]) == {*ITEMS, "bond"} and found.r_squared["r_squared"].between(0, 1).all()
    indices = found.modification_indices()
    assert set(indices["op"]) == {"=~", "~~"} and indices["mi"].is_monotonic_decreasing
    scores = found.scores()
    assert scores.index.equals(answers.index)
    for factor in ("trust", "bond"):
        item_sum = answers[[item for item in ITEMS if item[0] == factor[0]]].sum(axis=1)
        assert np.corrcoef(scores[factor], item_sum)[0, 1] > 0.9
    assert found.diagnosis.empty
    assert found.score_test().table["df"].ge(1).all()
    reliability = found.reliability().table
    assert reliability.groupby(["group", "factor"])["measure"].apply(set).tolist() == [{"omega", "alpha", "ave"}] * 4
    free = sem.fit(MODEL, answers, group="land")
    steps = found.compare(free).table
    assert steps["df_diff"][1] == 4
    assert steps["chisq"].tolist() == [one.fit_measures["chisq"] for one in (free, found)]
    assert "=~" in found.to_lavaan()
    with pytest.raises(ModelProblem):
        found.to_semopy()


def test_text_that_reruns_the_model_gives_the_same_fit(answers):
    found = sem.fit(MODEL, answers)
    again = sem.fit(found.to_lavaan(), answers)
    assert again.fit_measures["chisq"] == pytest.approx(found.fit_measures["chisq"], rel=1e-8)


def test_bootstrap_errors_come_with_the_same_seed(answers):
    first, second = (sem.fit(MODEL, answers, se="bootstrap", bootstrap=60, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.parameters, second.parameters)
    plain = sem.fit(MODEL, answers)
    free = plain.parameters["se"] > 0
    ratio = first.parameters.loc[free, "se"] / plain.parameters.loc[free, "se"]
    assert ratio.between(0.6, 1.6).all()


def test_what_two_groups_need_is_asked_for(answers):
    with pytest.raises(ModelProblem, match="need group"):
        sem.fit(MODEL, answers, group_equal=["loadings"])
    with pytest.raises(DataProblem, match="both print as 1"):
        sem.fit(MODEL, answers.assign(land=[1, "1"] * 200), group="land")
    table = sem.parameter_table(MODEL, groups=["BR", "DE"], meanstructure=True)
    other = answers.sort_values("land", ascending=False)
    with pytest.raises(ModelProblem, match="table is of BR, DE"):
        sem.fit(table, other, group="land")


def test_data_of_another_kind_is_refused(answers):
    for data in (answers[ITEMS].to_numpy(), [1, 2], None, {}):
        with pytest.raises(ModelProblem, match="Give a DataFrame"):
            sem.fit(MODEL, data)
    with pytest.raises(DataProblem, match="two columns have this name"):
        sem.fit(MODEL, answers.rename(columns={"w": "t1"}))
    with pytest.raises(DataProblem, match="one cluster"):
        sem.fit(MODEL, answers.assign(shop=1), cluster="shop")
    with pytest.raises(DataProblem, match="not a finite number"):
        sem.fit(MODEL, answers.assign(t1=np.inf))
    with pytest.raises(DataProblem, match="no weight is above zero"):
        sem.fit(MODEL, answers.assign(w=-1.0), weights="w")


def test_one_name_may_stand_for_a_list(answers):
    given = sem.fit(MODEL, answers, group="land", group_equal="loadings", estimator="ml")
    listed = sem.fit(MODEL, answers, group="land", group_equal=["loadings"], estimator="ML")
    assert given.fit_measures["df"] == listed.fit_measures["df"]


def test_an_answer_only_the_left_out_gave_is_no_category(answers):
    table = steps(answers)
    table.loc[0, "t1"], table.loc[0, "land"] = 9, None
    assert sem.fit(MODEL, table, ordered=True, group="land", estimator="WLSMV").n == 399


def test_clusters_that_reach_across_groups_count_once(answers):
    equal = ["loadings", "intercepts", "residuals", "lv.variances", "regressions", "means"]
    twice = pd.concat([answers.assign(land="DE"), answers.assign(land="BR")])
    one = sem.fit(MODEL, answers, cluster="shop").parameters["se"].to_numpy()
    both = sem.fit(MODEL, twice, cluster="shop", group="land", group_equal=equal).parameters
    both = both.loc[both["group"] == 1, "se"].to_numpy()
    np.testing.assert_allclose(both, one, rtol=1e-6)


def test_a_table_names_its_groups_and_the_page_its_indices(answers):
    found = sem.fit(MODEL, answers, group="land")
    assert set(found.table["group"]) == {"DE", "BR"}
    assert "CFI" in str(found) and "SRMR" in found._repr_html_()


def test_settings_are_enough_to_run_it_again(answers):
    found = sem.fit(MODEL, answers, group="land", group_equal=["loadings"], std_lv=True, cluster="shop")
    names = ("model", "group", "group_equal", "std_lv", "cluster", "estimator", "missing", "fixed_x", "orthogonal")
    again = sem.fit(data=answers, **{name: found.settings[name] for name in names})
    np.testing.assert_allclose(again.fit_measures, found.fit_measures)


def test_a_model_without_free_parameters_is_only_tested(answers):
    text = "f =~ 1*t1 + 1*t2\nf ~~ 1*f\nt1 ~~ 1*t1\nt2 ~~ 1*t2\nt1 ~ 0*1\nt2 ~ 0*1"
    found = sem.fit(text, answers)
    assert found.fit_measures[["npar", "df"]].tolist() == [0, 5]
    assert (found.parameters["se"] == 0).all()
