"""Write orders the way the orders export of Shopify does, in an older and in a newer set of columns."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

OLDER_COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount"
).split(",")

NEWER_COLUMNS = OLDER_COLUMNS + (
    "Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,"
    "Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,"
    "Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
).split(",")

VAT_PERCENT = 19


@dataclass(frozen=True)
class Person:
    """A simulated person as the till knows them."""

    name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    marketing: bool


@dataclass(frozen=True)
class Line:
    """One product within an order; money is in cents throughout."""

    sku: str
    name: str
    price: int
    compare_at: int
    vendor: str
    quantity: int

    @property
    def amount(self) -> int:
        return self.price * self.quantity


@dataclass
class Order:
    """One order with all that ever happened to it; an export shows what had happened by its download."""

    at: datetime
    source: str
    buyer: Person | None
    email: str
    lines: list[Line]
    payment: str
    discount_code: str = ""
    discount: int = 0
    shipping: int = 0
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    refunded_at: datetime | None = None
    refund: int = 0
    voided_at: datetime | None = None
    cancelled_at: datetime | None = None
    notes: str = ""
    note_attributes: str = ""
    tags: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        return f"#{self.number}"

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines) - self.discount

    @property
    def total(self) -> int:
        return self.subtotal + self.shipping

    @property
    def taxes(self) -> int:
        """German prices include the tax, so it is a part of the total and not added to it."""
        return (2 * self.total * VAT_PERCENT + 100 + VAT_PERCENT) // (2 * (100 + VAT_PERCENT))

    def refunded_by(self, seen: datetime) -> int:
        return self.refund if _happened(self.refunded_at, seen) else 0

    def financial_status(self, seen: datetime) -> str:
        if self.refunded_by(seen):
            return "refunded" if self.refund == self.total else "partially_refunded"
        if _happened(self.voided_at, seen):
            return "voided"
        return "paid" if _happened(self.paid_at, seen) else "pending"


def write(path: Path, orders: Iterable[Order], columns: list[str], seen: datetime) -> None:
    """Write the orders newest first, one row a line item, as they stood at the download `seen`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for order in sorted(orders, key=lambda one: one.number, reverse=True):
            writer.writerows(_rows(order, seen))


def _rows(order: Order, seen: datetime) -> Iterator[dict[str, str]]:
    fulfilled = _happened(order.fulfilled_at, seen)
    for position, line in enumerate(order.lines):
        # Only the first row of an order carries what belongs to the whole order.
        row = _head(order, seen) if position == 0 else {}
        yield row | {"Name": order.name, "Email": order.email, "Created at": _time(order.at)} | _line(line, fulfilled)


def _line(line: Line, fulfilled: bool) -> dict[str, str]:
    return {
        "Lineitem quantity": str(line.quantity),
        "Lineitem name": line.name,
        "Lineitem price": _money(line.price),
        "Lineitem compare at price": _money(line.compare_at) if line.compare_at else "",
        "Lineitem sku": line.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled" if fulfilled else "pending",
        "Lineitem discount": _money(0),
        "Vendor": line.vendor,
    }


def _head(order: Order, seen: datetime) -> dict[str, str]:
    status = order.financial_status(seen)
    at_till = order.source == "pos"
    return {
        "Financial Status": status,
        "Paid at": _time(order.paid_at, seen),
        "Fulfillment Status": "fulfilled" if _happened(order.fulfilled_at, seen) else "unfulfilled",
        "Fulfilled at": _time(order.fulfilled_at, seen),
        "Accepts Marketing": "yes" if order.buyer and order.buyer.marketing else "no",
        "Currency": "EUR",
        "Subtotal": _money(order.subtotal),
        "Shipping": _money(order.shipping),
        "Taxes": _money(order.taxes),
        "Total": _money(order.total),
        "Discount Code": order.discount_code,
        "Discount Amount": _money(order.discount),
        "Shipping Method": "" if at_till else "Standardversand",
        "Notes": order.notes,
        "Note Attributes": order.note_attributes,
        "Cancelled at": _time(order.cancelled_at, seen),
        "Payment Method": order.payment,
        "Payment Reference": f"c{order.number * 7919:010d}.1",
        "Refunded Amount": _money(order.refunded_by(seen)),
        "Outstanding Balance": _money(order.total if status == "pending" else 0),
        "Employee": "Frau Böttcher" if at_till else "",
        "Location": "Laden Ottensen" if at_till else "",
        "Device ID": "1" if at_till else "",
        "Id": str(6_200_000_000_000 + order.number * 104_729),
        "Tags": order.tags,
        "Risk Level": "Low",
        "Source": order.source,
        "Tax 1 Name": f"DE MwSt {VAT_PERCENT}%",
        "Tax 1 Value": _money(order.taxes),
        "Receipt Number": f"1-{order.number}" if at_till else "",
        "Payment ID": f"r{order.number * 6007:09d}",
        "Payment References": f"r{order.number * 6007:09d}",
    } | _buyer(order.buyer, shipped=not at_till)


def _buyer(buyer: Person | None, shipped: bool) -> dict[str, str]:
    if buyer is None:
        return {}
    address = {
        "Name": buyer.name,
        "Street": buyer.street,
        "Address1": buyer.street,
        "City": buyer.city,
        "Zip": f"'{buyer.postcode}",  # Shopify's apostrophe keeps a spreadsheet from eating the leading zero
        "Country": "DE",
        "Phone": buyer.phone,
    }
    kinds = ("Billing", "Shipping") if shipped else ("Billing",)
    return {"Phone": buyer.phone} | {f"{kind} {part}": value for kind in kinds for part, value in address.items()}


def _happened(at: datetime | None, seen: datetime) -> bool:
    return at is not None and at <= seen


def _time(at: datetime | None, seen: datetime | None = None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %z}" if at and (seen is None or at <= seen) else ""


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
