"""What every public function asks of its inputs: a table, keys, times, whole numbers, dates, cut-offs."""

import math
from collections.abc import Sequence
from datetime import date
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base import ChoiceProblem, Cutoff, DataProblem, Fault, check_columns

# What a missing key becomes when a column is made text, in pandas' and Python's spelling: no name of anybody.
NO_KEY = ("nan", "NaN", "NaT", "None", "<NA>")


def check_frame(table: Any, needed: Sequence[str], where: str) -> None:
    """Raise `DataProblem` unless `table` is a DataFrame with the columns `needed`, each of them once."""
    if not isinstance(table, pd.DataFrame):
        raise DataProblem(no_table(table, where))
    check_columns(table, needed, where)
    check_once(table, needed, where)


def check_once(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    """Raise `DataProblem` if one of `columns` is there more than once: nobody knows which is meant."""
    mend = "Keep one of them, or give them different names."
    faults = [
        Fault("several columns have this name", mend, file=where, column=str(name))
        for name in dict.fromkeys(columns)
        if (table.columns == name).sum() > 1
    ]
    if faults:
        raise DataProblem(faults)


def as_names(given: Any, name: str) -> list[str]:
    """Return names given as a list, or as one text, which counts as one name.

    >>> as_names("visits", "columns"), as_names(["visits", "net"], "columns")
    (['visits'], ['visits', 'net'])
    """
    if isinstance(given, str):
        return [given]
    try:
        return list(given)
    except TypeError:
        raise ChoiceProblem(name, given, ["a list of names, such as ['visits']"]) from None


def no_table(given: Any, where: str) -> Fault:
    """Return the fault of something that is no table."""
    return Fault("a table is needed", "Give a pandas DataFrame.", file=where, value=type(given).__name__)


def person_keys(given: pd.Series) -> pd.Series:
    """Return keys as text: whole numbers without a point; blanks, and what a missing key becomes as text, as nobody.

    >>> person_keys(pd.Series([1.0, None])).tolist(), person_keys(pd.Series([" k1", " "])).tolist()
    (['1', <NA>], ['k1', <NA>])
    >>> person_keys(pd.Series(["nan", "None", "Nan"])).tolist()
    [<NA>, <NA>, 'Nan']
    """
    if pd.api.types.is_integer_dtype(given):
        return given.astype("string")
    if not pd.api.types.is_string_dtype(given.dtype) or given.dtype == object:
        given = given.astype(object).map(_key, na_action="ignore")
    text = given.astype("string").str.strip()
    return text.mask((text == "") | text.isin(NO_KEY))


def _key(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def check_times(table: pd.DataFrame, where: str, *, zone: bool) -> None:
    """Raise `DataProblem` unless the column ``at`` holds moments: not text, not moments of mixed zones."""
    kept = table["at"].dtype
    if isinstance(kept, pd.DatetimeTZDtype) or (not zone and pd.api.types.is_datetime64_dtype(kept)):
        return
    if not zone and table["at"].isna().all():
        return
    what = "these are not times with a time zone" if zone else "these are not times"
    mend = f"Make them so with pd.to_datetime({where}['at'], utc=True)."
    raise DataProblem(Fault(what, mend, file=where, column="at"))


def is_whole(value: Any, least: int = 0) -> bool:
    """Return whether `value` is a whole number of at least `least`; NumPy's own count, true and false do not.

    >>> is_whole(np.int64(3)), is_whole(True), is_whole(2.0)
    (True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def is_number(value: Any) -> bool:
    """Return whether `value` is a finite number; true and false are none.

    >>> is_number(3), is_number("3"), is_number(math.nan)
    (True, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def as_seed(given: Any) -> Any:
    """Return a seed; raise `ChoiceProblem` unless it is a whole number, None, or a generator made by NumPy."""
    if given is None or is_whole(given) or isinstance(given, np.random.Generator):
        return given
    raise ChoiceProblem("seed", given, ["a whole number from 0 on", None])


def as_day(given: Any, name: str) -> date | None:
    """Return a date given as date, time or text such as 2026-03-31.

    >>> as_day("2026-03-31", "opened")
    datetime.date(2026, 3, 31)
    """
    if given is None or given is pd.NaT:
        return None
    try:
        return as_timestamp(given).date()
    except (ValueError, TypeError):
        raise DataProblem(Fault("this is not a date", "Write it like 2026-03-31.", column=name, value=given)) from None


def as_timestamp(given: Any) -> pd.Timestamp:
    """Return a date, time or ISO text as a timestamp; raise `ValueError` or `TypeError` for all else.

    Numbers are refused, for pandas would count them in nanoseconds from 1970; so are words such as "today", for a
    result must not hang on the day it is asked for.
    """
    if not isinstance(given, date | np.datetime64 | str) or (isinstance(given, str) and not given[:1].isdigit()):
        raise TypeError(type(given).__name__)
    found = pd.to_datetime(given, format="ISO8601") if isinstance(given, str) else pd.Timestamp(given)
    if pd.isna(found):
        raise ValueError(given)
    return found


def as_cutoff(given: "Cutoff | float", usual: Cutoff) -> Cutoff:
    """Return a cut-off; a plain number stands for `usual` at that number.

    >>> from crqkit.base.cutoffs import COVERAGE
    >>> float(as_cutoff(0.3, COVERAGE))
    0.3
    """
    plain = float(given) if isinstance(given, Real) and not isinstance(given, bool) else None
    made = given if isinstance(given, Cutoff) else None if plain is None else usual.at(plain)
    most = 1.0 if usual.value <= 1 else math.inf
    if made is None or not 0 <= float(made) <= most:
        allowed = "a share from 0 to 1" if most == 1 else "a number of at least 0"
        raise ChoiceProblem(usual.name, given, [allowed, "a Cutoff"])
    return made
