"""What to say on top of a part that knows few of the customers."""

import pandas as pd

from crqkit.base import Sentence, say
from crqkit.base.cutoffs import COVERAGE
from crqkit.intake import Shop
from crqkit.tables.schema import SALE


def few_known(shop: Shop) -> tuple[list[Sentence], dict[str, pd.DataFrame]]:
    """Return a caution and the table it is said from where under half of the sales name a customer, else nothing."""
    sales = shop.orders.loc[shop.orders["status"] == SALE, "customer_key"]
    share = float(sales.notna().mean()) if len(sales) else 1.0
    if share >= float(COVERAGE):
        return [], {}
    return [say("page.few_known", share=share)], {"known": pd.DataFrame([{"share": share, "n": len(sales)}])}
