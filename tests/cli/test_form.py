"""The command that writes a form."""

import pandas as pd
import pytest

from crqkit import cli


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def test_form_writes_everything_it_takes_to_ask(tmp_path, capsys):
    assert run("form", "-o", tmp_path, "--sheets", 4, "--shop", "bak") == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        "pocket READ ME.txt",
        "pocket answers.xlsx",
        "pocket back-translation.xlsx",
        "pocket for form tools.csv",
        "pocket items.csv",
        "pocket sheets.html",
        "pocket slips.xlsx",
        "pocket to edit.docx",
    ]
    out = capsys.readouterr().out
    assert all(str(tmp_path / name) in out for name in names)
    codes = pd.read_excel(tmp_path / "pocket slips.xlsx")["claim code"]
    assert len(codes) == 4 and codes.str.startswith("BAK-").all()


def test_form_in_german_with_the_name_of_the_shop(tmp_path):
    run("start", tmp_path / "shop")
    (tmp_path / "shop" / "shop.yml").write_text("name: Die Bäckerei\n", encoding="utf-8")
    assert (
        run("form", "pocket", "-o", tmp_path / "f", "--language", "de", "--sheets", 2, "--shop", tmp_path / "shop") == 0
    )
    html = (tmp_path / "f" / "pocket de sheets.html").read_text(encoding="utf-8")
    assert "Sie halten, was sie versprechen." in html and "BAE-" in html


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pokcet"], "Did you mean pocket"),
        (["pocket", "--language", "fr"], "Allowed: en, de, es"),
        (["pocket", "--sheets", "-1"], "not a number of sheets"),
        (["pocket", "--sheets", "0"], "from 1 to 90,000"),
        (["pocket", "--shop", "OLIO"], "none of them 0, 1, I, L or O"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_written(tmp_path, capsys, arguments, said):
    assert run("form", *arguments, "-o", tmp_path / "f") == cli.REFUSED
    assert said in capsys.readouterr().err
    assert not (tmp_path / "f").exists()


def test_sheets_in_use_are_left_alone(tmp_path, capsys):
    run("form", "-o", tmp_path, "--sheets", 1)
    before = (tmp_path / "pocket slips.xlsx").read_bytes()
    assert run("form", "-o", tmp_path, "--sheets", 1) == cli.REFUSED
    assert "codes may be in use" in capsys.readouterr().err
    assert (tmp_path / "pocket slips.xlsx").read_bytes() == before
