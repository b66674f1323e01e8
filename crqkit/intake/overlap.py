"""The same order, answer or review in two downloads counts once: the newer download knows more."""

from collections.abc import Sequence

import pandas as pd

from crqkit.intake.findings import Findings
from crqkit.intake.opened import Part
from crqkit.intake.records import NEEDED, RECORD

IDS = {"orders": "order_id", "responses": "response_id", "reviews": "review_id"} | dict.fromkeys(
    (table for table in NEEDED if table != "customers"), RECORD
)


def drop_overlap(parts: Sequence[Part], findings: dict[str, Findings]) -> None:
    """Drop from each part what a newer file also holds, and note where one number names two different orders."""
    for table, id in IDS.items():
        for space in dict.fromkeys(part.format.space for part in parts):
            having = [part for part in parts if part.format.space == space and part.format.table == table]
            if len(having) > 1:
                _among(having, id, findings)


def _among(parts: list[Part], id: str, findings: dict[str, Findings]) -> None:
    # The file with the newest row first; of one that cannot be dated, the order of names decides.
    undated = pd.Timestamp(0, tz="UTC")
    newest = {part.file: part.stamps["at"].max() for part in parts}
    parts = sorted(parts, key=lambda part: part.file)
    parts = sorted(parts, key=lambda part: newest[part.file] if pd.notna(newest[part.file]) else undated, reverse=True)
    rows = pd.concat([part.stamps.assign(place=place) for place, part in enumerate(parts)], ignore_index=True)
    rows["changed"] = pd.to_datetime(rows["changed"], utc=True).fillna(undated)
    rows = rows.dropna(subset=["id"]).sort_values(["changed", "place"], ascending=[False, True], kind="stable")
    winner = rows.drop_duplicates("id").set_index("id")
    rows = rows.assign(wins=rows["id"].map(winner["place"]), other_at=rows["id"].map(winner["at"]))
    lost = rows[rows["wins"] != rows["place"]]
    _conflicts(lost[lost["numbered"].astype(bool) & (lost["at"] != lost["other_at"])], parts, findings)
    for (place, wins), group in lost.groupby(["place", "wins"]):
        _drop(parts[int(place)], id, set(group["id"]), parts[int(wins)].file)


def _conflicts(lost: pd.DataFrame, parts: list[Part], findings: dict[str, Findings]) -> None:
    for place, group in lost.groupby("place"):
        other = parts[int(group["wins"].iloc[0])].file
        mend = "Put two systems in two folders, or give each a mapping with its own source: NAME."
        what = f"this order number names another order in {other}"
        part = parts[int(place)]
        column = part.format.columns["order_id"][0]
        findings[part.file].cells(group["row"].to_numpy(), column, what, mend, group["id"])
        findings[part.file].fatal = True


def _drop(part: Part, id: str, gone: set[str], winner: str) -> None:
    part.fates.drop(part.unit.isin(gone).to_numpy(), "overlap", winner)
    part.tables.update({name: frame[~frame[id].isin(gone)] for name, frame in part.tables.items()})
