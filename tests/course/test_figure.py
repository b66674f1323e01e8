"""A picture says its numbers, twice the same."""

import re

from crqkit.base import Result, charts, measures
from crqkit.course import show

ROWS = [
    {"measure": "nps", "group": g, "estimate": e, "low": e - 9, "high": e + 9, "n": 40, "unit": "points"}
    for g, e in (("spring", 31.4), ("autumn", 12.25))
]


def test_a_result_is_drawn_and_described():
    picture = show(Result(measures(ROWS), "The score is unclear."))
    assert repr(picture) == "[Picture] The score is unclear: spring 31.4 (22.4 to 40.4); autumn 12.2 (3.25 to 21.2)."
    assert re.fullmatch(r'<img src="data:image/png;base64,[A-Za-z0-9+/=]+" alt="[^"]+">', picture._repr_html_())


def test_the_same_numbers_give_the_same_picture():
    result = Result(measures(ROWS), "The score.")
    assert show(result).html == show(result).html


def test_a_drawing_is_read_off():
    ax = charts.new_axes()
    ax.bar(["cash", "card"], [3, 12.5])
    ax.set_ylabel("visits")
    assert repr(show(ax)) == "[Picture] visits: cash 3; card 12.5."


def test_a_long_line_says_how_much_is_left_out():
    ax = charts.new_axes()
    ax.plot(range(30), range(30))
    assert "and 6 more" in show(ax).alt


def test_own_words_win():
    ax = charts.new_axes()
    ax.plot([1], [2])
    assert show(ax, alt='Two "visits"').html.endswith('alt="Two &quot;visits&quot;">')
