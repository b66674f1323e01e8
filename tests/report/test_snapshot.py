from dataclasses import replace

import pandas as pd
import pytest

from crqkit import read_folder
from crqkit.base import DataProblem
from crqkit.report import build
from crqkit.report import page as write_page

from .conftest import copy_of


@pytest.fixture
def kept(tmp_path):
    """A shop whose page of 30 June 2026 was made and kept."""
    folder = copy_of(tmp_path / "boutique", "*.csv")
    shop = read_folder(folder)
    write_page(shop, tmp_path / "june", as_of="2026-06-30")
    return shop


def said(page):
    return {sentence.id: sentence for sentence in page["change"].sentences}


def test_the_first_page_says_that_it_is_the_first(kept):
    page = build(kept, as_of="2026-01-31")
    assert [sentence.id for sentence in page["change"].cannot] == ["page.change.first"]


def test_the_next_page_compares_with_the_last(kept):
    page = build(kept)
    table = page["change"].tables
    assert said(page)["page.change.since"].params["day"].date().isoformat() <= "2026-06-30"
    told = said(page)["page.change.recommendation"].params
    assert told["reading"].id.startswith("nps.change.")
    assert (told["n_before"], told["n_after"]) == tuple(table["recommendation"][["n_before", "n_after"]].iloc[0])
    assert {"page.change.dimensions", "page.change.dimensions.unclear"} & set(said(page))
    assert set(table["dimensions"]["measure"]) == set(kept.form.dimensions.values())
    since = kept.answers[kept.answers["at"] > table["last_page"]["day"].iloc[0]]
    assert table["recommendation"]["n_after"].iloc[0] == since["recommend"].notna().sum()


def test_without_the_old_answers_the_kept_figures_are_compared_with(kept):
    day = pd.Timestamp("2026-07-01", tz="Europe/Berlin")
    new = kept.responses[kept.responses["at"] >= day]
    page = build(replace(kept, tables={**kept.tables, "responses": new}))
    before = build(kept, as_of="2026-06-30")["profile"].tables["recommendation"]
    change = page["change"].tables["recommendation"].iloc[0]
    assert change["before"] == pytest.approx(before["estimate"].iloc[0])
    assert change["n_before"] == before["n"].iloc[0]
    assert page["change"].tables["dimensions"]["low"].notna().all()


def test_nobody_answered_since(kept):
    write_page(kept, kept.folder.parent / "october")
    orders = kept.orders.assign(at=kept.orders["at"] + pd.Timedelta(days=1))
    page = build(replace(kept, tables={**kept.tables, "orders": orders}))
    assert "page.change.no_answers" in {sentence.id for sentence in page.cannot}


def test_the_same_day_again_replaces_its_snapshot(kept):
    folder = kept.folder / "crqkit-private" / "snapshots"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_page(kept, kept.folder.parent / "june", as_of="2026-06-30")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_was_done_is_counted_and_not_overwritten(kept):
    path = kept.folder / "crqkit-private" / "advice.csv"
    advice = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert len(advice) >= 5
    advice.loc[[0, 2], "done"] = ["yes", "called on Monday"]
    advice.loc[1, "done"] = "no"
    # As a spreadsheet set to German would save it.
    advice.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    write_page(kept, kept.folder.parent / "again", as_of="2026-06-30")
    write_page(kept, kept.folder.parent / "october")
    page = build(kept)
    params = said(page)["page.change.advised"].params
    assert (params["advised"], params["done"], params["open"]) == (len(advice), 2, len(advice) - 2)
    later = kept.orders[(kept.orders["at"] >= "2026-07-01") & (kept.orders["status"] == "sale")]
    returned = advice["customer_key"].isin(later["customer_key"]).sum()
    assert said(page)["page.change.returned"].params["returned"] == returned


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("snapshots/2026-06-30.json", "{"),
        ("snapshots/2026-06-30.json", "[]"),
        ("snapshots/2026-06-30.json", '{"as_of": "soon", "tables": {}}'),
        ("advice.csv", "nothing like it\n1\n"),
        ("advice.csv", "advised_on,customer_key,action,why,done\n31.31.2026,C,mend,x,\n"),
    ],
)
def test_a_damaged_memory_is_named_with_its_mend(kept, file, content):
    (kept.folder / "crqkit-private" / file).write_text(content)
    for path in (kept.folder / "crqkit-private" / "snapshots").glob("*"):
        if file.startswith("snapshots"):
            path.write_text(content)
    with pytest.raises(DataProblem) as caught:
        build(kept)
    assert "crqkit-private" in str(caught.value)
    assert caught.value.faults[0].mend


def test_a_folder_that_cannot_be_written_to_gets_its_page_and_a_caution(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "sales.csv").write_text("date,customer,amount\n2026-01-01,ana@example.org,5.50\n")
    # Stands for a folder without the right to write, which no test run as root could tell.
    (folder / "crqkit-private").write_text("")
    shop = read_folder(folder)
    assert "caution.intake.key" in [getattr(one, "id", "") for one in shop.cautions]
    made = write_page(shop, tmp_path / "out")
    assert "this page is not kept" in made.read_text()
    assert (folder / "crqkit-private").read_text() == ""


def test_a_page_by_keys_that_are_not_kept_is_not_kept_either(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "sales.csv").write_text("date,customer,amount\n2026-01-01,ana@example.org,5.50\n")
    (folder / "crqkit-private").write_text("")
    shop = read_folder(folder)
    (folder / "crqkit-private").unlink()
    write_page(shop, tmp_path / "out")
    assert [path.name for path in folder.iterdir()] == ["sales.csv"]
