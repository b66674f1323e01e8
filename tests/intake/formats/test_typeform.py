"""Typeform: choices in many columns or in one cell, answers never sent off, and letters a spreadsheet garbled."""

import pandas as pd
import pytest

from crqkit.intake import read_folder
from crqkit.intake.mojibake import is_garbled, put_right
from tests.intake.formats import support

NAMES = ["ana@", "ben@", "1112223", "98eebf", "d3560842b2", "Ana", "Ben"]
NEWER, OLDER = "newer.csv", "older, garbled.csv"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return support.read("typeform", tmp_path_factory.mktemp("typeform"))


def test_rows_are_kept_or_left_out_for_a_reason(shop):
    support.assert_accounted(shop)
    assert support.dropped(shop, NEWER) == {"unanswered": 1} and support.dropped(shop, OLDER) == {}
    assert shop.responses.groupby("file").size().to_dict() == {NEWER: 8, OLDER: 11}


def test_choices_in_a_cell_and_in_columns(shop):
    answers = shop.answers
    assert answers["where_do_you_usually_buy_from"].dropna().tolist() == ["In the shop; Online", "In the shop"]
    assert answers["im_geschaft_auf_dem_markt_online"].dropna().tolist() == [
        "Im Geschäft; Online", "Auf dem Markt", "Im Geschäft",
    ]  # fmt: skip
    assert answers["keeps_word"].tolist() == [5, 3, 1, 5, 4, 2]
    assert answers["recommend"].dropna().tolist() == [10, 7, 2, 9, 10]


def test_a_slash_in_a_text_stays(shop):
    assert shop.answers["comment"].dropna().tolist() == ["Keep [removed] / change the till"]


def test_times_seconds_and_codes(shop):
    sheets = shop.responses.drop_duplicates("response_id")
    assert sheets["seconds"].fillna(-1).tolist() == [26, 120, 60, 80, 45, -1]
    assert sheets["finished"].astype(object).fillna("not told").tolist() == ["not told"] * 3 + [True, True, False]
    assert sheets["at"].iloc[-1] == pd.Timestamp("2026-02-24 09:03", tz="UTC")
    assert sheets["claim_code"].dropna().tolist() == ["BAK7F3K"]
    assert sheets["customer_key"].notna().sum() == 3


def test_a_shop_in_another_zone_keeps_the_times(tmp_path):
    folder = support.copy("typeform", tmp_path)
    (folder / "shop.yml").write_text("timezone: Asia/Dhaka\n")
    assert read_folder(folder).responses["at"].max() == pd.Timestamp("2026-02-24 09:03", tz="UTC")


def test_garbled_letters_are_put_right_and_that_is_said(shop):
    said = shop.answers["was_fallt_ihnen_noch_ein"].dropna().tolist()
    assert said == [
        "Grüße – weiter so, das ist schön und gut für alle 😊",
        "Ihr Käse schmeckt köstlich, aber 4,50 € sind viel … Àlà",
    ]
    assert shop.form["was_fallt_ihnen_noch_ein"].text == "Was fällt Ihnen noch ein?"
    assert [caution.params["file"] for caution in shop.cautions if caution.id == "caution.intake.garbled"] == [OLDER]


@pytest.mark.parametrize(
    "texts",
    [
        ["Käse"],
        ["AÇÃO", "São Paulo"],
        ["CAFÉ”"],  # É and a closing quote mark could be two bytes of one letter
        ["GrÃ¼ÃŸe", "Käse"],  # written by hand since
        ["plain"],
        [],
    ],
)
def test_what_may_be_right_is_left_alone(texts):
    assert not is_garbled(texts)


def test_every_letter_of_western_europe_comes_back():
    letters = "äöüßÄÖÜéèêëàâçñóíúáÉÀÇÑœŒ’‘“”–—…€£°«»¡¿"  # noqa: RUF001
    garbled = "".join(_as_windows_shows(byte) for byte in letters.encode())
    assert put_right(garbled) == letters and is_garbled([garbled])


def _as_windows_shows(byte):
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, NAMES)


def test_columns_may_stand_in_any_order(tmp_path):
    # The older layout tells which options belong together only by their standing side by side.
    support.assert_columns_may_move("typeform", tmp_path, only=[NEWER])


@support.each_required("typeform")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("typeform", NEWER, "typeform", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    dates = ["Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)"]
    support.assert_reads_abroad("typeform", tmp_path, dates=dates, only=[NEWER])
