from itertools import pairwise

import pandas as pd
import pytest

from crqkit.report.week import quiet_regulars, week_list
from crqkit.tables.form import load_form
from crqkit.tables.schema import TABLES

AS_OF = pd.Timestamp("2026-10-31 18:00", tz="UTC")
FORM = load_form("pocket")
LONG_AGO = AS_OF - pd.Timedelta(days=400)


def days_ago(days):
    return AS_OF - pd.Timedelta(days=days)


def visits(**persons):
    """One row a customer from ``key=(visits, first seen days ago, last seen days ago, net)``."""
    rows = [
        {
            "customer_key": key,
            "visits": n,
            "first_at": days_ago(first),
            "last_at": days_ago(last),
            "net": net,
            "days_since_last": last,
        }
        for key, (n, first, last, net) in persons.items()
    ]
    return pd.DataFrame(rows)


def visit_days(key, *since_start):
    gaps = [b - a for a, b in pairwise(since_start)] + [None]
    return pd.DataFrame({"customer_key": key, "day": since_start, "gap": gaps})


def answers(*rows):
    return pd.DataFrame(rows, columns=["customer_key", "at", "recommend", "answers", "cares", "keeps_word"])


NOBODY = answers()
QUIET = pd.DataFrame(columns=["customer_key", "visits", "days", "usual", "consent"])


def listed(*, people=None, quiet=QUIET, orders=None, answered=NOBODY, new_since=LONG_AGO, **options):
    people = visits(A=(3, 300, 100, 50.0)) if people is None else people
    orders = TABLES["orders"].empty() if orders is None else orders
    return week_list(people, quiet, orders, answered, form=FORM, as_of=AS_OF, new_since=new_since, **options)


def test_nothing_stands_out_is_allowed():
    assert listed().empty


def test_a_recent_detractor_is_to_mend_and_the_reason_quotes_the_answer():
    row = listed(answered=answers(("A", days_ago(10), 3, 4, 4, 4))).iloc[0]
    assert (row["action"], row["reason_id"], row["score"]) == ("mend", "page.week.mend_answer", 3)
    assert row["why"] == "Answered on 21 October 2026: would recommend us 3 of 10."


def test_an_old_answer_or_one_without_key_is_not_followed_up():
    assert listed(answered=answers(("A", days_ago(61), 3, 1, 1, 1), (None, days_ago(2), 0, 1, 1, 1))).empty


def test_only_the_latest_answer_counts():
    assert listed(answered=answers(("A", days_ago(30), 2, 4, 4, 4), ("A", days_ago(5), 9, 4, 4, 4))).empty


def test_a_low_dimension_is_to_mend_although_they_recommend():
    row = listed(answered=answers(("A", days_ago(10), 9, 1, 4, 5))).iloc[0]
    assert row["why"] == "Answered on 21 October 2026: 1 for communication, on a scale of 1 to 5."


def test_an_answer_left_out_is_no_complaint():
    assert listed(answered=answers(("A", days_ago(10), None, None, 4, 5))).empty


def refund(status, days):
    row = {"order_id": f"{status}{days}", "customer_key": "A", "at": days_ago(days), "status": status, "net": 0.0}
    return TABLES["orders"].shape(pd.DataFrame([row]))


def test_money_back_is_to_mend_unless_they_bought_again():
    assert listed(orders=refund("refund", 20)).iloc[0]["reason_id"] == "page.week.mend_refund"
    assert listed(orders=pd.concat([refund("refund", 20), refund("sale", 10)])).empty


@pytest.mark.parametrize(("consent", "count"), [(True, 1), (False, 0), (pd.NA, 0)])
def test_a_regular_gone_quiet_is_contacted_only_with_consent(consent, count):
    customers = pd.DataFrame({"customer_key": ["A"], "consent": pd.array([consent], dtype="boolean")})
    people = visits(A=(6, 200, 60, 100.0))
    quiet = quiet_regulars(people, visit_days("A", 0, 20, 45, 65, 85, 140), customers)
    assert quiet["usual"].tolist() == [25]
    table = listed(people=people, quiet=quiet)
    assert len(table) == count
    if count:
        assert table.loc[0, "why"].startswith("Regular with 6 visits; last came 60 days ago")


@pytest.mark.parametrize("last", [28, 150])
def test_neither_the_usual_pause_nor_the_long_lost_are_contacted(last):
    customers = pd.DataFrame({"customer_key": ["A"], "consent": pd.array([True], dtype="boolean")})
    assert quiet_regulars(visits(A=(5, 300, last, 10.0)), visit_days("A", 0, 20, 45, 65, 85), customers).empty


def test_second_visits_are_greeted_but_not_of_customers_who_may_be_old():
    people = visits(A=(2, 40, 3, 10.0), B=(2, 390, 3, 10.0), C=(10, 390, 3, 10.0), D=(2, 40, 20, 10.0))
    table = listed(people=people, new_since=days_ago(200))
    assert sorted(table["customer_key"]) == ["A", "C"]


def test_mend_comes_before_greet_the_most_valuable_first_and_never_more_than_fit():
    people = visits(A=(2, 40, 3, 10.0), B=(2, 40, 3, 99.0), C=(2, 40, 3, 50.0))
    table = listed(people=people, answered=answers(("A", days_ago(1), 2, 4, 4, 4)), capacity=2)
    assert table[["customer_key", "action"]].values.tolist() == [["A", "mend"], ["B", "greet"]]


def test_who_pays_in_another_currency_is_not_worth_nothing():
    people = visits(A=(2, 300, 100, 5.0), B=(9, 300, 100, float("nan")), C=(4, 300, 100, 80.0), D=(1, 300, 100, -3.0))
    unhappy = answers(*((key, days_ago(10), 3, 4, 4, 4) for key in "ABCD"))
    # By hand: amounts place D at 1/3, A at 2/3 and C at 1; B, whose amounts are unknown, has most visits of four.
    assert listed(people=people, answered=unhappy)["customer_key"].tolist() == ["B", "C", "A", "D"]
