"""Model text to statements: what lavaan reads is read, and every fault is shown in its place."""

import json
import math

import pytest

from crqkit import ModelProblem
from crqkit.sem.language.syntax import parse


def names(text):
    return [statement.name for statement in parse(text)]


def only(text):
    (statement,) = parse(text)
    return statement


def test_every_operator():
    text = "f =~ x1; y ~ x; x1 ~~ x2; y ~ 1; x1 | t1; x1 ~*~ x1; t := a*b; a == b; a < 1; b > 0"
    ops = ["=~", "~", "~~", "~1", "|", "~*~", ":=", "==", "<", ">"]
    assert [statement.op for statement in parse(text)] == ops
    assert parse("y~1")[0].rhs == ""


def test_several_left_and_right():
    assert names("y1 + y2 ~ x + z") == ["y1~x", "y1~z", "y2~x", "y2~z"]
    assert names("x1 + x2 | t1 + t2") == ["x1|t1", "x1|t2", "x2|t1", "x2|t2"]


def test_an_intercept_inside_a_regression():
    assert names("y ~ 1 + x") == ["y~1", "y~x"]
    zero, slope = parse("y ~ 0 + x")
    assert (zero.name, zero.fixed, slope.name) == ("y~1", (0.0,), "y~x")
    assert only("y ~ 0*1").fixed == (0.0,)
    assert only("y ~ m*1").label == ("m",)


@pytest.mark.parametrize(
    ("term", "kind", "values"),
    [
        ("2*x", "fixed", (2.0,)),
        ("-0.5*x", "fixed", (-0.5,)),
        ("1e-2*x", "fixed", (0.01,)),
        ("sqrt(4)/8*x", "fixed", (0.25,)),
        ("2*3*x", "fixed", (6.0,)),
        ("a*x", "label", ("a",)),
        ("alpha.1.g1*x", "label", ("alpha.1.g1",)),
        ("c*x", "label", ("c",)),
        ('"a b"*x', "label", ("a b",)),
        ("'a'*x", "label", ("a",)),
        ('label("a")*x', "label", ("a",)),
        ("start(0.5)*x", "start", (0.5,)),
        ("0.5?x", "start", (0.5,)),
        ("start(c(.1, .2))*x", "start", (0.1, 0.2)),
        ('equal("f=~x2")*x', "equal", ("f=~x2",)),
        ("c(a, b)*x", "label", ("a", "b")),
        ('c("a","b")*x', "label", ("a", "b")),
        ("c(a, NA)*x", "label", ("a", "")),
        ("c(1, -2)*x", "fixed", (1.0, -2.0)),
    ],
)
def test_a_modifier(term, kind, values):
    statement = only(f"f =~ {term}")
    assert statement.rhs == "x"
    for each in ("fixed", "start", "label", "equal"):
        assert getattr(statement, each) == (values if each == kind else ())


def test_a_variable_may_have_the_name_of_a_function():
    assert names("c + exp ~ start + c*log + c(1)*label") == [
        f"{left}~{right}" for left in ("c", "exp") for right in ("start", "log", "label")
    ]


def test_na_frees():
    assert math.isnan(only("f =~ NA*x").fixed[0])
    free, fixed = only("f =~ c(NA, 1)*x").fixed
    assert math.isnan(free)
    assert fixed == 1


def test_modifiers_of_a_repeated_or_chained_term_come_together():
    repeated = only("x1 ~ c(NA,NA)*x2 + c(a,b)*x2")
    assert repeated.label == ("a", "b")
    assert len(repeated.fixed) == 2
    chained = only("y ~ start(.5)*a*x")
    assert (chained.start, chained.label) == ((0.5,), ("a",))
    mean = only("x1 ~ c(0,0)*1 + c(n1,n2)*1")
    assert (mean.op, mean.fixed, mean.label) == ("~1", (0.0, 0.0), ("n1", "n2"))


def test_comments_lines_and_names():
    text = """
    # a factor
    f.1 =~ x_1 +      ! its items
           größe
         + .z         # the last
    größe
      ~~ x_1 ;; f.1 ~~
         1*f.1
    """
    assert names(text) == ["f.1=~x_1", "f.1=~größe", "f.1=~.z", "größe~~x_1", "f.1~~f.1"]
    assert names("f =~ x1\r\nf ~~ f\r\n") == ["f=~x1", "f~~f"]


def test_constraints_keep_their_text():
    found = [(s.lhs, s.op, s.rhs) for s in parse("a + b == 1\n exp(a) < 2*b\n-a > .p2. - \n 3\n t := a*(b\n - c)^2")]
    assert found == [("a+b", "==", "1"), ("exp(a)", "<", "2*b"), ("-a", ">", ".p2.-3"), ("t", ":=", "a*(b-c)^2")]


def test_a_statement_knows_its_line():
    assert [(s.line, s.column) for s in parse("f =~ x1 +\n  x2\n\ny ~ f")] == [(1, 6), (2, 3), (4, 5)]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("f =~ x1 + + x2", 1, 11, "expected a number, a name or NA"),
        ("f =~", 1, 5, "found the end, expected a variable"),
        ("f =~ x1\ng =~ x2 x3", 2, 9, "found 'x3', expected '+' or the end of the line"),
        ("f <~ x1 + x2", 1, 3, "formative constructs (<~) are not supported"),
        ("y ~ x1:x2", 1, 5, "products of variables"),
        ("level: 1\ny ~ x", 1, 1, "blocks such as 'level: 1'"),
        ("f = x1", 1, 3, "found '='"),
        ("f", 1, 2, "expected an operator"),
        ("f =~ (x1", 1, 9, "expected ')'"),
        ("y ~ c(1, 2", 1, 11, "expected ',' or ')'"),
        ("y ~ c(1, a)*x", 1, 5, "mixes numbers with names"),
        ("y ~ start(a)*x", 1, 5, "start() takes numbers"),
        ("y ~ label(1)*x", 1, 5, "label() takes names"),
        ("y ~ lower(0)*x", 1, 5, "'lower()' is not supported"),
        ("y ~ foo(0)*x", 1, 5, "'foo()' is not supported"),
        ("y ~ x + x", 1, 9, "'x' stands twice"),
        ("y ~ a*x + b*x", 1, 11, "two modifiers of the kind 'label'"),
        ("y ~ a*b*x", 1, 7, "two modifiers of the kind 'label'"),
        ("y ~ (a)*x", 1, 5, "expected a number"),
        ("f =~ 1x", 1, 7, "the name '1x'"),
        ("f =~ 2", 1, 6, "found '2', expected a variable"),
        ("f =~ x1 + c(1, 2)", 1, 11, "found 'c', expected a variable"),
        ("NA ~ x", 1, 1, "found 'NA'"),
        ('f =~ "x"', 1, 6, "expected a variable"),
        ('f =~ x1 + "x', 1, 11, "an unfinished quotation"),
        ("y ~ x - z", 1, 7, "found '-'"),
        ("y ~ x ~ z", 1, 7, "a second operator"),
        ("x1 | th1", 1, 6, "expected a threshold"),
        ("x1 ~*~ x2", 1, 4, "a scale stands as"),
        ("a == b + ", 1, 9, "found the end"),
        ("a := ", 1, 3, "found nothing on one side"),
        ("a b := c", 1, 3, "one new name"),
        ("2*a == b c", 1, 10, "expected an operator"),
        ("a == b +* c", 1, 9, "found '*'"),
    ],
)
def test_a_fault_is_shown_in_its_place(text, line, column, words):
    with pytest.raises(ModelProblem) as caught:
        parse(text)
    problem = caught.value
    assert words in str(problem)
    assert (problem.line, problem.column) == (line, column)
    shown = text.split("\n")[line - 1]
    assert str(problem).split("\n")[1:] == [f"  {shown}", "  " + " " * (column - 1) + "^"]


@pytest.mark.parametrize("text", ["", "  \n\n", "# nothing", ";;"])
def test_an_empty_model_is_refused(text):
    with pytest.raises(ModelProblem, match="empty"):
        parse(text)


def test_a_tab_moves_the_caret_with_the_text():
    with pytest.raises(ModelProblem) as caught:
        parse("f =~\tx1 x2")
    assert str(caught.value).endswith("\n  f =~\tx1 x2\n      \t   ^")


def test_reads_every_model_of_the_bank(shared):
    read = 0
    for path in sorted((shared / "bank" / "visible").glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        texts = [case.get("model"), case.get("population_model"), case.get("h0_model")]
        texts += [one["model"] for one in case.get("models", [])]
        read += sum(len(parse(text)) > 0 for text in texts if text)
    assert read > 80
