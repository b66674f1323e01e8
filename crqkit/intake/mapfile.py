"""The owner's own words about a file: ``<name>.map.yml`` beside it, and ``shop.yml`` for the folder.

Keys of a mapping
-----------------
table : ``orders``, ``responses`` or ``reviews``
columns : ours: theirs. For orders ``at`` and ``total`` (or ``net``), and ``order_id, customer_key, customer_phone,
    refunds, discount, shipping, tax, currency, channel, country, n_items, consent``; for responses
    ``at, customer_key, customer_phone, response_id``; for reviews ``at, stars, text, review_id, reply_at, changed_at``.
header : the names of the columns of a file that has none, in order
separator : ``","``, ``";"``, ``"|"``, ``tab`` or ``spaces``; quotes : ``false`` where a quote mark is only a character
date_order : ``day-first`` or ``month-first``; date_format : like ``"%d.%m.%Y %H:%M"``
decimal : ``"."`` or ``","``; timezone : like ``Europe/Berlin``; currency : like ``EUR``
refund_when : ``{column: value}``: rows that give money back; without it negative amounts do
drop_when : list of ``{column, equals | contains | listed | filled, reason}``
scale : ``{low, high}`` of all items; items : list of ``{id, column, text, dimension, low, high, reverse, kind}``
dimensions : ``{id: label}``; groups : columns by which answers may be grouped
names : columns with names of persons, which are then taken out of free text
source : the till or system; order numbers are compared only within one source
"""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crqkit.intake.findings import Findings
from crqkit.intake.format import Format, build
from crqkit.intake.readers import SEPARATORS, SPACES
from crqkit.intake.shop import Settings
from crqkit.intake.times import DAY_FIRST, MONTH_FIRST
from crqkit.tables.form import CHOICE, RATING, TEXT

COLUMNS = {
    "orders": ["order_id", "at", "customer_key", "customer_phone", "total", "net", "refunds", "subtotal", "discount",
               "shipping", "tax", "currency", "channel", "country", "n_items", "consent"],
    "responses": ["response_id", "at", "customer_key", "customer_phone"],
    "reviews": ["review_id", "at", "stars", "text", "reply_at", "changed_at"],
}  # fmt: skip
KEYS = {
    "table": str, "columns": dict, "header": list, "separator": str, "quotes": bool, "date_order": str,
    "date_format": str, "decimal": str, "timezone": str, "currency": str, "source": str, "refund_when": dict,
    "drop_when": list, "scale": dict, "items": list, "dimensions": dict, "groups": list, "names": list,
}  # fmt: skip
CHOICES: dict[str, list[str]] = {
    "table": list(COLUMNS),
    "separator": [*SEPARATORS, SPACES],
    "date_order": [DAY_FIRST, MONTH_FIRST],
    "decimal": [".", ","],
}
ITEM_KEYS = ["id", "column", "text", "dimension", "facet", "low", "high", "reverse", "kind"]
RULE_KEYS = ["column", "equals", "contains", "listed", "filled", "reason"]
SETTINGS = {
    "name": str, "timezone": str, "currency": str, "opened": date, "sampled_from": int, "date_order": str,
    "decimal": str,
}  # fmt: skip
_SPOKEN = {
    str: "a text", dict: "pairs of name: value", list: "a list", bool: "true or false", int: "a whole number",
    date: "a date like 2019-04-01",
}  # fmt: skip
HOW = "Run crqkit map FILE to see a mapping that works, and mend this line."


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
    good = {name: value for name, value in given.items() if name in SETTINGS and _fits(value, SETTINGS[name])}
    _check_values(good, findings)
    if findings.faults:
        good = {}
    findings.told = set(good)
    return Settings(**({"name": folder.resolve().name} | good))


def read_mapping(source: Mapping[str, Any], findings: Findings) -> Format | None:
    """Return the format that a mapping describes; nothing, with every fault noted, where it is faulty."""
    given = {name: value for name, value in source.items() if value is not None}
    before = len(findings.faults)
    _check_keys(given, KEYS, findings)
    if all(_fits(value, KEYS[name]) for name, value in given.items() if name in KEYS):
        _check_values(given, findings)
        _check_columns(given, findings)
        _check_entries(given.get("items", ()), "items", ITEM_KEYS, ["id"], findings)
        _check_entries(given.get("drop_when", ()), "drop_when", RULE_KEYS, ["column"], findings)
        _check_items(given, findings)
    if len(findings.faults) > before:
        return None
    return build({"id": "mapping", "guess_questions": False} | given)


def _fits(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _check_keys(given: Mapping[str, Any], known: Mapping[str, type], findings: Findings) -> None:
    for name, value in given.items():
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1)
            mend = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
            findings.whole("this key is not known", mend, column=str(name))
        elif not _fits(value, known[name]):
            findings.whole(f"this should be {_SPOKEN[known[name]]}", HOW, column=str(name), value=value)


def _check_values(given: Mapping[str, Any], findings: Findings) -> None:
    for name, allowed in CHOICES.items():
        if name in given and given[name] not in allowed:
            findings.whole(
                "this value is not known", f"Write one of: {' or '.join(allowed)}.", column=name, value=given[name]
            )
    if "timezone" in given and not _is_zone(given["timezone"]):
        mend = "Write a zone of the IANA list, like Europe/Berlin or America/New_York."
        findings.whole("this time zone is not known", mend, column="timezone", value=given["timezone"])
    if "sampled_from" in given and given["sampled_from"] < 1:
        findings.whole("this should be 1 or more", "Write how many persons stand on the list.", column="sampled_from")


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
    header = [str(name) for name in given.get("header", ())]
    if len(set(header)) < len(header):
        findings.whole("a name stands twice in the header", "Give each column its own name.", column="header")


def _check_entries(entries: Any, key: str, known: list[str], needed: list[str], findings: Findings) -> None:
    for place, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            findings.whole(f"entry {place} should be pairs of name: value", HOW, column=key, value=entry)
            continue
        for name in entry:
            if name not in known:
                mend = f"An entry of {key} knows: {', '.join(known)}."
                findings.whole(f"entry {place} has an unknown key", mend, column=key, value=name)
        for name in needed:
            if name not in entry:
                findings.whole(f"entry {place} lacks its {name}", HOW, column=key)


def _check_items(given: Mapping[str, Any], findings: Findings) -> None:
    entries = [item for item in given.get("items", ()) if isinstance(item, dict) and "id" in item]
    ids = [str(item["id"]) for item in entries]
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
        dimensions = given.get("dimensions")
        if dimensions and item.get("dimension") and item["dimension"] not in dimensions:
            mend = f"Write one of: {', '.join(dimensions)}; or add it to dimensions."
            findings.whole("this dimension is not known", mend, column="items", value=item["dimension"])


def _is_scale(ends: Mapping[str, Any]) -> bool:
    numbers = [ends.get("low"), ends.get("high")]
    return all(_fits(end, int) or isinstance(end, float) for end in numbers) and numbers[0] < numbers[1]
