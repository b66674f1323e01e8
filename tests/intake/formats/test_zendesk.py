"""Zendesk: open tickets are censored, Good and Bad are no numbers, and rounded hours are never read."""

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder, who
from tests.intake.formats import support

UNSEEN = [
    "example.com", "example.org", "Ana", "Lim", "Okafor", "Marsh", "Stone", "Rossi", "Hale", "Olga", "Olsen", "money",
    "vip", "Parcel", "7946", "invoice",
]  # fmt: skip
DATES = ["Created at", "Updated at", "Assigned at", "Initially assigned at", "Solved at"]


@pytest.fixture
def tickets(tmp_path):
    return support.read("zendesk", tmp_path).interactions.set_index("interaction_id")


def test_eight_tickets_of_five_persons(tickets, tmp_path):
    assert list(tickets.index) == ["11", "12", "13", "14", "15", "19", "20", "21"]
    assert tickets["customer_key"].nunique() == 5
    assert tickets["customer_key"]["12"] == tickets["customer_key"]["19"], "known by number where the mail is missing"
    shop = support.read("zendesk", tmp_path / "again")
    assert support.dropped(shop) == {"merged": 1, "deleted": 2}
    support.assert_accounted(shop)


def test_open_tickets_are_not_solved(tickets):
    assert tickets["status"].to_dict() == {
        "11": "solved", "12": "solved", "13": "open", "14": "open", "15": "open", "19": "solved", "20": "solved",
        "21": "open",
    }  # fmt: skip
    assert tickets["resolved_at"].isna().eq(tickets["status"].eq("open")).all(), "13 was solved once and opened again"


def test_the_time_to_a_solution_is_no_rounded_hour(tickets):
    minutes = (tickets["resolved_at"] - tickets["at"]).dt.total_seconds() / 60
    assert minutes.dropna().to_dict() == {"11": 1530, "12": 20, "19": 180, "20": 7200}
    assert tickets["first_reply_minutes"].sum() == 1605
    assert tickets["reopens"].sum() == 3


def test_only_good_and_bad_are_answers(tickets):
    assert tickets["satisfied"].dropna().to_dict() == {"11": True, "12": False, "20": True}
    assert tickets["csat"].isna().all()


def test_channel_kind_and_topic(tickets):
    assert tickets["channel"].value_counts().to_dict() == {
        "Mail": 4, "Phone call (inbound)": 2, "Web form": 1, "Chat": 1,
    }  # fmt: skip
    assert tickets["topic"]["20"] == "[removed] queue" and pd.isna(tickets["topic"]["15"])
    assert tickets["type"]["14"] == "Incident"


def test_nobody_is_named(tmp_path):
    support.assert_unnamed(support.read("zendesk", tmp_path), UNSEEN)


def test_the_owner_finds_the_requester_and_never_the_agent(tmp_path):
    folder = support.copy("zendesk", tmp_path)
    key = read_folder(folder).interactions["customer_key"][0]
    assert who(key, folder)["name"].unique().tolist() == ["Ana Lim"]


def test_a_workbook_says_the_same(tickets, tmp_path):
    folder = support.copy("zendesk", tmp_path, "workbook")
    frame = pd.read_csv(folder / "tickets.csv")
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in DATES})
    frame.to_excel(folder / "tickets.xlsx", index=False)
    (folder / "tickets.csv").unlink()
    other = read_folder(folder).interactions.set_index("interaction_id")
    drop = ["customer_key", "file"]
    pd.testing.assert_frame_equal(other.drop(columns=drop), tickets.drop(columns=drop))


def test_a_field_of_the_shop_may_be_named_in_a_mapping(tmp_path):
    folder = support.copy("zendesk", tmp_path)
    lines = [
        "table: interactions", "columns:", "  interaction_id: Id", "  at: Created at", "  topic: About [list]",
        "  status: Status", "  satisfied: Satisfaction Score", "words:",
        "  status: {closed: solved, new: open, pending: open, hold: open}",
        '  satisfied: {good: yes, bad: no, offered: "", not offered: ""}', "drop_when:",
        "  - {column: Status, equals: [Deleted, Suspended], reason: no real tickets}",
    ]  # fmt: skip
    (folder / "tickets.map.yml").write_text("\n".join(lines))
    shop = read_folder(folder)
    assert shop.interactions["topic"].dropna().tolist() == ["delivery"]
    assert shop.interactions["satisfied"].dropna().tolist() == [True, False, True]
    assert support.dropped(shop) == {"rule": 2}


def test_an_unknown_status_is_told(tmp_path):
    folder = support.copy("zendesk", tmp_path)
    support.change(folder, lambda rows: [[cell.replace("Pending", "Sleeping") for cell in row] for row in rows])
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    assert [(f.row, f.column, f.what) for f in problem.value.faults] == [(5, "Status", "this word is not known here")]


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("zendesk", tmp_path)


@pytest.mark.parametrize("day_first", ["%d/%m/%Y", "%d.%m.%Y"])
def test_a_foreign_spreadsheet(day_first, tmp_path):
    support.assert_reads_abroad("zendesk", tmp_path, dates=DATES, day_first=day_first)


@support.each_required("zendesk_tickets")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("zendesk", "tickets.csv", "zendesk_tickets", headers, tmp_path)


def test_the_wrong_file_is_refused(tmp_path):
    rows = [["Id", "Name", "Email", "Status", "Via", "Created at"], ["1", "Ana", "ana@example.com", "x", "y", "z"]]
    support.write(tmp_path / "users.csv", rows)
    with pytest.raises(DataProblem, match="nearest is tickets of Zendesk, for which is missing: Solved at, Satisf"):
        read_folder(tmp_path)
