"""Many shops at once: one that fails does not stop the rest, and nothing of one is in the page of another."""

import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from crqkit import cli, read_folder
from crqkit.base.files import write_all
from crqkit.report.many import go_round

NAMES = [f"shop {letter}" for letter in "abcdefghijklmnopqrst"]
FILES = ["page.docx", "page.html", "page.xlsx"]


def make(folder, person="ana", rows=40, settings=""):
    """A shop of one customer who comes every third day, and some who come once."""
    folder.mkdir(parents=True)
    days = pd.date_range("2026-01-01", periods=rows, freq="3D")
    lines = [f"{day:%Y-%m-%d},{person if n % 2 else f'{person}{n}'}@example.org,{n + 5}" for n, day in enumerate(days)]
    (folder / "sales.csv").write_text("\n".join(["date,email,amount", *lines]) + "\n")
    (folder / "sales.map.yml").write_text("table: orders\ncolumns: {at: date, customer_key: email, total: amount}\n")
    (folder / "shop.yml").write_text(f"name: The name of {folder.name}\n{settings}")
    return folder


def spoil(folder):
    (folder / "sales.csv").write_text(
        "date,email,amount\n2026-05-01,ana@example.org,ten\n2026-05-02,b@example.org,six\n"
    )
    return folder


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def written(folder):
    """Return all text that a page's three files hold."""
    texts = [(folder / "page.html").read_text(encoding="utf-8")]
    for name in ("page.docx", "page.xlsx"):
        with zipfile.ZipFile(folder / name) as archive:
            texts += [archive.read(part).decode("utf-8", errors="ignore") for part in archive.namelist()]
    return "\n".join(texts)


def test_two_shops_of_which_one_fails(tmp_path, capsys):
    good, bad = make(tmp_path / "good"), spoil(make(tmp_path / "bad"))
    assert run("report", bad, good, "-o", tmp_path / "out") == cli.REFUSED
    told = capsys.readouterr()
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.*")) == FILES
    assert "bad/sales.csv, row 2, column 'amount'" in told.err
    assert "bad/sales.csv, row 3" in told.err
    assert "--drop-faulty" in told.err
    assert "Traceback" not in told.err
    assert told.out.strip().endswith("1 of 2 pages were made.")


@pytest.mark.slow
def test_twenty_shops_of_which_three_fail(tmp_path, capsys):
    folders = [make(tmp_path / name, rows=12) for name in NAMES]
    spoil(folders[3])
    (folders[11] / "shop.yml").write_text("timezone: Mars/Olympus\n")
    shutil.rmtree(folders[19])
    assert run("report", *folders, "-o", tmp_path / "out") == cli.REFUSED
    told = capsys.readouterr()
    made = {path.parent.name for path in (tmp_path / "out").rglob("page.html")}
    assert made == set(NAMES) - {"shop d", "shop l", "shop t"}
    assert all(sorted(path.name for path in (tmp_path / "out" / name).iterdir()) == FILES for name in made)
    # All faults come at the end, once each shop was read, and name the shop.
    before, after = told.err.split("(20 of 20) ...")
    assert "fault" not in before
    assert [name in after for name in ("shop d/sales.csv", "shop l/shop.yml", "shop t")] == [True] * 3
    assert told.out.strip().endswith("17 of 20 pages were made.")
    keys = {(folder / "crqkit-private" / "key.txt").read_text() for folder in folders if folder.name in made}
    assert len(keys) == 17


def test_all_good_is_said_too(tmp_path, capsys):
    folders = [make(tmp_path / name) for name in NAMES[:2]]
    assert run("report", *folders, "-o", tmp_path / "out") == 0
    assert capsys.readouterr().out.strip().endswith("2 of 2 pages were made.")
    assert run("report", folders[0], "-o", tmp_path / "one") == 0
    assert "pages were made" not in capsys.readouterr().out


def test_nothing_of_one_shop_enters_the_page_of_another(tmp_path):
    a = make(tmp_path / "shop a", settings="currency: EUR\n")
    b = make(tmp_path / "shop b", person="ben", rows=31, settings="currency: CHF\n")
    shutil.copy(a / "sales.csv", b / "march.csv")
    shutil.copy(a / "sales.map.yml", b / "march.map.yml")
    assert run("report", a, b, "-o", tmp_path / "both") == 0
    texts = {name: written(tmp_path / "both" / name) for name in ("shop a", "shop b")}
    assert "shop b" not in texts["shop a"]
    assert "shop a" not in texts["shop b"]
    assert "CHF" not in texts["shop a"]
    assert "EUR" not in texts["shop b"]
    # The same persons are in both shops, under keys of their own.
    keys = {folder.name: set(read_folder(folder).orders["customer_key"]) for folder in (a, b)}
    assert len(keys["shop a"]) > 20
    assert keys["shop a"].isdisjoint(keys["shop b"])
    assert not any(key in texts["shop b"] for key in keys["shop a"])
    # Made alone, each page has the same bytes as in company.
    for folder in (a, b):
        for path in (folder / "crqkit-private").rglob("*.json"):
            path.unlink()
        assert run("report", folder, "-o", tmp_path / "alone" / folder.name) == 0
        for name in ("page.docx", "page.html"):
            together, alone = (tmp_path / way / folder.name / name for way in ("both", "alone"))
            assert together.read_bytes() == alone.read_bytes()


def test_a_page_that_cannot_be_written_leaves_the_old_one_and_the_others(tmp_path, capsys):
    folders = [make(tmp_path / name) for name in NAMES[:3]]
    out = tmp_path / "out"
    (out / "shop b").mkdir(parents=True)
    (out / "shop b" / "page.xlsx").write_bytes(b"mine")
    assert run("report", *folders, "-o", out) == cli.REFUSED
    told = capsys.readouterr()
    assert [path.name for path in (out / "shop b").iterdir()] == ["page.xlsx"]
    assert not (folders[1] / "crqkit-private" / "snapshots").exists()
    assert "a file of yours" in told.err
    assert "2 of 3 pages were made." in told.out


def test_ctrl_c_leaves_the_pages_made_so_far_whole(tmp_path, capsys, monkeypatch):
    from crqkit.report import workbook

    folders = [make(tmp_path / name) for name in NAMES[:3]]
    spoil(folders[0])
    real, calls = workbook.workbook, []

    def interrupted(page):
        calls.append(page)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(page)

    monkeypatch.setattr(workbook, "workbook", interrupted)
    assert run("report", *folders, "-o", tmp_path / "out") == cli.STOPPED
    told = capsys.readouterr()
    assert "Stopped. 1 of 3" in told.err
    assert "shop a/sales.csv" in told.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["shop b"]
    assert sorted(path.name for path in (tmp_path / "out" / "shop b").iterdir()) == FILES


@pytest.mark.parametrize("place", range(1, 7))
def test_ctrl_c_while_files_change_places_brings_the_old_ones_back(place, tmp_path, monkeypatch):
    files = [tmp_path / name for name in FILES]
    write_all(dict.fromkeys(files, b"old"))
    real, calls = Path.replace, []

    def interrupted(self, target):
        calls.append(self)
        if len(calls) == place:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all(dict.fromkeys(files, b"new"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(FILES, b"old")


def test_what_nobody_foresaw_is_raised_after_all_else_is_told(tmp_path, capsys, monkeypatch):
    import crqkit.report

    folders = [make(tmp_path / name) for name in NAMES[:3]]
    real = crqkit.report.page

    def broken(shop, out, **options):
        if shop.folder.name == "shop a":
            raise ZeroDivisionError
        return real(shop, out, **options)

    monkeypatch.setattr("crqkit.report.compose.page", broken)
    with pytest.raises(ZeroDivisionError):
        run("report", *folders, "-o", tmp_path / "out")
    assert "2 of 3 pages were made." in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"shop b", "shop c"}


def test_a_folder_that_may_not_be_read_is_a_fault(tmp_path):
    def act(folder):
        raise PermissionError(13, "Permission denied", str(folder / "sales.csv"))

    (problem,) = go_round([tmp_path / "a"], act).problems
    assert "Permission denied" in str(problem)
    assert problem.faults[0].mend


def test_each_shop_may_have_its_own_brand(tmp_path):
    folders = [make(tmp_path / name) for name in NAMES[:3]]
    (tmp_path / "brand.yml").write_text("name: Wave Consulting\ncolour: '#004466'\n")
    (folders[1] / "brand.yml").write_text("name: Blue Door\ncolour: '#550022'\n")
    (folders[2] / "brand.yml").write_text("colour: pale\n")
    assert run("report", *folders, "-o", tmp_path / "out", "--brand", tmp_path / "brand.yml") == cli.REFUSED
    a, b = (written(tmp_path / "out" / folder.name) for folder in folders[:2])
    assert "Wave Consulting" in a
    assert "004466" in a
    assert "Blue Door" in b
    assert "550022" in b
    assert not re.search("Wave|004466", b)
    assert not (tmp_path / "out" / "shop c").exists()


def test_a_faulty_brand_for_all_is_refused_before_anything_is_written(tmp_path, capsys):
    folders = [make(tmp_path / name) for name in NAMES[:2]]
    (tmp_path / "brand.yml").write_text("colour: pale\n")
    assert run("report", *folders, "-o", tmp_path / "out", "--brand", tmp_path / "brand.yml") == cli.REFUSED
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["shop a", "shop b/pages"])
def test_pages_never_lie_among_exports(tmp_path, capsys, out):
    folders = [make(tmp_path / name) for name in NAMES[:2]]
    assert run("report", *folders, "-o", tmp_path / out) == cli.REFUSED
    assert "outside that folder" in capsys.readouterr().err
    assert not list(tmp_path.rglob("page.*"))


def test_names_that_some_systems_take_for_one_are_refused(tmp_path, capsys):
    a, b = make(tmp_path / "x" / "Shop"), make(tmp_path / "y" / "shop")
    assert run("report", a, b, "-o", tmp_path / "out") == cli.REFUSED
    assert "two folders have this name" in capsys.readouterr().err


def test_check_goes_on_too(tmp_path, capsys):
    folders = [make(tmp_path / name) for name in NAMES[:3]]
    spoil(folders[1])
    assert run("check", *folders) == cli.REFUSED
    told = capsys.readouterr()
    assert told.out.count("Orders: ") == 2
    assert [f"In {folder}:" in told.out for folder in folders] == [True, False, True]
    assert "shop b/sales.csv, row 2" in told.err
    assert told.out.strip().endswith("2 of 3 folders could be read.")
    assert run("check", folders[0], folders[2]) == 0
