"""Arithmetic of parameters: values, derivatives by the complex step, and what is linear."""

import math

import numpy as np
import pytest

from crqkit import ModelProblem
from crqkit.base import ChoiceProblem
from crqkit.sem.language.expressions import Expression

VALUES = {"a": 2.0, "b": -3.0, "alpha.1.g1": 0.5, ".p2.": 4.0, "größe": 7.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b*2", -4),
        ("(a + b)*2", -2),
        ("a - b - 1", 4),
        ("8/a/2", 2),
        ("2^3^2", 512),
        ("2**3", 8),
        ("-a^2", -4),
        ("a^-1", 0.5),
        ("--a", 2),
        ("+a", 2),
        (".5*a + 1e1", 11),
        ("alpha.1.g1*.p2.", 2),
        ("größe - 7", 0),
        ("exp(log(a))", 2),
        ("sqrt(.p2.) + abs(b)", 5),
        ("a*(b + (a - 1)/2)", -5),
    ],
)
def test_values(text, value):
    assert Expression(text).evaluate(VALUES) == pytest.approx(value)


def test_names_stand_once_in_their_order():
    assert Expression("b*a + exp(b) - .p2.").names == ("b", "a", ".p2.")
    assert Expression("1 + 2").names == ()


def test_arrays_go_through():
    got = Expression("a^2 + b").evaluate({"a": np.array([1.0, 2.0]), "b": np.array([0.5, 1.0])})
    np.testing.assert_allclose(got, [1.5, 5.0])


@pytest.mark.parametrize("text", ["a*b", "exp(a)/b", "sqrt(a)^3", "abs(b)*a", "log(a) - b^2", "a^b"])
def test_complex_step_gives_the_derivative(text):
    expression, step = Expression(text), 1e-20
    for name in expression.names:
        complexed = expression.evaluate({**VALUES, name: VALUES[name] + step * 1j}).imag / step
        ends = [expression.evaluate({**VALUES, name: VALUES[name] + h}) for h in (-1e-6, 1e-6)]
        assert complexed == pytest.approx((ends[1] - ends[0]) / 2e-6, rel=1e-7)


@pytest.mark.parametrize(
    ("text", "coefficients", "constant"),
    [
        ("2*a - (b + 3)/2", {"a": 2.0, "b": -0.5}, -1.5),
        ("a - a + 1", {"a": 0.0}, 1.0),
        ("-(a*3)", {"a": -3.0}, 0.0),
        ("2^3", {}, 8.0),
        ("sqrt(4)*a", {"a": 2.0}, 0.0),
        (".p2.", {".p2.": 1.0}, 0.0),
    ],
)
def test_linear(text, coefficients, constant):
    expression = Expression(text)
    assert expression.is_linear
    assert expression.linear_coefficients() == (coefficients, constant)


@pytest.mark.parametrize("text", ["a*b", "a^2", "1/a", "exp(a)", "a/0", "b2 + a*(1 + c)*d"])
def test_not_linear(text):
    assert not Expression(text).is_linear


def test_numbers_without_an_answer_give_inf_or_nan_and_no_error():
    assert Expression("a/0").evaluate({"a": 1.0}) == math.inf
    assert math.isnan(Expression("log(a)").evaluate({"a": -1.0}))
    assert math.isnan(Expression("a^.5").evaluate({"a": -1.0}))


@pytest.mark.parametrize(
    ("text", "column"),
    [("a +", 4), ("a b", 3), ("(a", 3), ("a)", 2), ("sin(a)", 1), ("a = b", 3), ("", 1), ("a,b", 2), ("2a", 2)],
)
def test_faults_name_the_place(text, column):
    with pytest.raises(ModelProblem) as caught:
        Expression(text)
    assert caught.value.column == column


def test_nothing_is_executed():
    with pytest.raises(ModelProblem):
        Expression("__import__('os')")


def test_a_name_without_a_value():
    with pytest.raises(ChoiceProblem, match="labl"):
        Expression("labl").evaluate({"label": 1.0})
