"""What the words of a question tell of its scale."""

import re

import pandas as pd

RECOMMEND = re.compile(r"recommend|empfehl|empfiehl|recommand|recomend|raccomand|aanbevel")


def recommends(name: str, values: pd.Series) -> bool:
    """Whether this is the question how likely one is to recommend, which is asked from 0 to 10.

    >>> recommends("Würden Sie uns weiterempfehlen?", pd.Series([3.0, 9, 10]))
    True
    """
    # Answers that end at 5 or 7 may be on another scale: then the header, or the owner, has to say.
    zero_to_ten = printed_scale(name) == (0, 10) or (printed_scale(name) is None and values.max() > 7)
    return bool(RECOMMEND.search(name.casefold()) and zero_to_ten and values.between(0, 10).all())


def printed_scale(name: str) -> tuple[int, int] | None:
    """Return the ends of the scale that a question names itself.

    >>> printed_scale("Wie gefällt es Ihnen (1–6)?"), printed_scale("Open 9-18?")
    ((1, 6), None)
    """
    found = re.search(r"(?<![\d.,:])([01])\s*(?:[-–—]|\.\.+|to|bis|à|a)\s*(\d{1,3})(?![\d.,:]\d|\d)", name.casefold())
    return (int(found[1]), int(found[2])) if found and int(found[1]) + 1 < int(found[2]) <= 100 else None
