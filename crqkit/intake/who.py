"""From a customer key back to the person, for the owner: the files are read again, no register is kept."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault
from crqkit.intake import privacy
from crqkit.intake.findings import Findings
from crqkit.intake.folder import given_mappings
from crqkit.intake.format import plain_name
from crqkit.intake.listing import listing
from crqkit.intake.mapfile import read_settings
from crqkit.intake.matching import match_file, open_match
from crqkit.intake.opened import Opened

# In which of several columns a part of the name stands, or the whole of it.
FIRST = re.compile("first ?name|vorname|prénom|^nombre$")
LAST = re.compile("last ?name|surname|nachname|^nom$|apellidos")
WHOLE = re.compile(f"^(?!.*(?:{FIRST.pattern}|{LAST.pattern}))")
COLUMNS = ["identifier", "name", "phone", "file", "row", "rows"]


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
        ``identifier, name, phone, file, row, rows``: one row for each name of the person, with the first place
        where it stands and the number of rows; no rows where nobody is found.

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
    with listing(folder) as listed:
        for file in listed.files:
            findings = Findings(file.name)
            match = match_file(file, given, findings)
            opened = open_match(match, settings, key, findings) if match else None
            if opened:
                found.append(_rows(opened, wanted))
    return _people(pd.concat(found, ignore_index=True)) if found else pd.DataFrame(columns=COLUMNS)


def _people(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each identifier and name once; a row without a name or telephone takes that of another row."""
    spelled = rows["identifier"].str.strip().str.lower()
    rows = rows.assign(name=rows["name"].str.strip(), phone=rows["phone"].str.strip().str.removeprefix("'"))
    first = rows.groupby(spelled)[["name", "phone"]].transform("first")
    rows = rows.assign(name=rows["name"].fillna(first["name"]).fillna(""), phone=first["phone"].fillna(""))
    kept = rows.groupby([spelled, "name"], sort=False, as_index=False)
    return kept.agg("first").assign(rows=kept.size()["size"])[COLUMNS]


def _rows(opened: Opened, customer_key: str) -> pd.DataFrame:
    there = opened.fates.kept
    keys = (opened.persons(there), opened.alias_keys(there))
    own, other = ((one == customer_key).fillna(False).to_numpy(dtype=bool) for one in keys)
    hits = own | other
    given = opened.given(there, ["customer_key", "customer_phone", "alias"])
    texts = {field: cells.values[hits].astype("str") for field, cells in given.items()}
    none = pd.Series(pd.NA, index=opened.raw.frame.index[there][hits], dtype="str")
    phone = texts.get("customer_phone", none)
    identifier = texts.get("customer_key", none)
    # By the number that other files of the same source give the person, where that is what the key stands for.
    identifier = identifier.where(own[hits], texts.get("alias", none))
    return pd.DataFrame(
        {
            "identifier": identifier.fillna(phone),
            "name": _names(opened, there, hits),
            "phone": phone,
            "file": opened.raw.file,
            "row": opened.raw.rows[there][hits],
        }
    )


def _names(opened: Opened, there: np.ndarray, hits: np.ndarray) -> pd.Series:
    """Return the name in each row: as one column has it, else first and last name from two."""
    found = [opened.cells([header], there) for header in opened.format.names]
    columns = {
        plain_name(cells.column): cells.values[hits].astype("str").str.strip() for cells in found if cells is not None
    }
    none = pd.Series(pd.NA, index=opened.raw.frame.index[there][hits], dtype="str")
    first, last = (_first_filled(columns, pattern, none) for pattern in (FIRST, LAST))
    joined = first.str.cat(last, sep=" ").fillna(first).fillna(last)
    return _first_filled(columns, WHOLE, none).fillna(joined)


def _first_filled(columns: Mapping[str, pd.Series], pattern: re.Pattern[str], none: pd.Series) -> pd.Series:
    for name, values in columns.items():
        none = none.fillna(values) if pattern.search(name) else none
    return none
