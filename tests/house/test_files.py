"""Promises about every file of the repository."""

import re

LONGEST_MODULE = 300
ADDRESSES = {
    "a package index": re.compile(r"pythonhosted\.org|https?:[/]{2}\S*/simple\b|pypi\.org/simple|file:[/]{3}"),
    "a path of one machine": re.compile(r"(?<![\w.~*-])[/](?:home|Users|root|work)[/]\w|[A-Za-z]:\\+Users\\+\w"),
}


def faults(name: str, text: str) -> list[str]:
    return [
        f"{name}, line {number}: {what}"
        for number, line in enumerate(text.splitlines(), start=1)
        for what, pattern in ADDRESSES.items()
        if pattern.search(line)
    ]


def test_no_file_names_an_index_or_a_machine(root, our_files):
    found = []
    for path in our_files:
        found += faults(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="ignore"))
    assert found == []


def test_such_an_address_would_be_seen():
    slash = "/"
    planted = ["https:", "example.org", "simple", "pandas"]
    assert faults("a", f"{planted[0]}{slash * 2}{slash.join(planted[1:])}")
    assert faults("a", f'open("{slash}home{slash}ada{slash}shop.csv")')
    assert faults("a", "C:\\" + "Users\\Ada")
    assert not faults("a", "https://example.org/home/page and ../shared/work/x")


def test_modules_stay_short(root):
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (root / "crqkit").rglob("*.py")}
    assert {str(path.relative_to(root)): n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_every_room_is_a_package(root):
    rooms = [path for path in (root / "crqkit").iterdir() if path.is_dir() and any(path.glob("*.py"))]
    assert [room.name for room in rooms if not (room / "__init__.py").is_file()] == []
