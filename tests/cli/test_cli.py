import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from crqkit import cases, cli, read_folder

EXPORTS = cases.load("boutique").folder


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "my shop"
    shutil.copytree(EXPORTS, folder, ignore=shutil.ignore_patterns("snapshots", "advice.csv"))
    return folder


@pytest.fixture
def survey(tmp_path):
    folder = tmp_path / "survey"
    folder.mkdir()
    for path in EXPORTS.glob("Kunden*.csv"):
        shutil.copy(path, folder)
    return folder


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def test_start_makes_a_folder_and_leaves_what_is_there(tmp_path, capsys):
    folder = tmp_path / "new shop"
    assert run("start", folder) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["READ ME FIRST.txt", "form to print.html", "shop.yml"]
    (folder / "shop.yml").write_text("name: Mine\n")
    assert run("start", folder) == 0
    assert (folder / "shop.yml").read_text() == "name: Mine\n"


def test_what_start_makes_is_no_data(tmp_path, capsys):
    run("start", tmp_path / "shop")
    assert run("check", tmp_path / "shop") == cli.REFUSED
    assert "Put your exports" in capsys.readouterr().err


def test_check_tells_what_became_of_every_row_and_writes_no_page(shop, capsys):
    before = {path.name for path in shop.iterdir()}
    assert run("check", shop) == 0
    out = capsys.readouterr().out
    assert "orders_export_1.csv: 8 rows left out: test orders." in out
    assert {path.name for path in shop.iterdir()} == before


def test_report_of_one_folder(shop, tmp_path, capsys):
    assert run("report", shop, "-o", tmp_path / "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["page.docx", "page.html", "page.xlsx"]
    assert str(tmp_path / "out" / "page.html") in capsys.readouterr().out


def test_report_under_a_name_with_a_brand(shop, tmp_path):
    (tmp_path / "brand.yml").write_text("name: Wave Consulting\ncolour: '#004466'\n")
    assert (
        run("report", shop, "-o", tmp_path / "may.html", "--brand", tmp_path / "brand.yml", "--as-of", "2026-05-31")
        == 0
    )
    html = (tmp_path / "may.html").read_text(encoding="utf-8")
    assert "Wave Consulting" in html
    assert "#004466" in html
    assert "31 May 2026" in html or "30 May 2026" in html
    assert (tmp_path / "may.xlsx").exists()


def test_several_folders_need_a_folder_for_their_pages(shop, survey, tmp_path, capsys):
    assert run("report", shop, survey, "-o", tmp_path / "both.html") == cli.REFUSED
    assert "Give -o a folder" in capsys.readouterr().err
    assert not (tmp_path / "both.html").exists()


def test_without_a_command_it_explains_itself(capsys):
    assert run() == 0
    assert "report" in capsys.readouterr().out


def test_two_folders_of_one_name_are_refused(shop, tmp_path, capsys):
    (tmp_path / "b").mkdir()
    shutil.copytree(shop, tmp_path / "b" / shop.name)
    assert run("report", shop, tmp_path / "b" / shop.name, "-o", tmp_path / "out") == cli.REFUSED
    assert "two folders have this name" in capsys.readouterr().err


def test_faulty_rows_refuse_unless_told_to_drop_them(shop, tmp_path, capsys):
    (shop / "sales.csv").write_text("date,customer,amount\n2026-05-01,ana,ten\n2026-05-02,ana,5\n")
    assert run("report", shop, "-o", tmp_path / "out") == cli.REFUSED
    error = capsys.readouterr().err
    assert "sales.csv, row 2" in error
    assert "Traceback" not in error
    assert run("report", shop, "-o", tmp_path / "out", "--drop-faulty") == 0


def test_map_proposes_and_what_it_proposes_works(tmp_path, capsys):
    sheet = tmp_path / "till.csv"
    rows = [f"{day:02d}.03.2026;K{day % 7};{day},50" for day in range(1, 29)]
    sheet.write_text("\n".join(["Tag;Kundin;Betrag EUR", *rows]) + "\n", encoding="cp1252")
    assert run("map", sheet) == 0
    assert "till.map.yml" in capsys.readouterr().out
    assert run("map", sheet) == cli.REFUSED
    shop = read_folder(tmp_path)
    assert shop.orders["net"].sum() == pytest.approx(sum(range(1, 29)) + 28 * 0.5)
    assert shop.orders["customer_key"].nunique() == 7


def test_who_finds_the_person_and_only_the_owner_sees_it(shop, capsys):
    key = read_folder(shop).answers["customer_key"].dropna().iloc[0]
    assert run("who", key, shop) == 0
    assert "@example." in capsys.readouterr().out
    assert run("who", "CAAAAAAAAAAAA", shop) == 0
    assert "No customer with the key" in capsys.readouterr().out
    assert run("who", "nonsense", shop) == cli.REFUSED


def test_doctor_names_every_library(capsys):
    assert run("doctor") == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("crqkit", "pandas", "duckdb", "Everything needed"))


def test_doctor_names_what_is_missing(capsys, monkeypatch):
    from importlib import metadata

    found = metadata.version

    def version(name):
        if name == "duckdb":
            raise metadata.PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(metadata, "version", version)
    assert run("doctor") == cli.REFUSED
    assert "duckdb: this package is missing" in capsys.readouterr().err


def test_lab_without_jupyter_says_how_to_get_it(capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("lab") == cli.REFUSED
    assert "crqkit[course]" in capsys.readouterr().err


def test_an_interrupt_leaves_nothing_behind(shop, tmp_path, monkeypatch, capsys):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("crqkit.report.workbook.workbook", interrupted)
    assert run("report", shop, "-o", tmp_path / "out") == cli.STOPPED
    assert not (tmp_path / "out").exists()
    assert "Nothing was written" in capsys.readouterr().err


def test_a_console_that_knows_no_umlauts_does_not_stop_it(shop):
    # Of a Windows console, say; the survey file of the case is called Kundenumfrage, its customers Jürgen.
    (shop / "Kundenumfrage (Responses) - Form Responses 1.csv").rename(shop / "Rückmeldungen.csv")
    done = subprocess.run(
        [sys.executable, "-m", "crqkit", "check", str(shop)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_importing_crqkit_is_light():
    heavy = ("pandas", "numpy", "scipy", "ibis", "duckdb", "matplotlib", "statsmodels", "sklearn", "jinja2", "yaml")
    code = f"import sys, crqkit; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_unknown_name_lists_the_known_ones():
    import crqkit

    with pytest.raises(AttributeError, match="net_promoter"):
        _ = crqkit.netpromoter
    assert isinstance(crqkit.net_promoter(pd.DataFrame({"recommend": [9, 10] * 10})), crqkit.Result)


def test_every_setting_that_start_offers_is_understood(tmp_path):
    run("start", tmp_path / "shop")
    settings = tmp_path / "shop" / "shop.yml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text("\n".join([lines[0], *(line.removeprefix("# ") for line in lines[1:])]), encoding="utf-8")
    (tmp_path / "shop" / "sales.csv").write_text("date,customer,amount\n2026-05-02,ana,5\n")
    shop = read_folder(tmp_path / "shop")
    assert (shop.settings.name, shop.settings.timezone, shop.settings.currency) == ("My shop", "Europe/Berlin", "EUR")
    assert shop.settings.groups == ("How do you usually buy from us?",)


def test_nothing_of_the_owner_is_written_over(shop, tmp_path, capsys):
    (tmp_path / "till.xlsx").write_bytes(b"mine")
    assert run("report", shop, "-o", tmp_path / "till.html") == cli.REFUSED
    assert (tmp_path / "till.xlsx").read_bytes() == b"mine"
    assert run("report", shop, "-o", shop) == cli.REFUSED
    assert run("report", shop, "-o", shop / "sub" / "page.html") == cli.REFUSED
    assert "outside that folder" in capsys.readouterr().err
    assert not (shop / "page.html").exists()
    for _ in range(2):
        assert run("report", shop, "-o", tmp_path / "page") == 0


def test_check_without_faulty_rows_says_how_to_go_on(shop, capsys):
    (shop / "sales.csv").write_text("date,customer,amount\n2026-05-01,ana,ten\n2026-05-02,ana,5\n")
    assert run("check", shop, "--drop-faulty") == 0
    out = capsys.readouterr().out
    assert "--drop-faulty" in out
    assert "Everything was understood" not in out
