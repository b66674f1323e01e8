"""Making notebooks: exercises from solutions, a file that differs between no two machines, the table."""

import nbformat
import pytest

from crqkit.course import notebooks
from crqkit.course.notebooks import execute, exercises_from, normal, run, table

MARKDOWN, CODE = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell


def solutions():
    tagged = {"tags": ["solution"]}
    return nbformat.v4.new_notebook(
        cells=[
            MARKDOWN("# Start: solutions"),
            MARKDOWN("<!-- placeholder: *Your guess first.* -->\nIt is four.", metadata=tagged),
            MARKDOWN("Because two and two are four.", metadata=tagged),
            CODE(
                "# placeholder: answer = ...\n# placeholder:\n# placeholder: other = ...\nanswer = 2 + 2",
                metadata=tagged,
            ),
            CODE("answer"),
        ]
    )


def test_a_solution_becomes_its_placeholder():
    made = exercises_from(solutions())
    texts = ["# Start: exercises", "*Your guess first.*", "answer = ...\n\nother = ...", "answer"]
    assert [cell.source for cell in made.cells] == texts
    assert all(not cell.get("outputs") and not cell.metadata for cell in made.cells)
    assert exercises_from(solutions()).cells[-1].id == made.cells[-1].id


def test_what_a_machine_adds_is_taken_out():
    node = nbformat.v4.new_notebook(cells=[CODE("1"), MARKDOWN("x"), CODE("2")])
    node.metadata = nbformat.from_dict({"language_info": {"name": "python", "version": "3.11.9"}, "toc": {}})
    node.cells[0].metadata = nbformat.from_dict({"execution": {"shell.execute_reply": "now"}, "tags": ["check"]})
    node.cells[2].execution_count = 41
    clean = normal(node)
    assert clean.metadata["language_info"] == {"name": "python"}
    assert clean.cells[0].metadata == {"tags": ["check"]}
    assert [cell.id for cell in clean.cells] == ["cell-1", "cell-2", "cell-3"]
    assert [cell.execution_count for cell in clean.cells if cell.cell_type == "code"] == [1, 2]


def picture(data, alt):
    cell = CODE("show()", id="cell-1", execution_count=1)
    html = f'<img src="data:image/png;base64,{data}" alt="{alt}">'
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/html": html}, execution_count=1)]
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(("alt", "kept"), [("4 visits", True), ("5 visits", False)])
def test_a_picture_is_rewritten_only_with_its_numbers(alt, kept):
    clean = normal(picture("BBBB", alt), old=picture("AAAA", "4 visits"))
    assert ("AAAA" in str(clean.cells[0].outputs)) is kept


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "0_start"
    folder.mkdir()
    box = "# Start\n\n- **For:** owner, student\n- **Time:** 20 minutes\n"
    cells = [MARKDOWN(box), CODE("folder = None", metadata={"tags": ["parameters"]}), CODE("folder")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "00_start.ipynb")
    return tmp_path


def test_running_twice_changes_nothing_and_parameters_reach_the_cells(home):
    path = home / "0_start" / "00_start.ipynb"
    run(path)
    first = path.read_bytes()
    run(path)
    assert path.read_bytes() == first
    assert "'mine'" in str(execute(path, {"folder": "mine"}).cells[2].outputs)


def test_the_table_names_lessons_and_paths(home):
    text = table(home)
    assert "| 0 start | [Start](0_start/00_start.ipynb) | 20 minutes | owner, student |" in text
    assert "**Student or researcher:** Start" in text
    assert "**Consultant:** (no lesson yet)" in text


def test_a_stale_table_and_stale_exercises_are_found(home):
    nbformat.write(solutions(), home / "0_start" / "00_start_solutions.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), home / "0_start" / "00_start_exercises.ipynb")
    (home / "README.md").write_text("old")
    found = notebooks.faults(home, [home / "0_start" / "00_start.ipynb"])
    assert "README.md: is not the table of these lessons" in found
    with_solutions = [rule for rule in notebooks.RULES if rule.__name__ == "is_small"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebooks, "RULES", with_solutions)
        found = notebooks.faults(home)
    assert "00_start_exercises.ipynb: is not what its solutions give" in found


def test_the_command_line_says_what_is_broken(home, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "HOME", home)
    path = home / "0_start" / "00_start.ipynb"
    assert notebooks.main(["check", str(path)]) == 1
    assert "counts_run" in capsys.readouterr().err
    nbformat.write(nbformat.v4.new_notebook(cells=[CODE("1 / 0")]), path)
    assert notebooks.main(["run", str(path)]) == 1
    assert "00_start.ipynb stops with an error" in capsys.readouterr().err
