"""The owner's own mapping for tables that have no reader of their own."""

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.mapfile import COLUMNS, NEEDS
from crqkit.intake.records import NEEDED
from crqkit.tables.schema import TABLES, TRACE

EVENTS = """case:concept:name,concept:name,time:timestamp,org:resource,amount
A1,register request,2026-01-05 10:00:00+01:00,Olga,5
A1,decide,2026-01-06 11:30:00+01:00,Olga,
A2,register request,2026-01-07 09:00:00+01:00,Pete,7
"""
EVENTS_MAP = """table: events
columns:
  case_id: case:concept:name
  activity: concept:name
  at: time:timestamp
"""
TICKETS = """Nr;Kunde;Tel;Eingang;Erledigt;Stand;Weg;Zufrieden;Thema;Bearbeiter
1;ana@example.com;;03.02.2026 09:00;04.02.2026 17:30;erledigt;Telefon;ja;Rechnung;Olga
2;;0171 2345678;05.02.2026 10:15;;neu;Mail;;Lieferung an Olga;Olga
3;ben@example.org;;06.02.2026 08:00;06.02.2026 08:45;erledigt;Laden;nein;Rechnung;Olga
4;test@example.org;;07.02.2026 08:00;07.02.2026 08:45;Probe;Laden;nein;Probe;Olga
"""
TICKETS_MAP = """table: interactions
columns:
  interaction_id: Nr
  customer_key: Kunde
  customer_phone: Tel
  at: Eingang
  resolved_at: Erledigt
  status: Stand
  channel: Weg
  satisfied: Zufrieden
  topic: Thema
words:
  status: {erledigt: solved, neu: open}
  satisfied: {yes: no}
drop_when:
  - {column: Stand, equals: Probe, reason: trials}
staff: Bearbeiter
timezone: Europe/Berlin
"""


def test_an_event_log_by_its_standard_names(put):
    folder = put({"log.csv": EVENTS, "log.map.yml": EVENTS_MAP})
    shop = read_folder(folder)
    assert set(shop.log["format"]) == {"mapping"}
    assert shop.events["case_id"].tolist() == ["A1", "A1", "A2"]
    assert shop.events["activity"].tolist() == ["register request", "decide", "register request"]
    assert shop.events["at"][1] == pd.Timestamp("2026-01-06 10:30", tz="UTC")


def test_a_sheet_of_tickets_with_words_of_its_own(put):
    shop = read_folder(put({"tickets.csv": TICKETS, "tickets.map.yml": TICKETS_MAP}))
    found = shop.interactions.set_index("interaction_id")
    assert found["status"].to_dict() == {"1": "solved", "2": "open", "3": "solved"}
    assert found["resolved_at"]["1"] == pd.Timestamp("2026-02-04 16:30", tz="UTC")
    assert pd.isna(found["resolved_at"]["2"])
    assert found["satisfied"].dropna().to_dict() == {"1": True, "3": False}
    assert found["customer_key"].notna().all() and found["customer_key"].is_unique
    assert found["topic"]["2"] == "Lieferung an [removed]"
    assert shop.log.set_index(["outcome", "reason"])["detail"]["dropped", "rule"] == "trials"


def test_a_list_of_customers_with_numbers_of_its_own(put):
    people = "nr,mail,since\n7,ana@example.com,2024-01-01\n8,,2024-02-02\n"
    sales = "when,who,paid\n2026-01-01,7,10.00\n2026-01-02,8,20.00\n"
    folder = put({
        "people.csv": people,
        "people.map.yml": "table: customers\nsource: till\ncolumns: {alias: nr, customer_key: mail, first_seen: since}",
        "sales.csv": sales,
        "sales.map.yml": "table: orders\nsource: till\ncolumns: {at: when, customer_key: who, total: paid}",
    })  # fmt: skip
    shop = read_folder(folder)
    assert len(shop.customers) == 2
    assert set(shop.orders["customer_key"]) == set(shop.customers["customer_key"])


@pytest.mark.parametrize("table", NEEDED)
def test_every_table_may_be_mapped_and_says_what_it_needs(table, put):
    assert [name for name in TABLES[table].columns if name not in TRACE] == [
        name for name in COLUMNS[table] if name in TABLES[table].columns
    ]
    folder = put({"a.csv": "x,y\n1,2\n", "a.map.yml": f"table: {table}\ncolumns: {{}}\n"})
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    told = [fault.what for fault in problem.value.faults if fault.column == "columns"]
    assert told == [f"a mapping of {table} needs the column {' or '.join(any_of)}" for any_of in NEEDS[table]]


@pytest.mark.parametrize(
    ("lines", "column", "mend"),
    [
        ("words: {statuss: {a: open}}", "statuss", "Did you mean status?"),
        (
            "words: {topic: {a: b}}",
            "topic",
            "Below words stand columns of ours that stand below columns too: at, status.",
        ),
        ("words: [a]", "words", "Run crqkit map FILE"),
        ("words: {status: [a]}", "words", "Run crqkit map FILE"),
        ("table: tickets", "table", "Write one of: orders or responses or reviews or customers or interactions"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told(lines, column, mend, put):
    start = "" if lines.startswith("table") else "table: interactions\n"
    mapping = f"{start}columns: {{at: when, status: state}}\n{lines}\n"
    folder = put({"a.csv": "when,state\n2026-01-01,open\n", "a.map.yml": mapping})
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    assert any(fault.column == column and fault.mend.startswith(mend) for fault in problem.value.faults), problem.value


def test_won_and_lost_in_the_settings_are_words(put):
    folder = put({"shop.yml": "won: {a: b}\n", "orders.csv": "date,customer,amount\n2026-01-01,7,1.00\n"})
    with pytest.raises(DataProblem, match="a text or a list of texts"):
        read_folder(folder)
