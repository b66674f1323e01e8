"""Write the tickets export of Zendesk: 40 columns, of which many stay empty, times on the clock of the account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from town import files
from town.people import Person

COLUMNS = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,"
    "Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,"
    "Due date,Initially assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,"
    "Reopens,Replies,First reply time in minutes,First reply time in minutes within business hours,"
    "First resolution time in minutes,First resolution time in minutes within business hours,"
    "Full resolution time in minutes,Full resolution time in minutes within business hours,"
    "Agent wait time in minutes,Agent wait time in minutes within business hours,Requester wait time in minutes,"
    "Requester wait time in minutes within business hours,On hold time in minutes"
).split(",")


@dataclass
class Ticket:
    """One ticket; `solved` is None while it is open, `satisfied` is None where nobody answered."""

    at: datetime
    who: Person
    number_of_who: int
    group: str
    subject: str
    kind: str
    via: str
    staff: str
    reply_minutes: int | None
    solved: datetime | None
    satisfied: bool | None = None
    reopens: int = 0
    merged: bool = False


def write(path: Path, tickets: Iterable[Ticket], seen: datetime) -> None:
    """Write a row a ticket, oldest first, as it stood at the download `seen`."""
    oldest = sorted(tickets, key=lambda one: (one.at, one.number_of_who))
    files.csv_file(path, COLUMNS, (_row(one, number, seen) for number, one in enumerate(oldest, 1001)))


def _row(ticket: Ticket, number: int, seen: datetime) -> dict:
    hours = round((ticket.solved - ticket.at).total_seconds() / 3600) if ticket.solved else ""
    score = {None: "Offered" if ticket.solved else "Not Offered", True: "Good", False: "Bad"}[ticket.satisfied]
    return {
        "Summation column": 1,
        "Id": number,
        "Requester": ticket.who.name,
        "Requester id": ticket.number_of_who,
        "Requester email": ticket.who.email,
        "Requester domain": ticket.who.email.split("@")[1],
        "Submitter": ticket.who.name,
        "Assignee": ticket.staff,
        "Group": ticket.group,
        "Subject": ticket.subject,
        "Tags": "closed_by_merge" if ticket.merged else "",
        "Status": "Closed" if ticket.merged else "Solved" if ticket.solved else "Open",
        "Priority": "Normal",
        "Via": ticket.via,
        "Ticket type": ticket.kind,
        "Created at": ticket.at,
        "Updated at": ticket.solved or seen,
        "Assigned at": ticket.at,
        "Initially assigned at": ticket.at,
        "Solved at": ticket.solved,
        "Resolution time": hours,
        "Satisfaction Score": score,
        "Group stations": 1,
        "Assignee stations": 1,
        "Reopens": ticket.reopens,
        "Replies": 1 + ticket.reopens,
        "First reply time in minutes": ticket.reply_minutes,
    }
