"""Take direct identifiers out of free text."""

import re

REMOVED = "[removed]"

# Dates are matched first, so that they are kept; then what may name a person.
_IDENTIFIERS = re.compile(
    r"""
    (?P<date>\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b)
    | [\w.+-]{1,64}+(?:@|\s?[(\[]at[)\]]\s?)[\w-]+(?:\.[\w-]+)*   # e-mail, also with (at)
    | (?:https?://|www\.)\S+                                # web address, often with a name in it
    | (?<!\w)@\w+                                           # name on a social network
    | \b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b  # bank account
    | (?<![\w.,-])\+?\d{2,3}(?:\.\d{2}){4,5}\b              # phone, in pairs
    | \b\d{1,3}(?:\.\d{1,3}){3}\b                           # IPv4
    | \b(?:[0-9a-fA-F]{1,4}:){5,7}[0-9a-fA-F]{1,4}\b           # IPv6
    | \b(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}\b  # IPv6, shortened
    | (?<![\w.,-])\+\d{1,3}(?:[\s().-]{0,3}\d){6,}          # phone with the code of a country
    | (?<![\w.,-])\(?\d(?:[\s()/-]{0,3}\d){6,}(?![\w.,]*\d)  # phone, but not an amount
    """,
    re.VERBOSE,
)


def scrub(text: str) -> str:
    """Return `text` with e-mail, web and IP addresses and phone numbers replaced.

    >>> scrub("Write to ana@example.org or +49 40 1234567 by 2026-05-01")
    'Write to [removed] or [removed] by 2026-05-01'
    """
    return _IDENTIFIERS.sub(lambda match: match["date"] or REMOVED, text)
