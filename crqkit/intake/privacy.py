"""Persons by a key that only the owner's folder can turn back: what leaves intake names nobody."""

import base64
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from crqkit.base import DataProblem, Fault
from crqkit.base.scrub import REMOVED, scrub

FOLDER = "crqkit-private"
KEY_FILE = "key.txt"
README = """This folder belongs to crqkit.

key.txt is a secret: with it customer keys such as CABCDEF234567 can be turned back into persons.
Keep it with your exports, or the keys of next quarter will not fit those of this one.
Do not share it, and do not send it along with a report.
"""
NOBODY = ("", "-", "--", "n/a", "na", "nan", "none", "null", "guest", "anonymous", "unknown")
NAME_PART = 3
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


def read_key(folder: Path) -> tuple[bytes, bool]:
    """Return the key of this folder, made on first use, and whether it is stored.

    Raises `DataProblem` where the file with the key is damaged.
    """
    path = folder / FOLDER / KEY_FILE
    try:
        if path.exists():
            return _stored(path), True
        path.parent.mkdir(exist_ok=True)
        text = secrets.token_hex(32)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text + "\n")
        (path.parent / "README.txt").write_text(README, encoding="utf-8")
    except OSError:
        return secrets.token_bytes(32), False
    return bytes.fromhex(text), True


def _stored(path: Path) -> bytes:
    text = path.read_bytes().decode("ascii", "replace").strip()
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        mend = "Put back your copy of it, or delete it: then customer keys change, and earlier pages no longer compare."
        raise DataProblem(
            Fault("the key is damaged: it should be 64 hexadecimal digits", mend, f"{FOLDER}/{KEY_FILE}", 1)
        )
    return bytes.fromhex(text)


def code(key: bytes, space: str, value: str, letter: str = "C") -> str:
    """Return the pseudonym of one identifier: a letter and twelve signs that only the key can reproduce.

    >>> code(bytes(32), "email", "ana@example.org") == code(bytes(32), "id", "ana@example.org")
    False
    """
    digest = hmac.digest(key, f"{space}:{value}".encode(), "sha256")
    return letter + base64.b32encode(digest).decode()[:12]


def coded(key: bytes, space: str, values: pd.Series, letter: str = "C") -> pd.Series:
    """Return the pseudonyms of a column, each unique value hashed once."""
    codes, uniques = pd.factorize(values)
    names = pd.array([code(key, space, str(value), letter) for value in uniques], dtype="string")
    return pd.Series(names.take(codes, allow_fill=True), index=values.index)


def identifiers(values: pd.Series, phones: pd.Series | None = None) -> pd.DataFrame:
    """Return `space` and `value` of each person: e-mail or id, else telephone, else nothing."""
    codes, uniques = pd.factorize(values)
    text = pd.Series(uniques, dtype="str").str.strip().str.removeprefix("'").str.lower()
    text = text.mask(text.isin(NOBODY))
    email = text.str.contains("@", regex=False).fillna(False).astype(bool)
    value = text.where(email, text.str.replace(r"(?<=\d)\.0+$", "", regex=True))
    space = pd.Series("id", index=text.index, dtype="str").mask(email, "email")
    value, space = (pd.Series(one.array.take(codes, allow_fill=True), index=values.index) for one in (value, space))
    if phones is not None:
        digits = phones.str.replace(r"\D", "", regex=True)
        digits = digits.where(digits.str.len() >= 5)
        by_phone = value.isna() & digits.notna()
        value, space = value.mask(by_phone, digits), space.mask(by_phone, "phone")
    return pd.DataFrame({"space": space.where(value.notna()), "value": value})


def customer_keys(found: pd.DataFrame, key: bytes) -> pd.Series:
    """Return the customer key of each row of `identifiers`; none where nobody is named."""
    keys = pd.Series(pd.NA, index=found.index, dtype="string")
    for space in found["space"].dropna().unique():
        mask = found["space"] == space
        keys[mask] = coded(key, space, found.loc[mask, "value"])
    return keys


class Cleaner:
    """Takes identifiers and known names out of free text.

    >>> Cleaner(["Ana May"])("Ana was here on 2026-05-01, ana may said; I may come. ana@example.org")
    '[removed] was here on 2026-05-01, [removed] said; I may come. [removed]'
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.full = {tuple(_WORD.findall(name.casefold())) for name in names if isinstance(name, str)}
        self.parts = {part for name in self.full for part in name if len(part) >= NAME_PART and not part.isdigit()}
        self.parts |= {piece for part in self.parts for piece in re.split(r"[-'’]", part) if len(piece) >= NAME_PART}
        self.longest = max(map(len, self.full), default=0)

    def __call__(self, text: str) -> str:
        """Return `text` without identifiers and known names."""
        text = scrub(text)
        words = list(_WORD.finditer(text))
        lower = [word[0].casefold() for word in words]
        gone = [self._named(word[0]) for word in words]
        for size in range(2, self.longest + 1):
            for start in range(len(words) - size + 1):
                if tuple(lower[start : start + size]) in self.full:
                    gone[start : start + size] = [True] * size
        for word, remove in reversed(list(zip(words, gone, strict=True))):
            if remove:
                text = text[: word.start()] + REMOVED + text[word.end() :]
        return re.sub(rf"{re.escape(REMOVED)}(?:[ .]*{re.escape(REMOVED)})+", REMOVED, text)

    def _named(self, word: str) -> bool:
        # In lower case most names are also words: "I may", "lange". A name is written with a capital.
        if not word[0].isupper():
            return False
        pieces = [word.casefold(), *re.split(r"[-'’]", word.casefold())]
        return any(piece in self.parts for piece in pieces) or (pieces[0],) in self.full

    def column(self, texts: pd.Series) -> pd.Series:
        """Return a column of texts cleaned, each unique text once."""
        uniques = texts.dropna().unique()
        return texts.map(dict(zip(uniques, (self(str(text)) for text in uniques), strict=True))).astype("string")
