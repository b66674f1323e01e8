"""Rows of a file that hold no record: lines of totals, and the header standing once more among the rows."""

import re
from typing import Any

import numpy as np
import pandas as pd

from crqkit.intake.values import holding

_TOTAL = re.compile(
    r"(?i)^\W*(?:(?:grand|sub|sous|zwischen)[ -]?)?"
    r"(?:totals?|totale|totaux|totaal|sum|sums|summe|gesamt|gesamtsumme|insgesamt|suma|somme)[\s:=]*[-−\d.,\s$€£]*$"
)
# In these a word in the first column may be an answer.
ANSWERED = ("responses", "reviews")


def headers_again(frame: pd.DataFrame, names: dict[str, str]) -> np.ndarray:
    """Return where a row says again what the header says; `names` are the headers as they stand in the file.

    >>> frame = pd.DataFrame({"date": ["2026-05-01", "date"], "amount": ["3", "amount"]}, dtype="str")
    >>> headers_again(frame, {}).tolist()
    [False, True]
    """
    hits, often = np.ones(len(frame), dtype=bool), np.zeros(len(frame), dtype=int)
    for name in frame:
        values = frame[name]
        same = values.str.strip().eq(names.get(name, name).replace("\ufeff", "").strip()).fillna(False).to_numpy(bool)
        hits &= same | values.isna().to_numpy()
        often += same
        if not hits.any():
            break
    return hits & (often >= min(2, len(frame.columns)))


def totals(opened: Any) -> np.ndarray:
    """Return the lines of totals of a sheet typed by hand; exports of shop systems have none."""
    format, frame = opened.format, opened.raw.frame
    none = np.zeros(len(frame), dtype=bool)
    if not (format.template or format.id == "mapping") or not len(frame.columns):
        return none
    ids = [name for name in format.columns if name.endswith("_id")]
    found = {name: opened.cells(format.columns[name]) for name in (*ids, "at", "customer_key", "referrer_key")
             if name in format.columns}  # fmt: skip
    texts = {name: cells.values for name, cells in found.items() if cells is not None}
    hits = none
    for name, values in texts.items():
        said = _says_total(values)
        # Somebody may be called Suma: a sale of hers has a number.
        numbered = [texts[one].notna().to_numpy() for one in ids if one in texts] if name.endswith("_key") else []
        hits = hits | (said & ~np.any(numbered, axis=0) if numbered else said)
    if format.table in ANSWERED:
        return hits
    first = frame.iloc[:, 0]
    for place in range(1, len(frame.columns)):
        if not first.isna().any():
            break
        first = first.fillna(frame.iloc[:, place])
    people = [cells.column for name, cells in found.items() if cells is not None and name.endswith("_key")]
    named = frame.columns[0] in people
    return hits if named else hits | _says_total(first)


def _says_total(values: pd.Series) -> np.ndarray:
    return holding(values, _TOTAL.match)
