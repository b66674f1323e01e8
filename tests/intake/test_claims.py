"""A paper answer is joined to purchases by its code, and only where its writer agreed."""

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.claims import join_claims

ORDERS = (
    "order,date,customer,amount\n10,2026-01-01,ana@example.org,5\n11,2026-01-02,ben@example.org,6\n12,2026-01-03,,7\n"
)
ASKED = "They do what they promise.,Claim code"
PAPER = f"""Timestamp,{ASKED}
2026-01-05,5,bak-7f3k-x
2026-01-05,4,BAK 9Q2M M
2026-01-05,3,BAK-3333-6
2026-01-05,2,
"""


def joined(put, claims: str) -> list:
    shop = read_folder(put({"sales.csv": ORDERS, "paper.csv": PAPER, "claims.csv": claims}))
    known = shop.orders.set_index("order_id")["customer_key"].to_dict()
    names = {key: id for id, key in known.items() if pd.notna(key)}
    answers = shop.responses[shop.responses["item"] == "keeps_word"]
    return [names.get(key, "") for key in answers["customer_key"].fillna("")]


def test_a_code_finds_the_person_or_the_buyer_of_the_receipt(put):
    claims = "claim code,customer,receipt,consent\nBAK-7F3K-X,ANA@example.org,,yes\nbak9q2mm,,11,yes\n"
    assert joined(put, claims) == ["10", "11", "", ""]


def test_without_consent_nothing_is_joined(put):
    claims = "claim code,customer,receipt,consent\nBAK-7F3K-X,ana@example.org,,no\nBAK-9Q2M-M,,11,\n"
    assert joined(put, claims) == ["", "", "", ""]


def test_a_code_claimed_by_two_joins_nothing(put):
    claims = "claim code,customer,receipt,consent\nBAK-7F3K-X,ana@example.org,,yes\n"
    later = claims + "BAK 9Q2M M,ana@example.org,,yes\n"
    frames = read_folder(put({"sales.csv": ORDERS, "paper.csv": PAPER, "claims.csv": later})).tables
    other = frames["claims"].assign(claim_code="BAK7F3KX", customer_key=frames["orders"]["customer_key"][1])
    both = dict(frames) | {"claims": pd.concat([frames["claims"], other[:1]], ignore_index=True)}
    asked = both["responses"]["item"] == "keeps_word"
    both["responses"] = both["responses"][asked].assign(customer_key=pd.NA)
    found = join_claims(both)["responses"]["customer_key"]
    assert found.isna().tolist() == [True, False, True, True]


def test_a_receipt_of_nobody_joins_nothing(put):
    assert joined(put, "claim code,receipt,consent\nBAK-7F3K-X,12,yes\n") == ["", "", "", ""]


def test_what_the_answer_says_itself_goes_first(put):
    paper = "Timestamp,Email Address,They do what they promise.,Claim code\n2026-01-05,ben@example.org,5,BAK-7F3K-X\n"
    claims = "claim code,customer,consent\nBAK-7F3K-X,ana@example.org,yes\n"
    shop = read_folder(put({"sales.csv": ORDERS, "paper.csv": paper, "claims.csv": claims}))
    assert shop.responses["customer_key"][0] == shop.orders["customer_key"][1]


def faults(folder) -> list[tuple]:
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    return [(fault.file, fault.row, fault.column, fault.value) for fault in problem.value.faults]


def paper(*codes: str) -> str:
    return "\n".join([f"Timestamp,{ASKED}", *(f"2026-01-05,5,{code}" for code in codes)]) + "\n"


def test_a_wrong_check_sign_is_a_fault_of_its_cell_in_answers_and_slips(put):
    # The second of each is the first with a wrong sign, two signs changed, a letter that no code has, or no dashes.
    wrong = ["BAK-7F3K-Y", "BAK-F73K-X", "BAK-7F3O-X", "bak7f3ky"]
    slips = "\n".join(["claim code,consent", "BAK-7F3K-X,yes", *(f"{code},yes" for code in wrong)]) + "\n"
    for name, text in (("paper.csv", paper("BAK-7F3K-X", *wrong)), ("slips.csv", slips)):
        folder = put({name: text}, name)
        column = "Claim code" if name == "paper.csv" else "claim code"
        assert sorted(faults(folder)) == [(name, row, column, code) for row, code in enumerate(wrong, 3)]
    shop = read_folder(put({"paper.csv": paper("BAK-7F3K-X", *wrong)}, "dropped"), faulty="drop")
    assert shop.responses["claim_code"].tolist() == ["BAK7F3KX"]


def test_the_mend_of_a_code_in_an_answer_leaves_the_answer(put):
    with pytest.raises(DataProblem, match=r"the last sign does not fit.*Or empty the cell"):
        read_folder(put({"paper.csv": paper("BAK-7F3K-Y")}))


@pytest.mark.parametrize(
    "codes", [("K-17", "2026/3"), ("BAK7F3K", "BAK7F3K2"), ("ORD-2026-1", "ORD-2026-2", "ORD-2026-3")]
)
def test_codes_of_another_style_pass(codes, put):
    folder = put({"slips.csv": "claim code,consent\n" + "".join(f"{code},yes\n" for code in codes)})
    assert len(read_folder(folder).claims) == len(codes)


def test_what_cannot_be_joined_is_counted_and_nobody_is_named(put):
    slips = (
        "claim code,customer,receipt,consent\nBAK-7F3K-X,ana@example.org,,yes\nBAK-9Q2M-M,,99999,yes\n"
        "BAK-3333-6,eve@example.org,,yes\nBAK-4444-Q,,,\n"
    )
    shop = read_folder(put({"sales.csv": ORDERS, "paper.csv": paper("BAK-7F3K-X"), "slips.csv": slips}))
    told = {caution.id: caution for caution in shop.cautions if "slips" in caution.id}
    whole = told["caution.intake.slips"]
    assert (whole.params["slips"], whole.params["found"], whole.params["lost"]) == (3, 1, 2)
    assert "rows 3, 4" in whole
    assert "slips.csv, row 3" in told["caution.intake.slips.receipts"]
    assert "slips.csv, row 4" in told["caution.intake.slips.persons"]
    assert "example.org" not in "".join(told.values()) and "99999" not in "".join(told.values())


def test_slips_that_all_find_their_answer_and_sale_are_told_nothing_of(put):
    slips = "claim code,customer,receipt,consent\nBAK-7F3K-X,ana@example.org,,yes\nBAK-9Q2M-M,,11,yes\n"
    shop = read_folder(put({"s.csv": ORDERS, "p.csv": paper("BAK-7F3K-X", "BAK-9Q2M-M"), "c.csv": slips}))
    assert not [caution for caution in shop.cautions if "slips" in caution.id]
