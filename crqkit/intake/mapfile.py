"""The owner's own words about a file: ``<name>.map.yml`` beside it, and ``shop.yml`` for the folder.

Keys of a mapping
-----------------
table : ``orders``, ``responses``, ``reviews``, or one of ``customers, interactions, events, jobs, bookings,
    subscriptions, units, costs, referrals, spend, shifts, claims``
columns : ours: theirs, as `COLUMNS` lists them; for orders ``at`` and ``total`` (or ``net``) are needed, and for the
    tables above what `crqkit.intake.records.NEEDED` names. ``customer_phone`` tells persons where ``customer_key`` is
    empty; ``alias`` in a list of customers is the number by which other files of the same source name them
words : ``{column of ours: {word in the file: our word}}``, such as ``{status: {erledigt: solved, neu: open}}``
header : the names of the columns of a file that has none, in order
separator : ``","``, ``";"``, ``"|"``, ``tab`` or ``spaces``; quotes : ``false`` where a quote mark is only a character
date_order : ``day-first`` or ``month-first``; date_format : like ``"%d.%m.%Y %H:%M"``
decimal : ``"."`` or ``","``; timezone : like ``Europe/Berlin``; currency : like ``EUR``
refund_when : ``{column: value}``: rows that give money back; without it negative amounts do
drop_when : list of ``{column, equals | contains | listed | filled, reason}``
scale : ``{low, high}`` of all items; items : list of ``{id, column, text, dimension, low, high, reverse, kind}``
dimensions : ``{id: label}`` of your own, beside those of the pocket form
groups : columns by which answers may be grouped
names : columns with names of persons, which are then taken out of free text; staff : the same for those who work here
source : the till or system; order numbers are compared only within one source
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crqkit.intake.findings import Findings
from crqkit.intake.format import Format, build, listed
from crqkit.intake.mapkinds import check_keys, check_values, is_kind, nearest_of
from crqkit.intake.records import NEEDED, PERSONS
from crqkit.intake.shop import Settings
from crqkit.tables.form import CHOICE, RATING, TEXT, load_form
from crqkit.tables.schema import TABLES, TRACE

COLUMNS = {
    "orders": ["order_id", "at", "customer_key", "customer_phone", "total", "net", "refunds", "subtotal", "discount",
               "shipping", "tax", "currency", "channel", "country", "n_items", "consent"],
    "responses": ["response_id", "at", "customer_key", "customer_phone", "consent", "claim_code", "seconds",
                  "finished"],
    "reviews": ["review_id", "at", "stars", "text", "reply_at", "changed_at"],
} | {
    table: [
        *(name for name in TABLES[table].columns if name not in TRACE),
        *(["customer_phone"] if PERSONS[0] in TABLES[table].columns else []),
        *(["alias"] if table == "customers" else []),
    ]
    for table in NEEDED
}  # fmt: skip
# Of each group of columns a mapping names at least one.
NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **NEEDED,
    "orders": (("at",), ("total", "net")),
    "reviews": (("stars", "text"),),
    "responses": (),
    "customers": (("customer_key", "customer_phone", "alias"),),
}
KEYS = {
    "table": "text", "columns": "columns", "header": "words", "separator": "text", "quotes": "flag", "source": "text",
    "date_order": "text", "date_format": "format", "decimal": "text", "timezone": "text", "currency": "text",
    "refund_when": "columns", "drop_when": "list", "scale": "pairs", "items": "list", "dimensions": "labels",
    "groups": "words", "names": "words", "staff": "words", "words": "words_of",
}  # fmt: skip
SCALE_KEYS = {"low": "number", "high": "number"}
ITEM_KEYS = SCALE_KEYS | {
    "id": "text", "column": "word", "text": "text", "dimension": "text", "facet": "text", "reverse": "flag",
    "kind": "text",
}  # fmt: skip
RULE_KEYS = {
    "column": "word", "equals": "words", "contains": "word", "listed": "word", "filled": "flag", "reason": "text",
}  # fmt: skip
SETTINGS = {
    "name": "text", "timezone": "text", "currency": "text", "opened": "date", "sampled_from": "whole",
    "date_order": "text", "decimal": "text", "groups": "words", "won": "words", "lost": "words",
}  # fmt: skip
POCKET = "pocket"
HOW = "Run crqkit map FILE to see a mapping that works, and mend this line."
HOW_SETTING = "Mend this line, or delete it."


def read_yaml(path: Path, findings: Findings) -> dict[str, Any]:
    """Return the pairs in a YAML file; with a fault, and nothing, where it holds something else."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        findings.whole(
            f"this is not valid YAML{where}", "Mend that line: name, colon, space, value; texts in quote marks."
        )
        return {}
    except OSError as error:
        findings.whole(f"this file cannot be opened: {error.strerror}", "Close it if it is open elsewhere.")
        return {}
    if content is not None and not isinstance(content, dict):
        findings.whole("this file does not hold pairs of name: value", HOW)
        return {}
    return content or {}


def read_settings(folder: Path, findings: Findings) -> Settings:
    """Return what ``shop.yml`` says about the shop; without it the folder's name and plain defaults."""
    path = folder / "shop.yml"
    source = read_yaml(path, findings) if path.exists() else {}
    given = {name: value for name, value in source.items() if value is not None}
    check_keys(given, SETTINGS, findings, HOW_SETTING)
    good = {name: value for name, value in given.items() if name in SETTINGS and is_kind(SETTINGS[name], value)}
    check_values(good, findings, COLUMNS)
    if findings.faults:
        good = {}
    findings.told = set(good)
    lists = {name: listed(good[name]) for name in ("groups", "won", "lost") if name in good}
    return Settings(**({"name": folder.resolve().name} | good | lists))


def read_mapping(source: Mapping[str, Any], findings: Findings) -> Format | None:
    """Return the format that a mapping describes; nothing, with every fault noted, where it is faulty."""
    given = {name: value for name, value in source.items() if value is not None}
    before = len(findings.faults)
    check_keys(given, KEYS, findings, HOW)
    given = {name: value for name, value in given.items() if name in KEYS and is_kind(KEYS[name], value)}
    check_values(given, findings, COLUMNS)
    _check_columns(given, findings)
    _check_entries(given.get("drop_when", ()), "drop_when", RULE_KEYS, "column", findings)
    good = _check_entries(given.get("items", ()), "items", ITEM_KEYS, "id", findings)
    if check_keys(given.get("scale", {}), SCALE_KEYS, findings, HOW, "scale: ") and good:
        _check_items(given, findings)
        _check_one_scale(given, findings)
    if len(findings.faults) > before:
        return None
    return build({"id": "mapping", "guess_questions": False} | given)


def _check_columns(given: Mapping[str, Any], findings: Findings) -> None:
    table = given.get("table")
    if table not in COLUMNS:
        if table is None:
            findings.whole("a mapping needs to say its table", f"Write table: {' or '.join(COLUMNS)}.", column="table")
        return
    columns = given.get("columns", {})
    for name in columns:
        if name not in COLUMNS[table]:
            mend = nearest_of(name, COLUMNS[table], f"A mapping of {table} knows: ")
            findings.whole("this column is not known", mend, column=str(name))
    for name in given.get("words", {}):
        if name not in columns:
            mend = nearest_of(name, list(columns), "Below words stand columns of ours that stand below columns too: ")
            findings.whole("these words are for a column that the mapping does not name", mend, column=str(name))
    for any_of in NEEDS[table]:
        if not any(name in columns for name in any_of):
            mend = f"Add the line {any_of[0]}: NAME OF THE COLUMN below columns."
            findings.whole(f"a mapping of {table} needs the column {' or '.join(any_of)}", mend, column="columns")
    if table == "responses" and not (given.get("items") or given.get("groups")):
        findings.whole("a mapping of responses needs items", HOW, column="items")
    header = listed(given.get("header", []))
    if len(set(header)) < len(header):
        findings.whole("a name stands twice in the header", "Give each column its own name.", column="header")


def _check_entries(entries: Sequence[Any], key: str, known: Mapping[str, str], needed: str, findings: Findings) -> bool:
    before = len(findings.faults)
    for place, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            findings.whole(f"entry {place} should be pairs of name: value", HOW, column=key, value=entry)
            continue
        filled = {name: one for name, one in entry.items() if one is not None}
        check_keys(filled, known, findings, HOW, f"{key} {place}: ")
        if entry.get(needed) is None:
            findings.whole(f"entry {place} lacks its {needed}", HOW, column=key)
    return len(findings.faults) == before


def _check_items(given: Mapping[str, Any], findings: Findings) -> None:
    entries = given.get("items", ())
    ids = [item["id"] for item in entries]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        findings.whole("two items have the same id", "Give each item its own id.", column="items", value=id)
    scale = given.get("scale", {})
    for item in entries:
        ends = scale | {name: item[name] for name in ("low", "high") if name in item}
        kind = item.get("kind", RATING)
        if kind not in (RATING, TEXT, CHOICE):
            findings.whole(
                "this kind of item is not known", f"Write {RATING}, {TEXT} or {CHOICE}.", column="items", value=kind
            )
        elif kind == RATING and not _is_scale(ends):
            mend = "Write low: and high: as numbers, low below high, in the item or in scale."
            findings.whole("a rating needs the two ends of its scale", mend, column="items", value=item["id"])
        allowed = [*dict.fromkeys([*given.get("dimensions", ()), *load_form(POCKET).dimensions])]
        if item.get("dimension") and item["dimension"] not in allowed:
            near = nearest_of(item["dimension"], allowed, "")
            mend = f"{near} " if near.endswith("?") else ""
            mend += f"Write one of: {', '.join(allowed)}; or give it a label of your own under dimensions."
            findings.whole("this dimension is not known", mend, column="items", value=item["dimension"])


def _check_one_scale(given: Mapping[str, Any], findings: Findings) -> None:
    """Note a fault for each dimension whose ratings have different scales: their mean would mean nothing."""
    scale = given.get("scale", {})
    asked: dict[str, dict[tuple[Any, Any], list[str]]] = {}
    for item in given.get("items", ()):
        ends = scale | {name: item[name] for name in ("low", "high") if item.get(name) is not None}
        if item.get("dimension") and item.get("kind", RATING) == RATING and _is_scale(ends):
            asked.setdefault(item["dimension"], {}).setdefault((ends["low"], ends["high"]), []).append(str(item["id"]))
    for dimension, scales in asked.items():
        if len(scales) > 1:
            said = "; ".join(f"{', '.join(ids)} from {low:g} to {high:g}" for (low, high), ids in scales.items())
            mend = "Give them one scale, or two dimensions; a dimension of your own stands under dimensions."
            findings.whole(f"the items of one dimension have different scales: {said}", mend, column=dimension)


def _is_scale(ends: Mapping[str, Any]) -> bool:
    return {"low", "high"} <= set(ends) and ends["low"] < ends["high"]
