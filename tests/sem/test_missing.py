import numpy as np
import pytest

from crqkit.base.problems import DataProblem
from crqkit.sem.data import missing, patterns
from crqkit.sem.data.vech import pairs, unvech, vech
from tests.sem.answers import holed, missing_reference, point


@pytest.fixture(scope="module")
def lavaan():
    return missing_reference()


def row_by_row(data, mu, sigma, weights=None):
    """The log-likelihood as the textbook has it; takes complex parameters too."""
    total = 0.0
    for i, row in enumerate(data):
        seen = np.flatnonzero(~np.isnan(row))
        if len(seen) == 0:
            continue
        part, gap = sigma[np.ix_(seen, seen)], row[seen] - mu[seen]
        one = len(seen) * np.log(2 * np.pi) + np.log(np.linalg.det(part)) + gap @ np.linalg.solve(part, gap)
        total -= one / 2 * (1.0 if weights is None else weights[i])
    return total


def join(g_mu, g_sigma):
    """The gradient by (mu, vech sigma): a covariance stands in two cells."""
    return np.concatenate([g_mu, vech(2 * g_sigma - np.diag(np.diagonal(g_sigma)))])


def split(values, p):
    return values[:p], unvech(values[p:])


CASES = [(60, 4, 0.0), (60, 4, 0.2), (300, 3, 0.3), (80, 7, 0.6), (30, 9, 0.15), (25, 1, 0.2)]


@pytest.mark.parametrize(("n", "p", "share"), CASES)
def test_loglikelihood_is_that_of_scipy_row_by_row(n, p, share):
    from scipy.stats import multivariate_normal

    data = holed(n, p, share)
    mu, sigma = point(p, np.random.default_rng(2))
    by_scipy = 0.0
    for row in data:
        seen = ~np.isnan(row)
        if seen.any():
            by_scipy += multivariate_normal(mu[seen], sigma[np.ix_(seen, seen)]).logpdf(row[seen])
    assert missing.loglikelihood(patterns.patterns(data), mu, sigma) == pytest.approx(by_scipy, rel=1e-12)


@pytest.mark.parametrize(("n", "p", "share"), CASES)
def test_gradient_is_the_complex_step(n, p, share):
    data = holed(n, p, share)
    at = np.concatenate([(found := point(p, np.random.default_rng(3)))[0], vech(found[1])])
    exact = np.empty(len(at))
    for i in range(len(at)):
        moved = at.astype(complex)
        moved[i] += 1e-30j
        exact[i] = row_by_row(data, *split(moved, p)).imag / 1e-30
    g_mu, g_sigma = missing.gradient(patterns.patterns(data), *split(at, p))
    np.testing.assert_allclose(g_sigma, g_sigma.T, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(join(g_mu, g_sigma), exact, rtol=1e-10, atol=1e-10 * abs(exact).max())


@pytest.mark.parametrize(("n", "p", "share"), CASES)
def test_hessian_is_the_change_of_the_gradient(n, p, share):
    found = patterns.patterns(holed(n, p, share))
    mu, sigma = point(p, np.random.default_rng(4))
    at = np.concatenate([mu, vech(sigma)])

    def slope(values):
        return join(*missing.gradient(found, *split(values, p)))

    steps = 1e-5 * np.eye(len(at))
    # Richardson's correction of the central difference: error of the fourth order.
    near = np.array([(slope(at + h) - slope(at - h)) / 2e-5 for h in steps])
    far = np.array([(slope(at + 2 * h) - slope(at - 2 * h)) / 4e-5 for h in steps])
    second = missing.hessian(found, mu, sigma)
    np.testing.assert_allclose(second, second.T, atol=1e-12 * abs(second).max())
    np.testing.assert_allclose(second, (4 * near - far) / 3, atol=2e-8 * abs(second).max())


def test_expected_information_is_that_of_each_row():
    data = holed(40, 5, 0.4)
    mu, sigma = point(5, np.random.default_rng(5))
    rows, columns = pairs(5)
    total = np.zeros((20, 20))
    for row in data:
        seen = np.flatnonzero(~np.isnan(row))
        precision = np.zeros((5, 5))
        precision[np.ix_(seen, seen)] = np.linalg.inv(sigma[np.ix_(seen, seen)])
        turns = []
        for i, j in zip(rows, columns, strict=True):
            unit = np.zeros((5, 5))
            unit[i, j] = unit[j, i] = 1
            turns.append(precision @ unit)
        total[:5, :5] += precision
        total[5:, 5:] += [[np.trace(a @ b) / 2 for b in turns] for a in turns]
    np.testing.assert_allclose(missing.expected(patterns.patterns(data), mu, sigma), total, atol=1e-10)


def test_at_the_saturated_point_of_complete_data_observed_is_expected():
    found = patterns.patterns(holed(200, 6, 0.0))
    best = missing.saturated(found)
    assert best.iterations == 0
    observed = -missing.hessian(found, best.mu, best.sigma)
    np.testing.assert_allclose(observed, missing.expected(found, best.mu, best.sigma), rtol=1e-9, atol=1e-9)


def test_complete_data_equal_the_closed_form_and_their_moments():
    data = holed(90, 5, 0.0)
    mu, sigma = point(5, np.random.default_rng(6))
    mean, cov = data.mean(axis=0), np.cov(data.T, bias=True)
    inverse = np.linalg.inv(sigma)
    around = cov + np.outer(mean - mu, mean - mu)
    closed = -90 / 2 * (5 * np.log(2 * np.pi) + np.linalg.slogdet(sigma)[1] + np.trace(inverse @ around))
    from_rows, from_moments = patterns.patterns(data), patterns.Patterns.from_moments(90, mean, cov)
    for found in (from_rows, from_moments):
        value, g_mu, g_sigma = missing.evaluate(found, mu, sigma)
        assert value == pytest.approx(closed, rel=1e-13)
        np.testing.assert_allclose(g_mu, 90 * inverse @ (mean - mu), rtol=1e-10)
        np.testing.assert_allclose(g_sigma, 45 * inverse @ (around - sigma) @ inverse, rtol=1e-9, atol=1e-9)
    for second in (missing.hessian, missing.expected):
        np.testing.assert_allclose(second(from_rows, mu, sigma), second(from_moments, mu, sigma), atol=1e-9)


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_order_of_rows_and_items_does_not_matter(share):
    data = holed(150, 6, share)
    mu, sigma = point(6, np.random.default_rng(7))
    rng = np.random.default_rng(8)
    rows, items = rng.permutation(150), rng.permutation(6)
    found = patterns.patterns(data)
    again = patterns.patterns(data[rows])
    np.testing.assert_array_equal(found.observed, again.observed)
    np.testing.assert_array_equal(found.row[rows], again.row)
    value, g_mu, g_sigma = missing.evaluate(found, mu, sigma)
    turned = missing.evaluate(patterns.patterns(data[rows][:, items]), mu[items], sigma[np.ix_(items, items)])
    assert turned[0] == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(turned[1], g_mu[items], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(turned[2], g_sigma[np.ix_(items, items)], rtol=1e-9, atol=1e-9)


def test_a_row_given_twice_is_a_row_of_weight_two():
    data = holed(70, 5, 0.3)
    weights = np.random.default_rng(9).integers(0, 4, 70).astype(float)
    mu, sigma = point(5, np.random.default_rng(10))
    weighted, repeated = (
        patterns.patterns(data, weights),
        patterns.patterns(np.repeat(data, weights.astype(int), axis=0)),
    )
    np.testing.assert_array_equal(weighted.observed, repeated.observed)
    np.testing.assert_allclose(weighted.n, repeated.n)
    np.testing.assert_allclose(weighted.mean, repeated.mean, atol=1e-12)
    np.testing.assert_allclose(weighted.covs, repeated.covs, atol=1e-12)
    np.testing.assert_allclose(weighted.coverage, repeated.coverage)
    assert missing.loglikelihood(weighted, mu, sigma) == pytest.approx(row_by_row(data, mu, sigma, weights), rel=1e-12)
    np.testing.assert_allclose(
        missing.hessian(weighted, mu, sigma), missing.hessian(repeated, mu, sigma), rtol=1e-9, atol=1e-8
    )
    one, two = missing.saturated(weighted), missing.saturated(repeated)
    np.testing.assert_allclose(one.sigma, two.sigma, atol=1e-8)


def test_patterns_hold_the_moments_of_their_rows():
    data = holed(400, 4, 0.25)
    found = patterns.patterns(data)
    missing_count = (~found.observed).sum(axis=1)
    assert (np.diff(missing_count) >= 0).all()
    assert len(np.unique(found.observed, axis=0)) == len(found.n)
    assert found.dropped == np.isnan(data).all(axis=1).sum() == (found.row < 0).sum()
    assert found.total == 400 - found.dropped
    for k, seen in enumerate(found.observed):
        rows = data[found.row == k]
        assert found.n[k] == len(rows)
        np.testing.assert_array_equal(np.isnan(rows), np.broadcast_to(~seen, rows.shape))
        np.testing.assert_allclose(found.mean[k], np.where(seen, rows.mean(axis=0), 0.0))
        np.testing.assert_allclose(found.covs[k], np.nan_to_num(np.cov(rows.T, bias=True)), atol=1e-12)


def test_means_far_from_zero_keep_their_digits():
    data = holed(200, 4, 0.2)
    near, far = patterns.patterns(data), patterns.patterns(data + 1e8)
    np.testing.assert_allclose(far.covs, near.covs, atol=1e-6)


def test_a_matrix_that_is_not_positive_definite_has_no_likelihood():
    found = patterns.patterns(holed(50, 3, 0.2))
    bad = np.array([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert missing.loglikelihood(found, np.zeros(3), bad) == -np.inf
    assert np.isnan(missing.gradient(found, np.zeros(3), bad)[1]).all()
    with pytest.raises(np.linalg.LinAlgError):
        missing.hessian(found, np.zeros(3), bad)
    assert missing.loglikelihood(found, np.zeros(3), np.full((3, 3), np.nan)) == -np.inf
    assert missing.loglikelihood(found, np.full(3, 1e200), np.eye(3)) == -np.inf
    assert missing.loglikelihood(found, np.zeros(3), 1e-320 * np.eye(3)) == -np.inf


def test_what_cannot_be_a_value_or_a_weight_is_refused():
    data = holed(20, 2, 0.0)
    with pytest.raises(DataProblem, match="weights"):
        patterns.patterns(data, -np.ones(20))
    with pytest.raises(DataProblem, match="no row holds a value"):
        patterns.patterns(np.full((5, 2), np.nan))
    data[3, 1] = np.inf
    with pytest.raises(DataProblem, match="column 'care'"):
        patterns.patterns(data, names=["trust", "care"])


def test_stacks_are_cut_to_size(monkeypatch):
    data = holed(200, 6, 0.4)
    mu, sigma = point(6, np.random.default_rng(13))
    whole = patterns.patterns(data)
    value, second = missing.loglikelihood(whole, mu, sigma), missing.hessian(whole, mu, sigma)
    monkeypatch.setattr(patterns, "CELLS", 200)
    cut = patterns.patterns(data)
    assert len(cut.blocks) > len(whole.blocks)
    assert missing.loglikelihood(cut, mu, sigma) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(missing.hessian(cut, mu, sigma), second, atol=1e-9)


def test_information_is_lavaans(lavaan):
    theirs, full = lavaan["fiml"], lavaan["complete"]
    found = patterns.patterns(lavaan["holes"])
    at = split(np.array(theirs["estimate"]), 5)
    np.testing.assert_allclose(-missing.hessian(found, *at) / found.total, theirs["observed"], atol=1e-7)
    np.testing.assert_allclose(missing.expected(found, *at) / found.total, theirs["expected"], atol=1e-9)
    found = patterns.patterns(lavaan["full"])
    at = split(np.array(full["estimate"]), 5)
    np.testing.assert_allclose(-missing.hessian(found, *at) / found.total, full["observed"], atol=1e-5)
