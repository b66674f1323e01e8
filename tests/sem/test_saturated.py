import json

import numpy as np
import pandas as pd
import pytest

from crqkit.base.problems import DataProblem
from crqkit.sem.data import missing, patterns
from tests.sem.answers import holed, missing_reference


@pytest.fixture(scope="module")
def lavaan():
    return missing_reference()


@pytest.mark.parametrize(("n", "p", "share"), [(400, 5, 0.1), (500, 8, 0.5), (300, 12, 0.2)])
def test_saturated_point_has_no_slope(n, p, share):
    found = patterns.patterns(holed(n, p, share))
    best = missing.saturated(found)
    assert best.converged
    assert best.positive_definite
    g_mu, g_sigma = missing.gradient(found, best.mu, best.sigma)
    sd = np.sqrt(np.diagonal(best.sigma))
    assert abs(g_mu * sd).max() < 1e-8 * n
    assert abs(g_sigma * np.outer(sd, sd)).max() < 1e-8 * n
    assert best.logl == pytest.approx(missing.loglikelihood(found, best.mu, best.sigma), rel=1e-13)
    # A top: the observed information is positive definite.
    np.linalg.cholesky(-missing.hessian(found, best.mu, best.sigma))


def test_saturated_point_of_nested_patterns_is_that_of_regressions():
    # Anderson (1957): when missing values nest, regressions on what came before give the estimates at once.
    data = holed(300, 3, 0.0)
    data[100:, 2] = np.nan
    best = missing.saturated(patterns.patterns(data))
    early, both = data[:, :2], data[:100]
    mean, cov = early.mean(axis=0), np.cov(early.T, bias=True)
    some = np.cov(both.T, bias=True)
    slope = np.linalg.solve(some[:2, :2], some[:2, 2])
    assert best.mu[2] == pytest.approx(both[:, 2].mean() + slope @ (mean - both[:, :2].mean(axis=0)), abs=1e-8)
    np.testing.assert_allclose(best.sigma[:2, :2], cov, atol=1e-8)
    np.testing.assert_allclose(best.sigma[2, :2], cov @ slope, atol=1e-8)
    rest = some[2, 2] - slope @ some[:2, 2]
    assert best.sigma[2, 2] == pytest.approx(rest + slope @ cov @ slope, abs=1e-8)


def test_saturated_point_of_a_planned_design():
    # Each third leaves out one of three blocks: EM alone needs some 150 steps, even speeded up.
    data = holed(450, 8, 0.0)
    for form in range(3):
        data[form::3, 2 + 2 * form : 4 + 2 * form] = np.nan
    found = patterns.patterns(data)
    best = missing.saturated(found)
    assert best.converged
    assert best.iterations < 60
    again = missing.saturated(found, tol=1e-12)
    np.testing.assert_allclose(best.sigma, again.sigma, atol=1e-7)


def test_saturated_point_that_rows_are_too_few_for_is_flagged():
    best = missing.saturated(patterns.patterns(holed(15, 12, 0.1)))
    assert not best.converged


def test_saturated_point_does_not_depend_on_units():
    data = holed(300, 6, 0.3)
    unit, shift = 10.0 ** np.arange(-3, 3), np.array([0, 1e4, -30, 5, 1e6, 1e5])
    plain = missing.saturated(patterns.patterns(data))
    other = missing.saturated(patterns.patterns(data * unit + shift))
    assert other.converged
    np.testing.assert_allclose((other.mu - shift) / unit, plain.mu, atol=1e-6)
    np.testing.assert_allclose(other.sigma / np.outer(unit, unit), plain.sigma, atol=1e-7)


def test_one_item_without_a_hole():
    data = holed(200, 4, 0.3)
    data[:, 1] = np.random.default_rng(12).normal(size=200)
    found = patterns.patterns(data)
    best = missing.saturated(found)
    assert best.mu[1] == pytest.approx(data[:, 1].mean(), abs=1e-9)
    assert best.sigma[1, 1] == pytest.approx(data[:, 1].var(), abs=1e-9)
    assert found.coverage[1, 1] == 1


def test_items_never_seen_together_are_named():
    data = holed(60, 3, 0.0)
    data[:30, 0] = np.nan
    data[30:, 2] = np.nan
    with pytest.raises(DataProblem, match="'trust' and 'loyalty'"):
        missing.saturated(patterns.patterns(data), names=["trust", "care", "loyalty"])


def test_an_item_without_values_or_without_variance_is_named():
    data = holed(60, 3, 0.1)
    data[:, 0] = np.nan
    with pytest.raises(DataProblem, match="column 'trust': no row holds"):
        missing.saturated(patterns.patterns(data), names=["trust", "care", "loyalty"])
    data = holed(60, 3, 0.1)
    data[:, 1] = np.where(np.isnan(data[:, 1]), np.nan, 0.1)
    with pytest.raises(DataProblem, match="column 'care': all values are equal"):
        missing.saturated(patterns.patterns(data), names=["trust", "care", "loyalty"])


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_collinear_items_are_flagged(share):
    data = holed(200, 4, share)
    data[:, 3] = 2 * data[:, 2]
    best = missing.saturated(patterns.patterns(data))
    assert not best.converged
    assert not best.positive_definite


def test_saturated_model_is_lavaans(lavaan):
    found = patterns.patterns(lavaan["holes"])
    best, theirs = missing.saturated(found), lavaan["fiml"]
    assert best.logl == pytest.approx(theirs["logl"], abs=1e-9)
    np.testing.assert_allclose(best.mu, theirs["mean"], atol=1e-8)
    np.testing.assert_allclose(best.sigma, theirs["cov"], atol=1e-8)
    np.testing.assert_allclose(found.coverage, theirs["coverage"], atol=1e-10)
    assert (len(found.n), found.total, found.dropped) == (len(theirs["patterns"]), theirs["n"], 1)


def test_weighted_saturated_model_is_lavaans(lavaan):
    weights, theirs = np.array(lavaan["weights"]), lavaan["weighted"]
    # lavaan makes the weights of all rows sum to the number of rows with a value.
    found = patterns.patterns(lavaan["holes"], weights * theirs["n"] / weights.sum())
    best = missing.saturated(found)
    assert best.logl == pytest.approx(theirs["logl"], abs=1e-9)
    np.testing.assert_allclose(best.mu, theirs["mean"], atol=1e-8)
    np.testing.assert_allclose(best.sigma, theirs["cov"], atol=1e-8)


def test_saturated_model_of_the_bank(shared):
    case = json.loads((shared / "bank" / "visible" / "v_fiml_cfa.json").read_text())
    table = pd.read_csv(shared / "bank" / "visible" / case["data"])
    items = [f"{scale}{i}" for scale in ("tr", "ac", "lo") for i in range(1, 5)]
    best = missing.saturated(patterns.patterns(table[items].to_numpy()))
    assert best.logl == pytest.approx(case["reference"]["fit"]["unrestricted.logl"], abs=1e-4)
