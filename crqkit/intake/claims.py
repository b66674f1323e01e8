"""A paper answer is joined to what its writer buys by the code on the slip, and only where the writer agreed."""

import pandas as pd

CODE = "claim_code"


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
