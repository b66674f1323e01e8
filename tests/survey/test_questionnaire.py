"""The forms as data: what every item carries, what a translation keeps, the tables that are exported."""

import string
from collections import Counter

import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.base.messages import templates
from crqkit.survey import back_translation_table, claims_table, form_tool_table, item_table, typing_table
from crqkit.tables.form import RATING, TEXT, Item, build_form, known_forms, known_languages, load_form

ALL = [load_form(id) for id in known_forms()]
NAMED = [f"{form.id}.{form.language}" for form in ALL]


def test_the_pocket_form_comes_first_and_translations_last():
    assert list(known_forms()) == ["pocket", "long", "pocket.de", "pocket.es"]
    assert known_languages("pocket") == ["en", "de", "es"]
    assert known_languages("long") == ["en"]


def test_the_pocket_form_keeps_its_nine_questions():
    assert [item.id for item in load_form("pocket").items] == [
        *("keeps_word", "cares", "would_miss", "costly_to_leave", "answers", "fits_me", "worth_it"),
        *("recommend", "comment"),
    ]
    assert load_form("pocket").labels == ("disagree", "rather disagree", "neither", "rather agree", "agree")


def test_the_long_form_has_four_statements_a_facet_and_seven_named_points():
    form = load_form("long")
    facets = Counter(item.facet for item in form.items if item.facet)
    assert facets == dict.fromkeys(
        [
            *("cognitive trust", "affective trust", "affective commitment", "calculative commitment"),
            *("reciprocal communication", "personalised interaction", "equitable exchange"),
        ],
        4,
    )
    assert len(set(form.labels)) == 7
    assert sum(item.reverse for item in form.items) == 2
    assert [item.quality for item in form.items if item.quality] == ["instructed", "marker", "marker"]
    outcomes = [item.id for item in form.of_kind(RATING) if not item.dimension and not item.quality]
    assert len(outcomes) == 7
    assert len(form.of_kind(TEXT)) == 1
    assert form.note


@pytest.mark.parametrize("form", ALL, ids=NAMED)
def test_every_item_says_what_it_is(form):
    table = item_table(form)
    assert len(table) == len(form.items)
    assert table["id"].is_unique and table["text"].is_unique
    assert (table[["topic", "kind", "text", "language", "status"]] != "").all().all()
    rated = table[table["kind"] == RATING]
    assert rated["polarity"].isin(["for", "against"]).all()
    assert (rated["source_scale"] != "").all()
    assert (rated["labels"] != "").all()
    assert table["status"].str.startswith("content-derived, not yet validated").all()
    assert (table["reliability"] == "unknown").all()
    # An instructed answer names the point it asks for.
    for item in form.items:
        if item.quality == "instructed":
            assert form.labels[int(item.expected - item.low)] in item.text


def test_a_question_on_the_quality_of_answers_enters_no_dimension():
    with pytest.raises(DataProblem, match="belongs to no dimension"):
        Item("q", "Mark 3", quality="instructed", dimension="trust")
    with pytest.raises(ChoiceProblem, match="marker"):
        Item("q", "Mark 3", quality="markers")


def test_no_question_is_worded_alike_on_two_scales():
    seen = {}
    for form in ALL:
        for item in form.items:
            key = item.text.casefold()
            same = (item.id, item.kind, (item.low, item.high) if item.kind == RATING else None, item.reverse)
            assert seen.setdefault(key, same) == same
    by_id = {}
    for form in ALL:
        for item in form.items:
            scale = (item.low, item.high) if item.kind == RATING else None
            same = (item.kind, scale, item.reverse, item.dimension, item.facet, item.quality)
            assert by_id.setdefault(item.id, same) == same


@pytest.mark.parametrize("language", ["de", "es"])
def test_a_translation_changes_words_alone(language):
    english, other = load_form("pocket"), load_form("pocket", language)
    assert load_form(f"pocket.{language}") == other
    assert (other.id, other.language, other.dimensions) == ("pocket", language, english.dimensions)
    for one, two in zip(english.items, other.items, strict=True):
        assert one.text != two.text
        kept = [name for name in Item.__dataclass_fields__ if name not in ("text", "ends")]
        assert {name: getattr(one, name) for name in kept} == {name: getattr(two, name) for name in kept}
        assert len(one.ends) == len(two.ends)
    assert len(other.labels) == len(english.labels)
    assert "translated, not back-translated" in other.status


def test_an_unknown_form_or_language_is_refused():
    with pytest.raises(ChoiceProblem, match="Did you mean pocket"):
        load_form("pokcet")
    with pytest.raises(ChoiceProblem, match="language: fr"):
        load_form("pocket", "fr")
    with pytest.raises(ChoiceProblem, match="language: de"):
        load_form("long", "de")


@pytest.mark.parametrize("language", ["de", "es"])
def test_what_customers_read_is_worded_in_each_language(language):
    english = {id: text for id, text in templates().items() if id.startswith("form.")}
    other = templates(language)
    assert set(other) == set(english)

    def fields(text):
        return sorted((name, kind) for _, name, kind, _ in string.Formatter().parse(text) if name)

    assert {id: fields(text) for id, text in other.items()} == {id: fields(text) for id, text in english.items()}


def test_the_lines_for_a_form_tool():
    table = form_tool_table("long")
    form = load_form("long")
    assert table["order"].tolist() == list(range(1, 41))
    assert table["id"].tolist() == ["claim_code", *(item.id for item in form.items)]
    line = table.set_index("id").loc["ct_promises"]
    assert line["options"].split(" | ") == [*form.labels, "does not apply"]
    assert table.set_index("id").loc["recommend", ["type", "options"]].tolist() == [
        "linear scale",
        "0 = not at all likely | 10 = very likely",
    ]
    assert (table["required"] == "no").all()
    assert (table["status"] == form.status).all()


def test_sheets_to_type_in():
    form = load_form("pocket", "de")
    sheet = typing_table(form)
    assert list(sheet) == ["Timestamp", "claim code", *(item.text for item in form.items)]
    slips = claims_table(["BAK-7F3K-X"])
    assert slips.iloc[0].tolist() == ["BAK-7F3K-X", "", "", "", ""]
    assert not len(claims_table([]))


def test_the_sheet_for_translating_back_holds_every_text():
    form = load_form("pocket", "es")
    sheet = back_translation_table(form)
    for text in [*(item.text for item in form.items), *form.labels, form.title, form.intro, form.not_applicable]:
        assert text in sheet["translation"].tolist()
    pairs = sheet.set_index("id")
    assert pairs.loc["point_1", ["source", "translation"]].tolist() == ["disagree", "en desacuerdo"]
    assert (sheet[["back_translation", "reviewer_notes", "decision"]] == "").all().all()
    # For a language that nobody has translated into yet the column stays empty.
    assert (back_translation_table("long")["translation"] == "").all()


def test_a_form_of_ones_own_still_builds():
    form = build_form({"id": "mine", "items": [{"id": "a", "text": "A?"}]})
    assert form["a"].polarity == "for"
    assert form.labels_of(form["a"]) == ()
    assert item_table(form).loc[0, "labels"] == ""
