"""The lower triangle of a symmetric matrix as a vector, column by column."""

import numpy as np
from numpy.typing import NDArray


def pairs(p: int, diagonal: bool = True) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the lower triangle of a (p, p) matrix, column by column.

    >>> pairs(2)
    (array([0, 1, 1]), array([0, 0, 1]))
    """
    columns, rows = np.triu_indices(p, 0 if diagonal else 1)
    return rows, columns


def vech(matrix: NDArray[np.float64], diagonal: bool = True) -> NDArray[np.float64]:
    """Return the lower triangle of the last two axes as a vector.

    >>> vech(np.array([[1.0, 2.0], [2.0, 3.0]]))
    array([1., 2., 3.])
    """
    rows, columns = pairs(matrix.shape[-1], diagonal)
    return matrix[..., rows, columns]


def unvech(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric matrix whose lower triangle is the last axis of `vector`.

    >>> unvech(np.array([1.0, 2.0, 3.0]))
    array([[1., 2.],
           [2., 3.]])
    """
    p = int((np.sqrt(8 * vector.shape[-1] + 1) - 1) / 2)
    rows, columns = pairs(p)
    matrix = np.empty((*vector.shape[:-1], p, p), vector.dtype)
    matrix[..., rows, columns] = vector
    matrix[..., columns, rows] = vector
    return matrix
