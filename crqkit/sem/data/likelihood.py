"""Normal likelihood of complete or incomplete data, and its derivatives.

Parameters are the mean and the lower triangle of the covariance matrix, (mu, vech sigma). Little & Rubin (2019),
Statistical Analysis with Missing Data, 3rd ed., ch. 8 and 11; Savalei (2010), Psychological Methods 15, 352-367.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.patterns import Block, Patterns
from crqkit.sem.data.vech import pairs

Array = NDArray[np.float64]
LOG_2PI = float(np.log(2 * np.pi))


def loglikelihood(patterns: Patterns, mu: Array, sigma: Array) -> float:
    """Return the log-likelihood; minus infinity when `sigma` is not positive definite."""
    return evaluate(patterns, mu, sigma)[0]


def gradient(patterns: Patterns, mu: Array, sigma: Array) -> tuple[Array, Array]:
    """Return derivatives of the log-likelihood, (p,) and symmetric (p, p); NaN when `sigma` is not positive definite.

    A small change adds `g_mu @ dmu + (g_sigma * dsigma).sum()` to the log-likelihood.
    """
    return evaluate(patterns, mu, sigma)[1:]


def evaluate(patterns: Patterns, mu: Array, sigma: Array) -> tuple[float, Array, Array]:
    """Return log-likelihood and both derivatives at the price of one.

    >>> value, g_mu, g_sigma = evaluate(Patterns.from_moments(10, np.ones(1), np.eye(1)), np.zeros(1), np.eye(1))
    >>> round(value, 4), g_mu, g_sigma
    (-19.1894, array([10.]), array([[5.]]))
    """
    try:
        # Far away numbers overflow; the likelihood is then as good as none.
        with np.errstate(over="ignore", invalid="ignore"):
            inverse, logdet = inverted(sigma)
            value, first, second = expectation(patterns, mu, sigma, inverse, logdet)
            if not np.isfinite(value):
                raise np.linalg.LinAlgError("out of range")
            # The score of what was observed is the expected score of the completed data (Fisher's identity).
            return value, inverse @ first, inverse @ (second - patterns.total * sigma) @ inverse / 2
    except np.linalg.LinAlgError:
        return -np.inf, np.full(mu.shape, np.nan), np.full(sigma.shape, np.nan)


def hessian(patterns: Patterns, mu: Array, sigma: Array) -> Array:
    """Return second derivatives of the log-likelihood by (mu, vech sigma); minus this is the observed information.

    Raises
    ------
    numpy.linalg.LinAlgError
        `sigma` is not positive definite.
    """
    return -_information(patterns, mu, sigma, observed=True)


def expected(patterns: Patterns, mu: Array, sigma: Array) -> Array:
    """Return the expected information on (mu, vech sigma), the patterns taken as given.

    It is right for inference only when values are missing completely at random; scoring may use it always.

    Raises
    ------
    numpy.linalg.LinAlgError
        `sigma` is not positive definite.
    """
    return _information(patterns, mu, sigma, observed=False)


def inverted(sigma: Array) -> tuple[Array, float]:
    """Return inverse and log-determinant of a positive definite matrix; `LinAlgError` when it is not."""
    from scipy.linalg.lapack import dpotrf, dpotri

    factor, fault = dpotrf(sigma, lower=1)
    if fault == 0:
        logdet = 2 * float(np.log(np.diagonal(factor)).sum())
        inverse, fault = dpotri(factor, lower=1)
        fault = fault or not np.isfinite(logdet)  # LAPACK lets NaN pass
    if fault:
        raise np.linalg.LinAlgError("not positive definite")
    return np.tril(inverse) + np.tril(inverse, -1).T, logdet


def precisions(block: Block, sigma: Array, inverse: Array) -> Array:
    """Return the inverse covariance matrices of the observed items, 0 where an item is missing; (patterns, p, p)."""
    size, q = block.missing.shape
    p = len(sigma)
    if q == 0:
        return inverse[None]
    if 2 * q > p:  # few items are left: invert their covariance matrix
        full = np.zeros((size, p, p))
        small = np.linalg.inv(_corner(sigma, block.present))
        full[np.arange(size)[:, None, None], block.present[:, :, None], block.present[:, None, :]] = small
        return full
    # Few are missing: take them out of the whole inverse.
    cross = inverse[block.missing]
    return inverse - cross.transpose(0, 2, 1) @ np.linalg.solve(_corner(inverse, block.missing), cross)


def _corner(matrix: Array, items: NDArray[np.intp]) -> Array:
    return matrix[items[:, :, None], items[:, None, :]]


def _conditional(block: Block, sigma: Array, inverse: Array, logdet: float) -> tuple[Array, Array]:
    """Return the covariances of the missing items given the rest, and log-determinants of the observed ones."""
    q = block.missing.shape[1]
    if q == 0:
        return np.empty((1, 0, 0)), np.array([logdet])
    if 2 * q > len(sigma):
        seen = _corner(sigma, block.present)
        cross = sigma[block.present[:, :, None], block.missing[:, None, :]]
        left = _corner(sigma, block.missing) - cross.transpose(0, 2, 1) @ np.linalg.solve(seen, cross)
        sign, small = np.linalg.slogdet(seen)
    else:
        corner = _corner(inverse, block.missing)
        left = np.linalg.inv(corner)
        sign, small = np.linalg.slogdet(corner)
        small += logdet
    if (sign <= 0).any():
        raise np.linalg.LinAlgError("not positive definite")
    return left, small


def expectation(
    patterns: Patterns, mu: Array, sigma: Array, inverse: Array, logdet: float
) -> tuple[float, Array, Array]:
    """Return the log-likelihood and the expected sums of deviations and of their products, given what was observed."""
    p = len(mu)
    twice, first, second = 0.0, np.zeros(p), np.zeros((p, p))
    for block in patterns.blocks:
        part = slice(block.start, block.stop)
        n, seen = patterns.n[part], patterns.observed[part]
        left, logdets = _conditional(block, sigma, inverse, logdet)
        deviation = patterns.mean[part] - seen * mu
        filled = deviation.copy()
        pull = np.take_along_axis(deviation @ inverse, block.missing, axis=1)
        np.put_along_axis(filled, block.missing, -(left @ pull[:, :, None])[:, :, 0], axis=1)
        distance = ((filled @ inverse) * deviation).sum(axis=1)
        twice += float(n @ (block.present.shape[1] * LOG_2PI + logdets + distance))
        first += n @ filled
        second += (filled * n[:, None]).T @ filled
        where = block.missing[:, :, None] * p + block.missing[:, None, :]
        second += np.bincount(where.ravel(), (left * n[:, None, None]).ravel(), p * p).reshape(p, p)
        if block.last > block.first:
            spread, trace = _spread(patterns, block, left, inverse)
            twice += trace
            second += spread
    return -twice / 2, first, second


def _spread(patterns: Patterns, block: Block, left: Array, inverse: Array) -> tuple[Array, float]:
    """Return what rows around the means of their patterns add to the products and to twice the log-likelihood."""
    rank = slice(block.first, block.last)
    shared, cov = patterns.shared[rank], patterns.shared_cov[rank]
    weighted = cov * patterns.n[shared, None, None]
    if block.missing.shape[1] == 0:
        return weighted[0], float((inverse * weighted[0]).sum())
    local = shared - block.start
    missing = block.missing[local]
    # `fill` puts the regression on the observed items where an item is missing.
    fill = np.tile(np.eye(len(inverse)), (len(local), 1, 1))
    fill[np.arange(len(local))[:, None], missing] -= left[local] @ inverse[missing]
    half = fill @ weighted
    return np.tensordot(half, fill, axes=([0, 2], [0, 2])), float((inverse * half.sum(axis=0)).sum())


def _information(patterns: Patterns, mu: Array, sigma: Array, observed: bool) -> Array:
    p = len(mu)
    rows, columns = pairs(p)
    flat = rows * p + columns
    inverse, _ = inverted(sigma)
    means, mixed, products = np.zeros((p, p)), np.zeros((p, p * p)), np.zeros((len(rows), len(rows)))
    for block in patterns.blocks:
        part = slice(block.start, block.stop)
        n, size = patterns.n[part, None], block.stop - block.start
        precision = precisions(block, sigma, inverse)
        table = precision.reshape(size, p * p)
        means += (n.T @ table).reshape(p, p)
        weighted = right = table[:, flat] * np.sqrt(n)  # one array twice: half the work of a product of two
        if observed:
            deviation = patterns.mean[part] - patterns.observed[part] * mu
            pull = (precision @ deviation[:, :, None])[:, :, 0]
            mixed += (pull * n).T @ table
            around = pull[:, rows] * pull[:, columns]
            rank = slice(block.first, block.last)
            local = patterns.shared[rank] - block.start
            inner = precision[local] @ patterns.shared_cov[rank] @ precision[local]
            around[local] += inner.reshape(len(local), p * p)[:, flat]
            right = 2 * np.sqrt(n) * around - weighted
        products += weighted.T @ right
    return _assembled(means, mixed, products)


def _assembled(means: Array, mixed: Array, products: Array) -> Array:
    """Return information on (mu, vech sigma) from sums of products of precision matrices.

    `products` holds sums of A[i, j] B[k, l] over pairs (i, j) and (k, l); the trace of (dsigma A dsigma B) / 2 is
    wanted, each free covariance standing for two cells of `dsigma`.
    """
    p = len(means)
    rows, columns = pairs(p)
    half = np.where(rows == columns, 0.5, 1.0)
    direct, crossed = _places(p)
    products = products + products.T
    lower = products.take(direct)
    lower += products.take(crossed)
    lower *= half[:, None] * (half / 2)
    # mixed[b, i * p + a] sums u[b] A[i, a].
    mixed = mixed.reshape(p, p, p).transpose(1, 2, 0)
    across = (mixed[:, rows, columns] + mixed[:, columns, rows]) * half
    return np.block([[means, across], [across.T, lower]])


@lru_cache(maxsize=2)
def _places(p: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where A[i, k] B[j, l] and A[i, l] B[j, k] stand among products of pairs, for all (i, j) and (k, l)."""
    rows, columns = pairs(p)
    where = np.empty((p, p), dtype=np.intp)
    where[rows, columns] = where[columns, rows] = np.arange(len(rows))
    i, j, k, m = rows[:, None], columns[:, None], rows[None], columns[None]
    return where[i, k] * len(rows) + where[j, m], where[i, m] * len(rows) + where[j, k]
