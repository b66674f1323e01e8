"""A paper answer is joined to purchases by its code, and only where its writer agreed."""

import pandas as pd

from crqkit.intake import read_folder
from crqkit.intake.claims import join_claims

ORDERS = (
    "order,date,customer,amount\n10,2026-01-01,ana@example.org,5\n11,2026-01-02,ben@example.org,6\n12,2026-01-03,,7\n"
)
ASKED = "They do what they promise.,Claim code"
PAPER = f"""Timestamp,{ASKED}
2026-01-05,5,bak-7f3k-2
2026-01-05,4,BAK 9Q2M 8
2026-01-05,3,BAK-1111-1
2026-01-05,2,
"""


def joined(put, claims: str) -> list:
    shop = read_folder(put({"sales.csv": ORDERS, "paper.csv": PAPER, "claims.csv": claims}))
    known = shop.orders.set_index("order_id")["customer_key"].to_dict()
    names = {key: id for id, key in known.items() if pd.notna(key)}
    answers = shop.responses[shop.responses["item"] == "keeps_word"]
    return [names.get(key, "") for key in answers["customer_key"].fillna("")]


def test_a_code_finds_the_person_or_the_buyer_of_the_receipt(put):
    claims = "claim code,customer,receipt,consent\nBAK-7F3K-2,ANA@example.org,,yes\nbak9q2m8,,11,yes\n"
    assert joined(put, claims) == ["10", "11", "", ""]


def test_without_consent_nothing_is_joined(put):
    claims = "claim code,customer,receipt,consent\nBAK-7F3K-2,ana@example.org,,no\nBAK-9Q2M-8,,11,\n"
    assert joined(put, claims) == ["", "", "", ""]


def test_a_code_claimed_by_two_joins_nothing(put):
    claims = "claim code,customer,receipt,consent\nBAK-7F3K-2,ana@example.org,,yes\n"
    later = claims + "BAK 9Q2M 8,ana@example.org,,yes\n"
    frames = read_folder(put({"sales.csv": ORDERS, "paper.csv": PAPER, "claims.csv": later})).tables
    other = frames["claims"].assign(claim_code="BAK7F3K2", customer_key=frames["orders"]["customer_key"][1])
    both = dict(frames) | {"claims": pd.concat([frames["claims"], other[:1]], ignore_index=True)}
    asked = both["responses"]["item"] == "keeps_word"
    both["responses"] = both["responses"][asked].assign(customer_key=pd.NA)
    found = join_claims(both)["responses"]["customer_key"]
    assert found.isna().tolist() == [True, False, True, True]


def test_a_receipt_of_nobody_joins_nothing(put):
    assert joined(put, "claim code,receipt,consent\nBAK-7F3K-2,12,yes\n") == ["", "", "", ""]


def test_what_the_answer_says_itself_goes_first(put):
    paper = "Timestamp,Email Address,They do what they promise.,Claim code\n2026-01-05,ben@example.org,5,BAK-7F3K-2\n"
    claims = "claim code,customer,consent\nBAK-7F3K-2,ana@example.org,yes\n"
    shop = read_folder(put({"sales.csv": ORDERS, "paper.csv": paper, "claims.csv": claims}))
    assert shop.responses["customer_key"][0] == shop.orders["customer_key"][1]
