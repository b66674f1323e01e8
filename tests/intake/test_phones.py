"""One telephone, one customer, as far as that is sure; said where it is not."""

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder, who
from crqkit.intake.phones import digits, doubtful, is_telephone

SPELLED = ["07700 900123", "+44 7700 900123", "07700900123", "0044 7700 900123", "+44 (0)7700-900123"]


def orders(*persons):
    rows = [f"{place},2026-05-{place:02d},{person},10,GBP" for place, person in enumerate(persons, 1)]
    return "order,date,customer,amount,currency\n" + "\n".join(rows) + "\n"


def test_all_spellings_are_one_where_the_country_is_known(put):
    place = put({"orders.csv": orders(*SPELLED), "shop.yml": "timezone: Europe/London\n"})
    shop = read_folder(place)
    assert shop.orders["customer_key"].nunique() == 1
    assert not [one for one in shop.cautions if one.id == "caution.intake.telephones"]
    assert who(shop.orders["customer_key"][0], place)["rows"].sum() == 5


def test_elsewhere_only_what_is_sure_is_joined_and_the_rest_is_said(put):
    shop = read_folder(put({"orders.csv": orders(*SPELLED)}))
    keys = shop.orders["customer_key"].tolist()
    assert keys[0] == keys[2] and keys[1] == keys[3] == keys[4] and keys[0] != keys[1]
    (caution,) = [one for one in shop.cautions if one.id == "caution.intake.telephones"]
    assert "2 customers are known" in caution and "900123" not in caution


def test_a_plain_number_stays_a_customer_number(put):
    shop = read_folder(put({"orders.csv": orders("17850", "0017850", "7700900123", "12345678", "1-2"),
                            "shop.yml": "timezone: Europe/London\n"}))  # fmt: skip
    assert shop.orders["customer_key"].nunique() == 5
    assert not [one for one in shop.cautions if one.id == "caution.intake.telephones"]
    shop = read_folder(put({"orders.csv": orders("7700900123", "07700 900123")}, "b"))
    assert shop.orders["customer_key"].nunique() == 2
    assert [one for one in shop.cautions if one.id == "caution.intake.telephones"]


def test_jobs_and_orders_and_a_shopify_list_join(put):
    jobs = "job,customer,promised,done\nJ1,+447700900123,2026-03-02,2026-03-02\n"
    listed = (
        "First Name,Last Name,Email,Phone,Accepts Email Marketing,Total Spent,Total Orders,Tags\n"
        "A,B,,'+44 7700 900123,yes,1.00,1,\n"
    )
    shop = read_folder(put({"orders.csv": orders(SPELLED[1]), "jobs.csv": jobs, "customers.csv": listed}))
    assert shop.orders["customer_key"][0] == shop.jobs["customer_key"][0] == shop.customers["customer_key"][0]
    assert bool(shop.customers["consent"][0])


def test_two_numbers_of_a_family_are_two(put):
    shop = read_folder(put({"orders.csv": orders("07700 900123", "07700 900124", "030 1234567", "040 1234567")}))
    assert shop.orders["customer_key"].nunique() == 4
    assert not [one for one in shop.cautions if one.id == "caution.intake.telephones"]


@pytest.mark.parametrize("text", ["4.4771E+11", "4.4771e+11"])
def test_a_number_shortened_by_a_spreadsheet_is_refused(put, text):
    with pytest.raises(DataProblem) as caught:
        read_folder(put({"orders.csv": orders("a@example.org", text)}))
    (fault,) = caught.value.faults
    assert (fault.row, fault.column) == (3, "customer") and "as text" in fault.mend and "4.4771E+11" in fault.what


def test_countries_without_a_trunk_zero():
    assert digits("612 345 678", "34") == digits("+34 612 345 678", "34") == "34612345678"
    assert digits("(212) 555-0123", "1") == digits("1-212-555-0123", "1") == digits("+1 212 555 0123", "1")
    assert digits("45 12 34 56", "45") == "4545123456" and digits("+45 45 12 34 56", "45") == "4545123456"
    assert digits("1234") is None


@pytest.mark.parametrize("text", ["2026-05-01", "17850", "17850.0", "A-1000-2345", "kim@example.org", "0001234567",
                                  "1234 5678 9012 3456 78", "12-34", ""])  # fmt: skip
def test_what_is_no_telephone(text):
    assert not is_telephone(text)


def test_nothing_is_doubtful_where_nothing_is():
    assert doubtful({}) == 0 == doubtful({"A": ("100200300", False), "B": ("5100200300", False)})
