"""Correlations with a numeric variable, given the margins: likelihood, maximum and scores of each person."""

import numpy as np

from crqkit.stats.binormal import FAR, climb, density, steer
from crqkit.stats.ordered_items import LEAST_INFORMATION, Items

# A share of the likelihood below this is no longer told from nothing: the correlation is too strong for that person.
LOST = 1e-280
# Persons times pairs worked on at once, to bound the memory.
BLOCK = 2_000_000


def _between(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    # In the upper tail both are near one and their difference is lost; the mirrored one is not.
    upper = low > 0
    return ndtr(np.where(upper, -low, high)) - ndtr(np.where(upper, -high, low))


def _edges(z: np.ndarray, low: np.ndarray, high: np.ndarray, rho: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """Return for both limits: the standardised limit, its density, its first and second derivative by rho."""
    rest = (1 - rho) * (1 + rho)
    root, out = np.sqrt(rest), []
    for limit in (low, high):
        point, lean = (limit - rho * z) / root, rho * limit - z
        first = lean / (rest * root)
        out.append((point, density(point), first, (limit + 3 * rho * lean / rest) / (rest * root)))
    return out


def serial_correlations(z: np.ndarray, low: np.ndarray, high: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return polyserial correlations given thresholds, means and variances.

    Parameters
    ----------
    z : ndarray (n, pairs)
        Standardised numeric variable of each pair; 0 where either is missing.
    low, high : ndarray (n, pairs)
        Thresholds around the person's answer; −`FAR` and `FAR` where either is missing.
    weights : ndarray (n,)

    Returns
    -------
    ndarray (pairs,)

    Notes
    -----
    The two-step estimator of Olsson, Drasgow & Dorans 1982, Psychometrika 47:337-347.
    """

    def derivatives(rho: np.ndarray, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (a, fa, a1, a2), (b, fb, b1, b2) = _edges(z[:, active], low[:, active], high[:, active], rho)
        share = _between(a, b)
        lost = (share < LOST).any(axis=0)
        share = np.maximum(share, LOST)
        ratio = (fb * b1 - fa * a1) / share
        curve = (fb * (b2 - b * b1 * b1) - fa * (a2 - a * a1 * a1)) / share - ratio * ratio
        return steer(rho, weights @ ratio, weights @ curve, lost)

    return climb(derivatives, np.zeros(z.shape[1]))


def serial_scores(z: np.ndarray, low: np.ndarray, high: np.ndarray, rho: float, variance: float) -> dict:
    """Return each person's derivatives of the log-likelihood of one pair.

    Returns
    -------
    dict of ndarray (n,)
        ``rho``, ``low`` and ``high`` (thresholds below and above the answer), ``mean`` and ``variance``.
    """
    (a, fa, a1, _), (b, fb, b1, _) = _edges(z, low, high, np.asarray(rho))
    share, root = np.maximum(_between(a, b), LOST), np.sqrt((1 - rho) * (1 + rho))
    pull = z + rho / root * (fb - fa) / share
    return {
        "rho": (fb * b1 - fa * a1) / share,
        "low": -fa / (root * share),
        "high": fb / (root * share),
        "mean": pull / np.sqrt(variance),
        "variance": (z * pull - 1) / (2 * variance),
    }


def numeric_correlations(first: np.ndarray, second: np.ndarray, product: np.ndarray) -> np.ndarray:
    """Return correlations of numeric pairs given means and variances.

    Parameters
    ----------
    first, second, product : ndarray (pairs,)
        Mean squares and mean product of the standardised variables over the persons who have both. Both squares are
        one for complete data, and the product is then the answer.
    """

    def derivatives(rho: np.ndarray, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # The likelihood's derivative times (1 − rho²)², which keeps its sign.
        both, squares = product[active], first[active] + second[active]
        return (
            both + rho * (1 - squares) + both * rho**2 - rho**3,
            1 - squares + 2 * both * rho - 3 * rho**2,
        )

    return climb(derivatives, product)


def numeric_scores(z: np.ndarray, other: np.ndarray, rho: float, variances: tuple[float, float]) -> dict:
    """Return each person's derivatives of the log-likelihood of one numeric pair.

    Returns
    -------
    dict of ndarray (n,)
        ``rho``; ``mean`` and ``variance`` of the first; ``other_mean`` and ``other_variance`` of the second.
    """
    rest = (1 - rho) * (1 + rho)
    squares = z * z - 2 * rho * z * other + other * other
    pulls = (z - rho * other) / rest, (other - rho * z) / rest
    return {
        "rho": (rho + z * other - rho * squares / rest) / rest,
        "mean": pulls[0] / np.sqrt(variances[0]),
        "variance": (z * pulls[0] - 1) / (2 * variances[0]),
        "other_mean": pulls[1] / np.sqrt(variances[1]),
        "other_variance": (other * pulls[1] - 1) / (2 * variances[1]),
    }


def limits(codes: np.ndarray, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the thresholds below and above each answer.

    Parameters
    ----------
    codes : ndarray (n,) of int
        Number of the category from 0; −1 for missing, which gives −`FAR` and `FAR`.
    thresholds : ndarray
        Ascending.
    """
    edges = np.concatenate(([-FAR], thresholds, [FAR]))
    # The last entries serve −1, counted from the end.
    return np.append(edges[:-1], -FAR)[codes], np.append(edges[1:], FAR)[codes]


def correlations_with_numeric(items: Items, found: np.ndarray) -> None:
    """Fill in the correlations of the pairs with a numeric variable."""
    first, second = items.pairs
    numeric = np.flatnonzero(~items.ordered[first] & ~items.ordered[second])
    if len(numeric):
        weighted = items.weights[:, None] * items.present
        together = (weighted.T @ items.present)[first[numeric], second[numeric]]
        squares = (items.z**2 * weighted).T @ items.present
        products = ((items.z * weighted).T @ items.z)[first[numeric], second[numeric]] / together
        found[numeric] = numeric_correlations(
            squares[first[numeric], second[numeric]] / together,
            squares[second[numeric], first[numeric]] / together,
            products,
        )
    mixed = np.flatnonzero(items.ordered[first] != items.ordered[second])
    width = max(1, BLOCK // len(items.z))
    for part in (mixed[at : at + width] for at in range(0, len(mixed), width)):
        z, low, high = (np.stack(side, axis=1) for side in zip(*(_sides(items, e) for e in part), strict=True))
        found[part] = serial_correlations(z, low, high, items.weights)


def _sides(items: Items, pair: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of an ordered-numeric pair: standardised values, thresholds below and above; neutral where missing."""
    item, variable = _item_first(items, pair)
    both = items.present[:, item] & items.present[:, variable]
    low, high = limits(np.where(both, items.codes[:, item], -1), items.thresholds[item])
    return items.z[:, variable] * both, low, high


def _item_first(items: Items, pair: int) -> tuple[int, int]:
    first, second = (int(side[pair]) for side in items.pairs)
    return (first, second) if items.ordered[first] else (second, first)


def influence_with_numeric(items: Items, found: np.ndarray, people: list[np.ndarray], links: np.ndarray) -> None:
    """Fill in each person's influence on the covariances of the pairs with a numeric variable.

    Parameters
    ----------
    items : Items
    found : ndarray (pairs,)
        Correlations.
    people : list of ndarray
        Each person's influence on the margins of each variable.
    links : ndarray (n, pairs)
        Filled in here.
    """
    first, second = items.pairs
    deviations = np.sqrt(items.variances)
    for pair in np.flatnonzero(~items.ordered[first] | ~items.ordered[second]):
        one, two = _item_first(items, pair)
        weights = items.weights * items.present[:, one] * items.present[:, two]
        if items.ordered[one]:
            score, by_one, by_two = _serial_crosses(items, one, two, found[pair], _sides(items, pair), weights)
        else:
            score, by_one, by_two = _numeric_crosses(items, one, two, found[pair], weights)
        share = items.weights.sum() * score * (weights > 0) - people[one] @ by_one - people[two] @ by_two
        information = max(float(weights @ (score * score)), LEAST_INFORMATION)
        share *= deviations[one] * deviations[two] / information
        covariance = found[pair] * deviations[one] * deviations[two]
        for side in (one, two):
            if not items.ordered[side]:
                share = share + covariance / (2 * items.variances[side]) * people[side][:, 1]
        links[:, pair] = share


def _serial_crosses(
    items: Items, item: int, variable: int, rho: float, sides: tuple[np.ndarray, ...], weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the scores for the correlation and their sums of products with those for the margins of both."""
    scores = serial_scores(*sides, rho, items.variances[variable])
    weighted = weights * scores["rho"]
    size = len(items.thresholds[item]) + 1
    # Persons without both have weight zero; any category does for them.
    codes = np.maximum(items.codes[:, item], 0)
    above = np.bincount(codes, weights=weighted * scores["high"], minlength=size)[:-1]
    beneath = np.bincount(codes, weights=weighted * scores["low"], minlength=size)[1:]
    crosses = np.array([weighted @ scores["mean"], weighted @ scores["variance"]])
    return scores["rho"], above + beneath, crosses


def _numeric_crosses(
    items: Items, one: int, two: int, rho: float, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores = numeric_scores(items.z[:, one], items.z[:, two], rho, (items.variances[one], items.variances[two]))
    weighted = weights * scores["rho"]
    crosses = [weighted @ scores[name] for name in ("mean", "variance", "other_mean", "other_variance")]
    return scores["rho"], np.array(crosses[:2]), np.array(crosses[2:])
