"""What no cell of a file says outright: by its name, by a column that is filled, or by words only the owner knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crqkit.intake.values import Cells, plain

if TYPE_CHECKING:
    from crqkit.intake.opened import Opened

WON, LOST, STILL_OPEN = "won", "lost", "open"


@dataclass(frozen=True)
class Saying:
    """What holds for the rows that fill a column, or for all rows of a file whose name has a word in it.

    `say` gives columns of ours a word; `take` gives them the headers in which to look. The first that holds for a
    row is meant.
    """

    filled: str = ""
    file_name: tuple[str, ...] = ()
    say: Mapping[str, str] = field(default_factory=dict)
    take: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stages:
    """The column that tells won deals from lost and open ones, and its words that are known without the owner."""

    column: tuple[str, ...] = ()
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statuses:
    """The column that says how an order stands, and its words that mean a sale; others must be known to a rule."""

    column: tuple[str, ...] = ()
    sale: tuple[str, ...] = ()


def named_so(file: str, words: tuple[str, ...]) -> bool:
    """Whether the name of a file, without its folder, has one of the words in it as a word of its own.

    >>> named_so("audience.zip/unsubscribed_members_export_1.csv", ("subscribed",))
    False
    """
    name = PurePosixPath(file).name.casefold()
    return any(re.search(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", name) for word in words)


def add_sayings(opened: "Opened", name: str, where: np.ndarray, cells: Cells | None) -> Cells | None:
    """Return the cells of one of our columns, with what the sayings of the format add for each row."""
    about = [one for one in opened.format.sayings if name in one.say or name in one.take]
    if not about:
        return cells
    index = opened.raw.frame.index[where]
    values = pd.Series(None, index=index, dtype="str") if cells is None else cells.values.copy()
    free = pd.Series(True, index=index)
    for saying in opened.format.sayings:
        holds = free & _holds(opened, saying, where, index)
        free &= ~holds
        if name in saying.say:
            values = values.mask(holds, saying.say[name])
        elif name in saying.take:
            taken = opened.cells(saying.take[name], where)
            values = values.mask(holds, taken.values if taken is not None else None)
    column = cells.column if cells is not None else next(iter(about[0].take.get(name, (name,))))
    return Cells(column, values.astype("str"), opened.raw.rows[where])


def _holds(opened: "Opened", saying: Saying, where: np.ndarray, index: pd.Index) -> pd.Series:
    if saying.file_name:
        return pd.Series(named_so(opened.raw.file, saying.file_name), index=index)
    cells = opened.cells([saying.filled], where)
    return plain(cells).notna() if cells is not None else pd.Series(False, index=index)


def drop_undecided(opened: "Opened") -> None:
    """Leave out deals that are lost or still open; a stage that nobody explained is a fault, once for each.

    What the owner lists in ``shop.yml`` goes before what is known. Where both lists are given, the rest is open.
    """
    stages = opened.format.stages
    cells = opened.cells(stages.column) if stages else None
    if stages is None or cells is None:
        return
    there, owner = opened.fates.kept, opened.settings
    known = dict.fromkeys(map(str.casefold, stages.open), STILL_OPEN)
    known |= dict.fromkeys(map(str.casefold, stages.lost), LOST) | dict.fromkeys(map(str.casefold, stages.won), WON)
    known |= dict.fromkeys(map(_plainly, owner.lost), LOST) | dict.fromkeys(map(_plainly, owner.won), WON)
    words = plain(cells).map(_plainly, na_action="ignore")
    ends = words.map(known)
    if owner.won and owner.lost:
        ends = ends.mask(ends.isna() & words.notna(), STILL_OPEN)
    opened.lacking(words[there], opened.raw.rows[there], cells.column, "the stage is missing")
    mend = "Write won: [..] and lost: [..] in shop.yml, each with the stages it means; the rest then counts as open."
    what = "this stage of {} is known neither as won nor as lost"
    _ask(opened, cells, ends.isna() & words.notna() & there, what, "deal", mend)
    for end in (LOST, STILL_OPEN):
        opened.fates.drop(ends.eq(end).fillna(False).to_numpy(dtype=bool), end)


def drop_unknown(opened: "Opened", heads: np.ndarray) -> None:
    """Leave out orders that the owner's words call lost; a status that nobody explained is a fault, once for each.

    A status of a plugin may mean paid or given up: to count it unasked would make a sale of either.
    """
    statuses, owner = opened.format.statuses, opened.settings
    cells = opened.cells(statuses.column) if statuses else None
    if statuses is None or cells is None:
        return
    known = dict.fromkeys(map(_plainly, statuses.sale), WON)
    known |= dict.fromkeys(map(_plainly, owner.lost), LOST) | dict.fromkeys(map(_plainly, owner.won), WON)
    words = plain(cells).map(_plainly, na_action="ignore")
    means = words.map(lambda word: known.get(word, known.get(word.removeprefix("wc-"))), na_action="ignore")
    mend = "Write it in shop.yml: under won: [..] where it means a sale, under lost: [..] where it means none."
    what = "nothing says whether this status of {} means a sale"
    _ask(opened, cells, means.isna() & words.notna() & heads, what, "order", mend)
    opened.fates.drop(means.eq(LOST).fillna(False).to_numpy(dtype=bool), "cancelled")


def _ask(opened: "Opened", cells: Cells, unknown: pd.Series, what: str, thing: str, mend: str) -> None:
    """Note a fault for each word that is not known, with how many rows have it."""
    for word, rows in plain(cells)[unknown].value_counts().sort_index().items():
        counted = f"{rows} {thing}{'' if rows == 1 else 's'}"
        opened.findings.whole(what.format(counted), mend, column=cells.column, value=str(word))


def _plainly(stage: str) -> str:
    return " ".join(stage.casefold().split())
