"""The parts of all files put together: one table of each kind, one key a person, and who the persons are."""

from collections.abc import Mapping, Sequence

import pandas as pd

from crqkit.intake.claims import join_claims
from crqkit.intake.opened import Part
from crqkit.intake.privacy import Cleaner
from crqkit.tables.schema import TABLES

PERSON = ["customer_key", "at", "file", "row", "consent"]
PERSON_KEYS = ("customer_key", "referrer_key")
# Free words in which somebody may be named.
FREE_TEXT = {
    "responses": ("text",),
    "reviews": ("text",),
    "customers": ("tags", "source"),
    "interactions": ("type", "topic"),
    "events": ("activity",),
    "jobs": ("kind",),
    "bookings": ("service",),
    "costs": ("kind",),
}
# What things are called: whole names are taken out, and not each word that somebody also goes by.
TITLES = {"order_lines": ("name",)}


def assemble(parts: Sequence[Part]) -> dict[str, pd.DataFrame]:
    """Return the canonical tables of all parts, oldest row first."""
    clean = Cleaner(name for part in parts for name in part.names)
    persons = _persons(parts)
    tables = {}
    for name in TABLES:
        frames = [
            _known(_apart(part, part.tables[name], parts), persons.get(part.format.space, {}))
            for part in parts
            if name in part.tables and len(part.tables[name])
        ]
        if frames:
            tables[name] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
            tables[name] = tables[name].assign(**_cleaned(name, tables[name], clean))
    stated = tables.pop("customers", None)
    shaped = {name: TABLES[name].shape(frame) for name, frame in tables.items()}
    shaped = join_claims(shaped)
    shaped = {
        name: frame.sort_values("at", kind="stable", ignore_index=True) if "at" in frame else frame
        for name, frame in shaped.items()
    }
    customers = _customers(shaped, tables, stated)
    return shaped | ({"customers": customers} if customers is not None and len(customers) else {})


def _cleaned(name: str, frame: pd.DataFrame, clean: Cleaner) -> dict[str, pd.Series]:
    """Return the columns of a table in which somebody may be named, without the names."""
    free = {column: clean.column(frame[column]) for column in FREE_TEXT.get(name, ()) if column in frame}
    titles = {column: clean.column(frame[column], title=True) for column in TITLES.get(name, ()) if column in frame}
    return free | titles


def _persons(parts: Sequence[Part]) -> dict[str, dict[str, str]]:
    """Return, for each system, whose key stands behind the numbers that it gives its customers."""
    persons: dict[str, dict[str, str]] = {}
    for part in parts:
        persons.setdefault(part.format.space, {}).update(part.aliases)
    return persons


def _known(frame: pd.DataFrame, persons: Mapping[str, str]) -> pd.DataFrame:
    named = [column for column in PERSON_KEYS if column in frame] if persons else []
    return frame.assign(**{column: frame[column].map(persons).fillna(frame[column]) for column in named})


def _apart(part: Part, frame: pd.DataFrame, parts: Sequence[Part]) -> pd.DataFrame:
    """Put the source before order numbers that another source in the folder also uses."""
    if "order_id" not in frame or "orders" not in part.tables:
        return frame
    before = [other for other in parts if other.format.space < part.format.space and "orders" in other.tables]
    clash = {id for other in before for id in set(other.tables["orders"]["order_id"]) & set(frame["order_id"])}
    if not clash:
        return frame
    return frame.assign(
        order_id=frame["order_id"].mask(frame["order_id"].isin(clash), f"{part.format.space}:" + frame["order_id"])
    )


def _customers(
    shaped: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], stated: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return one row a person who bought, stands in a list of customers, or answered about consent.

    With it when first seen and the latest known consent; where two say the opposite at one time, it is no.
    """
    seen = []
    if "orders" in shaped:
        orders = tables["orders"]
        seen.append(orders.assign(consent=orders.get("consent", pd.NA)))
    if "consent" in tables.get("responses", ()):
        answers = tables["responses"].drop_duplicates("response_id")
        seen.append(answers[answers["consent"].notna()])
    if stated is not None:
        seen.append(_as_seen(stated))
    if not seen:
        return None
    frames = [frame if "said_at" in frame else frame.assign(said_at=frame["at"]) for frame in seen]
    frames = [frame[[*PERSON, "said_at"]] for frame in frames]
    people = pd.concat([frame.astype({"consent": "boolean"}) for frame in frames], ignore_index=True)
    known = people[people["customer_key"].notna()].sort_values("at", kind="stable", na_position="last")
    frame = known.drop_duplicates("customer_key").set_index("customer_key")
    frame = frame.rename(columns={"at": "first_seen"})[["first_seen", "file", "row"]]
    said = _latest_word(known[known["consent"].notna()]).set_index("customer_key")
    frame["consent"] = said["consent"].reindex(frame.index)
    frame["consent_at"] = said["said_at"].reindex(frame.index)
    if stated is not None:
        about = [name for name in ("tags", "country", "source", "stated_orders", "stated_spent") if name in stated]
        frame = frame.join(stated.dropna(subset=["customer_key"]).groupby("customer_key")[about].first())
    return TABLES["customers"].shape(frame.reset_index())


def _latest_word(said: pd.DataFrame) -> pd.DataFrame:
    """Return the latest known consent of each person: of two at one time the no, and a no without a date last of all.

    A yes without a date counts as older than everything: nobody is written to on the strength of it alone against
    a no.
    """
    said = said.sort_values("consent", ascending=False, kind="stable")
    said = said.sort_values("said_at", kind="stable", na_position="first")
    undated_no = said["said_at"].isna() & ~said["consent"].astype(bool)
    said = pd.concat([said[~undated_no], said[undated_no]])
    return said.drop_duplicates("customer_key", keep="last")


def _as_seen(stated: pd.DataFrame) -> pd.DataFrame:
    """Return a list of customers in the shape of sightings."""
    none = pd.Series(pd.NaT, index=stated.index, dtype="datetime64[us, UTC]")
    consent = stated["consent"] if "consent" in stated else pd.Series(pd.NA, index=stated.index, dtype="boolean")
    return stated.assign(at=stated.get("first_seen", none), said_at=stated.get("consent_at", none), consent=consent)
