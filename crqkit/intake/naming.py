"""What files are called on the page: their names without e-mail addresses, telephone numbers and names of persons."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from crqkit.base import Sentence, say
from crqkit.base.scrub import REMOVED, scrub
from crqkit.intake.listing import ARCHIVE, DATA
from crqkit.intake.shop import Shop

# The parts of a name as the log has it: folders, archives, what lies in them, and pages of a workbook.
_PARTS = re.compile(rf"((?:{'|'.join(map(re.escape, (*DATA, ARCHIVE)))})(?:/|, |$)|/)", re.IGNORECASE)
# A day without signs between its parts, or two: no telephone number.
_DAY = r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_DAYS = re.compile(rf"((?<![\w@.+-])(?<![\d+][ ()/-]){_DAY}(?:-{_DAY})?(?![ ()/-]*\d)(?![\w@]))")
_WORD = re.compile(r"[^\W\d_]+")


def shown_names(files: Iterable[str], names: Iterable[str] = ()) -> dict[str, str]:
    """Return what each file is called outside the owner's folder; no two alike.

    Taken out is what tells a person: addresses, numbers, and two or more words of the name of one customer.

    >>> files = ["Anna May ana@example.org.csv", "sales +49 40 1234567.csv", "20260101-20260331.csv"]
    >>> list(shown_names(files, ["May, Anna"]).values())
    ['[removed].csv', 'sales [removed].csv', '20260101-20260331.csv']
    """
    files = list(dict.fromkeys(files))
    said = {word for file in files for word in _words(file)}
    persons = [held for name in names if len(held := said & set(_words(str(name)))) > 1]
    shown: dict[str, str] = {}
    taken = {file for file in files if _cleaned(file, persons) == file}
    for file in files:
        found = _cleaned(file, persons)
        head, dot, kind = found.rpartition(".")
        tries = (found, *(f"{head} ({again}){dot}{kind}" if dot else f"{kind} ({again})" for again in range(2, 10_000)))
        shown[file] = file if found == file else next(one for one in tries if one not in taken)
        taken.add(shown[file])
    return shown


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _cleaned(file: str, persons: Sequence[set[str]]) -> str:
    return "".join(part if place % 2 else _plain(part, persons) for place, part in enumerate(_PARTS.split(file)))


def _plain(part: str, persons: Sequence[set[str]]) -> str:
    text = "".join(piece if place % 2 else scrub(piece) for place, piece in enumerate(_DAYS.split(part)))
    words = set(_words(part))
    gone = {word for person in persons if len(person & words) > 1 for word in person}
    text = _WORD.sub(lambda word: REMOVED if word[0].casefold() in gone else word[0], text) if gone else text
    return re.sub(rf"{re.escape(REMOVED)}(?:[ ._,-]*{re.escape(REMOVED)})+", REMOVED, text)


def without_persons(shop: Shop, names: Iterable[str]) -> Shop:
    """Return a shop in whose tables, log and cautions the files are called by what is shown of their names."""
    changed = {real: shown for real, shown in shown_names(shop.log["file"], names).items() if real != shown}
    if not changed:
        return shop
    pairs = sorted(changed.items(), key=lambda pair: -len(pair[0]))
    # A mapping beside a file has its name, with another ending.
    pairs += [(f"{_stem(real)}.map.yml", f"{_stem(shown)}.map.yml") for real, shown in pairs]

    def said(value: Any) -> Any:
        for real, shown in pairs if isinstance(value, str) else ():
            value = value.replace(real, shown)
        return value

    def caution(one: str) -> str:
        if not isinstance(one, Sentence):
            return said(one)
        params = {name: said(value) for name, value in one.params.items()}
        return say(one.id, **params) if params != one.params else one

    return replace(
        shop,
        tables={name: _renamed(table, changed) for name, table in shop.tables.items()},
        log=_renamed(shop.log, changed).assign(detail=shop.log["detail"].map(said)),
        mapped=_renamed(shop.mapped, changed),
        cautions=tuple(map(caution, shop.cautions)),
    )


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0]


def _renamed(table: pd.DataFrame, changed: dict[str, str]) -> pd.DataFrame:
    if "file" not in table:
        return table
    return table.assign(file=table["file"].replace(changed).astype(table["file"].dtype))
