import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.value import acquisition_cost


def spend(*rows):
    """Rows of (channel, amount, new customers[, purpose])."""
    full = [(*row, "finding")[:4] for row in rows]
    table = pd.DataFrame(full, columns=["channel", "amount", "new_customers", "purpose"])
    at = pd.date_range("2026-01-01", periods=len(table), freq="MS", tz="UTC") if len(table) else None
    return table.assign(currency="EUR", at=pd.Series(at, dtype="datetime64[us, UTC]"))


def ids(result):
    return [caution.id.rsplit(".", 1)[-1] for caution in result.cautions]


def test_by_hand_and_against_r():
    result = acquisition_cost(spend(("adverts", 400, 20), ("leaflets", 120, 24)))
    table = result.table.set_index("group")
    # R: 400 / poisson.test(20)$conf.int is 12.94985, 32.74255; 120 / poisson.test(24)$conf.int 3.36039, 7.80373.
    advert, leaflet = table.loc["adverts"], table.loc["leaflets"]
    assert advert[["estimate", "low", "high"]].tolist() == [
        20,
        pytest.approx(12.94985, abs=1e-5),
        pytest.approx(32.74255, abs=1e-5),
    ]
    assert leaflet[["estimate", "low", "high"]].tolist() == [
        5,
        pytest.approx(3.36039, abs=1e-5),
        pytest.approx(7.80373, abs=1e-5),
    ]
    assert table.loc["all", "estimate"] == pytest.approx(520 / 44)
    ratio = table.loc["adverts / leaflets"]
    assert ratio["estimate"] == pytest.approx(4)
    # MOVER on logarithms by hand: ln 4 ∓ √(ln(20/12.95)² + ln(7.80/5)²) and so on.
    down = np.hypot(np.log(20 / advert["low"]), np.log(leaflet["high"] / 5))
    up = np.hypot(np.log(advert["high"] / 20), np.log(5 / leaflet["low"]))
    assert (ratio["low"], ratio["high"]) == (pytest.approx(4 * np.exp(-down)), pytest.approx(4 * np.exp(up)))
    assert str(result.reading) == (
        "A new customer by leaflets costs 5.0 EUR, by adverts clearly more: 20.0 EUR, 4.0 times as much (2.1 to 7.5)."
    )
    assert ids(result) == ["attribution", "average_cost", "few_rows"]


def test_which_is_cheaper_cannot_be_told():
    assert acquisition_cost(spend(("a", 100, 20), ("b", 110, 20))).reading.id == "acquisition.unclear"


def test_named_beforehand_the_order_is_kept():
    table = spend(("adverts", 400, 20), ("leaflets", 120, 24), ("radio", 400, 19))
    result = acquisition_cost(table, compare=("adverts", "leaflets"))
    assert result.reading.id == "acquisition.below"
    assert result.reading.params["estimate"] == pytest.approx(0.25)
    with pytest.raises(ChoiceProblem, match="compare"):
        acquisition_cost(table, compare=("adverts", "leaflet"))


def test_looking_at_all_pairs_costs_certainty():
    two = [("adverts", 400, 20), ("leaflets", 120, 24)]
    alone = acquisition_cost(spend(*two)).table.iloc[-1]
    among = acquisition_cost(spend(*two, ("radio", 900, 20))).table.iloc[-1]
    assert among["estimate"] == alone["estimate"]
    assert among["low"] < alone["low"]


def test_clumped_counts_widen_the_interval():
    even = acquisition_cost(spend(*[("adverts", 100, 5)] * 12)).table.iloc[0]
    clumped = acquisition_cost(spend(*[("adverts", 100, count) for count in [0, 0, 15] * 4])).table.iloc[0]
    assert even["estimate"] == clumped["estimate"] == 20
    # Pearson by hand: (4 * 100 + 8 * 25) / 5 over 11 degrees of freedom.
    assert clumped["scatter"] == pytest.approx(120 / 11)
    # From five rows clumps cannot be told from chance.
    few = acquisition_cost(spend(*[("adverts", 100, count) for count in (0, 0, 15, 0, 10)]))
    assert few.table["scatter"].iloc[0] == 1 and "few_rows" in ids(few)
    assert "few_rows" not in ids(acquisition_cost(spend(*[("adverts", 100, 5)] * 12)))
    assert clumped["high"] - clumped["low"] > 3 * (even["high"] - even["low"])


def test_what_is_paid_by_the_head_is_a_price():
    row = acquisition_cost(spend(("voucher", 10, 2), ("voucher", 0, 0), ("voucher", 50, 10))).table.iloc[0]
    assert (row["low"], row["estimate"], row["high"]) == (5, 5, 5)


def test_what_cost_nothing_is_not_called_cheaper():
    result = acquisition_cost(spend(("adverts", 400, 20), ("word of mouth", 0, 90)))
    assert result.reading.id == "acquisition.one"
    assert "free_channel" in ids(result)
    named = acquisition_cost(
        spend(("adverts", 400, 20), ("word of mouth", 0, 90)), compare=("word of mouth", "adverts")
    )
    assert named.reading.id == "acquisition.free"
    free = result.table.set_index("group").loc["word of mouth"]
    assert free["estimate"] == 0 and pd.isna(free["low"])
    assert result.table.set_index("group").loc["all", "n"] == 20


def test_without_a_count_or_a_purpose_nothing_is_said():
    blind = acquisition_cost(spend(("adverts", 400, None), ("radio", 90, None)))
    assert blind.reading.id == "acquisition.cannot_say"
    assert blind.table.empty and "without_count" in ids(blind)
    aimless = acquisition_cost(spend(("adverts", 400, 20, None), ("radio", 100, 20)))
    assert aimless.reading.id == "acquisition.one"
    assert "400.0 EUR in 1 row" in next(text for text in aimless.cautions if text.id.endswith("without_purpose"))
    partly = acquisition_cost(spend(("adverts", 400, 20), ("adverts", 999, None)))
    assert partly.table["estimate"].iloc[0] == 20 and "partly_counted" in ids(partly)
    kept = acquisition_cost(spend(("cards", 400, 20, "keeping")))
    assert kept.reading.id == "acquisition.cannot_say"


def test_too_few_and_none():
    few = acquisition_cost(spend(("adverts", 400, 9), ("radio", 90, 3)))
    assert few.reading.id == "acquisition.too_little"
    nobody = acquisition_cost(spend(("adverts", 400, 0))).table.iloc[0]
    # Nobody in 400 EUR: one may cost 400 / 3.689 or more.
    assert pd.isna(nobody["estimate"]) and pd.isna(nobody["high"])
    assert nobody["low"] == pytest.approx(400 / 3.688879)
    assert acquisition_cost(spend()).reading.id == "acquisition.cannot_say"
    assert acquisition_cost(spend(), compare=("adverts", "radio")).reading.id == "acquisition.cannot_say"


def test_as_of_leaves_out_later_rows():
    table = spend(("adverts", 200, 20), ("adverts", 900, 20))
    assert acquisition_cost(table, as_of="2026-01-31").table["estimate"].iloc[0] == 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"new_customers": -1}, "not an amount"),
        ({"amount": "ten"}, "not an amount"),
        ({"purpose": "fun"}, "purpose is not known"),
        ({"currency": ["EUR", "USD"]}, "several currencies"),
    ],
)
def test_what_is_refused(change, words):
    with pytest.raises(DataProblem, match=words):
        acquisition_cost(spend(("adverts", 400, 20), ("radio", 90, 3)).assign(**change))


def test_a_column_is_missing():
    with pytest.raises(DataProblem, match="new_customers"):
        acquisition_cost(spend(("adverts", 400, 20)).drop(columns="new_customers"))


def test_rows_in_any_order_and_left_as_they_are():
    table = spend(("adverts", 400, 20), ("leaflets", 120, 24), ("adverts", 100, 9))
    before = table.copy(deep=True)
    one, two = acquisition_cost(table), acquisition_cost(table[::-1])
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(table, before)
    assert [label.get_text() for label in one.plot().get_yticklabels()] == ["adverts", "leaflets", "all"]
    assert "times" not in one.alt.split(":", 2)[-1]
