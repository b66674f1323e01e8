import pandas as pd
import pytest

from crqkit.base import Result, measures
from crqkit.base.charts import PALETTE, describe, image, new_axes, over_time
from crqkit.base.result import significant


@pytest.fixture
def result():
    rows = [
        {
            "measure": "score",
            "group": "<b>a</b>",
            "estimate": 4.123456,
            "low": 3.9,
            "high": 4.3,
            "n": 20,
            "unit": "points",
        },
        {"measure": "score", "group": "b", "estimate": 3.5, "low": None, "high": None, "n": 3, "unit": "points"},
    ]
    return Result(measures(rows), "A & B", ("few < many",))


def test_columns_come_in_their_order_and_type(result):
    assert list(result.table) == ["measure", "group", "estimate", "low", "high", "n", "unit"]
    assert result.table["n"].dtype == "Int64"


def test_html_escapes_every_string(result):
    html = result._repr_html_()
    assert "<b>a" not in html
    assert "A &amp; B" in html
    assert "few &lt; many" in html


def test_text_holds_reading_caution_and_rounded_table(result):
    text = repr(result)
    assert "Caution: few < many" in text
    assert "4.12" in text
    assert "4.123456" not in text


def test_plot_gives_back_the_axes_it_was_given(result):
    ax = new_axes()
    assert result.plot(ax) is ax
    assert over_time(result.table, new_axes()).lines


def test_alt_text_holds_the_plotted_numbers(result):
    assert describe("Scores", result.table) == "Scores: <b>a</b> 4.12 (3.9 to 4.3); b 3.5."


def test_the_same_figure_is_the_same_image(result):
    once, again = (image(result.plot().figure, 'a "quoted" alt') for _ in range(2))
    assert once == again
    assert 'alt="a &quot;quoted&quot; alt"' in once


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123456, "0.123"), (1234.5, "1234"), (-7.0, "-7"), (1e-5, "0.00001"), (float("nan"), ""), (1e9, "1000000000")],
)
def test_significant(value, text):
    assert significant(value) == text


def test_colours_differ_also_in_grey():
    def luminance(colour):
        return sum(w * int(colour[i : i + 2], 16) for w, i in zip((0.299, 0.587, 0.114), (1, 3, 5), strict=True))

    grey = sorted(luminance(colour) for colour in PALETTE.values())
    assert grey[0] < grey[-1] / 2
    assert len(set(PALETTE.values())) == len(PALETTE)


def test_measures_of_nothing_keep_their_columns():
    assert list(measures([])) == ["measure", "group", "estimate", "low", "high", "n", "unit"]
    assert isinstance(measures([]), pd.DataFrame)
