"""What the tests of every format share. Put ``from tests.intake.formats import support`` at the top of a test.

A golden folder holds small invented files with every trap of a format; what comes out was worked by hand in the
``README.md`` beside them. A test of a format then goes like this::

    from tests.intake.formats import support

    def test_totals(tmp_path):
        shop = support.read("square", tmp_path)                       # a copy of tests/intake/golden/square
        assert shop.orders["net"].sum() == pytest.approx(123.45)      # as worked in its README.md

    def test_columns_may_stand_in_any_order(tmp_path):
        support.assert_columns_may_move("square", tmp_path)           # shuffled, re-cased: the same tables

    @support.each_required("square_transactions")                     # one test for each required header
    def test_a_missing_column_is_named(headers, tmp_path):
        support.assert_names_missing("square", "transactions.csv", "square_transactions", headers, tmp_path)

    def test_a_foreign_spreadsheet(tmp_path):                         # semicolons, decimal commas, day first
        support.assert_reads_abroad("square", tmp_path, money=["Net Sales", "Tax"], dates=["Date"])

    def test_nobody_is_named(tmp_path):
        support.assert_unnamed(support.read("square", tmp_path), ["ana@example.org", "Ana Li"])

    def test_no_row_is_lost(tmp_path):
        support.assert_accounted(support.read("square", tmp_path))

Files are csv, tsv or txt with commas unless said otherwise; `header_rows` is how many rows the header takes (each
column moves with all of its header rows; only the first row, the one that tells the format, is re-cased).
"""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.format import Format, known_formats, plain_name
from crqkit.intake.shop import Shop

GOLDEN = Path(__file__).parent.parent / "golden"
TRACE = ["file", "row"]
Rows = list[list[str]]
Change = Callable[[Rows], Rows]


def format_of(id: str) -> Format:
    """Return a known format by its id."""
    return next(format for format in known_formats() if format.id == id)


# Reading a golden folder, and changed copies of it ----------------------------------------------------------------


def copy(name: str, place: Path, as_name: str = "shop") -> Path:
    """Copy the golden folder `name` into `place` (a pytest ``tmp_path``) and return the copy; README.md stays away."""
    return Path(shutil.copytree(GOLDEN / name, place / as_name, ignore=shutil.ignore_patterns("README.md")))


def read(name: str, place: Path, **options: object) -> Shop:
    """Read a copy of the golden folder `name`; `options` go to `read_folder`."""
    return read_folder(copy(name, place), **options)


def rows_of(path: Path, separator: str = ",") -> Rows:
    """Return the records of a text file."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=separator))


def write(path: Path, rows: Iterable[Sequence[str]], separator: str = ",") -> None:
    """Write records as a text file."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(rows)
    path.write_text(stream.getvalue(), encoding="utf-8")


def tables_of(files: Iterable[Path]) -> list[Path]:
    """Return those of the files that are tables in text."""
    return sorted(path for path in files if path.suffix in (".csv", ".tsv", ".txt"))


def change(folder: Path, how: Change, *, only: Sequence[str] = (), separator: str = ",", written: str = ",") -> Path:
    """Rewrite each text file of `folder` (or `only` those named) by `how`, which takes and gives its records."""
    for path in tables_of(folder.iterdir()):
        if not only or path.name in only:
            write(path, how(rows_of(path, separator)), written)
    return folder


# What may not change anything --------------------------------------------------------------------------------------


def assert_same(one: Shop, other: Shop, but: Sequence[str] = ()) -> None:
    """Assert that two shops hold the same tables, log and items; columns named in `but` may differ."""
    assert set(one.tables) == set(other.tables)
    for name, table in one.tables.items():
        drop = [column for column in but if column in table]
        pd.testing.assert_frame_equal(table.drop(columns=drop), other.tables[name].drop(columns=drop), obj=name)
    pd.testing.assert_frame_equal(one.log, other.log)
    assert [item.id for item in one.form.items] == [item.id for item in other.form.items]


def assert_columns_may_move(
    name: str, place: Path, *, header_rows: int = 1, fixed: int = 0, only: Sequence[str] = (), separator: str = ","
) -> None:
    """Assert that a golden folder reads the same with its columns shuffled and its headers re-cased and spaced.

    The first `fixed` columns keep their place (a survey whose first column tells it). Where questions are columns,
    the tables are compared by their content, since answers come in the order of the columns.
    """
    folder = copy(name, place)
    before = read_folder(folder)
    change(folder, lambda rows: _moved(rows, header_rows, fixed), only=only, separator=separator, written=separator)
    after = read_folder(folder)
    assert set(before.tables) == set(after.tables)
    for table, frame in before.tables.items():
        pd.testing.assert_frame_equal(_in_order(frame), _in_order(after.tables[table]), obj=table)
    pd.testing.assert_frame_equal(before.log, after.log)


def _moved(rows: Rows, header_rows: int, fixed: int) -> Rows:
    order = list(range(fixed, len(rows[0])))
    Random(7).shuffle(order)
    order = [*range(fixed), *order]
    cased = [cell.upper() if place % 2 else f"  {cell.lower()} " for place, cell in enumerate(rows[0])]
    rows = [cased, *rows[1:]] if header_rows == 1 else rows
    return [[row[place] if place < len(row) else "" for place in order] for row in rows]


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values([*frame.columns], kind="stable", ignore_index=True)


def assert_reads_abroad(
    name: str,
    place: Path,
    *,
    money: Sequence[str] = (),
    dates: Sequence[str] = (),
    day_first: str = "%d/%m/%Y",
    only: Sequence[str] = (),
) -> None:
    """Assert that a folder reads the same when saved again where semicolons, decimal commas and day-first are usual.

    With slashes some date of each file must lie after the 12th of its month: otherwise day and month cannot be told.
    """
    folder = copy(name, place)
    before = read_folder(folder)
    change(folder, lambda rows: abroad(rows, money=money, dates=dates, day_first=day_first), only=only, written=";")
    assert_same(before, read_folder(folder))


def abroad(rows: Rows, *, money: Sequence[str] = (), dates: Sequence[str] = (), day_first: str = "%d/%m/%Y") -> Rows:
    """Return records as a spreadsheet of another land saves them: ``1,240.50`` becomes ``1.240,50``, dates day first.

    `day_first` may also be ``%d.%m.%Y``. A time behind the date stays as it is. Dates must be ISO in the golden file.
    """
    header = [plain_name(cell) for cell in rows[0]]
    columns = [({plain_name(one) for one in money}, _commas), ({plain_name(one) for one in dates}, _turned(day_first))]
    for names, convert in columns:
        places = [place for place, cell in enumerate(header) if cell in names]
        rows = [
            rows[0],
            *([convert(cell) if place in places else cell for place, cell in enumerate(row)] for row in rows[1:]),
        ]
    return rows


def _commas(cell: str) -> str:
    return cell.translate(str.maketrans(".,", ",."))


def _turned(day_first: str) -> Callable[[str], str]:
    def turn(cell: str) -> str:
        found = re.match(r"(\d{4}-\d\d-\d\d)[T ]?(.*)", cell)
        if not found:
            return cell
        return f"{pd.Timestamp(found[1]).strftime(day_first)} {found[2]}".strip()

    return turn


# What must be refused, and what must not be said -------------------------------------------------------------------


def each_required(id: str) -> pytest.MarkDecorator:
    """Parametrize a test by ``headers``: the spellings of each header that the format needs."""
    needed = [*format_of(id).required, *([format_of(id).first] if format_of(id).first else [])]
    return pytest.mark.parametrize("headers", needed, ids=[headers[0] for headers in needed])


def without(rows: Rows, headers: Sequence[str]) -> Rows:
    """Return records without the columns of these names."""
    gone = {plain_name(header) for header in headers}
    keep = [place for place, cell in enumerate(rows[0]) if plain_name(cell) not in gone]
    assert len(keep) < len(rows[0]), f"the golden file has none of {headers}"
    return [[row[place] for place in keep if place < len(row)] for row in rows]


def assert_names_missing(
    name: str, file: str, id: str, headers: Sequence[str], place: Path, *, separator: str = ","
) -> None:
    """Assert that `file` without the column `headers` is refused, naming that column and the title of the format."""
    path = copy(name, place) / file
    for other in path.parent.iterdir():
        if other != path and other.suffix != ".yml":
            other.unlink()
    write(path, without(rows_of(path, separator), headers), separator)
    with pytest.raises(DataProblem) as problem:
        read_folder(path.parent)
    told = next(fault.what for fault in problem.value.faults if "is of no known kind" in fault.what)
    assert f"nearest is {format_of(id).title}" in told
    assert headers[0] in told.partition("is missing: ")[2], told


def everything(shop: Shop) -> str:
    """Return all that comes out of a folder as one text, without the keys, which are random."""
    tables = [*shop.tables.values(), shop.answers, shop.log, shop.mapped]
    said = [table.to_csv() for table in tables] + [repr(shop), repr(shop.form), repr(shop.settings), *shop.cautions]
    return re.sub(r"\b[A-Z][A-Z2-7]{12}\b", "", "\n".join(said))


def assert_unnamed(shop: Shop, identifiers: Iterable[str]) -> None:
    """Assert that none of the identifiers stands in anything that comes out, whatever its case."""
    text = everything(shop).casefold()
    assert [one for one in identifiers if one.casefold() in text] == []


def assert_accounted(shop: Shop) -> None:
    """Assert that every row that was read is kept or dropped for a reason."""
    for file, rows in shop.log.groupby("file"):
        by = rows.groupby("outcome")["rows"].sum()
        if "read" in by:
            assert by["read"] == by["kept"] + by.get("dropped", 0), file


def dropped(shop: Shop, file: str = "") -> dict[str, int]:
    """Return how many rows were left out for each reason, of one file or of all."""
    rows = shop.log[(shop.log["outcome"] == "dropped") & ((shop.log["file"] == file) | (file == ""))]
    return rows.groupby("reason")["rows"].sum().to_dict()
