"""A header of several rows: how many there are, what each column is called, and the words of its question."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from zoneinfo import ZoneInfo

from crqkit.intake.format import Format, plain_name

IMPORT_ID = '"importid"'
# What stands below a question that has one column: what kind of answer it takes, and no part of the question.
PLAIN_ANSWER = {"", "response", "open-ended response"}
SELECTED = " - selected choice"
TEXT_END = " - text"


@dataclass(frozen=True)
class Heading:
    """The rows of a header taken together; `words` are the questions, those of a grid as ``Question [row]``."""

    rows: int
    names: tuple[str, ...]
    words: tuple[str, ...]
    timezone: str = ""


def heading(format: Format, top: Sequence[Sequence[str]], place: int) -> Heading:
    """Return the header that begins at `place` of the first records of a sheet."""
    names = tuple(top[place])
    width = len(names)
    below = [_wide(row, width) for row in top[place + 1 : place + format.header_rows]]
    if not below:
        return Heading(1, names, names)
    if format.words_row == 0:
        return _options(format, names, below)
    return _three_rows(format, names, below)


def plain_text(text: str) -> str:
    """Return the words of a question without the marks of a web page.

    >>> plain_text("<b>They answer</b>&nbsp;quickly.")
    'They answer quickly.'
    """
    return " ".join(unescape(re.sub(r"</?[A-Za-z][^<>]*>", " ", text)).split())


def _wide(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _places(format: Format, names: Sequence[str], fields: Sequence[str]) -> list[int]:
    """Return where the columns of these fields of ours stand."""
    headers = {plain_name(header) for field in fields for header in format.columns.get(field, ())}
    return [place for place, name in enumerate(names) if plain_name(name) in headers]


# Names, then words, then where each column comes from ----------------------------------------------------------------


def _three_rows(format: Format, names: tuple[str, ...], below: list[list[str]]) -> Heading:
    moments = _places(format, names, ["at", "started"])
    words: list[str] = list(names)
    rows, timezone = 1, ""
    for row in below:
        if any(IMPORT_ID in cell.casefold() for cell in row):
            timezone = timezone or _zone(row)
        elif rows == format.words_row and moments and all(re.fullmatch(r"[^\d]+", row[place]) for place in moments):
            words = [plain_text(cell) or name for cell, name in zip(row, names, strict=True)]
        else:
            break
        rows += 1
    parts = [name if word == name else _as_grid(name, word) for name, word in zip(names, words, strict=True)]
    return Heading(rows, names, tuple(parts), timezone)


def _as_grid(name: str, words: str) -> str:
    """Return ``Question - Row`` of a column that is one of several as ``Question [Row]``."""
    lower = words.casefold()
    words = words[: -len(SELECTED)] if lower.endswith(SELECTED) else words
    words = words[: -len(TEXT_END)] if lower.endswith(TEXT_END) else words
    question, dash, row = words.rpartition(" - ")
    question = question[: -len(SELECTED)] if question.casefold().endswith(SELECTED) else question
    return f"{question} [{row}]" if dash and re.search(r"_\d+(_TEXT)?\s*$", name, re.IGNORECASE) else words


def _zone(row: Sequence[str]) -> str:
    """Return the time zone that the third row names, where it is one."""
    for cell in row:
        try:
            found = json.loads(cell).get("timeZone", "")
            if found:
                ZoneInfo("UTC" if found == "Z" else found)
                return "UTC" if found == "Z" else str(found)
        except (ValueError, KeyError, OSError, AttributeError, TypeError, RecursionError):
            continue
    return ""


# Questions, then what may be answered ---------------------------------------------------------------------------------


def _options(format: Format, names: tuple[str, ...], below: list[list[str]]) -> Heading:
    """Return two rows taken together: a question above the first of its columns or above each, and its options."""
    row = below[0]
    ours = _places(format, names, ["response_id", "at", "started", "collector"])
    if any(row[place].strip() for place in ours):
        words = tuple(plain_text(name) for name in names)
        return Heading(1, names, words)
    filled, last = [], ""
    for place, name in enumerate(names):
        last = plain_text(name) if name.strip() else last if row[place].strip() else ""
        filled.append(last)
    words = tuple(_with_option(question, plain_text(option)) for question, option in zip(filled, row, strict=True))
    return Heading(2, words, words)


def _with_option(question: str, option: str) -> str:
    return question if option.casefold() in PLAIN_ANSWER or not question else f"{question} [{option}]"
