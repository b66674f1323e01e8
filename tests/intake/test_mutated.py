"""Two thousand damaged files: each is read, row for row accounted for, or refused with its name and a mend."""

import csv
import io
import json
import shutil
import signal
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from tests.intake.formats import support

FILES, CHUNKS = 2000, 40
MOST_SECONDS = 20
GOLDEN = sorted(
    path for path in support.GOLDEN.rglob("*") if path.suffix in (".csv", ".tsv", ".txt", ".json", ".xlsx", ".zip")
)
HUGE = ["9" * 400, "-1e308", "1e999", "0x7f", "1.2.3", "12,34,5", "٣", "½", "NaN", "inf", "-0", "1 2"]
DATES = ["2026-13-45", "0000-00-00", "31/02/2026", "9999-12-31 23:59:59", "24:61", "1", "yesterday", "2026-01-01T25Z",
         "1772362800", "01.02.0003", "2026-10-25 02:30", "10000-01-01", "2026-01-01 10:00 +99:99"]  # fmt: skip
JUNK = ['"', "\0", "\ufeff", "\u202e", ";", "\t", "|", "=1+1", "#REF!", "null", "[]", "{}", "<b>", "Ã¼", "😊", " ", "'",
        "a" * 5000, "x\ny", "yes", "no", "-", "n/a", "1–5", '{"ImportId":"x"}']  # fmt: skip
BYTES = [b'"', b"\0", b"\xff", b"\xc3", b",", b";", b"\n", b"\r", b"\t", b"\xef\xbb\xbf", b"\x1a", b"'", b"\\", b"\x80"]


# What may happen to the rows of a table -------------------------------------------------------------------------------


def swap(rows, random):
    one, other = (random.choice(rows) for _ in range(2))
    if one and other:
        here, there = random.randrange(len(one)), random.randrange(len(other))
        one[here], other[there] = other[there], one[here]
    return rows


def put(values) -> Callable:
    def write(rows, random):
        for _ in range(random.choice([1, 1, 5])):
            row = random.choice(rows)
            if row:
                row[random.randrange(len(row))] = random.choice(values)
        return rows

    return write


def whole_column(rows, random):
    place, value = random.randrange(max(1, len(rows[0]))), random.choice([*HUGE, *DATES, *JUNK])
    return [rows[0], *([*row[:place], value, *row[place + 1 :]] for row in rows[1:])]


def drop_row(rows, random):
    gone = random.randrange(len(rows))
    return rows[:gone] + rows[gone + 1 :]


def cut_row(rows, random):
    row = random.choice(rows)
    del row[random.randrange(len(row) + 1) :]
    return rows


def widen_row(rows, random):
    random.choice(rows).extend(["x"] * random.choice([1, 3]))
    return rows


def drop_column(rows, random):
    gone = random.randrange(max(1, len(rows[0])))
    return [row[:gone] + row[gone + 1 :] for row in rows]


def repeat_column(rows, random):
    place = random.randrange(max(1, len(rows[0])))
    return [[*row, *row[place : place + 1]] for row in rows]


def repeat_header(rows, random):
    if rows[0]:
        rows[0][random.randrange(len(rows[0]))] = random.choice(rows[0]) + random.choice(["", " (2)", " "])
    return rows


def empty_cells(rows, random):
    return [rows[0], *([cell if random.random() > 0.3 else "" for cell in row] for row in rows[1:])]


def repeat_rows(rows, random):
    return [rows[0], *(row for row in rows[1:] for _ in range(random.choice([1, 1, 2])))]


def shuffle_rows(rows, random):
    body = rows[1:]
    random.shuffle(body)
    return [rows[0], *body]


def header_within(rows, random):
    place = random.randrange(len(rows) + 1)
    return [*rows[:place], list(rows[0]), *rows[place:]]


def no_rows(rows, random):
    return rows[: random.choice([0, 1, 2])]


def title_above(rows, random):
    return [["Export of our shop"], *([[]] * random.choice([0, 1])), *rows]


ROWS = [swap, put(HUGE), put(DATES), put(JUNK), whole_column, drop_row, cut_row, widen_row, drop_column, repeat_column,
        repeat_header, empty_cells, repeat_rows, shuffle_rows, header_within, no_rows, title_above]  # fmt: skip


# What may happen to the bytes of a file -------------------------------------------------------------------------------


def cut_off(data, random):
    return data[: random.randrange(len(data) + 1)]


def flip(data, random):
    changed = bytearray(data)
    for _ in range(random.choice([1, 3, 30])):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def insert(data, random):
    for _ in range(random.choice([1, 1, 10])):
        place = random.randrange(len(data) + 1)
        data = data[:place] + random.choice(BYTES) + data[place + random.choice([0, 0, 1, 20]) :]
    return data


def other_encoding(data, random):
    name = random.choice(["utf-16", "utf-16-be", "cp1252", "utf-8-sig", "utf-32", "cp037", "shift_jis"])
    return data.decode("utf-8", "replace").encode(name, "replace")


def other_ends(data, random):
    return data.replace(b"\n", random.choice([b"\r\n", b"\r", b"\n\n", b"\n\r"]))


def mixed_separators(data, random):
    lines = data.split(b"\n")
    place = random.randrange(len(lines))
    lines[place] = lines[place].replace(b",", random.choice([b";", b"\t", b"|", b",,"]))
    return b"\n".join(lines)


def twice(data, random):
    return data + random.choice([b"", b"\n"]) + data


def parts_moved(data, random):
    one, two = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:one] + data[two:] + data[one:two]


CONTENT = [cut_off, flip, insert, other_encoding, other_ends, mixed_separators, twice, parts_moved]


def leaf(data, random):
    """Change one value of a JSON file into something of another kind."""
    values = [None, [], {}, 7, -1e400, "x" * 3000, True, [None], {"a": {"b": 1}}, *HUGE, *DATES, *JUNK]
    content = json.loads(data)
    place, holders = content, []
    while isinstance(place, (dict, list)) and place:
        name = random.choice(list(place) if isinstance(place, dict) else range(len(place)))
        holders.append((place, name))
        place = place[name]
    holder, name = random.choice(holders)
    holder[name] = random.choice(values)
    return json.dumps(content).encode()


def mutated(path: Path, random: Random) -> bytes:
    """Return the content of a golden file after one to three accidents."""
    data = path.read_bytes()
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        if path.suffix == ".json" and random.random() < 0.5:
            try:
                data = leaf(data, random)
            except (ValueError, IndexError, RecursionError):
                data = insert(data, random)
        elif path.suffix in (".csv", ".tsv", ".txt") and random.random() < 0.7:
            data = _changed_rows(data, random.choice(ROWS), random)
        else:
            data = random.choice(CONTENT)(data, random)
    return data


def _changed_rows(data: bytes, change: Callable, random: Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return data
    if not rows:
        return data
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator="\n", escapechar="\\").writerows(change(rows, random))
    return stream.getvalue().encode("utf-8", "surrogateescape")


# The test ------------------------------------------------------------------------------------------------------------


class TooLongError(BaseException):
    """A file that takes longer than any should."""


@contextmanager
def at_most(seconds: float):
    def stop(*_):
        raise TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_or_refused(folder: Path, name: str, faulty: str, thorough: bool = True) -> str:
    """Read the folder and check what must hold whatever happened; say what came of it.

    Whether anybody is named takes longest to look up, and is looked up where `thorough`.
    """
    try:
        with at_most(MOST_SECONDS):
            shop = read_folder(folder, faulty=faulty)
    except DataProblem as problem:
        assert problem.faults
        assert all(fault.file and fault.what and fault.mend for fault in problem.faults), problem
        assert "@example" not in str(problem) + problem.table.to_string()
        return "refused"
    support.assert_accounted(shop)
    assert any(file.startswith(name) for file in shop.log["file"])
    for table in shop.tables.values():
        assert table["file"].notna().all() and (table["row"].fillna(0) >= 1).all()
    return "read" if not thorough or "@example" not in support.everything(shop) else "named"


def test_there_is_something_to_damage():
    assert len({path.parent for path in GOLDEN}) >= 5


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_happens_to_a_file_it_is_read_or_refused(chunk, tmp_path):
    came_of_it = set()
    for number in range(chunk, FILES, CHUNKS):
        random = Random(number)
        path = GOLDEN[number % len(GOLDEN)]
        folder = tmp_path / str(number)
        folder.mkdir()
        for beside in path.parent.glob("*.yml"):
            shutil.copy(beside, folder)
        (folder / path.name).write_bytes(mutated(path, random))
        try:
            came_of_it.add(read_or_refused(folder, path.name, random.choice(["refuse", "drop"]), number % 4 == 0))
        except BaseException as problem:
            problem.add_note(f"file {number}: {path.parent.name}/{path.name}")
            raise
        shutil.rmtree(folder)
    assert came_of_it == {"read", "refused"}
