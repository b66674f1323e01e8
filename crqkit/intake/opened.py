"""One file, opened: its cells by our names, what became of each of its rows, and what it adds to the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from crqkit.base.scrub import scrub
from crqkit.intake import phones as telephones
from crqkit.intake.findings import Findings
from crqkit.intake.foot import headers_again, totals
from crqkit.intake.format import Format, Match, Rule, plain_name, rule_holds
from crqkit.intake.privacy import coded, customer_keys, named_keys
from crqkit.intake.readers import RawTable
from crqkit.intake.sayings import add_sayings
from crqkit.intake.shop import Settings
from crqkit.intake.values import Cells, Habits, holding, rewritten, without, without_errors
from crqkit.tables.form import Form, Item

LEFT_OUT = "left out"


class Fates:
    """What became of each row: kept, or dropped for the first reason that applied."""

    def __init__(self, count: int) -> None:
        self._codes = np.zeros(count, dtype="int16")
        self._reasons: list[tuple[str, str]] = [("", "")]

    def drop(self, mask: np.ndarray, reason: str, detail: str = "") -> None:
        """Drop the rows of `mask` that are still kept."""
        if (reason, detail) not in self._reasons:
            self._reasons.append((reason, detail))
        self._codes[mask & self.kept] = self._reasons.index((reason, detail))

    @property
    def kept(self) -> np.ndarray:
        """Return where rows are kept so far."""
        return self._codes == 0

    def dropped_for(self, reason: str) -> np.ndarray:
        """Return where rows were dropped for this reason."""
        return np.isin(self._codes, [place for place, (name, _) in enumerate(self._reasons) if name == reason])

    def counts(self) -> list[tuple[str, str, int]]:
        """Return reason, detail and number of rows of all that were dropped."""
        often = np.bincount(self._codes, minlength=len(self._reasons))
        return [(*reason, int(count)) for reason, count in zip(self._reasons[1:], often[1:], strict=True) if count]


@dataclass
class Part:
    """What one file adds: its share of each table, before files are compared with one another."""

    file: str
    format: Format
    tables: dict[str, pd.DataFrame]
    # `id, at, changed, row, numbered` of each order, answer or review, by which files are compared.
    stamps: pd.DataFrame
    # The order, answer or review to which each row of the file belongs.
    unit: pd.Series
    fates: Fates
    names: set[str] = field(default_factory=set)
    items: dict[str, Item] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    mapped: list[dict[str, str]] = field(default_factory=list)
    # The customer key behind each number by which other files of the same system name a person.
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass
class Opened:
    """A recognised file with its cells, and all that is needed to read them."""

    match: Match
    raw: RawTable
    names: tuple[str, ...]
    settings: Settings
    key: bytes
    findings: Findings

    def __post_init__(self) -> None:
        self.format = self.match.format
        self.fates = Fates(len(self.raw.frame))
        asked = self.match.words or self.names
        # What each column asks; a column is known by its name, and else by its question.
        self.words = {name: scrub(words) for name, words in zip(self.names, asked, strict=True)}
        by_words = {plain_name(words): name for name, words in reversed(self.words.items()) if name and words}
        self._name_of = by_words | {plain_name(name): name for name in reversed(self.names) if name}
        self._checked: dict[str, Cells] = {}
        self.drop_spoiled()
        empty = np.ones(len(self.raw.frame), dtype=bool)
        for name in self.raw.frame:
            empty &= self.raw.frame[name].isna().to_numpy()
        self.fates.drop(empty, "empty")
        said = dict(zip(self.names, self.match.names, strict=False))
        self.fates.drop(headers_again(self.raw.frame, said), "header")
        self.fates.drop(totals(self), "total")

    @property
    def habits(self) -> Habits:
        """How this file writes things: its mapping or format first, then what holds for the folder."""
        given = self.format
        mapped = given.id == "mapping"
        # A spreadsheet of a land of decimal commas saves any export anew with semicolons and commas.
        usual = given.decimal if not mapped and self.raw.separator != ";" else ""
        return Habits(
            decimal=given.decimal if mapped else "",
            date_order=given.date_order,
            usual_decimal=usual or self.settings.decimal,
            usual_order=self.settings.date_order,
            date_format=given.date_format,
            timezone=given.timezone or self.match.timezone or self.settings.clock or self.settings.timezone,
            separator=self.raw.separator,
        )

    def has(self, headers: Sequence[str]) -> bool:
        """Whether the file has any of these columns."""
        return any(plain_name(header) in self._name_of for header in headers)

    def cells(self, headers: Sequence[str], where: np.ndarray | None = None) -> Cells | None:
        """Return the first filled cell of the named columns, row by row; nothing where the file has none of them."""
        there = [self._name_of[plain_name(header)] for header in headers if plain_name(header) in self._name_of]
        if not there:
            return None
        columns = [self._column(name).values for name in there]
        columns = columns if where is None else [values[where] for values in columns]
        values = columns[0]
        for other in columns[1:]:
            values = values.fillna(other)
        return Cells(there[0], values, self.raw.rows if where is None else self.raw.rows[where])

    def _column(self, name: str) -> Cells:
        if name not in self._checked:
            cells = without_errors(Cells(name, self.raw.frame[name], self.raw.rows), self.findings)
            self._checked[name] = without(cells, self.format.absent)
        return self._checked[name]

    def given(self, where: np.ndarray, fields: Sequence[str]) -> dict[str, Cells]:
        """Return those of our columns that the file has, by our name."""
        found = {
            name: add_sayings(self, name, where, self.cells(self.format.columns.get(name, ()), where))
            for name in fields
        }
        return {name: cells for name, cells in found.items() if cells is not None}

    def persons(self, where: np.ndarray) -> pd.Series:
        """Return the customer key of each row; none where nobody is named."""
        return self._persons[where]

    @cached_property
    def _persons(self) -> pd.Series:
        everyone = np.ones(len(self.raw.frame), dtype=bool)
        given = self.given(everyone, ["customer_key", "customer_phone"])
        phones = given["customer_phone"].values if "customer_phone" in given else None
        if "customer_key" not in given and phones is None:
            return pd.Series(pd.NA, index=self.raw.frame.index, dtype="string")
        if "customer_key" in given:
            values = rewritten(given["customer_key"], self.format.rewrite.get("customer_key", ())).values
        else:
            values = phones.mask(phones.notna())
        if self.format.person == "name":
            return named_keys(values, self.key)
        return self.keys_of(values, phones, given["customer_key" if "customer_key" in given else "customer_phone"])

    def keys_of(self, values: pd.Series, phones: pd.Series | None, cells: Cells) -> pd.Series:
        """Return the key of each person, by address, number or telephone; `cells` are named where one is spoiled."""
        calling = telephones.calling_code(self.settings.timezone)
        used = values if phones is None else values.fillna(phones)
        bad = telephones.shortened(used) & np.isin(cells.rows, self.raw.rows[self.fates.kept])
        what = "a long number that the spreadsheet has shortened to one like 4.4771E+11"
        mend = "Format the column as text and put the telephone or customer number in again."
        cells.fault(bad, self.findings, what, mend, shown=False)
        keys = customer_keys(values.mask(bad), None if phones is None else phones.mask(bad), self.key, calling)
        self.findings.phones |= telephones.tails(values, keys, calling, sure=False)
        if phones is not None:
            self.findings.phones |= telephones.tails(phones.where(values.isna()), keys, calling, sure=True)
        return keys

    def aliases(self) -> dict[str, str]:
        """Return the customer key for each number by which other rows and files of the same system name a person."""
        pairs = pd.DataFrame({"other": self._alias_keys, "key": self._persons}).dropna().drop_duplicates()
        pairs = pairs[pairs["key"] != pairs["other"]]
        return dict(zip(pairs["other"], pairs["key"], strict=True))

    def alias_keys(self, where: np.ndarray) -> pd.Series:
        """Return the key of the number by which other files of the same system name the person of each row."""
        return self._alias_keys[where]

    @cached_property
    def _alias_keys(self) -> pd.Series:
        cells = self.cells(self.format.columns.get("alias", ()))
        if cells is None:
            return pd.Series(pd.NA, index=self.raw.frame.index, dtype="string")
        calling = telephones.calling_code(self.settings.timezone)
        return customer_keys(rewritten(cells, self.format.rewrite.get("alias", ())).values, None, self.key, calling)

    def known_names(self) -> set[str]:
        """Return the names of persons that stand in this file, to be taken out of free text."""
        found = [self.cells([header]) for header in (*self.format.names, *self.format.staff)]
        return {name for cells in found if cells is not None for name in cells.values.dropna().unique()}

    def apply_rules(
        self, where: np.ndarray, owner: np.ndarray | None = None, rules: Sequence[Rule] | None = None
    ) -> None:
        """Drop what the format's rules (or only `rules`) name; `owner` is the row that speaks for each row."""
        for rule in self.format.drop_when if rules is None else rules:
            cells = self.cells(rule.columns or (rule.column,), where)
            if cells is not None:
                hits = np.zeros(len(self.raw.frame) + 1, dtype=bool)
                hits[np.flatnonzero(where)] = matching(cells.values, rule)
                self.fates.drop(hits[:-1] if owner is None else hits[owner], rule.reason, rule.detail)

    def drop_spoiled(self, owner: np.ndarray | None = None) -> None:
        """Drop rows in which a fault was found, with all that belong to the same order."""
        if not self.findings.spoiled:
            return
        bad = np.isin(self.raw.rows, list(self.findings.spoiled))
        if owner is not None:
            owners = np.zeros(len(bad) + 1, dtype=bool)
            owners[owner[bad]] = True
            owners[-1] = False
            bad = bad | owners[owner]
        self.fates.drop(bad, "faulty")

    def lacking(self, values: pd.Series, rows: np.ndarray, column: str, what: str) -> None:
        """Note a fault for each row in which a value that is needed is absent."""
        bad = values.isna().to_numpy() & ~np.isin(rows, list(self.findings.spoiled))
        if bad.any():
            self.findings.cells(rows[bad], column, what, "Fill in the cell, or take the row out.")

    def trace(self, rows: np.ndarray) -> dict[str, object]:
        """Return the columns that lead back to the file."""
        return {"file": self.raw.file, "row": rows}

    def mapped(self, uses: Mapping[str, str], table: str) -> list[dict[str, str]]:
        """Return what became of each column of the file; `uses` are those that were used, by header."""
        becomes = {name: uses.get(plain_name(name), LEFT_OUT) for name in self.names}
        return [
            {"file": self.raw.file, "column": scrub(name), "table": table, "becomes": becomes[name]}
            for name in self.names
        ]


def uses(format: Format) -> dict[str, str]:
    """Return our column for each header that a format reads."""
    lines = [*format.lines.items(), ("name", format.packed)]
    pairs = [
        *format.columns.items(),
        *(pair for saying in format.sayings for pair in saying.take.items()),
        *format.sums.items(),
        *((f"order_lines.{name}", theirs) for name, theirs in lines),
    ]
    return {plain_name(header): ours for ours, headers in reversed(pairs) for header in headers}


def wanted(format: Format) -> set[str]:
    """Return the headers, as they are compared, that a format needs from a file."""
    rules = (header for rule in format.drop_when for header in (rule.columns or (rule.column,)))
    conditions = [*format.refund_when, *format.refund_negative, *format.full_refund_when, *rules]
    filled = (saying.filled for saying in format.sayings if saying.filled)
    told = [*filled, *(format.stages.column if format.stages else ())]
    extra = [*conditions, *told, *format.names, *format.staff, *([format.head] if format.head else [])]
    return {*uses(format), *(plain_name(header) for header in extra)}


def matching(values: pd.Series, rule: Rule) -> np.ndarray:
    """Return where `rule` holds, each unique cell looked at once."""
    return holding(values, lambda text: rule_holds(rule, text))


def among(cells: Cells, allowed: Sequence[str]) -> np.ndarray:
    """Return where a cell is one of the texts, compared without regard to case."""
    return matching(cells.values, Rule(cells.column, "", equals=tuple(allowed)))


def stamps_of(frame: pd.DataFrame, id: str) -> pd.DataFrame:
    """Return the stamps of answers or reviews, which compare by what they say."""
    changed = frame.get("changed_at", pd.NaT)
    at = frame["at"] if "at" in frame else pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    return pd.DataFrame({"id": frame[id], "at": at, "changed": changed, "row": frame["row"], "numbered": False})


def own_ids(key: bytes, frame: pd.DataFrame, letter: str) -> pd.Series:
    """Return ids made from what a row says; equal rows of one file count apart, equal rows of two files as one."""
    texts = [frame[name].astype("string").fillna("") for name in frame]
    said = texts[0].str.cat(texts[1:], sep="\x1f") if len(texts) > 1 else texts[0]
    return each_apart(coded(key, letter, said, letter))


def each_apart(ids: pd.Series) -> pd.Series:
    """Return ids of which those that stand more than once are numbered from the second on."""
    nth = ids.groupby(ids).cumcount()
    return ids.where(nth == 0, ids + "-" + (nth + 1).astype("string"))
