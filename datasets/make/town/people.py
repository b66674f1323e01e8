"""Invented persons of the town, and numbers that stand for them in a till."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from boutique_customers import address
from boutique_words import FIRST_NAMES, LAST_NAMES

GERMAN = (FIRST_NAMES, LAST_NAMES, ("+49 40 66969 {:03d}", "+49 30 23125 {:03d}"))
# The telephone numbers are those which the regulators keep free for films.
ENGLISH = (
    (
        "Abigail Adaeze Alice Amara Arthur Beatrice Bernard Bridget Callum Carys Catherine Clara Colin Connor Daisy "
        "Declan Dilys Edith Edmund Eileen Elsie Esme Fergus Fiona Florence Frank George Gwen Harriet Hazel Hugh Imogen "
        "Iris Isla Ivy Jasper Joan Joseph Kezia Lachlan Leonard Lucy Mabel Maeve Malcolm Marcus Martha Maud Meera "
        "Morag Nadia Nathan Niamh Nora Olive Oscar Owen Pearl Percy Priya Ralph Rhona Rosalind Rowan Ruth Samir Sean "
        "Sheila Silas Sunita Tabitha Thomas Una Vernon Violet Walter Wilfred Winifred Yusuf"
    ).split(),
    (
        "Abara Ainsley Alder Ashby Barrow Beck Birch Blackwood Bramley Brook Byrne Carrow Chandra Clegg Coble Cray "
        "Dace Dunmore Elder Fallow Farrow Fenwick Finch Garside Gill Greaves Hallam Harrow Hawthorn Heron Hollis Ings "
        "Jarrow Kestrel Kerr Larkin Linden Locke Mallow Marsh Mercer Moss Nair Nettle Oakes Okafor Orchard Pell "
        "Penrose Pike Quill Rafferty Reed Rowe Rudd Sandal Selby Shah Sorrel Swale Tansey Teal Thorne Tully Underhill "
        "Vane Wade Weir Wharton Wick Woolley Wren Yarrow"
    ).split(),
    ("(207) 555-01{:02d}", "(603) 555-01{:02d}"),
)
BRITISH = (*ENGLISH[:2], ("020 7946 0{:03d}", "0161 496 0{:03d}"))
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    name: str
    email: str
    phone: str


def persons(rng: np.random.Generator, words: tuple = ENGLISH) -> Iterator[Person]:
    """Invented persons without end, each with an e-mail address of their own."""
    first_names, last_names, phones = words
    taken: set[str] = set()
    while True:
        first, last = pick(rng, first_names), pick(rng, last_names)
        email = address(first, last, pick(rng, ("example.com", "example.org")), taken)
        form = pick(rng, phones)
        yield Person(f"{first} {last}", email, form.format(rng.integers(100 if "01{" in form else 1000)))


def code(rng: np.random.Generator, length: int, letters: str = LETTERS) -> str:
    """A number as tills and payment services give them: letters and digits without meaning."""
    return "".join(letters[int(place)] for place in rng.integers(len(letters), size=length))


def pick(rng: np.random.Generator, choices):
    """One of the choices."""
    return choices[int(rng.integers(len(choices)))]


def between(rng: np.random.Generator, start: datetime, end: datetime) -> datetime:
    """A moment between two."""
    return start + timedelta(seconds=int((end - start).total_seconds() * rng.random()))


def opening(rng: np.random.Generator, day: datetime, opens: float, closes: float, closed: tuple[int, ...] = ()):
    """A moment of that day, or of the next open one, within the opening hours; `closed` are weekdays, Monday is 0."""
    while day.weekday() in closed:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day) + timedelta(seconds=int(3600 * rng.uniform(opens, closes)))
