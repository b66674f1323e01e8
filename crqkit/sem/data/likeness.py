"""How alike the people of one cluster are, and how many independent people they are worth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqkit.sem.data.sample import GroupSample, Sample

Array = NDArray[Any]


def design_effects(group: GroupSample) -> Array:
    """Return for each item how much clusters stretch the variance of its mean (Kish 1965); 1 where they do nothing.

    Weights enter both variances; a missing answer adds nothing to the sum of its cluster.
    """
    weights = np.ones(len(group.raw)) if group.weights is None else group.weights
    off = (group.raw - np.nanmean(group.raw, axis=0)) * weights[:, None]
    known = np.nan_to_num(off)
    _, at = np.unique(group.clusters, return_inverse=True)
    sums = np.zeros((int(at.max()) + 1, known.shape[1]))
    np.add.at(sums, at, known)
    count = len(sums)
    return (sums**2).sum(axis=0) * count / (count - 1) / (known**2).sum(axis=0)


def effective_n(sample: Sample) -> float:
    """Return how many independent people would know the items' means as well, at the items' mean design effect."""
    return sum(group.n / max(float(np.mean(design_effects(group))), 1.0) for group in sample.groups)
