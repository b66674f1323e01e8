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


_ENDS = re.compile(
    r"""(?<![\d.,:])([01])\s*(?:
        (?:\([^()]{1,60}\)\s*)?(?:[-–—]|\.\.+|to|bis|à|a|hasta)\s*      # 1 to 7; 1 (not at all) to 7 (fully)
        | =\s*[^=\d]{1,60}[\s,;/–—-]                                   # 1 = not at all, 7 = fully
    )(\d{1,3})(?![\d.,:]\d|\d)""",
    re.VERBOSE,
)


def printed_scale(name: str) -> tuple[int, int] | None:
    """Return the ends of the scale that a question names itself.

    >>> printed_scale("Wie gefällt es Ihnen (1–6)?"), printed_scale("Open 9-18?")
    ((1, 6), None)
    >>> printed_scale("From 1 (not at all) to 7 (fully)"), printed_scale("1 = never, 5 = always")
    ((1, 7), (1, 5))
    """
    found = _ENDS.search(name.casefold())
    return (int(found[1]), int(found[2])) if found and int(found[1]) + 1 < int(found[2]) <= 100 else None
