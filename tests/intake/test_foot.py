"""Lines of totals and headers in the middle of a sheet are no records."""

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder

ORDERS = "order,date,customer,amount,currency\n1,2026-05-01,a@example.org,10,EUR\n2,2026-06-01,c@example.org,12,EUR\n"


def dropped(shop, reason):
    log = shop.log
    return int(log.loc[(log["outcome"] == "dropped") & (log["reason"] == reason), "rows"].sum())


@pytest.mark.parametrize(
    "line",
    [
        "Total,2026-06-30,,22,EUR",
        ",2026-06-30,SUM,22,EUR",
        "Total,,,22,EUR",
        ",,Summe,22,EUR",
        ",Gesamt:,,22,EUR",
        "Sub-total 2,2026-06-30,,22,EUR",
        ",2026-06-30,Somme,22,EUR",
    ],
)
def test_a_line_of_totals_is_no_sale(put, line):
    shop = read_folder(put({"orders.csv": ORDERS + line + "\n"}))
    assert len(shop.orders) == 2 and shop.orders["total"].sum() == 22 and shop.orders["customer_key"].nunique() == 2
    assert dropped(shop, "total") == 1


def test_jobs_referrals_and_mapped_sheets_have_no_totals_either(put):
    jobs = "job,customer,promised,done,quoted,charged,currency\nJ1,a@example.org,2026-03-02,2026-03-02,80,80,GBP\n"
    referrals = "referrer,customer,date\na@example.org,b@example.org,2026-03-02\nTotal,,\n"
    mapped = "when;who;paid\n2026-05-01;7;3\n2026-05-02;8;4\nTotal;;7\n"
    shop = read_folder(
        put({
            "jobs.csv": jobs + "Total,,,,80,80,GBP\n",
            "referrals.csv": referrals,
            "till.csv": mapped,
            "till.map.yml": "table: orders\ncolumns: {at: when, customer_key: who, total: paid}\n",
        })
    )  # fmt: skip
    assert [len(shop.jobs), len(shop.referrals), len(shop.orders)] == [1, 1, 2] and dropped(shop, "total") == 3


def test_who_is_called_suma_and_what_is_answered_stay(put):
    shop = read_folder(put({"orders.csv": ORDERS + "3,2026-06-02,Suma,5,EUR\n4,2026-06-03,Totality Ltd,5,EUR\n"}))
    assert len(shop.orders) == 4 and shop.orders["customer_key"].nunique() == 4
    scores = "date,score,scale,comment\n2026-05-01,9,0 to 10,Total\n2026-05-02,8,0 to 10,Sum\n"
    answers = read_folder(put({"scores.csv": scores}, "s")).answers
    assert len(answers) == 2


def test_a_header_in_the_middle_is_left_out_with_a_reason(put):
    head, *rows = ORDERS.splitlines()
    shop = read_folder(put({"orders.csv": "\n".join([head, rows[0], head, rows[1]]) + "\n"}))
    assert len(shop.orders) == 2 and dropped(shop, "header") == 1


def test_a_row_that_is_like_the_header_in_one_cell_is_read(put):
    with pytest.raises(DataProblem, match="not a number"):
        read_folder(put({"orders.csv": ORDERS + "3,2026-06-02,customer,amount,EUR\n"}))
