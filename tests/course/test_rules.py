"""Every rule on a sound notebook, and on one planted to break it: a rule that cannot fail is worthless."""

import copy

import nbformat
import pytest

from crqkit.course import rules
from crqkit.course.rules import RULES, Book

BOX = """# Start

- **For:** owner, student
- **Time:** 20 minutes
- **You need:** nothing
- **You will be able to:**
  1. read a page
  2. tell change from chance
  3. say what is missing
"""
PROSE = "Here are a dozen words and some more of prose for every line.\n\n" * 4
HEADS = ["The question", "The data: a shop", "Look first", "An idea", "Another idea", "A claim, tested"]
HEADS += ["Your own data", "Exercises", "Quiz", "Take-aways"]
PICTURE = '<img src="data:image/png;base64,AAAA" alt="visits: 1 4; 2 5">'


def code(source, output=None, kind="text/plain", tag=None):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": [tag]} if tag else {})
    if output is not None:
        cell.outputs = [nbformat.v4.new_output("execute_result", {kind: output})]
    return cell


def sound():
    cells = [nbformat.v4.new_markdown_cell(text) for text in [BOX, *(f"## {head}\n\n{PROSE}" for head in HEADS)]]
    cells[3:3] = [
        code("folder = None", tag="parameters"),
        code("from crqkit.course import quiz, show\nimport crqkit"),
        code("shop = crqkit.cases.load('boutique')\nshow(shop)", PICTURE, "text/html"),
        code('quiz("00")', "1. What?"),
    ]
    node = nbformat.v4.new_notebook(cells=cells)
    number_cells(node)
    return node


def number_cells(node):
    number = 0
    for cell in node.cells:
        if cell.cell_type == "code":
            number += 1
            cell.execution_count = number
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number


@pytest.fixture
def written(tmp_path):
    def write(node, name="00_start_here.ipynb", level="0_start"):
        path = tmp_path / level / name
        path.parent.mkdir(exist_ok=True)
        nbformat.write(node, path)
        return Book(path)

    return write


def add(cell):
    def change(node):
        node.cells.append(cell)
        number_cells(node)

    return change


def change_first(old, new):
    def change(node):
        assert old in node.cells[0].source
        node.cells[0].source = node.cells[0].source.replace(old, new)

    return change


def prose(text):
    return add(nbformat.v4.new_markdown_cell(text))


def stderr(node):
    node.cells[3].outputs = [nbformat.v4.new_output("stream", name="stderr", text="take care")]


def skip_a_count(node):
    node.cells[4].execution_count = 7


def drop(place):
    return lambda node: node.cells.pop(place)


BAD = [
    ("outputs_are_kept", add(code("1 + 1"))),
    ("outputs_are_kept", add(code("for x in [1]:\n    print(x)"))),
    ("counts_run", skip_a_count),
    ("no_address_is_read", add(code("import pandas as pd\ntable = pd.read_csv('https://example.org/a.csv')"))),
    ("no_warning_is_shown", stderr),
    ("no_warning_is_shown", add(code("f()", "FutureWarning: soon"))),
    ("no_warning_is_shown", add(code("f()", "written to /tmp/out.html"))),
    ("pictures_speak", add(code("f()", "AAAA", "image/png"))),
    ("pictures_speak", add(code("f()", '<img src="x" alt="a picture">', "text/html"))),
    ("pictures_speak", add(code("f()", '<img src="x">', "text/html"))),
    ("names_are_public", add(code("from crqkit.base.charts import image"))),
    ("names_are_public", add(code("import crqkit\nx = crqkit.no_such_thing"))),
    ("names_are_public", add(code("import crqkit.cases as c\nx = c.PLACE"))),
    ("names_are_public", add(code("x = shop._tables"))),
    ("cells_are_short", add(code("\n".join(f"x{n} = {n}" for n in range(13))))),
    ("one_title", prose("# A second title")),
    ("one_title", change_first("# Start", "Start")),
    ("box_is_whole", change_first("- **You need:** nothing\n", "")),
    ("box_is_whole", change_first("  3. say what is missing\n", "")),
    ("sections_in_order", prose("## One section too many")),
    ("sections_in_order", drop(2)),
    ("plain_words", prose("The \N{GREEK SMALL LETTER ALPHA} of it")),
    ("plain_words", prose("The p-value is small")),
    ("plain_words", prose("significant (p = 0.03)")),
    ("plain_words", add(code("\n".join(f"x{n} = {n}" for n in range(200))))),
    ("reader_takes_part", drop(3)),
    ("reader_takes_part", drop(6)),
    ("is_small", prose("x" * 1_000_001)),
]


def test_a_sound_lesson_breaks_no_rule(written):
    book = written(sound())
    assert {rule.__name__: rule(book) for rule in RULES if rule(book)} == {}


@pytest.mark.parametrize(("name", "spoil"), BAD)
def test_a_rule_finds_what_it_is_for(written, name, spoil):
    node = copy.deepcopy(sound())
    spoil(node)
    assert getattr(rules, name)(written(node))


def test_half_of_the_cells_may_not_be_long(written):
    node = sound()
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.source += "\nx = 1" * 5
    assert "half of the cells" in rules.cells_are_short(written(node))[0]


def test_every_rule_has_a_planted_notebook():
    assert {rule.__name__ for rule in RULES} == {name for name, _ in BAD}


def test_beginners_rules_end_with_the_beginners(written):
    node = sound()
    prose("The p-value is small")(node)
    assert rules.plain_words(written(node, level="3_advanced")) == []


def test_solutions_must_be_complete_and_right(written):
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Start here: solutions")])
    add(code('check("00.score_by_hand", 1)', "Not yet: no.", tag="solution"))(node)
    faults = rules.reader_takes_part(written(node, "00_start_here_solutions.ipynb"))
    assert any("fewer than 3" in fault for fault in faults)
    assert "a solution is not right" in faults
    assert sum("is not solved" in fault for fault in faults) >= 2
