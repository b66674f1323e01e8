"""The products of orders: one row each, or all of an order packed into one cell."""

import re

import numpy as np
import pandas as pd

from crqkit.intake.opened import Opened
from crqkit.intake.values import Cells, numbers, plain, rounded

# A comma parts two products only where a number and a multiplication sign follow: names hold commas too. The sign
# stands as close to the number as in the first product, so that "Screws, 4 × 40" is one.
_PARTING = {
    True: re.compile(r",\s+(?=\d+(?:[.,]\d+)?[×✕]\s)"),
    False: re.compile(r",\s+(?=\d+(?:[.,]\d+)?\s+[×✕]\s)"),
}
_PACKED = re.compile(r"^\s*(\d+(?:[.,]\d+)?)(\s*)[×✕]\s+(.+?)\s*$", re.DOTALL)
COUNTED = ("qty", "price", "amount")


def read_lines(opened: Opened, alive: np.ndarray) -> pd.DataFrame | None:
    """Return the products in the rows that are `alive`, by the place of their row; nothing where there are none."""
    if opened.format.packed:
        cells = opened.cells(opened.format.packed, alive)
        return None if cells is None else _unpacked(cells).assign(**{"file": opened.raw.file})
    found: dict[str, Cells] = {}
    for name, headers in opened.format.lines.items():
        cells = opened.cells(headers, alive)
        if cells is not None:
            found[name] = cells
    if not found:
        return None
    counted = {name: found.pop(name) for name in COUNTED if name in found}
    lines = pd.DataFrame({name: plain(cells) for name, cells in found.items()})
    lines = lines.assign(**numbers(counted, opened.habits, opened.findings), **opened.trace(opened.raw.rows[alive]))
    if "amount" in lines:
        price = (lines["amount"] / lines["qty"]).where(lines["qty"] != 0)
        lines = lines.assign(price=rounded(price)).drop(columns="amount")
    filled = pd.concat([cells.values.notna() for cells in (*found.values(), *counted.values())], axis=1).any(axis=1)
    return lines[filled]


def _unpacked(cells: Cells) -> pd.DataFrame:
    """Return a row for each product of cells like ``2× Mug, 1× Tea``; each unique cell is read once."""
    codes, texts = pd.factorize(cells.values)
    products = [products_of(str(text)) for text in texts]
    sizes = np.array([*(len(found) for found in products), 0])
    starts = np.concatenate([[0], np.cumsum(sizes)])[codes]
    often = sizes[codes]
    within = np.arange(often.sum()) - np.repeat(np.cumsum(often) - often, often)
    flat = [product for found in products for product in found]
    taken = np.repeat(starts, often) + within
    quantity = np.array([qty for qty, _ in flat] or [0.0])[taken]
    names = np.array([name for _, name in flat] or [""], dtype=object)[taken]
    index = np.repeat(cells.values.index.to_numpy(), often)
    return pd.DataFrame({"name": names, "qty": quantity, "row": np.repeat(cells.rows, often)}, index=index)


def products_of(text: str) -> list[tuple[float, str]]:
    """Return how many of which product a packed cell holds; a name may contain commas.

    >>> products_of("2× Mug, blue, 1× Tea")
    [(2.0, 'Mug, blue'), (1.0, 'Tea')]
    >>> products_of("2× Screws, 4 × 40, 1× Tea")
    [(2.0, 'Screws, 4 × 40'), (1.0, 'Tea')]
    """
    first = _PACKED.match(text)
    pieces = [_PACKED.match(piece) for piece in _PARTING[first is None or not first[2]].split(text)]
    return [(float(piece[1].replace(",", ".")), piece[3]) for piece in pieces if piece]
