"""Rows of a file to reviews: stars, what was written, and when the shop replied."""

import re

import numpy as np
import pandas as pd

from crqkit.intake.opened import Opened, Part, own_ids, stamps_of, uses
from crqkit.intake.times import times
from crqkit.intake.values import Cells, numbers, plain

STARS = (1, 5)


def read_reviews(opened: Opened) -> Part:
    """Return the reviews of one file; `changed_at` decides between two versions of one review."""
    format, found = opened.format, opened.findings
    opened.apply_rules(opened.fates.kept)
    there = opened.fates.kept
    rows = opened.raw.rows[there]
    given = opened.given(there, ["at", "changed_at", "reply_at", "stars", "text", "review_id"])
    frame = pd.DataFrame(index=opened.raw.frame.index[there]).assign(**opened.trace(rows))
    moments = {name: given[name] for name in ("at", "changed_at", "reply_at") if name in given}
    frame = frame.assign(**times(moments, opened.habits, found))
    if "stars" in given:
        frame["stars"] = _stars(opened, given["stars"])
        opened.lacking(frame["stars"], rows, given["stars"].column, "the stars are missing")
    if "at" in given:
        opened.lacking(frame["at"], rows, given["at"].column, "the date is missing")
    if "text" in given:
        frame["text"] = _rewritten(plain(given["text"]), format.rewrite.get("text", ()))
    ids = (
        plain(given["review_id"]).astype("string")
        if "review_id" in given
        else pd.Series(pd.NA, frame.index, dtype="string")
    )
    unnamed = ids.isna()
    if unnamed.any():
        signs = [name for name in ("at", "stars", "text") if name in frame]
        ids[unnamed] = own_ids(opened.key, frame.loc[unnamed, signs], "V")
    frame = frame.assign(review_id=ids)
    opened.drop_spoiled()
    again = np.zeros(len(there), dtype=bool)
    again[np.flatnonzero(there)] = frame["review_id"].duplicated()
    opened.fates.drop(again, "duplicate")
    unit = pd.Series(pd.NA, index=opened.raw.frame.index, dtype="string")
    unit[frame.index] = frame["review_id"]
    frame = frame[opened.fates.kept[frame.index]]
    mapped = opened.mapped(uses(format), "reviews")
    stamps = stamps_of(frame, "review_id")
    return Part(
        opened.raw.file, format, {"reviews": frame}, stamps, unit, opened.fates, opened.known_names(), mapped=mapped
    )


def _stars(opened: Opened, cells: Cells) -> pd.Series:
    words = {word: str(value) for word, value in opened.format.words.get("stars", {}).items()}
    text = plain(cells)
    said = text.str.lower().map(words).astype("str") if words else text.mask(text.notna())
    values = numbers({"stars": Cells(cells.column, said.fillna(text), cells.rows)}, opened.habits, opened.findings)[
        "stars"
    ]
    outside = (values < STARS[0]) | (values > STARS[1])
    cells.fault(outside, opened.findings, "stars outside 1 to 5", "Mend the number of stars.")
    return values


def _rewritten(texts: pd.Series, pairs: tuple[tuple[str, str], ...]) -> pd.Series:
    for pattern, new in pairs:
        texts = texts.map(lambda text, pattern=pattern, new=new: re.sub(pattern, new, text), na_action="ignore")
    return texts.astype("string")
