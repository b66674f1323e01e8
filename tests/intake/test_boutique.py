"""The running case, held against the truth that its simulator wrote."""

import json
import shutil
from pathlib import Path

import pytest

from crqkit.intake import read_folder

CASE = Path(__file__).parents[2] / "datasets" / "boutique"


@pytest.fixture(scope="module")
def truth():
    return json.loads((CASE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    place = tmp_path_factory.mktemp("boutique") / "exports"
    shutil.copytree(CASE / "exports", place)
    (place / "shop.yml").write_text("timezone: Europe/Berlin\n")
    return read_folder(place)


def test_orders(shop, truth):
    orders, true = shop.orders, truth["orders"]
    assert len(orders) == true["kept"]
    assert orders["status"].value_counts().to_dict() == {"sale": true["sales"], "refund": true["fully_refunded"]}
    sums = orders[["total", "refunds", "net"]].sum().tolist()
    assert sums == pytest.approx([true["total_eur"], true["refunds_eur"], true["net_eur"]])
    months = orders["at"].dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m")
    assert months.value_counts().sort_index().to_dict() == true["kept_by_month"]
    assert orders.groupby(months)["net"].sum().to_dict() == pytest.approx(true["net_by_month_eur"])


def test_buyers(shop, truth):
    from crqkit.intake.privacy import read_key

    orders, true = shop.orders, truth["orders"]
    sales = orders[orders["status"] == "sale"]["customer_key"].value_counts()
    assert (sales > 1).sum() == true["repeat_buyers"]
    assert read_key(shop.folder)[1]
    # The truth counts e-mail addresses; orders with a telephone number only are persons to us.
    by_phone = true["without_email"] - orders["customer_key"].isna().sum()
    assert orders["customer_key"].nunique() == true["identified_buyers"] + by_phone and 0 < by_phone < 10


def test_answers_and_reviews(shop, truth):
    answers, true = shop.answers, truth["answers"]
    assert len(answers) == true["answers"]
    assert answers["customer_key"].isin(shop.orders["customer_key"].dropna()).sum() == true["answers_matched"]
    assert answers["recommend"].mean() == pytest.approx(true["recommend_mean"], abs=1e-4)
    assert shop.reviews["stars"].mean() == pytest.approx(truth["reviews"]["mean_stars"], abs=1e-4)
    assert [len(shop.reviews), shop.reviews["text"].notna().sum(), shop.reviews["reply_at"].notna().sum()] == [
        truth["reviews"][name] for name in ("reviews", "with_comment", "with_reply")
    ]


def test_no_row_is_lost(shop):
    for _, rows in shop.log.groupby("file"):
        by = rows.groupby("outcome")["rows"].sum()
        assert by["read"] == by["kept"] + by.get("dropped", 0)
