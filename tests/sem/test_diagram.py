"""Path diagrams: every number in its place, none over another, and the same numbers in words."""

import re
from functools import cache

import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyArrowPatch

from crqkit import sem
from crqkit.base import ChoiceProblem
from crqkit.base.charts import DESCRIBED, new_axes
from crqkit.sem.drawing.diagram import COLOURS, UNSURE, describe, draw
from tests.sem.answers import HERE

ITEMS = {name.upper(): [f"{name}{i}" for i in range(1, 5)] for name in ("tr", "sa", "ac", "cc", "lo")}
FACTORS = "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in ITEMS.items())
THREE = "TR =~ tr1 + tr2 + tr3\nSA =~ sa1 + sa2 + sa3\nLO =~ lo1 + lo2 + lo3\n"
MODELS = {
    "three factors": (THREE, {}),
    "five factors": (FACTORS, {}),
    "second order": (f"{FACTORS}\nCRQ =~ TR + SA + AC + CC + LO", {}),
    "second order explains": (f"{THREE}AC =~ ac1 + ac2 + ac3\nCRQ =~ TR + SA + AC\nspend ~ CRQ + LO", {}),
    "mediator": (f"{THREE}SA ~ TR\nLO ~ SA + TR", {}),
    "two mediators": (f"{FACTORS}\nSA ~ TR\nAC ~ TR\nLO ~ SA + AC\nCC ~ LO\nSA ~~ AC", {}),
    "paths": ("spend ~ tenure + age + member\nlo1 ~ spend + tenure\nlo2 ~ spend", {}),
    "covariates": (f"LO =~ {' + '.join(ITEMS['LO'])}\nLO ~ age + tenure + member", {}),
    "bifactor": (f"g =~ {' + '.join(ITEMS['TR'] + ITEMS['SA'])}\ns =~ {' + '.join(ITEMS['SA'])}", {"orthogonal": True}),
    "residuals": (f"{THREE}tr1 ~~ tr2\ntr3 ~~ sa3\nLO ~ TR + SA", {}),
    "feedback": ("tr1 ~ lo1 + age\nlo1 ~ tr1 + tenure\ntr1 ~~ 0*lo1", {}),
    "groups": (THREE, {"group": "country"}),
}


@cache
def fitted(name):
    model, options = MODELS[name]
    data = pd.read_csv(HERE / "data" / "crq.csv")
    return sem.fit(model, data, estimator="ML", **options)


def texts(ax):
    return [text for part in [ax, *ax.child_axes] for text in [*part.texts, part.title] if text.get_text()]


def boxes(ax):
    ax.figure.canvas.draw()
    return [(text.get_text(), text.get_window_extent()) for text in texts(ax)]


@pytest.mark.parametrize("intervals", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_no_word_or_number_stands_on_another(name, intervals):
    found = boxes(draw(fitted(name).estimate, intervals=intervals))
    over = [(a, b) for i, (a, one) in enumerate(found) for b, other in found[:i] if one.overlaps(other)]
    assert not over


@pytest.mark.parametrize("name", ["second order", "two mediators", "groups"])
def test_a_small_picture_has_smaller_letters(name):
    found = boxes(draw(fitted(name), new_axes(3, 2)))
    assert not [(a, b) for i, (a, one) in enumerate(found) for b, other in found[:i] if one.overlaps(other)]


def test_every_number_is_the_solutions():
    fit = fitted("mediator")
    written = [text.get_text() for text in texts(draw(fit))]
    arrows = fit.standardized[fit.standardized["op"].isin(["=~", "~"])]
    expected = [f"{value:.2f}".replace("-", "−") for value in arrows["est"]]
    names = [*THREE.replace("\n", " + ").replace(" =~", " +").split(" + ")]
    assert sorted(written) == sorted([*expected, *filter(None, map(str.strip, names))])


def test_kinds_of_values():
    fit = fitted("mediator")
    raw = [text.get_text() for text in texts(draw(fit, values="est"))]
    assert raw.count("1.00") >= 3
    assert not any(re.search(r"\d\.\d", text.get_text()) for text in texts(draw(fit, values="none")))
    intervals = [text.get_text() for text in texts(draw(fit, intervals=True))]
    assert sum("[" in text for text in intervals) == 12


def test_what_may_be_nothing_is_thin_and_grey():
    fit = fitted("covariates")
    paths = fit.standardized[fit.standardized["op"] == "~"]
    unsure = int(((paths["ci_lower"] < 0) & (paths["ci_upper"] > 0)).sum())
    drawn = [patch for patch in draw(fit).patches if isinstance(patch, FancyArrowPatch)]
    colours = [patch.get_edgecolor() for patch in drawn]
    grey = [patch for patch, colour in zip(drawn, colours, strict=True) if colour == to_rgba(UNSURE)]
    others = [patch for patch in drawn if patch not in grey]
    assert len(grey) == unsure
    assert {patch.get_edgecolor() for patch in others} <= {to_rgba(colour) for colour in COLOURS.values()}
    assert not grey or max(p.get_linewidth() for p in grey) < min(p.get_linewidth() for p in others)


def test_causes_stand_left_and_indicators_outside():
    places = {text.get_text(): text.get_position() for text in texts(draw(fitted("mediator"), values="none"))}
    assert places["tr1"][0] < places["TR"][0] < places["SA"][0] < places["LO"][0] < places["lo1"][0]
    assert places["sa1"][1] > places["SA"][1] > places["TR"][1]
    order = {text.get_text(): text.get_position() for text in texts(draw(fitted("second order"), values="none"))}
    assert order["tr1"][0] < order["TR"][0] < order["CRQ"][0]


def test_shapes_do_not_touch():
    for name in MODELS:
        ax = draw(fitted(name), values="none")
        shapes = [p.get_window_extent() for p in ax.patches if not isinstance(p, FancyArrowPatch)]
        assert not any(a.overlaps(b) for i, a in enumerate(shapes) for b in shapes[:i]), name


def test_groups_have_a_panel_each_or_one():
    fit = fitted("groups")
    labels = [group.label for group in fit.estimate.model.sample.groups]
    whole = draw(fit)
    assert [panel.get_title() for panel in whole.child_axes] == labels
    one = draw(fit, group=labels[-1])
    own = fit.standardized[(fit.standardized["group"] == len(labels)) & (fit.standardized["op"] == "=~")]
    assert not one.child_axes
    assert f"{own['est'].iloc[0]:.2f}" in [text.get_text() for text in texts(one)]


def test_words_hold_what_is_drawn():
    fit = fitted("mediator")
    said = describe(fit)
    row = fit.standardized[(fit.standardized["op"] == "~")].iloc[0]
    assert said.startswith("Path diagram of 12 arrows with standardised estimates: TR → SA ")
    assert f"{row['est']:.3g} ({row['ci_lower']:.3g} to {row['ci_upper']:.3g})" in said
    assert "more" not in said
    # Structure first: what is cut off are loadings.
    long = describe(fitted("five factors"))
    assert long.count("↔") == 10
    assert f"and {30 - DESCRIBED} more" in long
    assert "PL" in describe(fitted("groups"), group="PL")
    assert "own units" in describe(fit, values="est")


def test_a_covariance_held_at_nothing_is_not_drawn():
    assert "↔" not in describe(fitted("bifactor"))


def test_unknown_choices_are_refused():
    with pytest.raises(ChoiceProblem, match=r"^values:"):
        draw(fitted("paths"), values="both")
    with pytest.raises(ChoiceProblem, match=r"^group:"):
        draw(fitted("groups"), group="XX")
