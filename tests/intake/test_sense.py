"""What cannot be is refused, and says where; what may be is left alone."""

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder

BOOKINGS = "booking,customer,booked,date,service,people,status\n"
JOBS = "job,customer,promised,done,quoted,charged,currency\n"
TICKETS = "ticket,customer,date,channel,status,first reply minutes,solved\n"
ORDERS = "date,customer,amount,currency\n"
SPEND = "channel,purpose,date,amount,currency,new customers\n"

# name: (file, content, column, words of what is wrong, words of the mend)
IMPOSSIBLE = {
    "booked afterwards": (
        BOOKINGS + "B1,7,2026-05-08 10:00,2026-05-05 10:00,repair,1,came\n", "booked", "after the date", "dates"),
    "done a year late": (JOBS + "J1,7,2025-03-02,2026-03-12,1,1,GBP\n", "done", "more than a year away", "year"),
    "done a year early": (JOBS + "J1,7,2026-03-12,2025-03-02,1,1,GBP\n", "done", "'promised'", "year of both"),
    "open and solved": (TICKETS + "T1,7,2026-03-02,mail,open,5,2026-03-03\n", "status", "open, and yet", "solved"),
    "sent by oneself": (
        "referrer,customer,date\nkim@example.org,KIM@example.org,2026-03-02\n", "referrer", "the customer of", "who"),
    "dollars among pounds": (JOBS + "J1,7,2026-03-02,2026-03-02,80,$90,GBP\n", "charged", "sign $", "Mend the sign"),
    "euros among pounds": (ORDERS + "2026-05-01,7,€90,GBP\n", "amount", "whose currency is GBP", "Mend the sign"),
    "a word for a currency": (ORDERS + "2026-05-01,7,90,dollars\n", "currency", "no currency", "like GBP"),
    "a sign of many currencies": (ORDERS + "2026-05-01,7,90,$\n", "currency", "no currency", "three letters"),
    "nothing promised": (JOBS + "J1,7,,2026-03-02,,80,GBP\n", "promised", "nothing stands under 'promised'", "Fill"),
    "minutes in words": (TICKETS + "T1,7,2026-03-02,mail,solved,soon,\n", "first reply minutes", "not a number",
                         "Write a number, like 3."),
    "a few": (SPEND + "flyer,finding,2026-03-02,3,EUR,a few\n", "new customers", "not a number", "like 3."),
    "a day in words": (JOBS + "J1,7,2026-03-02 00:00:00,2026-03-02,1,1,GBP\nJ2,7,spring,2026-03-02,1,1,GBP\n",
                       "promised", "not a date", "like 2026-03-02, as"),
    "a consent that is neither": ("date,customer,amount,consent\n2026-05-01,7,3,yes please\n", "consent", "neither",
                                  "yes or no"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be(put, name):
    content, column, what, mend = IMPOSSIBLE[name]
    with pytest.raises(DataProblem) as caught:
        read_folder(put({"a.csv": content}))
    (fault,) = caught.value.faults
    assert fault.column == column and what in fault.what and mend in fault.mend


def test_what_may_be_is_kept(put):
    walk_in = BOOKINGS + "B1,7,2026-05-08 18:00,2026-05-08,dinner,2,came\n"
    late = JOBS + "J1,7,2025-03-02,2026-02-12,80,$80,CAD\nJ2,8,2026-03-02,2026-03-02,80,80,£\n"
    tickets = TICKETS + "T1,7,2026-03-02,mail,solved,5,\nT2,7,2026-03-02,mail,done,5,2026-03-03\n"
    shop = read_folder(put({"b.csv": walk_in, "j.csv": late, "t.csv": tickets}))
    assert len(shop.bookings) == 1 and shop.jobs["currency"].tolist() == ["CAD", "GBP"]
    assert shop.interactions["status"].tolist() == ["solved", "solved"]
    assert shop.interactions["resolved_at"].isna().tolist() == [True, False]


@pytest.mark.parametrize("text", ["dollars", "'$'", "gbp"])
def test_a_shop_names_its_currency_by_three_letters(put, text):
    with pytest.raises(DataProblem) as caught:
        read_folder(put({"a.csv": ORDERS + "2026-05-01,7,3,\n", "shop.yml": f"currency: {text}\n"}))
    (fault,) = caught.value.faults
    assert (fault.file, fault.column) == ("shop.yml", "currency") and "like GBP" in fault.mend


def test_consent_stands_in_the_sheet_of_orders_and_in_that_of_customers(put):
    orders = ORDERS.replace("currency", "currency,consent") + (
        "2026-05-01,a@example.org,3,EUR,yes\n2026-05-02,b@example.org,3,EUR,no\n2026-05-03,c@example.org,3,EUR,\n"
    )
    told = read_folder(put({"orders.csv": orders})).customers
    assert told["consent"].tolist()[:2] == [True, False] and told["consent"].isna().tolist() == [False, False, True]
    listed = "customer,consent,date,source,tags\nc@example.org,yes,2026-05-04,flyer,regular\nd@example.org,no,,,\n"
    told = read_folder(put({"orders.csv": orders, "customers.csv": listed}, "b")).customers
    assert len(told) == 4 and told["consent"].sum() == 2 and told["source"].dropna().tolist() == ["flyer"]


def test_scores_with_consent_stay_scores(put):
    scores = "date,customer,score,scale,consent\n2026-05-01,7,9,0 to 10,yes\n"
    assert len(read_folder(put({"a.csv": scores})).answers) == 1
