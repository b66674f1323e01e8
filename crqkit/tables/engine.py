"""From a DataFrame or an Ibis table to an expression, and from an expression to a DataFrame."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqkit.base import DataProblem, Fault, check_columns
from crqkit.tables.calendar import AsOf, moment
from crqkit.tables.checks import check_times, no_table, person_keys
from crqkit.tables.schema import REFUND, SALE

if TYPE_CHECKING:
    import ibis.expr.types as ir

VISIT_COLUMNS = ("customer_key", "at", "status")
MONEY_COLUMNS = ("net", "currency")
# Money is summed in whole ten-thousandths, so that no order of the rows changes a sum, and with it a tie.
MONEY_STEP = 10_000
# What pandas calls a column of numbers; decimals come from databases.
NUMBERS = {"floating", "integer", "mixed-integer-float", "decimal", "empty"}
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

    Keys become text, blank ones missing (`crqkit.tables.checks.person_keys`).

    Raises
    ------
    DataProblem
        It is no table, a column is missing, ``at`` carries no time zone, or ``net`` holds no numbers.
    """
    import ibis.expr.types as ir

    if not isinstance(rows, pd.DataFrame | ir.Table):
        raise DataProblem(no_table(rows, where))
    check_columns(rows, columns, where)
    if isinstance(rows, ir.Table):
        return _of_engine(rows.select(*columns), where)
    frame = rows[list(columns)].assign(customer_key=person_keys(rows["customer_key"]))
    check_times(frame, where, zone=True)
    frame = frame.assign(at=frame["at"].dt.tz_convert("UTC"))
    if "net" in columns:
        if pd.api.types.infer_dtype(frame["net"], skipna=True) not in NUMBERS:
            raise DataProblem(_not_numbers(where))
        frame = frame.assign(net=pd.to_numeric(frame["net"]).astype("float64"))
    return in_memory(frame)


def _of_engine(table: "ir.Table", where: str) -> "ir.Table":
    """Return a table of another engine with its keys as text and its amounts without NaN."""
    import ibis

    if not table["at"].type().is_timestamp():
        raise DataProblem(Fault("these are not times", "Cast the column to a timestamp.", file=where, column="at"))
    key = table["customer_key"]
    if key.type().is_floating():
        key = key.isnan().ifelse(ibis.null(), key)
        key = (key == key.floor()).ifelse(key.cast("int64").cast("string"), key.cast("string"))
    table = table.mutate(customer_key=key.cast("string").strip().nullif(""))
    if "net" not in table.columns:
        return table
    if not table["net"].type().is_numeric():
        raise DataProblem(_not_numbers(where))
    net = table["net"].cast("float64")
    return table.mutate(net=net.isnan().ifelse(ibis.null(), net))


def _not_numbers(where: str, value: str = "") -> Fault:
    mend = "Make them so with pd.to_numeric, and leave unknown amounts empty."
    return Fault("these amounts are not all numbers", mend, file=where, column="net", value=value)


def in_memory(frame: pd.DataFrame) -> "ir.Table":
    """Return a DataFrame as an Ibis table, by way of Arrow."""
    import ibis
    import pyarrow as pa

    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))


def open_orders(
    orders: "pd.DataFrame | ir.Table",
    *,
    as_of: AsOf = None,
    timezone: str = "UTC",
    money: bool = False,
    one_currency: bool = True,
) -> Opened:
    """Return the orders up to `as_of`, having looked at their span, status and amounts once.

    Raises
    ------
    DataProblem
        A status that is neither sale nor refund; where money is asked for, endless amounts or several currencies.
    """
    table = as_table(orders, VISIT_COLUMNS + (MONEY_COLUMNS if money else ()))
    status = table["status"].cast("string").fill_null("")
    strange = ~status.isin([SALE, REFUND])
    seen = {"first": table["at"].min(where=status == SALE), "last": table["at"].max()}
    seen |= {"strange": table.count(where=strange)}
    if money:
        seen |= {"currencies": table["currency"].nunique(), "endless": table.count(where=table["net"].isinf())}
    look = collect(table.aggregate(**seen)).iloc[0]
    if look["strange"]:
        raise DataProblem(_strange_status(table.mutate(status=status).filter(strange), int(look["strange"])))
    if money and look["endless"]:
        raise DataProblem(_not_numbers("orders", "inf"))
    if money and one_currency and look["currencies"] > 1:
        names = collect(table.select("currency").distinct().order_by("currency"))["currency"].dropna()
        what = "amounts in several currencies cannot be added up"
        mend = "Keep one, such as the main one: orders[orders['currency'] == crqkit.value.main_currency(orders)]."
        raise DataProblem(Fault(what, mend, file="orders", column="currency", value=", ".join(names)))
    end = moment(as_of, look["last"], timezone)
    first = look["first"] if look["first"] <= end else pd.NaT
    return Opened(until(table, look["last"], as_of, timezone), first, end)


def _strange_status(rows: "ir.Table", count: int) -> Fault:
    found = collect(rows.select("status").distinct().order_by("status").limit(5))["status"]
    names = ", ".join(name or "nothing" for name in found)
    what = f"the status is neither {SALE} nor {REFUND} in so many rows: {count}"
    mend = f"Call what is a visit '{SALE}' and money back '{REFUND}'; leave other rows out."
    return Fault(what, mend, file="orders", column="status", value=names)


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
