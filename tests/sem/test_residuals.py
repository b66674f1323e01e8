"""Residuals and explained variance against lavaan; errors where lavaan's are off, against simulated studies."""

import json

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.sem.assessment.residuals import r_squared, residual_matrix, residuals
from crqkit.sem.planning.simulate import simulate
from tests.sem.answers import HERE
from tests.sem.fitted import ML, THREE, fitted

R = json.loads((HERE / "reliability.json").read_text(encoding="utf-8"))
ORDERED = ["ordinal", "ordinal_theta", "binary", "ordinal_tied", "ordinal_second", "ordinal_sem"]
# lavaan 0.6-14 is right in these; with equal parameters across groups, missing answers, fixed covariates and MLR it
# takes other errors (see below).
SAME = ["plain", "means", "tied", "configural", "satorra", "wishart", "second", "sem_random", *ORDERED]


def square(fit, kind, group=0):
    made = residual_matrix(fit, kind)
    return list(made.values())[group]


def lower(table, names, ordered):
    values = table.loc[names, names].to_numpy() if hasattr(table, "loc") else np.array(table, float)
    return values[np.tril_indices(len(names), -1 if ordered else 0)]


@pytest.mark.parametrize("name", [*SAME, "groups", "gaps", "robust", "sem", "sem_means", "ordinal_groups"])
def test_residuals_equal_lavaan(name):
    fit, expected = fitted(name), R["residuals"][name]
    ordered = name.startswith("ordinal") or name == "binary"
    for number, (raw, bentler) in enumerate(zip(expected["raw"], expected["correlation"], strict=True)):
        for kind, theirs in (("residual", raw["cov"]), ("correlation", bentler["cov"])):
            ours = lower(square(fit, kind, number), expected["names"], ordered)
            assert ours == pytest.approx(lower(theirs, expected["names"], ordered), abs=2e-4)


@pytest.mark.parametrize("name", SAME)
def test_errors_of_residuals_equal_lavaan(name):
    fit, expected = fitted(name), R["residuals"][name]
    ordered = name in ORDERED
    for number, raw in enumerate(expected["raw"]):
        ours = lower(square(fit, "se", number), expected["names"], ordered)
        theirs = lower(raw["cov.se"], expected["names"], ordered)
        there = np.isfinite(ours)
        assert there.sum() > len(ours) / 2
        assert ours[there] == pytest.approx(theirs[there], rel=2e-4)
        z = lower(square(fit, "z", number), expected["names"], ordered)
        residual = lower(raw["cov"], expected["names"], ordered)
        assert z[there] == pytest.approx(residual[there] / theirs[there], abs=2e-2)


def test_robust_errors_are_those_of_mlm():
    # The same estimates and the same fourth moments.
    assert residuals(fitted("robust"))["se"].to_numpy() == pytest.approx(
        residuals(fitted("satorra"))["se"].to_numpy(), rel=1e-4, nan_ok=True
    )


def test_fixed_covariates_change_no_error():
    fixed, random = (square(fitted(name), "se") for name in ("sem", "sem_random"))
    names = [name for name in fixed.index if name not in ("age", "tenure")]
    ours, theirs = fixed.loc[names, names].to_numpy(), random.loc[names, names].to_numpy()
    assert ours == pytest.approx(theirs, rel=1e-3, nan_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["groups", "gaps"])
def test_errors_are_those_of_simulated_studies(name):
    fit = fitted(name)
    rng, draws = np.random.default_rng(5), []
    options = {"estimator": "ML", "missing": "fiml"}
    if name == "groups":
        options = {**ML, "group": "country", "group_equal": ("loadings", "intercepts")}
    lost = np.isnan(fit.estimate.model.sample.groups[0].raw)
    for _ in range(60):
        data = simulate(fit, seed=rng, group="country")
        if name == "gaps":
            data = data.mask(lost)
        draws.append(residuals(sem.fit(THREE, data, **options))["residual"].to_numpy())
    ratio = residuals(fit)["se"].to_numpy() / np.std(draws, axis=0)
    assert np.nanmean(ratio) == pytest.approx(1, abs=0.04)
    assert np.nanstd(ratio) < 0.13


@pytest.mark.parametrize("name", sorted(R["r_squared"]))
def test_explained_variance_equals_lavaan(name):
    fit = fitted(name)
    found = r_squared(fit)
    for label, expected in zip(fit.groups, R["r_squared"][name], strict=True):
        ours = found[found["group"] == (label or "all")].set_index("variable")["r_squared"]
        assert set(ours.index) == set(expected)
        assert ours.to_dict() == pytest.approx(expected, abs=1e-5)


def test_the_largest_come_first():
    found = residuals(fitted("plain"), largest=5)
    assert len(found) == 5
    assert found["z"].abs().is_monotonic_decreasing
    assert found["z"].abs().iloc[0] == residuals(fitted("plain"))["z"].abs().max()


def test_a_hidden_tie_has_the_largest_residual():
    text = "f =~ 0.8*a + 0.7*b + 0.7*c + 0.7*d + 0.6*e\nb ~~ 0.25*c"
    data = simulate(text, 800, seed=3, standardized=True)
    first = residuals(sem.fit("f =~ a + b + c + d + e", data, estimator="ML"), largest=1).iloc[0]
    assert {first["lhs"], first["rhs"]} == {"b", "c"}
    assert first["z"] > 3


def test_residuals_of_a_true_model_are_noise():
    rng, z, items = np.random.default_rng(4), [], [f"x{i}" for i in range(8)]
    truth = "f =~ " + " + ".join(f"{0.6 if i % 2 else 0.8}*{item}" for i, item in enumerate(items))
    for _ in range(40):
        data = simulate(truth, 400, seed=rng, standardized=True)
        z.append(residuals(sem.fit("f =~ " + " + ".join(items), data, estimator="ML"))["z"].dropna())
    # 28 covariances leave 20 degrees of freedom, so 40 studies are worth 800 values: three Monte-Carlo errors.
    assert np.mean(np.concatenate(z) ** 2) == pytest.approx(1, abs=3 * np.sqrt(2 / 800))


def test_a_negative_residual_variance_explains_no_share():
    r = pd.DataFrame([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]], index=list("abc"), columns=list("abc"), dtype=float)
    found = r_squared(sem.fit("f =~ a + b + c", sem.Moments(r, 300))).set_index("variable")["r_squared"]
    assert np.isnan(found["a"])
    assert found["b"] == pytest.approx(0.5, abs=0.01)


def test_a_model_that_fits_exactly_has_no_z():
    data = simulate("f =~ 0.8*a + 0.7*b + 0.6*c", 300, seed=1)
    found = residuals(sem.fit("f =~ a + b + c", data, estimator="ML"))
    assert found["z"].isna().all()
    assert found["residual"].abs().max() < 1e-6
    assert len(residuals(sem.fit("f =~ a + b + c", data, estimator="ML"), largest=2)) == 2
