"""Read a folder of exports: every file recognised, read, compared with the others, and accounted for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crqkit.base import DataProblem, Fault, check_choice, say
from crqkit.intake import privacy
from crqkit.intake.findings import Findings
from crqkit.intake.format import Format, Match, nearest, plain_name, recognise
from crqkit.intake.mapfile import read_mapping, read_settings, read_yaml
from crqkit.intake.opened import Opened, Part, wanted
from crqkit.intake.orders import read_orders
from crqkit.intake.overlap import drop_overlap
from crqkit.intake.readers import Sheet, sheets
from crqkit.intake.responses import read_responses
from crqkit.intake.reviews import read_reviews
from crqkit.intake.shop import Settings, Shop
from crqkit.tables.form import Form
from crqkit.tables.schema import TABLES

READERS = {"orders": read_orders, "responses": read_responses, "reviews": read_reviews}
DATA = (".csv", ".tsv", ".txt", ".xlsx", ".json")
OTHER_DATA = {
    ".xls": "Open it in your spreadsheet program and save it as xlsx or CSV.",
    ".ods": "Open it in your spreadsheet program and save it as xlsx or CSV.",
    ".numbers": "In Numbers choose File, Export to, CSV.",
    ".zip": "Unpack it, and put the files that were in it into this folder.",
}
OWN_FILES = ("shop.yml", "brand.yml")
LOG = ["file", "format", "table", "outcome", "reason", "rows", "detail"]
TOGETHER = Format("", "")


def read_folder(
    path: str | Path, mapping: str | Path | Mapping[str, Any] | None = None, faulty: str = "refuse"
) -> Shop:
    """Read all exports in a folder into the canonical tables.

    Parameters
    ----------
    path : str or Path
        The folder. Files are recognised by their headers, or read by ``<name>.map.yml`` beside them.
    mapping : str, Path or mapping, optional
        How to read files that nothing recognises (see `crqkit.intake.mapfile`), or a mapping for each file by name.
    faulty : {"refuse", "drop"}
        Whether a faulty row refuses the folder or is left out, with a line in the log.

    Returns
    -------
    Shop
        Tables, form, settings, and a log in which every row that was read is kept or dropped for a reason.

    Raises
    ------
    DataProblem
        With every fault of every file; nothing is written but the key in ``crqkit-private``.

    Examples
    --------
    >>> read_folder("my-exports").orders  # doctest: +SKIP
    """
    check_choice("faulty", faulty, ["refuse", "drop"])
    folder = Path(path)
    if not folder.is_dir():
        raise DataProblem(Fault("there is no such folder", "Give the folder that holds your exports.", str(path)))
    own = Findings("shop.yml")
    settings = read_settings(folder, own)
    files, aside = _listing(folder)
    key, stored = privacy.read_key(folder) if files else (b"", True)
    findings = {own.file: own}
    given = _given(mapping, findings)
    parts, skipped = [], list(aside)
    for file in files:
        found = findings.setdefault(file.name, Findings(file.name))
        part = _read_file(file, given, settings, key, found, skipped)
        parts += [part] if part else []
    _refuse(folder, findings, parts, skipped, faulty)
    drop_overlap(parts, findings)
    _refuse(folder, findings, parts, skipped, faulty)
    cautions = [caution for found in findings.values() for caution in found.cautions]
    zoned = "timezone" in own.told
    cautions += [say("caution.intake.timezone", file=found.file) for found in findings.values() if found.naive and not zoned]
    cautions += [] if stored else [say("caution.intake.key")]
    tables = _tables(parts)
    return Shop(
        folder=folder,
        settings=settings,
        tables=tables,
        log=_log(parts, skipped),
        form=_form(parts),
        cautions=(*cautions, *_cautions(parts, tables)),
        mapped=pd.DataFrame([row for part in parts for row in part.mapped], columns=["file", "column", "table", "becomes"]),
    )


# Which files there are, and how each is to be read -----------------------------------------------------------------


def _listing(folder: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the files that hold data, and those set aside with the reason."""
    files, aside = [], []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        kind = path.suffix.lower()
        if path.name.startswith((".", "~$")) or path.name in (privacy.FOLDER, *OWN_FILES) or path.name.endswith(".map.yml"):
            continue
        if path.is_dir():
            aside.append((path.name, "folder"))
        elif kind in (*DATA, *OTHER_DATA) and path.stem.casefold() not in ("readme", "license", "notes"):
            files.append(path)
        else:
            aside.append((path.name, "kind"))
    return files, aside


def _given(mapping: str | Path | Mapping[str, Any] | None, findings: dict[str, Findings]) -> dict[str, Format]:
    """Return the mappings handed over, by file name; under an empty name the one for files nothing recognises."""
    if mapping is None:
        return {}
    name = "the mapping" if isinstance(mapping, Mapping) else str(mapping)
    found = findings.setdefault(name, Findings(name))
    source = mapping if isinstance(mapping, Mapping) else read_yaml(Path(mapping), found)
    by_file = bool(source) and all(isinstance(one, Mapping) and "." in str(file) for file, one in source.items())
    built = {str(file): read_mapping(one, found) for file, one in (source if by_file else {"": source}).items()}
    return {file: format for file, format in built.items() if format}


def mapping_of(path: Path, given: Mapping[str, Format], findings: Findings) -> Format | None:
    """Return the mapping that lies beside a file, or was handed over for it."""
    beside = path.with_name(f"{path.stem}.map.yml")
    if path.name in given or not beside.exists():
        return given.get(path.name)
    own = Findings(beside.name)
    source = read_yaml(beside, own)
    format = read_mapping(source, own) if not own.faults else None
    findings.faults += own.faults
    return format


def match_file(path: Path, given: Mapping[str, Format], findings: Findings) -> Match | None:
    """Return how a file is to be read; nothing, with a fault, where it cannot be told."""
    if path.suffix.lower() in OTHER_DATA:
        findings.whole(f"files of the kind {path.suffix.lower()} are not read", OTHER_DATA[path.suffix.lower()])
        return None
    own = mapping_of(path, given, findings)
    if findings.faults:
        return None
    if own:
        found = sheets(path, findings, separator=own.separator, quotes=own.quotes)
        return _by_mapping(found, own)
    found = sheets(path, findings)
    match = recognise(found)
    if match is None and "" in given and found:
        own = given[""]
        return _by_mapping(sheets(path, findings, separator=own.separator, quotes=own.quotes), own)
    if match is None and found and not (path.suffix.lower() == ".txt" and not _tabular(found)):
        _unknown(found, findings)
    return match


def _by_mapping(found: Sequence[Sheet], own: Format) -> Match | None:
    """Return the sheet and header row that hold most of the mapped columns."""
    if not found:
        return None
    if own.header:
        widths = {sheet.separator: len(sheet.top[0]) for sheet in found if sheet.top}
        sheet = next((sheet for sheet in found if widths.get(sheet.separator) == len(own.header)), found[0])
        return Match(sheet, own, -1, own.header)
    needed = wanted(own) | {plain_name(str(item.get("column") or item.get("text"))) for item in own.items}
    ranked = [(len(needed & {plain_name(name) for name in names}), -place, -order)
              for order, sheet in enumerate(found) for place, names in enumerate(sheet.top)]  # fmt: skip
    _, place, order = max(ranked)
    return Match(found[-order], own, -place, tuple(found[-order].top[-place]))


def _tabular(found: Sequence[Sheet]) -> bool:
    return any(sheet.separator != "," and len(sheet.top) > 2 and {len(row) for row in sheet.top} == {len(sheet.top[0])}
               and len(sheet.top[0]) > 1 for sheet in found)  # fmt: skip


def _unknown(found: Sequence[Sheet], findings: Findings) -> None:
    close = nearest(found)
    mend = f"Run crqkit map {findings.file} and look over the mapping it proposes, or take the file out of the folder."
    if close and len(close[1]) < len(close[0].required):
        format, lacking = close
        what = f"this file is of no known kind; nearest is {format.title}, for which is missing: {', '.join(lacking)}"
    else:
        what = "this file is of no known kind"
    findings.whole(what, mend)


def open_match(match: Match, settings: Settings, key: bytes, findings: Findings) -> Opened | None:
    """Load the columns that a match needs."""
    names = _unique([name.replace("\ufeff", "").strip() for name in match.names])
    format = match.format
    needed = wanted(format)
    missing = _missing(format, names)
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
    if not len(raw.frame):
        findings.whole("this file has a header and no rows", "Export it again, or take it out of the folder.")
        return None
    return Opened(match, raw, names, settings, key, findings)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return tuple(unique)


def _missing(format: Format, names: Sequence[str]) -> list[str]:
    if format.id != "mapping":
        return []
    have = {plain_name(name) for name in names}
    needed = [*format.columns.values(), *((rule.column,) for rule in format.drop_when), *((one,) for one in format.refund_when)]
    return [headers[0] for headers in needed if not any(plain_name(header) in have for header in headers)]


def _read_file(
    path: Path, given: Mapping[str, Format], settings: Settings, key: bytes, findings: Findings, skipped: list[tuple[str, str]]
) -> Part | None:
    match = match_file(path, given, findings)
    if match is None:
        if not findings.faults:
            skipped.append((path.name, "text"))
        return None
    opened = open_match(match, settings, key, findings)
    return READERS[match.format.table](opened) if opened and not findings.refuses else None


def _refuse(
    folder: Path, findings: Mapping[str, Findings], parts: Sequence[Part], skipped: Sequence[tuple[str, str]], faulty: str
) -> None:
    faults = [fault for found in findings.values() for fault in found.faults]
    if not faults and not parts:
        seen = f" but: {', '.join(name for name, _ in skipped)}" if skipped else ""
        mend = "Put your exports (csv, xlsx or json) into it, or run crqkit map FILE for a table of your own."
        faults = [Fault(f"this folder holds no data file{seen}", mend, str(folder))]
    if faults and (faulty == "refuse" or not parts or any(found.refuses for found in findings.values())):
        raise DataProblem(faults)


# What comes out -----------------------------------------------------------------------------------------------------


def _tables(parts: Sequence[Part]) -> dict[str, pd.DataFrame]:
    clean = privacy.Cleaner(name for part in parts for name in part.names)
    tables = {}
    for name in ("orders", "order_lines", "responses", "reviews"):
        frames = [_apart(part, part.tables[name], parts) for part in parts if name in part.tables and len(part.tables[name])]
        if frames:
            tables[name] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
    for name in ("responses", "reviews"):
        if name in tables and "text" in tables[name]:
            tables[name]["text"] = clean.column(tables[name]["text"])
    customers = _customers(tables["orders"]) if "orders" in tables else None
    shaped = {name: TABLES[name].shape(frame) for name, frame in tables.items()}
    shaped = {name: frame.sort_values("at", kind="stable", ignore_index=True) if "at" in frame else frame for name, frame in shaped.items()}
    return shaped | ({"customers": customers} if customers is not None and len(customers) else {})


def _apart(part: Part, frame: pd.DataFrame, parts: Sequence[Part]) -> pd.DataFrame:
    """Put the source before order numbers that another source in the folder also uses."""
    if "order_id" not in frame:
        return frame
    before = [other for other in parts if other.format.space < part.format.space and "orders" in other.tables]
    clash = {id for other in before for id in set(other.tables["orders"]["order_id"]) & set(frame["order_id"])}
    if not clash:
        return frame
    return frame.assign(order_id=frame["order_id"].mask(frame["order_id"].isin(clash), f"{part.format.space}:" + frame["order_id"]))


def _customers(orders: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person: when first seen here, and the latest known consent."""
    known = orders[orders["customer_key"].notna()].sort_values("at", kind="stable")
    first = known.drop_duplicates("customer_key").set_index("customer_key")
    frame = first.rename(columns={"at": "first_seen"})[["first_seen", "file", "row"]]
    if "consent" in known:
        said = known[known["consent"].notna()].drop_duplicates("customer_key", keep="last").set_index("customer_key")
        frame["consent"] = said["consent"].reindex(frame.index)
    return TABLES["customers"].shape(frame.reset_index())


def _form(parts: Sequence[Part]) -> Form:
    """Return the items that were asked, under the known form that most of them come from."""
    items = {id: item for part in parts for id, item in part.items.items()}
    forms = [form for part in parts for form in part.forms]
    dimensions = {id: label for part in parts for id, label in part.format.dimensions.items()}
    if not forms:
        used = dict.fromkeys(item.dimension for item in items.values() if item.dimension)
        return Form("own", tuple(items.values()), {id: dimensions.get(id, id.replace("_", " ")) for id in used})
    base = max(dict.fromkeys(form.id for form in forms), key=[form.id for form in forms].count)
    form = next(form for form in forms if form.id == base)
    return replace(form, items=tuple(items.values()), dimensions={**form.dimensions, **dimensions})


def _log(parts: Sequence[Part], skipped: Sequence[tuple[str, str]]) -> pd.DataFrame:
    rows: list[list[Any]] = []
    for part in parts:
        about = [part.file, part.format.id, part.format.table]
        rows.append([*about, "read", "", len(part.unit), ""])
        rows.append([*about, "kept", "", int(part.fates.kept.sum()), ""])
        rows += [[*about, "dropped", reason, count, detail] for reason, detail, count in part.fates.counts()]
    rows += [[file, "", "", "not read", reason, 0, ""] for file, reason in skipped]
    return pd.DataFrame(rows, columns=LOG).astype({"rows": "int64"})


def log_sentences(log: pd.DataFrame) -> Iterator[str]:
    """Yield one sentence for each line of a log, as the message templates word it."""
    read = log[log["outcome"] == "read"].set_index("file")["rows"]
    for line in log.itertuples():
        if line.outcome == "kept":
            yield say("log.kept", file=line.file, kept=line.rows, read=int(read[line.file]))
        elif line.outcome == "dropped":
            yield say(f"log.dropped.{line.reason}", file=line.file, rows=line.rows, detail=line.detail)
        elif line.outcome == "not read":
            yield say(f"log.not_read.{line.reason}", file=line.file)


def _cautions(parts: Sequence[Part], tables: Mapping[str, pd.DataFrame]) -> list[str]:
    cautions: list[str] = []
    if "orders" not in tables:
        return cautions
    orders = tables["orders"]
    currencies = sorted(orders["currency"].dropna().unique())
    if len(currencies) > 1:
        cautions.append(say("caution.intake.currencies", currencies=", ".join(currencies)))
    free = float((orders["total"].eq(0) & orders["refunds"].eq(0)).mean())
    if free > FREE_SHARE:
        cautions.append(say("caution.intake.free", share=free))
    return cautions


FREE_SHARE = 0.05
