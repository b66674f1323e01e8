"""What a value in an owner's file may be: how it is told to the owner, the test, and the faults of keys and values."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from crqkit.intake.findings import Findings
from crqkit.intake.readers import SEPARATORS, SPACES
from crqkit.intake.times import DAY_FIRST, MONTH_FIRST

CHOICES: dict[str, list[str]] = {
    "separator": [*SEPARATORS, SPACES],
    "date_order": [DAY_FIRST, MONTH_FIRST],
    "decimal": [".", ","],
}
HOW_DATE = "Write it like 2019-03-01."


def is_kind(kind: str, value: Any) -> bool:
    """Whether a value is of one of the `KINDS`.

    >>> is_kind("whole", 12), is_kind("whole", True)
    (True, False)
    """
    return KINDS[kind][1](value)


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
    "words_of": (
        "pairs of column: {word: word}",
        lambda value: (
            isinstance(value, dict)
            and all(map(_is_word, value))
            and all(isinstance(one, dict) and all(map(_is_word, one.values())) for one in value.values())
        ),
    ),
    "labels": (
        "pairs of id: label",
        lambda value: isinstance(value, dict) and all(isinstance(one, str) for one in (*value, *value.values())),
    ),
}


def check_keys(
    given: Mapping[str, Any], known: Mapping[str, str], findings: Findings, how: str, within: str = ""
) -> bool:
    """Note keys that are unknown and values of the wrong kind; return whether there were none."""
    before = len(findings.faults)
    for name, value in given.items():
        column = f"{within}{name}"
        if name not in known:
            findings.whole("this key is not known", nearest_of(name, known), column=column)
        elif not is_kind(known[name], value):
            mend = HOW_DATE if known[name] == "date" else how
            findings.whole(f"this should be {KINDS[known[name]][0]}", mend, column=column, value=value)
    return len(findings.faults) == before


def nearest_of(name: Any, known: Collection[str], known_are: str = "Known are: ") -> str:
    """Return what may have been meant, or all that is known."""
    near = get_close_matches(str(name), list(known), n=1)
    return f"Did you mean {near[0]}?" if near else f"{known_are}{', '.join(known)}."


def check_values(given: Mapping[str, Any], findings: Findings, tables: Collection[str]) -> None:
    """Note values that are none of those allowed."""
    for name, allowed in (CHOICES | {"table": list(tables)}).items():
        if name in given and given[name] not in allowed:
            findings.whole(
                "this value is not known", f"Write one of: {' or '.join(allowed)}.", column=name, value=given[name]
            )
    if "currency" in given and not re.fullmatch(r"[A-Z]{3}", given["currency"]):
        mend = "Write its three letters in capitals, like GBP."
        findings.whole("this is no currency", mend, column="currency", value=given["currency"])
    if "timezone" in given and not _is_zone(given["timezone"]):
        mend = "Write a zone of the IANA list, like Europe/Berlin or America/New_York."
        findings.whole("this time zone is not known", mend, column="timezone", value=given["timezone"])


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
