"""The command line: start, check, map, template, form, report, who, formats, lab, doctor."""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from crqkit.base.ending import cleanly_ended
from crqkit.base.messages import say
from crqkit.base.problems import CrqkitError, DataProblem, Fault, MissingExtra

if TYPE_CHECKING:
    from crqkit.intake import Shop

REFUSED, STOPPED = 2, 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser("crqkit", description=say("cli.description"), epilog=say("cli.epilog"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, act: Callable[[argparse.Namespace], int | None]) -> argparse.ArgumentParser:
        text = say(f"cli.{name}.help")
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(act=act)
        return sub

    command("start", start).add_argument("folder", type=Path)
    for name, act in (("check", check), ("report", report)):
        sub = command(name, act)
        sub.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
        sub.add_argument("--drop-faulty", action="store_true", help=say("cli.option.drop_faulty"))
        if name == "report":
            sub.add_argument("-o", "--out", type=Path, required=True, help=say("cli.option.out"))
            sub.add_argument("--brand", type=Path, help=say("cli.option.brand"))
            sub.add_argument("--as-of", metavar="DATE", help=say("cli.option.as_of"))
    command("map", map_file).add_argument("file", type=Path)
    sub = command("template", template)
    sub.add_argument("names", nargs="*", metavar="NAME", help=say("cli.option.template"))
    sub.add_argument("-o", "--out", type=Path, default=Path(), help=say("cli.option.folder"))
    sub = command("form", form)
    sub.add_argument("name", nargs="?", default="pocket", metavar="FORM", help=say("cli.option.form"))
    sub.add_argument("-o", "--out", type=Path, required=True, help=say("cli.option.folder"))
    sub.add_argument("--language", default="en", help=say("cli.option.language"))
    sub.add_argument("--sheets", type=int, default=50, help=say("cli.option.sheets"))
    sub.add_argument("--shop", metavar="ID", help=say("cli.option.shop"))
    sub = command("who", who)
    sub.add_argument("key")
    sub.add_argument("folder", type=Path, nargs="?", default=Path())
    command("formats", formats)
    command("lab", lab)
    command("doctor", doctor)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 2 when refused with a message, 130 when interrupted, 128 and a signal's number."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page would otherwise stop on an umlaut.
        stream.reconfigure(errors="replace") if hasattr(stream, "reconfigure") else None
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help()
        return 0
    with cleanly_ended() as signals:
        status = _act(arguments)
    return 128 + signals[0] if signals else status


def _act(arguments: argparse.Namespace) -> int:
    try:
        return arguments.act(arguments) or 0
    except CrqkitError as problem:
        _tell([problem], arguments)
        return REFUSED
    except BrokenPipeError:
        # The reader of the output, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(say("cli.stopped"), file=sys.stderr)
        return STOPPED


def _program() -> dict[str, str]:
    """Return how this program was called, so that what is printed can be typed again."""
    called, plain = Path(sys.argv[0]), shutil.which("crqkit")
    known = plain is not None and called.exists() and Path(plain).resolve() == called.resolve()
    return {"program": str(called) if called.stem == "crqkit" and not known else "crqkit"}


def start(arguments: argparse.Namespace) -> None:
    """Make a folder ready; what is there already stays."""
    from crqkit.base.files import write_all
    from crqkit.report.html import printable_form

    folder: Path = arguments.folder
    wanted = {
        folder / "READ ME FIRST.txt": say("start.readme"),
        folder / "shop.yml": say("start.settings"),
        folder / "form to print.html": printable_form(),
    }
    for path in [path for path in wanted if path.exists()]:
        print(say("cli.start.kept", file=str(path)))
        del wanted[path]
    write_all({path: text.encode() for path, text in wanted.items()})
    print(say("cli.start.done", folder=str(folder), **_program()))


def _round(arguments: argparse.Namespace, act: Callable[[Path], None], closing: str, stopped: str) -> int:
    """Do `act` with every folder; the faults of all are told at the end, and those without any are done."""
    from crqkit.report.many import go_round

    whole, places = len(arguments.folders), count(1)

    def one(folder: Path) -> None:
        id = "cli.report.reading" if whole == 1 else "cli.report.reading_one_of"
        print(say(id, folder=str(folder), place=next(places), all=whole), file=sys.stderr)
        act(folder)

    outcome = go_round(arguments.folders, one)
    sys.stdout.flush()
    _tell(outcome.problems, arguments)
    if outcome.stopped:
        print(say(stopped if outcome.made else "cli.stopped", made=outcome.made, all=whole), file=sys.stderr)
        return STOPPED
    if whole > 1:
        print(say(closing, made=outcome.made, all=whole), flush=True)
    if outcome.unforeseen:
        raise outcome.unforeseen
    return REFUSED if outcome.problems else 0


def _tell(problems: Sequence[CrqkitError], arguments: argparse.Namespace) -> None:
    for problem in problems:
        whole = isinstance(problem, DataProblem) and hasattr(arguments, "drop_faulty")
        print(problem.whole() if whole else problem, file=sys.stderr)
    faults = [fault for problem in problems for fault in getattr(problem, "faults", ())]
    if any(fault.row for fault in faults) and hasattr(arguments, "drop_faulty"):
        print(say("cli.drop_faulty"), file=sys.stderr)


def _read(folder: Path, arguments: argparse.Namespace) -> "Shop":
    from crqkit.intake import read_folder

    return read_folder(folder, faulty="drop" if arguments.drop_faulty else "refuse")


def check(arguments: argparse.Namespace) -> int:
    """Print what was read, kept and dropped, folder by folder."""
    from crqkit.report.checked import checked

    def act(folder: Path) -> None:
        shop = _read(folder, arguments)
        if len(arguments.folders) > 1:
            print(say("cli.check.folder", folder=str(folder)))
        for sentence in checked(shop, dropping=arguments.drop_faulty, **_program()):
            print(sentence)

    return _round(arguments, act, "cli.check.round", "cli.stopped.check")


def map_file(arguments: argparse.Namespace) -> None:
    """Write a proposal beside the file."""
    from crqkit.base.files import write_file
    from crqkit.intake import propose

    target = arguments.file.with_name(f"{arguments.file.stem}.map.yml")
    if target.exists():
        raise DataProblem(Fault(say("cli.map.exists"), say("cli.map.exists.mend"), file=str(target)))
    write_file(target, propose(arguments.file))
    print(say("cli.map.done", file=str(target), folder=str(target.parent), **_program()))


def report(arguments: argparse.Namespace) -> int:
    """Write the page of each folder as soon as it is read; each whole or not at all."""
    from crqkit.report import page, read_brand
    from crqkit.report.many import places

    brand = read_brand(arguments.brand) if arguments.brand else None
    targets = places(arguments.folders, arguments.out)

    def act(folder: Path) -> None:
        made = page(_read(folder, arguments), targets[folder], brand=brand, as_of=arguments.as_of)
        print(say("cli.report.done", page=str(made)))
        print(say("cli.report.document", document=str(made.with_suffix(".docx"))))
        print(say("cli.report.book", book=str(made.with_suffix(".xlsx"))), flush=True)

    return _round(arguments, act, "cli.report.round", "cli.stopped.some")


def template(arguments: argparse.Namespace) -> None:
    """Write empty sheets with a page that explains them; files that are there already stay."""
    from crqkit.base.files import write_all
    from crqkit.intake import template_workbook, templates
    from crqkit.report.sheets import sheets_page

    known = templates()
    if not arguments.names:
        for name in sorted(known):
            print(say("cli.template.line", name=name, about=known[name].template["about"]))
        print(say("cli.template.next", name="jobs", **_program()))
        return
    names = sorted(known) if arguments.names == ["all"] else arguments.names
    books = {arguments.out / f"{name}.xlsx": template_workbook(name) for name in names}
    for path in [path for path in books if path.exists()]:
        print(say("cli.start.kept", file=str(path)))
        del books[path]
    page = arguments.out / "how to fill in the sheets.html"
    # The page speaks of all sheets: one made earlier stays explained.
    write_all(books | {page: sheets_page(sorted(known)).encode()})
    for path in books:
        print(say("cli.template.done", file=str(path)))
    print(say("cli.template.page", file=str(page)))


def form(arguments: argparse.Namespace) -> None:
    """Write a form to print, to edit, for form tools, and the sheets to type it in."""
    from crqkit.report.forms import shop_code, write_form

    asked = {"form": arguments.name, "language": arguments.language, "sheets": arguments.sheets}
    for path in write_form(arguments.out, shop=shop_code(arguments.shop), **asked):
        print(say("cli.form.done", file=str(path)))


def who(arguments: argparse.Namespace) -> None:
    """Print the identifiers behind a key: the owner's own files are read again, no register is kept."""
    from crqkit.intake import who as find

    found = find(arguments.key, arguments.folder)
    if len(found):
        print(found.to_string(index=False, na_rep=""))
    else:
        print(say("cli.who.none", key=arguments.key, folder=str(arguments.folder)))


def formats(arguments: argparse.Namespace) -> None:
    """Print what files are understood, and what the tools of small businesses export."""
    from crqkit.intake import format_sentences

    print("\n".join(format_sentences()))


def lab(arguments: argparse.Namespace) -> None:
    """Open the course."""
    import subprocess
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        raise MissingExtra("JupyterLab", "course")
    notebooks = Path(__file__).parent.parent / "notebooks"
    subprocess.run([sys.executable, "-m", "jupyterlab", str(notebooks)], check=False)


def doctor(arguments: argparse.Namespace) -> None:
    """Print versions and what is missing."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from crqkit import __version__

    print(say("cli.doctor.line", what="crqkit", state=__version__))
    print(say("cli.doctor.line", what="Python", state=sys.version.split()[0]))
    missing = []
    for line in requires("crqkit") or ():
        if "extra ==" in line:
            continue
        name = re.match(r"[\w.-]+", line)[0]
        try:
            state = version(name)
        except PackageNotFoundError:
            state, missing = "missing", [*missing, name]
        print(say("cli.doctor.line", what=name, state=state))
    if missing:
        mend = "Run: python -m pip install --require-hashes -r requirements.lock"
        raise DataProblem([Fault("this package is missing", mend, file=name) for name in missing])
    print(say("cli.doctor.good"))


if __name__ == "__main__":
    sys.exit(main())
