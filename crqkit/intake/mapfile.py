"""The owner's own words about a file: ``<name>.map.yml`` beside it, and ``shop.yml`` for the folder.

Keys of a mapping
-----------------
table : ``orders``, ``responses`` or ``reviews``
columns : ours: theirs. For orders ``at`` and ``total`` (or ``net``), and ``order_id, customer_key, customer_phone,
    refunds, discount, shipping, tax, currency, channel, country, n_items, consent``; for responses
    ``at, customer_key, customer_phone, response_id, consent``; for reviews
    ``at, stars, text, review_id, reply_at, changed_at``.
header : the names of the columns of a file that has none, in order
separator : ``","``, ``";"``, ``"|"``, ``tab`` or ``spaces``; quotes : ``false`` where a quote mark is only a character
date_order : ``day-first`` or ``month-first``; date_format : like ``"%d.%m.%Y %H:%M"``
decimal : ``"."`` or ``","``; timezone : like ``Europe/Berlin``; currency : like ``EUR``
refund_when : ``{column: value}``: rows that give money back; without it negative amounts do
drop_when : list of ``{column, equals | contains | listed | filled, reason}``
scale : ``{low, high}`` of all items; items : list of ``{id, column, text, dimension, low, high, reverse, kind}``
dimensions : ``{id: label}`` of your own, beside those of the pocket form
groups : columns by which answers may be grouped
names : columns with names of persons, which are then taken out of free text
source : the till or system; order numbers are compared only within one source
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crqkit.intake.findings import Findings
from crqkit.intake.format import Format, build, listed
from crqkit.intake.readers import SEPARATORS, SPACES
from crqkit.intake.shop import Settings
from crqkit.intake.times import DAY_FIRST, MONTH_FIRST
from crqkit.tables.form import CHOICE, RATING, TEXT, load_form

COLUMNS = {
    "orders": ["order_id", "at", "customer_key", "customer_phone", "total", "net", "refunds", "subtotal", "discount",
               "shipping", "tax", "currency", "channel", "country", "n_items", "consent"],
    "responses": ["response_id", "at", "customer_key", "customer_phone", "consent"],
    "reviews": ["review_id", "at", "stars", "text", "reply_at", "changed_at"],
}  # fmt: skip
KEYS = {
    "table": "text", "columns": "columns", "header": "words", "separator": "text", "quotes": "flag", "source": "text",
    "date_order": "text", "date_format": "format", "decimal": "text", "timezone": "text", "currency": "text",
    "refund_when": "columns", "drop_when": "list", "scale": "pairs", "items": "list", "dimensions": "labels",
    "groups": "words", "names": "words",
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
    "date_order": "text", "decimal": "text", "groups": "words",
}  # fmt: skip
CHOICES: dict[str, list[str]] = {
    "table": list(COLUMNS),
    "separator": [*SEPARATORS, SPACES],
    "date_order": [DAY_FIRST, MONTH_FIRST],
    "decimal": [".", ","],
}
POCKET = "pocket"
HOW = "Run crqkit map FILE to see a mapping that works, and mend this line."
HOW_SETTING = "Mend this line, or delete it."
HOW_DATE = "Write it like 2019-03-01."


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
    _check_keys(given, SETTINGS, findings)
    good = {name: value for name, value in given.items() if name in SETTINGS and KINDS[SETTINGS[name]][1](value)}
    _check_values(good, findings)
    if findings.faults:
        good = {}
    findings.told = set(good)
    groups = {"groups": listed(good["groups"])} if "groups" in good else {}
    return Settings(**({"name": folder.resolve().name} | good | groups))


def read_mapping(source: Mapping[str, Any], findings: Findings) -> Format | None:
    """Return the format that a mapping describes; nothing, with every fault noted, where it is faulty."""
    given = {name: value for name, value in source.items() if value is not None}
    before = len(findings.faults)
    _check_keys(given, KEYS, findings)
    given = {name: value for name, value in given.items() if name in KEYS and KINDS[KEYS[name]][1](value)}
    _check_values(given, findings)
    _check_columns(given, findings)
    _check_entries(given.get("drop_when", ()), "drop_when", RULE_KEYS, "column", findings)
    good = _check_entries(given.get("items", ()), "items", ITEM_KEYS, "id", findings)
    if _check_keys(given.get("scale", {}), SCALE_KEYS, findings, "scale: ") and good:
        _check_items(given, findings)
    if len(findings.faults) > before:
        return None
    return build({"id": "mapping", "guess_questions": False} | given)


def _is_format(value: Any) -> bool:
    import pandas as pd

    try:
        pd.to_datetime(["2026-01-31"], format=value, errors="coerce")
    except (ValueError, TypeError):
        return False
    return isinstance(value, str)


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and str(value) != "nan"


def _are_words(value: Any) -> bool:
    return _is_word(value) or (isinstance(value, list) and bool(value) and all(map(_is_word, value)))


# What a value may be: how it is told to the owner, and the test.
KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "text": ("a text", lambda value: isinstance(value, str) and bool(value.strip())),
    "word": ("a text", _is_word),
    "words": ("a text or a list of texts", _are_words),
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "number": ("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
    "whole": ("a whole number, 1 or more", lambda value: type(value) is int and value > 0),
    "date": ("a date", lambda value: type(value) is date),
    "format": ('a format like "%d.%m.%Y"', _is_format),
    "list": ("a list", lambda value: isinstance(value, list)),
    "pairs": ("pairs of name: value", lambda value: isinstance(value, dict)),
    "columns": (
        "pairs of name: column",
        lambda value: isinstance(value, dict) and all(map(_is_word, value)) and all(map(_are_words, value.values())),
    ),
    "labels": (
        "pairs of id: label",
        lambda value: isinstance(value, dict) and all(isinstance(one, str) for one in (*value, *value.values())),
    ),
}


def _check_keys(given: Mapping[str, Any], known: Mapping[str, str], findings: Findings, within: str = "") -> bool:
    """Note keys that are unknown and values of the wrong kind; return whether there were none."""
    before = len(findings.faults)
    for name, value in given.items():
        column = f"{within}{name}"
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1)
            mend = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
            findings.whole("this key is not known", mend, column=column)
        elif not KINDS[known[name]][1](value):
            mend = HOW_DATE if known[name] == "date" else HOW_SETTING if known is SETTINGS else HOW
            findings.whole(f"this should be {KINDS[known[name]][0]}", mend, column=column, value=value)
    return len(findings.faults) == before


def _check_values(given: Mapping[str, Any], findings: Findings) -> None:
    for name, allowed in CHOICES.items():
        if name in given and given[name] not in allowed:
            findings.whole(
                "this value is not known", f"Write one of: {' or '.join(allowed)}.", column=name, value=given[name]
            )
    if "timezone" in given and not _is_zone(given["timezone"]):
        mend = "Write a zone of the IANA list, like Europe/Berlin or America/New_York."
        findings.whole("this time zone is not known", mend, column="timezone", value=given["timezone"])


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_columns(given: Mapping[str, Any], findings: Findings) -> None:
    table = given.get("table")
    if table not in COLUMNS:
        if table is None:
            findings.whole("a mapping needs to say its table", f"Write table: {' or '.join(COLUMNS)}.", column="table")
        return
    columns = given.get("columns", {})
    for name in columns:
        if name not in COLUMNS[table]:
            near = get_close_matches(str(name), COLUMNS[table], n=1)
            mend = f"Did you mean {near[0]}?" if near else f"A mapping of {table} knows: {', '.join(COLUMNS[table])}."
            findings.whole("this column is not known", mend, column=str(name))
    needs = {"orders": [("at",), ("total", "net")], "reviews": [("stars", "text")], "responses": []}[table]
    for any_of in needs:
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
        _check_keys({name: one for name, one in entry.items() if one is not None}, known, findings, f"{key} {place}: ")
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
            near = get_close_matches(item["dimension"], allowed, n=1)
            mend = f"Did you mean {near[0]}? " if near else ""
            mend += f"Write one of: {', '.join(allowed)}; or give it a label of your own under dimensions."
            findings.whole("this dimension is not known", mend, column="items", value=item["dimension"])


def _is_scale(ends: Mapping[str, Any]) -> bool:
    return {"low", "high"} <= set(ends) and ends["low"] < ends["high"]
