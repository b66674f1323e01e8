"""Equivalent models: all that share a chain's one independence, none that do not, and their texts fitted again."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import ChoiceProblem
from crqkit.sem.assessment.equivalents import equivalent_models

MEASURED = "TR =~ tr1 + tr2 + tr3\nAC =~ ac1 + ac2 + ac3\nLO =~ lo1 + lo2 + lo3\n"
CHAIN = {
    "AC ↔ TR instead of TR → AC",
    "AC → TR instead of TR → AC",
    "AC → TR instead of TR → AC; AC ↔ LO instead of AC → LO",
    "AC → TR instead of TR → AC; LO → AC instead of AC → LO",
}


def trust_and_commitment(n=400, seed=2):
    """Answers in which trust works on loyalty through commitment, with a small direct path."""
    rng = np.random.default_rng(seed)
    trust = rng.standard_normal(n)
    commitment = 0.6 * trust + 0.8 * rng.standard_normal(n)
    loyalty = 0.5 * commitment + 0.1 * trust + 0.8 * rng.standard_normal(n)
    columns = {}
    for name, scores in (("tr", trust), ("ac", commitment), ("lo", loyalty)):
        columns |= {f"{name}{i}": 0.8 * scores + 0.6 * rng.standard_normal(n) for i in (1, 2, 3)}
    return pd.DataFrame(columns)


def chisq(fit):
    model, x = fit.estimate.model, fit.estimate.x
    return 2 * model.n * model.value(x)


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_a_chain_has_its_reversals_and_their_texts_fit_the_same(missing):
    data = trust_and_commitment()
    if missing == "fiml":
        data = data.mask(np.random.default_rng(1).random(data.shape) < 0.05)
    options = {"estimator": "ML", "missing": missing}
    fit = sem.fit(MEASURED + "AC ~ a*TR\nLO ~ b*AC\nab := a*b", data, **options)
    found = equivalent_models(fit)
    assert set(found.table["change"].iloc[1:]) == CHAIN
    assert (found.reading.id, found.reading.params["models"]) == ("equivalent.reading.some", 4)
    assert len(found.models) == len(found.table) == 5
    for text in found.models:
        again = sem.fit(text, data, **options)
        assert chisq(again) == pytest.approx(chisq(fit), abs=1e-6)
        assert again.estimate.df == fit.estimate.df


def test_what_is_found_is_all_that_fits_the_same():
    # Three links in a row, each one way, the other way or curved: 27 models on the same skeleton.
    names = ["a", "b", "c", "d"]
    root = np.array([[1, 0, 0, 0], [0.5, 0.9, 0, 0], [0.3, 0.4, 0.8, 0], [0.2, 0.3, 0.5, 0.7]])
    moments = sem.Moments(pd.DataFrame(root @ root.T, index=names, columns=names), 300)
    base = sem.fit("b ~ a\nc ~ b\nd ~ c", moments)
    same = 0
    for ways in product("→←↔", repeat=3):
        lines = []
        for way, (left, right) in zip(ways, [("a", "b"), ("b", "c"), ("c", "d")], strict=True):
            lines.append({"→": f"{right} ~ {left}", "←": f"{left} ~ {right}", "↔": f"{left} ~~ {right}"}[way])
        lines += [f"{one} ~~ 0*{other}" for one, other in (("a", "c"), ("a", "d"), ("b", "d"))]
        other = sem.fit("\n".join(lines), moments, fixed_x=False)
        same += abs(chisq(other) - chisq(base)) < 1e-6
    assert len(equivalent_models(base).table) == same == 7


def test_a_collider_cannot_be_turned():
    found = equivalent_models("y ~ a + b\na ~~ 0*b")
    # y may go together with one of the causes; it can become the cause of neither.
    assert not any("y → " in change for change in found.table["change"])
    assert set(found.table["change"].iloc[1:]) <= {
        "a ↔ y instead of a → y",
        "b ↔ y instead of b → y",
        "a ↔ y instead of a → y; b ↔ y instead of b → y",
    }


def test_a_path_that_happens_to_be_near_nothing_misleads_nobody():
    # On these data a → c hardly matters; turning c → d round is equivalent only without it.
    rng = np.random.default_rng(8)
    a = rng.standard_normal(300)
    b = 0.5 * a + rng.standard_normal(300)
    data = pd.DataFrame({"a": a, "b": b, "c": 0.5 * b + rng.standard_normal(300)})
    data["c"] -= np.cov(a, data["c"])[0, 1] / a.var(ddof=1) * a
    fit = sem.fit("b ~ a\nc ~ b", data, estimator="ML")
    assert set(equivalent_models(fit).table["changes"]) == {0, 1, 2}


def test_what_is_tied_stays():
    found = equivalent_models("m ~ p*x\ny ~ p*m")
    assert found.reading.id == "equivalent.reading.none"
    assert len(found.table) == 1


def test_a_model_of_one_construct_has_none():
    found = equivalent_models("f =~ x1 + x2 + x3 + x4")
    assert found.reading.id == "equivalent.reading.none"


def test_a_saturated_model_says_so_and_the_number_is_bounded():
    found = equivalent_models("m ~ x\ny ~ m + x", most=5)
    assert len(found.table) == 6
    assert found.reading.id == "equivalent.reading.more"
    ids = [caution.id for caution in found.cautions]
    assert ids == ["equivalent.caution.rule", "equivalent.caution.pretended", "equivalent.caution.saturated"]
    assert found.table["changes"].is_monotonic_increasing


def test_groups_change_together():
    data = trust_and_commitment().assign(country=["AT", "GR"] * 200)
    fit = sem.fit(MEASURED + "AC ~ TR\nLO ~ AC", data, group="country", group_equal=["loadings"], estimator="ML")
    found = equivalent_models(fit)
    assert set(found.table["change"].iloc[1:]) == CHAIN
    again = sem.fit(found.models[2], data, group="country", estimator="ML")
    assert chisq(again) == pytest.approx(chisq(fit), abs=1e-6)


def test_reading_and_picture():
    found = equivalent_models("m ~ x\ny ~ m")
    assert found.reading.startswith("4 other models with other arrows fit exactly as well")
    assert "cannot choose" in found.reading
    assert len({round(bar.get_width(), 6) for bar in found.plot().patches}) == 1


def test_a_number_below_one_is_refused():
    with pytest.raises(ChoiceProblem, match=r"^most:"):
        equivalent_models("y ~ x", most=0)
