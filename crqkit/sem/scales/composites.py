"""Sums of items in a fitted model: what part of their variance goes back to one factor.

Every function takes the parameters of one group and works with complex ones, so that errors follow by the delta method.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.structure import Structure

Array = NDArray[Any]


class Scale(NamedTuple):
    """A factor and the items that are added up for it; `whole` counts what reaches them through other factors."""

    factor: str
    items: tuple[str, ...]
    whole: bool = False
    shared: tuple[str, ...] = ()  # items that measure another factor too


class Parts(NamedTuple):
    """Loadings (..., k) on the factor, its variance (...), covariances (..., k, k) of the items; `own` residuals."""

    loading: Array
    variance: Array
    cov: Array
    own: Array


def scales_of(table: pd.DataFrame, higher: tuple[str, ...] | None) -> list[Scale]:
    """Return the factors with items of their own in the model's order, then those above other factors.

    `higher` names factors whose composite is the sum of all items below them; None takes every factor that has none
    of its own.
    """
    rows = table[table["op"] == "=~"]
    observed = set(table.attrs["ov"])
    below: dict[str, list[str]] = {name: [] for name in table.attrs["lv"]}
    for lhs, rhs in zip(rows["lhs"], rows["rhs"], strict=True):
        if rhs not in below[lhs]:
            below[lhs].append(rhs)
    # A loading fixed at 0 in every group is no loading.
    zero = rows["free"].eq(0) & rows["ustart"].eq(0)
    empty = zero.groupby([rows["lhs"], rows["rhs"]]).all()
    items = {f: [i for i in made if i in observed and not empty[f, i]] for f, made in below.items()}
    count = pd.Series([i for made in items.values() for i in made], dtype=object).value_counts()
    found = [Scale(f, tuple(own), shared=tuple(i for i in own if count[i] > 1)) for f, own in items.items() if own]
    if higher is None:
        higher = tuple(f for f, made in below.items() if made and not items[f])
    return found + [Scale(f, _all_items(f, below, items), whole=True) for f in higher]


def _all_items(factor: str, below: dict[str, list[str]], items: dict[str, list[str]]) -> tuple[str, ...]:
    reached, waiting = [], [factor]
    seen = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        reached += items[name]
        waiting += [other for other in below[name] if other in below]
    return tuple(dict.fromkeys(reached))


def parts(structure: Structure, x: Array, scale: Scale) -> Parts:
    """Return what a scale is made of at the group's parameters x (..., q); ordered items as responses of variance 1."""
    paths, links, _ = structure.matrices(x)
    total = np.linalg.inv(np.eye(len(structure.nodes)) - paths)
    cov = total @ links @ total.swapaxes(-1, -2)
    at = np.array([structure.nodes[item] for item in scale.items])
    factor = structure.nodes[scale.factor]
    loading = (total if scale.whole else paths)[..., at, factor]
    among, own = cov[..., at[:, None], at], np.einsum("...ii->...i", links)[..., at]
    if isinstance(structure, OrderedStructure):
        unit = np.where(structure.ordered, structure.residual_scales(x), 1)[..., at]
        loading, own = loading * unit, own * unit**2
        among = among * unit[..., :, None] * unit[..., None, :]
    return Parts(loading, cov[..., factor, factor], among, own)


def omega(made: Parts, cov: Array | None = None) -> Array:
    """Return the share of the sum's variance that goes back to the factor (McDonald 1999, p. 89).

    The denominator is the variance of the sum with all that makes it up, residual covariances and other factors too;
    with `cov` it is the sum's variance in the sample.

    >>> two = Parts(np.array([0.8, 0.6]), np.array(1.0), np.array([[1.0, 0.48], [0.48, 1.0]]), np.array([0.36, 0.64]))
    >>> omega(two).round(3)
    np.float64(0.662)
    """
    whole = (made.cov if cov is None else cov).sum(axis=(-2, -1))
    return made.loading.sum(axis=-1) ** 2 * made.variance / whole


def average_variance(made: Parts, cov: Array | None = None) -> Array:
    """Return the share of the items' variances that goes back to the factor (Fornell & Larcker 1981)."""
    each = np.einsum("...ii->...i", made.cov if cov is None else cov)
    return (made.loading**2).sum(axis=-1) * made.variance / each.sum(axis=-1)


def alpha(cov: Array) -> float:
    """Return Cronbach's alpha of a covariance matrix (k, k), NaN for a single item.

    >>> round(alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 3)
    0.667
    """
    k, total = len(cov), float(cov.sum())
    return float(k / (k - 1) * (1 - np.trace(cov) / total)) if k > 1 and total > 0 else np.nan


def lambda6(cov: Array) -> float:
    """Return Guttman's (1945) sixth bound of reliability, from what each item shares with all the others.

    >>> round(lambda6(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])), 3)
    0.667
    """
    # The inverse's diagonal holds what an item does not share with the others.
    return float(1 - (1 / np.diag(np.linalg.inv(cov))).sum() / cov.sum())
