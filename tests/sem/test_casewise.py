import numpy as np
import pytest

from crqkit.sem.data import casewise, missing, patterns
from crqkit.sem.data.casewise import casewise_scores, gamma_normal, gamma_sample
from crqkit.sem.data.vech import pairs, unvech, vech
from tests.sem.answers import holed, missing_reference, point


@pytest.fixture(scope="module")
def lavaan():
    return missing_reference()


def elsewhere(n, p, share):
    """Answers with gaps, and means and covariances that are not theirs."""
    return holed(n, p, share), *point(p, np.random.default_rng(2))


@pytest.mark.parametrize(("n", "p", "share"), [(30, 4, 0.0), (30, 4, 0.3), (300, 3, 0.4), (20, 8, 0.6)])
def test_scores_of_a_row_are_its_gradient(n, p, share):
    data, mu, sigma = elsewhere(n, p, share)
    scores = casewise_scores(data, mu, sigma)
    for row, score in zip(data, scores, strict=True):
        if np.isnan(row).all():
            assert not score.any()
            continue
        g_mu, g_sigma = missing.gradient(patterns.patterns(row[None]), mu, sigma)
        twice = vech(2 * g_sigma - np.diag(np.diagonal(g_sigma)))
        np.testing.assert_allclose(score, np.concatenate([g_mu, twice]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_scores_sum_to_the_gradient_with_weights(share):
    data, mu, sigma = elsewhere(200, 5, share)
    weights = np.random.default_rng(3).uniform(0, 2, 200)
    weights[:5] = 0
    g_mu, g_sigma = missing.gradient(patterns.patterns(data, weights), mu, sigma)
    total = casewise_scores(data, mu, sigma, weights).sum(axis=0)
    np.testing.assert_allclose(total[:5], g_mu, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(total[5:], vech(2 * g_sigma - np.diag(np.diagonal(g_sigma))), rtol=1e-9, atol=1e-9)


def test_scores_are_lavaans(lavaan):
    theirs = lavaan["fiml"]
    mu, sigma = np.array(theirs["estimate"][:5]), unvech(np.array(theirs["estimate"][5:]))
    scores = casewise_scores(lavaan["holes"], mu, sigma)
    held = ~np.isnan(lavaan["holes"]).all(axis=1)
    np.testing.assert_allclose(scores[held], theirs["scores"], atol=1e-9)
    assert not scores[~held].any()
    full = lavaan["complete"]
    mu, sigma = np.array(full["estimate"][:5]), unvech(np.array(full["estimate"][5:]))
    np.testing.assert_allclose(casewise_scores(lavaan["full"], mu, sigma), full["scores"], atol=1e-9)


def test_gamma_of_a_sample_is_lavaans(lavaan):
    np.testing.assert_allclose(gamma_sample(lavaan["full"]), lavaan["gamma"], rtol=1e-9, atol=1e-9)


def test_gamma_of_a_sample_is_a_plain_covariance_however_it_is_cut(monkeypatch):
    data, _, _ = elsewhere(150, 4, 0.0)
    rows, columns = pairs(4)
    for mean in (None, np.full(4, 0.3)):
        gap = data - (data.mean(axis=0) if mean is None else mean)
        plain = np.cov(np.hstack([gap, gap[:, rows] * gap[:, columns]]).T, bias=True)
        np.testing.assert_allclose(gamma_sample(data, mean), plain, atol=1e-12)
        with monkeypatch.context() as patch:
            patch.setattr(casewise, "CELLS", 100)
            np.testing.assert_allclose(gamma_sample(data, mean), plain, atol=1e-12)


def test_gamma_under_normality_inverts_the_expected_information():
    _, mu, sigma = elsewhere(10, 5, 0.0)
    one = patterns.Patterns.from_moments(1, mu, sigma)
    information = missing.expected(one, mu, sigma)
    np.testing.assert_allclose(gamma_normal(sigma) @ information, np.eye(20), atol=1e-9)


def test_gamma_under_normality_by_its_formula():
    _, _, sigma = elsewhere(10, 3, 0.0)
    rows, columns = pairs(3)
    duplication = np.zeros((9, 6))
    for k, (i, j) in enumerate(zip(rows, columns, strict=True)):
        duplication[3 * i + j, k] = duplication[3 * j + i, k] = 1
    back = np.linalg.pinv(duplication)
    np.testing.assert_allclose(gamma_normal(sigma)[3:, 3:], 2 * back @ np.kron(sigma, sigma) @ back.T, atol=1e-12)


def test_both_gammas_agree_on_many_normal_rows():
    rng = np.random.default_rng(5)
    _, mu, sigma = elsewhere(10, 3, 0.0)
    found, truth = gamma_sample(rng.multivariate_normal(mu, sigma, 400_000)), gamma_normal(sigma)
    # Relative to what the diagonal allows; fourth moments of 400,000 rows have errors near 1 %.
    scale = np.sqrt(np.outer(np.diagonal(truth), np.diagonal(truth)))
    assert abs((found - truth) / scale).max() < 0.03
