"""What is kept from page to page in the owner's folder: the figures, and the advice with what was done."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crqkit.base import DataProblem, Fault
from crqkit.intake import PRIVATE

if TYPE_CHECKING:
    from crqkit.report.compose import Page

# The tables of the profile that the next page compares with.
KEPT = ("dimensions", "recommendation")
ADVICE = ["advised_on", "customer_key", "action", "why", "done"]
NOT_DONE = frozenset({"", "no", "n", "0", "nein", "non"})


@dataclass(frozen=True)
class Snapshot:
    """The figures of an earlier page; `tables` hold no persons."""

    as_of: pd.Timestamp
    tables: dict[str, pd.DataFrame]


def keep(page: "Page") -> dict[Path, bytes]:
    """Return what to keep of a page: its snapshot, named by its day, and the advice with earlier marks untouched."""
    if page.day is None or not page.shop.folder.is_dir():
        return {}
    folder = page.shop.folder / PRIVATE
    profile = page["profile"].tables
    tables = {name: json.loads(profile[name].to_json(orient="records")) for name in KEPT if name in profile}
    snapshot = {"as_of": page.shop.as_of.isoformat(), "tables": tables}
    contents = {folder / "snapshots" / f"{page.day:%Y-%m-%d}.json": json.dumps(snapshot, indent=1).encode()}
    week = next((section for section in page.sections if section.id == "week"), None)
    if week and len(listed := week.tables.get("this_week", pd.DataFrame())):
        contents[folder / "advice.csv"] = _advice(folder / "advice.csv", listed, f"{page.day:%Y-%m-%d}")
    return contents


def last_snapshot(folder: Path, before: pd.Timestamp) -> Snapshot | None:
    """Return the latest snapshot in `folder` from a day before `before`, or None."""
    found = sorted((folder / PRIVATE / "snapshots").glob("*.json"))
    for path in reversed(found):
        snapshot = _read(path)
        if not pd.isna(before) and snapshot.as_of.normalize() < before.normalize():
            return snapshot
    return None


def _read(path: Path) -> Snapshot:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        tables = {name: pd.DataFrame(rows) for name, rows in kept["tables"].items()}
        return Snapshot(pd.Timestamp(kept["as_of"]), tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        mend = "Remove it: the next page then starts anew."
        raise DataProblem(
            Fault("this kept page is damaged", mend, file=str(path.relative_to(path.parents[2])))
        ) from error


def last_advice(folder: Path, before: pd.Timestamp) -> pd.DataFrame:
    """Return the latest advice given on a day before `before`: ``advised_on, customer_key, action, why, done``."""
    advice = _read_advice(folder / PRIVATE / "advice.csv")
    days = pd.to_datetime(advice["advised_on"], utc=True)
    earlier = advice[days < before.normalize()].assign(advised_on=days)
    marked = earlier["done"].str.strip().str.casefold()
    earlier = earlier.assign(done=~marked.isin(NOT_DONE))
    return earlier[earlier["advised_on"] == earlier["advised_on"].max()]


def _read_advice(path: Path) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame(columns=ADVICE, dtype="str")
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    # A spreadsheet of another country saves it with semicolons.
    separator = ";" if text.split("\n", 1)[0].count(";") > 2 else ","
    try:
        advice = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
        pd.to_datetime(advice["advised_on"], format="%Y-%m-%d")
        return advice[ADVICE]
    except (ValueError, KeyError) as error:
        names = f"Keep its columns {', '.join(ADVICE)} and the dates as they were, or remove it."
        raise DataProblem(Fault("this list of advice cannot be read", names, file=f"{PRIVATE}/{path.name}")) from error


def _advice(path: Path, listed: pd.DataFrame, day: str) -> bytes:
    known = _read_advice(path)
    today = known[known["advised_on"] == day].set_index("customer_key")["done"]
    rows = listed[["customer_key", "action", "why"]].assign(
        advised_on=day, done=[str(today.get(key, "")) for key in listed["customer_key"]]
    )
    table = pd.concat([known[known["advised_on"] != day], rows[ADVICE]])
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
