"""Write the plain sheets an owner keeps where no tool exports: jobs, bookings, events, referrals and so on."""

from collections.abc import Iterable
from pathlib import Path

from town import files

# The columns of the templates; a row is a dict, and what it leaves out is blank.
COLUMNS = {
    "orders": "order,date,customer,amount,currency",
    "claims": "claim code,customer,receipt,date,consent",
    "jobs": "job,customer,kind,promised,done,quoted,charged,currency",
    "bookings": "booking,customer,booked,date,service,people,status",
    "subscriptions": "subscription,customer,started,ended,plan,price,currency",
    "events": "case,activity,date,customer",
    "referrals": "referrer,customer,date",
    "spend": "channel,date,purpose,amount,currency,new customers",
    "units": "unit,period,measure,value",
    "costs": "customer,date,kind of cost,amount,currency",
    "shifts": "unit,date,hours,staff",
    "reviews": "reviewer_name,rating,review_text,date",
    "interactions": "ticket,customer,date,channel,type,topic,status,first reply minutes,solved,satisfied",
}
FINDING, KEEPING = "finding", "keeping"


def columns(table: str) -> list[str]:
    """The header of a sheet."""
    return COLUMNS[table].split(",")


def write(path: Path, table: str, rows: Iterable[dict], without: str = "") -> list[dict]:
    """Write rows in the columns of `table`, as CSV or, by the ending of the path, as xlsx; blank where not given.

    `without` names columns, separated by commas, that this owner's sheet does not have.
    """
    rows = list(rows)
    header = [name for name in columns(table) if name not in without.split(",")]
    unknown = {name for row in rows for name in row} - set(header)
    if unknown:
        raise ValueError(f"this sheet of {table} has no column {sorted(unknown)}")
    if path.suffix == ".xlsx":
        files.workbook(path, {table: [header, *([row.get(name) for name in header] for row in rows)]})
    else:
        files.csv_file(path, header, rows)
    return rows


def money(cents: int) -> str:
    """Cents as a plain amount: `-12.50`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
