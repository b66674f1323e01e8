"""Which format or mapping reads a file, and its columns loaded accordingly."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath

from crqkit.base import say
from crqkit.intake.findings import Findings
from crqkit.intake.format import Format, Match, plain_name
from crqkit.intake.listing import OTHER_DATA, File
from crqkit.intake.mapfile import read_mapping, read_yaml
from crqkit.intake.mojibake import column_put_right, is_garbled, put_right
from crqkit.intake.opened import Opened, wanted
from crqkit.intake.questions import known_by_words
from crqkit.intake.readers import sheets
from crqkit.intake.recognition import nearest, recognise
from crqkit.intake.sheet import RawTable, Sheet
from crqkit.intake.shop import Settings
from crqkit.tables.form import known_forms


def mapping_of(file: File, given: Mapping[str, Format], findings: Findings) -> Format | None:
    """Return the mapping that lies beside a file, or was handed over for it."""
    name = PurePosixPath(file.name)
    beside = file.home / f"{name.stem}.map.yml"
    if {file.name, name.name} & set(given) or not beside.exists():
        return given.get(file.name, given.get(name.name))
    own = Findings(beside.name)
    source = read_yaml(beside, own)
    format = read_mapping(source, own) if not own.faults else None
    findings.faults += own.faults
    return format


def match_file(file: File, given: Mapping[str, Format], findings: Findings) -> Match | None:
    """Return how a file is to be read; nothing, with a fault, where it cannot be told."""
    path = file.path
    findings.path = str(file.shown)
    if path.suffix.lower() in OTHER_DATA:
        findings.whole(f"files of the kind {path.suffix.lower()} are not read", OTHER_DATA[path.suffix.lower()])
        return None
    own = mapping_of(file, given, findings)
    if findings.faults:
        return None
    if own:
        found = sheets(path, findings, separator=own.separator, quotes=own.quotes)
        return _by_mapping(found, own)
    found = sheets(path, findings)
    match = recognise(found)
    if match and match.format.refused:
        findings.whole(f"this is a layout that is not read: {match.format.title}", match.format.refused)
        return None
    if "" not in given and found and (match is None or match.format.guess_questions):
        match = _by_another(file, found, findings) or match
    if match is None and "" in given and found:
        own = given[""]
        return _by_mapping(sheets(path, findings, separator=own.separator, quotes=own.quotes), own)
    if not found and path.suffix.lower() == ".json":
        findings.unknown = True
    if match is None and found and not (path.suffix.lower() == ".txt" and not _tabular(found)):
        _unknown(found, findings, file.archive)
    return match


def _by_another(file: File, found: Sequence[Sheet], findings: Findings) -> Match | None:
    """Return how the mapping of another file in the folder reads this one, where all its columns are here."""
    fitting = []
    for beside in sorted(file.home.glob("*.map.yml"), key=lambda one: one.name):
        # What is wrong with that mapping is told with its own file.
        quiet = Findings(beside.name)
        own = read_mapping(read_yaml(beside, quiet), quiet)
        if own is None or own.header or quiet.faults:
            continue
        ways = sheets(file.path, quiet, separator=own.separator, quotes=own.quotes) if own.separator else found
        match = _by_mapping(ways, own)
        if match and not _missing(own, match.names) and _asked(own) <= _said(match):
            fitting.append((len(wanted(own) | _asked(own)), beside.name, match))
    if not fitting:
        return None
    _, name, match = max(fitting, key=lambda one: one[0])
    findings.cautions.append(say("caution.intake.same_mapping", file=file.name, mapping=name))
    return match


def _asked(own: Format) -> set[str]:
    """Return the headers, as they are compared, of the questions that a mapping names."""
    columns = (item.get("column") or item.get("text") or item["id"] for item in own.items)
    return {plain_name(str(column)) for column in (*columns, *own.groups)}


def _by_mapping(found: Sequence[Sheet], own: Format) -> Match | None:
    """Return the sheet and header row that hold most of the mapped columns."""
    if not found:
        return None
    if own.header:
        widths = {sheet.separator: len(sheet.top[0]) for sheet in found if sheet.top}
        sheet = next((sheet for sheet in found if widths.get(sheet.separator) == len(own.header)), found[0])
        return Match(sheet, own, -1, own.header)
    needed = wanted(own) | _asked(own)
    known = recognise(found)
    if known and _is_survey(known.format) and needed & _said(known):
        return replace(known, format=_completed(own, known))
    ranked = [(len(needed & {plain_name(name) for name in names}), -place, -order)
              for order, sheet in enumerate(found) for place, names in enumerate(sheet.top)]  # fmt: skip
    _, place, order = max(ranked)
    return Match(found[-order], own, -place, tuple(found[-order].top[-place]))


def _said(match: Match) -> set[str]:
    """Return the names of all columns and the words of their questions, as they are compared."""
    return {plain_name(name) for name in (*match.names, *match.words)}


def _is_survey(format: Format) -> bool:
    return format.table == "responses" and bool(format.required)


def _completed(own: Format, known: Match) -> Format:
    """Return a mapping of answers with what the known format of the file says beyond it, so that it can be short."""
    if own.table != "responses":
        return own
    theirs, there = known.format, {plain_name(name) for name in known.names} - _asked(own)
    columns = {
        ours: headers
        for ours, headers in theirs.columns.items()
        if any(plain_name(header) in there for header in headers)
    }
    rules = tuple(rule for rule in theirs.drop_when if plain_name(rule.column) in there)
    names = (*own.names, *(name for name in theirs.names if plain_name(name) in there))
    kept = {field: getattr(theirs, field) for field in ("header_rows", "ignored", "absent", "many", "words")}
    zone = own.timezone or theirs.timezone
    columns |= own.columns
    return replace(own, columns=columns, drop_when=(*rules, *own.drop_when), names=names, timezone=zone, **kept)


def _tabular(found: Sequence[Sheet]) -> bool:
    return any(sheet.separator != "," and len(sheet.top) > 2 and {len(row) for row in sheet.top} == {len(sheet.top[0])}
               and len(sheet.top[0]) > 1 for sheet in found)  # fmt: skip


def _unknown(found: Sequence[Sheet], findings: Findings, archive: str = "") -> None:
    close = nearest(found)
    command = f'crqkit map "{findings.path}"'
    mend = f"Run {command} and look over the mapping it proposes, or take the file out of the folder."
    if archive:
        # What lies in an archive has no path that could be typed.
        mend = "Unpack the archive, then run crqkit map on this file and look over the mapping it proposes."
    if close and len(close[1]) < len(close[0].required):
        format, lacking = close
        what = f"this file is of no known kind; nearest is {format.title}, for which is missing: {', '.join(lacking)}"
    else:
        what = "this file is of no known kind"
    findings.whole(what, mend)
    findings.unknown = True


def open_match(match: Match, settings: Settings, key: bytes, findings: Findings) -> Opened | None:
    """Load the columns that a match needs."""
    names = unique(match.names)
    format = match.format
    needed = wanted(format)
    missing = _missing(format, (*names, *match.words))
    for header in missing:
        mend = f"The file has: {', '.join(name for name in names if name)}. Mend the name in the mapping."
        findings.whole("this column is missing", mend, column=header)
    if format.header and len(match.sheet.top[0]) != len(format.header):
        mend = f"Give each of the {len(match.sheet.top[0])} columns a name in header, or mend separator."
        findings.whole(f"the header of the mapping names {len(format.header)} columns", mend, column="header")
        return None
    if missing:
        return None
    take = [name for name in names if name and (format.table == "responses" or plain_name(name) in needed)]
    raw = match.sheet.read(match.header, names, take, findings)
    # A file out of an archive is shown by the name it has there.
    raw = replace(raw, file=findings.file)
    if not len(raw.frame) and _is_ours(match):
        return None
    if not len(raw.frame):
        findings.whole("this file has a header and no rows", "Export it again, or take it out of the folder.")
        return None
    if format.table == "responses":
        match, names, raw = _readable(match, names, raw, findings)
    return Opened(match, raw, names, settings, key, findings)


def _is_ours(match: Match) -> bool:
    """Whether a sheet was made by crqkit, to be filled in: the page of a template, or of a form to type papers in."""
    name = match.sheet.name
    if match.format.template:
        return name == match.format.sheet_name
    return name in known_forms() and any(known_by_words(one) for one in match.names)


def _readable(
    match: Match, names: tuple[str, ...], raw: RawTable, findings: Findings
) -> tuple[Match, tuple[str, ...], RawTable]:
    """Return a sheet of answers with letters put right that a spreadsheet garbled for certain."""
    said = (str(text) for name in raw.frame for text in raw.frame[name].dropna().unique())
    if not is_garbled(chain(match.names, match.words, said)):
        return match, names, raw
    findings.cautions.append(say("caution.intake.garbled", file=findings.file))
    renamed = unique([put_right(name) for name in names])
    columns = dict(zip(names, renamed, strict=True))
    frame = raw.frame.apply(column_put_right).rename(columns=columns)
    return replace(match, words=tuple(map(put_right, match.words))), renamed, replace(raw, frame=frame)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns with a number behind those that repeat."""
    plain = [one.replace("\ufeff", "").strip() for one in names]
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in plain:
        seen[name] = seen.get(name, 0) + 1
        # A name that already ends in the number would stand twice.
        while name and seen[name] > 1 and f"{name} ({seen[name]})" in (*plain, *unique):
            seen[name] += 1
        unique.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return tuple(unique)


def _missing(format: Format, names: Sequence[str]) -> list[str]:
    if format.id != "mapping":
        return []
    have = {plain_name(name) for name in names}
    needed = [
        *format.columns.values(),
        *((rule.column,) for rule in format.drop_when),
        *((one,) for one in format.refund_when),
    ]
    return [headers[0] for headers in needed if not any(plain_name(header) in have for header in headers)]
