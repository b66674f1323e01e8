"""What fresh readers met: files of ours among the exports, clocks, headings, and closing lines that say too much."""

import io
import zipfile

import pytest

from crqkit.base import DataProblem, Fault
from crqkit.base.problems import TOLD
from crqkit.cli import main
from crqkit.intake import propose, read_folder, template_columns, template_workbook
from crqkit.report.checked import checked
from crqkit.report.forms import write_form

SALES = "date,customer,amount\n2026-05-01,ana@example.org,5\n2026-05-02,ben@example.org,6\n"
SQUARE = "table: orders\ntimezone: America/New_York\ncolumns: {at: when, total: paid}\n"
SPENT = "channel,date,purpose,amount,currency,new customers\nflyer,2026-05-01,finding,10,USD,1\n"
ASKED = "Timestamp,They do what they promise.,{}\n2026-05-01,5,4\n2026-05-02,4,2\n2026-05-03,5,3\n"


def packed(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def reasons(shop) -> dict[str, str]:
    log = shop.log[shop.log["outcome"] == "not read"]
    return dict(zip(log["file"], log["reason"], strict=True))


def last_line(shop) -> str:
    return list(checked(shop, dropping=False, program="crqkit"))[-1]


def test_a_sheet_without_a_zone_does_not_change_the_clock(put):
    files = {"till.csv": "when,paid\n2026-05-01 23:30,5\n", "till.map.yml": SQUARE}
    shop = read_folder(put(files | {"spend.csv": SPENT}))
    assert shop.settings.timezone == read_folder(put(files, "alone")).settings.timezone == "America/New_York"
    # A day of spending begins at midnight of the shop, four hours behind UTC.
    assert str(shop.spend["at"][0]) == "2026-05-01 04:00:00+00:00"


def test_times_without_a_zone_are_told_once_and_days_never(put):
    days = {"a.csv": SALES, "b.csv": SALES.replace("2026-05-01", "2026-06-01 00:00:00").replace("05-02", "06-02")}
    told = [one for one in read_folder(put(days)).cautions if one.id == "caution.intake.timezone"]
    assert told == []
    clock = {name: text.replace("-01", "-01 10:15") for name, text in days.items()}
    clock["b.csv"] = clock["b.csv"].replace("10:15 00:00:00", "10:15")
    told = [one for one in read_folder(put(clock, "clock")).cautions if one.id == "caution.intake.timezone"]
    assert len(told) == 1 and "a.csv, b.csv" in told[0] and "UTC" in told[0]


def test_what_crqkit_wrote_itself_is_set_aside(put, tmp_path):
    folder = put({"sales.csv": SALES})
    assert main(["report", str(folder), "-o", str(tmp_path / "out")]) == 0
    for path in (tmp_path / "out").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    write_form(folder, shop="BAK", sheets=2)
    found = reasons(read_folder(folder))
    assert {found[name] for name in ("page.html", "page.docx", "page.xlsx")} == {"own"}
    assert found["pocket items.csv"] == found["pocket back-translation.xlsx"] == found["pocket READ ME.txt"] == "own"
    assert found["pocket answers.xlsx"] == "blank"


def test_an_untouched_sheet_alone_is_called_empty(put):
    with pytest.raises(DataProblem, match=r"these sheets are still empty: jobs\.xlsx"):
        read_folder(put({"jobs.xlsx": template_workbook("jobs")}))


def test_what_was_not_read_is_counted_in_the_closing_line(put):
    inner = packed({"more.csv": SALES})
    shop = read_folder(put({"all.zip": packed({"sales.csv": SALES, "inner.zip": inner})}))
    assert reasons(shop) == {"all.zip/inner.zip": "archive"}
    assert last_line(shop).startswith("1 file or page was not read.")
    assert last_line(read_folder(put({"sales.csv": SALES}, "plain"))).startswith("Everything was understood.")


def test_no_path_is_named_that_does_not_exist(put):
    with pytest.raises(DataProblem, match="Unpack the archive") as problem:
        read_folder(put({"a.zip": packed({"odd.csv": "colour,size\nred,4\n"})}))
    assert 'crqkit map "' not in str(problem.value)


def test_a_file_instead_of_its_folder(put):
    folder = put({"sales.csv": SALES})
    with pytest.raises(DataProblem, match=r"this is a file\. Give its folder"):
        read_folder(folder / "sales.csv")


@pytest.mark.parametrize("heading", ["They care about me and not just about the sale.", "They remember"])
def test_a_heading_nearly_of_the_form_is_told(heading, put):
    shop = read_folder(put({"paper.csv": ASKED.format(heading)}))
    told = [one for one in shop.cautions if one.id == "caution.intake.heading"]
    if heading == "They remember":  # Two words are too few to mean a question by.
        assert not told
        return
    assert told and "Did you mean 'They care about me and not only about the sale.'?" in told[0]
    assert not last_line(shop).startswith("Everything")


def test_one_bad_cell_does_not_hide_what_a_column_is(tmp_path):
    rows = [f"2026-05-{day:02d};K{day};{day},50" for day in range(1, 10)]
    (tmp_path / "till.csv").write_text("\n".join(["Tag;Kundin;Betrag", *rows, "soon;K3;free"]) + "\n")
    text = propose(tmp_path / "till.csv")
    assert "table: orders" in text and '"Tag", row 11; "Betrag", row 11' in text


def test_every_fault_is_printed_in_order(put, capsys):
    rows = "".join(f"2026-05-01,ana,x{place}\n" for place in range(150))
    folder = put({"b.csv": "date,customer,amount\n" + rows, "a.csv": "date,customer,amount\n" + rows})
    assert main(["check", str(folder)]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if "row " in line]
    assert len(lines) == TOLD and lines[0].strip().startswith("a.csv, row 2")
    assert lines[150].strip().startswith("b.csv, row 2")


def test_more_faults_than_are_told_are_counted():
    problem = DataProblem([Fault("x", "y", row=row) for row in range(TOLD + 3)])
    assert problem.whole().endswith("... and 3 more.") and len(str(problem).splitlines()) == 7


def test_settings_and_options_have_no_columns():
    assert str(Fault("x", "y", "shop.yml", column="name")) == "in shop.yml, 'name': x. y"
    assert str(Fault("x", "y", column="--as-of")).startswith("'--as-of': x")


@pytest.mark.parametrize(
    ("sheet", "needed", "present"),
    [
        ("jobs", set(), {"promised", "done"}),
        ("orders", {"date", "amount"}, {"customer"}),
        ("interactions", {"date"}, {"channel", "solved"}),
        ("reviews", {"date", "rating"}, {"review_text"}),
        ("referrals", {"referrer"}, {"customer"}),
        ("subscriptions", {"customer", "started"}, {"ended"}),
    ],
)
def test_needed_is_what_a_row_needs(sheet, needed, present):
    columns = template_columns(sheet)
    assert set(columns["column"][columns["needed"]]) == needed
    assert set(columns["column"][columns["present"]]) == present
    optional = columns[columns["meaning"].str.contains("eave it empty")]
    assert not optional["needed"].any()


def test_the_page_about_the_sheets_speaks_of_all(tmp_path, capsys):
    for name in ("jobs", "orders"):
        assert main(["template", name, "-o", str(tmp_path)]) == 0
    text = (tmp_path / "how to fill in the sheets.html").read_text(encoding="utf-8")
    assert "jobs.xlsx" in text and "orders.xlsx" in text and "the column, not each cell" in text
