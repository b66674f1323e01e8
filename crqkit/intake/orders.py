"""Rows of a file to orders: one row or several an order, with money charged, given back and kept."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.currency import against, currency_codes
from crqkit.intake.format import Rule
from crqkit.intake.lines import read_lines
from crqkit.intake.opened import Opened, Part, among, matching, own_ids, uses
from crqkit.intake.sayings import drop_undecided, drop_unknown
from crqkit.intake.times import times
from crqkit.intake.values import Cells, currency_sign, flags, mark_like, numbers, plain, rewritten, rounded
from crqkit.intake.zones import moments, with_time
from crqkit.tables.schema import REFUND, SALE

MONEY = ["total", "net", "kept", "refunds", "gross", "subtotal", "discount", "shipping", "tax", "n_items"]
TEXTS = ["currency", "channel", "country"]
CLOCK = ["at", "at_time", "at_zone"]
# Stands between the number of a sale and the moment at which money of it was given back.
BACK = " refund "
HALF_CENT = 0.005
# What tells an order without a number from another; a column that not every file has would count it anew.
SIGNED = ["customer_key", "at", "total", "refunds"]


def read_orders(opened: Opened) -> Part:
    """Return the orders of one file, and its lines where the format has some."""
    opened.apply_rules(opened.fates.kept, rules=[rule for rule in opened.format.drop_when if rule.negative])
    owner, heads = _owners(opened)
    drop_undecided(opened)
    stamps, zone = _stamps(opened, heads)
    opened.apply_rules(heads, owner)
    drop_unknown(opened, heads & opened.fates.kept)
    heads &= opened.fates.kept
    orders = _headers(opened, heads, owner, stamps)
    lines = read_lines(opened, np.append(heads, False)[owner] & opened.fates.kept)
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
        counted = orders["order_id"].map(lines.groupby("order_id")["qty"].sum()).astype("float64")
        stated = orders.get("n_items", counted).fillna(counted)
        tables = {"orders": orders.assign(n_items=stated), "order_lines": lines}
    opened.findings.cautions += [say(f"caution.intake.{name}", file=opened.raw.file) for name in opened.format.cautions]
    format = replace(opened.format, timezone=zone) if zone and not opened.format.timezone else opened.format
    return Part(
        opened.raw.file, format, tables, stamps, unit, opened.fates, opened.known_names(),
        mapped=opened.mapped(uses(format), "orders"), aliases=opened.aliases(),
    )  # fmt: skip


# Which rows make an order -------------------------------------------------------------------------------------------


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
    codes, _ = pd.factorize(_together(opened, named))
    places = np.flatnonzero(heads & (codes >= 0))
    head_of = np.full(codes.max(initial=-1) + 2, -1)
    head_of[codes[places][::-1]] = places[::-1]
    owner = head_of[codes]
    if first is None:
        owner = np.where(there & (codes < 0), everyone, owner)
    if not format.summed:
        _repeated(opened, places, owner, codes)
    lost = there & opened.fates.kept & (owner < 0)
    if lost.any():
        mend = "Keep all rows of an order together with its first row, or export the file again."
        opened.findings.cells(opened.raw.rows[lost], named.column, "a row of an order whose first row is missing", mend)
        opened.drop_spoiled()
    return owner, heads & (owner == everyone)


def _together(opened: Opened, named: Cells) -> pd.Series:
    """Return a text that the rows of one order share: its number, and the moment of a refund that stands apart."""
    text = plain(named)
    if not opened.format.own_refunds:
        return text
    everyone = np.ones(len(text), dtype=bool)
    given = opened.given(everyone, CLOCK)
    moment = with_time(given["at"], given.get("at_time")).values.fillna("")
    return text.where(~_back(opened, everyone), text + BACK + moment)


def _repeated(opened: Opened, places: np.ndarray, owner: np.ndarray, codes: np.ndarray) -> None:
    """Drop an order that stands twice in the file word for word; where its money or time differs, note a fault."""
    again = places[owner[places] != places]
    if not len(again):
        return
    format = opened.format
    headers = [name for field in (*CLOCK, "total", "net", "refunds") for name in format.columns.get(field, ())]
    headers += [name for names in format.sums.values() for name in names]
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


def _stamps(opened: Opened, heads: np.ndarray) -> tuple[pd.DataFrame, str]:
    """Return number and time of every order of the file, also of those that will be left out; and the file's zone.

    The first row of an order speaks for it: a date on its other rows is not read, so it cannot be at fault.
    """
    given = opened.given(heads, [*CLOCK, "order_id", "changed_at"])
    deals = opened.format.stages is not None
    if deals:
        # The day on which an open deal is hoped for is no moment of a sale.
        hoped = Cells(given["at"].column, given["at"].values.where(opened.fates.kept[heads]), given["at"].rows)
        given["at"] = hoped
    frame = pd.DataFrame({"row": opened.raw.rows[heads]}, index=opened.raw.frame.index[heads])
    at, zone = moments(given, opened.habits, opened.findings)
    ids = (
        plain(given["order_id"]).astype("string")
        if "order_id" in given
        else pd.Series(pd.NA, frame.index, dtype="string")
    )
    if opened.format.own_refunds:
        back = _back(opened, heads)
        ids[back] = ids[back] + BACK + at[back].dt.strftime("%Y-%m-%dT%H:%M:%S")
    changed = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    if "changed_at" in given:
        changed = times({"changed_at": given["changed_at"]}, opened.habits, opened.findings)["changed_at"]
    # The date of a deal moves while it is open: the same number with another date is no other deal.
    return frame.assign(id=ids, at=at, changed=changed, numbered=ids.notna() & (not deals)), zone


# What an order says -------------------------------------------------------------------------------------------------


def _headers(opened: Opened, heads: np.ndarray, owner: np.ndarray, stamps: pd.DataFrame) -> pd.DataFrame:
    """Return one row an order, indexed by the place of its first row in the file."""
    given = opened.given(heads, ["at", "consent", *TEXTS])
    rows = opened.raw.rows[heads]
    frame = pd.DataFrame(index=opened.raw.frame.index[heads]).assign(**opened.trace(rows))
    # Where every order is left out, a longer column would bring rows back: pandas lets an empty frame grow.
    frame = frame.assign(at=stamps.loc[frame.index, "at"], order_id=stamps.loc[frame.index, "id"])
    frame = frame.assign(**_amounts(opened, heads, owner))
    frame = frame.assign(**{name: plain(given[name]) for name in TEXTS if name in given})
    if "currency" in given:
        frame["currency"] = currency_codes(given["currency"], opened.findings)
    frame["customer_key"] = opened.persons(heads)
    if "consent" in given:
        frame["consent"] = flags(given["consent"], opened.findings)
    paid = "total" if "total" in frame else "net"
    amount = _first(opened, paid, heads)
    opened.lacking(frame["at"], rows, given["at"].column, "the date is missing")
    opened.lacking(frame[paid], rows, amount.column, "the amount is missing")
    frame["currency"] = _currency(opened, frame, amount)
    against(amount, frame["currency"], opened.findings)
    frame = _money(opened, frame, heads, paid)
    signs = [name for name in SIGNED if name in frame]
    unnamed = frame["order_id"].isna()
    if unnamed.any():
        frame.loc[unnamed, "order_id"] = own_ids(opened.key, frame.loc[unnamed, signs], "O")
    return frame


def _amounts(opened: Opened, heads: np.ndarray, owner: np.ndarray) -> dict[str, pd.Series]:
    """Return the numbers of each order by our names; of one with several rows that carry money, their sum."""
    format, habits, found = opened.format, opened.habits, opened.findings
    where = np.append(heads, False)[owner] & opened.fates.kept if format.summed else heads
    given = opened.given(where, MONEY)
    given |= {name: rewritten(cells, format.rewrite.get(name, ())) for name, cells in given.items()}
    parts = {
        f"{name}, {header}": cells
        for name, headers in format.sums.items()
        for header in headers
        if (cells := opened.cells([header], where)) is not None
    }
    spoken = {name: cells for name, cells in given.items() if name in format.like}
    said = numbers({name: one for name, one in (given | parts).items() if name not in spoken}, habits, found)
    for name, cells in spoken.items():
        reference = said.get(format.like[name])
        mark = mark_like(cells, reference) if reference is not None else ""
        said |= numbers({name: cells}, replace(habits, usual_decimal=mark or habits.usual_decimal), found)
    for name in format.sums:
        adding = [said.pop(part) for part in parts if part.startswith(f"{name}, ")]
        said[name] = pd.concat(adding, axis=1).sum(axis=1, min_count=1)
    if format.summed and said:
        groups = opened.raw.frame.index.to_numpy()[owner[where]]
        sums = pd.DataFrame(said).groupby(groups).sum(min_count=1).reindex(opened.raw.frame.index[heads])
        said = {name: sums[name] for name in said}
    return said


def _first(opened: Opened, name: str, where: np.ndarray) -> Cells:
    """Return the cells of a column of ours, or of the first of those that add up to it."""
    headers = opened.format.sums.get(name) or opened.format.columns[name]
    cells = opened.given(where, [name]).get(name) or opened.cells(headers, where)
    none = pd.Series(pd.NA, index=opened.raw.frame.index[where], dtype="str")
    cells = cells or Cells(headers[0], none, opened.raw.rows[where])
    return rewritten(cells, opened.format.rewrite.get(name, ()))


def _currency(opened: Opened, frame: pd.DataFrame, amount: Cells) -> pd.Series:
    """Return the currency of each order: of its row, its file, its folder, or the sign at its amounts."""
    known = opened.format.currency or opened.settings.currency
    if "currency" in frame:
        return frame["currency"].fillna(known or pd.NA)
    return pd.Series(known or currency_sign(amount) or pd.NA, frame.index, dtype="string")


def _money(opened: Opened, frame: pd.DataFrame, heads: np.ndarray, paid: str) -> pd.DataFrame:
    """Add what was charged, given back and kept, and whether the row is a visit."""
    format = opened.format
    total = frame[paid].copy()
    refunds = frame["refunds"].fillna(0).abs() if "refunds" in frame else pd.Series(0.0, index=frame.index)
    if "kept" in frame:
        refunds = (total - frame["kept"]).clip(lower=0).fillna(refunds)
    whole = _any(opened, format.full_refund_when, heads)
    refunds = refunds.mask(whole & (refunds == 0), total)
    below = (total < 0).to_numpy()
    told = format.refund_when or format.refund_negative
    back = _back(opened, heads) | (below & format.own_refunds) if told else below
    # A total that is put together has its refunds beside it; elsewhere the two name the same money.
    refunds = refunds.mask(back, total.abs() + (refunds if "total" in format.sums else 0))
    total = total.mask(back, 0.0)
    net = rounded(total - refunds)
    status = pd.Series(SALE, index=frame.index).mask((refunds > 0) & (net < HALF_CENT), REFUND)
    if "discount" in frame and format.own_refunds:
        frame["discount"] = frame["discount"].abs() * np.where(back, -1, 1) + 0.0
    if "gross" not in frame:
        has = {"subtotal", "discount"} <= set(frame)
        frame["gross"] = frame["subtotal"] + frame["discount"].fillna(0) if has else np.nan
    return frame.assign(total=total, refunds=refunds, net=net, status=status)


def _back(opened: Opened, where: np.ndarray) -> np.ndarray:
    """Return which of the rows give money back, by what the format says of them."""
    hits = _any(opened, opened.format.refund_when, where)
    below = opened.cells(opened.format.refund_negative, where)
    return hits if below is None else hits | matching(below.values, Rule(below.column, "", negative=True))


def _any(opened: Opened, conditions: Mapping[str, tuple[str, ...]], heads: np.ndarray) -> np.ndarray:
    hits = np.zeros(int(heads.sum()), dtype=bool)
    for column, allowed in conditions.items():
        cells = opened.cells([column], heads)
        if cells is not None:
            hits |= among(cells, allowed)
    return hits
