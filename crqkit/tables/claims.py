"""Claim codes: what is printed on a paper form and on its slip, so that the two can meet again, such as BAK-7F3K-X.

A code is the shop's id, four signs drawn at random, and a check sign. The signs are 31, a prime, without those that
are mistaken for one another in print or handwriting (0 and O, 1, I and L). The check sign is a sum of the signs
weighted by their places, modulo 31: as no two weights are equal, it finds every single wrong sign and every two
signs that changed places.
"""

import re
from collections.abc import Collection, Sequence

import numpy as np

from crqkit.base import DataProblem, Fault, say
from crqkit.tables.checks import as_seed, is_whole

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DRAWN, SHORTEST, LONGEST = 4, 2, 6
ID_LENGTH = 3
# Words before the name proper of a shop.
ARTICLES = set("the a an der die das le la les el los il lo de het".split())


def shop_id(name: str) -> str:
    """Return a short id for a shop, the first signs of its name that a code can hold.

    Raises
    ------
    DataProblem
        The name holds fewer than two of them.

    Examples
    --------
    >>> shop_id("The Bakery"), shop_id("Müller & Söhne")
    ('BAK', 'MUE')
    """
    plain = name.translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}))
    words = [word for word in re.findall(r"\w+", plain) if word.casefold() not in ARTICLES]
    signs = "".join(sign for word in words or [plain] for sign in word.upper() if sign in SIGNS)
    _check_shop(signs[:ID_LENGTH], name)
    return signs[:ID_LENGTH]


def claim_codes(
    shop: str, count: int, *, seed: "int | np.random.Generator | None" = None, taken: Collection[str] = ()
) -> list[str]:
    """Draw codes that differ from one another and from those already printed.

    Parameters
    ----------
    shop : str
        The shop's id, two to six signs of a code.
    count : int
        How many sheets.
    seed : int or Generator, optional
        The same seed gives the same codes: for tests only.
    taken : collection of str
        Codes of earlier sheets.

    Raises
    ------
    DataProblem
        The id holds a sign that no code has, or the count is no whole number.

    Examples
    --------
    >>> claim_codes("BAK", 2, seed=1)
    ['BAK-GHSY-B', 'BAK-36UY-N']
    """
    shop = str(shop or "").upper().strip()
    _check_shop(shop, shop)
    if not is_whole(count) or count > len(SIGNS) ** DRAWN // 10:
        raise DataProblem(Fault(say("claims.fault.count"), say("claims.fault.count.mend"), value=count))
    generator = np.random.default_rng(as_seed(seed))
    used, codes = {plain_code(code) for code in taken}, []
    while len(codes) < count:
        drawn = "".join(SIGNS[place] for place in generator.integers(len(SIGNS), size=DRAWN))
        code = f"{shop}-{drawn}-{check_sign(shop + drawn)}"
        if plain_code(code) not in used:
            used.add(plain_code(code))
            codes.append(code)
    return codes


def check_sign(signs: str) -> str:
    """Return the check sign of the signs before it.

    >>> check_sign("BAK7F3K")
    'X'
    """
    # Weights 2, 3, 4, ... from the right: all differ, and none is 0 modulo 31.
    total = sum(weight * SIGNS.index(sign) for weight, sign in enumerate(reversed(signs), start=2))
    return SIGNS[-total % len(SIGNS)]


def plain_code(code: str) -> str:
    """Return a code as it is compared: capitals, without spaces and dashes.

    >>> plain_code(" bak-7f3k x")
    'BAK7F3KX'
    """
    return re.sub(r"[\s\-–—_.]", "", str(code)).upper()


def claim_fault(code: str, *, shop: str = "", issued: Collection[str] = ()) -> Fault | None:
    """Return what is wrong with a typed code, or nothing.

    Parameters
    ----------
    code : str
        As typed: small letters, spaces and missing dashes do no harm.
    shop : str
        The id that the codes of this shop begin with.
    issued : collection of str
        All codes that were printed, where they are known.

    Examples
    --------
    >>> claim_fault("bak 7f3k x") is None
    True
    >>> claim_fault("BAK-7F3K-S").what
    'the last sign does not fit the others: one sign is wrong, or two changed places'
    """
    signs = plain_code(code)
    # Without the shop's id in front nothing tells where it ends, so length and start are looked at before the sum.
    if not signs:
        return _fault("empty", code)
    strange = [sign for sign in signs if sign not in SIGNS]
    if strange:
        return _fault("sign", code, sign=", ".join(dict.fromkeys(strange)))
    right = [len(shop)] if shop else range(SHORTEST, LONGEST + 1)
    if len(signs) - DRAWN - 1 not in right:
        return _fault("length", code, found=len(signs))
    if check_sign(signs[:-1]) != signs[-1]:
        return _fault("check", code)
    if shop and not signs.startswith(shop.upper()):
        return _fault("shop", code, shop=shop.upper())
    if issued and signs not in {plain_code(one) for one in issued}:
        return _fault("unknown", code)
    return None


def check_codes(codes: Sequence[str], *, shop: str = "", issued: Collection[str] = ()) -> None:
    """Raise `DataProblem` with every code that is wrong, and every code that stands there twice."""
    known = {plain_code(code) for code in issued}
    faults, seen = [], set()
    for row, code in enumerate(codes, start=1):
        fault = claim_fault(code, shop=shop, issued=known)
        if fault is None and plain_code(code) in seen:
            fault = _fault("twice", code)
        seen.add(plain_code(code))
        faults += [Fault(fault.what, fault.mend, row=row, column="claim_code", value=code)] if fault else []
    if faults:
        raise DataProblem(faults)


def _fault(kind: str, code: str, **params: object) -> Fault:
    return Fault(say(f"claims.fault.{kind}", **params), say(f"claims.fault.{kind}.mend"), "", None, "claim_code", code)


def _check_shop(id: str, given: str) -> None:
    if not SHORTEST <= len(id) <= LONGEST or any(sign not in SIGNS for sign in id):
        what = say("claims.fault.id", shortest=SHORTEST, longest=LONGEST)
        raise DataProblem(Fault(what, say("claims.fault.id.mend"), column="shop", value=given))
