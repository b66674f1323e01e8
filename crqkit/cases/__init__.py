"""The running cases: simulated shops whose truth is known, each as raw exports beside a truth file and a card."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from crqkit.base import ChoiceProblem, CrqkitError

__all__ = ["Case", "load", "names"]

PLACE = "CRQKIT_DATASETS"


@dataclass(frozen=True)
class Case:
    """One running case.

    Attributes
    ----------
    name : str
        As in `names`.
    folder : Path
        The raw exports. Those of a shop are read exactly like an owner's own: ``crqkit.read_folder(case.folder)``;
        those of a study are plain tables, as the card says.
    simulated : bool
        Always true here: no row is about a real person.
    """

    name: str
    folder: Path
    simulated: bool = True

    @cached_property
    def truth(self) -> Mapping[str, Any]:
        """What the simulator put in, from ``truth.json``."""
        return json.loads((self.folder.parent / "truth.json").read_text(encoding="utf-8"))

    @cached_property
    def card(self) -> str:
        """The data card as Markdown: what the rows are, how they came about, which traps they hold."""
        return (self.folder.parent / "card.md").read_text(encoding="utf-8")


def _place() -> Path:
    """Return the folder of the cases: the one named by the reader, else the one of this checkout."""
    named = os.environ.get(PLACE)
    place = Path(named) if named else Path(__file__).parents[2] / "datasets"
    if not place.is_dir():
        raise CrqkitError(
            "The running cases were not found. They come with the project's files, not with the installed package. "
            f"Clone the project, or set {PLACE} to its folder 'datasets'."
        )
    return place


def names() -> Sequence[str]:
    """Return the names of the cases at hand."""
    return sorted(path.parent.name for path in _place().glob("*/exports") if path.is_dir())


def load(name: str) -> Case:
    """Return one running case.

    Raises `ChoiceProblem` for a name that is not known, `CrqkitError` where no cases are at hand.

    >>> load("boutique").simulated
    True
    """
    known = names()
    if name not in known:
        raise ChoiceProblem("case", name, known)
    return Case(name, _place() / name / "exports")
