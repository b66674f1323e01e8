"""From a customer key back to the person, for the owner: the files are read again, no register is kept."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from crqkit.base import DataProblem, Fault
from crqkit.intake import privacy
from crqkit.intake.findings import Findings
from crqkit.intake.folder import given_mappings, listing
from crqkit.intake.mapfile import read_settings
from crqkit.intake.matching import match_file, open_match
from crqkit.intake.opened import Opened

COLUMNS = ["identifier", "name", "file", "row"]


def who(customer_key: str, folder: str | Path, mapping: str | Path | Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Find the person behind a customer key in the owner's own files.

    Parameters
    ----------
    customer_key : str
        As it stands on the page, like ``CABCDEF234567``.
    folder : str or Path
        The folder of exports, with its key in ``crqkit-private``.
    mapping : optional
        As given to `read_folder`.

    Returns
    -------
    DataFrame
        ``identifier, name, file, row``: where this person stands; no rows where nobody is found.

    Raises
    ------
    DataProblem
        Without a key in the folder, or where this is no customer key.

    Examples
    --------
    >>> import tempfile
    >>> from crqkit.intake import read_folder
    >>> folder = Path(tempfile.mkdtemp())
    >>> rows = ["date,customer,amount", "2026-05-01,ana@example.org,12.50"]
    >>> _ = (folder / "sales.csv").write_text(chr(10).join(rows))
    >>> who(read_folder(folder).orders["customer_key"][0], folder)["identifier"].tolist()
    ['ana@example.org']
    """
    folder = Path(folder)
    wanted = customer_key.strip().upper()
    if not re.fullmatch(r"C[A-Z2-7]{12}", wanted):
        mend = "A key is the letter C and twelve letters or digits, as it stands on the page."
        raise DataProblem(Fault("this is no customer key", mend, value=customer_key))
    if not (folder / privacy.FOLDER / privacy.KEY_FILE).is_file():
        mend = "Give the folder with the exports that the page was made from."
        raise DataProblem(Fault("this folder holds no key of customers", mend, str(folder)))
    key, _ = privacy.read_key(folder)
    settings = read_settings(folder, Findings("shop.yml"))
    given = given_mappings(mapping, {})
    found = []
    for path in listing(folder)[0]:
        findings = Findings(path.name)
        match = match_file(path, given, findings)
        opened = open_match(match, settings, key, findings) if match else None
        if opened:
            found.append(_rows(opened, wanted))
    return pd.concat(found, ignore_index=True)[COLUMNS] if found else pd.DataFrame(columns=COLUMNS)


def _rows(opened: Opened, customer_key: str) -> pd.DataFrame:
    there = opened.fates.kept
    hits = (opened.persons(there) == customer_key).fillna(False).to_numpy(dtype=bool)
    given = opened.given(there, ["customer_key", "customer_phone"])
    texts = [cells.values[hits] for cells in given.values()]
    identifier = texts[0].fillna(texts[-1]) if texts else None
    named = opened.cells(opened.format.names, there)
    name = named.values[hits] if named is not None else ""
    return pd.DataFrame(
        {"identifier": identifier, "name": name, "file": opened.raw.file, "row": opened.raw.rows[there][hits]}
    )
