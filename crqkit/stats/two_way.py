"""Polychoric correlations of all pairs of ordered items at once, from their two-way tables."""

import numpy as np

from crqkit.stats.binormal import cell_probabilities, cell_slopes, climb, steer, threshold_slopes
from crqkit.stats.ordered_items import LEAST_INFORMATION, Items

# A cell that somebody is in, with less than this: rounding has eaten its probability, the correlation is too strong.
LOST = 1e-14
# Numbers held at once while persons are counted into tables.
BLOCK = 4_000_000


def ordered_pairs(items: Items) -> np.ndarray:
    """Return which of the pairs are of two ordered items."""
    first, second = items.pairs
    return np.flatnonzero(items.ordered[first] & items.ordered[second])


def count_tables(items: Items) -> np.ndarray:
    """Return the two-way table of every pair of ordered items, (pairs, categories, categories)."""
    n, p = items.codes.shape
    width = max(map(len, items.levels)) + 1
    total = np.zeros((p * width, p * width))
    step = max(1, BLOCK // (p * width))
    places = np.arange(p) * width
    for at in range(0, n, step):
        rows = slice(at, at + step)
        # A missing answer, −1, falls in the last column.
        marks = np.zeros((len(items.codes[rows]), p * width))
        np.put_along_axis(marks, places + items.codes[rows] % width, 1.0, axis=1)
        total += marks.T @ (marks * items.weights[rows, None])
    which = ordered_pairs(items)
    first, second = (side[which] for side in items.pairs)
    return total.reshape(p, width, p, width)[first, :-1, second, :-1]


def _keep_margins(items: Items, tables: np.ndarray) -> np.ndarray:
    """Return the tables with half a person put into the only empty cell of a 2 x 2 table, the margins kept."""
    which = ordered_pairs(items)
    sizes = np.array([len(found) for found in items.levels])
    small = np.logical_and(*(sizes[side[which]] == 2 for side in items.pairs))
    empty = tables[:, :2, :2] == 0
    lone = small & (empty.sum(axis=(1, 2)) == 1)
    diagonal = empty[lone, 0, 0] | empty[lone, 1, 1]
    shift = np.where(diagonal, 0.5, -0.5)[:, None, None] * np.array([[1, -1], [-1, 1]])
    mended = tables.copy()
    mended[lone, :2, :2] = np.maximum(mended[lone, :2, :2] + shift, 0.0)
    return mended


def table_correlations(items: Items, tables: np.ndarray) -> np.ndarray:
    """Return the correlations of all pairs, those with a numeric variable still zero."""
    which, found = ordered_pairs(items), np.zeros(len(items.pairs[0]))
    if not len(which):
        return found
    rows, columns = (items.grid[side[which]] for side in items.pairs)
    counts = _keep_margins(items, tables)

    def derivatives(rho: np.ndarray, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        where, people = (rows[active], columns[active], rho), counts[active]
        chance, (slope, bend) = cell_probabilities(*where), cell_slopes(*where)
        lost = ((chance < LOST) & (people > 0)).any(axis=(1, 2))
        chance = np.maximum(chance, LOST)
        ratio = slope / chance
        gain = (people * ratio).sum(axis=(1, 2))
        curve = (people * (bend / chance - ratio * ratio)).sum(axis=(1, 2))
        return steer(rho, gain, curve, lost)

    found[which] = climb(derivatives, np.zeros(len(which)))
    return found


def cell_influence(items: Items, rho: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Return the influence on each correlation of a person in each cell, the last row and column being "missing"."""
    which = ordered_pairs(items)
    first, second = (side[which] for side in items.pairs)
    rows, columns = items.grid[first], items.grid[second]
    chance = np.maximum(cell_probabilities(rows, columns, rho), LOST)
    score = cell_slopes(rows, columns, rho)[0] / chance
    information = np.maximum((tables * score * score).sum(axis=(1, 2)), LEAST_INFORMATION)
    pull = tables * score / chance
    by_row = -(np.diff(pull, axis=1) * threshold_slopes(rows, columns, rho)).sum(axis=2)
    turned = threshold_slopes(columns, rows, rho)
    by_column = -(np.diff(pull, axis=2).swapaxes(1, 2) * turned).sum(axis=2)
    width = tables.shape[1] + 1
    own = np.zeros((len(items.ordered), width, width - 2))
    for v in np.flatnonzero(items.ordered):
        reach = items.own[v]
        own[v, : len(reach) - 1, : reach.shape[1]] = reach[:-1]
    cells = np.zeros((len(which), width, width))
    cells[:, :-1, :-1] = items.weights.sum() * score
    cells -= (own[first] @ by_row[:, :, None]) + (own[second] @ by_column[:, :, None]).swapaxes(1, 2)
    return cells / information[:, None, None]
