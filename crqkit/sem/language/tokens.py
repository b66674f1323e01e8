"""The words of a model text, and where one statement ends and the next begins."""

import re
from dataclasses import dataclass

from crqkit.base.problems import ModelProblem

FORMULAS = ("=~", "~~", "~*~", "~", "|")
RELATIONS = (":=", "==", "<", ">")
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
NAME = r"(?:[^\W\d]|\.(?!\d))[\w.]*"
TOKEN = re.compile(
    rf"(?P<space>[ \t\r\f]+|[#!][^\n]*)|(?P<end>[\n;])|(?P<string>\"[^\"\n]*\"|'[^'\n]*')|(?P<number>{NUMBER})"
    rf"|(?P<name>{NAME})|(?P<operator>=~|<~|~\*~|~~|~|:=|==|<|>|\|)|(?P<sign>\*\*|[-+*/^(),?:])"
)
# A line that ends with one of these, or begins with one, goes on.
OPEN_ENDED = {*FORMULAS, *RELATIONS, "<~", "+", "-", "*", "/", "^", "**", ",", "(", "?"}
NEVER_FIRST = OPEN_ENDED - {"("} | {")"}


@dataclass(frozen=True)
class Token:
    """A word of the text and where it stands, both counted from 1."""

    kind: str
    word: str
    line: int
    column: int


def statements(text: str, lines: list[str]) -> list[list[Token]]:
    """Return the tokens of each statement of `text`; `lines` are its lines, for messages."""
    return _split(_tokens(text, lines))


def _tokens(text: str, lines: list[str]) -> list[Token]:
    tokens: list[Token] = []
    at, line, begin = 0, 1, 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            what = "an unfinished quotation" if text[at] in "\"'" else f"'{text[at]}'"
            raise problem(f"found {what}, which has no meaning here", lines, line, at - begin + 1)
        kind, word = str(match.lastgroup), match[0]
        column = at - begin + 1
        glued = tokens and tokens[-1].kind == "number" and tokens[-1].line == line
        if kind == "name" and glued and tokens[-1].column + len(tokens[-1].word) == column:
            whole = tokens[-1].word + word
            raise problem(f"found the name '{whole}'; a name begins with a letter", lines, line, column)
        if kind != "space":
            tokens.append(Token(kind, word, line, column))
        at = match.end()
        if word == "\n":
            line, begin = line + 1, at
    return tokens


def _split(tokens: list[Token]) -> list[list[Token]]:
    """Return the tokens of each statement; lines that go on are joined."""
    found: list[list[Token]] = [[]]
    depth = 0
    for at, token in enumerate(tokens):
        if token.kind != "end":
            depth += {"(": 1, ")": -1}.get(token.word, 0)
            found[-1].append(token)
            continue
        before = found[-1][-1].word if found[-1] else ""
        if token.word == ";" or not (depth > 0 or before in OPEN_ENDED or _goes_on(tokens, at)):
            found.append([])
            depth = 0
    return [statement for statement in found if statement]


def _goes_on(tokens: list[Token], at: int) -> bool:
    """Whether the first line with words behind place `at` belongs to the statement before it."""
    begin = next((i for i in range(at, len(tokens)) if tokens[i].kind != "end"), None)
    if begin is None or tokens[begin].word not in NEVER_FIRST:
        return False
    end = next((i for i in range(begin, len(tokens)) if tokens[i].kind == "end"), len(tokens))
    # `-a > b` is a line of its own; `- c` is the rest of the line before.
    signed = tokens[begin].word in ("+", "-")
    return not (signed and any(token.kind == "operator" for token in tokens[begin:end]))


def problem(what: str, lines: list[str], line: int, column: int, mend: str = "", name: str = "") -> ModelProblem:
    """Return the error that shows the line and the place in it."""
    return ModelProblem(what, mend, name=name, line=line, column=column, text=lines[line - 1].rstrip("\r"))
