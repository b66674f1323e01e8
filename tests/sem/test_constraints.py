"""Conditions on parameters: units do not matter, what cannot be is refused or said, and the optimum is one."""

import numpy as np
import pytest
from scipy.optimize import nnls

from crqkit import sem
from crqkit.base.problems import ModelProblem
from crqkit.sem.diagnosis.diagnosis import diagnose
from tests.sem.answers import clustered

TEXT = "A =~ a1 + a*a2 + b*a3 + c*a4\nB =~ b1 + b2 + b3 + b4\na1 ~~ v*a1\na2 ~~ w*a2\nA ~~ B"


def fitted(rule, factor=1.0, **more):
    return sem.fit(f"{TEXT}\n{rule}", clustered(200, 3, seed=3) * factor, **more).estimate


def plain(rule, factor=1.0):
    return fitted(rule, factor, estimator="ML", missing="listwise")


def codes(found):
    return [one.code for one in diagnose(found)]


RULES = {
    "a > b^2": True,
    "a < 0.5*b^2": True,
    "a > 1.5": True,
    "a > 0.1": False,
    "v > 0": False,
    "v > w": True,
    "w > v": False,
    "v < 0*a": True,
    "v*w == 1.1*w^2": False,
    "a == b^2": False,
    "a + b == 2*c": False,
    "a < b\nb < c\na < c": True,
}


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3, 1e6])
@pytest.mark.parametrize("rule", RULES)
def test_units_of_the_items_do_not_matter(rule, factor):
    one, other = plain(rule), plain(rule, factor)
    assert one.optimum.converged and other.optimum.converged
    assert codes(one) == codes(other) and ("binding_constraint" in codes(one)) == RULES[rule]
    assert (one.npar, one.df) == (other.npar, other.df)
    assert other.test.chisq == pytest.approx(one.test.chisq, abs=1e-7)
    unit = np.array([factor**2 if op == "~~" else 1.0 for op in one.model.table.query("free > 0")["op"]])
    np.testing.assert_allclose(other.x / unit, one.x, rtol=1e-6, atol=1e-9)
    errors = [np.sqrt(np.maximum(np.diag(found.covariance), 0)) for found in (one, other)]
    np.testing.assert_allclose(errors[1] / unit, errors[0], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["ML", "MLR", "GLS"])
def test_gradient_is_a_sum_of_those_of_binding_conditions(rule, kind):
    found = fitted(rule, estimator=kind, missing="listwise")
    rules, x = found.model.restrictions, found.x
    binding = [curve for curve in rules.bounds if rules.binds(curve, x)]
    equal = np.vstack([rules.matrix, *[curve.gradient(x)[None] for curve in rules.curved]])
    walls = np.array([curve.gradient(x) for curve in binding]).reshape(-1, len(x))
    slope = found.model.gradient(x)
    # Forces of bounds are not negative: letting go of a bound would lower the discrepancy.
    sides = np.vstack([equal, -equal, walls])
    force, off = nnls(sides.T, slope) if len(sides) else (np.zeros(0), np.linalg.norm(slope))
    assert off < 1e-7 and (not RULES[rule] or force[2 * len(equal) :].max() > 1e-5)
    assert all(curve.at(x) > -1e-12 for curve in rules.bounds)
    np.testing.assert_allclose([curve.at(x) for curve in rules.curved], 0, atol=1e-10)


def test_an_idle_bound_changes_nothing():
    free, idle = plain(""), plain("v > 0\na > 0.1\nA_B := a*b\nA_B > 0.2")
    np.testing.assert_allclose(idle.x, free.x, atol=1e-7)
    assert idle.tangent.shape == free.tangent.shape and codes(idle) == codes(free) == []


def test_a_bound_that_binds_is_the_equality():
    bound, equal = plain("a > 1.5"), plain("a == 1.5")
    np.testing.assert_allclose(bound.x, equal.x, atol=1e-7)
    np.testing.assert_allclose(bound.covariance, equal.covariance, atol=1e-9)
    assert (bound.npar, equal.npar) == (17, 16)  # as in lavaan, a bound costs no parameter


@pytest.mark.parametrize(
    "rule", ["a == 2\na == 1", "a == b\nb == 2*c\na == c\nc == 1", "a + b == 1\n2*a + 2*b == 3", "1e6*a == 1\na == 1"]
)
@pytest.mark.parametrize("factor", [1e-6, 1.0])
def test_equalities_that_contradict_are_refused_by_name(rule, factor):
    with pytest.raises(ModelProblem, match="these conditions contradict one another: ") as told:
        plain(f"v == w\n{rule}", factor)
    said = str(told.value).replace(" ", "")
    assert all(line in said for line in rule.replace(" ", "").split("\n")) and "v==w" not in said


@pytest.mark.parametrize("rule", ["2 < 1", "a < a - 1", "1 == 2", "a == a + 1", "sqrt(2) == 1", "a - a > 1"])
def test_a_condition_that_is_never_true_is_refused(rule):
    with pytest.raises(ModelProblem, match="no values of the parameters"):
        plain(rule)


@pytest.mark.parametrize("rule", ["a == a", "1 == 1", "a - a == 0", "1 < 2", "a > a", "a > a - 1", "sqrt(4) == 2"])
def test_a_condition_that_is_always_true_counts_nothing(rule):
    free, found = plain(""), plain(rule)
    np.testing.assert_allclose(found.x, free.x, atol=1e-10)
    assert (found.npar, found.df) == (free.npar, free.df) and codes(found) == []


def test_a_condition_that_is_always_true_leaves_the_others_their_names():
    found = plain("a == a\na > a\na > 1.5\nb == c")
    told = [one for one in diagnose(found) if one.code == "binding_constraint"]
    assert len(told) == 1 and "a > 1.5" in str(told[0])
    assert found.npar == 16


@pytest.mark.parametrize(
    "rule", ["a > 2\na < 1", "a == 2\na > 3", "a^2 + b^2 == -1", "a^2 < -1", "a == 2\na^2 == 1", "v > w\nw > v + 1"]
)
@pytest.mark.parametrize("factor", [1e-3, 1.0])
def test_conditions_that_cannot_be_met_are_no_solution(rule, factor):
    found = plain(rule, factor)
    assert not found.optimum.converged
    assert "not_converged" in codes(found)


@pytest.mark.parametrize(
    "rule", ["a == b\nb == c\na == c", "a == b\nb == c\n2*a == b + c", "a^2 == b^2\nb == c\na == c"]
)
def test_equalities_that_repeat_others_count_once(rule):
    found, one = plain(rule), plain("a == b\nb == c")
    assert found.npar == one.npar == 15
    np.testing.assert_allclose(found.x, one.x, atol=1e-7)
    np.testing.assert_allclose(found.covariance, one.covariance, atol=1e-9)


def test_bounds_that_others_imply():
    found = plain("a == 2\na < 10\nv > 0\nv > -1")
    assert found.optimum.converged and codes(found) == []


def test_directions_keep_units_apart():
    found = plain("v*w == 1.1*w^2", 1e6)
    # Loadings, which no condition ties, are directions of their own.
    assert (np.count_nonzero(found.tangent, axis=0) <= 2).all()
