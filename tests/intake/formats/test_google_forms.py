"""Google Forms: the code of a printed form, the points of a quiz, and what is told about the sheet of answers."""

from crqkit.intake import read_folder
from tests.intake.formats import support

HEAD = "Timestamp,Email Address,Score,They do what they promise.,They remember what suits me.,Code on your slip\n"
ROWS = "2026-01-13 10:00,ana@example.org,7 / 10,5,4,bak-7f3k\n2026-01-14 10:00,,,4,does not apply,\n"


def test_a_code_is_read_and_points_of_a_quiz_are_not(tmp_path):
    (tmp_path / "a.csv").write_text(HEAD + ROWS)
    shop = read_folder(tmp_path)
    assert shop.responses["claim_code"].fillna("").tolist() == ["BAK7F3K", "BAK7F3K", ""]
    assert {item.id for item in shop.form.items} == {"keeps_word", "fits_me"}
    assert shop.answers["fits_me"].fillna(-1).tolist() == [4, -1], "an answer beside the scale is none, and no fault"
    assert shop.responses["seconds"].isna().all() and shop.responses["finished"].isna().all()
    becomes = shop.mapped.set_index("column")["becomes"]
    assert becomes["Code on your slip"] == "claim_code" and becomes["Score"] == "left out"
    support.assert_unnamed(shop, ["ana@"])


def test_a_mapping_may_name_code_seconds_and_finished(tmp_path):
    (tmp_path / "a.csv").write_text("q,slip,took,done\n5,bak 7f3k,61,yes\n4,,30,no\n")
    columns = "columns: {claim_code: slip, seconds: took, finished: done}\n"
    (tmp_path / "a.map.yml").write_text(f"table: responses\n{columns}items: [{{id: q, low: 1, high: 5}}]\n")
    rows = read_folder(tmp_path).responses
    assert rows["claim_code"].fillna("").tolist() == ["BAK7F3K", ""]
    assert rows["seconds"].tolist() == [61, 30] and rows["finished"].tolist() == [True, False]
