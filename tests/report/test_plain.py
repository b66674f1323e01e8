"""What an owner reads is true, says of whom it speaks, and says a thing once."""

from dataclasses import replace

import pandas as pd
import pytest

from crqkit import cases, read_folder
from crqkit.base import say
from crqkit.report import Brand, build
from crqkit.report import page as write_page
from crqkit.report.cautions import COUNTED, cautions_of
from crqkit.report.section import origins
from crqkit.report.sections.feedback import _spans
from crqkit.report.view import view
from crqkit.tables.schema import TABLES

from .test_edges import evenings, shop_of


def without(rows, first=0, every=1):
    """Return sales with the customer blanked in every so many, from the first on."""
    parts = [row.split(",") for row in rows]
    blank = range(first, len(rows), every)
    return [",".join([day, "" if place in blank else who, paid]) for place, (day, who, paid) in enumerate(parts)]


def have(page):
    return {sentence.id: str(sentence) for sentence in page["have"].sentences}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """The page of a shop that knows the customer of one sale in three."""
    rows = evenings("2025-01-01", 300, customers=10)
    parts = [row.split(",") for row in rows]
    rows = [",".join([d, w if n % 3 == 0 else "", p]) for n, (d, w, p) in enumerate(parts)]
    return build(shop_of(tmp_path_factory.mktemp("few") / "shop", rows))


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """The second page of the bakery, whose first was that of 30 June 2026."""
    import shutil

    folder = tmp_path_factory.mktemp("second") / "bakery"
    shutil.copytree(cases.load("bakery").folder, folder, ignore=shutil.ignore_patterns("snapshots", "advice.csv"))
    shop = read_folder(folder)
    write_page(shop, folder.parent / "june", as_of="2026-06-30")
    return build(shop)


@pytest.mark.parametrize(
    ("rows", "begins"),
    [
        (evenings("2026-01-01", 30), "30 sales by 9 known customers, from "),
        (without(evenings("2026-01-01", 30), every=2), "30 sales, 15 of them by 9 known customers, from "),
        (without(evenings("2026-01-01", 30)), "30 sales, none of them with a known customer, from "),
        (without(evenings("2026-01-01", 3), first=1), "3 sales, 1 of them by 1 known customer, from "),
    ],
    ids=["all", "part", "none", "one"],
)
def test_whose_sales_they_are(tmp_path, rows, begins):
    page = build(shop_of(tmp_path / "shop", rows))
    assert have(page)["page.have.orders"].startswith(begins)
    assert not [found for found in origins(page["have"]) if found[-1] is None]


def test_the_bakery_as_its_truth_says(second):
    known = second.shop.orders.query("status == 'sale'")["customer_key"]
    said = have(second)["page.have.orders"]
    assert said.startswith(f"2,696 sales, {known.notna().sum()} of them by {known.nunique()} known customers, from ")
    assert "2,696 sales, 900 of them by 170 known customers" in said


def test_a_clear_change_is_not_denied_on_the_same_page(second):
    assert second.headline.params["reading"].id == "nps.change.above"
    assert "answers since 30 June 2026 with those up to that day" in second.headline
    lines = [str(sentence) for sentence in second["change"].sentences]
    assert not [line for line in lines if line.startswith(("No change is clear", "The NPS"))]
    assert any(line.startswith("Scores by dimension: none of the 5 changed clearly") for line in lines)
    (nps,) = [line for line in lines if line.startswith("Recommendation: The NPS rose by 20 points")]
    assert "who answered up to 30 June 2026" in nps


def test_a_round_cut_by_the_turn_of_a_quarter_is_marked(second):
    said = second["feedback"].sentences
    short = [s.params["quarter"] for s in said if s.id == "page.feedback.short"]
    assert short == ["2026-Q3", "2026-Q4"]
    assert [s.params["gap"] for s in said if s.id == "page.feedback.cut"] == [1]
    assert not [found for section in second.sections for found in origins(section) if found[-1] is None]


def test_who_asks_all_the_time_hears_nothing_of_rounds():
    days = pd.date_range("2026-01-05", "2026-06-25", freq="3D", tz="UTC")
    said, spans = _spans(pd.DataFrame({"at": days, "recommend": 9}), "2026-Q1", "2026-Q2")
    assert said == []
    assert spans["days"].min() > 80


@pytest.mark.parametrize(("others", "words"), [(1, "of 1 order in"), (2, "of 2 orders in")])
def test_orders_in_other_currencies_are_counted_in_grammar(others, words):
    assert words in say("page.have.currencies", currency="USD", others=others)


@pytest.mark.parametrize("priced", [True, False])
def test_sheets_that_the_page_does_not_use_yet_are_not_called_too_little(survey_only, priced):
    charged = 80.0 if priced else None
    jobs = [{"job_id": str(n), "customer_key": "C1", "done_at": survey_only.as_of, "charged": charged} for n in "123"]
    page = build(replace(survey_only, tables={"jobs": TABLES["jobs"].shape(pd.DataFrame(jobs))}))
    assert page.headline.id == "page.headline.not_used"
    assert "date, customer and amount" in have(page)["page.have.orders_sheet"]
    assert ("page.have.jobs_as_orders" in have(page)) == priced


def test_with_sales_nobody_is_sent_to_the_sheet_of_sales(shop):
    assert "page.have.orders_sheet" not in have(build(shop))


def test_what_is_withheld_is_said_once_with_the_way_out(few):
    stays = [str(sentence) for sentence in few["stays"].sentences]
    assert len([line for line in stays if "not shown" in line]) == 1
    assert "at the till" in stays[-1]
    for id in ("groups", "week"):
        assert few[id].sentences[0].id == "page.few_known"
    assert not [found for section in few.sections for found in origins(section) if found[-1] is None]


def test_where_most_are_known_no_such_caution_stands(shop):
    ids = {sentence.id for section in build(shop).sections for sentence in section.sentences}
    assert not ids & {"page.few_known", "page.stays.withheld"}


def test_no_row_on_the_page_is_without_a_value(few, second):
    for page in (few, second):
        seen = view(page, Brand())
        for section in seen.sections:
            for table in (*section.tables, *section.folded):
                value = next((n for n, name in enumerate(table["columns"]) if name in ("estimate", "from")), None)
                assert value is None or "–" not in [row[value] for row in table["rows"]]
                assert table["rows"]


def test_left_out_rows_are_told_once(tmp_path):
    page = build(shop_of(tmp_path / "shop", evenings("2026-01-01", 60, customers=4)))
    assert [line.id for line in view(page, Brand()).method].count("page.method.blank") == 1


def test_the_currency_is_asked_for_only_where_it_is_not_known(tmp_path, shop):
    assert "page.have.no_currency" in have(build(shop_of(tmp_path / "none", evenings("2026-01-01", 30))))
    named = shop_of(tmp_path / "named", evenings("2026-01-01", 30), "currency: EUR\n")
    assert "page.have.no_currency" not in have(build(named))
    assert "page.have.no_currency" not in have(build(shop))


def test_brackets_are_explained_on_top_where_there_are_any(second, tmp_path):
    assert view(second, Brand()).dated[-1].id == "page.brackets"
    bare = build(shop_of(tmp_path / "shop", evenings("2026-01-01", 10)))
    assert "page.brackets" not in [line.id for line in view(bare, Brand()).dated]


def test_a_caution_with_two_counts_is_said_once_with_the_larger(second):
    seen = view(second, Brand())
    lines = [caution for section in seen.sections for caution in section.cautions]
    assert len(lines) == len(set(lines))
    assert [line.params["count"] for line in lines if getattr(line, "id", "") == COUNTED] == [13]
    assert cautions_of(["a", "a"], set()) == ["a"]


def test_words_of_researchers_stay_off_the_page(few, second):
    for page in (few, second):
        seen = view(page, Brand())
        text = "\n".join(
            [line for section in seen.sections for line in (*section.sentences, *section.cautions)] + list(seen.cannot)
        )
        for words in ("mid-life, though", "best score for", "so the reading", "in any case", "at most 20:", "view="):
            assert words not in text
