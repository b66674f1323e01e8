"""The command line: start, check, map, report, who, lab, doctor."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from crqkit.base.messages import say
from crqkit.base.problems import CrqkitError, DataProblem, Fault, MissingExtra

REFUSED, STOPPED = 2, 130
# Cautions that mean: something in the files was not understood.
LEFT_OUT = ("caution.intake.scale", "caution.intake.group")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser("crqkit", description=say("cli.description"), epilog=say("cli.epilog"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, act: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
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
    sub = command("who", who)
    sub.add_argument("key")
    sub.add_argument("folder", type=Path, nargs="?", default=Path())
    command("lab", lab)
    command("doctor", doctor)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 2 when refused with a message, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page would otherwise stop on an umlaut.
        stream.reconfigure(errors="replace") if hasattr(stream, "reconfigure") else None
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help()
        return 0
    try:
        arguments.act(arguments)
    except CrqkitError as problem:
        print(problem, file=sys.stderr)
        if any(fault.row for fault in getattr(problem, "faults", ())) and hasattr(arguments, "drop_faulty"):
            print(say("cli.drop_faulty"), file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        # The reader of the output, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(say("cli.stopped"), file=sys.stderr)
        return STOPPED
    return 0


def _program() -> dict[str, str]:
    """Return how this program was called, so that what is printed can be typed again."""
    called = Path(sys.argv[0])
    return {"program": str(called) if called.stem == "crqkit" else "crqkit"}


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


def _read(arguments: argparse.Namespace) -> list:
    """Read every folder; the faults of all are told together."""
    from crqkit.intake import read_folder

    shops, faults = [], []
    for folder in arguments.folders:
        print(say("cli.report.reading", folder=str(folder)), file=sys.stderr)
        try:
            shops.append(read_folder(folder, faulty="drop" if arguments.drop_faulty else "refuse"))
        except DataProblem as problem:
            before = f"{folder.name}/" if len(arguments.folders) > 1 else ""
            faults += [replace(fault, file=before + fault.file) for fault in problem.faults]
    if faults:
        raise DataProblem(faults)
    return shops


def check(arguments: argparse.Namespace) -> None:
    """Print what was read, kept and dropped."""
    from crqkit.intake import log_sentences

    for shop in _read(arguments):
        for sentence in log_sentences(shop.log):
            print(sentence)
        for name, table in shop.tables.items():
            count = table["response_id"].nunique() if name == "responses" else len(table)
            print(say(f"cli.check.{name}", rows=count))
        for caution in shop.cautions:
            print(caution)
        options = " --drop-faulty" if arguments.drop_faulty else ""
        left_out = arguments.drop_faulty or any(getattr(caution, "id", "") in LEFT_OUT for caution in shop.cautions)
        print(
            say(
                "cli.check.partly" if left_out else "cli.check.good",
                folder=str(shop.folder),
                **_program(),
                options=options,
            )
        )


def map_file(arguments: argparse.Namespace) -> None:
    """Write a proposal beside the file."""
    from crqkit.base.files import write_file
    from crqkit.intake import propose

    target = arguments.file.with_name(f"{arguments.file.stem}.map.yml")
    if target.exists():
        raise DataProblem(Fault(say("cli.map.exists"), say("cli.map.exists.mend"), file=str(target)))
    write_file(target, propose(arguments.file))
    print(say("cli.map.done", file=str(target), folder=str(target.parent), **_program()))


def report(arguments: argparse.Namespace) -> None:
    """Write the pages, all or none."""
    from crqkit.report import read_brand, write_pages

    brand = read_brand(arguments.brand) if arguments.brand else None
    shops = _read(arguments)
    for path in write_pages(_targets(arguments, shops), brand=brand, as_of=arguments.as_of):
        print(say("cli.report.done", page=str(path)))
        print(say("cli.report.book", book=str(path.with_suffix(".xlsx"))))


def _targets(arguments: argparse.Namespace, shops: list) -> dict:
    if len(shops) == 1:
        return {arguments.out: shops[0]}
    if arguments.out.suffix.lower() in (".html", ".htm"):
        what, mend = "several folders give several pages", "Give -o a folder, not the name of one page."
        raise DataProblem(Fault(what, mend, file=str(arguments.out)))
    names = [folder.resolve().name for folder in arguments.folders]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataProblem([Fault("two folders have this name", "Rename one of them.", file=name) for name in twice])
    return {arguments.out / name: shop for name, shop in zip(names, shops, strict=True)}


def who(arguments: argparse.Namespace) -> None:
    """Print the identifiers behind a key: the owner's own files are read again, no register is kept."""
    from crqkit.intake import who as find

    found = find(arguments.key, arguments.folder)
    if len(found):
        print(found.to_string(index=False, na_rep=""))
    else:
        print(say("cli.who.none", key=arguments.key, folder=str(arguments.folder)))


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
