"""Read a folder of exports: every file recognised, read, compared with the others, and accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crqkit.base import DataProblem, Fault, check_choice, say
from crqkit.intake import privacy
from crqkit.intake.asked import asked
from crqkit.intake.assembled import assemble
from crqkit.intake.claims import claim_cautions
from crqkit.intake.findings import Findings
from crqkit.intake.format import Format
from crqkit.intake.listing import File, listing
from crqkit.intake.log import account
from crqkit.intake.mapfile import read_mapping, read_settings, read_yaml
from crqkit.intake.matching import match_file, open_match
from crqkit.intake.naming import without_persons
from crqkit.intake.opened import Part
from crqkit.intake.orders import read_orders
from crqkit.intake.overlap import drop_overlap
from crqkit.intake.phones import doubtful
from crqkit.intake.records import read_records
from crqkit.intake.responses import read_responses
from crqkit.intake.reviews import read_reviews
from crqkit.intake.shop import Settings, Shop
from crqkit.intake.twice import twice_told

READERS = {"orders": read_orders, "responses": read_responses, "reviews": read_reviews}
FREE_SHARE = 0.05


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
        what = "this is a file" if folder.is_file() else "there is no such folder"
        mend = f"Give its folder: {folder.parent}" if folder.is_file() else "Give the folder that holds your exports."
        raise DataProblem(Fault(what, mend, str(path)))
    own = Findings("shop.yml")
    settings = read_settings(folder, own)
    findings = {own.file: own}
    given = given_mappings(mapping, findings)
    parts: list[Part] = []
    with listing(folder) as listed:
        own.faults += listed.faults
        skipped = list(listed.aside)
        key, stored = privacy.read_key(folder) if listed.files else (b"", True)
        for file in listed.files:
            found = findings.setdefault(file.name, Findings(file.name))
            part = _read_file(file, given, settings, key, found, skipped)
            parts += [part] if part else []
        if "timezone" not in own.told:
            settings, parts = _in_zone_of(parts, settings, listed.files, given, key, findings)
        _forgive(listed.files, findings, parts, skipped)
    _refuse(folder, findings, parts, skipped, faulty)
    drop_overlap(parts, findings)
    _refuse(folder, findings, parts, skipped, faulty)
    cautions = [caution for found in findings.values() for caution in found.cautions]
    if "timezone" not in own.told:
        cautions += _zone_cautions(parts, findings, settings)
    cautions += twice_told(parts, settings.timezone)
    cautions += [] if stored else [say("caution.intake.key")]
    alike = doubtful({key: one for found in findings.values() for key, one in found.phones.items()})
    cautions += [say("caution.intake.telephones", customers=alike)] if alike else []
    tables = assemble(parts)
    form, told = asked(parts)
    shop = Shop(
        folder=folder,
        settings=settings,
        tables=tables,
        log=account(parts, skipped),
        form=form,
        cautions=(*cautions, *told, *claim_cautions(tables), *_cautions(parts, tables)),
        mapped=pd.DataFrame(
            [row for part in parts for row in part.mapped], columns=["file", "column", "table", "becomes"]
        ),
    )
    return without_persons(shop, (name for part in parts for name in part.names))


# Which files there are, and how each is to be read -----------------------------------------------------------------


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
    file: File,
    given: Mapping[str, Format],
    settings: Settings,
    key: bytes,
    findings: Findings,
    skipped: list[tuple[str, str]],
) -> Part | None:
    match = match_file(file, given, findings)
    if match is None:
        if not findings.faults:
            skipped.append((file.name, "text"))
        return None
    skipped += [(f"{file.name}, {page}", "page") for page in match.sheet.others]
    opened = open_match(match, settings, key, findings)
    if opened is None and not findings.faults:
        skipped.append((file.name, "blank"))
    return READERS.get(match.format.table, read_records)(opened) if opened and not findings.refuses else None


def _forgive(
    files: Sequence[File], findings: Mapping[str, Findings], parts: Sequence[Part], skipped: list[tuple[str, str]]
) -> None:
    """Set aside what is of no known kind in an archive of which something else was understood."""
    understood = {part.file for part in parts}
    useful = {file.archive for file in files if file.archive and file.name in understood}
    for file in files:
        found = findings[file.name]
        if file.archive in useful and found.unknown:
            found.faults.clear()
            skipped.append((file.name, "unknown"))


def _refuse(
    folder: Path,
    findings: Mapping[str, Findings],
    parts: Sequence[Part],
    skipped: Sequence[tuple[str, str]],
    faulty: str,
) -> None:
    faults = [fault for found in findings.values() for fault in found.faults]
    blank = [name for name, reason in skipped if reason == "blank"]
    if not faults and not parts and blank:
        mend = "Fill one in, or put your exports (csv, xlsx or json) beside them."
        faults = [Fault(f"these sheets are still empty: {', '.join(blank)}", mend, str(folder))]
    elif not faults and not parts:
        seen = f" but: {', '.join(name for name, _ in skipped)}" if skipped else ""
        mend = "Put your exports (csv, xlsx or json) into it, or run crqkit map FILE for a table of your own."
        faults = [Fault(f"this folder holds no data file{seen}", mend, str(folder))]
    if faults and (faulty == "refuse" or not parts or any(found.refuses for found in findings.values())):
        raise DataProblem(faults)


def _in_zone_of(
    parts: list[Part],
    settings: Settings,
    files: Sequence[File],
    given: Mapping[str, Format],
    key: bytes,
    findings: dict[str, Findings],
) -> tuple[Settings, list[Part]]:
    """Return the settings with the time zone of the files that name one, where all name the same.

    The files that name none are read once more, on that clock: their days begin when those of the others do.
    """
    zones = {part.format.timezone for part in parts} - {""}
    if len(zones) != 1 or zones == {settings.timezone}:
        return settings, parts
    zone = zones.pop()
    # The keys of telephones stay what the settings make of them: `who` reads no other files to find them.
    on_clock = replace(settings, clock=zone)
    source = {file.name: file for file in files}
    again = []
    for part in parts:
        if part.format.timezone or part.file not in source:
            again.append(part)
            continue
        found = findings[part.file] = Findings(part.file)
        anew = _read_file(source[part.file], given, on_clock, key, found, [])
        again += [anew] if anew else []
    return replace(settings, timezone=zone), again


def _zone_cautions(parts: Sequence[Part], findings: Mapping[str, Findings], settings: Settings) -> list[str]:
    zoned = {part.file for part in parts if part.format.timezone}
    naive = [found.file for found in findings.values() if found.naive and found.file not in zoned]
    if naive:
        return [say("caution.intake.timezone", files=", ".join(naive), zone=settings.timezone)]
    if settings.timezone != Settings.timezone:
        return []
    times = (table["at"].dropna() for part in parts for table in part.tables.values() if "at" in table)
    return [say("caution.intake.midnight")] if any((at != at.dt.normalize()).any() for at in times) else []


# What comes out -----------------------------------------------------------------------------------------------------


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
