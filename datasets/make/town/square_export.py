"""Write the two exports of a Square till: transactions in 55 columns, item details in 35."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from town import files

TRANSACTIONS = (
    "Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,"
    "Total Collected,Source,Card,Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,Tender Note,"
    "Fees,Net Total,Transaction ID,Payment ID,Card Brand,PAN Suffix,Device Name,Staff Name,Staff ID,Details,"
    "Description,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,Device Nickname,"
    "Third Party Fees,Deposit ID,Deposit Date,Deposit Details,Fee Percentage Rate,Fee Fixed Rate,Refund Reason,"
    "Discount Name,Transaction Status,Cash App,Order Reference ID,Fulfillment Note,Free Processing Applied,Channel,"
    "Unattributed Tips,Table Info,International Fee"
).split(",")
ITEMS = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,"
    "Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,"
    "Customer Reference ID,Unit,Count,GTIN,Itemization Type,Commission,Employee,Fulfillment Note,Channel,Token,"
    "Card Brand,PAN Suffix"
).split(",")
PAYMENT, REFUND = "Payment", "Refund"
TRANSACTION_MONEY = (
    "Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,Total Collected,Card,"
    "Cash,Square Gift Card,Other Tender,Fees,Net Total"
).split(",")


@dataclass(frozen=True)
class Item:
    """One line of a sale; money is in cents throughout."""

    category: str
    name: str
    sku: str
    price: int
    quantity: int = 1
    modifier: str = ""

    @property
    def amount(self) -> int:
        return self.price * self.quantity


@dataclass
class Sale:
    """One payment at the till, or one refund of it, which gives its items back."""

    at: datetime
    items: list[Item]
    number: str
    payment: str
    card: tuple[str, str] | None = None
    customer: str = ""
    name: str = ""
    discount: int = 0
    tip: int = 0
    event: str = PAYMENT
    reason: str = ""
    staff: str = ""

    @property
    def sign(self) -> int:
        return -1 if self.event == REFUND else 1

    @property
    def gross(self) -> int:
        return self.sign * sum(item.amount for item in self.items)

    @property
    def net(self) -> int:
        return self.gross - self.sign * self.discount

    @property
    def collected(self) -> int:
        return self.net + self.tip


@dataclass(frozen=True)
class Till:
    """What stands in every row."""

    time_zone: str
    location: str
    device: str
    currency: str = "$"


def write_transactions(path: Path, till: Till, sales: Iterable[Sale]) -> None:
    """Write a row a payment or refund, newest first."""
    files.csv_file(path, TRANSACTIONS, (_transaction(till, one) for one in _newest(sales)))


def write_items(path: Path, till: Till, sales: Iterable[Sale]) -> None:
    """Write a row an item sold or given back, newest first."""
    files.csv_file(path, ITEMS, (row for one in _newest(sales) for row in _items(till, one)))


def money(cents: int, currency: str = "$") -> str:
    """Money as Square writes it: `-$1,240.00`."""
    return f"{'-' if cents < 0 else ''}{currency}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def _newest(sales: Iterable[Sale]) -> list[Sale]:
    return sorted(sales, key=lambda one: (one.at, one.payment), reverse=True)


def _transaction(till: Till, sale: Sale) -> dict[str, str]:
    fee = 0 if sale.card is None or sale.event == REFUND else -round(0.026 * sale.collected + 10)
    amounts = dict.fromkeys(TRANSACTION_MONEY, 0) | {
        "Gross Sales": sale.gross,
        "Discounts": -sale.sign * sale.discount,
        "Net Sales": sale.net,
        "Tip": sale.tip,
        "Total Collected": sale.collected,
        "Card" if sale.card else "Cash": sale.collected,
        "Fees": fee,
        "Net Total": sale.collected + fee,
    }
    return _both(till, sale) | {name: money(cents, till.currency) for name, cents in amounts.items()} | {
        "Source": "Point of Sale",
        "Card Entry Methods": "Tapped" if sale.card else "",
        "Staff Name": sale.staff,
        "Description": ", ".join(_told(item) for item in sale.items),
        "Fee Percentage Rate": "2.6" if fee else "",
        "Fee Fixed Rate": "$0.10" if fee else "",
        "Refund Reason": sale.reason,
        "Discount Name": "Birthday treat" if sale.discount else "",
        "Transaction Status": "Complete",
        "Free Processing Applied": "N/A",
    }


def _items(till: Till, sale: Sale) -> Iterator[dict[str, str]]:
    """The discount of a sale stands in its first line."""
    for place, item in enumerate(sale.items):
        gross, off = sale.sign * item.amount, sale.sign * sale.discount if place == 0 else 0
        yield _both(till, sale) | {
            "Category": item.category,
            "Item": item.name,
            "Qty": f"{sale.sign * item.quantity}.0",
            "Price Point Name": "Regular",
            "SKU": item.sku,
            "Modifiers Applied": item.modifier,
            "Gross Sales": money(gross, till.currency),
            "Discounts": money(-off, till.currency),
            "Net Sales": money(gross - off, till.currency),
            "Tax": money(0, till.currency),
            "Unit": "ea",
            "Count": str(sale.sign * item.quantity),
            "Itemization Type": "Physical Good",
            "Employee": sale.staff,
        }


def _both(till: Till, sale: Sale) -> dict[str, str]:
    brand, tail = sale.card or ("", "")
    return {
        "Date": f"{sale.at:%m/%d/%Y}",
        "Time": f"{sale.at:%H:%M:%S}",
        "Time Zone": till.time_zone,
        "Transaction ID": sale.number,
        "Payment ID": sale.payment,
        "Device Name": till.device,
        "Event Type": sale.event,
        "Location": till.location,
        "Dining Option": "To Go",
        "Customer ID": sale.customer,
        "Customer Name": sale.name,
        "Card Brand": brand,
        "PAN Suffix": tail,
    }


def _told(item: Item) -> str:
    return f"{item.quantity} x {item.name}" if item.quantity > 1 else item.name
