"""What holds for every notebook of the course. A rule takes a `Book` and returns what breaks it, in words."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import nbformat

from crqkit.course.lesson import FEWEST, load_lesson

LONGEST_CELL, MEDIAN_CELL, PROSE, LARGEST = 12, 4, 12, 1_000_000
# The second-level headings of a lesson open with these words; the ideas stand where the dots are.
SECTIONS = (
    *("The question", "The data", "Look first", ..., "A claim, tested"),
    *("Your own data", "Exercises", "Quiz", "Take-aways"),
)
BOX = ("For", "Time", "You need", "You will be able to")
PLAIN_LEVELS = ("0_start", "1_fundamentals")
ADDRESS = r"https?:|ftp:|\burlopen|\brequests\b|\bhttpx\b"
OWN_PATH = r"(?:/home|/Users|/tmp|/work|C:\\)[\w/\\.-]+"
GREEK = r"[\u0370-\u03ff\u1f00-\u1fff]|\\(?:alpha|beta|sigma|mu)\b"
P_VALUE = r"\bp[- ]?values?\b|\bp\s*[<=]\s*\.?\d"


@dataclass(frozen=True)
class Book:
    """One notebook: a lesson, its solutions, or its exercises made from them."""

    path: Path

    @cached_property
    def node(self) -> nbformat.NotebookNode:
        """The notebook as nbformat reads it."""
        return nbformat.read(self.path, 4)

    @property
    def kind(self) -> str:
        """``lesson``, ``solutions`` or ``exercises``."""
        last = self.path.stem.rsplit("_", 1)[-1]
        return last if last in ("solutions", "exercises") else "lesson"

    @property
    def code(self) -> list[nbformat.NotebookNode]:
        """The code cells that hold anything."""
        return [cell for cell in self.node.cells if cell.cell_type == "code" and cell.source.strip()]

    @property
    def prose(self) -> str:
        """All Markdown cells, without fenced code."""
        text = "\n\n".join(cell.source for cell in self.node.cells if cell.cell_type == "markdown")
        return re.sub(r"```.*?```", "", text, flags=re.S)

    @property
    def shown(self) -> str:
        """Every text that running the notebook showed."""
        return "\n".join(text for cell in self.code for output in cell.get("outputs", ()) for text in _texts(output))

    @property
    def box(self) -> dict[str, str]:
        """The box under the title: what stands behind each bold word that opens a line of its list."""
        found = re.findall(r"^[-*] \*\*([^*]+?):?\*\*:? *(.*(?:\n .*)*)", self.node.cells[0].source, flags=re.M)
        return {name: text.strip() for name, text in found}


def _texts(output: nbformat.NotebookNode) -> Iterator[str]:
    yield output.get("text", "")
    yield from (str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/"))


def _lines(cell: nbformat.NotebookNode) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def outputs_are_kept(book: Book) -> list[str]:
    """Demand the output of every code cell that shows something."""

    def shows(cell: nbformat.NotebookNode) -> bool:
        tree = ast.parse(cell.source).body
        prints = any(isinstance(node, ast.Name) and node.id == "print" for part in tree for node in ast.walk(part))
        return prints or isinstance(tree[-1], ast.Expr)

    return [f"no output of: {cell.source.splitlines()[-1]}" for cell in book.code if shows(cell) and not cell.outputs]


def counts_run(book: Book) -> list[str]:
    """Demand execution counts from 1 without a gap."""
    counts = [cell.execution_count for cell in book.code]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


def no_address_is_read(book: Book) -> list[str]:
    """Forbid reading anything from the network."""
    return [f"reads an address: {cell.source[:60]}" for cell in book.code if re.search(ADDRESS, cell.source)]


def no_warning_is_shown(book: Book) -> list[str]:
    """Forbid errors, warnings, anything on stderr, and paths of the machine it ran on."""
    faults = []
    for cell in book.code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                faults.append(f"an error or warning stands under: {cell.source[:60]}")
    if re.search(r"\w+Warning\b|Traceback \(most", book.shown):
        faults.append("a warning or traceback is shown")
    return faults + [f"a path of this machine is shown: {place}" for place in re.findall(OWN_PATH, book.shown)]


def pictures_speak(book: Book) -> list[str]:
    """Demand that every picture is an HTML image whose alt text has numbers in it."""
    kinds = [kind for cell in book.code for output in cell.outputs for kind in output.get("data", {})]
    faults = [f"a picture without words: {kind}; use crqkit.course.show" for kind in kinds if kind.startswith("image/")]
    for image in re.findall(r"<img\b[^>]*>", book.shown):
        alt = re.search(r'\balt="([^"]*)"', image)
        if not alt or not re.search(r"\d", alt[1]):
            faults.append("a picture has no alt text with its numbers")
    return faults


def names_are_public(book: Book) -> list[str]:
    """Allow only what `crqkit` or one of its rooms offers in ``__all__``, and no name with an underscore."""
    faults, known = [], {"crqkit": "crqkit"}
    for node in (node for cell in book.code for node in ast.walk(ast.parse(cell.source))):
        if isinstance(node, ast.Import):
            known |= {alias.asname: alias.name for alias in node.names if alias.asname}
        if isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            faults += [name for alias in node.names if not is_public(name := f"{node.module}.{alias.name}")]
        if isinstance(node, ast.Import):
            faults += [alias.name for alias in node.names if not is_public(alias.name)]
        if isinstance(node, ast.Attribute):
            if node.attr.startswith("_"):
                faults.append(node.attr)
            root, *rest = ast.unparse(node).split(".")
            name = ".".join([known.get(root, ""), *rest])
            faults += [name] if all(part.isidentifier() for part in rest) and not is_public(name) else []
    return [f"not a public name: {name}" for name in dict.fromkeys(faults)]


def is_public(name: str) -> bool:
    """Whether a dotted name of crqkit is one that its package offers; names of others are not our business."""
    parts = name.split(".")
    if parts[0] != "crqkit" or len(parts) < 2:
        return True
    offered = getattr(import_module("crqkit"), "__all__", ())
    if parts[1] in offered:
        return True
    if parts[1].startswith("_") or find_spec(f"crqkit.{parts[1]}") is None:
        return False
    return len(parts) == 2 or parts[2] in getattr(import_module(f"crqkit.{parts[1]}"), "__all__", ())


def cells_are_short(book: Book) -> list[str]:
    """Demand code cells that are read at a glance."""
    lengths = [_lines(cell) for cell in book.code]
    faults = [f"a cell has {length} lines, more than {LONGEST_CELL}" for length in lengths if length > LONGEST_CELL]
    if lengths and median(lengths) > MEDIAN_CELL:
        faults.append(f"half of the cells have over {MEDIAN_CELL} lines")
    return faults


def one_title(book: Book) -> list[str]:
    """Demand exactly one first-level heading, in the first cell."""
    titles = re.findall(r"^# .+", book.prose, flags=re.M)
    first = book.node.cells[0].source.lstrip().startswith("# ")
    return [] if len(titles) == 1 and first else [f"{len(titles)} titles, or not in the first cell"]


def box_is_whole(book: Book) -> list[str]:
    """Demand for whom, how long, what is needed and three things one will be able to do."""
    if book.kind != "lesson":
        return []
    faults = [f"the box lacks '{name}'" for name in BOX if not book.box.get(name)]
    if len(re.findall(r"^\s*\d\. \w", book.box.get(BOX[-1], ""), flags=re.M)) != 3:
        faults.append("the box does not name three things one will be able to do")
    return faults


def sections_in_order(book: Book) -> list[str]:
    """Demand the sections of a lesson in the order of the course, with at least one idea between."""
    if book.kind != "lesson":
        return []
    heads = re.findall(r"^## (.+)", book.prose, flags=re.M)
    kinds = [next((s for s in SECTIONS if s is not ... and head.startswith(s)), ...) for head in heads]
    order = [kind for place, kind in enumerate(kinds) if place == 0 or kind is not ... or kinds[place - 1] is not ...]
    return [] if tuple(order) == SECTIONS else [f"the sections are {heads}"]


def plain_words(book: Book) -> list[str]:
    """Demand, for beginners, enough prose, no Greek letters and no p-values."""
    if book.path.parent.name not in PLAIN_LEVELS:
        return []
    text = "\n".join([book.prose, re.sub(r"base64,[^\"]*", "", book.shown), *(cell.source for cell in book.code)])
    faults = [f"a Greek letter: {letter}" for letter in sorted(set(re.findall(GREEK, text)))]
    if re.search(P_VALUE, text, flags=re.I):
        faults.append("a p-value")
    words, lines = len(re.findall(r"\w[\w'’-]*", book.prose)), sum(map(_lines, book.code))
    if book.kind == "lesson" and words < PROSE * lines:
        faults.append(f"{words} words for {lines} lines of code: fewer than {PROSE} a line")
    return faults


def reader_takes_part(book: Book) -> list[str]:
    """Demand a cell for the reader's own data, a quiz, and three exercises with solutions that are right."""
    if book.kind == "exercises":
        return []
    checks = set(re.findall(r"\bcheck\(\s*[\"']([\w.]+)[\"']", "\n".join(cell.source for cell in book.code)))
    if book.kind == "solutions":
        number = book.path.stem.split("_")[0]
        missing = {f"{number}.{name}" for name in load_lesson(number)["exercises"]} - checks
        solved = sum("solution" in tags(cell) for cell in book.code)
        few = [f"{solved} solutions, fewer than {FEWEST}"] if solved < FEWEST else []
        wrong = ["a solution is not right"] if len(re.findall(r"^Right:", book.shown, flags=re.M)) < len(checks) else []
        return few + wrong + [f"the exercise {name} is not solved" for name in sorted(missing)]
    faults = [] if any("quiz(" in cell.source for cell in book.code) else ["no quiz"]
    own = [cell for cell in book.code if "parameters" in tags(cell)]
    return faults + ([] if len(own) == 1 else [f"{len(own)} cells tagged 'parameters', not 1"])


def is_small(book: Book) -> list[str]:
    """Demand under one megabyte."""
    size = book.path.stat().st_size
    return [f"{size:,} bytes"] if size >= LARGEST else []


def tags(cell: nbformat.NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


RULES = (
    outputs_are_kept, counts_run, no_address_is_read, no_warning_is_shown, pictures_speak, names_are_public,
    cells_are_short, one_title, box_is_whole, sections_in_order, plain_words, reader_takes_part, is_small,
)  # fmt: skip
