from pathlib import Path

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


def test_when_a_rename_fails_the_old_files_come_back(tmp_path, monkeypatch):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("old")
    rename = Path.replace

    def locked(path, target):
        # As on Windows while a spreadsheet program has b.txt open.
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(DataProblem, match=r"b\.txt.*Permission denied"):
        write_all({tmp_path / name: b"new" for name in ("a.txt", "b.txt", "c.txt")})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old", "b.txt": "old"}


def test_a_file_in_place_of_the_folder_is_said_to_be_one(tmp_path):
    (tmp_path / "out").write_text("I am a file")
    with pytest.raises(DataProblem, match="a file of that name is where a folder should be"):
        write_all({tmp_path / "out" / "page.html": b"new"})


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("write to Ana.B+x@example.co.uk now", "write to [removed] now"),
        ("call 0171 / 234 56 78 today", "call [removed] today"),
        ("(040) 123-4567", "[removed]"),
        ("from 10.0.0.12", "from [removed]"),
        ("at 2001:db8:85a3::8a2e", "at [removed]"),
        ("see https://example.org/u/ana", "see [removed]"),
        ("see www.anna-schmidt.example for more", "see [removed] for more"),
        ("call 06.12.34.56.78 or +49.40.1234567", "call [removed] or [removed]"),
        ("to DE89 3704 0044 0532 0130 00 please", "to [removed] please"),
        ("to DE89370400440532013000", "to [removed]"),
        ("anna(at)example.org or anna [at] example.org", "[removed] or [removed]"),
        ("thanks @anna_s!", "thanks [removed]!"),
        ("v 1.2.3 for 12.50 or 1.234.567,89", "v 1.2.3 for 12.50 or 1.234.567,89"),
        ("paid 1,234,567.00 on 2026-05-01 14:02:11", "paid 1,234,567.00 on 2026-05-01 14:02:11"),
        ("8 of 10, since 12.05.2026", "8 of 10, since 12.05.2026"),
    ],
)
def test_scrub(text, clean):
    assert scrub(text) == clean
