"""Every broken input is refused in one go, saying where it is broken and how to mend it, and nothing is written."""

import io
import json
from contextlib import suppress
from random import Random

import pytest

from crqkit import cli
from crqkit.base import ChoiceProblem, DataProblem, Fault
from crqkit.intake import propose, read_folder, who

SHEET = "date,customer,amount\n"
MAP = "table: orders\ncolumns: {at: when, total: paid}\n"
FORM = "Timestamp,They do what they promise.,How likely are you to recommend us to a friend?\n"
REVIEW = {"reviewId": "r1", "starRating": "FIVE", "createTime": "2026-01-01T10:00:00Z"}
HEAD = (
    "Name,Email,Financial Status,Created at,Subtotal,Total,Lineitem quantity,Lineitem name,Lineitem price,"
    "Refunded Amount\n"
)
LINE = "#1,ana@example.org,paid,2026-01-05 10:00:00 +0100,10.00,10.00,1,Mug,10.00,0.00\n"


def workbook(*rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# name: (files, part of the file's name, row, column, words of what is wrong, words of the mend)
BROKEN = {
    "an empty folder": (
        {},
        'shop', None, '', 'no data file', 'Put your exports',
    ),
    "only a picture": (
        {'a.png': b'\x89PNG'},
        'shop', None, '', 'no data file but: a.png', 'crqkit map',
    ),
    "an empty file": (
        {'a.csv': ''},
        'a.csv', None, '', 'empty', 'Export it again',
    ),
    "only blank lines": (
        {'a.csv': '\n\n  \n'},
        'a.csv', None, '', 'no table', 'Export it again',
    ),
    "a header and no rows": (
        {'a.csv': SHEET},
        'a.csv', None, '', 'no rows', 'Export it again',
    ),
    "a file of no known kind": (
        {'a.csv': 'x,y\n1,2\n'},
        'a.csv', None, '', 'no known kind', '/a.csv" and look over',
    ),
    "a Shopify file that lacks columns": (
        {'a.csv': HEAD.replace('Email,', '').replace('Total,', '') + 'x\n'},
        'a.csv', None, '', 'orders of Shopify, for which is missing: Email, Total', 'crqkit map',
    ),
    "an old workbook": (
        {'a.xls': b'\xd0\xcf'},
        'a.xls', None, '', '.xls', 'save it as xlsx',
    ),
    "a zip": (
        {'a.zip': b'PK'},
        'a.zip', None, '', 'archive is damaged', 'Unpack it',
    ),
    "a Numbers sheet": (
        {'a.numbers': b'PK'},
        'a.numbers', None, '', '.numbers', 'CSV',
    ),
    "no workbook inside": (
        {'a.xlsx': b'not a zip'},
        'a.xlsx', None, '', 'workbook', 'save it again as xlsx',
    ),
    "a workbook with an error": (
        {'a.xlsx': workbook(['date', 'customer', 'amount'], ['2026-01-01', '7', '#REF!'])},
        'a.xlsx', 2, 'amount', 'error left by a spreadsheet', 'Mend the formula',
    ),
    "an empty workbook": (
        {'a.xlsx': workbook()},
        'a.xlsx', None, '', 'holds no table', 'Export it again',
    ),
    "cut-off JSON": (
        {'a.json': '{"reviews": [\n{"reviewId": '},
        'a.json', None, '', 'breaks at line 2', 'Download',
    ),
    "JSON without entries": (
        {'a.json': '{"x": 1}'},
        'a.json', None, '', 'no list of entries', 'Download',
    ),
    "JSON of another kind": (
        {'a.json': '[{"x": 1}]'},
        'a.json', None, '', 'no known kind', 'crqkit map',
    ),
    "no encoding": (
        {'a.csv': SHEET.encode() + b'2026-01-01,\x81\x8d\xff,1\n'},
        'a.csv', None, '', 'encoding', 'UTF-8',
    ),
    "too many fields": (
        {'a.csv': SHEET + '2026-01-01,7,1,99\n'},
        'a.csv', 2, '', '4 fields where the header has 3', 'Mend this row',
    ),
    "too few fields": (
        {'a.csv': SHEET + '2026-01-01,7,1\n2026-01-02,7\n'},
        'a.csv', 3, '', 'only 2 fields', 'Mend this row',
    ),
    "an unclosed quote": (
        {'a.csv': SHEET + '2026-01-01,7,1\n2026-01-02,"7,1\n'},
        'a.csv', 3, '', 'never closed', 'Mend this row',
    ),
    "a NUL byte": (
        {'a.csv': SHEET + '2026-01-01,7,1\n2026-01-02,\x007,1\n'},
        'a.csv', 3, '', 'NUL', 'Mend this row',
    ),
    "words for an amount": (
        {'a.csv': SHEET + '2026-01-01,7,1\n2026-01-02,7,ten\n'},
        'a.csv', 3, 'amount', 'not a number', 'like 12.50',
    ),
    "a doubtful decimal mark": (
        {'a.csv': SHEET + '2026-01-01,7,"1,234"\n'},
        'a.csv', None, 'amount', 'decimal', 'decimal: ","',
    ),
    "two decimal marks": (
        {'a.csv': SHEET + '2026-01-01,7,1.5\n2026-01-02,7,2.5\n2026-01-02,7,"2,5"\n'},
        'a.csv', 4, 'amount', 'not a number', 'same decimal mark',
    ),
    "two currencies": (
        {'a.csv': SHEET + '2026-01-01,7,€3\n2026-01-02,7,£4\n'},
        'a.csv', None, 'amount', 'more than one currency', 'Keep one',
    ),
    "no amount": (
        {'a.csv': SHEET + '2026-01-01,7,1\n2026-01-02,7,\n'},
        'a.csv', 3, 'amount', 'amount is missing', 'Fill in',
    ),
    "no date": (
        {'a.csv': SHEET + '2026-01-01,7,1\n,7,2\n'},
        'a.csv', 3, 'date', 'date is missing', 'Fill in',
    ),
    "an impossible date": (
        {'a.csv': SHEET + '2026-02-30,7,1\n'},
        'a.csv', 2, 'date', 'there is no such day', 'Correct this date',
    ),
    "an impossible date in a column of points": (
        {'a.csv': SHEET + '30.01.2026,7,1\n31.02.2026,7,1\n'},
        'a.csv', 3, 'date', 'there is no such day', 'Correct this date.',
    ),
    "no date in a column of points": (
        {'a.csv': SHEET + '30.01.2026,7,1\nsoon,7,1\n'},
        'a.csv', 3, 'date', 'not a date', 'Write it like 30.01.2026, as in the rest of the column.',
    ),
    "a web page": (
        {'a.csv': '\n<!DOCTYPE html>\n<html><body>Sign in, please</body></html>\n'},
        'a.csv', None, '', 'a web page, not a table', 'download the export again',
    ),
    "a mapping with an unknown dimension": (
        {'a.csv': 'x\n1\n', 'a.map.yml': 'table: responses\nitems: [{id: x, low: 1, high: 5, dimension: fairnes}]\n'},
        'a.map.yml', None, 'items', 'dimension is not known', 'Did you mean fairness? Write one of: trust, commitment',
    ),
    "a shop.yml with a bad name": (
        {'a.csv': SHEET + '2026-01-01,7,1\n', 'shop.yml': 'name: 7\n'},
        'shop.yml', None, 'name', 'should be a text', 'Mend this line, or delete it.',
    ),
    "a date in the future": (
        {'a.csv': SHEET + '2199-01-01,7,1\n'},
        'a.csv', 2, 'date', 'future', 'Mend the date',
    ),
    "a date before 1990": (
        {'a.csv': SHEET + '1899-12-30,7,1\n'},
        'a.csv', 2, 'date', 'before 1990', 'Mend the year',
    ),
    "day or month first": (
        {'a.csv': SHEET + '01/02/2026,7,1\n'},
        'a.csv', None, 'date', 'day-first', 'date_order: day-first or date_order: month-first',
    ),
    "one number for two orders": (
        {'a.csv': 'order,date,customer,amount\n1,2026-01-01,7,1\n1,2026-01-01,7,2\n'},
        'a.csv', 3, 'order', 'same order number', 'one row an order',
    ),
    "one number in two files": (
        {
            'a.csv': 'order,date,customer,amount\n1,2026-01-01,7,1\n',
            'b.csv': 'order,date,customer,amount\n1,2026-03-01,8,1\n',
        },
        'a.csv', 2, 'order', 'another order in b.csv', 'source: NAME',
    ),
    "an order without its first row": (
        {'a.csv': HEAD + LINE + '#2,,,,,,1,Cap,2.00,\n'},
        'a.csv', 3, 'Name', 'first row is missing', 'Keep all rows',
    ),
    "a broken line of an order": (
        {'a.csv': HEAD + LINE + '#1,ana@example.org,,2026-01-05 10:00:00 +0100,,,many,Cap,2.00,\n'},
        'a.csv', 3, 'Lineitem quantity', 'not a number', '12.50',
    ),
    "an answer off the scale": (
        {'a.csv': FORM + '2026-01-01 10:00,7,9\n'},
        'a.csv', 2, 'They do what they promise.', 'outside the scale 1 to 5', 'Mend the answer',
    ),
    "an answer that is no rating": (
        {'a.csv': FORM + '2026-01-01 10:00,4,8/10\n'},
        'a.csv', 2, 'recommend', 'not a rating', 'number from 0 to 10',
    ),
    "an answer without a time": (
        {'a.csv': FORM + '2026-01-01 10:00,4,8\n,4,8\n'},
        'a.csv', 3, 'Timestamp', 'date is missing', 'Fill in',
    ),
    "six stars": (
        {'a.json': json.dumps([REVIEW | {'starRating': 'SIX'}])},
        'a.json', 1, 'starRating', 'not a number', 'Write it',
    ),
    "seven of five stars": (
        {'a.csv': 'date,rating,review_text\n2026-01-01,7,x\n'},
        'a.csv', 2, 'rating', 'outside 1 to 5', 'Mend',
    ),
    "a review without stars": (
        {'a.json': json.dumps([REVIEW, REVIEW | {'reviewId': 'r2', 'starRating': None}])},
        'a.json', 2, 'starRating', 'missing', 'Fill in',
    ),
    "a mapping that is no YAML": (
        {'a.csv': 'x\n1\n', 'a.map.yml': 'table: [orders\n'},
        'a.map.yml', None, '', 'not valid YAML', 'Mend that line',
    ),
    "a mapping that is a list": (
        {'a.csv': 'x\n1\n', 'a.map.yml': '- a\n'},
        'a.map.yml', None, '', 'pairs of name: value', 'crqkit map',
    ),
    "a mapping with an unknown key": (
        {'a.csv': 'when,paid\n', 'a.map.yml': MAP + 'colums: {}\n'},
        'a.map.yml', None, 'colums', 'not known', 'columns?',
    ),
    "a mapping of an unknown table": (
        {'a.csv': 'x\n', 'a.map.yml': 'table: sales\n'},
        'a.map.yml', None, 'table', 'not known', 'orders or responses',
    ),
    "a mapping without a table": (
        {'a.csv': 'x\n', 'a.map.yml': 'columns: {at: x}\n'},
        'a.map.yml', None, 'table', 'needs to say its table', 'table: orders',
    ),
    "a mapping with an unknown column": (
        {'a.csv': 'x\n', 'a.map.yml': MAP.replace('at:', 'when:')},
        'a.map.yml', None, 'when', 'not known', 'knows: order_id',
    ),
    "a mapping without an amount": (
        {'a.csv': 'x\n', 'a.map.yml': 'table: orders\ncolumns: {at: x}\n'},
        'a.map.yml', None, 'columns', 'needs the column total or net', 'Add the line',
    ),
    "a mapping of answers without items": (
        {'a.csv': 'x\n', 'a.map.yml': 'table: responses\n'},
        'a.map.yml', None, 'items', 'needs items', 'crqkit map',
    ),
    "a mapping with a rating without scale": (
        {'a.csv': 'x\n', 'a.map.yml': 'table: responses\nitems: [{id: x}]\n'},
        'a.map.yml', None, 'items', 'two ends of its scale', 'low below high',
    ),
    "a mapping with a bad value": (
        {'a.csv': 'x\n', 'a.map.yml': MAP + 'date_order: daily\n'},
        'a.map.yml', None, 'date_order', 'not known', 'day-first or month-first',
    ),
    "a mapping with a bad zone": (
        {'a.csv': 'x\n', 'a.map.yml': MAP + 'timezone: Berlin\n'},
        'a.map.yml', None, 'timezone', 'time zone', 'Europe/Berlin',
    ),
    "a mapping that names absent columns": (
        {'a.csv': 'when,sum\n2026-01-01,1\n', 'a.map.yml': MAP},
        'a.csv', None, 'paid', 'missing', 'The file has: when, sum',
    ),
    "a mapping whose header does not fit": (
        {'a.csv': '2026-01-01,1,2\n', 'a.map.yml': MAP + 'header: [when, paid]\n'},
        'a.csv', None, 'header', 'names 2 columns', '3 columns',
    ),
    "a shop.yml with a bad zone": (
        {'a.csv': SHEET + '2026-01-01,7,1\n', 'shop.yml': 'timezone: Mars\n'},
        'shop.yml', None, 'timezone', 'time zone', 'Europe/Berlin',
    ),
    "a shop.yml with an unknown key": (
        {'a.csv': SHEET + '2026-01-01,7,1\n', 'shop.yml': 'nmae: X\n'},
        'shop.yml', None, 'nmae', 'not known', 'name?',
    ),
    "a shop.yml with a bad date": (
        {'a.csv': SHEET + '2026-01-01,7,1\n', 'shop.yml': 'opened: spring\n'},
        'shop.yml', None, 'opened', 'should be a date', 'Write it like 2019-03-01.',
    ),
    "a shop.yml that is no YAML": (
        {'a.csv': SHEET + '2026-01-01,7,1\n', 'shop.yml': 'name: "x\n'},
        'shop.yml', None, '', 'not valid YAML', 'Mend that line',
    ),
    "a mapping whose items are of the wrong kind": (
        {'a.csv': 'x\n', 'a.map.yml': 'table: responses\nitems: [{id: [x], reverse: maybe}]\n'},
        'a.map.yml', None, 'items 1: id', 'should be a text', 'mend this line',
    ),
    "a mapping with a scale of words": (
        {'a.csv': 'x\n', 'a.map.yml': 'table: responses\nitems: [{id: x}]\nscale: {low: 1, high: ten}\n'},
        'a.map.yml', None, 'scale: high', 'should be a number', 'mend this line',
    ),
    "a mapping with a bad date format": (
        {'a.csv': 'x\n', 'a.map.yml': MAP + 'date_format: "%d.%q"\n'},
        'a.map.yml', None, 'date_format', 'a format like', 'mend this line',
    ),
}  # fmt: skip


def inside(folder):
    return {
        path.name: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "crqkit-private" not in path.parts
    }


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_refused_and_the_place_is_named(name, put):
    files, file, row, column, what, mend = BROKEN[name]
    folder = put(files)
    before = inside(folder)
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    fault = problem.value.faults[0]
    assert fault.file.endswith(file) and fault.row == row and column in fault.column
    assert what in fault.what and mend in fault.mend
    assert inside(folder) == before


@pytest.mark.parametrize("name", BROKEN)
def test_the_command_refuses_with_one_message_and_writes_no_page(name, put, capsys):
    folder = put(BROKEN[name][0])
    before = inside(folder)
    out = folder.parent / "page"
    assert cli.main(["report", str(folder), "-o", str(out)]) == cli.REFUSED
    printed = capsys.readouterr()
    assert "in the data:" in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert not out.exists()
    assert inside(folder) == before


def test_there_are_enough():
    assert len(BROKEN) >= 45


def test_all_faults_of_all_files_come_at_once(put):
    folder = put(
        {
            "a.csv": SHEET + "2026-02-30,7,ten\n2026-01-02,7\n",
            "b.csv": "x,y\n1,2\n",
            "c.csv": FORM + "2026-01-01 10:00,7,9\n",
            "shop.yml": "timezone: Mars\nopened: spring\n",
        }
    )
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    table = problem.value.table
    assert len(table) == 7 and set(table["file"]) == {"a.csv", "b.csv", "c.csv", "shop.yml"}
    assert (table["mend"] != "").all()


def test_faulty_rows_may_be_dropped_but_not_faulty_files(put):
    rows = "2026-02-30,7,1\n2026-01-02,7\n2026-01-03,8,5\n2026-01-04,9,6\n"
    shop = read_folder(put({"a.csv": SHEET + rows}), faulty="drop")
    assert shop.orders["total"].tolist() == [5, 6]
    log = shop.log.set_index(["outcome", "reason"])["rows"]
    assert (log["read", ""], log["kept", ""], log["dropped", "faulty"]) == (4, 2, 2)
    with pytest.raises(DataProblem, match="no known kind"):
        read_folder(put({"b.csv": "x,y\n1,2\n"}), faulty="drop")


def test_a_faulty_line_drops_its_order(put):
    more = "#1,,,,,,many,Cap,2.00,\n#2,ben@example.org,paid,2026-01-06 10:00:00 +0100,3,3,1,Cap,3,0\n"
    shop = read_folder(put({"a.csv": HEAD + LINE + more}), faulty="drop")
    assert shop.orders["order_id"].tolist() == ["#2"] and shop.order_lines["order_id"].tolist() == ["#2"]


def test_many_faults_are_summed_up(put):
    with pytest.raises(DataProblem) as problem:
        read_folder(put({"a.csv": SHEET + "2026-01-01,7,x\n" * 500}))
    assert len(problem.value.faults) == 200 and "and 300 more rows" in problem.value.faults[-1].what
    shop = read_folder(put({"a.csv": SHEET + "2026-01-01,7,x\n" * 500 + "2026-01-01,7,3\n"}), faulty="drop")
    assert shop.orders["total"].tolist() == [3]


def test_faults_name_no_person(put):
    folder = put({"a.csv": SHEET + "2026-01-01,7,ana@example.org\n2026-01-01,7,+49 170 1234567\n"})
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    said = str(problem.value) + problem.value.table.to_string()
    assert "ana@" not in said and "1234567" not in said


JUNK = [
    b'"',
    b",",
    b";",
    b"\n",
    b"\0",
    b"\xff",
    b"#REF!",
    b"-",
    b"",
    b"\t",
    b"1,234",
    b"31/12/2026",
    b"\r",
    b"NaN",
    b"[]",
    b"null",
]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_to_a_file_no_row_is_lost_and_nothing_but_a_problem_is_raised(seed, golden):
    random = Random(seed)
    folder = golden("shop")
    clean = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    for _ in range(10):
        path = random.choice(list(clean))
        content = clean[path]
        for _ in range(random.choice([1, 1, 3, 20])):
            start = random.randrange(len(content) + 1)
            content = content[:start] + random.choice(JUNK) + content[start + random.choice([0, 1, 10, 100]) :]
        path.write_bytes(content)
        with suppress(DataProblem):
            shop = read_folder(folder, faulty="drop")
            for _, rows in shop.log.groupby("file"):
                by = rows.groupby("outcome")["rows"].sum()
                assert by.get("read", 0) == by.get("kept", 0) + by.get("dropped", 0)
        path.write_bytes(clean[path])


def test_arguments_are_checked(put, tmp_path):
    with pytest.raises(ChoiceProblem, match="refuse, drop"):
        read_folder(put({}), faulty="ignore")
    with pytest.raises(DataProblem, match="no such folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(DataProblem, match="no such file"):
        propose(tmp_path / "nowhere.csv")
    with pytest.raises(DataProblem, match="no customer key"):
        who("Ana", tmp_path)
    with pytest.raises(DataProblem, match="holds no key"):
        who("CABCDEFABCDEF", tmp_path)


def test_a_damaged_key_is_not_replaced(put):
    folder = put({"a.csv": SHEET + "2026-01-01,7,1\n"})
    (folder / "crqkit-private").mkdir()
    (folder / "crqkit-private" / "key.txt").write_text("12345")
    with pytest.raises(DataProblem, match="the key is damaged") as problem:
        read_folder(folder)
    assert isinstance(problem.value.faults[0], Fault)
    assert (folder / "crqkit-private" / "key.txt").read_text() == "12345"
