"""Telephone numbers as people write them: which spellings are one number, and which only may be."""

import re
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from crqkit.intake.values import holding

TELEPHONE, TAIL = 5, 8
# Zones in which one calling code holds. Elsewhere national and international spellings are not joined.
_ZONES = {
    "1": "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Detroit "
    "America/Anchorage America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Halifax "
    "Pacific/Honolulu",
    "27": "Africa/Johannesburg", "30": "Europe/Athens", "31": "Europe/Amsterdam", "32": "Europe/Brussels",
    "33": "Europe/Paris", "34": "Europe/Madrid Atlantic/Canary", "36": "Europe/Budapest", "39": "Europe/Rome",
    "40": "Europe/Bucharest", "41": "Europe/Zurich", "43": "Europe/Vienna", "44": "Europe/London",
    "45": "Europe/Copenhagen", "46": "Europe/Stockholm", "47": "Europe/Oslo", "48": "Europe/Warsaw",
    "49": "Europe/Berlin", "52": "America/Mexico_City", "55": "America/Sao_Paulo", "61": "Australia/Sydney "
    "Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide", "62": "Asia/Jakarta",
    "63": "Asia/Manila", "64": "Pacific/Auckland", "65": "Asia/Singapore", "66": "Asia/Bangkok", "81": "Asia/Tokyo",
    "82": "Asia/Seoul", "84": "Asia/Ho_Chi_Minh", "90": "Europe/Istanbul", "91": "Asia/Kolkata",
    "92": "Asia/Karachi", "94": "Asia/Colombo", "234": "Africa/Lagos", "254": "Africa/Nairobi",
    "351": "Europe/Lisbon", "352": "Europe/Luxembourg", "353": "Europe/Dublin", "358": "Europe/Helsinki",
    "420": "Europe/Prague", "880": "Asia/Dhaka", "971": "Asia/Dubai", "977": "Asia/Kathmandu",
}  # fmt: skip
_CODE_OF = {zone: code for code, zones in _ZONES.items() for zone in zones.split()}
# Where a number is dialled as it is, without a 0 before it: how many digits it has.
_WITHOUT_0 = {"1": 10, "34": 9, "45": 8, "47": 8, "48": 9, "65": 8, "351": 9, "420": 9}
_SIGNS = re.compile(r"[+\d\s().\-/\u00a0\u2010\u2011]{7,30}")
_SHORTENED = re.compile(r"(?i)\s*\d(?:[.,]\d+)?E\+\d+\s*")


def calling_code(zone: str) -> str:
    """Return the calling code of the country of a time zone; nothing where that is not known.

    >>> calling_code("Europe/London"), calling_code("UTC")
    ('44', '')
    """
    return _CODE_OF.get(zone, "")


def is_telephone(text: str) -> bool:
    """Whether a text that tells one customer from another is a telephone number; plain digits are a number of a list.

    >>> is_telephone("07700 900123"), is_telephone("+44 (0)7700-900123"), is_telephone("7700900123")
    (True, True, False)
    """
    text = text.strip().removeprefix("'").strip()
    if not _SIGNS.fullmatch(text) or re.fullmatch(r"\d{4}-\d\d-\d\d|\d+\.0+", text):
        return False
    # Three zeros in front fill up the number of a list.
    parted = re.search(r"\d[\s()/\-\u00a0\u2010\u2011]+\d", text)
    return 7 <= len(re.sub(r"\D", "", text)) <= 17 and not text.startswith("000") and bool(text[0] in "+0(" or parted)


def digits(text: str, code: str = "") -> str | None:
    """Return the digits by which a telephone number is compared; `code` is the calling code of the country.

    >>> [digits(one, "44") for one in ("07700 900123", "+44 (0)7700 900123", "0044 7700900123")]
    ['447700900123', '447700900123', '447700900123']
    >>> digits("07700 900123"), digits("+44 7700 900123")
    ('7700900123', '447700900123')
    """
    text = text.strip().removeprefix("'").lstrip(" (")
    plain = re.sub(r"\D", "", text)
    if len(plain) < TELEPHONE:
        return None
    if text.startswith("+") or plain.startswith("00"):
        abroad = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
        return code + abroad.removeprefix(code).lstrip("0") if code and abroad.startswith(code) else abroad
    if code == "1" and len(plain) == 11 and plain.startswith(code):
        return plain
    known = plain.startswith("0") or len(plain) == _WITHOUT_0.get(code)
    return code + plain.lstrip("0") if code and known else plain.lstrip("0")


def shortened(values: pd.Series) -> pd.Series:
    """Return where a spreadsheet has turned a long number into one like ``4.4771E+11``."""
    return pd.Series(holding(values, _SHORTENED.fullmatch), index=values.index)


def tails(values: pd.Series, keys: pd.Series, code: str, sure: bool) -> dict[str, tuple[str, bool]]:
    """Return the digits behind each key that is, or may be, a telephone number, and whether it is one.

    `sure`: the column holds telephones. Elsewhere long plain numbers only may be.
    """
    first = ~values.duplicated().to_numpy() & values.notna().to_numpy() & keys.notna().to_numpy()
    texts = values[first]
    there = texts.str.fullmatch(r"[^@a-zA-Z]{7,}").fillna(False).to_numpy(dtype=bool)
    found = {}
    for text, key in zip(texts[there].astype(str), keys[first][there].astype(str), strict=True):
        phone = sure or is_telephone(text)
        said = digits(text, code) if phone else text.strip() if re.fullmatch(r"\s*\d{9,15}\s*", text) else None
        if said and len(said) > TAIL:
            found[key] = (said, phone)
    return found


def doubtful(found: Mapping[str, tuple[str, bool]]) -> int:
    """Return how many keys stand for numbers of which one ends as the other: they may be the same person.

    >>> doubtful({"A": ("447700900123", True), "B": ("7700900123", True), "C": ("7700900124", True)})
    2
    """
    alike = defaultdict(list)
    for key, (said, phone) in found.items():
        alike[said[-TAIL:]].append((key, said, phone))
    doubted = set()
    for group in alike.values():
        for key, said, phone in group if len(group) < 50 else ():
            for other, theirs, also in group:
                if key != other and (phone or also) and said.endswith(theirs):
                    doubted |= {key, other}
    return len(doubted)
