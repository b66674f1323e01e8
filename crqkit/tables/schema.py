"""The canonical tables: fixed once, met by every room.

Time is ``at`` (UTC), person is ``customer_key``, money has its ``currency``.
Every table also carries ``file`` and ``row`` (spreadsheet row, 1 = first line of the file),
so that a figure or a fault can be traced back to the cell it came from.
"""

from dataclasses import dataclass

import pandas as pd

KEY, TEXT, NUMBER, TIME, FLAG = "string", "string", "float64", "datetime64[us, UTC]", "boolean"
COUNT = "Int64"
TRACE = {"file": TEXT, "row": COUNT}


@dataclass(frozen=True)
class Table:
    """One canonical table: its columns with their pandas types and what a row is."""

    name: str
    row_is: str
    columns: dict[str, str]
    identity: tuple[str, ...]

    def empty(self) -> pd.DataFrame:
        """Return the table with its columns and no rows."""
        return self.shape(pd.DataFrame())

    def shape(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with exactly the table's columns, in order and typed; absent ones are empty."""
        return frame.reindex(columns=list(self.columns)).astype(self.columns)


def _table(name: str, row_is: str, identity: tuple[str, ...], /, **columns: str) -> Table:
    return Table(name, row_is, columns | TRACE, identity)


# An order's `status`: what it counts as. Only a sale is a visit; sale and refund count as money.
SALE, REFUND = "sale", "refund"
# A ticket's `status`: one that is open has no `resolved_at` yet, which is not the same as none needed.
OPEN, SOLVED = "open", "solved"
# A booking's `status`.
CAME, NO_SHOW, CANCELLED, PLANNED = "came", "no show", "cancelled", "planned"
# What money was spent for.
FINDING, KEEPING = "finding", "keeping"

TABLES = {
    table.name: table
    for table in (
        _table(
            "customers",
            "one person",
            ("customer_key",),
            customer_key=KEY,
            first_seen=TIME,
            consent=FLAG,
            consent_at=TIME,
            tags=TEXT,
            country=TEXT,
            source=TEXT,
            stated_orders=NUMBER,
            stated_spent=NUMBER,
        ),
        _table(
            "orders",
            "one order, or one refund booked on its own",
            ("order_id",),
            order_id=KEY,
            customer_key=KEY,
            at=TIME,
            currency=TEXT,
            gross=NUMBER,
            discount=NUMBER,
            shipping=NUMBER,
            tax=NUMBER,
            total=NUMBER,
            refunds=NUMBER,
            net=NUMBER,
            status=TEXT,
            channel=TEXT,
            country=TEXT,
            n_items=NUMBER,
        ),
        _table(
            "order_lines",
            "one product within an order",
            ("order_id", "sku", "name"),
            order_id=KEY,
            sku=TEXT,
            name=TEXT,
            category=TEXT,
            qty=NUMBER,
            price=NUMBER,
        ),
        _table(
            "interactions",
            "one contact, message or ticket",
            ("interaction_id",),
            interaction_id=KEY,
            customer_key=KEY,
            at=TIME,
            channel=TEXT,
            direction=TEXT,
            type=TEXT,
            topic=TEXT,
            status=TEXT,
            first_reply_minutes=NUMBER,
            resolved_at=TIME,
            reopens=NUMBER,
            satisfied=FLAG,
            csat=NUMBER,
        ),
        _table(
            "responses",
            "one answer of one person to one question",
            ("response_id", "item"),
            response_id=KEY,
            customer_key=KEY,
            claim_code=KEY,
            at=TIME,
            seconds=NUMBER,
            finished=FLAG,
            item=TEXT,
            value=NUMBER,
            text=TEXT,
        ),
        _table(
            "reviews",
            "one public review",
            ("review_id",),
            review_id=KEY,
            at=TIME,
            stars=NUMBER,
            text=TEXT,
            reply_at=TIME,
        ),
        _table(
            "events",
            "one step of a journey, one visit to a class, one use of a service",
            ("case_id", "activity", "at"),
            case_id=KEY,
            activity=TEXT,
            at=TIME,
            customer_key=KEY,
        ),
        _table(
            "jobs",
            "one promised piece of work",
            ("job_id",),
            job_id=KEY,
            customer_key=KEY,
            kind=TEXT,
            promised_at=TIME,
            done_at=TIME,
            quoted=NUMBER,
            charged=NUMBER,
            currency=TEXT,
        ),
        _table(
            "bookings",
            "one reservation or appointment",
            ("booking_id",),
            booking_id=KEY,
            customer_key=KEY,
            booked_at=TIME,
            at=TIME,
            service=TEXT,
            people=NUMBER,
            status=TEXT,
        ),
        _table(
            "subscriptions",
            "one contract, from its start to its end or until now",
            ("subscription_id",),
            subscription_id=KEY,
            customer_key=KEY,
            started_at=TIME,
            ended_at=TIME,
            plan=TEXT,
            price=NUMBER,
            currency=TEXT,
        ),
        _table(
            "units",
            "one figure of one shop or shift",
            ("unit", "period", "measure"),
            unit=KEY,
            period=TEXT,
            measure=TEXT,
            value=NUMBER,
        ),
        _table(
            "costs",
            "one cost of serving",
            ("customer_key", "at", "kind"),
            customer_key=KEY,
            at=TIME,
            kind=TEXT,
            amount=NUMBER,
            currency=TEXT,
        ),
        _table(
            "referrals",
            "one person sent by another",
            ("referrer_key", "customer_key"),
            referrer_key=KEY,
            customer_key=KEY,
            at=TIME,
        ),
        _table(
            "spend",
            "money spent on finding or keeping customers, by channel",
            ("channel", "at", "purpose"),
            channel=TEXT,
            at=TIME,
            purpose=TEXT,
            amount=NUMBER,
            currency=TEXT,
            new_customers=NUMBER,
        ),
        _table(
            "shifts", "one shift of one employee group", ("unit", "at"), unit=KEY, at=TIME, hours=NUMBER, staff=NUMBER
        ),
        _table(
            "claims",
            "one paper answer that its writer agreed to have joined to what they buy",
            ("claim_code",),
            claim_code=KEY,
            customer_key=KEY,
            order_id=KEY,
            at=TIME,
            consent=FLAG,
        ),
    )
}
