"""What keeps answers from being modelled is told before the fit, all at once, with the item and the group."""

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import DataProblem
from crqkit.sem.data.sample import from_moments, from_rows
from crqkit.sem.diagnosis.checks import check_sample
from crqkit.sem.estimation.methods import choose
from crqkit.sem.language.plan import Plan
from crqkit.sem.language.table import parameter_table

MODEL = "f =~ x1 + x2 + x3 + x4"
ITEMS = ["x1", "x2", "x3", "x4"]


def answers(n=200, seed=1):
    rng = np.random.default_rng(seed)
    values = 0.7 * rng.standard_normal((n, 1)) + 0.7 * rng.standard_normal((n, 4))
    return pd.DataFrame(values, columns=ITEMS).assign(shop=np.where(np.arange(n) % 2, "North", "South"))


def faults(data, model=MODEL, group=None, missing="listwise", estimator="ML", ordered=()):
    labels = list(data[group].unique()) if group else [""]
    cuts = {item: data[item].nunique() - 1 for item in ordered}
    plan = Plan.of(parameter_table(model, groups=labels, ordered=cuts))
    method = choose(estimator)
    if isinstance(data, pd.DataFrame):
        sample = from_rows(data, plan.observed, group=group, missing=missing, ordered=ordered)
    else:
        sample = from_moments(data, plan.observed)
    try:
        check_sample(sample, plan, method)
    except DataProblem as problem:
        return [(fault.code, fault.column, str(fault)) for fault in problem.faults]
    return []


def test_good_answers_pass():
    data = answers()
    assert faults(data) == faults(data, group="shop") == []
    assert faults(data.mask(np.random.default_rng(1).random(data.shape) < 0.1).assign(shop="a"), missing="fiml") == []


def test_an_item_without_variance_is_named():
    ((code, item, text),) = faults(answers().assign(x2=1234567.1))
    assert (code, item) == ("zero_variance", "x2")
    assert "all values are the same" in text and "Leave the item out." in text


def test_an_item_without_variance_in_one_group_is_named_with_it():
    data = answers()
    data.loc[data["shop"] == "North", "x3"] = 4.0
    ((code, item, text),) = faults(data, group="shop")
    assert (code, item) == ("zero_variance", "x3")
    assert "in group North" in text


@pytest.mark.parametrize(
    ("made", "item", "text"),
    [
        ({"x3": lambda d: 2 * d["x2"] + 1}, "x3", "x3 follows exactly from x2."),
        ({"x4": lambda d: 5 - d["x1"]}, "x4", "x4 follows exactly from x1."),
        ({"x4": lambda d: d["x1"] + d["x2"] + d["x3"]}, "x4", "x4 follows exactly from x1, x2 and x3."),
        ({"x4": lambda d: 1e6 * d["x1"] - 1e-3 * d["x3"]}, "x4", "x4 follows exactly from x1"),
    ],
)
def test_an_item_that_follows_from_others_is_named_with_them(made, item, text):
    ((code, column, said),) = faults(answers().assign(**made))
    assert (code, column) == ("collinear", item)
    assert text in said and "Leave one of them out" in said


def test_two_dependencies_are_told_apart():
    found = faults(answers().assign(x2=lambda d: -d["x1"], x4=lambda d: 3 * d["x3"]))
    assert [(code, item) for code, item, _ in found] == [("collinear", "x2"), ("collinear", "x4")]
    assert "x4 follows exactly from x3." in found[1][2]


def test_an_item_near_another_passes():
    data = answers()
    rng = np.random.default_rng(2)
    assert faults(data.assign(x2=data["x1"] + 0.01 * rng.standard_normal(len(data)))) == []


def test_repeated_ordered_items_are_found_in_the_answers():
    cut = answers()[ITEMS].apply(lambda x: pd.cut(x, [-9, -0.5, 0.5, 9], labels=False)).astype(float)
    assert faults(cut, ordered=ITEMS, estimator="WLSMV") == []
    found = faults(cut.assign(x3=2 - cut["x1"]), ordered=ITEMS, estimator="WLSMV")
    assert [(code, item) for code, item, _ in found] == [("collinear", "x3")]


def test_a_category_that_nobody_chose_keeps_its_text():
    cut = answers()[ITEMS].apply(lambda x: pd.cut(x, [-9, -0.5, 0.5, 9], labels=False)).astype(float)
    cut = cut.assign(shop=np.where(np.arange(len(cut)) % 2, "N", "S"))
    cut.loc[(cut["shop"] == "N") & (cut["x2"] == 2), "x2"] = 1.0
    with pytest.raises(DataProblem) as caught:
        faults(cut, group="shop", ordered=ITEMS, estimator="WLSMV")
    assert [(fault.code, fault.column) for fault in caught.value.faults] == [("empty_category", "x2")]


def test_fewer_people_than_items_are_counted():
    ((code, _, text),) = faults(answers(4))
    assert code == "few_obs"
    assert "4 people for 4 items" in text
    data = answers(100).iloc[[0, 2, 4, *range(1, 100, 2)]]
    ((code, _, text),) = faults(data, group="shop")
    assert code == "few_obs" and "3 people for 4 items in group South" in text and "join groups" in text
    assert faults(answers(5)) == []


def test_wls_needs_more_people_than_facts():
    assert [code for code, *_ in faults(answers(8), estimator="WLS")] == ["few_obs"]
    assert faults(answers(30), estimator="WLS") == []


def matrix(entries):
    return pd.DataFrame(entries, index=ITEMS, columns=ITEMS)


def test_covariances_that_cannot_be_are_refused():
    wrong = np.full((4, 4), 0.3) + 0.7 * np.eye(4)
    wrong[0, 1] = wrong[1, 0] = wrong[1, 2] = wrong[2, 1] = 0.9
    with pytest.raises(DataProblem) as caught:
        sem.fit(MODEL, sem.Moments(matrix(wrong), 200))
    (fault,) = caught.value.faults
    assert fault.code == "cov_not_pd"
    assert "among x1, x2 and x3" in fault.what
    singular = np.full((4, 4), 0.3) + 0.7 * np.eye(4)
    singular[:2, :2] = 1.0
    with pytest.raises(DataProblem) as caught:
        sem.fit(MODEL, sem.Moments(matrix(singular), 200))
    assert [fault.code for fault in caught.value.faults] == ["cov_not_pd", "collinear"]
    assert "x2 follows exactly from x1" in str(caught.value)


def test_all_faults_of_all_groups_come_at_once():
    data = answers().assign(x2=3.0)
    data.loc[data["shop"] == "North", "x4"] = -data["x1"]
    with pytest.raises(DataProblem) as caught:
        sem.fit(MODEL, data, group="shop", estimator="ML", missing="listwise")
    found = {(fault.code, fault.column) for fault in caught.value.faults}
    assert found == {("zero_variance", "x2"), ("collinear", "x4")}
    assert len(caught.value.faults) == 3
    assert list(caught.value.table.columns) == ["file", "row", "column", "value", "what", "mend"]


def test_an_item_that_follows_from_another_is_seen_with_answers_missing_too():
    data = answers(400)[ITEMS].assign(x3=lambda d: 2 * d["x2"] + 1)
    holes = np.random.default_rng(3).random(data.shape) < 0.1
    found = faults(data.mask(holes), missing="fiml")
    assert [code for code, *_ in found] == ["collinear"]
    assert "x2" in found[0][2] and "x3" in found[0][2]


def test_a_group_of_one_person_is_counted_only():
    ((code, _, text),) = faults(answers(100).assign(shop=["North"] * 99 + ["South"]), group="shop")
    assert code == "few_obs" and "1 person for 4 items in group South" in text
