"""Real files through the page: what stands in its workbook equals SQL written apart from it."""

import shutil
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

from crqkit import cli

MAPS = Path(__file__).parents[1] / "intake" / "maps"
SHOPS = {
    "giftshop": ["online_retail_invoices.csv"],
    "cdnow": ["CDNOW_sample.txt"],
    "mobi": ["mobi.csv", "vader_amazonReviewSnippets_GroundTruth.txt"],
}
SALES = {
    "giftshop": "select CustomerID as id, InvoiceDate::timestamp as moment, amount as net, cancelled = 0 as sale "
    "from read_csv('{file}')",
    "cdnow": "select part[2] as id, strptime(part[3], '%Y%m%d') as moment, part[5]::double as net, true as sale from "
    "(select string_split_regex(trim(line), ' +') as part "
    "from read_csv('{file}', columns = {{'line': 'varchar'}}, header = false, delim = '|'))",
}


@pytest.fixture(scope="module")
def out(shared, tmp_path_factory):
    folders = []
    for name, files in SHOPS.items():
        folder = tmp_path_factory.mktemp("real") / name
        folder.mkdir()
        for file in files:
            shutil.copy(shared / "data" / file, folder)
            shutil.copy(MAPS / f"{Path(file).stem}.map.yml", folder)
        folders.append(str(folder))
    out = tmp_path_factory.mktemp("out")
    assert cli.main(["report", *folders, "-o", str(out)]) == 0
    return out


@pytest.fixture(params=["giftshop", "cdnow"])
def both(request, out, shared):
    """The workbook of the page, and the raw file as a view `sales` of a database."""
    name = request.param
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute("create view sales as " + SALES[name].format(file=shared / "data" / SHOPS[name][0]))
    sheets = pd.read_excel(out / name / "page.xlsx", sheet_name=None)
    return sheets, connection


def test_buyers_and_revenue(both):
    sheets, connection = both
    sql = "select count(distinct id) filter (sale), count(*) filter (sale), sum(net) from sales"
    buyers, sales, net = connection.execute(sql).fetchone()
    row = sheets["have.orders"].iloc[0]
    assert (row["buyers"], row["sales"]) == (buyers, sales)
    assert row["net"] == pytest.approx(net, abs=0.005)


def test_recency_frequency_and_money(both):
    sheets, connection = both
    sql = """
        with last as (select max(moment) as today from sales),
        people as (
            select id, date_diff('day', max(moment) filter (sale), any_value(today)) as recency,
                count(distinct moment::date) filter (sale) as frequency, round(sum(net), 4) as monetary
            from sales, last group by id having count(*) filter (sale) > 0)
        select recency, frequency, monetary,
            least(5, 1 + floor(5 * percent_rank() over (order by recency desc)))::int as r,
            least(5, 1 + floor(5 * percent_rank() over (order by frequency)))::int as f,
            least(5, 1 + floor(5 * percent_rank() over (order by monetary)))::int as m
        from people"""
    expected = connection.execute(sql).df().sort_values(["monetary", "recency", "frequency"], ignore_index=True)
    got = sheets["groups.customers"][["recency_days", "frequency", "monetary", "r", "f", "m"]]
    got = got.sort_values(["monetary", "recency_days", "frequency"], ignore_index=True).set_axis(
        expected.columns, axis=1
    )
    pd.testing.assert_frame_equal(got, expected, check_dtype=False, atol=1e-6, rtol=0)


def test_retention(both):
    sheets, connection = both
    sql = """
        with active as (select distinct id, date_trunc('quarter', moment) as q from sales where sale)
        select year(a.q) || '-Q' || quarter(a.q) as period, count(*) as n, count(b.id) as returned
        from active a left join active b on a.id = b.id and b.q = a.q + interval 3 month group by a.q"""
    expected = connection.execute(sql).df().set_index("period")
    table = sheets["stays.retention"].set_index("group")
    assert len(table) >= 3
    for period, row in table.iterrows():
        assert (row["n"], row["returned"]) == tuple(expected.loc[period, ["n", "returned"]])
        assert row["estimate"] == pytest.approx(row["returned"] / row["n"])


def test_the_survey_of_mobile_phone_customers(out, shared):
    raw = pd.read_csv(shared / "data" / "mobi.csv")
    sheets = pd.read_excel(out / "mobi" / "page.xlsx", sheet_name=None)
    table = sheets["profile.dimensions"].set_index("measure")
    for label, prefix in {
        "Expectations": "CUEX",
        "Satisfaction": "CUSA",
        "Image": "IMAG",
        "Perceived quality": "PERQ",
    }.items():
        scores = raw[[name for name in raw if name.startswith(prefix) and name != "CUSCO"]].mean(axis=1)
        assert table.loc[label, "estimate"] == pytest.approx(scores.mean())
        assert table.loc[label, "n"] == 250
    assert sheets["have.comments"]["texts"].tolist() == [3708]


def test_no_comment_is_written(out, shared):
    texts = (shared / "data" / SHOPS["mobi"][1]).read_text(encoding="utf-8").splitlines()
    long = [text.split("\t")[2] for text in texts if len(text) > 60]
    book = openpyxl.load_workbook(out / "mobi" / "page.xlsx")
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    html = (out / "mobi" / "page.html").read_text(encoding="utf-8")
    assert not [text for text in long if text in cells or text in html]
