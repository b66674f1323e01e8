"""Every finding is made where it should be, on data made for it, and none on data with nothing wrong."""

import json
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import DataProblem
from crqkit.base.messages import templates
from crqkit.sem.diagnosis.diagnosis import diagnose

X = [f"x{i}" for i in range(1, 10)]
ONE, TWO = "f =~ x1 + x2 + x3", "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6"
LEVEL = "f =~ 1*x1 + 1*x2 + 1*x3"
THREE = f"{TWO}\nh =~ x7 + x8 + x9"


def population(factors, loading=0.7, each=3):
    """Covariances of items whose factors have these correlations."""
    weights = loading * np.repeat(np.eye(len(factors)), each, axis=0)
    cov = weights @ np.array(factors) @ weights.T
    return cov + (1 - loading**2) * np.eye(len(cov))


def given(cov, n=1000):
    names = X[: len(cov)]
    return sem.Moments(pd.DataFrame(cov, index=names, columns=names), n)


def apart(r12, r13, r23):
    return np.array([[1, r12, r13], [r12, 1, r23], [r13, r23, 1.0]])


def answers(n=400, factors=((1, 0.4), (0.4, 1)), seed=1, steps=None):
    """Rows of exactly these many people from the population."""
    rng = np.random.default_rng(seed)
    cov = population(factors)
    table = pd.DataFrame(rng.standard_normal((n, len(cov))) @ np.linalg.cholesky(cov).T, columns=X[: len(cov)])
    return table if steps is None else table.apply(lambda x: np.digitize(x, steps).astype(float))


def fitted(model, data, **options):
    return sem.fit(model, data, **options).estimate


def with_group(found, **changes):
    group = replace(found.model.sample.groups[0], **changes)
    return replace(found, model=replace(found.model, sample=replace(found.model.sample, groups=[group])))


def unfinished():
    found = fitted(TWO, answers())
    return replace(found, optimum=replace(found.optimum, converged=False))


def without_errors(model, data):
    found = fitted(model, data)
    found.__dict__["covariance"] = None
    return found


def not_saturated():
    found = fitted(TWO, answers().mask(np.random.default_rng(1).random((400, 6)) < 0.1))
    group = found.model.sample.groups[0]
    return with_group(found, saturated=group.saturated._replace(converged=False))


def merged_categories():
    data = answers(300, steps=[-0.5, 0.5])
    return fitted(ONE, data[X[:3]].assign(x2=(data["x1"] > 0).astype(float)), ordered=X[:3])


def not_definite():
    found = fitted(ONE, answers(300, steps=[0.0])[X[:3]], ordered=X[:3])
    ordinal = found.model.sample.groups[0].ordinal
    return with_group(found, ordinal=replace(ordinal, cov=apart(0.9, 0.9, 0.2)))


def clustered(count):
    return fitted(TWO, answers().assign(shop=np.arange(400) % count), cluster="shop")


def weighted(spread):
    weight = np.exp(spread * np.random.default_rng(2).standard_normal(400))
    return fitted(TWO, answers().assign(weight=weight), weights="weight")


# id of the sentence: (where, what makes it)
CASES = {
    "not_converged": ("", unfinished),
    "under_identified.facts": (
        "f =~ x2, x1 ~~ x1, x2 ~~ x2, f ~~ f",
        lambda: fitted("f =~ x1 + x2", given(np.eye(2) * 0.5 + 0.5)),
    ),
    "under_identified.place": (
        "x1 ~~ x2, x1 ~~ x3, x2 ~~ x3, x1 ~~ x1, x2 ~~ x2, x3 ~~ x3 and 1 more",
        lambda: fitted(f"{TWO}\nx1 ~~ x2 + x3\nx2 ~~ x3", given(np.eye(6) * 0.5 + 0.5)),
    ),
    "empirically_under_identified": (
        "f =~ x2, g =~ x4, x1 ~~ x1, x2 ~~ x2, x3 ~~ x3, x4 ~~ x4 and 2 more",
        lambda: without_errors("f =~ x1 + x2\ng =~ x3 + x4", given(population([[1, 0], [0, 1]], each=2))),
    ),
    "se_not_computed": ("", lambda: without_errors(TWO, answers())),
    "negative_residual_variance.chance": ("x1 ~~ x1", lambda: fitted(ONE, given(apart(0.5, 0.5, 0.23), 150))),
    "negative_residual_variance.beyond": ("x1 ~~ x1", lambda: fitted(ONE, given(apart(0.7, 0.7, 0.3)))),
    "negative_residual_variance.open": ("x1 ~~ x1", lambda: without_errors(ONE, given(apart(0.7, 0.7, 0.3)))),
    "negative_lv_variance.chance": ("f ~~ f", lambda: fitted(LEVEL, given(apart(-0.03, -0.03, -0.03), 150))),
    "negative_lv_variance.beyond": ("f ~~ f", lambda: fitted(LEVEL, given(apart(-0.3, -0.3, -0.3)))),
    "negative_lv_variance.open": ("f ~~ f", lambda: without_errors(LEVEL, given(apart(-0.3, -0.3, -0.3)))),
    "lv_cov_not_pd": (
        "f, g, h",
        lambda: fitted(THREE, given(population([[1, 0.85, 0.85], [0.85, 1, 0.2], [0.85, 0.2, 1]], 0.5), 5000)),
    ),
    "lv_correlation_near_one.beyond": ("f ~~ g", lambda: fitted(TWO, given(population([[1, 1.03], [1.03, 1]])))),
    "lv_correlation_near_one.near": ("f ~~ g", lambda: fitted(TWO, given(population([[1, -0.97], [-0.97, 1]])))),
    "binding_constraint": ("a > 0.9", lambda: fitted("f =~ x1 + a*x2 + x3\na > 0.9", given(apart(0.5, 0.5, 0.3)))),
    "saturated_not_converged": ("", not_saturated),
    "few_people": ("", lambda: fitted(TWO, given(population([[1, 0.4], [0.4, 1]]), 99))),
    "few_people_ordered": ("", lambda: fitted(TWO, answers(190, steps=[-0.8, 0.0, 0.8]), ordered=X[:6])),
    "few_clusters": ("", lambda: clustered(25)),
    "unequal_weights": ("", lambda: weighted(1.2)),
    "few_answers": ("x1, x2, x3, x4, x5, x6", lambda: fitted(TWO, answers(steps=[-0.8, 0.0, 0.8]))),
    "boundary_polychoric": ("x1 ~~ x2", merged_categories),
    "polychoric_not_pd": ("", not_definite),
}  # fmt: skip


@pytest.mark.parametrize("id", CASES)
def test_a_finding_is_made_where_it_should_be(id):
    where, make = CASES[id]
    findings = {finding.sentence.id: finding for finding in diagnose(make())}
    finding = findings[f"sem_find.{id}"]
    assert finding.code == id.split(".")[0]
    assert finding.where == where
    assert len(finding.sentence) > 40


def test_every_sentence_is_tried():
    parts = {"in_group", "group", "all", "and_more", "variance.residual", "variance.lv"}
    said = {id.removeprefix("sem_find.") for id in templates() if id.startswith("sem_find.")}
    assert set(CASES) == said - parts


GOOD = {
    "moments": lambda: fitted(TWO, given(population([[1, 0.4], [0.4, 1]]), 300)),
    "rows": lambda: fitted(TWO, answers(), estimator="ML", missing="listwise"),
    "scaled": lambda: fitted(TWO, answers(), estimator="MLM"),
    "missing": lambda: fitted(TWO, answers().mask(np.random.default_rng(1).random((400, 6)) < 0.1)),
    "five categories": lambda: fitted(TWO, answers(steps=[-1.2, -0.4, 0.4, 1.2])),
    "ordered": lambda: fitted(TWO, answers(steps=[-0.8, 0.0, 0.8]), ordered=X[:6]),
    "theta": lambda: fitted(TWO, answers(steps=[-0.8, 0.8]), ordered=X[:6], parameterization="theta"),
    "groups": lambda: fitted(
        TWO, answers(600).assign(shop=np.arange(600) % 3), group="shop", group_equal=["loadings", "intercepts"]
    ),
    "clusters": lambda: clustered(40),
    "weights": lambda: weighted(0.4),
    "idle condition": lambda: fitted("f =~ x1 + a*x2 + x3\na > 0.2", given(apart(0.5, 0.5, 0.4))),
    "curved condition": lambda: fitted("f =~ x1 + a*x2 + b*x3 + x4\na == b^2", given(np.eye(4) * 0.5 + 0.5)),
    "second order": lambda: fitted(
        f"{THREE}\ntop =~ f + g + h", given(population([[1, 0.9, 0.9], [0.9, 1, 0.85], [0.9, 0.85, 1]]))
    ),
    "path": lambda: fitted(f"{TWO}\ng ~ f", given(population([[1, 0.4], [0.4, 1]]))),
    "a factor that is another": lambda: fitted(
        f"{TWO}\ntwin =~ 1*f\nf ~~ 0*f\ntwin ~~ g", given(population([[1, 0.4], [0.4, 1]]))
    ),
    "binary covariate": lambda: fitted(f"{TWO}\nf ~ z", answers().assign(z=np.arange(400) % 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found_where_nothing_is_wrong(name):
    assert diagnose(GOOD[name]()) == []


def test_a_finding_names_its_group():
    wrong, right = given(apart(0.7, 0.7, 0.3)), given(apart(0.5, 0.5, 0.4))
    (finding,) = diagnose(fitted(ONE, {"North": right, "South": wrong}))
    assert (finding.group, finding.where) == ("South", "x1 ~~ x1")
    assert "of x1 in group South is estimated below zero" in finding.sentence


def test_a_model_that_is_all_but_undetermined_has_no_errors():
    # Two items measure a factor only where it goes together with another; that of these hardly does.
    model = "f =~ x1 + x2\ng =~ x3 + x4"
    nearly, enough = (fitted(model, given(population([[1, r], [r, 1]], each=2))) for r in (2e-5, 0.3))
    assert nearly.optimum.converged and nearly.covariance is None
    assert [finding.code for finding in diagnose(nearly)] == ["empirically_under_identified"]
    assert enough.covariance is not None and not diagnose(enough)


def test_undetermined_parameters_are_named_with_their_group():
    data = {"North": given(np.eye(2) * 0.5 + 0.5), "South": given(np.eye(2) * 0.5 + 0.5)}
    (finding,) = diagnose(fitted("f =~ x1 + x2", data))
    assert "f =~ x2 in group South" in finding.sentence or "and 2 more" in finding.sentence
    # Equal loadings of 1 leave one factor variance and two residual variances a group: identified.
    assert diagnose(fitted("f =~ 1*x1 + 1*x2", data)) == []


def test_a_scalar_model_whose_factor_mean_is_free_twice_is_not_identified():
    data = answers(400).assign(shop=np.arange(400) % 2)
    found = fitted(f"{TWO}\nf ~ c(NA, NA)*1", data, group="shop", group_equal=["loadings", "intercepts"])
    (finding,) = diagnose(found)
    assert finding.sentence.id == "sem_find.under_identified.place"
    assert finding.where == "f ~1 in group 0, x1 ~1 in group 0, x2 ~1 in group 0, x3 ~1 in group 0, f ~1 in group 1"


def test_the_interval_of_a_residual_variance_that_follows_from_scales_is_found_too():
    cov = apart(0.75, 0.75, 0.35)
    rows = np.random.default_rng(5).standard_normal((2000, 3)) @ np.linalg.cholesky(cov).T
    data = pd.DataFrame(np.digitize(rows, [-0.5, 0.5]), columns=X[:3]).astype(float)
    (finding,) = diagnose(fitted(ONE, data, ordered=X[:3]))
    assert finding.sentence.id == "sem_find.negative_residual_variance.beyond"


def test_a_disturbance_is_called_residual_variance():
    findings = diagnose(fitted(f"{TWO}\ng ~ f", given(population([[1, 1.05], [1.05, 1]]))))
    finding = next(one for one in findings if one.code == "negative_lv_variance")
    assert "the residual variance of the factor g" in finding.sentence


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("heywood", {"negative_residual_variance"}),
        ("lvcor", {"lv_cov_not_pd", "lv_correlation_near_one"}),
        ("noise", {"not_converged"}),
        ("underid", {"under_identified"}),
        ("underid_emp", {"under_identified"}),
        ("zerovar", {"zero_variance"}),
        ("group_zerovar", {"zero_variance"}),
        ("collinear", {"collinear"}),
        ("fewobs", {"few_obs"}),
        ("npd", {"cov_not_pd"}),
    ],
)
def test_difficult_reference_cases(shared, name, wanted):
    folder = shared / "bank" / "visible"
    case = json.loads((folder / f"v_diff_{name}.json").read_text(encoding="utf-8"))
    if case["data"]:
        data = pd.read_csv(folder / case["data"])
    else:
        cov = pd.DataFrame(case["sample_cov"], case["variables"], case["variables"])
        data = sem.Moments(cov, case["sample_nobs"])
    try:
        found = fitted(
            case["model"], data, estimator="ML", missing="listwise", preset="cfa", group=case["options"].get("group")
        )
        codes = {finding.code for finding in diagnose(found)}
    except DataProblem as problem:
        codes = {fault.code for fault in problem.faults}
    assert codes - {"few_people"} == wanted


def test_the_ordinary_case_is_cheap():
    found = fitted(THREE, given(population(np.full((3, 3), 0.4) + 0.6 * np.eye(3)), 300))
    assert found.covariance is not None
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assert diagnose(found) == []
        took.append(time.perf_counter() - start)
    assert min(took) < 0.003
