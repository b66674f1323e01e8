"""SurveyMonkey: two rows of header, condensed and expanded, words and numbers, grids and other answers."""

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import propose, read_folder
from tests.intake.formats import support

NAMES = ["ana@", "ben@", "carla@", "Ana", "Ben", "Ott", "Carla", "Ruiz", "203.0.113", "A-1"]
NEWER, OLDER = "expanded.csv", "numbers, older header.csv"
WHERE = "where_do_you_usually_buy_from"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return support.read("surveymonkey", tmp_path_factory.mktemp("surveymonkey"))


def test_rows_are_kept_or_left_out_for_a_reason(shop):
    support.assert_accounted(shop)
    assert support.dropped(shop, NEWER) == {"unanswered": 1} and support.dropped(shop, OLDER) == {}
    assert shop.responses.groupby("file").size().to_dict() == {NEWER: 19, OLDER: 13}


def test_words_numbers_and_options_become_answers(shop):
    answers = shop.answers.set_index("response_id").sort_index()
    ratings = answers[["keeps_word", "fits_me", "recommend"]].astype("Float64").fillna(-1)
    assert ratings.to_numpy().tolist() == [[5, 4, 9], [3, -1, 0], [1, 5, 7], [5, 4, 10], [2, 1, 4], [3, -1, 8]]
    assert answers[WHERE].fillna("").tolist() == [
        "In the shop; Online", "", "By telephone; In the shop", "By telephone; Online", "In the shop", "Online",
    ]  # fmt: skip
    assert answers["comment"].dropna().tolist() == [
        "Keep [removed].\nMore bread, please", "Longer hours", "Fine", "Good bread",
    ]  # fmt: skip
    assert answers["please_rate_us_from_speed"].dropna().tolist() == [5, 1, 3]
    assert answers["please_rate_us_from_choice_of"].dropna().tolist() == [4, 2, 3]
    other = [item for item in shop.form.items if item.text.endswith("[Other (please specify)]")]
    assert len(other) == 1 and other[0].kind == "text"
    assert answers[other[0].id].dropna().tolist() == ["At the market on Saturdays, from your brother [removed]"]


def test_times_seconds_and_codes(shop):
    sheets = shop.responses.drop_duplicates("response_id").set_index("response_id")
    assert sheets["at"]["114000000001"] == pd.Timestamp("2026-01-15 09:26:45", tz="UTC")
    assert sheets["seconds"].sort_index().tolist() == [180, 90, 300, 120, 60, 40]
    assert sheets["claim_code"].dropna().to_dict() == {"114000000001": "BAK7F3K"}
    assert sheets["customer_key"].dropna().nunique() == 2 and sheets["row"]["114000000001"] == 3


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, NAMES)


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("surveymonkey", tmp_path, header_rows=2, only=[OLDER])


def test_questions_move_with_their_options(tmp_path):
    """Where a question stands only above its first column, its columns move as one."""
    folder = support.copy("surveymonkey", tmp_path)
    before = read_folder(folder)
    blocks = [[place] for place in range(9)] + [[9, 10], [11], [12, 13, 14, 15], [16], [17, 18], [19, 20], [21]]
    order = [place for block in reversed(blocks) for place in block]
    support.change(folder, lambda rows: [[row[place] for place in order] for row in rows], only=[NEWER])
    after = read_folder(folder)
    pd.testing.assert_frame_equal(before.answers, after.answers[before.answers.columns])


def test_headers_may_be_written_otherwise(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    before = read_folder(folder)
    support.change(folder, lambda rows: [[_cased(cell) for cell in rows[0]], *rows[1:]])
    support.assert_same(before, read_folder(folder))


def _cased(cell):
    return cell if "&" in cell or not cell else f"  {cell.upper()} "


@support.each_required("surveymonkey")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("surveymonkey", NEWER, "surveymonkey", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    (folder / "shop.yml").write_text(
        'date_order: day-first\ntimezone: Europe/Berlin\ngroups: ["Where do you usually buy from us?"]\n'
    )
    before = read_folder(folder)
    dates = ["StartDate", "EndDate"]
    support.change(folder, lambda rows: support.abroad(rows, dates=dates, day_first="%d.%m.%Y"), written=";")
    support.assert_same(before, read_folder(folder))


def test_days_that_fit_both_orders_are_asked_about(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    support.change(folder, lambda rows: [*rows[:2], *rows[3:]], only=[NEWER])
    with pytest.raises(DataProblem, match="every date fits both day-first and month-first"):
        read_folder(folder)


def test_an_answer_given_while_the_clock_is_set_back(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    text = (folder / OLDER).read_text()
    text = text.replace("2025-11-03 10:00:00,2025-11-03 10:02:00", "2025-10-26 02:55:00,2025-10-26 02:05:00")
    (folder / OLDER).write_text(text)
    sheets = read_folder(folder).responses.drop_duplicates("response_id").set_index("response_id")
    assert sheets["seconds"]["115000000001":"115000000001"].isna().all()
    (folder / OLDER).write_text(text.replace("2025-11-04 10:01:00", "2025-11-04 08:01:00"))
    with pytest.raises(DataProblem, match="ended before it began"):
        read_folder(folder)


def test_an_address_for_a_number_of_an_answer_is_not_shown(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    (folder / OLDER).write_text((folder / OLDER).read_text().replace("115000000002", "eva@example.org"))
    support.assert_unnamed(read_folder(folder), ["eva@"])


def test_one_row_of_header_and_a_blank_second_row(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    (folder / NEWER).unlink()
    support.change(folder, lambda rows: [[*rows[0][:9], *rows[1][9:11], *rows[0][11:]], *rows[2:]])
    one = read_folder(folder)
    assert one.answers["keeps_word"].tolist() == [5, 2, 3] and one.responses["row"].min() == 2
    support.change(folder, lambda rows: [rows[0], [""] * len(rows[0]), *rows[1:]])
    two = read_folder(folder)
    assert two.answers["keeps_word"].tolist() == [5, 2, 3] and two.responses["row"].min() == 3


def test_ratings_are_not_taken_for_options(tmp_path):
    """Where all give one answer, the numbers of a grid look like those of options."""
    folder = support.copy("surveymonkey", tmp_path)
    (folder / NEWER).unlink()
    grid = "Please rate us from 1 to 5"
    rows = support.rows_of(folder / OLDER)
    rows = [[grid if cell.startswith("Where") else cell for cell in rows[0]], rows[1]]
    rows += [[str(9 + place), "1", "2025-11-03 10:00", "2025-11-03 10:05", *[""] * 5, "5", "5", "9", "1", "1", "1", ""]
             for place in range(3)]  # fmt: skip
    support.write(folder / OLDER, rows)
    answers = read_folder(folder).answers
    assert answers.filter(like="please_rate").to_numpy().tolist() == [[1, 1, 1]] * 3


def test_a_mapping_names_only_what_is_open(tmp_path):
    folder = support.copy("surveymonkey", tmp_path)
    text = propose(folder / NEWER)
    assert 'column: "Please rate us from 1 to 5 [Speed]"' in text and "Respondent ID" not in text
    (folder / "expanded.map.yml").write_text(text)
    assert read_folder(folder).answers["keeps_word"].notna().sum() == 6
