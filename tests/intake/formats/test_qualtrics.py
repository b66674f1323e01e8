"""Qualtrics: three rows of header, previews and spam, words and codes, and what must not be carried along."""

import json

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import propose, read_folder
from tests.intake.formats import support

NAMES = ["ana@", "ben@", "Ana", "Ben", "Ott", "203.0.113", "52.1", "1112223", "9998887", "C-77"]
DATES = ["StartDate", "EndDate", "RecordedDate"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return support.read("qualtrics", tmp_path_factory.mktemp("qualtrics"))


def test_rows_are_kept_or_left_out_for_a_reason(shop):
    support.assert_accounted(shop)
    assert support.dropped(shop, "survey.csv") == {"preview": 2, "unanswered": 1}
    assert support.dropped(shop, "wave two, codes.csv") == {"preview": 7}
    assert shop.responses.groupby("file")["response_id"].nunique().to_dict() == {
        "survey.csv": 4,
        "wave two, codes.csv": 3,
    }
    assert shop.responses.groupby("file").size().to_dict() == {"survey.csv": 16, "wave two, codes.csv": 9}


def test_words_and_codes_become_the_same_answers(shop):
    answers = shop.answers.set_index("response_id")
    ratings = answers[["keeps_word", "fits_me", "recommend"]].astype("Float64").fillna(-1)
    assert ratings.loc[["R_1a", "R_6f", "R_3c", "R_7g", "R_w1", "R_w9", "R_w10"]].to_numpy().tolist() == [
        [5, 4, 9], [2, 1, 3], [3, -1, -1], [5, 5, 10], [5, 4, 9], [2, -1, 6], [3, -1, -1],
    ]  # fmt: skip
    where = answers["where_do_you_usually_buy_from"]
    assert where[["R_1a", "R_6f", "R_w10"]].tolist() == ["In the shop; Online", "By telephone", "In the shop; Online"]
    assert answers["comment"]["R_1a"] == 'Keep [removed].\nChange the till, "soon"!'
    assert answers["how_did_you_hear_other"]["R_1a"].startswith("I read of you")
    assert shop.form["where_do_you_usually_buy_from"].text == "Where do you usually buy from us?"


def test_times_seconds_and_codes(shop):
    sheets = shop.responses.drop_duplicates("response_id").set_index("response_id")
    assert sheets["at"]["R_1a"] == pd.Timestamp("2026-02-01 05:13:05", tz="UTC")
    assert sheets["at"]["R_7g"] == pd.Timestamp("2026-07-04 18:01:40", tz="UTC")
    assert sheets["at"]["R_w1"] == pd.Timestamp("2026-03-11 07:02:00", tz="UTC")
    assert sheets["row"][["R_1a", "R_7g", "R_w10"]].tolist() == [4, 10, 13]
    assert sheets["seconds"][["R_1a", "R_3c"]].tolist() == [184, 30]
    assert sheets["finished"][["R_1a", "R_3c", "R_w10"]].tolist() == [True, False, False]
    assert sheets["claim_code"]["R_1a"] == "BAK7F3KX" and sheets["claim_code"].notna().sum() == 1
    assert sheets["customer_key"].nunique() == 3
    assert [caution.id for caution in shop.cautions if "read as UTC" in caution] == []


def test_a_shop_in_another_zone_keeps_the_zone_of_the_survey(tmp_path):
    folder = support.copy("qualtrics", tmp_path)
    (folder / "shop.yml").write_text("timezone: Asia/Dhaka\n")
    at = read_folder(folder).responses.set_index("response_id")["at"]
    assert at["R_w1"].iloc[0] == pd.Timestamp("2026-03-11 07:02:00", tz="UTC")


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, [*NAMES, "quote"])
    assert shop.mapped.set_index(["file", "column"])["becomes"]["survey.csv", "CustomerPhone"] == "left out"


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("qualtrics", tmp_path, header_rows=3)


def test_headers_may_be_written_otherwise(tmp_path):
    folder = support.copy("qualtrics", tmp_path)
    before = read_folder(folder)
    support.change(folder, lambda rows: [[f" {cell.upper()} " for cell in rows[0]], *rows[1:]])
    support.assert_same(before, read_folder(folder))


@support.each_required("qualtrics")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("qualtrics", "survey.csv", "qualtrics", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    support.assert_reads_abroad("qualtrics", tmp_path, dates=DATES)


@pytest.mark.parametrize("rows", [2, 1])
def test_fewer_rows_of_header(rows, tmp_path):
    """Excel exports have no third row, and some people delete the second and third."""
    folder = support.copy("qualtrics", tmp_path)
    (folder / "shop.yml").write_text("timezone: America/Denver\n")
    support.change(folder, lambda records: [*records[:rows], *records[3:]])
    if rows == 1:
        # Without words only the scales that a known id tells are known.
        support.change(folder, lambda records: [[_tag(cell) for cell in records[0]], *records[1:]])
    answers = read_folder(folder).answers.set_index("response_id")
    assert answers["keeps_word"]["R_1a"] == 5 and answers["recommend"]["R_w9"] == 6 and len(answers) == 7
    assert read_folder(folder).responses["row"].min() == rows + 1


def _tag(name):
    return {"Q1_1": "keeps_word", "Q1_2": "fits_me", "Q2": "recommend", "Q4": "comment"}.get(name, name)


def test_the_same_as_a_workbook_and_with_tabs(tmp_path):
    from openpyxl import Workbook

    folder = support.copy("qualtrics", tmp_path)
    before = read_folder(folder).answers
    path = folder / "survey.csv"
    book = Workbook()
    for place, row in enumerate(support.rows_of(path)):
        if place != 2:
            book.active.append(row)
    path.unlink()
    book.save(folder / "survey.xlsx")
    support.change(folder, lambda rows: rows, written="\t")
    (folder / "shop.yml").write_text('timezone: America/Denver\ngroups: ["Where do you usually buy from us?"]\n')
    after = read_folder(folder).answers
    shown = ["response_id", "keeps_word", "recommend", "comment", "where_do_you_usually_buy_from"]
    pd.testing.assert_frame_equal(before[shown], after[shown])


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc", 7, None])
def test_a_zone_that_is_none_is_not_used(zone, tmp_path):
    folder = support.copy("qualtrics", tmp_path)
    (folder / "wave two, codes.csv").unlink()
    third = json.dumps({"ImportId": "startDate", "timeZone": zone})
    support.change(folder, lambda rows: [*rows[:2], [third, *[""] * (len(rows[2]) - 1)], *rows[3:]])
    shop = read_folder(folder)
    assert any("read as UTC" in caution for caution in shop.cautions) and len(shop.answers) == 4


def test_the_older_layout_is_refused_and_named(tmp_path):
    head = "V1,V2,V3,V4,Q1\nResponseID,ResponseSet,StartDate,EndDate,They do what they promise.\n"
    (tmp_path / "a.csv").write_text(head + "R_1,Default Response Set,2026-01-01 10:00:00,2026-01-01 10:01:00,5\n")
    with pytest.raises(DataProblem, match="answers of Qualtrics in its older layout") as problem:
        read_folder(tmp_path)
    assert "without the older (legacy) layout" in problem.value.faults[0].mend


def test_an_answer_off_the_scale_is_told_with_its_row(tmp_path):
    folder = support.copy("qualtrics", tmp_path)
    text = (folder / "wave two, codes.csv").read_text().replace("R_w1,anonymous,EN,5", "R_w1,anonymous,EN,16")
    (folder / "wave two, codes.csv").write_text(text)
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    fault = problem.value.faults[0]
    assert (fault.row, fault.column, fault.what) == (4, "Q1_1", "outside the scale 1 to 5")


def test_a_mapping_names_only_what_is_open(tmp_path):
    folder = support.copy("qualtrics", tmp_path)
    text = propose(folder / "survey.csv")
    assert 'column: "How did you hear of us? [Other]"' in text and "StartDate" not in text
    (folder / "survey.map.yml").write_text(text)
    shop = read_folder(folder)
    assert support.dropped(shop, "survey.csv") == {"preview": 2, "unanswered": 1}
    assert shop.responses.groupby("file")["seconds"].max()["survey.csv"] == 300
    assert shop.answers.set_index("response_id")["keeps_word"]["R_6f"] == 2
