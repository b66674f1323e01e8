"""Write the orders report of WooCommerce Analytics: money as text for people, a refund as a row of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from town import files

COLUMNS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,"
    "Attribution"
).split(",")
PAID, UNPAID = ("completed", "processing"), ("cancelled", "failed", "pending")


@dataclass
class Order:
    """One order; money is in the smallest unit of the currency and holds the tax, `at` is on the clock of the shop."""

    at: datetime
    number: int
    name: str
    items: list[tuple[str, int, int]]
    status: str = "completed"
    coupon: str = ""
    discount: int = 0
    source: str = "Direct"
    new: bool = False
    refunded: int = 0
    refunded_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(price * many for _, price, many in self.items) - self.discount

    @property
    def paid(self) -> bool:
        return self.status not in UNPAID


def write(path: Path, orders: Iterable[Order], sign: str, tax_percent: int) -> None:
    """Write a row an order and a row a refund, newest first; `sign` stands before every amount."""
    rows = sorted(
        (row for one in orders for row in _rows(one, sign, tax_percent)),
        key=lambda row: (row["Date"], row["Order #"], row["Net Sales"][:1] == "-"),
        reverse=True,
    )
    files.csv_file(path, COLUMNS, rows)


def _rows(order: Order, sign: str, tax: int) -> Iterator[dict[str, str]]:
    """After a refund the order's cell holds two amounts, and the refund's row holds the same cell again."""
    left = f" {_text(order.total - order.refunded, sign)}" if order.refunded else ""
    both = {
        "Order #": str(order.number),
        "N. Revenue (formatted)": _text(order.total, sign) + left,
        "Status": "refunded" if order.refunded == order.total else order.status,
        "Customer": order.name,
        "Attribution": order.source,
    }
    yield both | {
        "Date": f"{order.at:%Y-%m-%d %H:%M:%S}",
        "Customer type": "new" if order.new else "returning",
        "Product(s)": ", ".join(f"{many}× {name}" for name, _, many in order.items),
        "Items sold": str(sum(many for _, _, many in order.items)),
        "Coupon(s)": order.coupon,
        "Net Sales": _net(order.total, tax),
    }
    if order.refunded:
        yield both | {
            "Date": f"{order.refunded_at:%Y-%m-%d %H:%M:%S}",
            "Customer type": "returning",
            "Items sold": "0",
            "Net Sales": _net(-order.refunded, tax),
        }


def _text(cents: int, sign: str) -> str:
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def _net(cents: int, tax: int) -> str:
    """Without tax, as a plain number that ends where it can: 28.5."""
    return f"{round(cents / (1 + tax / 100)) / 100:g}"
