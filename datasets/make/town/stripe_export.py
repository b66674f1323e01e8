"""Write the payments export of Stripe in its newer columns, with the columns a shop has added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from town import files

COLUMNS = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,"
    "Converted Currency,Decline Reason,Description,Fee,Refunded date (UTC),Statement Descriptor,Status,Seller Message,"
    "Taxes On Fee,Card ID,Customer ID,Customer Description,Customer Email,Invoice ID,Transfer"
).split(",")
PAID, FAILED, REFUNDED = "Paid", "Failed", "Refunded"


@dataclass
class Payment:
    """One attempt to be paid; money is in the smallest unit of the currency, `at` on the clock of the shop."""

    at: datetime
    number: str
    amount: int
    customer: str
    email: str
    card: str
    invoice: str
    description: str
    decline: str = ""
    refunded: int = 0
    refunded_at: datetime | None = None
    test: bool = False
    more: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        if self.decline:
            return FAILED
        return REFUNDED if self.refunded == self.amount else PAID


def write(
    path: Path, payments: Iterable[Payment], zone: str, currency: str, descriptor: str, more: Sequence[str] = ()
) -> None:
    """Write a row an attempt, newest first; `more` are columns of the shop's own, such as `plan (metadata)`."""
    newest = sorted(payments, key=lambda one: (one.at, one.number), reverse=True)
    rows = (_row(one, ZoneInfo(zone), currency, descriptor) for one in newest)
    files.csv_file(path, (*COLUMNS, "Mode", *more), rows)


def _row(payment: Payment, zone: ZoneInfo, currency: str, descriptor: str) -> dict[str, str]:
    fee = 0 if payment.decline else round(0.015 * payment.amount) + 20
    return {
        "id": payment.number,
        "Created date (UTC)": _time(payment.at, zone),
        "Amount": _money(payment.amount),
        "Amount Refunded": _money(payment.refunded),
        "Currency": currency.lower(),
        "Captured": "false" if payment.decline else "true",
        "Converted Amount": _money(payment.amount),
        "Converted Amount Refunded": _money(payment.refunded),
        "Converted Currency": currency.lower(),
        "Decline Reason": payment.decline,
        "Description": payment.description,
        "Fee": _money(fee),
        "Refunded date (UTC)": _time(payment.refunded_at, zone) if payment.refunded_at else "",
        "Statement Descriptor": descriptor,
        "Status": payment.status,
        "Seller Message": "The bank declined the payment." if payment.decline else "Payment complete.",
        "Taxes On Fee": _money(0),
        "Card ID": payment.card,
        "Customer ID": payment.customer,
        "Customer Email": payment.email,
        "Invoice ID": payment.invoice,
        "Mode": "Test" if payment.test else "Live",
    } | payment.more


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.replace(tzinfo=zone).astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S}"


def _money(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
