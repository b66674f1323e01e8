"""How a shop's file begins, asked once for the whole page."""

from weakref import WeakKeyDictionary

from crqkit.intake import Shop
from crqkit.value import LeftTruncation, left_truncation

# Kept by the shop itself and gone with it: nothing of one shop can reach another.
_KNOWN: "WeakKeyDictionary[Shop, LeftTruncation]" = WeakKeyDictionary()


def file_start(shop: Shop) -> LeftTruncation:
    """Return whether the orders of `shop` begin in mid-life; a shop's tables never change, so one look is enough."""
    if shop not in _KNOWN:
        _KNOWN[shop] = left_truncation(shop.orders, opened=shop.settings.opened, timezone=shop.settings.timezone)
    return _KNOWN[shop]
