"""Read a folder of exports: every file recognised, read, compared with the others, and accounted for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crqkit.base import DataProblem, Fault, check_choice, say
from crqkit.intake import privacy
from crqkit.intake.findings import Findings
from crqkit.intake.format import Format
from crqkit.intake.mapfile import POCKET, read_mapping, read_settings, read_yaml
from crqkit.intake.matching import OTHER_DATA, match_file, open_match
from crqkit.intake.opened import Part
from crqkit.intake.orders import read_orders
from crqkit.intake.overlap import drop_overlap
from crqkit.intake.responses import read_responses
from crqkit.intake.reviews import read_reviews
from crqkit.intake.shop import Settings, Shop
from crqkit.tables.form import OWN_QUESTIONS, Form, load_form
from crqkit.tables.schema import TABLES

READERS = {"orders": read_orders, "responses": read_responses, "reviews": read_reviews}
DATA = (".csv", ".tsv", ".txt", ".xlsx", ".json")
# What crqkit start and its reader write into the folder themselves.
OWN_FILES = ("shop.yml", "brand.yml", "READ ME FIRST.txt", "form to print.html")
LOG = ["file", "format", "table", "outcome", "reason", "rows", "detail"]
FREE_SHARE = 0.05
PERSON = ["customer_key", "at", "file", "row", "consent"]


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
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> rows = ["date,customer,amount", "2026-05-01,7,12.50", "2026-05-02,7,-2.50"]
    >>> _ = (folder / "sales.csv").write_text(chr(10).join(rows))
    >>> read_folder(folder).orders[["total", "refunds", "net", "status"]]
       total  refunds   net  status
    0   12.5      0.0  12.5    sale
    1    0.0      2.5  -2.5  refund
    """
    check_choice("faulty", faulty, ["refuse", "drop"])
    folder = Path(path)
    if not folder.is_dir():
        raise DataProblem(Fault("there is no such folder", "Give the folder that holds your exports.", str(path)))
    own = Findings("shop.yml")
    settings = read_settings(folder, own)
    files, aside = listing(folder)
    key, stored = privacy.read_key(folder) if files else (b"", True)
    findings = {own.file: own}
    given = given_mappings(mapping, findings)
    parts, skipped = [], list(aside)
    for file in files:
        found = findings.setdefault(file.name, Findings(file.name))
        part = _read_file(file, given, settings, key, found, skipped)
        parts += [part] if part else []
    _refuse(folder, findings, parts, skipped, faulty)
    drop_overlap(parts, findings)
    _refuse(folder, findings, parts, skipped, faulty)
    cautions = [caution for found in findings.values() for caution in found.cautions]
    if "timezone" not in own.told:
        settings = _in_zone_of(parts, settings)
        cautions += _zone_cautions(parts, findings, settings)
    cautions += [] if stored else [say("caution.intake.key")]
    tables = _tables(parts)
    return Shop(
        folder=folder,
        settings=settings,
        tables=tables,
        log=_log(parts, skipped),
        form=_form(parts),
        cautions=(*cautions, *_cautions(parts, tables)),
        mapped=pd.DataFrame(
            [row for part in parts for row in part.mapped], columns=["file", "column", "table", "becomes"]
        ),
    )


# Which files there are, and how each is to be read -----------------------------------------------------------------


def listing(folder: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the files that hold data, and those set aside with the reason."""
    files, aside = [], []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        kind = path.suffix.lower()
        if (
            path.name.startswith((".", "~$"))
            or path.name in (privacy.FOLDER, *OWN_FILES)
            or path.name.endswith(".map.yml")
        ):
            continue
        if path.is_dir():
            aside.append((path.name, "folder"))
        elif kind in (*DATA, *OTHER_DATA) and path.stem.casefold() not in ("readme", "license", "notes"):
            files.append(path)
        else:
            aside.append((path.name, "kind"))
    return files, aside


def given_mappings(mapping: str | Path | Mapping[str, Any] | None, findings: dict[str, Findings]) -> dict[str, Format]:
    """Return the mappings handed over, by file name; an empty name stands for files that nothing recognises."""
    if mapping is None:
        return {}
    name = "the mapping" if isinstance(mapping, Mapping) else str(mapping)
    found = findings.setdefault(name, Findings(name))
    source = mapping if isinstance(mapping, Mapping) else read_yaml(Path(mapping), found)
    by_file = bool(source) and all(isinstance(one, Mapping) and "." in str(file) for file, one in source.items())
    built = {str(file): read_mapping(one, found) for file, one in (source if by_file else {"": source}).items()}
    return {file: format for file, format in built.items() if format}


def _read_file(
    path: Path,
    given: Mapping[str, Format],
    settings: Settings,
    key: bytes,
    findings: Findings,
    skipped: list[tuple[str, str]],
) -> Part | None:
    match = match_file(path, given, findings)
    if match is None:
        if not findings.faults:
            skipped.append((path.name, "text"))
        return None
    skipped += [(f"{path.name}, {page}", "page") for page in match.sheet.others]
    opened = open_match(match, settings, key, findings)
    return READERS[match.format.table](opened) if opened and not findings.refuses else None


def _refuse(
    folder: Path,
    findings: Mapping[str, Findings],
    parts: Sequence[Part],
    skipped: Sequence[tuple[str, str]],
    faulty: str,
) -> None:
    faults = [fault for found in findings.values() for fault in found.faults]
    if not faults and not parts:
        seen = f" but: {', '.join(name for name, _ in skipped)}" if skipped else ""
        mend = "Put your exports (csv, xlsx or json) into it, or run crqkit map FILE for a table of your own."
        faults = [Fault(f"this folder holds no data file{seen}", mend, str(folder))]
    if faults and (faulty == "refuse" or not parts or any(found.refuses for found in findings.values())):
        raise DataProblem(faults)


def _in_zone_of(parts: Sequence[Part], settings: Settings) -> Settings:
    """Return the settings with the time zone of the mappings, where all of them name the same."""
    zones = {part.format.timezone for part in parts}
    return replace(settings, timezone=zones.pop()) if len(zones) == 1 and zones != {""} else settings


def _zone_cautions(parts: Sequence[Part], findings: Mapping[str, Findings], settings: Settings) -> list[str]:
    zoned = {part.file for part in parts if part.format.timezone}
    naive = [found.file for found in findings.values() if found.naive and found.file not in zoned]
    if naive or settings.timezone != Settings.timezone:
        return [say("caution.intake.timezone", file=file) for file in naive]
    times = (table["at"].dropna() for part in parts for table in part.tables.values() if "at" in table)
    return [say("caution.intake.midnight")] if any((at != at.dt.normalize()).any() for at in times) else []


# What comes out -----------------------------------------------------------------------------------------------------


def _tables(parts: Sequence[Part]) -> dict[str, pd.DataFrame]:
    clean = privacy.Cleaner(name for part in parts for name in part.names)
    tables = {}
    for name in ("orders", "order_lines", "responses", "reviews"):
        frames = [
            _apart(part, part.tables[name], parts) for part in parts if name in part.tables and len(part.tables[name])
        ]
        if frames:
            tables[name] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
    for name in ("responses", "reviews"):
        if name in tables and "text" in tables[name]:
            tables[name]["text"] = clean.column(tables[name]["text"])
    customers = _customers(tables)
    shaped = {name: TABLES[name].shape(frame) for name, frame in tables.items()}
    shaped = {
        name: frame.sort_values("at", kind="stable", ignore_index=True) if "at" in frame else frame
        for name, frame in shaped.items()
    }
    return shaped | ({"customers": customers} if customers is not None and len(customers) else {})


def _apart(part: Part, frame: pd.DataFrame, parts: Sequence[Part]) -> pd.DataFrame:
    """Put the source before order numbers that another source in the folder also uses."""
    if "order_id" not in frame:
        return frame
    before = [other for other in parts if other.format.space < part.format.space and "orders" in other.tables]
    clash = {id for other in before for id in set(other.tables["orders"]["order_id"]) & set(frame["order_id"])}
    if not clash:
        return frame
    return frame.assign(
        order_id=frame["order_id"].mask(frame["order_id"].isin(clash), f"{part.format.space}:" + frame["order_id"])
    )


def _customers(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Return one row a person who bought, or answered about consent: when first seen, and the latest known consent."""
    seen = [tables["orders"]] if "orders" in tables else []
    if "consent" in tables.get("responses", ()):
        answers = tables["responses"].drop_duplicates("response_id")
        seen.append(answers[answers["consent"].notna()])
    if not seen:
        return None
    people = pd.concat([frame[frame.columns.intersection(PERSON)] for frame in seen], ignore_index=True)
    known = people[people["customer_key"].notna()].sort_values("at", kind="stable")
    first = known.drop_duplicates("customer_key").set_index("customer_key")
    frame = first.rename(columns={"at": "first_seen"})[["first_seen", "file", "row"]]
    if "consent" in known:
        said = known[known["consent"].notna()].drop_duplicates("customer_key", keep="last").set_index("customer_key")
        frame["consent"] = said["consent"].reindex(frame.index)
        frame["consent_at"] = said["at"].reindex(frame.index)
    return TABLES["customers"].shape(frame.reset_index())


def _form(parts: Sequence[Part]) -> Form:
    """Return the items that were asked, under the known form that most of them come from."""
    items = {id: item for part in parts for id, item in part.items.items()}
    forms = [form for part in parts for form in part.forms]
    dimensions = {id: label for part in parts for id, label in part.format.dimensions.items()}
    if not forms:
        used = dict.fromkeys(item.dimension for item in items.values() if item.dimension)
        labels = {**load_form(POCKET).dimensions, **dimensions}
        return Form("own", tuple(items.values()), {id: labels[id] for id in used}, status=OWN_QUESTIONS)
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
        elif line.outcome in ("dropped", "not read"):
            kind = line.outcome.replace(" ", "_")
            reason = say(f"log.{kind}.{line.reason}") + (f" ({line.detail})" if line.detail else "")
            yield say(f"log.{kind}", file=line.file, rows=line.rows, reason=reason)


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
