import pytest

from crqkit.base import DataProblem
from crqkit.base.files import write_all, write_file
from crqkit.base.scrub import scrub


def test_files_are_written_whole_and_nothing_is_left_beside_them(tmp_path):
    write_file(tmp_path / "new" / "a.txt", "grün")
    assert (tmp_path / "new" / "a.txt").read_text(encoding="utf-8") == "grün"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_when_one_cannot_be_written_none_is(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(DataProblem, match="a folder of that name is in the way"):
        write_all({tmp_path / "a.txt": b"new", tmp_path / "b.txt": b"new"})
    assert (tmp_path / "a.txt").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("write to Ana.B+x@example.co.uk now", "write to [removed] now"),
        ("call 0171 / 234 56 78 today", "call [removed] today"),
        ("(040) 123-4567", "[removed]"),
        ("from 10.0.0.12", "from [removed]"),
        ("at 2001:db8:85a3::8a2e", "at [removed]"),
        ("see https://example.org/u/ana", "see [removed]"),
        ("paid 1,234,567.00 on 2026-05-01 14:02:11", "paid 1,234,567.00 on 2026-05-01 14:02:11"),
        ("8 of 10, since 12.05.2026", "8 of 10, since 12.05.2026"),
    ],
)
def test_scrub(text, clean):
    assert scrub(text) == clean
