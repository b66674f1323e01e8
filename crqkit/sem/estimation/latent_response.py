"""The model of one group with ordered items: thresholds and correlations of the responses behind the answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.vech import pairs
from crqkit.sem.estimation.structure import STEP, Structure
from crqkit.sem.language.plan import Row

Array = NDArray[Any]


class OrderedStructure(Structure):
    """Implied thresholds, means and covariances where ordered items have latent responses of unit variance.

    The vector of moments follows `stats.ordinal_moments`: for each variable its thresholds or mean, then the
    variances of the numeric ones, then the covariances below the diagonal, column by column.

    Parameters
    ----------
    rows, observed, latent : as for `Structure`
        Rows may also have op `|` (thresholds) and `~*~` (scales).
    thresholds : mapping
        Number of thresholds of each ordered item.
    parameterization : {"delta", "theta"}
        Whether the scales are parameters and residual variances follow, or the other way round.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        observed: Sequence[str],
        latent: Sequence[str],
        thresholds: Mapping[str, int],
        parameterization: str,
    ) -> None:
        super().__init__(rows, observed, latent, means=True)
        self.theta = parameterization == "theta"
        self.ordered = np.array([name in thresholds for name in observed])
        self.is_numeric = ~self.ordered
        self.item = np.repeat(np.arange(self.p), [thresholds.get(name, 1) for name in observed])
        self.is_cut = self.ordered[self.item]
        first = {name: int(np.flatnonzero(self.item == i)[0]) for i, name in enumerate(observed)}
        self.cuts, self.scales = np.zeros(len(self.item)), np.ones(self.p)
        self._first = first
        own, cut_places, scale_places = 0, [], []
        for row in rows:
            if row.op == "|":
                at = self.place_of(row.lhs, row.rhs)
                cut_places.append((own, at)) if row.free >= 0 else self.cuts.__setitem__(at, row.value)
            elif row.op == "~*~" and not self.theta:
                at = self.nodes[row.lhs]
                scale_places.append((own, at)) if row.free >= 0 else self.scales.__setitem__(at, row.value)
            own += row.free >= 0
        self._cuts = np.array(cut_places, dtype=np.intp).reshape(-1, 2).T
        self._scales = np.array(scale_places, dtype=np.intp).reshape(-1, 2).T
        # An ordered item that only receives arrows: its residual variance touches no other moment.
        self.leaves = not np.any(self.paths[:, : self.p][:, self.ordered]) and not np.any(
            self.ordered[self._paths.column[self._paths.column < self.p]]
        )

    def place_of(self, item: str, threshold: str) -> int:
        """Return where a threshold such as `t2` stands in the vector of moments."""
        return self._first[item] + int(threshold[1:]) - 1

    def matrices(self, x: Array) -> tuple[Array, Array, Array]:
        paths, links, levels = super().matrices(x)
        if not self.theta:
            self._fill_residuals(x, paths, links)
        return paths, links, levels

    def _fill_residuals(self, x: Array, paths: Array, links: Array) -> None:
        """Give ordered items the residual variance that makes the variance of their response 1 / scale^2."""
        at = np.flatnonzero(self.ordered)
        links[..., at, at] = 0
        total = np.linalg.inv(np.eye(len(self.nodes)) - paths)
        rest = np.einsum("...ij,...jk,...ik->...i", total, links, total, optimize=True)[..., at]
        squared = (total**2)[..., at[:, None], at]
        wanted = self.scales_at(x)[..., at] ** -2 - rest
        links[..., at, at] = np.linalg.solve(squared, wanted[..., None])[..., 0]

    def scales_at(self, x: Array) -> Array:
        """Return the scales (..., p) that are parameters or fixed."""
        scales = np.empty((*x.shape[:-1], self.p), x.dtype)
        scales[...] = self.scales
        own, at = self._scales
        scales[..., at] = x[..., own]
        return scales

    def cuts_at(self, x: Array) -> Array:
        """Return the thresholds (..., t), 0 in the place of a numeric variable's mean."""
        cuts = np.empty((*x.shape[:-1], len(self.item)), x.dtype)
        cuts[...] = self.cuts
        own, at = self._cuts
        cuts[..., at] = x[..., own]
        return cuts

    def residual_scales(self, x: Array) -> Array:
        """Return the scales (..., p) of the responses: given (delta) or what gives them variance 1 (theta)."""
        if not self.theta:
            return self.scales_at(x)
        cov = self.moments(x)[1]
        variances = np.einsum("...ii->...i", cov)
        return np.where(self.ordered, variances**-0.5, 1)

    def vector(self, x: Array) -> Array:
        mean, cov = self.moments(x)
        scales = self.scales_at(x)
        if self.theta:
            scales = np.where(self.ordered, np.einsum("...ii->...i", cov) ** -0.5, 1)
        first = np.where(
            self.is_cut,
            (self.cuts_at(x) - mean[..., self.item]) * scales[..., self.item],
            mean[..., self.item],
        )
        rows, columns = pairs(self.p, diagonal=False)
        numeric = np.flatnonzero(self.is_numeric)
        lower = cov[..., rows, columns] * scales[..., rows] * scales[..., columns]
        return np.concatenate([first, cov[..., numeric, numeric], lower], axis=-1)

    def vector_jacobian(self, x: Array) -> Array:
        if not self.leaves and not self.theta:
            return np.ascontiguousarray(self.vector(x + 1j * STEP * np.eye(self.q)).imag.T / STEP)
        mean, cov = self.moments(x)
        end, other, lift = self.ends(x)
        by_mean, by_variance = end * lift, 2 * end * other
        scales, by_scale = self.scales_at(x), np.zeros((self.p, self.q))
        own, at = self._scales
        by_scale[at, own] = 1
        if self.theta:
            variance, ordered = np.diagonal(cov), self.ordered[:, None]
            scales = np.where(self.ordered, variance**-0.5, 1)
            by_scale = np.where(ordered, -0.5 * variance[:, None] ** -1.5 * by_variance, 0)
        by_cut = np.zeros((len(self.item), self.q))
        own, at = self._cuts
        by_cut[at, own] = 1
        item = self.item
        moved = (by_cut - by_mean[item]) * scales[item, None]
        moved += by_scale[item] * (self.cuts_at(x) - mean[item])[:, None]
        found = np.where(self.is_cut[:, None], moved, by_mean[item])
        rows, columns = pairs(self.p, diagonal=False)
        # Scaling the ends is cheaper than scaling each covariance.
        end, other = end * scales[:, None], other * scales[:, None]
        lower = end[rows] * other[columns] + end[columns] * other[rows]
        if len(self._scales[0]) or self.theta:
            near = by_scale / scales[:, None]
            lower += (cov[rows, columns] * scales[rows] * scales[columns])[:, None] * (near[rows] + near[columns])
        return np.concatenate([found, by_variance[self.is_numeric], lower])
