"""Folders within the folder, and archives: found, named by their place, and never trusted."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from crqkit.base import DataProblem
from crqkit.intake import listing as listings
from crqkit.intake import read_folder, who

SALES = "date,customer,amount\n2026-01-01,ana@example.org,5.50\n"
LATER = "date,customer,amount\n2026-02-01,ben@example.org,7.00\n"


def packed(files: dict[str, str], links: tuple[str, ...] = ()) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = (stat.S_IFLNK if name in links else stat.S_IFREG) << 16
            archive.writestr(member, content)
    return stream.getvalue()


def outcomes(shop) -> dict[str, str]:
    log = shop.log[shop.log["outcome"].isin(["kept", "not read"])]
    return dict(zip(log["file"], log["reason"].where(log["outcome"] == "not read", "kept"), strict=True))


def test_folders_within_the_folder_are_read(put):
    folder = put({"sales.csv": SALES})
    (folder / "older" / "2025").mkdir(parents=True)
    (folder / "older" / "2025" / "sales.csv").write_text(LATER)
    shop = read_folder(folder)
    assert shop.orders["file"].tolist() == ["sales.csv", "older/2025/sales.csv"]
    assert shop.orders["total"].tolist() == [5.5, 7.0]


def test_a_mapping_lies_beside_its_file_in_the_inner_folder(put):
    folder = put({"sales.csv": SALES})
    (folder / "till").mkdir()
    (folder / "till" / "kasse.csv").write_text("Tag;Betrag\n01.02.2026;3,50\n")
    (folder / "till" / "kasse.map.yml").write_text("table: orders\ncolumns: {at: Tag, total: Betrag}\n")
    assert read_folder(folder).orders["total"].tolist() == [5.5, 3.5]


def test_the_folder_of_another_shop_stays_closed(put):
    folder = put({"sales.csv": SALES})
    (folder / "other").mkdir()
    (folder / "other" / "shop.yml").write_text("name: Other\n")
    (folder / "other" / "sales.csv").write_text(LATER)
    shop = read_folder(folder)
    assert len(shop.orders) == 1 and outcomes(shop)["other"] == "folder"


def test_an_archive_is_read_as_a_folder(put):
    inside = {"exports/jan.csv": SALES, "exports/feb.csv": LATER, "__MACOSX/._jan.csv": "x", "exports/photo.png": "x"}
    shop = read_folder(put({"all.zip": packed(inside)}))
    assert shop.orders["file"].tolist() == ["all.zip/exports/jan.csv", "all.zip/exports/feb.csv"]
    assert outcomes(shop)["all.zip/exports/photo.png"] == "kind"


def test_what_is_unknown_in_an_archive_is_set_aside_where_the_rest_is_understood(put):
    inside = {"sales.csv": SALES, "settings.csv": "colour,size\nred,4\n", "data.json": '{"a": 1}'}
    shop = read_folder(put({"takeout.zip": packed(inside)}))
    assert outcomes(shop) == {
        "takeout.zip/sales.csv": "kept", "takeout.zip/settings.csv": "unknown", "takeout.zip/data.json": "unknown",
    }  # fmt: skip


def test_an_archive_of_nothing_known_is_refused(put):
    with pytest.raises(DataProblem, match=r"takeout\.zip/settings\.csv: this file is of no known kind"):
        read_folder(put({"takeout.zip": packed({"settings.csv": "colour,size\nred,4\n"})}))


def test_a_faulty_row_in_an_archive_is_named(put):
    with pytest.raises(DataProblem, match=r"a\.zip/sales\.csv.*row 3"):
        read_folder(put({"a.zip": packed({"sales.csv": SALES + "2026-01-02,ben,abc\n"})}))


def test_names_in_an_archive_lead_nowhere(put, tmp_path):
    inside = {"../../sales.csv": SALES, "/etc/later.csv": LATER, "link.csv": "/etc/passwd"}
    before = {path for path in tmp_path.rglob("*") if "crqkit-private" not in str(path)}
    shop = read_folder(put({"a.zip": packed(inside, links=("link.csv",))}))
    assert sorted(shop.orders["file"]) == ["a.zip/etc/later.csv", "a.zip/sales.csv"]
    after = {path for path in tmp_path.rglob("*") if "crqkit-private" not in str(path)}
    assert {path.name for path in after - before} == {"shop", "a.zip"}


def test_an_archive_that_would_fill_the_disk_is_refused(put, monkeypatch):
    monkeypatch.setattr(listings, "MOST_BYTES", 20)
    with pytest.raises(DataProblem, match="too large to unpack"):
        read_folder(put({"a.zip": packed({"sales.csv": SALES})}))


@pytest.mark.parametrize("cut", [10, 60, -30])
def test_a_damaged_archive_is_named(put, cut):
    with pytest.raises(DataProblem, match=r"a\.zip: this archive is damaged"):
        read_folder(put({"a.zip": packed({"sales.csv": SALES})[:cut]}))


def test_a_person_is_found_again_in_an_archive(put):
    folder = put({"a.zip": packed({"sales.csv": SALES})})
    key = read_folder(folder).orders["customer_key"][0]
    found = who(key, folder)
    assert found["identifier"].tolist() == ["ana@example.org"] and found["file"].tolist() == ["a.zip/sales.csv"]


def test_nothing_is_left_behind(put, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_folder(put({"a.zip": packed({"sales.csv": SALES})}))
    assert not list(Path(tmp_path).glob("crqkit-*"))
