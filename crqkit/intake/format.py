"""What a kind of file looks like, as data: a YAML in ``formats/`` or the owner's own mapping."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.intake.readers import Sheet

QUESTIONS_SHARE = 0.5


def plain_name(name: str) -> str:
    """Return a header as it is compared: lower case, single spaces, no byte order mark.

    >>> plain_name(" Created  AT")
    'created at'
    """
    return " ".join(name.replace("\ufeff", "").casefold().split())


@dataclass(frozen=True)
class Rule:
    """Rows that are left out, and why. `reason` is the end of a message id ``log.dropped...``."""

    column: str
    reason: str
    equals: tuple[str, ...] = ()
    contains: str = ""
    listed: str = ""
    filled: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Format:
    """How to read one kind of file. `columns` gives each column of ours the headers to take, first filled one wins."""

    id: str
    table: str
    title: str = ""
    status: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Headers of which every one (or, in a list, any one) must be there; `first`: one of these is the first column.
    required: tuple[tuple[str, ...], ...] = ()
    first: tuple[str, ...] = ()
    # The column that only the first row of an order fills, where an order has a row for each of its lines.
    head: str = ""
    # How many rows the header takes, and which of them holds the words of the questions (0: none but the first).
    header_rows: int = 1
    words_row: int = 0
    drop_when: tuple[Rule, ...] = ()
    refund_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    full_refund_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    rewrite: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    separator: str = ""
    quotes: bool = True
    decimal: str = ""
    date_order: str = ""
    date_format: str = ""
    timezone: str = ""
    currency: str = ""
    source: str = ""
    guess_questions: bool = False
    items: tuple[Mapping[str, Any], ...] = ()
    scale: Mapping[str, float] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        """Within which order numbers and review ids name one thing."""
        return self.source or self.id

    def missing(self, names: Sequence[str]) -> list[str]:
        """Return the required headers that `names` lack."""
        have = {plain_name(name) for name in names}
        lacking = [any_of[0] for any_of in self.required if not any(plain_name(one) in have for one in any_of)]
        first = {plain_name(name) for name in self.first}
        if first and not (names and plain_name(names[0]) in first):
            lacking.append(self.first[0])
        if self.guess_questions and names and not lacking and not _asks(names[1:]):
            lacking.append("a question")
        return lacking


@dataclass(frozen=True)
class Match:
    """A sheet that a format fits: where its header stands and what its columns are called."""

    sheet: Sheet
    format: Format
    header: int
    names: tuple[str, ...]


def _asks(names: Sequence[str]) -> bool:
    questions = [name for name in names if name.strip().endswith(("?", "]", ".")) or len(name.split()) > 3]
    return len(questions) >= max(1, QUESTIONS_SHARE * (len(names) - 1))


def listed(value: Any) -> tuple[str, ...]:
    """Return one text, or a list of texts, as a tuple of texts."""
    if isinstance(value, (list, tuple)):
        return tuple(text for one in value for text in listed(one))
    return (str(value).lower() if isinstance(value, bool) else str(value),)


def build(source: Mapping[str, Any]) -> Format:
    """Return the format that a mapping (as read from YAML) describes."""
    columns = {name: listed(value) for name, value in source.get("columns", {}).items()}
    lists = {name: listed(source[name]) for name in ("names", "header", "groups", "first") if name in source}
    conditions = {
        name: {column: listed(value) for column, value in source[name].items()}
        for name in ("refund_when", "full_refund_when", "lines")
        if name in source
    }
    same = (
        "title status head words separator quotes decimal date_order date_format timezone currency source "
        "guess_questions scale dimensions header_rows words_row"
    ).split()
    return Format(
        id=source["id"],
        table=source["table"],
        columns=columns,
        required=tuple(listed(any_of) for any_of in source.get("required", ())),
        drop_when=tuple(_rule(rule) for rule in source.get("drop_when", ())),
        rewrite={name: tuple((a, b) for a, b in pairs) for name, pairs in source.get("rewrite", {}).items()},
        items=tuple(source.get("items", ())),
        **lists,
        **conditions,
        **{name: source[name] for name in same if name in source},
    )


def _rule(rule: Mapping[str, Any]) -> Rule:
    known = ("cancelled", "test", "unpaid", "preview")
    reason = str(rule.get("reason", ""))
    return Rule(
        str(rule["column"]),
        reason if reason in known else "rule",
        listed(rule["equals"]) if "equals" in rule else (),
        str(rule.get("contains", "")),
        str(rule.get("listed", "")),
        bool(rule.get("filled", False)),
        "" if reason in known else reason,
    )


@cache
def known_formats() -> tuple[Format, ...]:
    """Return the formats that come with crqkit."""
    import yaml

    folder = files("crqkit.intake") / "formats"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".yml")), key=lambda path: path.name)
    return tuple(build(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in paths)


def recognise(sheets: Sequence[Sheet]) -> Match | None:
    """Return the first sheet, header row and format that fit together; the header may stand below a title."""
    for sheet in sheets:
        for place, names in enumerate(sheet.top):
            for format in known_formats():
                if (format.required or format.first) and not format.missing(names):
                    return Match(sheet, format, place, tuple(names))
    return None


def nearest(sheets: Sequence[Sheet]) -> tuple[Format, list[str]] | None:
    """Return the format of which the largest share of required headers is there, with those it lacks."""
    rows = [names for sheet in sheets for names in sheet.top[:1]]
    tried = [(format, format.missing(names)) for names in rows for format in known_formats() if format.required]
    share = {place: 1 - len(lacking) / len(format.required) for place, (format, lacking) in enumerate(tried)}
    return tried[max(share, key=lambda place: share[place])] if share else None


def rule_holds(rule: Rule, cell: str) -> bool:
    """Whether `cell` is what `rule` drops; compared without regard to case.

    >>> rule_holds(Rule("Tags", "test", listed="test"), "latest drop, Test")
    True
    """
    text = cell.strip().casefold()
    if rule.filled and text:
        return True
    if rule.equals and text in {one.strip().casefold() for one in rule.equals}:
        return True
    if rule.listed and rule.listed.casefold() in (part.strip() for part in text.split(",")):
        return True
    return bool(rule.contains) and re.search(rf"(?<!\w){re.escape(rule.contains.casefold())}(?!\w)", text) is not None
