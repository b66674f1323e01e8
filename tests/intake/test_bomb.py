"""Small files that unpack to enormous ones are refused before they are unpacked; real exports are not."""

import io
import time
import zipfile

import openpyxl
import pytest

from crqkit import read_folder
from crqkit.base import DataProblem
from crqkit.intake import bomb, held

SALES = "date,customer,amount\n2026-01-01,ana@example.org,5.50\n"


def workbook(rows=2):
    book = openpyxl.Workbook()
    book.active.append(["date", "customer", "amount"])
    for day in range(1, rows):
        book.active.append([f"2026-01-{day:02d}", "ana@example.org", 5.5])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def padded(content: bytes, more: int) -> bytes:
    """Return a workbook whose page is longer by `more` bytes that pack to almost nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"</sheetData>", b"<row><c><v>1</v></c></row>" * (more // 26) + b"</sheetData>")
            new.writestr(name, part)
    return out.getvalue()


def test_an_archive_that_unpacks_to_far_more_is_refused_at_once(tmp_path):
    block = b"2026-01-01,ana@example.org,5.50\n" * 32_768
    with zipfile.ZipFile(tmp_path / "sales.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("sales.csv", "w") as stream:
            stream.write(b"date,customer,amount\n")
            for _ in range(220):
                stream.write(block)
        archive.writestr("noise.csv", SALES)
    start = time.monotonic()
    with pytest.raises(DataProblem, match="too large to unpack"):
        read_folder(tmp_path)
    assert time.monotonic() - start < 10


def test_a_workbook_that_unpacks_to_far_more_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bomb, "MOST_UNPACKED", 1 << 20)
    (tmp_path / "sales.xlsx").write_bytes(padded(workbook(), 3 << 20))
    with pytest.raises(DataProblem, match="this workbook is too large to open"):
        read_folder(tmp_path)


@pytest.mark.parametrize("pads", [0, 1 << 19])
def test_a_workbook_that_is_small_unpacked_is_read(tmp_path, monkeypatch, pads):
    monkeypatch.setattr(bomb, "MOST_UNPACKED", 1 << 20)
    with zipfile.ZipFile(io.BytesIO(padded(workbook(), pads))) as archive:
        assert not bomb.is_bomb(archive)


def test_a_large_export_that_packs_as_exports_do_is_no_bomb(monkeypatch):
    monkeypatch.setattr(bomb, "MOST_UNPACKED", 1 << 20)
    rows = "".join(f"2026-01-{1 + i % 28:02d},p{i}@example.org,{i % 97}.50\n" for i in range(60_000))
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sales.csv", rows)
        assert archive.infolist()[0].file_size > 1 << 20
        assert not bomb.is_bomb(archive)


def test_a_page_has_no_more_rows_than_a_workbook_can_have(tmp_path, monkeypatch):
    (tmp_path / "sales.xlsx").write_bytes(workbook(rows=6))
    assert len(read_folder(tmp_path).orders) == 5
    monkeypatch.setattr(held, "MOST_ROWS", 5)
    with pytest.raises(DataProblem, match="more than 5 rows"):
        read_folder(tmp_path)
