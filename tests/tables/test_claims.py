"""Codes of sheets: every typing fault they promise to find, and none where there is none."""

import pytest

from crqkit.base import DataProblem
from crqkit.tables.claims import SIGNS, check_codes, check_sign, claim_codes, claim_fault, plain_code, shop_id

CODES = claim_codes("BAK", 200, seed=7)


def test_signs_are_a_prime_and_none_is_mistaken_for_another():
    assert len(SIGNS) == len(set(SIGNS)) == 31
    assert not set("01ILO") & set(SIGNS)


def test_the_check_sign_by_hand():
    # Places of B A K 7 F 3 K: 9, 8, 17, 5, 13, 1, 17; weights 8 down to 2 from the left.
    total = 9 * 8 + 8 * 7 + 17 * 6 + 5 * 5 + 13 * 4 + 1 * 3 + 17 * 2
    assert check_sign("BAK7F3K") == SIGNS[-total % 31] == "X"
    assert total == 344


def test_codes_differ_and_hold():
    assert len(set(CODES)) == 200
    assert [code for code in CODES if claim_fault(code, shop="BAK", issued=CODES)] == []
    assert claim_codes("BAK", 3, seed=7) == CODES[:3]
    assert not set(claim_codes("BAK", 3, seed=7, taken=CODES[:3])) & set(CODES[:3])
    assert claim_codes("BAK", 0) == []


@pytest.mark.parametrize("shop", ["BA", "BAK", "BAKERY"])
def test_one_wrong_sign_is_always_found(shop):
    for code in claim_codes(shop, 5, seed=3):
        signs = plain_code(code)
        wrong = [signs[:i] + sign + signs[i + 1 :] for i in range(len(signs)) for sign in SIGNS if sign != signs[i]]
        assert len(wrong) == len(signs) * 30
        assert all(claim_fault(one) for one in wrong)


@pytest.mark.parametrize("shop", ["BA", "BAK", "BAKERY"])
def test_any_two_signs_that_changed_places_are_found(shop):
    swapped = 0
    for code in claim_codes(shop, 20, seed=4):
        signs = plain_code(code)
        for i in range(len(signs)):
            for j in range(i + 1, len(signs)):
                if signs[i] != signs[j]:
                    other = list(signs)
                    other[i], other[j] = other[j], other[i]
                    assert claim_fault("".join(other))
                    swapped += 1
    assert swapped > 300


def test_nonsense_passes_about_once_in_thirty_one():
    import numpy as np

    generator = np.random.default_rng(5)
    drawn = ["".join(generator.choice(list(SIGNS), 8)) for _ in range(3100)]
    # 100 are expected; four standard errors are 39.
    assert 60 < sum(claim_fault(code) is None for code in drawn) < 140


def test_small_letters_spaces_and_dashes_do_no_harm():
    for typed in ("bak-7f3k-x", "BAK7F3KX", " BAK 7F3K X ", "BAK–7F3K–X", "Bak_7f3k.x"):
        assert claim_fault(typed, shop="BAK") is None
        assert plain_code(typed) == "BAK7F3KX"


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("", "there is no code"),
        ("BAK-7F3O-X", "never holds this sign: O"),
        ("BAK-7F3!-X", "never holds this sign: !"),
        ("BAK-7F3-X", "another length"),
        ("BAK-7F3KK-X", "another length"),
        ("BAK-7F3K-Y", "does not fit the others"),
        ("BAK-F73K-X", "does not fit the others"),
        ("MUE-7F3K-" + check_sign("MUE7F3K"), "does not begin with BAK"),
        ("BAK-2222-" + check_sign("BAK2222"), "never printed"),
    ],
)
def test_what_is_wrong_is_named(typed, what):
    fault = claim_fault(typed, shop="BAK", issued=["BAK-7F3K-X"])
    assert what in fault.what
    assert fault.mend


def test_all_faults_come_at_once_with_their_rows():
    with pytest.raises(DataProblem) as problem:
        check_codes(["BAK-7F3K-X", "BAK-7F3K-Y", "bak 7f3k x", "BAK-7F3K-X0"])
    assert [fault.row for fault in problem.value.faults] == [2, 3, 4]
    assert "twice" in problem.value.faults[1].what
    check_codes(CODES, shop="BAK", issued=CODES)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("The Bakery", "BAK"),
        ("Müller & Söhne", "MUE"),
        ("La Panadería", "PAN"),
        ("Olio & Co 24", "C24"),
        ("the", "THE"),
    ],
)
def test_an_id_of_a_name(name, id):
    assert shop_id(name) == id


def test_an_id_no_code_can_hold_is_refused():
    for id in ("OLI", "B", "BAKERIES", "BÄK", ""):
        with pytest.raises(DataProblem, match="none of them 0, 1, I, L or O"):
            claim_codes(id, 1)
    with pytest.raises(DataProblem, match="letters or figures"):
        shop_id("李")
    for count in (-1, 2.5, 10**6):
        with pytest.raises(DataProblem, match="not a number of sheets"):
            claim_codes("BAK", count)
