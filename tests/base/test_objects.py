"""Results, sentences and shops behave as Python objects do."""

import copy
import pickle
from pathlib import Path

import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, Result, Sentence, measures, say
from crqkit.intake.shop import Settings, Shop
from crqkit.survey import effort, net_promoter, satisfaction
from crqkit.tables.form import load_form
from crqkit.value import coverage, left_truncation, repeat_purchase, retention, rfm

WAYS = [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
ANSWERS = pd.DataFrame({"recommend": [1, 5, 3, 4] * 10, "at": pd.Timestamp("2026-02-03")})
OF_ANSWERS = [
    lambda: net_promoter(ANSWERS, by="month"),
    lambda: satisfaction(ANSWERS, score="recommend"),
    lambda: effort(ANSWERS, score="recommend", version=1),
]
OF_ORDERS = [coverage, left_truncation, repeat_purchase, retention, rfm]


@pytest.mark.parametrize("way", WAYS)
def test_a_copied_sentence_knows_what_it_was_made_from(way):
    sentence = say("log.kept", kept=1180, read=2000, file="orders.csv")
    again = way(sentence)
    assert (again, again.id, again.params) == (sentence, sentence.id, sentence.params)
    assert type(again) is Sentence


@pytest.mark.parametrize("way", WAYS)
def test_results_can_be_copied_and_stored(way, fifteen):
    for result in [make() for make in OF_ANSWERS] + [make(fifteen) for make in OF_ORDERS]:
        again = way(result)
        assert type(again) is type(result)
        pd.testing.assert_frame_equal(again.table, result.table)
        assert (again.reading.id, repr(again), again.settings) == (result.reading.id, repr(result), result.settings)
        again.plot()


def test_results_are_the_same_only_if_they_are_one(fifteen):
    one, two = Result(measures([]), "a"), Result(measures([]), "a")
    assert one != two
    assert len({one, two, rfm(fifteen), left_truncation(fifteen)}) == 4


@pytest.fixture
def shop(orders):
    table = orders(("ana@example.org", "2026-01-01", 7))
    return Shop(Path("secret"), Settings("Corner"), {"orders": table}, pd.DataFrame(), load_form("pocket"))


def test_a_shop_is_asked_for_attributes_as_usual(shop):
    assert hasattr(shop, "orders") and hasattr(shop, "reviews")
    assert not hasattr(shop, "ordres")
    assert getattr(shop, "ordres", None) is None
    with pytest.raises(ChoiceProblem, match="Did you mean orders"):
        _ = shop.ordres
    with pytest.raises(AttributeError):
        _ = shop.ordres


def test_a_printed_shop_shows_neither_rows_nor_folder(shop):
    assert repr(shop) == str(shop) == "Shop('Corner', orders=1)"


@pytest.mark.parametrize("way", WAYS)
def test_shops_can_be_copied(way, shop):
    assert repr(way(shop)) == repr(shop)
    assert shop != copy.copy(shop)
