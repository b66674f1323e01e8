"""The model of one group as matrices: implied moments and their derivatives.

Reticular action model (McArdle & McDonald 1984): every variable, observed or latent, is a node; `paths` holds the
directed effects, `links` the (residual) variances and covariances, `levels` the intercepts.
"""

import copy
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.vech import pairs
from crqkit.sem.language.plan import Row

Array = NDArray[Any]
STEP = 1e-30  # a complex step has no rounding error, so it may be as small as one likes


class Cells(NamedTuple):
    """Where the free parameters of one matrix sit: position in the group's parameters, row, column."""

    own: NDArray[np.intp]
    row: NDArray[np.intp]
    column: NDArray[np.intp]


class Ends(NamedTuple):
    """Derivatives of the moments by each of the q parameters, as the few numbers that make them.

    Each moves the covariance by `first second' + second first'` and the mean by `first lift`: (p, q), (p, q), (q,).
    """

    first: Array
    second: Array
    lift: Array


class Structure:
    """Implied mean (p,) and covariance (p, p) of the observed variables as functions of the group's q parameters.

    Parameters
    ----------
    rows : sequence of Row
        Parameters with op `=~`, `~`, `~~`, `~1`.
    observed, latent : sequence of str
        Names; the implied moments are in the order of `observed`.
    means : bool
        False leaves the means out of the model (they equal the sample's).
    """

    def __init__(self, rows: Sequence[Row], observed: Sequence[str], latent: Sequence[str], means: bool) -> None:
        self.observed, self.means = list(observed), means
        self.nodes = {name: i for i, name in enumerate([*observed, *latent])}
        self.p, size = len(observed), len(self.nodes)
        self._last: tuple[tuple[tuple[int, ...], bytes], tuple[Array, Array, Array]] | None = None
        self.free = np.array([row.free for row in rows if row.free >= 0], dtype=np.intp)
        self.q = len(self.free)
        self.paths, self.links, self.levels = np.zeros((size, size)), np.zeros((size, size)), np.zeros(size)
        self.cells: list[tuple[str, int, int]] = []
        for row in rows:
            cell = self._place(row)
            if row.free >= 0:
                self.cells.append(cell)
            elif cell[0]:
                self._set(*cell, row.value)
        self._sort_cells()

    def _sort_cells(self) -> None:
        places: dict[str, list[tuple[int, int, int]]] = {"paths": [], "links": [], "levels": [], "": []}
        for own, (matrix, i, j) in enumerate(self.cells):
            places[matrix].append((own, i, j))
        self._paths, self._links, self._levels = (_cells(places[name]) for name in ("paths", "links", "levels"))

    def _place(self, row: Row) -> tuple[str, int, int]:
        at = self.nodes
        match row.op:
            case "=~":
                return "paths", at[row.rhs], at[row.lhs]
            case "~":
                return "paths", at[row.lhs], at[row.rhs]
            case "~~":
                i, j = at[row.lhs], at[row.rhs]
                return "links", max(i, j), min(i, j)
            case "~1":
                return "levels", at[row.lhs], 0
        return "", 0, 0

    def _set(self, matrix: str, i: int, j: int, value: float) -> None:
        if matrix == "levels":
            self.levels[i] = value
        else:
            getattr(self, matrix)[i, j] = value
            if matrix == "links":
                self.links[j, i] = value

    def matrices(self, x: Array) -> tuple[Array, Array, Array]:
        """Return paths, links and levels at the group's parameters `x` (..., q); complex and stacked ones too."""
        batch, size = x.shape[:-1], len(self.nodes)
        paths = np.empty((*batch, size, size), x.dtype)
        links, levels = np.empty_like(paths), np.empty((*batch, size), x.dtype)
        paths[...], links[...], levels[...] = self.paths, self.links, self.levels
        paths[..., self._paths.row, self._paths.column] = x[..., self._paths.own]
        links[..., self._links.row, self._links.column] = x[..., self._links.own]
        links[..., self._links.column, self._links.row] = x[..., self._links.own]
        levels[..., self._levels.row] = x[..., self._levels.own]
        return paths, links, levels

    def _total(self, x: Array) -> tuple[Array, Array, Array]:
        """Return total effects (..., v, v), covariances (..., v, v) and means (..., v) of all nodes."""
        if x.dtype != float:
            return self._compute(x)
        # Value, gradient and information are asked for at the same place, one after the other.
        place = x.shape, x.tobytes()
        if self._last is None or self._last[0] != place:
            self._last = place, self._compute(x)
        return self._last[1]

    def _compute(self, x: Array) -> tuple[Array, Array, Array]:
        paths, links, levels = self.matrices(x)
        total = np.linalg.inv(np.eye(len(self.nodes)) - paths)
        return total, total @ links @ total.swapaxes(-1, -2), (total @ levels[..., None])[..., 0]

    def moments(self, x: Array) -> tuple[Array, Array]:
        """Return the implied mean (..., p) and covariance (..., p, p)."""
        _, cov, mean = self._total(x)
        return mean[..., : self.p], cov[..., : self.p, : self.p]

    def all_moments(self, x: Array) -> tuple[Array, Array]:
        """Return the implied mean (..., v) and covariance (..., v, v) of observed and latent variables."""
        _, cov, mean = self._total(x)
        return mean, cov

    def ends(self, x: Array) -> Ends:
        """Return the derivatives of the moments by the group's parameters at `x` (..., q)."""
        total, cov, mean = self._total(x)
        effects, shared = total[..., : self.p, :], cov[..., : self.p, :]
        first = np.zeros((*x.shape[:-1], self.p, self.q), total.dtype)
        second, lift = np.zeros_like(first), np.zeros_like(first[..., 0, :])
        own, to, source = self._paths
        first[..., own], second[..., own], lift[..., own] = effects[..., to], shared[..., source], mean[..., source]
        own, i, j = self._links
        first[..., own], second[..., own] = effects[..., i], effects[..., j] * np.where(i == j, 0.5, 1)
        own = self._levels.own
        first[..., own], lift[..., own] = effects[..., self._levels.row], 1
        return Ends(first, second, lift)

    def pull_back(self, x: Array, by_mean: Array, by_cov: Array) -> Array:
        """Return the gradient by parameters (..., q) of a function with derivatives `by_mean`, `by_cov`."""
        total, cov, means = self._total(x)
        effects, shared = total[..., : self.p, :], cov[..., : self.p]
        turned = effects.swapaxes(-1, -2)
        gradient = np.zeros((*x.shape[:-1], self.q), np.result_type(x, by_cov))
        own, to, source = self._paths
        reach = (turned @ by_mean[..., None])[..., 0]
        through = turned @ by_cov
        gradient[..., own] = 2 * (through @ shared.swapaxes(-1, -2))[..., to, source]
        gradient[..., own] += reach[..., to] * means[..., source]
        own, i, j = self._links
        gradient[..., own] = (through @ effects)[..., i, j] * np.where(i == j, 1, 2)
        gradient[..., self._levels.own] = reach[..., self._levels.row]
        return gradient

    def bend(self, x: Array, by_mean: Array, by_cov: Array) -> Array:
        """Return the (..., q, q) second derivatives of the moments, weighted by `by_mean` and `by_cov`."""
        total, cov, means = self._total(x)
        effects, shared = total[..., : self.p, :], cov[..., : self.p]
        turned = effects.swapaxes(-1, -2)
        through, reach = turned @ by_cov, (turned @ by_mean[..., None])[..., 0]
        ends = 2 * through @ effects
        # How the function changes with every path that there could be.
        slope = 2 * through @ shared.swapaxes(-1, -2) + reach[..., :, None] * means[..., None, :]
        found = np.zeros((*x.shape[:-1], self.q, self.q))
        own, to, source = self._paths
        onward = total[..., source[:, None], to]
        half = onward * slope[..., to[:, None], source]
        both = half + half.swapaxes(-1, -2) + cov[..., source[:, None], source] * ends[..., to[:, None], to]
        found[..., own[:, None], own] = both
        at, i, j = self._links
        across = total[..., source[:, None], i] * ends[..., to[:, None], j]
        across += total[..., source[:, None], j] * ends[..., to[:, None], i]
        across *= np.where(i == j, 0.5, 1)
        found[..., own[:, None], at], found[..., at[:, None], own] = across, across.swapaxes(-1, -2)
        at, i, _ = self._levels
        across = total[..., source[:, None], i] * reach[..., to][..., None]
        found[..., own[:, None], at], found[..., at[:, None], own] = across, across.swapaxes(-1, -2)
        return found

    def fix_covariates(self, names: Sequence[str], mean: Array, cov: Array) -> None:
        """Set the moments of the covariates `names` to the sample's."""
        self._last = None
        at = [self.nodes[name] for name in names]
        where = [self.observed.index(name) for name in names]
        self.links[np.ix_(at, at)] = cov[np.ix_(where, where)]
        self.levels[at] = mean[where]

    # The moments as one vector: what least squares and sandwich estimators work with.

    def vector(self, x: Array) -> Array:
        """Return the moments (..., k): means if modelled, then the lower triangle of the covariance."""
        mean, cov = self.moments(x)
        return self.flat(mean, cov)

    def flat(self, mean: Array, cov: Array) -> Array:
        """Return mean and covariance as one vector, the means only if modelled."""
        rows, columns = pairs(self.p)
        lower = cov[..., rows, columns]
        return np.concatenate([mean, lower], axis=-1) if self.means else lower

    def vector_jacobian(self, x: Array) -> Array:
        """Return the derivatives (k, q) of `vector`."""
        first, second, lift = self.ends(x)
        rows, columns = pairs(self.p)
        lower = first[rows] * second[columns] + first[columns] * second[rows]
        return np.concatenate([first * lift, lower]) if self.means else lower


def together(structures: Sequence[Structure]) -> tuple[Structure, NDArray[np.intp], Array]:
    """Return one structure for all groups, whose matrices stand one above the other.

    Its q parameters are those free in any group. Also returned are their numbers (groups, q), -1 where a group holds
    one fixed, and the values (groups, q) at which they are fixed.
    """
    whole = copy.copy(structures[0])
    whole.cells = list(dict.fromkeys(cell for structure in structures for cell in structure.cells))
    whole.q = len(whole.cells)
    whole._sort_cells()
    whole.paths, whole.links, whole.levels = (
        np.stack([getattr(structure, name) for structure in structures]) for name in ("paths", "links", "levels")
    )
    place = {cell: own for own, cell in enumerate(whole.cells)}
    free, fixed = np.full((len(structures), whole.q), -1), np.zeros((len(structures), whole.q))
    for own, structure in zip(free, structures, strict=True):
        own[[place[cell] for cell in structure.cells]] = structure.free
    for matrix, (own, i, j) in ((whole.paths, whole._paths), (whole.links, whole._links)):
        fixed[:, own] = matrix[:, i, j]
    fixed[:, whole._levels.own] = whole.levels[:, whole._levels.row]
    return whole, free, fixed


def _cells(places: list[tuple[int, int, int]]) -> Cells:
    return Cells(*np.array(places, dtype=np.intp).reshape(-1, 3).T)
