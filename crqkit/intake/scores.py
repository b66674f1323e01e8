"""A sheet with one score a row: on which scale it was given has to be told, by the file or by its answers."""

import re

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.opened import Opened
from crqkit.intake.scales import printed_scale
from crqkit.intake.values import Cells, plain
from crqkit.tables.form import POCKET, RATING, Item, load_form

RECOMMEND, SATISFIED = "recommend", "satisfied"
NPS, CSAT = (0.0, 10.0), (1.0, 5.0)
SCALES = {"nps": NPS, "csat": CSAT, "stars": CSAT, "smileys": CSAT}
TELLS = 7
# In words, because a spreadsheet takes 1-5 for the fifth of January.
HOW = (
    "Add a column scale with 0 to 10 (would they recommend you) or 1 to 5 (how satisfied are they) in each row, "
    "or call the column nps or csat."
)


def score_item(opened: Opened, there: np.ndarray) -> tuple[Item, str] | None:
    """Return what the score of a sheet asks and its column; nothing, with a fault, where its scale cannot be told."""
    cells = opened.cells(opened.format.columns.get("score", ()), there)
    if cells is None:
        return None
    told = _said(opened, there)
    if told is None:
        return None
    ends = told or _named(cells.column) or _by_answers(opened, cells)
    if ends is None:
        return None
    if ends == NPS:
        return load_form(POCKET)[RECOMMEND], cells.column
    return Item(SATISFIED, str(say("log.score.satisfied")), RATING, low=ends[0], high=ends[1]), cells.column


def _said(opened: Opened, there: np.ndarray) -> tuple[float, float] | tuple[()] | None:
    """Return the ends that the column `scale` names, nothing said as (), and None with a fault where it is unclear."""
    cells = opened.cells(opened.format.columns.get("scale", ()), there)
    if cells is None:
        return ()
    text = plain(cells).str.casefold()
    ends = {str(one): _ends(str(one)) for one in text.dropna().unique()}
    unknown = text.isin([one for one, found in ends.items() if found is None])
    cells.fault(unknown, opened.findings, "this scale is not known here", "Write 0 to 10, 1 to 5, nps or csat.")
    known = sorted({found for found in ends.values() if found})
    if len(known) > 1:
        mend = "Put the answers of each scale into a file of their own."
        opened.findings.whole("there is more than one scale in this sheet", mend, column=cells.column)
    return None if len(known) > 1 or (unknown.any() and not known) else known[0] if known else ()


def _ends(text: str) -> tuple[float, float] | None:
    if text in SCALES:
        return SCALES[text]
    printed = printed_scale(text)
    return (float(printed[0]), float(printed[1])) if printed else None


def _named(header: str) -> tuple[float, float] | None:
    """Return the scale that the name of the column tells."""
    printed = printed_scale(header)
    if printed:
        return float(printed[0]), float(printed[1])
    words = re.findall(r"[a-z]+", header.casefold())
    return next((ends for word, ends in SCALES.items() if word in words), None)


def _by_answers(opened: Opened, cells: Cells) -> tuple[float, float] | None:
    """Return 0 to 10 where the answers go beyond every shorter scale; else ask."""
    values = pd.to_numeric(plain(cells), errors="coerce").dropna()
    if len(values) and values.max() > TELLS and values.between(*NPS).all():
        opened.findings.cautions.append(
            say("caution.intake.score", file=opened.raw.file, column=cells.column, highest=float(values.max()))
        )
        return NPS
    what = "it cannot be told on which scale these scores were given"
    opened.findings.whole(what, HOW, column=cells.column)
    return None
