"""The same order, answer or review in two downloads counts once: the version that knows more."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.findings import Findings
from crqkit.intake.later import is_later, latest_first
from crqkit.intake.opened import Part, each_apart
from crqkit.intake.orders import BACK
from crqkit.intake.records import NEEDED, RECORD
from crqkit.intake.sayings import STILL_OPEN
from crqkit.intake.values import rounded

IDS = {"orders": "order_id", "responses": "response_id", "reviews": "review_id"} | dict.fromkeys(
    (table for table in NEEDED if table != "customers"), RECORD
)
# An order that is cancelled was there before; one that is not paid yet may be paid later. All others stand at 1.
STANDING = {"cancelled": 2, "unpaid": 0, STILL_OPEN: 0}
# What tells orders without a number apart beside customer, time and money, where all files say it.
APART = ("currency", "channel", "country")
UNDATED = pd.Timestamp(0, tz="UTC")


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
    if id == IDS["orders"]:
        _tell_apart(parts)
    parts = latest_first(parts)
    rows = _versions(parts)
    winner = rows.drop_duplicates("id").set_index("id")
    wins = rows["base"].map(winner["place"])
    # A refund with a row of its own goes with its sale, where a file that tells both in one row knows more of it.
    whole = [place for place, part in enumerate(parts) if not part.format.own_refunds]
    wins = wins.where(wins.isin(whole) & rows["id"].ne(rows["base"]), rows["id"].map(winner["place"]))
    rows = rows.assign(wins=wins.astype("int64"), other_at=rows["id"].map(winner["at"]))
    lost = rows[rows["wins"] != rows["place"]]
    _conflicts(lost[lost["numbered"].astype(bool) & lost["at"].ne(lost["other_at"])], parts, findings)
    _doubts(lost, winner, parts, findings)
    for (place, wins), group in lost.groupby(["place", "wins"]):
        _drop(parts[int(place)], id, set(group["id"]), parts[int(wins)].file)


def _versions(parts: list[Part]) -> pd.DataFrame:
    """Return each version of each order, answer or review; first the one that knows most.

    Money given back stays given back, and what is cancelled stays cancelled: that tells more of two versions than
    the files they stand in. An update with a date, where all versions have one, tells more than either.
    """
    rows = pd.concat([_known(part).assign(place=place) for place, part in enumerate(parts)], ignore_index=True)
    rows = rows.dropna(subset=["id"])
    changed = pd.to_datetime(rows["changed"], utc=True)
    dated = ~rows["id"].isin(rows.loc[changed.isna(), "id"])
    base = rows["id"].astype("string").str.partition(BACK)[0]
    given = rounded(rows["given"].groupby([rows["place"], base]).transform("sum"))
    rows = rows.assign(changed=changed.where(dated, UNDATED), dated=dated, base=base, given=given)
    return rows.sort_values(
        ["changed", "standing", "given", "place"], ascending=[False, False, False, True], kind="stable"
    )


def _known(part: Part) -> pd.DataFrame:
    stamps = part.stamps.assign(standing=1, given=0.0, total=0.0)
    if part.format.table != "orders":
        return stamps
    for reason, standing in STANDING.items():
        stamps["standing"] = stamps["standing"].mask(part.fates.dropped_for(reason)[stamps.index], standing)
    money = part.tables["orders"][["refunds", "total"]].reindex(stamps.index)
    return stamps.assign(given=money["refunds"].fillna(0), total=money["total"])


def _doubts(lost: pd.DataFrame, winner: pd.DataFrame, parts: list[Part], findings: dict[str, Findings]) -> None:
    """Say how many orders have two versions that differ while nothing says which of the two is later."""
    won = winner.reindex(lost["id"])
    differ = (lost["standing"].to_numpy() != won["standing"].to_numpy()) | (
        np.abs(lost[["given", "total"]].to_numpy(dtype=float) - won[["given", "total"]].to_numpy(dtype=float)) > 0.005
    ).any(axis=1)
    open = lost[differ & ~lost["dated"].to_numpy(dtype=bool) & lost["numbered"].to_numpy(dtype=bool)]
    files = [
        (parts[int(wins)].file, parts[int(place)].file, group["id"])
        for (place, wins), group in open.groupby(["place", "wins"])
        if not is_later(parts[int(wins)], parts[int(place)])
    ]
    if files:
        orders = len({id for *_, ids in files for id in ids})
        named = ", ".join(sorted({name for *pair, _ in files for name in pair}))
        findings[files[0][0]].cautions.append(say("caution.intake.versions", orders=orders, files=named))


def _tell_apart(parts: list[Part]) -> None:
    """Let currency, channel and country tell orders without a number apart, where all files have them.

    A column that only one file has must not make its orders others than the same orders of another file.
    """
    found = {}
    for place, part in enumerate(parts):
        orders = part.tables["orders"]
        made = ~part.stamps.loc[orders.index, "numbered"].astype(bool)
        if made.any() and part.format.stages is None:
            found[place] = orders[made]
    names = [name for name in APART if all(name in orders and orders[name].notna().any() for orders in found.values())]
    if len(found) < 2 or not names:
        return
    for place, orders in found.items():
        said = pd.util.hash_pandas_object(orders[names].astype("string").fillna(""), index=False).map("{:x}".format)
        ids = each_apart(orders["order_id"].str.partition("-")[0] + "-" + said.astype("string"))
        renamed = dict(zip(orders["order_id"], ids, strict=True))
        part = parts[place]
        part.stamps["id"] = _renamed(part.stamps["id"], renamed)
        part.unit = _renamed(part.unit, renamed)
        part.tables.update(
            {name: frame.assign(order_id=_renamed(frame["order_id"], renamed)) for name, frame in part.tables.items()}
        )


def _renamed(ids: pd.Series, renamed: dict[str, str]) -> pd.Series:
    return ids.map(renamed).astype("string").fillna(ids)


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
