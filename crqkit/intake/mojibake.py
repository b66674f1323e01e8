"""Letters that a spreadsheet garbled by reading UTF-8 as if it were of Windows, put right where that is certain."""

import re
from collections.abc import Iterable

import pandas as pd

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
# How the usual letters and signs begin once they are garbled: those of Latin, of punctuation, of money, and emoji.
_GARBLED = re.compile("Ã[\u0080-\u00bf\u0192-\u2122]|Â[\u0080-\u00bf]|â\u20ac|â\u201a|ðŸ")


def put_right(text: str) -> str:
    """Return `text` with every run of garbled letters read anew.

    >>> put_right("GrÃ¼ÃŸe, itâ€™s fine"), put_right("Käse")
    ('Grüße, it’s fine', 'Käse')
    """
    return _FOREIGN.sub(lambda run: _read_anew(run[0]) or run[0], text)


def is_garbled(texts: Iterable[str]) -> bool:
    """Whether a file is garbled for certain: garbled letters are in it, and no letter that cannot be one.

    >>> is_garbled(["GrÃ¼ÃŸe"]), is_garbled(["GrÃ¼ÃŸe", "Käse"]), is_garbled(["Käse"])
    (True, False, False)
    """
    seen = False
    for text in texts:
        if text.isascii():
            continue
        seen = seen or bool(_GARBLED.search(text))
        if any(_read_anew(run[0]) is None for run in _FOREIGN.finditer(text)):
            return False
    return seen


def column_put_right(values: pd.Series) -> pd.Series:
    """Return a column of texts put right, each unique text once."""
    uniques = values.dropna().unique()
    return values.map({text: put_right(str(text)) for text in uniques}).astype(values.dtype)


def _read_anew(run: str) -> str | None:
    """Return a run of letters beyond ASCII as it was before; nothing where it cannot have been garbled."""
    try:
        return b"".join(_byte(sign) for sign in run).decode("utf-8")
    except UnicodeError:
        return None


def _byte(sign: str) -> bytes:
    # Windows shows the five bytes that its code page leaves out as control signs.
    return sign.encode("latin-1") if "\x80" <= sign <= "\x9f" else sign.encode("cp1252")
