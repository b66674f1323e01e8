"""From a DataFrame or an Ibis table to an expression, and from an expression to a DataFrame."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqkit.base import DataProblem, Fault, check_columns
from crqkit.tables.calendar import AsOf, moment
from crqkit.tables.schema import SALE

if TYPE_CHECKING:
    import ibis.expr.types as ir

VISIT_COLUMNS = ("customer_key", "at", "status")
MONEY_COLUMNS = ("net", "currency")
# Money is summed in whole ten-thousandths, so that no order of the rows changes a sum, and with it a tie.
MONEY_STEP = 10_000
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Opened:
    """Orders up to `as_of`; `first` is the earliest sale. Both are NaT when there is none."""

    table: "ir.Table"
    first: pd.Timestamp
    as_of: pd.Timestamp


def collect(expression: "ir.Table") -> pd.DataFrame:
    """Run an expression and return its rows.

    What rests on DataFrames alone runs in a private in-memory DuckDB that writes no file and is closed again;
    what rests on tables of another engine (Spark, say) runs there.

    Returns
    -------
    DataFrame
        Times in UTC, text as ``string``; in the order the expression gives.
    """
    import ibis
    import pyarrow as pa
    from ibis.expr import operations

    own = expression.op().find((operations.DatabaseTable, operations.SQLQueryResult))
    if own:
        found = own[0].source.to_pyarrow(expression)
    else:
        connection = ibis.duckdb.connect()
        try:
            connection.raw_sql("SET enable_progress_bar = false")
            connection.raw_sql("SET temp_directory = ''")
            found = connection.to_pyarrow(expression)
        finally:
            connection.disconnect()
    return found.to_pandas(types_mapper={pa.string(): pd.StringDtype()}.get)


def as_table(rows: "pd.DataFrame | ir.Table", columns: tuple[str, ...], where: str = "orders") -> "ir.Table":
    """Return the named columns as an Ibis table; a DataFrame is passed on without a copy where Arrow allows.

    Raises
    ------
    DataProblem
        A column is missing, or ``at`` carries no time zone.
    """
    check_columns(rows, columns, where)
    if not isinstance(rows, pd.DataFrame):
        return rows.select(*columns)
    frame = rows[list(columns)]
    if "at" in columns:
        if not isinstance(frame["at"].dtype, pd.DatetimeTZDtype):
            mend = "Make it so with pd.to_datetime(orders['at'], utc=True)."
            raise DataProblem(Fault("these are not times with a time zone", mend, file=where, column="at"))
        frame = frame.assign(at=frame["at"].dt.tz_convert("UTC"))
    return in_memory(frame)


def in_memory(frame: pd.DataFrame) -> "ir.Table":
    """Return a DataFrame as an Ibis table, by way of Arrow."""
    import ibis
    import pyarrow as pa

    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))


def open_orders(
    orders: "pd.DataFrame | ir.Table", *, as_of: AsOf = None, timezone: str = "UTC", money: bool = False
) -> Opened:
    """Return the orders up to `as_of`, having looked at their span and currencies once.

    Raises
    ------
    DataProblem
        Money is asked for and the orders are in several currencies.
    """
    table = as_table(orders, VISIT_COLUMNS + (MONEY_COLUMNS if money else ()))
    seen = {"first": table["at"].min(where=table["status"] == SALE), "last": table["at"].max()}
    if money:
        seen["currencies"] = table["currency"].nunique()
    look = collect(table.aggregate(**seen)).iloc[0]
    if money and look["currencies"] > 1:
        names = collect(table.select("currency").distinct().order_by("currency"))["currency"].dropna()
        what = "amounts in several currencies cannot be added up"
        mend = "Keep one, such as the main one: orders[orders['currency'] == crqkit.value.main_currency(orders)]."
        raise DataProblem(Fault(what, mend, file="orders", column="currency", value=", ".join(names)))
    end = moment(as_of, look["last"], timezone)
    first = look["first"] if look["first"] <= end else pd.NaT
    return Opened(until(table, look["last"], as_of, timezone), first, end)


def until(table: "ir.Table", last: pd.Timestamp, as_of: AsOf, timezone: str) -> "ir.Table":
    """Return the rows up to `as_of`; those without a time are left out."""
    import ibis

    end = moment(as_of, last, timezone)
    return table.filter(False) if pd.isna(end) else table.filter(table["at"] <= ibis.literal(end))


def money_sum(amount: Any, where: Any = None) -> Any:
    """Return the sum of `amount`, exact to a hundredth of a cent whatever the order of the rows."""
    return (amount * MONEY_STEP).round().cast("int64").sum(where=where) / MONEY_STEP


def whole_days(since: Any, until: pd.Timestamp) -> Any:
    """Return the whole days (of 24 hours) that have gone by from `since` to `until`."""
    import ibis

    return ((ibis.literal(until).epoch_seconds() - since.epoch_seconds()) // DAY_SECONDS).cast("int64")
