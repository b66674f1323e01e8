"""What cannot be, within one row of a table: an end before its beginning, a year mistyped, one who sent himself."""

import numpy as np
import pandas as pd

from crqkit.intake.opened import Opened
from crqkit.intake.values import Cells
from crqkit.tables.schema import OPEN

IN_ORDER = {"subscriptions": ("started_at", "ended_at"), "interactions": ("at", "resolved_at")}
YEAR = pd.Timedelta(days=366)
MEND = "Mend one of the two dates."


def check_sense(opened: Opened, frame: pd.DataFrame, given: dict[str, Cells]) -> None:
    """Note a fault for each row of which two cells cannot both be right."""
    table, findings = opened.format.table, opened.findings
    first, last = IN_ORDER.get(table, ("", ""))
    if {first, last} <= set(given):
        what = f"before the {plainly(given[first].column)} of the same row"
        given[last].fault(frame[last] < frame[first], findings, what, MEND)
    if table == "bookings" and {"booked_at", "at"} <= set(given):
        # By days: who walks in is often booked with the hour, for a day without one.
        days = {name: frame[name].dt.tz_convert(_zone(opened)).dt.normalize() for name in ("booked_at", "at")}
        what = f"after the {plainly(given['at'].column)} of the same row"
        given["booked_at"].fault(days["booked_at"] > days["at"], findings, what, MEND)
    if table == "jobs" and {"promised_at", "done_at"} <= set(given):
        far = (frame["done_at"] - frame["promised_at"]).abs() > YEAR
        far &= ~np.isin(given["done_at"].rows, list(findings.spoiled))
        what = f"more than a year away from '{given['promised_at'].column.strip()}' of the same row"
        given["done_at"].fault(far, findings, what, "Look at the year of both dates.")
    if table == "interactions" and opened.format.template and {"status", "resolved_at"} <= set(given):
        said = plainly(given["resolved_at"].column)
        open_ = frame["status"].eq(OPEN).fillna(False).astype(bool) & given["resolved_at"].values.notna()
        what = f"open, and yet '{said}' holds a date"
        given["status"].fault(open_, findings, what, f"Write solved, or empty '{said}'.")
    if table == "referrals" and {"referrer_key", "customer_key"} <= set(frame):
        same = frame["referrer_key"].eq(frame["customer_key"]).fillna(False).astype(bool)
        if "referrer_key" in given:
            mend = "Write who sent this customer, or take the row out."
            given["referrer_key"].fault(same, findings, "the customer of the same row", mend, shown=False)


def plainly(column: str) -> str:
    """Return a header as it stands in a sentence."""
    return column.strip().lower().replace("_", " ")


def _zone(opened: Opened) -> str:
    return str(opened.habits.timezone)
