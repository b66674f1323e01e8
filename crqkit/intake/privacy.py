"""Persons by a key that only the owner's folder can turn back: what leaves intake names nobody."""

import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault
from crqkit.base.scrub import REMOVED, scrub
from crqkit.intake import phones as telephones

FOLDER = "crqkit-private"
KEY_FILE, README_FILE = "key.txt", "README.txt"
README = """This folder belongs to crqkit.

key.txt is a secret: with it customer keys such as CABCDEF234567 can be turned back into persons.
Keep it with your exports, or the keys of next quarter will not fit those of this one.
Do not share it, and do not send it along with a report.
"""
NOBODY = ("", "-", "--", "n/a", "na", "nan", "none", "null", "guest", "anonymous", "unknown")
# Behind such a word the title of a product names whom it is for.
FOR = ("for", "für", "pour", "para", "per", "voor")
NAME_PART = 3
_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype="uint8")
_SHIFTS = np.arange(55, -1, -5, dtype="uint64")
# A spreadsheet writes the customer number 17850 as 17850.0.
_POINT = re.compile(r"(?<=\d)\.0+$")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


def read_key(folder: Path) -> tuple[bytes, bool]:
    """Return the key of this folder, made on first use, and whether it is stored.

    Raises `DataProblem` where the file with the key is damaged, or gone while what was made with it is still there.
    """
    path = folder / FOLDER / KEY_FILE
    try:
        if path.exists():
            return _stored(path), True
        _refuse_another(path)
        path.parent.mkdir(exist_ok=True)
        text = secrets.token_hex(32)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text + "\n")
        (path.parent / README_FILE).write_text(README, encoding="utf-8")
    except OSError:
        return secrets.token_bytes(32), False
    return bytes.fromhex(text), True


def _refuse_another(path: Path) -> None:
    """Refuse to make a new key beside earlier snapshots or advice: they name customers by the old one."""
    made = path.parent.iterdir() if path.parent.is_dir() else ()
    held = sorted(one.name for one in made if one.name != README_FILE and not one.name.startswith("."))
    if held:
        what = f"the key of customers is gone, while {' and '.join(held)} still name customers by it"
        mend = f"Put back your copy of {KEY_FILE}; or, to start anew, move the folder {FOLDER} to another place."
        raise DataProblem(Fault(what, mend, f"{FOLDER}/{KEY_FILE}"))


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
    return _signs(key, [f"{space}:{value}"], letter)[0]


def coded(key: bytes, space: str, values: pd.Series, letter: str = "C") -> pd.Series:
    """Return the pseudonyms of a column, each unique value hashed once."""
    return _each(values, lambda value: f"{space}:{value}", key, letter)


def customer_keys(values: pd.Series, phones: pd.Series | None, key: bytes, calling: str = "") -> pd.Series:
    """Return the customer key of each row: of its e-mail address or number, else its telephone, else none.

    `calling` is the calling code of the shop's country, with which national and international spellings are one.
    """
    keys = _each(values, lambda text: _person(text, calling), key)
    if phones is not None:
        unnamed = keys.isna()
        keys[unnamed] = _each(phones[unnamed], lambda text: _telephone(text, calling), key)
    return keys


def named_keys(values: pd.Series, key: bytes) -> pd.Series:
    """Return the customer key of each row by the name of the person alone, however it is cased and spaced."""
    return _each(values, _name, key)


def _each(values: pd.Series, identity: Callable[[str], str | None], key: bytes, letter: str = "C") -> pd.Series:
    """Return a pseudonym for each row, each unique text looked at once; none where `identity` finds nobody."""
    codes, uniques = pd.factorize(values)
    known = [identity(text) for text in np.asarray(uniques, dtype=object).astype(str)]
    found = np.array([None] * len(known), dtype=object)
    there = [place for place, one in enumerate(known) if one is not None]
    found[there] = _signs(key, [known[place] for place in there], letter)
    return pd.Series(pd.array(found, dtype="string").take(codes, allow_fill=True), index=values.index)


def _signs(key: bytes, identities: Sequence[str], letter: str) -> list[str]:
    """Return a letter and the first sixty bits of a keyed hash, five to a sign."""
    digests = b"".join([hmac.digest(key, identity.encode(), "sha256")[:8] for identity in identities])
    numbers = np.frombuffer(digests, dtype=">u8").astype("uint64") >> np.uint64(4)
    signs = _ALPHABET[(numbers[:, None] >> _SHIFTS) & np.uint64(31)]
    text = np.insert(signs, 0, ord(letter), axis=1).tobytes().decode()
    return [text[start : start + 13] for start in range(0, len(text), 13)]


def _name(text: str) -> str | None:
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return None if plain in NOBODY else f"name:{plain}"


def _person(text: str, calling: str) -> str | None:
    plain = text.strip().removeprefix("'").lower()
    if "@" in plain:
        return f"email:{plain}"
    if telephones.is_telephone(plain):
        return _telephone(plain, calling)
    return None if plain in NOBODY else f"id:{_POINT.sub('', plain)}"


def _telephone(text: str, calling: str) -> str | None:
    digits = telephones.digits(text, calling)
    return f"phone:{digits}" if digits else None


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

    def __call__(self, text: str, *, title: bool = False) -> str:
        """Return `text` without identifiers and known names.

        The `title` of a thing keeps a word that is also part of a name, unless it stands behind "for": "Rose soap"
        is no Rose.
        """
        text = scrub(text)
        words = list(_WORD.finditer(text))
        lower = [word[0].casefold() for word in words]
        gone = [self._named(word[0]) for word in words]
        if title:
            gone = [named and before in FOR for named, before in zip(gone, ["", *lower], strict=False)]
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

    def column(self, texts: pd.Series, *, title: bool = False) -> pd.Series:
        """Return a column of texts cleaned, each unique text once."""
        uniques = texts.dropna().unique()
        return texts.map(dict(zip(uniques, (self(str(text), title=title) for text in uniques), strict=True))).astype(
            "string"
        )
