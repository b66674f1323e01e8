"""The page where shops are unlike the example: other clocks, only refunds, other scales, earlier days."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from crqkit import read_folder
from crqkit.report import build
from crqkit.report import page as write_page

from .conftest import copy_of


def shop_of(folder, rows, settings="", **files):
    folder.mkdir(exist_ok=True)
    (folder / "sales.csv").write_text("\n".join(["date,customer,amount", *rows]) + "\n")
    (folder / "shop.yml").write_text(settings)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)
    return read_folder(folder)


def evenings(first, days, customers=9):
    """One sale an evening, at half past nine."""
    dates = pd.date_range(first, periods=days, freq="D")
    return [f"{day:%Y-%m-%d} 21:30:00,K{place % customers},{10 + place % 5}" for place, day in enumerate(dates)]


def params(page, id):
    (found,) = [s.params for section in page.sections for s in section.sentences if s.id == id]
    return found


def test_days_are_those_of_the_shop(tmp_path):
    shop = shop_of(tmp_path / "shop", evenings("2026-02-01", 56), "timezone: America/New_York\n")
    page = build(shop)
    last = params(page, "page.have.orders")["last"]
    assert (page.day.date().isoformat(), last.date().isoformat()) == ("2026-03-28", "2026-03-28")
    visits = page["week"].tables["this_week"]
    assert visits["day"].dropna().map(lambda day: day.date().isoformat() <= "2026-03-28").all()


def test_a_page_is_not_compared_with_itself(tmp_path):
    shop = shop_of(tmp_path / "shop", evenings("2026-01-01", 60), "timezone: America/New_York\n")
    for day in ("2026-02-05", "2026-02-25"):
        write_page(shop, tmp_path / day, as_of=day)
    page = build(shop, as_of="2026-02-25")
    assert params(page, "page.change.since")["day"].date().isoformat() == "2026-02-05"
    advised = [s for s in page["change"].sentences if s.id == "page.change.advised"]
    assert [s.params["day"].date().isoformat() for s in advised] in ([], ["2026-02-05"])


@pytest.mark.parametrize(
    ("as_of", "last"),
    [("2025-10-26", "2025-10-26 23:30"), ("2025-03-30", "2025-03-30 23:30")],
)
def test_as_of_ends_with_the_day_also_when_the_clock_changes(tmp_path, as_of, last):
    days = pd.date_range("2025-03-01", "2025-11-30", freq="D")
    rows = [f"{day:%Y-%m-%d} {hour},K{day.day % 7},5" for day in days for hour in ("00:30:00", "23:30:00")]
    shop = shop_of(tmp_path / "shop", rows, "timezone: Europe/Berlin\n")
    at = build(shop, as_of=as_of).shop.orders["at"].max()
    assert f"{at:%Y-%m-%d %H:%M}" == last


@pytest.mark.parametrize("as_of", ["", "nat", "09.10.2026", "2026-10-09T00:00Z", "2026-13-01"])
def test_as_of_is_a_date_and_nothing_else(tmp_path, as_of):
    from crqkit.base import DataProblem

    shop = shop_of(tmp_path / "shop", evenings("2026-01-01", 30))
    with pytest.raises(DataProblem, match=r"2026-0\d-\d\d"):
        build(shop, as_of=as_of)


def test_only_refunds(tmp_path):
    rows = [f"2026-03-0{day},K{day},-5.00" for day in range(1, 6)]
    page = build(shop_of(tmp_path / "shop", rows))
    assert "page.have.no_sales" in {s.id for s in page["have"].sentences}


def test_a_question_called_recommend_on_another_scale_gives_no_nps(tmp_path):
    rows = [
        f"2026-03-{1 + place % 28:02d},ana{place}@example.org,{4 + place % 2},{5 - place % 2}" for place in range(40)
    ]
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "survey.csv").write_text("\n".join(["date,email,recommend,friendly", *rows]) + "\n")
    (folder / "survey.map.yml").write_text(
        "table: responses\ncolumns: {at: date, customer_key: email}\nscale: {low: 1, high: 5}\n"
        "items:\n  - {id: recommend, column: recommend}\n  - {id: friendly, column: friendly, dimension: trust}\n"
        "dimensions: {trust: Trust}\n"
    )
    (folder / "shop.yml").write_text("")
    page = build(read_folder(folder))
    assert "page.profile.no_recommend" in {sentence.id for sentence in page.cannot}
    assert "recommendation" not in page["profile"].tables
    assert not [s for section in page.sections for s in section.sentences if s.id.startswith("nps.")]


def test_consent_given_later_was_not_known_then(shop):
    page = build(shop)
    listed = page["week"].tables["this_week"]
    asked = listed.loc[listed["action"] == "contact", "customer_key"]
    assert len(asked) > 0
    known = shop.customers["customer_key"].isin(asked)
    later = shop.customers.assign(consent_at=shop.customers["consent_at"].mask(known, shop.as_of))
    earlier = shop.as_of - pd.Timedelta(days=1)
    back = build(replace(shop, tables={**shop.tables, "customers": later}), as_of=f"{earlier:%Y-%m-%d}")
    contacted = back["week"].tables["this_week"].query("action == 'contact'")["customer_key"]
    assert not set(contacted) & set(asked)


def test_a_page_for_an_earlier_day_leaves_what_was_kept_then(tmp_path):
    folder = copy_of(tmp_path / "boutique", "*.csv")
    shop = read_folder(folder)
    write_page(shop, tmp_path / "june", as_of="2026-06-30")
    (kept,) = (folder / "crqkit-private" / "snapshots").iterdir()
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"mark": 1}))
    write_page(shop, tmp_path / "again", as_of="2026-06-30")
    assert json.loads(kept.read_text())["mark"] == 1


def test_who_was_cared_for_is_left_in_peace(tmp_path):
    folder = copy_of(tmp_path / "boutique", "*.csv")
    shop = read_folder(folder)
    write_page(shop, tmp_path / "out")
    path = folder / "crqkit-private" / "advice.csv"
    advice = pd.read_csv(path, dtype=str, keep_default_na=False)
    done = advice.loc[0, "customer_key"]
    advice.loc[0, "done"] = "yes"
    advice.to_csv(path, index=False)
    write_page(shop, tmp_path / "out")
    assert done not in set(build(shop)["week"].tables["this_week"]["customer_key"])
    again = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert again.loc[again["customer_key"] == done, "done"].tolist() == ["yes"]


def test_a_clear_change_is_the_headline(tmp_path):
    folder = copy_of(tmp_path / "boutique", "*.csv")
    shop = read_folder(folder)
    write_page(shop, tmp_path / "june", as_of="2026-06-30")
    better = shop.responses.copy()
    since = (better["at"] > "2026-07-01") & (better["item"] == "answers")
    better.loc[since, "value"] = 5.0
    page = build(replace(shop, tables={**shop.tables, "responses": better}))
    assert page.headline.id == "page.change.headline"
    reading = page.headline.params["reading"]
    assert (reading.id, reading.params["measure"]) == ("dimensions.change.above", "Communication")
    assert "page.change.dimensions" in {sentence.id for sentence in page["change"].sentences}


def test_orders_in_another_currency_stay_visits(orders_only):
    orders = orders_only.orders.copy()
    orders.loc[orders.index[::10], "currency"] = "CHF"
    page = build(replace(orders_only, tables={**orders_only.tables, "orders": orders}))
    said = params(page, "page.have.orders")
    euros = orders[orders["currency"] == "EUR"]
    assert said["sales"] == (orders["status"] == "sale").sum()
    assert said["net"] == (pytest.approx(euros["net"].sum()), "EUR")
