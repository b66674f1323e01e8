"""What a cell says of a currency: its three letters, or a sign that one currency alone uses."""

import re

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings
from crqkit.intake.values import Cells, plain

HOW = "Write its three letters, like GBP."
_CODES = {"£": "GBP", "€": "EUR", "₹": "INR", "৳": "BDT", "EURO": "EUR", "EUROS": "EUR"}
_DOLLARS = (
    "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU BRL DOP JMD BBD TTD BSD BZD BMD FJD GYD KYD LRD NAD SBD SRD XCD "
    "BND CUP NIO"
)
_SIGNS = {
    "$": set(_DOLLARS.split()),
    "£": set("GBP GIP FKP SHP GGP JEP IMP EGP LBP SYP SDG SSP".split()),
    "€": {"EUR"},
    "₹": {"INR"},
    "৳": {"BDT"},
}

_SIGN = re.compile(f"[{''.join(_SIGNS)}]")


def currency_codes(cells: Cells, findings: Findings) -> pd.Series:
    """Return the three letters of each cell; what is neither these nor a sign of one currency is a fault."""
    text = plain(cells).str.upper()
    said = text.map(lambda one: _CODES.get(one, one), na_action="ignore").astype("string")
    bad = said.notna() & ~said.str.fullmatch(r"[A-Z]{3}").fillna(False).astype(bool)
    cells.fault(bad, findings, "this is no currency", HOW)
    return said.mask(bad)


def against(amount: Cells, currency: pd.Series, findings: Findings) -> None:
    """Note amounts whose sign is that of another currency than the one that holds for the row."""
    codes, texts = pd.factorize(amount.values)
    found = (_SIGN.search(str(text)) for text in texts)
    signs = np.array([*(one[0] if one else "" for one in found), ""])[codes]
    for sign, fitting in _SIGNS.items():
        there = signs == sign
        if not there.any():
            continue
        other = currency.notna().to_numpy() & ~currency.isin(fitting).to_numpy()
        bad = pd.Series(there & other, index=amount.values.index)
        if bad.any():
            said = ", ".join(sorted(set(currency[bad.to_numpy()].astype(str))))
            mend = "Mend the sign or the currency, or write the amount without a sign."
            amount.fault(bad, findings, f"the sign {sign} in a row whose currency is {said}", mend)
