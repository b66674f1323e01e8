"""Published data through mappings, held against SQL that DuckDB runs straight on the file."""

import shutil
from pathlib import Path

import duckdb
import pytest

from crqkit.intake import propose, read_folder

MAPS = Path(__file__).parent / "maps"


@pytest.fixture
def place(shared, tmp_path):
    """Return a function that lays files of the shared data, with their mappings, into a folder."""

    def lay(*names):
        for name in names:
            shutil.copy(shared / "data" / name, tmp_path)
            shutil.copy(MAPS / f"{Path(name).stem}.map.yml", tmp_path)
        return tmp_path

    return lay


def test_online_retail(place, shared):
    shop = read_folder(place("online_retail_invoices.csv"))
    source = str(shared / "data" / "online_retail_invoices.csv")
    rows, buyers, sales, back, net = duckdb.execute(
        """select count(*), count(distinct "CustomerID"), sum(amount) filter (cancelled = 0),
        -sum(amount) filter (cancelled = 1), sum(amount) from read_csv(?)""", [source],
    ).fetchone()  # fmt: skip
    orders = shop.orders
    assert (len(orders), orders["customer_key"].nunique()) == (rows, buyers) == (22190, 4372)
    assert orders["total"].sum() == pytest.approx(sales) and orders["refunds"].sum() == pytest.approx(back)
    assert orders["net"].sum() == pytest.approx(net)
    months = duckdb.execute(
        "select strftime(InvoiceDate, '%Y-%m') as m, sum(amount) from read_csv(?) group by m order by m", [source]
    ).fetchall()
    ours = orders.groupby(orders["at"].dt.tz_convert("Europe/London").dt.strftime("%Y-%m"))["net"].sum()
    assert ours.to_dict() == pytest.approx(dict(months))


def test_cdnow(place, shared):
    orders = read_folder(place("CDNOW_sample.txt")).orders
    text = (shared / "data" / "CDNOW_sample.txt").read_text()
    query = """select count(*), count(distinct p[2]), sum(p[5]::double), sum(p[4]::int)
        from (select regexp_split_to_array(trim(line), '\\s+') as p
        from (select unnest(string_split(?, chr(10))) as line))
        where len(p) = 5"""
    rows, buyers, revenue, copies = duckdb.execute(query, [text.replace("\r", "")]).fetchone()
    assert (len(orders), orders["customer_key"].nunique()) == (rows, buyers) == (6919, 2357)
    assert orders["net"].sum() == pytest.approx(revenue) and orders["n_items"].sum() == copies


def test_mobi_and_snippets(place, shared):
    shop = read_folder(place("mobi.csv", "vader_amazonReviewSnippets_GroundTruth.txt"))
    answers = shop.answers
    assert len(answers) == 250 + 3708
    source = str(shared / "data" / "mobi.csv")
    means = duckdb.execute(
        "select avg(CUEX1), avg(CUSA3), avg(IMAG5), avg(PERV2), avg(CUSCO) from read_csv(?)", [source]
    ).fetchone()
    assert answers[["cuex1", "cusa3", "imag5", "perv2", "cusco"]].mean().tolist() == pytest.approx(list(means))
    assert answers["comment"].notna().sum() == 3708 and len(shop.form.dimensions) == 6
    assert not answers["comment"].dropna().str.contains("@apexdigital").any()


@pytest.mark.parametrize(
    "name", ["online_retail_invoices.csv", "CDNOW_sample.txt", "mobi.csv", "vader_amazonReviewSnippets_GroundTruth.txt"]
)
def test_a_proposal_reads_as_it_stands(name, shared, tmp_path):
    shutil.copy(shared / "data" / name, tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    proposal = propose(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == before, "nothing is written"
    (tmp_path / f"{Path(name).stem}.map.yml").write_text(proposal)
    shop = read_folder(tmp_path)
    log = shop.log.set_index("outcome")["rows"]
    assert log["kept"] == log["read"] > 200
    if shop.has("orders"):
        assert shop.orders["customer_key"].nunique() in (4372, 2357)
