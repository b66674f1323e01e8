"""Write answers on paper as somebody typed them in the evening into the sheet behind a Google form.

All faults of typing are such that a careful reader can see what is meant: spaces and small letters in a claim code,
figures kept as text, an empty line, a slip typed twice, slips without a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from town import files

DATE, CODE = "Timestamp", "Claim code"
FAULTS = {"code_in_small_letters": 0.08, "code_with_spaces": 0.08, "figure_as_text": 0.05}


@dataclass
class Slip:
    """One slip of paper; `code` is empty where the writer tore it off."""

    on: date
    code: str
    given: dict[str, str]


def write(path: Path, rng: np.random.Generator, questions: Sequence[str], slips: list[Slip], twice: int = 2) -> dict:
    """Write the slips as an xlsx sheet in the order they were typed; give the counts for truth.json."""
    typed = sorted(slips, key=lambda one: one.on)
    rows = [_typed(rng, slip, questions) for slip in typed]
    # Somebody loses the place and types a slip again; and leaves a line free between two evenings.
    again = sorted((int(place) for place in rng.choice(len(rows), twice, replace=False)), reverse=True)
    for place in again:
        rows.insert(place + 1, list(rows[place]))
    rows.insert(len(rows) // 2, [])
    files.workbook(path, {"Answers": [[DATE, CODE, *questions], *rows]})
    return {"rows_typed": len(rows) - 1, "typed_twice": twice, "answers": len(slips)}


DEFINITIONS = {
    "rows_typed": "filled rows of the paper sheet",
    "typed_twice": "rows equal to the row before in every cell",
    "answers": "slips: filled rows less those typed twice",
}


def _typed(rng: np.random.Generator, slip: Slip, questions: Sequence[str]) -> list:
    code, draw = slip.code, rng.random()
    if draw < FAULTS["code_in_small_letters"]:
        code = code.lower()
    elif draw < FAULTS["code_in_small_letters"] + FAULTS["code_with_spaces"]:
        code = f" {code.replace('-', ' ')}"
    return [slip.on, code, *(_figure(rng, slip.given.get(question, "")) for question in questions)]


def _figure(rng: np.random.Generator, text: str) -> int | str:
    as_text = rng.random() < FAULTS["figure_as_text"]
    if not text.isdigit():
        return text
    return f"{text} " if as_text else int(text)
