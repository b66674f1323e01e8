"""A sheet of scores: on which scale they were given is told, or asked about, and never guessed."""

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from tests.intake.formats import support


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return support.read("scores_sheet", tmp_path_factory.mktemp("scores_sheet"))


def test_totals(shop):
    support.assert_accounted(shop)
    assert support.dropped(shop) == {"unanswered": 1}
    assert shop.answers["recommend"].dropna().tolist() == [10, 6, 0]
    assert shop.answers["satisfied"].dropna().tolist() == [5, 2, 4]
    assert shop.answers["comment"].dropna().tolist() == ["Much better now", "Cold soup", "No bread left"]
    assert shop.responses["claim_code"].dropna().unique().tolist() == ["K123"]
    assert [caution.id for caution in shop.cautions] == ["caution.intake.score"]


def test_no_address_comes_out(shop):
    support.assert_unnamed(shop, ["ana@", "ben@"])


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("scores_sheet", tmp_path)


@support.each_required("scores_sheet")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("scores_sheet", "satisfied.csv", "scores_sheet", headers, tmp_path)


def test_a_foreign_spreadsheet(tmp_path):
    folder = support.copy("scores_sheet", tmp_path)
    (folder / "shop.yml").write_text("date_order: day-first\n")
    before = read_folder(folder)
    support.change(folder, lambda rows: support.abroad(rows, dates=["date"]), written=";")
    support.assert_same(before, read_folder(folder))


SCALES = {
    "a column scale": ("score,scale", ["4,1-5", "2,1-5"], "satisfied", (1, 5)),
    "a column scale in words": ("score,scale", ["4,CSAT", "2,csat"], "satisfied", (1, 5)),
    "seven points": ("score,scale", ["4,1 to 7", "7,1 to 7"], "satisfied", (1, 7)),
    "ten points from one": ("score,scale", ["4,1-10", "10,1-10"], "satisfied", (1, 10)),
    "low answers to recommending": ("score,scale", ["4,0-10", "2,0-10"], "recommend", (0, 10)),
    "the name nps": ("nps", ["4", "2"], "recommend", (0, 10)),
    "the name csat": ("CSAT score", ["4", "2"], "satisfied", (1, 5)),
    "ends in the name": ("Score (1-5)", ["4", "2"], "satisfied", (1, 5)),
    "high answers": ("score", ["8", "2"], "recommend", (0, 10)),
}


@pytest.mark.parametrize("name", SCALES)
def test_the_scale_is_told_by(name, tmp_path):
    head, rows, item, ends = SCALES[name]
    text = "\n".join([f"date,{head}", *(f"2026-04-{13 + place},{row}" for place, row in enumerate(rows))])
    (tmp_path / "a.csv").write_text(text + "\n")
    shop = read_folder(tmp_path)
    assert shop.answers[item].tolist() == [float(row.partition(",")[0]) for row in rows]
    assert (shop.form[item].low, shop.form[item].high) == ends and len(shop.form.items) == 1


UNCLEAR = {
    "answers up to five": ("score", ["4", "5"], "cannot be told on which scale", "Add a column scale"),
    "answers up to seven": ("score", ["7", "1"], "cannot be told on which scale", "nps or csat"),
    "answers beyond ten": ("score", ["85", "90"], "cannot be told on which scale", "Add a column scale"),
    "an unknown scale": ("score,scale", ["4,thumbs", "1,thumbs"], "scale is not known", "Write 0 to 10"),
    "two scales": ("score,scale", ["4,1-5", "9,0-10"], "more than one scale", "a file of their own"),
    "an answer off the scale": ("score,scale", ["4,1-5", "9,1-5"], "outside the scale 1 to 5", "Mend the answer"),
    "words": ("score,scale", ["good,1-5", "4,1-5"], "not a rating", "number from 1 to 5"),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_it_is_asked_about(name, tmp_path):
    head, rows, what, mend = UNCLEAR[name]
    text = "\n".join([f"date,{head}", *(f"2026-04-{13 + place},{row}" for place, row in enumerate(rows))])
    (tmp_path / "a.csv").write_text(text + "\n")
    with pytest.raises(DataProblem, match=what) as problem:
        read_folder(tmp_path)
    assert mend in problem.value.faults[0].mend and problem.value.faults[0].file == "a.csv"


def test_a_mapping_may_tell_the_scale(tmp_path):
    (tmp_path / "a.csv").write_text("date,customer,score,comment\n2026-04-13,7,4,Fine\n2026-04-14,8,5,\n")
    (tmp_path / "a.map.yml").write_text("table: responses\nitems: [{id: glad, column: score, low: 1, high: 6}]\n")
    shop = read_folder(tmp_path)
    assert shop.answers["glad"].tolist() == [4, 5] and shop.answers["customer_key"].notna().all()


@pytest.mark.parametrize(
    ("typed", "code"),
    [("bak 7f3k", "BAK7F3K"), ("BAK-7F3K ", "BAK7F3K"), ("n/a", None), ("-", None), ("'0012", "0012")],
)
def test_codes_of_paper_forms_are_read_as_they_are_typed(typed, code, tmp_path):
    (tmp_path / "a.csv").write_text(f"date,nps,Code on your slip\n2026-04-13,4,{typed}\n")
    found = read_folder(tmp_path).responses["claim_code"].tolist()
    assert found == [code] if code else found[0] is not None and str(found[0]) == "<NA>"


@pytest.mark.parametrize("typed", ["ana@example.org", "I lost it sorry", "Käse 1", "A" * 21])
def test_what_is_no_code_is_a_fault_and_not_shown(typed, tmp_path):
    (tmp_path / "a.csv").write_text(f"date,nps,claim_code\n2026-04-13,4,{typed}\n")
    if typed == "I lost it sorry":
        assert read_folder(tmp_path).responses["claim_code"].tolist() == ["ILOSTITSORRY"]
        return
    with pytest.raises(DataProblem, match="no code of a printed form") as problem:
        read_folder(tmp_path)
    assert typed not in str(problem.value)


def test_answers_aside_the_scale_are_no_fault(tmp_path):
    head = "Timestamp,They do what they promise.,They remember what suits me.,"
    head += "How likely are you to recommend us to a friend?"
    (tmp_path / "a.csv").write_text(f"{head}\n2026-04-13 10:00,does not apply,rather agree,10 - extremely likely\n")
    answers = read_folder(tmp_path).answers
    assert answers[["fits_me", "recommend"]].iloc[0].tolist() == [4, 10]
