"""Tables beside sales, answers and reviews: a line each, with count and time, and nothing made of them yet."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from crqkit.base.messages import templates
from crqkit.report import Brand, build
from crqkit.report.html import render
from crqkit.report.others import NOT_USED
from crqkit.report.section import origins
from crqkit.tables.schema import TABLES


def day(text):
    return pd.Timestamp(text, tz="UTC")


ROWS = {
    "interactions": [
        {"interaction_id": str(n), "at": day(f"2026-05-{n + 1:02d}"), "status": "open" if n < 3 else "solved"}
        for n in range(12)
    ],
    "jobs": [
        {"job_id": "1", "promised_at": day("2026-04-01"), "done_at": day("2026-04-03"), "charged": 90.0},
        {"job_id": "2", "promised_at": day("2026-06-01")},
    ],
    "bookings": [
        {"booking_id": "1", "at": day("2026-05-02"), "status": "came"},
        {"booking_id": "2", "at": day("2026-05-03"), "status": "no show"},
        {"booking_id": "3", "booked_at": day("2026-05-03"), "at": day("2027-01-10"), "status": "planned"},
        {"booking_id": "4", "at": day("2026-05-04"), "status": "cancelled"},
    ],
    "subscriptions": [
        {"subscription_id": "1", "started_at": day("2025-01-05"), "ended_at": day("2026-02-01")},
        {"subscription_id": "2", "started_at": day("2025-03-05")},
    ],
    "events": [{"case_id": "a", "activity": step, "at": day("2026-05-05")} for step in ("asked", "paid")],
    "units": [{"unit": "north", "period": "2026-05", "measure": "hours", "value": 5.0}],
    "costs": [{"customer_key": "C1", "at": day("2026-05-05"), "kind": "call", "amount": 3.0}],
    "referrals": [{"referrer_key": "C1", "customer_key": "C2", "at": day("2026-05-05")}],
    "spend": [{"channel": "mail", "at": day("2026-05-05"), "purpose": "finding", "amount": 50.0}],
    "shifts": [{"unit": "north", "at": day("2026-05-05"), "hours": 8.0}],
    "claims": [{"claim_code": "AB12", "customer_key": "C1", "at": day("2026-05-05"), "consent": True}],
    "customers": [{"customer_key": "C1", "first_seen": day("2025-05-05"), "source": "fair"}],
}
LINES = [
    "Customers on lists of their own: 1, from 5 May 2025 to 5 May 2025.",
    "Claim codes by which paper answers may be joined to purchases: 1, from 5 May 2026 to 5 May 2026.",
    "The following was read and understood too; this page does not use it yet.",
    "Tickets and messages: 12, of which 3 open, from 1 May 2026 to 12 May 2026.",
    "Jobs: 2, of which 1 done, from 1 April 2026 to 1 June 2026.",
    "Appointments and reservations: 4 (cancelled: 1, nobody came: 1), from 2 May 2026 to 10 January 2027.",
    "Subscriptions: 2, of which 1 not ended, from 5 January 2025 to 5 March 2025.",
    "Steps of journeys, visits and uses: 2, in 1 case, from 5 May 2026 to 5 May 2026.",
    "Figures of shops or shifts: 1, for 1 place.",
    "Costs of serving: 1 entry, from 5 May 2026 to 5 May 2026.",
    "Customers sent by others: 1, from 5 May 2026 to 5 May 2026.",
    "Spending on finding and keeping customers: 1 entry, from 5 May 2026 to 5 May 2026.",
    "Shifts: 1, from 5 May 2026 to 5 May 2026.",
]


@pytest.fixture
def tables():
    return {name: TABLES[name].shape(pd.DataFrame(rows)) for name, rows in ROWS.items()}


@pytest.fixture
def full(survey_only, tables):
    settings = replace(survey_only.settings, timezone="UTC")
    return replace(survey_only, tables={**survey_only.tables, **tables}, settings=settings)


def said(page):
    return [str(sentence) for sentence in page["have"].sentences]


def test_each_table_has_its_line(full):
    assert [line for line in said(build(full)) if line in LINES] == LINES


def test_every_number_of_them_stands_in_a_table(full):
    found = [(s, name, value, origin) for s, name, value, origin in origins(build(full)["have"])]
    assert [(s, name, value) for s, name, value, origin in found if origin is None] == []
    assert sum(origin.table == "others" for *_, origin in found) == 28


def test_without_such_tables_nothing_is_said(shop):
    assert not [line for line in said(build(shop)) if "does not use it yet" in line or line.startswith("Customers on")]


def test_what_is_not_known_is_not_counted(survey_only, tables):
    bare = {"interactions": ["interaction_id"], "bookings": ["booking_id", "at"]}
    blank = {name: TABLES[name].shape(tables[name][columns]) for name, columns in bare.items()}
    lines = said(build(replace(survey_only, tables={**survey_only.tables, **blank})))
    assert "Tickets and messages: 12." in lines
    assert any(line.startswith("Appointments and reservations: 4, from ") for line in lines)


def test_each_alone_makes_a_page(survey_only, tables):
    for name, table in tables.items():
        html = render(build(replace(survey_only, tables={name: table})), Brand())
        assert re.search(r"does not use it yet|Customers on lists|Claim codes", html), name


def test_every_table_of_the_schema_is_named_by_check_and_by_the_page():
    used = {"orders", "order_lines", "responses", "reviews", "customers", "claims"}
    assert used | set(NOT_USED) == set(TABLES)
    assert [name for name in TABLES if f"cli.check.{name}" not in templates()] == []
    assert [name for name in TABLES if f"page.have.{name}" not in templates()] == ["order_lines"]


def test_an_earlier_day_knows_nothing_of_what_came_later(full):
    tables = build(full, as_of="2026-05-08").shop.tables
    assert len(tables["interactions"]) == 8
    assert tables["jobs"]["job_id"].tolist() == ["1"]
    assert tables["bookings"]["booking_id"].tolist() == ["1", "2", "3", "4"]
    assert tables["subscriptions"]["ended_at"].notna().tolist() == [True, False]
    tables = build(full, as_of="2026-04-02").shop.tables
    assert (tables["jobs"]["done_at"].isna().all(), tables["jobs"]["charged"].isna().all()) == (True, True)
    assert len(tables["bookings"]) == 0


def test_a_ticket_solved_later_was_still_open(full, tables):
    solved = tables["interactions"].assign(status="solved", resolved_at=day("2026-06-01"))
    shop = replace(full, tables={**full.tables, "interactions": TABLES["interactions"].shape(solved)})
    assert (build(shop).shop.interactions["status"] == "solved").all()
    assert (build(shop, as_of="2026-05-31").shop.interactions["status"] == "open").all()
