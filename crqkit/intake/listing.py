"""Which files of a folder hold data: in the folder itself, in folders within it, and packed in archives."""

import shutil
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, ZipInfo

from crqkit.base import Fault
from crqkit.intake import privacy
from crqkit.intake.bomb import is_bomb
from crqkit.intake.own import OWN_FILES, is_own

DATA = (".csv", ".tsv", ".txt", ".xlsx", ".json")
OTHER_DATA = {
    ".xls": "Open it in your spreadsheet program and save it as xlsx or CSV.",
    ".ods": "Open it in your spreadsheet program and save it as xlsx or CSV.",
    ".numbers": "In Numbers choose File, Export to, CSV.",
    ".rar": "Unpack it, and put the files that were in it into this folder.",
    ".7z": "Unpack it, and put the files that were in it into this folder.",
}
ARCHIVE = ".zip"
# Within an archive they stay closed.
ARCHIVES = (ARCHIVE, ".gz", ".tgz", ".tar", ".bz2", ".xz")
NO_DATA = ("readme", "read me", "license", "notes")
DEEPEST = 6
# An archive that unpacks to more is refused: exports of a small business are far smaller.
MOST_FILES, MOST_BYTES = 500, 4 << 30


@dataclass(frozen=True)
class File:
    """One file that may hold data: where its bytes lie, how it is called, and where its mapping would lie."""

    path: Path
    name: str
    home: Path
    # The archive that it came out of; its other files may be of no use here.
    archive: str = ""

    @property
    def shown(self) -> Path:
        """The path as the owner may type it."""
        return self.home / PurePosixPath(self.name).name


@dataclass
class Listing:
    """The files that hold data, those set aside with the reason, and what is wrong with an archive."""

    files: list[File] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@contextmanager
def listing(folder: Path) -> Iterator[Listing]:
    """Yield what lies in a folder; what archives hold is unpacked for as long as the context lasts."""
    found = Listing()
    with TemporaryDirectory(prefix="crqkit-") as unpacked:
        _look(folder, "", found, Path(unpacked))
        found.files.sort(key=lambda file: file.name)
        yield found


def _look(folder: Path, before: str, found: Listing, unpacked: Path) -> None:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        name = before + path.name
        if _is_ours(path):
            continue
        if path.is_dir():
            if path.is_symlink() or name.count("/") >= DEEPEST or _is_shop(path):
                found.aside.append((name, "folder"))
            else:
                _look(path, f"{name}/", found, unpacked)
        elif path.suffix.lower() == ARCHIVE:
            _unpack(path, name, found, unpacked)
        elif path.is_file() and is_own(path, path.name):
            found.aside.append((name, "own"))
        elif _holds_data(path):
            found.files.append(File(path, name, folder))
        else:
            found.aside.append((name, "kind"))


def _is_shop(path: Path) -> bool:
    return (path / "shop.yml").exists() or (path / privacy.FOLDER).exists()


def _is_ours(path: Path) -> bool:
    return (
        path.name.startswith((".", "~$", "__MACOSX"))
        or path.name in (privacy.FOLDER, *OWN_FILES)
        or path.name.endswith(".map.yml")
    )


def _holds_data(path: Path | PurePosixPath) -> bool:
    return path.suffix.lower() in (*DATA, *OTHER_DATA) and path.stem.casefold() not in NO_DATA


def _unpack(path: Path, name: str, found: Listing, unpacked: Path) -> None:
    try:
        with ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            too_much = len(members) > MOST_FILES or is_bomb(archive)
            if too_much or sum(member.file_size for member in members) > MOST_BYTES:
                mend = "Unpack it, and keep what is needed."
                found.faults.append(Fault("this archive is too large to unpack", mend, name))
                return
            place = unpacked / str(len(list(unpacked.iterdir())))
            place.mkdir()
            for number, member in enumerate(members):
                _take(archive, member, place / str(number), path, name, found)
    except (BadZipFile, OSError, NotImplementedError, RuntimeError, zlib.error, EOFError, ValueError) as problem:
        locked = "password" in str(problem) or "encrypted" in str(problem)
        what = "this archive is locked with a password" if locked else "this archive is damaged or cannot be opened"
        mend = "Unpack it yourself and put the files into this folder, or download it again."
        found.faults.append(Fault(what, mend, name))


def _take(archive: ZipFile, member: ZipInfo, place: Path, path: Path, name: str, found: Listing) -> None:
    """Unpack one file under a name of our own: what the archive calls it is only shown, never used as a path."""
    inner = PurePosixPath(member.filename.replace("\\", "/"))
    parts = [part for part in inner.parts if part not in ("/", "..")]
    shown = "/".join([name, *parts])
    if (
        not parts
        or any(part.startswith((".", "__MACOSX")) for part in parts)
        or stat.S_ISLNK(member.external_attr >> 16)
    ):
        return
    if not _holds_data(inner):
        found.aside.append((shown, "archive" if inner.suffix.lower() in ARCHIVES else "kind"))
        return
    place.mkdir()
    target = place / f"file{inner.suffix.lower()}"
    with archive.open(member) as source, target.open("wb") as stream:
        shutil.copyfileobj(source, stream)
    if is_own(target, inner.name):
        found.aside.append((shown, "own"))
        return
    found.files.append(File(target, shown, path.parent, archive=name))
