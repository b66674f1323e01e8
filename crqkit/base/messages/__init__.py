"""Every sentence shown to a reader: templates by id, filled from values, ready for other languages.

A template stands under its id in ``<language>/<room>.yml``. Its parameters name a kind after a colon:
``{share:pct}``, ``{score:one}``, ``{visits:count}``, ``{spend:money}``, ``{day:date}``, ``{gap:signed}``. Behind a
bar stand the words for one and for several: ``{rows:count|row|rows}``.
"""

import string
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.base.problems import ChoiceProblem

NOTHING = "–"


class Sentence(str):
    """A finished sentence that still knows its message id and parameters."""

    __slots__ = ("id", "params")

    id: str
    params: Mapping[str, Any]

    def __new__(cls, text: str, id: str, params: Mapping[str, Any]) -> "Sentence":
        """Return `text` with what it was made from."""
        sentence = super().__new__(cls, text)
        sentence.id, sentence.params = id, dict(params)
        return sentence

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, Any]]:
        # Copies and pickles are made as the sentence was.
        return str(self), self.id, self.params


def _pct(value: float) -> str:
    # Neither "0 %" for some nor "100 %" for not all.
    digits = 1 if 0 < value < 0.01 or 0.99 < value < 1 else 0
    return f"{100 * value:.{digits}f} %"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


KINDS = {
    "pct": _pct,
    "pct_one": lambda value: f"{100 * value:.1f} %",
    "one": lambda value: f"{value:.1f}".replace("-", "−"),
    "two": lambda value: f"{value:.2f}".replace("-", "−"),
    "whole": lambda value: f"{value:.0f}".replace("-", "−"),
    "count": lambda value: f"{value:,.0f}",
    "signed": _signed,
    "money": lambda value: f"{value[0]:,.0f} {value[1]}".strip(),
    "date": lambda value: f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value),
    "text": str,
}


def _missing(value: Any) -> bool:
    # NaN and NaT differ from themselves; pandas' NA refuses to say.
    try:
        return value is None or not bool(value == value)  # noqa: PLR0124, that is what is asked
    except TypeError:
        return True


class _Formatter(string.Formatter):
    def format_field(self, value: Any, kind: str) -> str:
        """Write one parameter in the way its kind asks for."""
        name, *words = kind.split("|")
        if name not in KINDS:
            raise ChoiceProblem("kind", name, list(KINDS))
        if _missing(value):
            return NOTHING
        written = KINDS[name](value)
        if not words:
            return written
        one, several = words
        return f"{written} {one if value == 1 else several}"


@cache
def templates(language: str = "en") -> Mapping[str, str]:
    """Return all templates of `language` by id: one folder a language, one file a room."""
    import yaml

    # The same language read ten times faster, where libyaml is there.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    folder = files(__name__)
    known = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("_"))
    if language not in known:
        raise ChoiceProblem("language", language, known)
    found: dict[str, str] = {}
    for path in sorted((folder / language).iterdir(), key=lambda path: path.name):
        found |= yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}
    return found


def say(id: str, /, *, language: str = "en", **params: Any) -> Sentence:
    """Return the sentence `id` filled with `params`.

    Examples
    --------
    >>> say("log.kept", kept=118, read=120, file="orders.csv")
    'orders.csv: 118 of 120 rows kept.'
    """
    known = templates(language)
    if id not in known:
        raise ChoiceProblem("message", id, list(known))
    used = {name: params[name] for _, name, _, _ in string.Formatter().parse(known[id]) if name is not None}
    return Sentence(_Formatter().vformat(known[id], (), used), id, used)
