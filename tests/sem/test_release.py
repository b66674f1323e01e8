"""Score tests and modification indices: lavaan's numbers, a refit as second source, the cases of the reading."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import ModelProblem
from crqkit.sem.assessment import release
from crqkit.sem.assessment.release import modification_indices, score_test
from tests.sem.answers import HERE
from tests.sem.cases import answers, case, fits

SCORES = ["sc_scalar3", "sc_metric2", "sc_strict", "sc_labels", "sc_mlr", "sc_fiml", "sc_wlsmv"]
INDICES = ["mo_cfa", "mo_real", "mo_sem", "mo_second_order", "mo_mg_config", "mo_mg_scalar", "mo_mlr", "mo_mlm"]
INDICES += ["mo_fiml", "mo_cluster", "mo_wlsmv", "mo_wlsmv_mg", "mo_fixed"]
KEY = ["lhs", "op", "rhs", "group"]
FOUR = "f =~ a + b + c + d"
REGRESSED = json.loads((HERE / "regressed_items.json").read_text(encoding="utf-8"))
TWO = f"{FOUR}\ng =~ u + v + w + y\ng ~ f"
FREED = {
    "dif": (f"{TWO}\nf ~ z + k\nb ~ z\nv ~ k", {}),
    "dif_random": (f"{TWO}\nf ~ z + k\nb ~ z\nv ~ k", {"fixed_x": False}),
    "item_on_item": (f"{TWO}\nw ~ a\nd ~ c", {}),
    "growth": (
        "i =~ 1*t0 + 1*t1 + 1*t2 + 1*t3\ns =~ 0*t0 + 1*t1 + 2*t2 + 3*t3\ni + s ~ z\nt0 ~ k0\nt1 ~ k1\nt2 ~ k2\nt3 ~ k3",
        {"preset": "growth"},
    ),
    "path": ("p1 ~ z + k\np2 ~ p1 + k\np3 ~ p2 + z\np4 ~ p3 + p1", {}),
    "second_order": (f"{FOUR}\ng =~ u + v + w + y\nh =~ l + m + n + o\nq =~ f + g + h\nq ~ z\nu ~ z", {}),
    "groups": (f"{TWO}\nf ~ z + k\nb ~ z\nv ~ k", {"group": "group", "group_equal": ["loadings", "intercepts"]}),
    "groups_labels": (f"{TWO}\nf ~ c(s, s)*z + k\nb ~ c(r, r)*z\nv ~ k", {"group": "group"}),
}


def four(n, seed=3, extra=0.0):
    """Answers to four items of one construct; `extra` ties the first two together."""
    rng = np.random.default_rng(seed)
    items = rng.standard_normal((n, 1)) + rng.standard_normal((n, 4))
    items[:, :2] += extra * rng.standard_normal((n, 1))
    return pd.DataFrame(items, columns=list("abcd")).assign(group=np.arange(n) % 2)


def known(name, n=2000, seed=5):
    """Answers that the model `name` of FREED describes."""
    rng = np.random.default_rng(seed)
    z, k, *times = rng.standard_normal((6, n))
    q = 0.3 * z + 0.9 * rng.standard_normal(n)
    f = 0.6 * q + 0.3 * z + 0.3 * k + 0.7 * rng.standard_normal(n)
    g = 0.3 * q + 0.4 * f + 0.7 * rng.standard_normal(n)
    h = 0.7 * q + 0.7 * rng.standard_normal(n)
    found = pd.DataFrame({"z": z, "k": k, "group": np.arange(n) % 2})
    for names, factor in (("abcd", f), ("uvwy", g), ("lmno", h)):
        for item, loading in zip(names, (1, 0.8, 0.7, 0.9), strict=True):
            found[item] = loading * factor + 0.8 * rng.standard_normal(n)
    if name == "item_on_item":
        found["d"] += 0.2 * found["c"]
        found["w"] += 0.2 * found["a"]
    elif name == "second_order":
        found["u"] += 0.2 * z
    else:
        found["b"] += 0.3 * z
        found["v"] += 0.2 * k
    start, slope = 0.4 * z + rng.standard_normal(n), 0.2 * z + 0.5 * rng.standard_normal(n)
    for t, moved in enumerate(times):
        found[f"k{t}"] = moved
        found[f"t{t}"] = 1 + start + t * (0.5 + slope) + 0.4 * moved + 0.8 * rng.standard_normal(n)
    found["p1"] = 0.4 * z + 0.3 * k + rng.standard_normal(n)
    found["p2"] = 0.4 * found["p1"] + 0.3 * k + rng.standard_normal(n)
    found["p3"] = 0.4 * found["p2"] + 0.3 * z + rng.standard_normal(n)
    found["p4"] = 0.4 * found["p3"] + 0.3 * found["p1"] + rng.standard_normal(n)
    return found


def freed(fit, data, row, options):
    """The fit of the same table of parameters with that of `row` free."""
    table = fit.estimate.model.table
    if row.op == "~" and row.lhs in fit.estimate.model.covariates:
        # What becomes an outcome is no fixed covariate, and what it was related with stays so.
        table = table.assign(free=table["free"] + table["exo"], exo=0)
    at = np.flatnonzero((table[KEY] == list(row[KEY])).all(axis=1))
    if len(at):
        table = table.assign(free=table["free"].where(table.index != at[0], 1))
    else:
        new = {"user": 1, "free": 1, "exo": 0, "ustart": np.nan, "label": "", "plabel": ".new."}
        attrs, table = table.attrs, pd.concat([table, pd.DataFrame([dict(row[KEY]) | new])], ignore_index=True)
        table.attrs = attrs
    return sem.fit(table, data, estimator="ML", **{name: options[name] for name in ("group",) if name in options})


@pytest.mark.parametrize("name", FREED)
def test_indices_are_what_the_chi_square_falls_by(name):
    text, options = FREED[name]
    data = known(name)
    fit = sem.fit(text, data, estimator="ML", **options)
    # One that would have to change by a whole standard deviation is beyond what slope and curvature here can tell.
    found = modification_indices(fit).query("abs(sepc_all) < 1")
    rows = pd.concat([found.head(15), found.iloc[15:].sample(min(15, len(found) - 15), random_state=1)])
    falls = []
    for _, row in rows.iterrows():
        wider = freed(fit, data, row, options)
        assert wider.estimate.tangent.shape[1] > fit.estimate.tangent.shape[1]
        falls.append(fit.estimate.test.chisq - wider.estimate.test.chisq)
    np.testing.assert_allclose(rows["mi"], falls, rtol=0.1, atol=0.05)


@pytest.mark.parametrize("name", REGRESSED)
def test_indices_beside_regressed_items_equal_lavaan(name):
    of = REGRESSED[name]
    options = {key: of[key] for key in ("preset", "group", "group_equal") if key in of}
    fit = sem.fit(of["text"], answers(of["data"]), estimator="ML", missing="listwise", **options)
    # Constants have no standardised change in lavaan.
    expected = pd.DataFrame(of["modindices"]).replace("NA", np.nan).dropna()
    # lavaan treats a covariate that becomes an outcome as half fixed: those are compared with refits only.
    expected = expected[~expected["lhs"].isin(fit.estimate.model.covariates)]
    both = expected.merge(modification_indices(fit), on=KEY, suffixes=("_lavaan", ""), how="left")
    for column in ("mi", "epc", "sepc_lv", "sepc_all"):
        ours, theirs = both[column].to_numpy(float), both[f"{column}_lavaan"].to_numpy(float)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4, err_msg=column)


def test_a_loading_is_not_looked_at_again_as_a_regression():
    fit = sem.fit(FREED["growth"][0], known("growth"), estimator="ML", preset="growth")
    paths = modification_indices(fit).query("op in ('=~', '~')")
    loading = paths["op"] == "=~"
    ends = pd.DataFrame(
        {"to": paths["rhs"].where(loading, paths["lhs"]), "of": paths["lhs"].where(loading, paths["rhs"])}
    )
    assert loading.any() and not loading.all()
    assert not ends.duplicated().any()


@pytest.mark.parametrize("name", SCORES)
def test_score_tests_equal_lavaan(name):
    expected, found = case(name)["reference"], score_test(fits(name))
    ours = found.table.set_index("constraint")["X2"][expected["score"]["constraint"]]
    # Least squares: lavaan mixes N and N - 1 in this test; here it falls as the chi-square does, with N - 1.
    tolerance = 1e-2 if name == "sc_wlsmv" else 2e-3
    np.testing.assert_allclose(ours, expected["score"]["X2"], rtol=tolerance, atol=1e-3)
    total = found.total
    np.testing.assert_allclose(total.X2, expected["scalars"]["total_X2"], rtol=tolerance)
    assert total.testable <= total.df == expected["scalars"]["total_df"]


@pytest.mark.parametrize("name", INDICES)
def test_modification_indices_equal_lavaan(name):
    expected = pd.DataFrame(case(name)["reference"]["modindices"])
    found = modification_indices(fits(name))
    both = expected.merge(found, on=KEY, suffixes=("_lavaan", ""), how="left")
    for column in ("mi", "epc", "sepc_lv", "sepc_all"):
        # lavaan treats a covariate that becomes an outcome as half fixed; here its moments are free.
        tolerance = 1e-2 if name in ("mo_sem", "mo_wlsmv", "mo_wlsmv_mg") else 2e-3
        np.testing.assert_allclose(both[column], both[f"{column}_lavaan"], rtol=tolerance, atol=2e-3, err_msg=column)
    assert found["mi"].is_monotonic_decreasing


@pytest.mark.parametrize("name", ["mo_cfa", "mo_second_order", "mo_mg_config", "mo_mg_scalar", "mo_fixed", "mo_wlsmv"])
def test_the_same_parameters_are_looked_at(name):
    assert len(modification_indices(fits(name))) == case(name)["reference"]["scalars"]["rows"]


def test_an_index_foretells_what_a_refit_finds():
    data = four(4000, extra=0.3)
    free = sem.fit(FOUR, data, estimator="ML")
    first = modification_indices(free).iloc[0]
    refit = sem.fit(f"{FOUR}\n{first.lhs} {first.op} {first.rhs}", data, estimator="ML")
    assert first["mi"] == pytest.approx(free.estimate.test.chisq - refit.estimate.test.chisq, rel=0.1)
    values = refit.estimate.values()[(refit.estimate.model.table[["lhs", "op", "rhs"]] == first[KEY[:3]]).all(axis=1)]
    assert first["epc"] == pytest.approx(values[0], rel=0.1)


def test_options_of_the_list():
    fit = sem.fit(FOUR, four(300), estimator="ML")
    every = modification_indices(fit, sort=False, power=True)
    few = modification_indices(fit, least=0.5)
    assert set(every.columns) >= {"ncp", "power", "pvalue_holm"}
    assert every["power"].between(0.05, 1).all()
    assert (few["mi"] >= 0.5).all() and len(few) < len(every)
    assert few["pvalue_holm"].min() == pytest.approx(every["pvalue_holm"].min())
    assert "Exploratory" in few.attrs["caution"]
    saturated = modification_indices(sem.fit("f =~ a + b + c", four(300), estimator="ML"))
    assert not len(saturated) and "mi" in saturated


def test_many_candidates_are_done_in_batches(monkeypatch):
    whole = modification_indices(fits("mo_mg_scalar"))
    monkeypatch.setattr(release, "BATCH", 0)
    pd.testing.assert_frame_equal(modification_indices(fits("mo_mg_scalar")), whole, rtol=1e-7)


def test_a_search_that_failed_is_refused():
    found = fits("mo_cfa").estimate
    lost = replace(found, optimum=replace(found.optimum, converged=False))
    with pytest.raises(ModelProblem, match="come to rest"):
        modification_indices(lost)


def test_readings():
    data = four(600)
    shifted = data.assign(a=data["a"] + 0.8 * data["group"])
    options = {"group": "group", "group_equal": ["loadings", "intercepts"], "estimator": "ML"}
    clear = score_test(sem.fit(FOUR, shifted, **options))
    assert clear.reading.id == "release.clear"
    assert clear.table["constraint"][0] == "a~1@1 == a~1@2"
    assert clear.table["groups"][0] == "0, 1"
    assert clear.total.testable < clear.total.df
    assert any(caution.id == "release.fewer" for caution in clear.cautions)
    assert score_test(sem.fit(FOUR, data, **options)).reading.id == "release.unclear"
    assert score_test(sem.fit(FOUR, data.head(60), **options)).reading.id == "release.too_little"
    assert clear.plot().get_xlabel()
    assert "pvalue_holm" in repr(clear)


def test_the_expected_change_foretells_the_difference():
    data = four(6000)
    data = data.assign(a=data["a"] + 0.2 * data["group"])
    equal = {"group": "group", "group_equal": ["loadings", "intercepts"], "estimator": "ML"}
    change = score_test(sem.fit(FOUR, data, **equal)).table.set_index("constraint")["epc"]["a~1@1 == a~1@2"]
    free = sem.fit(FOUR, data, **equal, group_partial=["a~1"]).estimate
    table = free.model.table
    at = free.values()[(table["lhs"] == "a") & (table["op"] == "~1")]
    assert change == pytest.approx(at[0] - at[1], rel=0.1)


def test_written_and_curved_equalities_are_tested():
    data = four(500)
    fit = sem.fit("f =~ a + p*b + q*c + r*d\np == q^2\nr > 0.1", data, estimator="ML")
    found = score_test(fit)
    assert found.table["constraint"].tolist() == ["p == q^2"]
    free = sem.fit("f =~ a + p*b + q*c + r*d", data, estimator="ML")
    fall = fit.estimate.test.chisq - free.estimate.test.chisq
    np.testing.assert_allclose(found.total.X2, fall, rtol=0.2, atol=0.05)


def test_an_equality_that_follows_from_others_has_no_df():
    text = "f =~ a + p*b + q*c + r*d\np == q\nq == r\np == r"
    found = score_test(sem.fit(text, four(500), estimator="ML"))
    assert found.table["df"].tolist() == [0, 0, 0]
    assert found.total.testable == 2


def test_no_equality_is_refused():
    with pytest.raises(ModelProblem, match="no parameters equal"):
        score_test(sem.fit(FOUR, four(300), estimator="ML"))


def test_indices_cry_wolf_as_often_as_they_should():
    rng, least = np.random.default_rng(8), []
    for _ in range(150):
        items = rng.standard_normal((300, 1)) + rng.standard_normal((300, 5))
        found = modification_indices(sem.fit(FOUR + " + e", pd.DataFrame(items, columns=list("abcde")), estimator="ML"))
        least.append(found["pvalue_holm"].min())
    assert np.mean(np.array(least) < 0.05) < 0.11  # Holm holds 5 %; above with probability 0.001
