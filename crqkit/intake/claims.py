"""A paper answer is joined to what its writer buys by the code on the slip, and only where the writer agreed."""

from collections.abc import Mapping

import pandas as pd

from crqkit.base import Sentence, say
from crqkit.intake.findings import Findings
from crqkit.intake.values import Cells
from crqkit.tables.claims import DRAWN, LONGEST, SHORTEST, claim_fault

CODE = "claim_code"
# The parts of a code as crqkit prints it: the shop, the signs drawn, and the check sign.
OURS = rf"^\s*([A-Z0-9]{{{SHORTEST},{LONGEST}}})[\s\-–—_.]+([A-Z0-9]{{{DRAWN}}})[\s\-–—_.]+([A-Z0-9])\s*$"
# So many codes of our look, none of which holds, were numbered by somebody else.
STRANGERS = 3
LISTED = 12


def plain_codes(texts: pd.Series) -> pd.Series:
    """Return codes as they are compared: capitals, no spaces and no dashes.

    >>> plain_codes(pd.Series([" bak-7f3k 2", None])).tolist()
    ['BAK7F3K2', <NA>]
    """
    codes = texts.astype("string").str.upper().str.replace(r"[\s\-–—_.]", "", regex=True)
    return codes.mask(codes == "")


def join_claims(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give the answers of those who agreed the key of the person, from the claim itself or from the order it names.

    What an answer says of its writer itself goes before the claim. Two claims of one code that name two persons
    join nothing.
    """
    claims, responses = tables.get("claims"), tables.get("responses")
    if claims is None or responses is None or not responses[CODE].notna().any():
        return tables
    agreed = claims[claims["consent"].fillna(False).astype(bool) & claims[CODE].notna()]
    bought = agreed["order_id"].map(_buyers(tables))
    persons = agreed["customer_key"].fillna(bought)
    pairs = pd.DataFrame({"code": agreed[CODE], "person": persons}).dropna().drop_duplicates()
    of = pairs[~pairs["code"].duplicated(keep=False)].set_index("code")["person"]
    joined = responses["customer_key"].fillna(responses[CODE].map(of).astype("string"))
    return tables | {"responses": responses.assign(customer_key=joined)}


def _buyers(tables: dict[str, pd.DataFrame]) -> pd.Series:
    orders = tables.get("orders")
    if orders is None:
        return pd.Series(dtype="string")
    return orders.dropna(subset=["customer_key"]).drop_duplicates("order_id").set_index("order_id")["customer_key"]


def check_signs(cells: Cells, findings: Findings, mend: str) -> None:
    """Note each code that looks like one of ours and whose check sign does not fit; codes of other styles pass.

    A code typed without its dashes looks like ours where another of the column shows what the shop's codes begin with.
    """
    text = cells.values.astype("string").str.upper()
    parts = text.str.extract(OURS)
    ours = parts[0].notna()
    faults = {code: claim_fault(code) for code in text[ours].unique()}
    holds = text[ours][[faults[code] is None for code in text[ours]]]
    if holds.empty and ours.sum() >= STRANGERS:
        return
    plain = plain_codes(text)
    for shop in parts[0][holds.index].unique():
        ours |= plain.str.startswith(shop).fillna(False) & (plain.str.len() == len(shop) + DRAWN + 1).fillna(False)
    for code in text[ours].unique():
        fault = faults.get(code) or claim_fault(code)
        if fault:
            cells.fault(text.eq(code).fillna(False), findings, fault.what, f"{fault.mend} {mend}")


def claim_cautions(tables: Mapping[str, pd.DataFrame]) -> list[Sentence]:
    """Return what could not be joined: slips without their answer, and slips whose person or receipt is in no sale."""
    claims, responses = tables.get("claims"), tables.get("responses")
    if claims is None:
        return []
    # A sheet comes with all codes typed in: only those with something beside them were handed in.
    slips = claims[claims[["customer_key", "order_id", "at", "consent"]].notna().any(axis=1)]
    typed = set() if responses is None else set(responses[CODE].dropna())
    lost = slips[~slips[CODE].isin(typed)]
    told = []
    if len(lost):
        found = len(slips) - len(lost)
        told.append(say("caution.intake.slips", slips=len(slips), found=found, lost=len(lost), rows=_rows(lost)))
    agreed = slips[slips["consent"].fillna(False).astype(bool)]
    orders = tables.get("orders")
    if orders is None:
        return told
    nameless = agreed[agreed["customer_key"].isna()]
    receipts = nameless[nameless["order_id"].notna() & ~nameless["order_id"].isin(orders["order_id"])]
    persons = agreed["customer_key"].notna() & ~agreed["customer_key"].isin(orders["customer_key"].dropna())
    for id, rows in (("receipts", receipts), ("persons", agreed[persons])):
        told += [say(f"caution.intake.slips.{id}", slips=len(rows), rows=_rows(rows))] if len(rows) else []
    return told


def _rows(slips: pd.DataFrame) -> str:
    """Return where slips stand: file and row, the first of each file."""
    shown = []
    for file, rows in slips.groupby("file", sort=False)["row"]:
        more = ", ..." if len(rows) > LISTED else ""
        shown.append(f"{file}, row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:LISTED]))}{more}")
    return "; ".join(shown)
