"""Rows of a file to a table that asks for no more than typed columns: tickets, jobs, bookings and so on."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.claims import check_signs, plain_codes
from crqkit.intake.currency import against, currency_codes
from crqkit.intake.opened import Opened, Part, own_ids, uses
from crqkit.intake.privacy import customer_keys
from crqkit.intake.sense import check_sense
from crqkit.intake.times import times
from crqkit.intake.values import Cells, flags, numbers, plain, rewritten
from crqkit.tables.schema import (
    CAME,
    CANCELLED,
    FINDING,
    FLAG,
    KEEPING,
    NO_SHOW,
    NUMBER,
    OPEN,
    PLANNED,
    SOLVED,
    TABLES,
    TIME,
    TRACE,
)

# What tells one row of a table from another, made for tables that have no number of their own.
RECORD = "record_id"
PERSONS = ("customer_key", "referrer_key")
# Of each group of columns one must be filled, or the row says nothing.
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "customers": (),
    "interactions": (("at",),),
    "events": (("case_id",), ("activity",), ("at",)),
    "jobs": (("promised_at", "quoted"),),
    "bookings": (("at",),),
    "subscriptions": (("customer_key",), ("started_at",)),
    "units": (("unit",), ("period",), ("measure",), ("value",)),
    "costs": (("kind",), ("amount",)),
    "referrals": (("referrer_key",),),
    "spend": (("channel",), ("at",), ("amount",)),
    "shifts": (("unit",), ("at",)),
    "claims": (("claim_code",),),
}
ALLOWED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("bookings", "status"): (CAME, NO_SHOW, CANCELLED, PLANNED),
    ("interactions", "status"): (OPEN, SOLVED),
    ("spend", "purpose"): (FINDING, KEEPING),
}
# These may lie ahead: what is promised, booked or agreed.
AHEAD = {("jobs", "promised_at"), ("bookings", "at"), ("subscriptions", "ended_at"), ("shifts", "at")}
NOT_NEGATIVE = (
    "quoted",
    "charged",
    "price",
    "people",
    "hours",
    "staff",
    "new_customers",
    "stated_orders",
    "first_reply_minutes",
    "reopens",
)
# Money, which has the currency of its row.
MONEY = ("quoted", "charged", "price", "amount")


def read_records(opened: Opened) -> Part:
    """Return the rows of one file for the table that its format names."""
    format, table = opened.format, TABLES[opened.format.table]
    opened.apply_rules(opened.fates.kept)
    there = opened.fates.kept
    rows = opened.raw.rows[there]
    given = opened.given(there, [name for name in table.columns if name not in TRACE])
    given = {name: rewritten(cells, format.rewrite.get(name, ())) for name, cells in given.items()}
    frame = pd.DataFrame(index=opened.raw.frame.index[there]).assign(**opened.trace(rows))
    frame = frame.assign(**_typed(opened, given, there))
    if "currency" in table.columns:
        frame["currency"] = _currency(opened, frame)
        for name in MONEY:
            if name in given and name in frame:
                against(given[name], frame["currency"], opened.findings)
    _check(opened, frame, given, rows)
    frame, repeats = _numbered(opened, frame, given)
    opened.drop_spoiled()
    again = np.zeros(len(there), dtype=bool)
    again[np.flatnonzero(there)] = repeats
    opened.fates.drop(again, "duplicate")
    nobody = np.zeros(len(there), dtype=bool)
    if table.name == "customers":
        nobody[np.flatnonzero(there)] = frame["customer_key"].isna()
    opened.fates.drop(nobody, "nobody")
    unit = pd.Series(pd.NA, index=opened.raw.frame.index, dtype="string")
    unit[frame.index] = frame[RECORD]
    frame = frame[opened.fates.kept[frame.index]]
    moment = next((name for name in ("at", "promised_at", "started_at", "first_seen") if name in frame), None)
    stamps = pd.DataFrame({"id": frame[RECORD], "row": frame["row"], "changed": pd.NaT, "numbered": False})
    stamps["at"] = frame[moment] if moment else pd.Series(pd.NaT, frame.index, dtype="datetime64[us, UTC]")
    return Part(
        opened.raw.file, format, {table.name: frame}, stamps, unit, opened.fates, opened.known_names(),
        mapped=opened.mapped(uses(format), table.name), aliases=opened.aliases(),
    )  # fmt: skip


def _typed(opened: Opened, given: Mapping[str, Cells], there: np.ndarray) -> dict[str, pd.Series]:
    kinds = TABLES[opened.format.table].columns
    cells = {name: _said(opened, name, one) for name, one in given.items()}
    columns: dict[str, pd.Series] = {}
    moments = {name: one for name, one in cells.items() if kinds[name] == TIME}
    ahead = [name for name in moments if (opened.format.table, name) in AHEAD]
    columns |= times(moments, opened.habits, opened.findings, ahead=ahead)
    counted = {name: one for name, one in cells.items() if kinds[name] == NUMBER}
    columns |= numbers(counted, opened.habits, opened.findings) if counted else {}
    for name, one in cells.items():
        if name == "claim_code":
            check_signs(Cells(one.column, plain(one), one.rows), opened.findings, "Or take the row out.")
            columns[name] = plain_codes(plain(one))
        elif name == "referrer_key":
            columns[name] = opened.keys_of(one.values, None, one)
        elif name == "currency":
            columns[name] = currency_codes(one, opened.findings)
        elif kinds[name] == FLAG:
            columns[name] = flags(one, opened.findings)
        elif name.endswith("_id"):
            columns[name] = _key(opened, one)
        elif name not in (*columns, *PERSONS):
            columns[name] = _word(opened, name, one)
    if "customer_key" in kinds:
        columns["customer_key"] = opened.persons(there)
    if opened.format.table == "customers":
        # Who has neither address nor telephone is still somebody by the number that the system gives.
        columns["customer_key"] = columns["customer_key"].fillna(opened.alias_keys(there))
        if opened.format.sayings and not columns.get("consent", pd.Series(dtype="boolean")).notna().any():
            opened.findings.cautions.append(say("caution.intake.consent", file=opened.raw.file))
    if {"status", "resolved_at"} <= set(columns):
        # A ticket that was opened again keeps the moment at which it was first solved: it is not solved now.
        columns["resolved_at"] = columns["resolved_at"].mask(columns["status"].eq(OPEN).fillna(False).astype(bool))
    return columns


def _currency(opened: Opened, frame: pd.DataFrame) -> pd.Series:
    usual = opened.format.currency or opened.settings.currency or pd.NA
    none = pd.Series(pd.NA, index=frame.index, dtype="string")
    return frame.get("currency", none).astype("string").fillna(usual)


def _key(opened: Opened, cells: Cells) -> pd.Series:
    """Return ids as text; one that is a person's address becomes the key of that person."""
    text = plain(cells).astype("string")
    personal = text.str.contains("@", regex=False).fillna(False).astype(bool)
    return text.mask(personal, customer_keys(cells.values.where(personal), None, opened.key))


def _said(opened: Opened, name: str, cells: Cells) -> Cells:
    """Return the cells with the words of the format put into ours; an empty word stands for unknown."""
    words = {word.casefold(): str(ours) for word, ours in opened.format.words.get(name, {}).items()}
    if not words:
        return cells
    text = plain(cells)
    put = text.str.casefold().map(words)
    return Cells(cells.column, put.where(put.notna(), text).mask(put == ""), cells.rows)


def _word(opened: Opened, name: str, cells: Cells) -> pd.Series:
    text = plain(cells)
    allowed = ALLOWED.get((opened.format.table, name))
    if not allowed:
        return text
    lower = text.str.lower()
    mend = f"Write one of: {', '.join(allowed)}."
    cells.fault(lower.notna() & ~lower.isin(allowed), opened.findings, "this word is not known here", mend)
    return lower


def _check(opened: Opened, frame: pd.DataFrame, given: Mapping[str, Cells], rows: np.ndarray) -> None:
    table = opened.format.table
    for any_of in NEEDED[table]:
        have = [name for name in any_of if name in given]
        values = frame[have].notna().any(axis=1) if have else pd.Series(False, index=frame.index)
        column = given[have[0]].column if have else opened.format.columns.get(any_of[0], any_of)[0]
        opened.lacking(values.where(values, np.nan), rows, column, f"nothing stands under '{column.strip()}'")
    for name in NOT_NEGATIVE:
        if name in given and name in frame:
            given[name].fault(frame[name] < 0, opened.findings, "less than nothing", "Mend the number.")
    check_sense(opened, frame, dict(given))


def _numbered(opened: Opened, frame: pd.DataFrame, given: Mapping[str, Cells]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the rows with what tells them apart, and which say the same as an earlier row of the same number."""
    identity = TABLES[opened.format.table].identity
    own = identity[0] if len(identity) == 1 and opened.format.table != "customers" else ""
    said = [name for name in frame if name not in TRACE]
    made = own_ids(opened.key, frame[said], "T") if len(frame) else pd.Series(dtype="string")
    ids = frame[own].fillna(made) if own in frame else made
    repeats = ids.duplicated().to_numpy()
    if repeats.any():
        same = frame.assign(**{own: ids}).duplicated(said).to_numpy() & repeats
        mend = "Keep one row for each number, or give each row its own."
        what = "the same number as an earlier row, with something else in it"
        bad = repeats & ~same
        if bad.any():
            opened.findings.cells(frame["row"].to_numpy()[bad], given[own].column, what, mend)
        repeats = same
    frame = frame.assign(**{RECORD: ids.astype("string")})
    return (frame.assign(**{own: frame[RECORD]}) if own else frame), repeats
