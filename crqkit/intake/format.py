"""What a kind of file looks like, as data: a YAML in ``formats/`` or the owner's own mapping."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from crqkit.intake.readers import Sheet
from crqkit.intake.sayings import Saying, Stages, Statuses

QUESTIONS_SHARE = 0.5


@lru_cache(4096)
def plain_name(name: str) -> str:
    """Return a header as it is compared: lower case, single spaces for spaces and underscores, no byte order mark.

    >>> plain_name(" Created_ AT")
    'created at'
    """
    return " ".join(name.replace("\ufeff", "").replace("_", " ").casefold().split())


@dataclass(frozen=True)
class Rule:
    """Rows that are left out, and why. `reason` is the end of a message id ``log.dropped...``.

    `columns` are further headers of the same column. A row dropped for a `negative` cell is no order of its own.
    """

    column: str
    reason: str
    equals: tuple[str, ...] = ()
    contains: str = ""
    listed: str = ""
    filled: bool = False
    detail: str = ""
    columns: tuple[str, ...] = ()
    negative: bool = False


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
    # Columns, as patterns of their headers, that hold no answer; what parts the choices of one cell from one another.
    ignored: tuple[str, ...] = ()
    # What the tool writes where a question was seen and not answered.
    absent: tuple[str, ...] = ()
    many: str = ""
    # Why a layout is known and yet not read: what to do instead.
    refused: str = ""
    # An order has a row for each of its lines, and its money is the sum over them.
    summed: bool = False
    # Columns of ours that are the sum of several headers; an empty cell counts as nothing.
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Columns written for people, by the column of about the same size that tells their decimal mark.
    like: Mapping[str, str] = field(default_factory=dict)
    # The header whose cells hold all products of an order, like ``2× Mug, 1× Tea``.
    packed: tuple[str, ...] = ()
    # A refund has a row of its own, with the number of the sale and the date of the refund, told by `refund_when` or
    # by an amount below zero in one of these columns.
    own_refunds: bool = False
    refund_negative: tuple[str, ...] = ()
    # What is said whenever such a file is read: ends of message ids ``caution.intake...``.
    cautions: tuple[str, ...] = ()
    # The format whose orders these rows show in detail: both in one folder are the same orders.
    detail_of: str = ""
    # ``name``: customers are known by their names alone.
    person: str = ""
    drop_when: tuple[Rule, ...] = ()
    refund_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    full_refund_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    rewrite: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    # What the name of the file or a filled column says of rows, where no cell does.
    sayings: tuple[Saying, ...] = ()
    # Which rows are won: deals that are lost or open are no orders.
    stages: Stages | None = None
    # How an order stands, where the file has words of its own for it: one that is not known is asked about.
    statuses: Statuses | None = None
    names: tuple[str, ...] = ()
    # Names of those who work here: taken out of free text like the others, and never shown as a customer's.
    staff: tuple[str, ...] = ()
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
    # What is told to an owner who fills the sheet in: `about`, `columns` with a sentence each, `examples`.
    template: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sheet_name(self) -> str:
        """What the sheet is called that we ship for this format."""
        return self.id.removesuffix("_sheet")

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
        if self.guess_questions and first and not lacking and not _asks(names[1:]):
            lacking.append("a question")
        return lacking

    def ignores(self, *names: str) -> bool:
        """Whether a column of this name, or with these words, holds no answer."""
        return any(re.search(pattern, name.strip(), re.IGNORECASE) for pattern in self.ignored for name in names)


@dataclass(frozen=True)
class Match:
    """A sheet that a format fits: where its header ends, what its columns are called, and what they ask."""

    sheet: Sheet
    format: Format
    header: int
    names: tuple[str, ...]
    # The words of each column's question, where the header has more rows than one; else its name.
    words: tuple[str, ...] = ()
    # The zone of times without one, where the header tells it.
    timezone: str = ""


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
    lists = {
        name: listed(source[name])
        for name in (
            "names",
            "staff",
            "header",
            "groups",
            "first",
            "packed",
            "ignored",
            "absent",
            "refund_negative",
            "cautions",
        )
        if name in source
    }
    conditions = {
        name: {column: listed(value) for column, value in source[name].items()}
        for name in ("refund_when", "full_refund_when", "lines", "sums")
        if name in source
    }
    same = (
        "title status head separator quotes decimal date_order date_format timezone currency source "
        "guess_questions scale dimensions header_rows words_row template summed own_refunds detail_of person like "
        "many refused"
    ).split()
    return Format(
        id=source["id"],
        table=source["table"],
        columns=columns,
        required=tuple(listed(any_of) for any_of in source.get("required", ())),
        drop_when=tuple(_rule(rule) for rule in source.get("drop_when", ())),
        rewrite={name: tuple((a, b) for a, b in pairs) for name, pairs in source.get("rewrite", {}).items()},
        words={name: _words(pairs) for name, pairs in source.get("words", {}).items()},
        sayings=tuple(_saying(one) for one in source.get("sayings", ())),
        stages=Stages(**_lists(source["stages"])) if "stages" in source else None,
        statuses=Statuses(**_lists(source["statuses"])) if "statuses" in source else None,
        items=tuple(source.get("items", ())),
        **lists,
        **conditions,
        **{name: source[name] for name in same if name in source},
    )


def _words(pairs: Mapping[Any, Any]) -> dict[str, Any]:
    """Return words with what they stand for; YAML reads a bare yes or no as true or false."""
    spelled = {True: ("yes", "true"), False: ("no", "false")}
    return {
        text: ours
        for word, ours in pairs.items()
        for text in (spelled[word] if isinstance(word, bool) else (str(word),))
    }


def _saying(saying: Mapping[str, Any]) -> Saying:
    return Saying(
        str(saying.get("filled", "")),
        listed(saying.get("file_name", ())),
        {name: listed(word)[0] for name, word in saying.get("say", {}).items()},
        {name: listed(headers) for name, headers in saying.get("take", {}).items()},
    )


def _lists(source: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: listed(value) for name, value in source.items()}


def _rule(rule: Mapping[str, Any]) -> Rule:
    known = ("cancelled", "test", "unpaid", "preview", "refund_row", "merged", "deleted")
    reason = str(rule.get("reason", ""))
    columns = listed(rule["column"])
    return Rule(
        columns[0],
        reason if reason in known else "rule",
        listed(rule["equals"]) if "equals" in rule else (),
        str(rule.get("contains", "")),
        str(rule.get("listed", "")),
        bool(rule.get("filled", False)),
        "" if reason in known else reason,
        columns,
        bool(rule.get("negative", False)),
    )


@cache
def known_formats() -> tuple[Format, ...]:
    """Return the formats that come with crqkit."""
    import yaml

    folder = files("crqkit.intake") / "formats"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".yml")), key=lambda path: path.name)
    # The loader in C takes a tenth of the time, where it is there.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(build(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)) for path in paths)


def rule_holds(rule: Rule, cell: str) -> bool:
    """Whether `cell` is what `rule` drops; compared without regard to case.

    >>> rule_holds(Rule("Tags", "test", listed="test"), "latest drop, Test")
    True
    """
    text = cell.strip().casefold()
    if rule.filled and text:
        return True
    if rule.negative and re.match(r"\W*[-−(]\W*\d", text):
        return True
    if rule.equals and text in {one.strip().casefold() for one in rule.equals}:
        return True
    if rule.listed and rule.listed.casefold() in (part.strip() for part in text.split(",")):
        return True
    return bool(rule.contains) and re.search(rf"(?<!\w){re.escape(rule.contains.casefold())}(?!\w)", text) is not None
