"""Multiple choices that fill a column for each option, taken together as one question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqkit.intake.opened import Opened
from crqkit.intake.scales import printed_scale
from crqkit.intake.values import Cells, plain

JOINED = "; "
OTHER = re.compile(r"^(other|andere|autre|otro|sonstige)", re.IGNORECASE)


@dataclass(frozen=True)
class Choices:
    """A question whose answers stand in a column for each option."""

    question: str
    columns: tuple[str, ...]
    options: tuple[str, ...]


def folded(opened: Opened, names: Sequence[str], unknown: Sequence[str], there: np.ndarray) -> Iterator[str | Choices]:
    """Yield the columns `names`, with those of one multiple choice among the `unknown` as one.

    A column counts as an option only where every filled cell repeats the option's own words (or its number).
    """
    found = (
        _by_question(opened, unknown, there) if opened.format.header_rows > 1 else _side_by_side(opened, names, there)
    )
    first = {choices.columns[0]: choices for choices in found}
    within = {column for choices in found for column in choices.columns}
    for name in names:
        if name in first:
            yield first[name]
        elif name not in within:
            yield name


def joined(opened: Opened, columns: Sequence[str], options: Sequence[str], there: np.ndarray) -> Cells | None:
    """Return the options that each row chose, side by side in the order of the alphabet."""
    parts = {}
    for column, option in zip(columns, options, strict=True):
        cells = opened.cells([column], there)
        if cells is not None:
            parts[column] = plain(cells).notna().map({True: option, False: ""})
    frame = pd.DataFrame(parts)
    chosen = [JOINED.join(sorted(one for one in row if one)) for row in frame.itertuples(index=False)]
    values = pd.Series(chosen, index=frame.index, dtype="str")
    rows = opened.raw.rows[there]
    return Cells(columns[0], values.mask(values == ""), rows)


def _by_question(opened: Opened, names: Sequence[str], there: np.ndarray) -> list[Choices]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        parts = re.fullmatch(r"(.*\S)\s*\[([^\[\]]+)\](?: \(\d+\))?", opened.words[name], re.DOTALL)
        if parts and not OTHER.match(parts[2]) and not name.upper().endswith("_TEXT"):
            groups.setdefault(parts[1], []).append((name, parts[2]))
    found = []
    for question, pairs in groups.items():
        said = [_said(opened, name, there) for name, _ in pairs]
        by_words = all(_repeats(one, option) for one, (_, option) in zip(said, pairs, strict=True))
        if len(pairs) > 1 and any(said) and (by_words or _by_number(question, said)):
            found.append(Choices(question, *zip(*pairs, strict=True)))
    return found


def _by_number(question: str, said: list[set[str]]) -> bool:
    """Whether each column repeats the number of its option, or 1 for chosen; ratings of a printed scale do not."""
    filled = [one for one in said if one]
    if printed_scale(question) or len(filled) < 2 or any(len(one) > 1 for one in filled):
        return False
    numbers = [min(one) for one in filled]
    of_options = {str(number) for number in range(1, len(said) + 2)}
    return set(numbers) == {"1"} or (len(set(numbers)) == len(numbers) and set(numbers) <= of_options)


def _side_by_side(opened: Opened, names: Sequence[str], there: np.ndarray) -> list[Choices]:
    """Return runs of columns whose cells repeat the header: the only sign where no header names the question."""
    runs: list[list[str]] = [[]]
    for name in names:
        said = _said(opened, name, there)
        if said and _repeats(said, name):
            runs[-1].append(name)
        elif said or OTHER.match(name):
            runs.append([])
    return [Choices(" / ".join(run), tuple(run), tuple(run)) for run in runs if len(run) > 1]


def _said(opened: Opened, name: str, there: np.ndarray) -> set[str]:
    cells = opened.cells([name], there)
    return {_plain(str(text)) for text in plain(cells).dropna().unique()} if cells is not None else set()


def _repeats(said: set[str], option: str) -> bool:
    return said <= {_plain(option)}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()
