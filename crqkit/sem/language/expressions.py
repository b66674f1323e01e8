"""Arithmetic of parameters, as on both sides of ``:=``, ``==``, ``<`` and ``>``; nothing is ever executed.

An expression is parsed once into a small tree. It is evaluated with numbers, with arrays, or with complex numbers, so
that derivatives can be had by the complex step.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from crqkit.base.problems import ModelProblem, check_choice

# A name may begin with a dot (`.p2.`) but a number may too (`.5`).
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)"
    r"|(?P<sign>\*\*|[-+*/^(),]))"
)

# The absolute value of a complex step keeps the sign of the real part, not the modulus.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": lambda value: value * np.sign(np.real(value)),
}
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    # numpy's own: Python raises on 1/0 and makes (-1)**.5 complex, where the answers are inf and nan.
    "/": np.divide,
    "^": np.power,
}

Tree = float | str | tuple[str, "Tree"] | tuple[str, "Tree", "Tree"]
Linear = tuple[dict[str, float], float]


class Expression:
    """Arithmetic over named parameters.

    Parameters
    ----------
    text : numbers, names, ``+ - * / ^ **``, brackets, ``exp log sqrt abs``; ``^`` binds as in R (``-2^2`` is -4).

    Raises
    ------
    ModelProblem : the text is not such an expression; the column is named.

    >>> indirect = Expression("a*b + .p2./2")
    >>> indirect.names
    ('a', 'b', '.p2.')
    >>> float(indirect.evaluate({"a": 2.0, "b": 3.0, ".p2.": 1.0}))
    6.5
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._tree = self._sum()
        if self._at < len(self._tokens):
            raise self._problem("an operator or the end")
        found: dict[str, None] = {}
        _collect(self._tree, found)
        self.names: tuple[str, ...] = tuple(found)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return the value, given that of each name: a number, a complex number or an array.

        Raises
        ------
        ChoiceProblem : a name has no value.
        """
        for name in self.names:
            check_choice("name", name, list(values))
        with np.errstate(all="ignore"):
            return _evaluate(self._tree, values)

    def linear_coefficients(self) -> Linear | None:
        """Return ``({name: coefficient}, constant)``, or None where the expression is not linear in its names.

        >>> Expression("2*a - (b + 3)/2").linear_coefficients()
        ({'a': 2.0, 'b': -0.5}, -1.5)
        """
        return _linear(self._tree)

    @property
    def is_linear(self) -> bool:
        """Whether the expression is a weighted sum of its names and a constant."""
        return self.linear_coefficients() is not None

    # sum := product (("+" | "-") product)* · product := signed (("*" | "/") signed)*
    # signed := ("+" | "-") signed | power · power := atom ("^" signed)?

    def _sum(self) -> Tree:
        tree = self._product()
        while self._see("+", "-"):
            tree = (self._take(), tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while self._see("*", "/"):
            tree = (self._take(), tree, self._signed())
        return tree

    def _signed(self) -> Tree:
        if self._see("-"):
            self._take()
            return ("-", 0.0, self._signed())
        if self._see("+"):
            self._take()
            return self._signed()
        return self._power()

    def _power(self) -> Tree:
        base = self._atom()
        if self._see("^", "**"):
            self._take()
            return ("^", base, self._signed())
        return base

    def _atom(self) -> Tree:
        if self._at == len(self._tokens):
            raise self._problem("a number, a name or a bracket")
        kind, word, _ = self._tokens[self._at]
        if kind == "number":
            self._take()
            return float(word)
        if kind == "name":
            self._take()
            if not self._see("("):
                return word
            if word not in FUNCTIONS:
                self._at -= 1
                raise self._problem("one of the functions " + ", ".join(FUNCTIONS))
            return (word, self._bracket())
        if word == "(":
            return self._bracket()
        raise self._problem("a number, a name or a bracket")

    def _bracket(self) -> Tree:
        self._take()
        inside = self._sum()
        if not self._see(")"):
            raise self._problem("')'")
        self._take()
        return inside

    def _see(self, *words: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][1] in words

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _problem(self, expected: str) -> ModelProblem:
        end = self._at >= len(self._tokens)
        found = "the end" if end else f"'{self._tokens[self._at][1]}'"
        place = len(self.text) if end else self._tokens[self._at][2]
        return _fault(self.text, place, f"in '{self.text}': found {found}, expected {expected}")


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """Return kind, text and place of each token."""
    tokens, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise _fault(text, at, f"in '{text}': found '{text[at]}', expected arithmetic with names and numbers")
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind], match.start(kind)))
        at = match.end()
    return tokens


def _fault(text: str, at: int, what: str) -> ModelProblem:
    return ModelProblem(what, name=text, line=1, column=at + 1, text=text)


def _collect(tree: Tree, found: dict[str, None]) -> None:
    if isinstance(tree, str):
        found[tree] = None
    elif isinstance(tree, tuple):
        for part in tree[1:]:
            _collect(part, found)


def _evaluate(tree: Tree, values: Mapping[str, Any]) -> Any:
    if isinstance(tree, float):
        return tree
    if isinstance(tree, str):
        return values[tree]
    parts = [_evaluate(part, values) for part in tree[1:]]
    return FUNCTIONS[tree[0]](parts[0]) if len(parts) == 1 else SIGNS[tree[0]](*parts)


def _linear(tree: Tree) -> Linear | None:
    if isinstance(tree, float):
        return {}, tree
    if isinstance(tree, str):
        return {tree: 1.0}, 0.0
    parts = [_linear(part) for part in tree[1:]]
    if any(part is None for part in parts):
        return None
    if all(not part[0] for part in parts if part is not None):
        with np.errstate(all="ignore"):
            return {}, float(_evaluate(tree, {}))
    if len(parts) == 1:
        return None
    (left, left_constant), (right, right_constant) = parts  # type: ignore[misc]
    if tree[0] in "+-":
        sign = 1.0 if tree[0] == "+" else -1.0
        names = {name: left.get(name, 0.0) + sign * right.get(name, 0.0) for name in [*left, *right]}
        return names, left_constant + sign * right_constant
    if tree[0] == "*" and not (left and right):
        names, factor = (left, right_constant) if left else (right, left_constant)
        return {name: value * factor for name, value in names.items()}, left_constant * right_constant
    if tree[0] == "/" and not right and right_constant:
        return {name: value / right_constant for name, value in left.items()}, left_constant / right_constant
    return None
