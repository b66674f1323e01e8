"""lavaan's model syntax, read into statements: one for each term of each formula.

A line is ``left operator terms``; a term is ``modifier*variable``. The words are cut by a tokenizer, then read by
recursive descent. Nothing is known here of defaults, data or groups.
"""

import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NoReturn

from crqkit.base.problems import ModelProblem
from crqkit.sem.language.expressions import FUNCTIONS, Expression
from crqkit.sem.language.tokens import RELATIONS, Token, problem, statements

REFUSED = {
    "efa": "Rotated blocks are not part of a model text here.",
    "lower": "Write the bound as a constraint on a label, such as a > 0.",
    "upper": "Write the bound as a constraint on a label, such as a < 1.",
    "prior": "Bayesian priors are not part of a model text here.",
    "rv": "Random slopes are not part of a model text here.",
}


@dataclass(frozen=True)
class Statement:
    """One term of a formula, or one constraint or definition.

    `op` is one of ``=~ ~ ~~ ~1 | ~*~ := == < >``. `fixed` (nan = free), `start` and `label` hold one value for all
    groups or one for each; `equal` names the parameter that this one equals. For ``:= == < >`` both sides are text.
    """

    lhs: str
    op: str
    rhs: str
    fixed: tuple[float, ...] = ()
    start: tuple[float, ...] = ()
    label: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    line: int = 1
    column: int = 1

    @property
    def name(self) -> str:
        """The parameter as one word: ``f=~x1``."""
        return f"{self.lhs}{self.op}{self.rhs}"


def parse(text: str) -> tuple[Statement, ...]:
    """Read lavaan's model syntax.

    Raises
    ------
    ModelProblem : with line and column, what was found, what was expected, and the line itself.

    >>> [(s.name, s.fixed, s.label) for s in parse("f =~ 1*x1 + a*x2; f ~ 1")]
    [('f=~x1', (1.0,), ()), ('f=~x2', (), ('a',)), ('f~1', (), ())]
    """
    lines = text.split("\n")
    found: list[Statement] = []
    for tokens in statements(text, lines):
        found += _Reader(tokens, lines).read()
    if not found:
        raise ModelProblem("the model is empty", "Write at least one line such as f =~ x1 + x2 + x3.")
    return tuple(found)


class _Reader:
    """Reads the tokens of one statement."""

    def __init__(self, tokens: list[Token], lines: list[str]) -> None:
        self.tokens, self.lines, self.at = tokens, lines, 0

    def read(self) -> list[Statement]:
        operators = [token for token in self.tokens if token.kind == "operator"]
        words = [token.word for token in operators]
        if len(self.tokens) > 1 and self.tokens[1].word == ":":
            what = "blocks such as 'level: 1' are not supported"
            self.fail(self.tokens[0], what, "One model text holds for all groups.")
        if not operators:
            self.at = len(self.tokens)
            self.expect("an operator such as =~, ~ or ~~")
        if "<~" in words:
            self.fail(operators[words.index("<~")], "formative constructs (<~) are not supported", "Use =~ or ~.")
        if len(operators) > 1:
            self.fail(operators[1], f"found a second operator '{words[1]}'", "Begin a new line for a new formula.")
        return self.relation(operators[0]) if words[0] in RELATIONS else self.formula()

    # Constraints and definitions: both sides stay text, but must be arithmetic.

    def relation(self, operator: Token) -> list[Statement]:
        middle = self.tokens.index(operator)
        left, right = self.tokens[:middle], self.tokens[middle + 1 :]
        if operator.word == ":=" and [token.kind for token in left] != ["name"]:
            self.fail(left[-1] if left else operator, "left of ':=' stands one new name and nothing else")
        for side in (left, right):
            self.arithmetic(side, operator)
        return [Statement(_text(left), operator.word, _text(right), line=left[0].line, column=left[0].column)]

    def arithmetic(self, side: list[Token], operator: Token) -> Expression:
        if not side:
            self.fail(operator, f"found nothing on one side of '{operator.word}', expected arithmetic")
        for before, token in pairwise(side):
            if {before.kind, token.kind} <= {"name", "number"}:
                self.fail(token, f"found '{token.word}', expected an operator or the end of the line")
        try:
            return Expression(_text(side))
        except ModelProblem as fault:
            # The place within the side, as a place in the line.
            reached, column = 0, fault.column or 1
            for token in side:
                if reached + len(token.word) >= column:
                    raise problem(fault.what, self.lines, token.line, token.column + column - reached - 1) from None
                reached += len(token.word)
            raise problem(fault.what, self.lines, token.line, token.column + len(token.word)) from None

    # Formulas: names (+ names)* operator term (+ term)*

    def formula(self) -> list[Statement]:
        left = [self.variable()]
        while self.skip("+"):
            left.append(self.variable())
        operator = self.take("operator", "an operator such as =~, ~ or ~~")
        terms: dict[tuple[str, str], Statement] = {}
        while True:
            term = self.term(operator.word)
            key = (term.op, term.rhs)
            terms[key] = self.merge(terms[key], term) if key in terms else term
            if self.at == len(self.tokens):
                break
            if not self.skip("+"):
                self.expect("'+' or the end of the line")
        made = [replace(term, lhs=token.word) for token in left for term in terms.values()]
        if operator.word == "~*~" and any(statement.lhs != statement.rhs for statement in made):
            self.fail(operator, "a scale stands as x ~*~ x", "Write the same item on both sides.")
        return made

    def variable(self) -> Token:
        token = self.take("name", "the name of a variable")
        if token.word == "NA":
            self.fail(token, "found 'NA', which means free", "Rename the variable.")
        return token

    def term(self, operator: str) -> Statement:
        first = token = self.peek() or self.expect("a variable")
        made = Statement("", operator, "", line=first.line, column=first.column)
        while True:
            kind, values = self.factor()
            if self.skip("?"):
                kind = "start" if kind == "fixed" else kind
            elif not self.skip("*"):
                return self.close(made, kind, values, token)
            made = self.modify(made, kind, values, token)
            token = self.peek() or self.expect("a variable")

    def close(self, made: Statement, kind: str, values: tuple, token: Token) -> Statement:
        """Return the statement, now that its last factor, the variable, was read."""
        if self.see(":"):
            self.fail(token, "products of variables (x1:x2) are not supported", "Add the product as a column.")
        if made.op == "~" and kind == "fixed" and values in ((0.0,), (1.0,)):
            if values == (0.0,):
                made = self.modify(made, "fixed", (0.0,), token)
            return replace(made, op="~1")
        if kind != "label" or token.kind != "name" or self.tokens[self.at - 1] is not token:
            self.fail(token, f"found '{token.word}', expected a variable")
        if made.op == "|" and not re.fullmatch(r"t[1-9]\d*", values[0]):
            self.fail(token, f"found '{values[0]}', expected a threshold such as t1")
        return replace(made, rhs=values[0])

    def factor(self) -> tuple[str, tuple]:
        """Return what stands before a ``*``: its kind and its values."""
        if self.called() and not self.see(*FUNCTIONS):
            return self.call()
        kind, value = self.element()
        return kind, (value,)

    def call(self) -> tuple[str, tuple]:
        function = self.take()
        if function.word not in ("c", "start", "label", "equal"):
            mend = REFUSED.get(function.word, "Known are c(), start(), label() and equal().")
            self.fail(function, f"the modifier '{function.word}()' is not supported", mend)
        self.take()
        values = []
        while True:
            nested = function.word != "c" and self.called() and self.see("c")
            values += self.call()[1] if nested else [self.element()[1]]
            if not self.skip(","):
                break
        if not self.skip(")"):
            self.expect("',' or ')'")
        kinds = {type(value) for value in values if value != "" and not _is_nan(value)}
        if len(kinds) > 1:
            self.fail(function, f"{function.word}() mixes numbers with names", "Write the term twice: once for each.")
        words = kinds == {str} or function.word in ("label", "equal")
        wanted = {"start": float, "label": str, "equal": str}.get(function.word)
        if wanted and kinds - {wanted}:
            self.fail(function, f"{function.word}() takes {'numbers' if wanted is float else 'names'}")
        if words:
            values = ["" if _is_nan(value) else value for value in values]
        kind = {"c": "label" if words else "fixed"}.get(function.word, function.word)
        return kind, tuple(values)

    def element(self) -> tuple[str, float | str]:
        """Return a number, NA or a name."""
        token = self.peek() or self.expect("a number, a name or NA")
        if token.kind == "string":
            return "label", self.take().word[1:-1]
        if token.kind == "name" and not (self.called() and self.see(*FUNCTIONS)):
            self.take()
            return ("fixed", math.nan) if token.word == "NA" else ("label", token.word)
        return "fixed", self.number()

    def number(self) -> float:
        """Return the value of arithmetic with numbers only, up to the next ``*``, ``+`` or comma outside brackets."""
        first, start, depth = self.tokens[self.at], self.at, 0
        while (token := self.peek()) is not None:
            leading = self.at == start
            # A leading minus belongs to the number.
            if depth == 0 and (token.word in ("*", "+", ",", "?", ")") or (token.word == "-" and not leading)):
                break
            depth += {"(": 1, ")": -1}.get(token.word, 0)
            self.take()
        if self.at == start:
            self.fail(first, f"found '{first.word}', expected a number, a name or NA")
        value = self.arithmetic(self.tokens[start : self.at], first)
        if value.names:
            self.fail(first, f"found '{value.text}', expected a number", "A modifier is one number or one label.")
        return float(value.evaluate({}))

    def modify(self, made: Statement, kind: str, values: tuple, token: Token) -> Statement:
        """Return the statement with one modifier more."""
        given = getattr(made, kind)
        if given and kind == "fixed" and len(given) == len(values) == 1:
            values = (given[0] * values[0],)
        elif given:
            self.fail(token, f"the term has two modifiers of the kind '{kind}'")
        return replace(made, **{kind: values})

    def merge(self, first: Statement, second: Statement) -> Statement:
        """Return one statement for a term that stands twice, each time with other modifiers."""
        for kind in ("fixed", "start", "label", "equal"):
            new = getattr(second, kind)
            if new and getattr(first, kind):
                what = f"'{second.rhs or 1}' has two modifiers of the kind '{kind}'"
                raise problem(what, self.lines, second.line, second.column, name=second.rhs)
            first = replace(first, **{kind: new}) if new else first
        if not (second.fixed or second.start or second.label or second.equal):
            what = f"'{second.rhs or 1}' stands twice in one formula"
            raise problem(what, self.lines, second.line, second.column, name=second.rhs)
        return first

    # Steps over the tokens.

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def called(self) -> bool:
        """Whether the next word is that of a function: a variable may be named `c` or `exp` too."""
        two = self.tokens[self.at : self.at + 2]
        return len(two) > 1 and two[0].kind == "name" and two[1].word == "("

    def see(self, *words: str) -> bool:
        token = self.peek()
        return token is not None and token.kind != "string" and token.word in words

    def skip(self, word: str) -> bool:
        found = self.see(word)
        self.at += found
        return found

    def take(self, kind: str = "", expected: str = "") -> Token:
        token = self.peek()
        if token is None or (kind and token.kind != kind):
            self.expect(expected)
        self.at += 1
        return token

    def expect(self, expected: str) -> NoReturn:
        token = self.peek()
        if token is not None:
            raise problem(f"found '{token.word}', expected {expected}", self.lines, token.line, token.column)
        last = self.tokens[-1]
        column = last.column + len(last.word)
        raise problem(f"found the end, expected {expected}", self.lines, last.line, column)

    def fail(self, token: Token, what: str, mend: str = "") -> NoReturn:
        raise problem(what, self.lines, token.line, token.column, mend, token.word)


def _is_nan(value: float | str) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _text(tokens: list[Token]) -> str:
    return "".join(token.word for token in tokens)
