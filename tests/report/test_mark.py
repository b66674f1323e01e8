"""Each of the three files is sealed: unchanged it is replaced by the next page, changed it is never written over."""

import shutil
import zipfile

import openpyxl
import pytest

from crqkit.base import DataProblem
from crqkit.report import page as write_page
from crqkit.report.mark import is_ours

FILES = ("page.html", "page.xlsx", "page.docx")


@pytest.fixture(scope="module")
def made(reviews_only, tmp_path_factory):
    """Two pages of one shop, each in a folder of its own."""
    folders = [tmp_path_factory.mktemp("mark") for _ in range(2)]
    for folder in folders:
        write_page(reviews_only, folder)
    return folders


def test_the_seal_leaves_the_bytes_the_same_each_time(made):
    for name in FILES:
        assert (made[0] / name).read_bytes() == (made[1] / name).read_bytes()
        assert is_ours(made[0] / name)


def test_what_is_unchanged_is_replaced(reviews_only, made, tmp_path):
    shutil.copytree(made[0], tmp_path / "out")
    write_page(reviews_only, tmp_path / "out")


def _note_in_book(path):
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["Z1"] = "called on Monday"
    book.save(path)


def _note_in_page(path):
    path.write_bytes(path.read_bytes().replace(b"</body>", b"<p>called on Monday</p></body>"))


@pytest.mark.parametrize(("name", "change"), [("page.xlsx", _note_in_book), ("page.html", _note_in_page)])
def test_what_the_owner_changed_is_never_written_over(reviews_only, made, tmp_path, name, change):
    out = tmp_path / "out"
    shutil.copytree(made[0], out)
    change(out / name)
    before = {file: (out / file).read_bytes() for file in FILES}
    with pytest.raises(DataProblem, match="that you have changed") as caught:
        write_page(reviews_only, out)
    assert [fault.file for fault in caught.value.faults] == [str(out / name)]
    assert {file: (out / file).read_bytes() for file in FILES} == before


def test_a_workbook_that_only_speaks_of_crqkit_is_the_owners(tmp_path):
    book = openpyxl.Workbook()
    book.properties.creator, book.properties.keywords = "crqkit", f"crqkit:{'a' * 64}"
    book.save(tmp_path / "page.xlsx")
    assert not is_ours(tmp_path / "page.xlsx")


@pytest.mark.parametrize("seal", ["crqkit", "crqkit:" + "0" * 64, "crqkit:" + "a" * 64])
def test_a_page_without_its_own_seal_is_the_owners(tmp_path, seal):
    (tmp_path / "page.html").write_text(f'<meta name="generator" content="{seal}"><p>mine</p>')
    assert not is_ours(tmp_path / "page.html")


def test_the_workbook_names_no_time_and_no_system(made):
    with zipfile.ZipFile(made[0] / "page.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
