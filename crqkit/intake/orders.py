"""Rows of a file to orders: one row or several an order, with money charged, given back and kept."""

import numpy as np
import pandas as pd

from crqkit.intake.opened import Opened, Part, among, own_ids, uses
from crqkit.intake.times import times
from crqkit.intake.values import Cells, flags, numbers, plain
from crqkit.tables.schema import REFUND, SALE

MONEY = ["total", "net", "refunds", "subtotal", "discount", "shipping", "tax", "n_items"]
TEXTS = ["currency", "channel", "country"]
HALF_CENT = 0.005
SIGNED = ["customer_key", "at", "total", "refunds", "currency", "channel", "country"]


def read_orders(opened: Opened) -> Part:
    """Return the orders of one file, and its lines where the format has some."""
    owner, heads = _owners(opened)
    stamps = _stamps(opened, heads)
    opened.apply_rules(heads, owner)
    heads &= opened.fates.kept
    orders = _headers(opened, heads, stamps)
    lines = _lines(opened, owner, heads)
    opened.drop_spoiled(owner)
    kept = opened.fates.kept
    orders = orders[kept[np.flatnonzero(heads)]]
    # An order that is cancelled in the newer file must not live on in the older: left out ones are compared too.
    stamps = stamps[~opened.fates.dropped_for("faulty")[stamps.index]]
    stamps.loc[orders.index, "id"] = orders["order_id"]
    unit = pd.Series(pd.NA, index=opened.raw.frame.index, dtype="string")
    unit[stamps.index] = stamps["id"]
    unit = pd.Series(unit.array.take(owner, allow_fill=True), index=unit.index)
    tables = {"orders": orders}
    if lines is not None:
        lines = lines.assign(order_id=unit.loc[lines.index])[kept[lines.index]]
        counted = lines.groupby("order_id")["qty"].sum()
        tables = {"orders": orders.assign(n_items=orders["order_id"].map(counted)), "order_lines": lines}
    mapped = opened.mapped(uses(opened.format), "orders")
    return Part(opened.raw.file, opened.format, tables, stamps, unit, opened.fates, opened.known_names(), mapped=mapped)


def _owners(opened: Opened) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of the row that speaks for each row (-1: none), and which rows speak for an order."""
    frame, format = opened.raw.frame, opened.format
    there = opened.fates.kept
    everyone = np.arange(len(frame))
    named = opened.cells(format.columns.get("order_id", ()))
    first = opened.cells([format.head]) if format.head else None
    heads = there & (first.values.notna().to_numpy() if first is not None else True)
    if named is None:
        return np.where(there, everyone, -1), heads
    codes, _ = pd.factorize(plain(named))
    places = np.flatnonzero(heads & (codes >= 0))
    head_of = np.full(codes.max(initial=-1) + 2, -1)
    head_of[codes[places][::-1]] = places[::-1]
    owner = head_of[codes]
    if first is None:
        owner = np.where(there & (codes < 0), everyone, owner)
    _repeated(opened, places, owner, codes)
    lost = there & opened.fates.kept & (owner < 0)
    if lost.any():
        mend = "Keep all rows of an order together with its first row, or export the file again."
        opened.findings.cells(opened.raw.rows[lost], named.column, "a row of an order whose first row is missing", mend)
        opened.drop_spoiled()
    return owner, heads & (owner == everyone)


def _repeated(opened: Opened, places: np.ndarray, owner: np.ndarray, codes: np.ndarray) -> None:
    """Drop an order that stands twice in the file word for word; where its money or time differs, note a fault."""
    again = places[owner[places] != places]
    if not len(again):
        return
    headers = [name for field in ("at", "total", "net", "refunds") for name in opened.format.columns.get(field, ())]
    cells = [found.values.fillna("") for name in headers if (found := opened.cells([name])) is not None]
    same = np.ones(len(again), dtype=bool)
    for values in cells:
        same &= values.to_numpy()[again] == values.to_numpy()[owner[again]]
    if not same.all():
        mend = "Keep one row an order, or map another column as order_id."
        what = "the same order number as an earlier row, with another date or amount"
        column = opened.format.columns["order_id"][0]
        opened.findings.cells(opened.raw.rows[again[~same]], column, what, mend)
        opened.drop_spoiled()
    repeat = np.zeros(len(codes), dtype=bool)
    repeat[again[same]] = True
    if opened.format.head:
        latest = np.maximum.accumulate(np.where(np.isin(np.arange(len(codes)), places), np.arange(len(codes)), -1))
        repeat = (latest >= 0) & repeat[latest] & (codes == codes[latest])
    opened.fates.drop(repeat, "duplicate")


def _stamps(opened: Opened, heads: np.ndarray) -> pd.DataFrame:
    """Return number and time of every order of the file, also of those that will be left out.

    The first row of an order speaks for it: a date on its other rows is not read, so it cannot be at fault.
    """
    given = opened.given(heads, ["at", "order_id"])
    frame = pd.DataFrame({"row": opened.raw.rows[heads]}, index=opened.raw.frame.index[heads])
    at = times({"at": given["at"]}, opened.habits, opened.findings)["at"]
    ids = (
        plain(given["order_id"]).astype("string")
        if "order_id" in given
        else pd.Series(pd.NA, frame.index, dtype="string")
    )
    return frame.assign(id=ids, at=at, changed=pd.NaT, numbered=ids.notna())


def _headers(opened: Opened, heads: np.ndarray, stamps: pd.DataFrame) -> pd.DataFrame:
    """Return one row an order, indexed by the place of its first row in the file."""
    found = opened.findings
    given = opened.given(heads, ["at", "consent", *MONEY, *TEXTS])
    rows = opened.raw.rows[heads]
    frame = pd.DataFrame(index=opened.raw.frame.index[heads]).assign(**opened.trace(rows))
    # Where every order is left out, a longer column would bring rows back: pandas lets an empty frame grow.
    frame = frame.assign(at=stamps.loc[frame.index, "at"], order_id=stamps.loc[frame.index, "id"])
    frame = frame.assign(**numbers({name: given[name] for name in MONEY if name in given}, opened.habits, found))
    frame = frame.assign(**{name: plain(given[name]) for name in TEXTS if name in given})
    frame["customer_key"] = opened.persons(heads)
    if "consent" in given:
        frame["consent"] = flags(given["consent"], found)
    paid = "total" if "total" in frame else "net"
    opened.lacking(frame["at"], rows, given["at"].column, "the date is missing")
    opened.lacking(frame[paid], rows, given[paid].column, "the amount is missing")
    currency = opened.format.currency or opened.settings.currency or pd.NA
    frame["currency"] = (
        frame["currency"].fillna(currency) if "currency" in frame else pd.Series(currency, frame.index, dtype="string")
    )
    frame = _money(opened, frame, heads, paid)
    signs = [name for name in SIGNED if name in frame]
    unnamed = frame["order_id"].isna()
    if unnamed.any():
        frame.loc[unnamed, "order_id"] = own_ids(opened.key, frame.loc[unnamed, signs], "O")
    return frame


def _money(opened: Opened, frame: pd.DataFrame, heads: np.ndarray, paid: str) -> pd.DataFrame:
    """Add what was charged, given back and kept, and whether the row is a visit."""
    total = frame[paid].copy()
    refunds = frame["refunds"].fillna(0).abs() if "refunds" in frame else pd.Series(0.0, index=frame.index)
    whole = _any(opened, opened.format.full_refund_when, heads)
    refunds = refunds.mask(whole & (refunds == 0), total)
    back = _any(opened, opened.format.refund_when, heads) if opened.format.refund_when else (total < 0).to_numpy()
    refunds = refunds.mask(back, total.abs())
    total = total.mask(back, 0.0)
    net = (total - refunds).round(6)
    status = pd.Series(SALE, index=frame.index).mask((refunds > 0) & (net < HALF_CENT), REFUND)
    gross = frame["subtotal"] + frame["discount"].fillna(0) if {"subtotal", "discount"} <= set(frame) else np.nan
    return frame.assign(total=total, refunds=refunds, net=net, status=status, gross=gross)


def _any(opened: Opened, conditions: dict[str, tuple[str, ...]], heads: np.ndarray) -> np.ndarray:
    hits = np.zeros(int(heads.sum()), dtype=bool)
    for column, allowed in conditions.items():
        cells = opened.cells([column], heads)
        if cells is not None:
            hits |= among(cells, allowed)
    return hits


def _lines(opened: Opened, owner: np.ndarray, heads: np.ndarray) -> pd.DataFrame | None:
    """Return the products of the orders that are kept so far; nothing where the format has none."""
    theirs = opened.format.lines
    alive = np.append(heads, False)[owner] & opened.fates.kept
    found: dict[str, Cells] = {}
    for name, headers in theirs.items():
        cells = opened.cells(headers, alive)
        if cells is not None:
            found[name] = cells
    if not found:
        return None
    counted = {name: found.pop(name) for name in ("qty", "price") if name in found}
    lines = pd.DataFrame({name: plain(cells) for name, cells in found.items()})
    lines = lines.assign(**numbers(counted, opened.habits, opened.findings), **opened.trace(opened.raw.rows[alive]))
    filled = pd.concat([cells.values.notna() for cells in (*found.values(), *counted.values())], axis=1).any(axis=1)
    return lines[filled]
