"""What a page could not be made from is told when the files are read, and what no mapping is proposed for is said."""

import pytest

from crqkit import read_folder
from crqkit.base import DataProblem
from crqkit.intake import propose, who

TWO_SCALES = """table: responses
columns: {at: when, customer_key: who}
dimensions: {care: Care}
items:
  - {id: tenfold, column: q2, text: Tenfold, dimension: care, low: 1, high: 10}
  - {id: fivefold, column: q1, text: Fivefold, dimension: care, low: 1, high: 5}
"""
ANSWERS = "when,who,q1,q2\n2026-10-01,a@example.org,3,8\n2026-10-02,b@example.org,4,6\n"


def test_two_scales_in_one_dimension_are_refused_when_the_mapping_is_read(put):
    with pytest.raises(DataProblem, match="tenfold from 1 to 10; fivefold from 1 to 5") as caught:
        read_folder(put({"answers.csv": ANSWERS, "answers.map.yml": TWO_SCALES}))
    assert caught.value.faults[0].column == "care"


@pytest.mark.parametrize(
    "mapping",
    [
        TWO_SCALES.replace("high: 5", "high: 10"),
        TWO_SCALES.replace(", dimension: care, low: 1, high: 10", ", kind: text"),
    ],
)
def test_one_scale_a_dimension_is_read(put, mapping):
    assert len(read_folder(put({"answers.csv": ANSWERS, "answers.map.yml": mapping})).responses)


def refused(path):
    with pytest.raises(DataProblem, match="neither sales") as caught:
        propose(path)
    return caught.value.faults[0].mend


@pytest.mark.parametrize("subject", ["late", "the parcel came three days later than promised"])
def test_tickets_are_not_proposed_as_a_survey(put, subject):
    rows = "".join(f"{1 + i % 9},2026-01-05,2026-01-06,p{i}@example.org,{subject} {i},done\n" for i in range(30))
    folder = put({"tickets.csv": "Ticket,Opened,Closed,Customer,Subject,State\n" + rows})
    mend = refused(folder / "tickets.csv")
    assert "crqkit template" in mend
    assert "interactions" in mend
    assert "bookings" in mend


def test_numbers_that_run_upward_are_no_ratings(put):
    rows = "".join(f"{n},2026-01-0{n}\n" for n in range(1, 9))
    refused(put({"sheet.csv": "Position,Datum\n" + rows}) / "sheet.csv")


def test_few_answers_are_still_ratings(put):
    folder = put({"sheet.csv": "Datum,Freundlich\n2026-01-01,4\n2026-01-02,5\n2026-01-03,3\n"})
    assert 'column: "Freundlich"' in propose(folder / "sheet.csv")


def test_who_finds_a_contact_that_has_only_a_number(put):
    head = "Record ID,First Name,Last Name,Email,Create Date,Contact owner\n"
    rows = "1,Ann,Bee,,2026-01-02 10:00,Own\n2,Cee,Dee,c@example.org,2026-01-03 10:00,Own\n"
    deals = "Record ID,Deal Name,Deal Stage,Close Date,Amount,Pipeline,Associated Contact IDs,Currency\n"
    deals += (
        "11,D1,Closed Won,2026-02-01 10:00,100.00,Pipe,1,EUR\n12,D2,Closed Won,2026-03-01 10:00,200.00,Pipe,2,EUR\n"
    )
    folder = put({"contacts.csv": head + rows, "deals.csv": deals})
    orders = read_folder(folder).orders.set_index("order_id")
    first, second = (who(orders["customer_key"].iloc[place], folder) for place in (0, 1))
    assert "Ann Bee" in first["name"].tolist()
    assert "Cee Dee" in second["name"].tolist()
