"""Write contacts and deals as HubSpot exports them, with the columns that this owner has chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from town import files
from town.people import Person

CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Lifecycle Stage,Create Date,"
    "Last Activity Date,Associated Company,Country/Region,Original Source,Unsubscribed from all email"
).split(",")
DEALS = (
    "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Create Date,Last Activity Date,Associated Company,"
    "Associated Contact IDs"
).split(",")
WON, LOST, OPEN = "Closed Won", "Closed Lost", "Presentation Scheduled"


@dataclass
class Deal:
    """One contact with one deal; money is in cents, `closed` lies ahead while the deal is open."""

    number: int
    who: Person
    company: str
    source: str
    begun: datetime
    closed: datetime
    stage: str
    amount: int
    owner: str
    opted_out: bool = False

    @property
    def record(self) -> int:
        return 70_000 + self.number


def write_contacts(path: Path, deals: Iterable[Deal]) -> None:
    """Write a row a contact, oldest first."""
    files.csv_file(path, CONTACTS, (_contact(one) for one in deals))


def write_deals(path: Path, deals: Iterable[Deal], seen: datetime) -> None:
    """Write a row a deal, oldest first."""
    files.csv_file(path, DEALS, (_deal(one, seen) for one in deals))


def _contact(deal: Deal) -> dict:
    first, last = deal.who.name.split(" ", 1)
    return {
        "Record ID": deal.number,
        "First Name": first,
        "Last Name": last,
        "Email": deal.who.email,
        "Phone Number": deal.who.phone if deal.number % 3 == 0 else "",
        "Contact owner": deal.owner,
        "Lifecycle Stage": "Customer" if deal.stage == WON else "Opportunity",
        "Create Date": deal.begun,
        "Associated Company": deal.company,
        "Country/Region": "United States",
        "Original Source": deal.source,
        "Unsubscribed from all email": "true" if deal.opted_out else "",
    }


def _deal(deal: Deal, seen: datetime) -> dict:
    return {
        "Record ID": deal.record,
        "Deal Name": f"{deal.company} - first year",
        "Deal Stage": deal.stage,
        "Amount": f"{deal.amount // 100}.{deal.amount % 100:02d}",
        "Deal owner": deal.owner,
        "Close Date": deal.closed,
        "Create Date": deal.begun,
        "Last Activity Date": min(deal.closed, seen),
        "Associated Company": deal.company,
        "Associated Contact IDs": deal.number,
    }
