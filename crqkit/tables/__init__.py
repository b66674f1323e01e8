"""The canonical tables, and rows by the million as Ibis expressions: one row per customer, cohort or period.

>>> import pandas as pd
>>> at = pd.to_datetime(["2026-01-05", "2026-02-05"], utc=True)
>>> orders = pd.DataFrame({"customer_key": ["ana", "ben"], "at": at, "status": "sale", "net": 9.0, "currency": "EUR"})
>>> collect(periods(orders))["sales"].tolist()
[1, 1]
"""

from crqkit.tables.answers import answers
from crqkit.tables.calendar import calendar, moment
from crqkit.tables.engine import collect
from crqkit.tables.form import Form, build_form, load_form
from crqkit.tables.over_time import cohorts, periods, returns, visit_days
from crqkit.tables.people import customer_features, rfm, rfm_cuts
from crqkit.tables.schema import REFUND, SALE, TABLES

__all__ = [
    "REFUND",
    "SALE",
    "TABLES",
    "Form",
    "answers",
    "build_form",
    "calendar",
    "cohorts",
    "collect",
    "customer_features",
    "load_form",
    "moment",
    "periods",
    "returns",
    "rfm",
    "rfm_cuts",
    "visit_days",
]
