"""What was asked, by what a question is and not by what it is called."""

from crqkit.intake import Shop
from crqkit.tables.form import RATING

RECOMMEND, LOWEST, HIGHEST = "recommend", 0, 10


def asks_to_recommend(shop: Shop) -> bool:
    """Return whether the survey holds answers to the question on recommending, from 0 to 10."""
    if RECOMMEND not in shop.form or RECOMMEND not in shop.answers:
        return False
    item = shop.form[RECOMMEND]
    on_scale = (item.kind, item.low, item.high) == (RATING, LOWEST, HIGHEST)
    return on_scale and bool(shop.answers[RECOMMEND].notna().any())
