import re
import string
from datetime import date
from pathlib import Path

import pytest

import crqkit
from crqkit.base import ChoiceProblem, say
from crqkit.base.messages import KINDS, NOTHING, templates


def test_a_sentence_knows_its_id_and_parameters():
    sentence = say("log.kept", kept=1180, read=2000, file="orders.csv")
    assert sentence == "orders.csv: 1,180 of 2,000 rows kept."
    assert (sentence.id, sentence.params["kept"]) == ("log.kept", 1180)


@pytest.mark.parametrize("id", sorted(templates()))
def test_every_parameter_of_every_template_has_a_name_and_a_kind(id):
    for _, name, kind, _ in string.Formatter().parse(templates()[id]):
        if name is not None:
            assert name.isidentifier()
            assert kind.split("|")[0] in KINDS
            assert kind.count("|") in (0, 2)


SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(crqkit.__file__).parent.rglob("*.[pj][y2]*"))
# An id as it stands in the code, with anything in place of a part in braces.
SAID = [re.sub(r"\\\{.*?\\\}", ".+", re.escape(id)) for id in re.findall(r"""["']([a-z_]+\.[^"'\s]*)["']""", SOURCE)]
SAID = re.compile("|".join(sorted(set(SAID))))


@pytest.mark.parametrize("id", sorted(templates()))
def test_every_message_is_said_somewhere(id):
    # A family of comparisons is handed the first part and adds the verdict itself.
    assert SAID.fullmatch(id) or SAID.fullmatch(id.rsplit(".", 1)[0])


def test_an_unknown_message_or_language_is_refused():
    with pytest.raises(ChoiceProblem, match="message"):
        say("log.keept", kept=1)
    with pytest.raises(ChoiceProblem, match="language"):
        say("log.kept", language="xx")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("pct", 0.634, "63 %"),
        ("one", -0.25, "−0.2"),
        ("signed", 3.14, "+3.1"),
        ("signed", -3.14, "−3.1"),
        ("money", (1234.5, "EUR"), "1,234 EUR"),
        ("money", (1234.5, ""), "1,234"),
        ("date", date(2026, 5, 1), "1 May 2026"),
        ("count", 12345, "12,345"),
    ],
)
def test_kinds(kind, value, text):
    assert KINDS[kind](value) == text


@pytest.mark.parametrize(("rows", "text"), [(1, "1 row"), (0, "0 rows"), (1200, "1,200 rows")])
def test_one_and_several(rows, text):
    assert text in say("log.dropped", file="a.csv", rows=rows, reason="a test")


def test_what_is_not_known_is_shown_as_a_dash():
    assert NOTHING in say("log.kept", kept=float("nan"), read=2, file="a.csv")
