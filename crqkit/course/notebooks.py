"""Run and make the notebooks: ``python -m crqkit.course.notebooks run|exercises|table|check [NOTEBOOK...]``."""

import argparse
import copy
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from crqkit.base.files import write_file
from crqkit.course.rules import RULES, Book, tags

HOME = Path(__file__).parents[2] / "notebooks"
LONGEST_SECONDS = 60
PLACEHOLDER = re.compile(r"^(?:# |<!-- )placeholder: ?(.*?)(?: ?-->)?\n?$")
PICTURE = re.compile(r"base64,[A-Za-z0-9+/=]+")
READERS = {"owner": "Owner of a small business", "student": "Student or researcher", "consultant": "Consultant"}


def execute(path: Path, parameters: Mapping[str, Any] | None = None) -> nbformat.NotebookNode:
    """Return the notebook run in a fresh kernel; `parameters` are set at the end of the cell of that tag."""
    node = nbformat.read(path, 4)
    for cell in node.cells:
        if parameters and "parameters" in tags(cell):
            cell.source += "".join(f"\n{name} = {value!r}" for name, value in parameters.items())
    # One thread gives the same last digit on every machine.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(node, timeout=LONGEST_SECONDS, kernel_name="python3", resources=where, record_timing=False)
    client.coalesce_streams = True
    return client.execute()


def run(path: Path) -> None:
    """Run a notebook and save it, if anything but the encoding of a picture changed."""
    old, started = nbformat.read(path, 4), time.monotonic()
    new = normal(execute(path), old)
    if time.monotonic() - started > LONGEST_SECONDS:
        raise TimeoutError(f"{path.name} runs longer than {LONGEST_SECONDS} seconds")
    save(new, path)


def normal(node: nbformat.NotebookNode, old: nbformat.NotebookNode | None = None) -> nbformat.NotebookNode:
    """Return the notebook without what differs between machines and runs."""
    node = copy.deepcopy(node)
    before = {cell.source: cell for cell in old.cells if cell.cell_type == "code"} if old else {}
    node.nbformat, node.nbformat_minor = 4, 5
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    node.metadata = nbformat.from_dict({"kernelspec": spec, "language_info": {"name": "python"}})
    count = 0
    for place, cell in enumerate(node.cells, start=1):
        # Editors give random ids; its place gives a cell the same one on every machine.
        cell.id = f"cell-{place}"
        cell.metadata = nbformat.from_dict({"tags": tags(cell)} if tags(cell) else {})
        if cell.cell_type == "code":
            count += bool(cell.source.strip())
            cell.execution_count = count if cell.source.strip() else None
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
                if "metadata" in output:
                    output.metadata = nbformat.from_dict({})
            same = before.get(cell.source)
            if same is not None and _without_pictures(same) == _without_pictures(cell):
                cell.outputs = same.outputs
    return node


def _without_pictures(cell: nbformat.NotebookNode) -> str:
    return PICTURE.sub("", str(cell.outputs))


def save(node: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook unless the file already says the same."""
    nbformat.validate(node)
    text = nbformat.writes(node) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_file(path, text)


def exercises_from(solutions: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the exercise notebook: a cell tagged ``solution`` becomes the placeholder that opens it, or goes.

    The placeholder is the cell's first lines ``# placeholder: answer = ...``, in prose ``<!-- placeholder: ... -->``.
    """
    node = copy.deepcopy(solutions)
    node.cells = []
    for cell in copy.deepcopy(solutions.cells):
        if "solution" in tags(cell):
            cell.source = "\n".join(found[1] for line in cell.source.splitlines() if (found := PLACEHOLDER.match(line)))
            cell.metadata["tags"] = [tag for tag in tags(cell) if tag != "solution"]
        if cell.source.strip():
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            elif cell.source.startswith("# "):
                cell.source = cell.source.replace("solutions", "exercises", 1)
            node.cells.append(cell)
    return normal(node)


def sources(node: nbformat.NotebookNode) -> list[tuple[str, str, str]]:
    """Return what an author wrote: kind, id and text of each cell."""
    return [(cell.cell_type, cell.id, cell.source) for cell in node.cells]


def make_exercises(path: Path) -> Path:
    """Write the exercise notebook beside the solutions, with what running it shows, and return its place."""
    out = path.with_name(path.name.replace("_solutions", "_exercises"))
    made = exercises_from(nbformat.read(path, 4))
    if not out.exists() or sources(nbformat.read(out, 4)) != sources(made):
        save(made, out)
    run(out)
    return out


def table(home: Path = HOME) -> str:
    """Return the table of lessons and the three paths through them as Markdown."""
    books = [book for path in find(home=home) if (book := Book(path)).kind == "lesson"]
    lines = ["# The lessons", "", "Made by `python -m crqkit.course.notebooks table`; do not edit.", ""]
    lines += ["| level | lesson | time | for | exercises |", "|---|---|---|---|---|"]
    for book in books:
        level, place = book.path.parent.name, book.path.relative_to(home).with_suffix("").as_posix()
        more = f"[exercises]({place}_exercises.ipynb), [solutions]({place}_solutions.ipynb)"
        entry = [f"[{title(book)}]({place}.ipynb)", book.box.get("Time", ""), book.box.get("For", ""), more]
        lines.append(f"| {' | '.join([level.replace('_', ' '), *entry])} |")
    for reader, name in READERS.items():
        steps = [title(book) for book in books if reader in book.box.get("For", "")]
        lines += ["", f"**{name}:** {' → '.join(steps) or '(no lesson yet)'}"]
    return "\n".join(lines) + "\n"


def title(book: Book) -> str:
    """Return the title of a notebook."""
    return book.node.cells[0].source.lstrip().splitlines()[0].removeprefix("# ")


def faults(home: Path = HOME, paths: Sequence[Path] = ()) -> list[str]:
    """Return whatever breaks a rule of the course, a line a fault."""
    found = []
    for path in find(paths, home):
        book = Book(path)
        found += [f"{path.name}: {rule.__name__}: {fault}" for rule in RULES for fault in rule(book)]
        if book.kind == "solutions":
            made, twin = exercises_from(book.node), path.with_name(path.name.replace("_solutions", "_exercises"))
            if not twin.exists() or sources(nbformat.read(twin, 4)) != sources(made):
                found.append(f"{twin.name}: is not what its solutions give")
    readme = home / "README.md"
    if not readme.exists() or readme.read_text(encoding="utf-8") != table(home):
        found.append("README.md: is not the table of these lessons")
    return found


def find(paths: Sequence[Path] = (), home: Path = HOME) -> list[Path]:
    """Return the notebooks named, or all of the course in reading order."""
    every = (path for path in home.glob("*/*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    return [Path(path).resolve() for path in paths] or sorted(every)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; 1 if a rule is broken or a cell fails."""
    parser = argparse.ArgumentParser(prog="python -m crqkit.course.notebooks", description=__doc__)
    parser.add_argument("act", choices=["run", "exercises", "table", "check"])
    parser.add_argument("paths", nargs="*", type=Path)
    asked = parser.parse_args(arguments)
    books = [Book(path) for path in find(asked.paths)]
    try:
        for book in books:
            if asked.act == "run" and book.kind != "exercises":
                run(book.path)
            if asked.act == "exercises" and book.kind == "solutions":
                make_exercises(book.path)
    except CellExecutionError as error:
        print(f"{book.path.name} stops with an error:\n{error}", file=sys.stderr)
        return 1
    if asked.act == "table":
        write_file(HOME / "README.md", table())
    broken = faults(paths=asked.paths) if asked.act == "check" else []
    print(*broken, sep="\n", end="\n" if broken else "", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
