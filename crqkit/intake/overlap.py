"""The same order, answer or review in two downloads counts once: the newer download knows more."""

from collections.abc import Sequence

import pandas as pd

from crqkit.intake.findings import Findings
from crqkit.intake.opened import Part
from crqkit.intake.orders import BACK
from crqkit.intake.records import NEEDED, RECORD

IDS = {"orders": "order_id", "responses": "response_id", "reviews": "review_id"} | dict.fromkeys(
    (table for table in NEEDED if table != "customers"), RECORD
)


def drop_overlap(parts: Sequence[Part], findings: dict[str, Findings]) -> None:
    """Drop from each part what a newer file also holds, and note where one number names two different orders.

    Files that show orders in detail are compared among themselves, and then add their lines to the orders.
    """
    for table, id in IDS.items():
        for kind in dict.fromkeys((part.format.space, part.format.detail_of) for part in parts):
            having = [
                part
                for part in parts
                if (part.format.space, part.format.detail_of) == kind and part.format.table == table
            ]
            if len(having) > 1:
                _among(having, id, findings)
    for name in dict.fromkeys(part.format.detail_of for part in parts if part.format.detail_of):
        for space in dict.fromkeys(part.format.space for part in parts):
            here = [part for part in parts if part.format.space == space]
            whole = [part for part in here if part.format.id == name]
            if whole:
                _join_details(whole, [part for part in here if part.format.detail_of == name])


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


def _join_details(whole: list[Part], details: list[Part]) -> None:
    """Keep only the lines of orders that another file gives as a whole; what no such file knows stays an order."""
    alive = pd.concat([part.tables["orders"]["order_id"] for part in whole])
    known = set(pd.concat([part.stamps["id"] for part in whole]).dropna())
    refunds = alive[alive.str.contains(BACK, regex=False)]
    of_sale = dict(zip(refunds.str.partition(BACK)[0], refunds, strict=True))
    for part in details:
        unit = part.unit
        # Two files may time a refund differently: then the sale that it belongs to tells which one it is.
        base = unit.str.partition(BACK)[0].where(unit.str.contains(BACK, regex=False) & ~unit.isin(known))
        part.unit = unit = base.map(of_sale).astype("string").fillna(unit)
        part.fates.drop((unit.isin(known) & ~unit.isin(set(alive))).to_numpy(dtype=bool, na_value=False), "detail")
        kept = part.fates.kept
        orders, lines = part.tables["orders"], part.tables.get("order_lines")
        part.tables["orders"] = orders[~orders["order_id"].isin(known) & unit.loc[orders.index].eq(orders["order_id"])]
        if lines is not None:
            part.tables["order_lines"] = lines.assign(order_id=unit.loc[lines.index])[kept[lines.index]]
    found = [part.tables["order_lines"] for part in details if "order_lines" in part.tables]
    counted = pd.concat(found).groupby("order_id")["qty"].sum() if found else pd.Series(dtype="float64")
    for part in whole:
        orders = part.tables["orders"]
        items = orders["order_id"].map(counted).astype("float64")
        part.tables["orders"] = orders.assign(n_items=orders["n_items"].fillna(items) if "n_items" in orders else items)
