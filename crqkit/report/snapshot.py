"""What is kept from page to page in the owner's folder: the figures, and the advice with what was done."""

import io
import json
import tempfile
from dataclasses import dataclass, replace
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


def can_keep(folder: Path) -> bool:
    """Return whether the folder of the exports can be written to; nothing is left in it.

    >>> can_keep(Path(__file__))
    False
    """
    try:
        for place in (folder / PRIVATE, folder / PRIVATE / "snapshots"):
            there = next(one for one in (place, *place.parents) if one.exists())
            with tempfile.TemporaryFile(dir=there):
                pass
    except OSError:
        return False
    return True


def keep(page: "Page", *, backdated: bool = False) -> dict[Path, bytes]:
    """Return what to keep of a page: its snapshot, named by its day, and the advice with earlier marks untouched.

    A page made later for an earlier day does not replace what was kept on that day.
    """
    if page.day is None or not page.shop.folder.is_dir():
        return {}
    folder = page.shop.folder / PRIVATE
    place = folder / "snapshots" / f"{page.day:%Y-%m-%d}.json"
    if backdated and place.exists():
        return {}
    profile = page["profile"].tables
    tables = {name: json.loads(profile[name].to_json(orient="records")) for name in KEPT if name in profile}
    snapshot = {"as_of": page.day.isoformat(), "tables": tables}
    contents = {place: json.dumps(snapshot, indent=1).encode()}
    week = next((section for section in page.sections if section.id == "week"), None)
    if week and len(listed := week.tables.get("this_week", pd.DataFrame())):
        contents[folder / "advice.csv"] = _advice(folder / "advice.csv", listed, f"{page.day:%Y-%m-%d}")
    return contents


def last_snapshot(folder: Path, before: pd.Timestamp) -> Snapshot | None:
    """Return the latest snapshot in `folder` from a day before `before`, or None."""
    found = sorted((folder / PRIVATE / "snapshots").glob("*.json"))
    for path in reversed(found):
        snapshot = _read(path)
        if not pd.isna(before) and snapshot.as_of.tz_convert(before.tz).date() < before.date():
            return replace(snapshot, as_of=snapshot.as_of.tz_convert(before.tz))
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
    advice = _marked(folder)
    earlier = advice[advice["advised_on"] < _day(before)]
    return earlier[earlier["advised_on"] == earlier["advised_on"].max()]


def done_lately(folder: Path, as_of: pd.Timestamp, days: int) -> set[str]:
    """Return the customers for whom advice of the last `days` days is marked as done."""
    advice = _marked(folder)
    recent = advice["advised_on"].between(_day(as_of) - pd.Timedelta(days=days), _day(as_of))
    return set(advice.loc[recent & advice["done"], "customer_key"])


def _day(moment: pd.Timestamp) -> pd.Timestamp:
    """Return the day of a moment on the shop's clock, as a plain date."""
    return moment.tz_localize(None).normalize()


def _marked(folder: Path) -> pd.DataFrame:
    advice = _read_advice(folder / PRIVATE / "advice.csv")
    marks = advice["done"].str.strip().str.casefold()
    return advice.assign(advised_on=pd.to_datetime(advice["advised_on"]), done=~marks.isin(NOT_DONE))


def _read_advice(path: Path) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame(columns=ADVICE, dtype="str")
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    # A spreadsheet of another country saves it with semicolons.
    separator = ";" if text.split("\n", 1)[0].count(";") > 2 else ","
    try:
        advice = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
        # A spreadsheet set to German turns 2026-06-30 into 30.06.2026 when it saves the list.
        days = advice["advised_on"].str.replace(r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1", regex=True)
        pd.to_datetime(days, format="%Y-%m-%d")
        return advice[ADVICE].assign(advised_on=days)
    except (ValueError, KeyError) as error:
        names = f"Keep its columns {', '.join(ADVICE)} and the dates as they were, or remove it."
        raise DataProblem(Fault("this list of advice cannot be read", names, file=f"{PRIVATE}/{path.name}")) from error


def _advice(path: Path, listed: pd.DataFrame, day: str) -> bytes:
    known = _read_advice(path)
    marked = known[(known["advised_on"] == day) & (known["done"] != "")]
    today = marked.set_index("customer_key")["done"]
    finished = marked[~marked["customer_key"].isin(listed["customer_key"])]
    rows = listed[["customer_key", "action", "why"]].assign(
        advised_on=day, done=[str(today.get(key, "")) for key in listed["customer_key"]]
    )
    table = pd.concat([known[known["advised_on"] != day], finished, rows[ADVICE]])
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
