"""What single rows say: scores of each row, and the sampling covariance of means and covariances."""

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.likelihood import inverted, precisions
from crqkit.sem.data.patterns import patterns
from crqkit.sem.data.vech import pairs, vech

Array = NDArray[np.float64]
CELLS = 4_000_000  # numbers held at a time: 32 MB


def casewise_scores(data: Array, mu: Array, sigma: Array, weights: Array | None = None) -> Array:
    """Return the derivative of each row's log-likelihood by (mu, vech sigma); (rows, p + p (p + 1) / 2).

    A covariance counts as one free parameter, for both its cells. Rows are multiplied by their weights, so that
    columns sum to the gradient; a row without values scores 0.

    Raises
    ------
    numpy.linalg.LinAlgError
        `sigma` is not positive definite.

    Examples
    --------
    >>> casewise_scores(np.array([[2.0]]), np.zeros(1), np.eye(1))
    array([[2. , 1.5]])
    """
    data = np.asarray(data, dtype=float)
    found = patterns(data, weights)
    p = data.shape[1]
    rows, columns = pairs(p)
    flat, share = rows * p + columns, np.where(rows == columns, 0.5, 1.0)
    inverse, _ = inverted(sigma)
    scores = np.zeros((len(data), p + len(rows)))
    order = np.argsort(found.row, kind="stable")
    edges = np.searchsorted(found.row[order], np.arange(len(found.n) + 1))
    deviation = np.nan_to_num(data - mu, nan=0.0)
    for block in found.blocks:
        precision = precisions(block, sigma, inverse)
        table = precision.reshape(len(precision), -1)[:, flat]
        who = order[edges[block.start] : edges[block.stop]]
        local = found.row[who] - block.start
        pull = _pulls(deviation[who], precision, edges[block.start : block.stop + 1] - edges[block.start], local)
        scores[who, :p] = pull
        scores[who, p:] = (pull[:, rows] * pull[:, columns] - table[local]) * share
    return scores if weights is None else scores * np.asarray(weights, dtype=float)[:, None]


def _pulls(deviation: Array, precision: Array, edges: NDArray[np.intp], local: NDArray[np.intp]) -> Array:
    """Return each row's deviation times the precision matrix of its pattern."""
    if len(deviation) <= 4 * len(precision):  # nearly every row has its own pattern: one stack of products
        return (precision[local] @ deviation[:, :, None])[:, :, 0]
    pieces = zip(edges[:-1], edges[1:], precision, strict=True)
    return np.concatenate([deviation[low:high] @ matrix for low, high, matrix in pieces])


def gamma_normal(sigma: Array) -> Array:
    """Return n times the covariance of (mean, vech S) for normal data; square, p + p (p + 1) / 2.

    Cells are sigma[i, k] sigma[j, l] + sigma[i, l] sigma[j, k]; means and covariances are independent. Browne (1974),
    South African Statistical Journal 8, 1-24.

    >>> gamma_normal(np.array([[3.0]]))
    array([[ 3.,  0.],
           [ 0., 18.]])
    """
    p = len(sigma)
    rows, columns = pairs(p)
    direct = sigma[np.ix_(rows, rows)] * sigma[np.ix_(columns, columns)]
    crossed = sigma[np.ix_(rows, columns)] * sigma[np.ix_(columns, rows)]
    gamma = np.zeros((p + len(rows), p + len(rows)))
    gamma[:p, :p] = sigma
    gamma[p:, p:] = direct + crossed
    return gamma


def gamma_sample(data: Array, mean: Array | None = None) -> Array:
    """Return n times the covariance of (mean, vech S) from fourth moments of complete data; divisor n.

    Parameters
    ----------
    data : (rows, p)
        Without missing values.
    mean : (p,), optional
        The point that products are taken around; the mean of `data` if absent.

    References
    ----------
    Browne (1984), British Journal of Mathematical and Statistical Psychology 37, 62-83.
    """
    data = np.asarray(data, dtype=float)
    n, p = data.shape
    deviation = data - (data.mean(axis=0) if mean is None else mean)
    rows, columns = pairs(p)
    centre = np.concatenate([deviation.mean(axis=0), vech(deviation.T @ deviation / n)])
    gamma = np.zeros((len(centre), len(centre)))
    most = max(1, CELLS // len(centre))
    for low in range(0, n, most):
        part = deviation[low : low + most]
        each = np.hstack([part, part[:, rows] * part[:, columns]]) - centre
        gamma += each.T @ each
    return gamma / n
