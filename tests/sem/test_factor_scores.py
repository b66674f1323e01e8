"""Scores of persons against lavaan, a direct search and the factors that made the answers."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from crqkit import sem
from crqkit.base import ChoiceProblem, DataProblem, ModelProblem
from crqkit.sem.planning.simulate import simulate
from crqkit.sem.scales.factor_scores import determinacy, factor_scores
from tests.sem.answers import HERE
from tests.sem.cases import answers, case, fits
from tests.sem.fitted import fitted

R = json.loads((HERE / "reliability.json").read_text(encoding="utf-8"))
CASES = ["fs_cfa_bar", "fs_cfa_reg", "fs_mean_bar", "fs_mean_reg", "fs_mg_bar", "fs_mg_reg", "fs_sem_bar", "fs_sem_reg"]
CASES += ["fs_fiml_bar", "fs_fiml_reg", "fs_fiml_mg_bar", "fs_fiml_mg_reg", "fs_second_order", "fs_wlsmv_ebm"]
LINEAR = ["plain", "means", "tied", "groups", "second", "sem", "sem_means"]
TEXT = "f =~ 0.8*a + 0.7*b + 0.6*c\ng =~ 0.8*x + 0.7*y + 0.6*z\nf ~~ 0.3*g"
REGRESSED = json.loads((HERE / "regressed_items.json").read_text(encoding="utf-8"))
SCORED = [(name, method) for name, of in REGRESSED.items() for method in of.get("scores", ())]
MODEL = "f =~ a + b + c\ng =~ x + y + z"


@pytest.mark.parametrize("name", CASES)
def test_scores_equal_lavaan(name):
    of, fit = case(name), fits(name)
    data, column = answers(of["data"]), of["options"].get("group")
    found = factor_scores(fit, method=of["method"].lower())
    every = found.reindex(range(len(data)))
    labels = data[column].astype(str).to_numpy() if column else np.full(len(data), "")
    expected = of["reference"]["arrays"]
    each = 20 if "20 rows" in of["note"] else 12
    first = pd.concat([every[labels == label].head(each) for label in fit.groups])
    # lavaan's own search for the most likely score stops early.
    tolerance = 1e-3 if name == "fs_wlsmv_ebm" else 3e-5
    np.testing.assert_allclose(first, np.array(expected["scores"], float), atol=tolerance)
    np.testing.assert_allclose(found.std(ddof=1), expected["colsd"], rtol=1e-3)
    np.testing.assert_allclose(found.corr(), expected["cor"], atol=1e-3)


@pytest.mark.parametrize("method", ["regression", "bartlett"])
@pytest.mark.parametrize("name", LINEAR)
def test_errors_of_scores_equal_lavaan(name, method):
    fit, expected = fitted(name), R["scores"][name][method]
    found = factor_scores(fit, method=method, standard_errors=True)
    names = [factor for factor in expected["latent"] if factor in found]
    groups = fit.estimate.model.sample.groups
    for group, errors in zip(groups, expected["se"], strict=True):
        ours = found.loc[group.rows, [f"{factor}_se" for factor in names]].iloc[0]
        assert ours.to_numpy() == pytest.approx(np.array(errors[: len(names)], float), abs=1e-5)


def regressed(name, **more):
    """The fit and the answers of a case with regressed items."""
    of = REGRESSED[name]
    options = {key: of[key] for key in ("preset", "group", "group_equal") if key in of}
    data = answers(of["data"])
    return sem.fit(
        of["text"], data, **{"estimator": "ML", "missing": "listwise", "meanstructure": True, **options, **more}
    ), data


@pytest.mark.parametrize(("name", "method"), SCORED)
def test_scores_beside_regressed_items_equal_lavaan(name, method):
    fit, data = regressed(name)
    expected = REGRESSED[name]["scores"][method]
    found = factor_scores(fit, method=method)
    if "group" in REGRESSED[name]:
        found = found[(data[REGRESSED[name]["group"]] == fit.groups[0]).to_numpy()]
    np.testing.assert_allclose(found[expected["factors"]].head(12), expected["rows"], atol=2e-6)


def by_hand(fit, answers):
    """Bartlett's scores and errors of one person: each answer net of what other variables do to it, weighted.

    Effects on an answer that is missing reach those that it moves itself.
    """
    table = fit.parameters
    names, factors = fit.estimate.model.sample.names, fit.estimate.model.table.attrs["lv"]
    p = len(names)
    among, error = pd.DataFrame(0.0, names, names), pd.DataFrame(0.0, names, names)
    loading, constant = pd.DataFrame(0.0, names, factors), pd.Series(0.0, names)
    for row in table.itertuples():
        if row.op == "=~":
            loading.loc[row.rhs, row.lhs] = row.est
        elif row.op == "~" and row.lhs in names:
            (among if row.rhs in names else loading).loc[row.lhs, row.rhs] = row.est
        elif row.op == "~~" and row.lhs in names:
            error.loc[row.lhs, row.rhs] = error.loc[row.rhs, row.lhs] = row.est
        elif row.op == "~1" and row.lhs in names:
            constant[row.lhs] = row.est
    onward = np.linalg.inv(np.eye(p) - among.to_numpy())
    seen = answers.notna().to_numpy()
    net = answers.to_numpy()[seen] - (onward @ constant.to_numpy())[seen]
    slopes = (onward @ loading.to_numpy())[seen]
    inverse = np.linalg.inv((onward @ error.to_numpy() @ onward.T)[np.ix_(seen, seen)])
    spread = np.linalg.inv(slopes.T @ inverse @ slopes)
    return spread @ slopes.T @ inverse @ net, np.sqrt(np.diag(spread))


@pytest.mark.parametrize("name", ["dif", "dif_one", "dif_tied", "item_on_item", "outcome", "chain", "growth"])
def test_bartlett_scores_are_the_formula(name):
    fit, data = regressed(name)
    found = factor_scores(fit, method="bartlett", standard_errors=True)
    names, factors = fit.estimate.model.sample.names, fit.estimate.model.table.attrs["lv"]
    for person in (0, 7, 100):
        scores, errors = by_hand(fit, data.loc[person, names].astype(float))
        np.testing.assert_allclose(found.loc[person, factors].astype(float), scores, atol=1e-9)
        np.testing.assert_allclose(found.loc[person, [f"{factor}_se" for factor in factors]], errors, atol=1e-9)


def test_one_regressed_item_counts_net_of_its_covariate():
    fit, data = regressed("dif_one")
    table = fit.parameters.set_index(["lhs", "op", "rhs"])["est"].sort_index()
    items = [f"tr{i}" for i in range(1, 5)]
    loading, error = table["TR", "=~"][items].to_numpy(), [table[item, "~~", item] for item in items]
    net = data[items] - [table[item, "~1", ""] for item in items]
    net["tr2"] -= table["tr2", "~", "age"] * data["age"]
    weight = loading / error
    expected = net @ weight / (weight @ loading)
    np.testing.assert_allclose(factor_scores(fit, method="bartlett")["TR"], expected, atol=1e-9)


def test_where_answers_are_missing_items_that_move_others_still_count():
    of = REGRESSED["item_on_item"]
    data = answers(of["data"])
    lost = data.assign(tr1=data["tr1"].mask(data.index == 3), lo4=data["lo4"].mask(data.index == 5))
    fit = sem.fit(of["text"], lost, estimator="ML", missing="fiml")
    found = factor_scores(fit, method="bartlett")
    for person in (3, 5, 6):
        scores, _ = by_hand(fit, lost.loc[person, fit.estimate.model.sample.names].astype(float))
        np.testing.assert_allclose(found.loc[person, ["TR", "LO"]].astype(float), scores, atol=1e-9)


def test_an_item_whose_covariate_is_missing_says_nothing():
    of = REGRESSED["dif_one"]
    data = answers(of["data"]).astype({"age": float})
    data.loc[3, "age"] = np.nan
    data.loc[4, "tr2"] = np.nan
    fit = sem.fit(of["text"], data, estimator="ML", missing="fiml", fixed_x=False)
    found = factor_scores(fit, method="bartlett", standard_errors=True)
    scores, errors = by_hand(
        fit, data.loc[3, fit.estimate.model.sample.names].astype(float).where(lambda x: x.index != "tr2")
    )
    np.testing.assert_allclose(found.loc[3, ["TR", "TR_se"]].astype(float), [scores[0], errors[0]], atol=1e-9)
    assert found.loc[4, "TR_se"] == pytest.approx(found.loc[3, "TR_se"])


@pytest.mark.parametrize("name", ["ordinal", "binary", "ordinal_second", "ordinal_sem", "ordinal_tied"])
def test_most_likely_scores_equal_lavaan(name):
    found = factor_scores(fitted(name))
    expected = R["scores"][name]["ebm"]
    ours = found[expected["latent"]].head(12).to_numpy()
    assert ours == pytest.approx(np.array(expected["rows"][0]), abs=5e-4)


def test_a_direct_search_finds_the_same_in_a_later_group():
    # lavaan 0.6-14 leaves the scales of later groups out of these scores.
    fit = fitted("ordinal_groups")
    p = fit.parameters[fit.parameters["group"] == 2]
    group = fit.estimate.model.sample.groups[1]
    names = fit.estimate.model.sample.names

    def row(lhs, op, rhs):
        return p[(p["lhs"] == lhs) & (p["op"] == op) & (p["rhs"] == rhs)]["est"].iloc[0]

    factors = ["TR", "AC", "LO"]
    psi = np.array([[row(*(lhs, "~~", rhs) if a <= b else (rhs, "~~", lhs)) for b, rhs in enumerate(factors)]
                    for a, lhs in enumerate(factors)])  # fmt: skip
    alpha = np.array([row(factor, "~1", "") for factor in factors])
    person = dict(zip(names, group.raw[5], strict=True))
    items = []  # factor, loading, intercept, residual spread, and between which thresholds this person's answer lies
    for k, factor in enumerate(factors):
        for item in (f"{factor.lower()}{i}" for i in range(1, 5)):
            cuts = [-np.inf, *[row(item, "|", f"t{t}") for t in range(1, 5)], np.inf]
            code = int(person[item])
            sd = np.sqrt(row(item, "~~", item))
            items.append((k, row(factor, "=~", item), row(item, "~1", ""), sd, cuts[code - 1], cuts[code]))
    k, loading, level, sd, low, high = (np.array(column) for column in zip(*items, strict=True))

    def worse(eta):
        off = eta - alpha
        at = loading * eta[k] + level
        answered = np.log(norm.cdf((high - at) / sd) - norm.cdf((low - at) / sd)).sum()
        return 0.5 * off @ np.linalg.solve(psi, off) - answered

    best = minimize(worse, alpha, tol=1e-12).x
    assert factor_scores(fit).loc[group.rows[5], factors].to_numpy() == pytest.approx(best, abs=1e-4)


def test_scores_of_ordered_items_change_only_their_unit_with_the_parameterization():
    # Unlike in lavaan 0.6-14.
    delta, theta = factor_scores(fitted("ordinal")), factor_scores(fitted("ordinal_theta"))
    ratio = theta["TR"] / delta["TR"]
    assert ratio.std() / ratio.mean() < 1e-5


def test_ebm_of_numeric_items_is_regression():
    fit = fitted("plain")
    assert factor_scores(fit, method="ebm").equals(factor_scores(fit))


def test_scores_follow_the_factors_as_closely_as_determinacy_says():
    data = simulate(TEXT, 20_000, seed=1, standardized=True, scores=True)
    fit = sem.fit(MODEL, data[list("abcxyz")], estimator="ML")
    found = factor_scores(fit)
    said = determinacy(fit).set_index("factor")["determinacy"]
    for factor in ("f", "g"):
        assert np.corrcoef(found[factor], data[factor])[0, 1] == pytest.approx(said[factor], abs=0.01)


def test_errors_hold_the_factor_as_often_as_they_say():
    data = simulate(TEXT, 20_000, seed=2, standardized=True, scores=True)
    lost = data[list("abcxyz")].mask(np.random.default_rng(1).random((len(data), 6)) < 0.2)
    truth = f"{TEXT}\n" + "\n".join(f"{i} ~~ {1 - w * w:.4f}*{i}" for i, w in zip("abcxyz", [0.8, 0.7, 0.6] * 2))  # noqa: B905
    fit = sem.fit(f"{truth}\nf ~~ 1*f\ng ~~ 1*g", lost, estimator="ML")
    found = factor_scores(fit, standard_errors=True)
    for factor in ("f", "g"):
        z = (found[factor] - data.loc[found.index, factor]) / found[f"{factor}_se"]
        assert z.std() == pytest.approx(1, abs=0.02)


def test_ordered_scores_follow_the_factor_and_know_their_error():
    cuts = {item: [-0.8, 0.2, 1.0] for item in "abcxyz"}
    data = simulate(TEXT, 4_000, seed=3, ordered=cuts, scores=True, missing=0.1, standardized=True)
    fit = sem.fit(MODEL, data[list("abcxyz")], ordered=list("abcxyz"), missing="pairwise")
    found = factor_scores(fit, standard_errors=True)
    scale = data.loc[found.index, "f"] * 0.8  # the first loading is 1 in the fit
    assert np.corrcoef(found["f"], scale)[0, 1] > 0.8
    assert ((found["f"] - scale) / found["f_se"]).std() == pytest.approx(1, abs=0.06)


def test_mixed_items_count_together():
    data = simulate(TEXT, 3_000, seed=4, scores=True, standardized=True)
    mixed = data[list("abcxyz")].assign(c=np.digitize(data["c"], [-0.5, 0.5]), z=np.digitize(data["z"], [0]))
    found = factor_scores(sem.fit(MODEL, mixed, ordered=["c", "z"]))
    numeric = factor_scores(sem.fit(MODEL, data[list("abcxyz")], estimator="ML"))
    assert np.corrcoef(found["f"], numeric["f"])[0, 1] > 0.95
    assert np.corrcoef(found["f"], data["f"])[0, 1] < np.corrcoef(numeric["f"], data["f"])[0, 1]


def test_rows_are_those_of_the_caller():
    data = simulate(TEXT, 300, seed=5, standardized=True)
    data.loc[[3, 7]] = np.nan
    data.loc[10, ["a", "b", "c"]] = np.nan
    fit = sem.fit(MODEL, data, estimator="ML")
    found = factor_scores(fit, method="bartlett")
    assert 3 not in found.index
    assert len(found) == 298
    # Nothing was answered on f: it has no unbiased score, but an expected one.
    assert np.isnan(found.loc[10, "f"])
    assert np.isfinite(found.loc[10, "g"])
    assert np.isfinite(factor_scores(fit).loc[10, "f"])


def test_a_factor_without_items_of_its_own_has_no_bartlett_score():
    assert "CRQ" not in factor_scores(fitted("second"), method="bartlett")
    assert "CRQ" in factor_scores(fitted("second"))


def test_residuals_that_go_together_are_said():
    found = factor_scores(fitted("ordinal_tied"))
    assert [caution.id for caution in found.attrs["cautions"]] == ["scores.caution.dependent"]


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(ModelProblem, match="ebm"):
        factor_scores(fitted("ordinal"), method="regression")
    with pytest.raises(ModelProblem, match="ordered"):
        determinacy(fitted("ordinal"))
    with pytest.raises(ChoiceProblem, match="bartlett"):
        factor_scores(fitted("plain"), method="bartlet")
    data = simulate(TEXT, 300, seed=6, standardized=True)
    with pytest.raises(DataProblem, match="fitted to moments"):
        factor_scores(sem.fit(MODEL, sem.moments(data, list("abcxyz"))))
    with pytest.raises(ModelProblem, match="no factor"):
        factor_scores(sem.fit("a ~ b + c", data, estimator="ML"))


def test_a_search_that_did_not_converge_gives_no_scores():
    found = fitted("plain").estimate
    stuck = replace(found, optimum=replace(found.optimum, converged=False))
    with pytest.raises(ModelProblem, match="did not converge"):
        factor_scores(stuck)


@pytest.mark.parametrize("index", ["names", "mixed", "two levels"])
def test_scores_carry_the_index_of_the_data(index):
    data = simulate(TEXT, 200, seed=6, standardized=True).assign(land=["x", "y"] * 100)
    data.loc[5] = np.nan
    if index == "names":
        data.index = [f"person {i}" for i in range(200)]
    elif index == "mixed":
        data = data.sample(frac=1, random_state=2)
    else:
        data.index = pd.MultiIndex.from_product([range(20), range(10)])
    found = factor_scores(sem.fit(MODEL, data, estimator="ML", group="land"))
    assert found.index.equals(data.index[data["land"].notna()])
    mean = data[["a", "b", "c"]].mean(axis=1)
    assert mean.corr(found["f"].reindex(data.index)) > 0.8
