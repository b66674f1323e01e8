"""From filled-in questionnaires to people: valid ratings, one row a person, groups of people."""

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from crqkit.base import ChoiceProblem, DataProblem, Fault, check_columns, measures, say
from crqkit.base.cutoffs import GROUP_FLOOR, MIN_ANSWERS
from crqkit.base.result import MEASURE_COLUMNS
from crqkit.tables.calendar import period_of
from crqkit.tables.checks import check_frame, check_once, check_times, person_keys

PERIODS = ("month", "quarter", "year")
ALL = "all"
NUMBER, COUNT, TEXT = "float64", "Int64", "string"
NAMED = 5


class Scale(NamedTuple):
    """A rating column and the ends of its answer scale."""

    column: str
    low: float
    high: float


class People(NamedTuple):
    """`table`: one row a person (and group), indexed by person, with `group` and the scores."""

    table: pd.DataFrame
    repeated: int
    unlabelled: int

    def cautions(self, by: str | None = None, withheld: int = 0, least_n: float = math.inf) -> list[str]:
        """Return what limits any figure on these people; `least_n` are those behind the weakest figure shown."""
        floor, least = int(GROUP_FLOOR), int(MIN_ANSWERS)
        found = [say("caution.survey.convenience")]
        if min(least_n, self.table.index.nunique()) < least:
            found.append(say("caution.survey.small", least=least))
        if withheld:
            found.append(say("caution.survey.withheld" if by else "caution.survey.hidden", count=withheld, floor=floor))
        if self.repeated:
            found.append(say("caution.survey.repeated", count=self.repeated))
        if self.unlabelled:
            found.append(say("caution.survey.unlabelled", count=self.unlabelled, by=by))
        return found


def ratings(answers: pd.DataFrame, scales: Iterable[Scale], *, whole: bool = False) -> pd.DataFrame:
    """Return the rating columns as numbers, indexed like `answers`; numbers kept as text are numbers too.

    Raises
    ------
    DataProblem
        It is no table, a column is absent, a scale runs the wrong way, or answers lie outside their scale; every
        fault at once, with the responses it is in.
    """
    scales = list(scales)
    check_frame(answers, [scale.column for scale in scales], "answers")
    numbers, faults = {}, [_wrong_way_round(*scale) for scale in scales if not _runs_upwards(*scale[1:])]
    if faults:
        raise DataProblem(faults)
    for column, low, high in scales:
        given = answers[column].astype(object)
        known = pd.to_numeric(given, errors="coerce").astype("float64")
        # True and false are no scores, though Python counts them as 1 and 0.
        wrong = given.notna() & (~known.between(low, high) | given.map(pd.api.types.is_bool))
        if whole:
            wrong |= known.notna() & (known % 1 != 0)
        for value, rows in given[wrong].groupby(given[wrong].astype(str)):
            params = {"low": low, "high": high, "count": len(rows), "responses": _responses(answers, rows.index)}
            what = say("dimensions.fault.whole" if whole else "dimensions.fault.scale", **params)
            faults.append(Fault(what, say("dimensions.fault.scale.mend"), column=column, value=value))
        numbers[column] = known
    if faults:
        raise DataProblem(faults)
    return pd.DataFrame(numbers, index=answers.index)


def people(answers: pd.DataFrame, scores: pd.DataFrame, *, by: str | None = None, name_all: bool = True) -> People:
    """Return one row a person and group: the latest questionnaire with any score.

    Parameters
    ----------
    answers : DataFrame
        `customer_key` names the person (blank or without one, each row is a person), `at` (times) says what is latest.
    scores : DataFrame
        Numbers indexed like `answers`.
    by : str, optional
        A column of `answers`, or ``month``, ``quarter``, ``year`` (the calendar of `at`).
    name_all : bool
        Name people without key by their row, so that their scores can be paired within this table.
    """
    check_once(answers, ["customer_key", "at", *([by] if by else [])], "answers")
    if "at" in answers:
        check_times(answers, "answers", zone=False)
    group = group_labels(answers, by)
    key = answers["customer_key"] if "customer_key" in answers else pd.Series(pd.NA, answers.index, dtype="string")
    at = answers["at"] if "at" in answers else pd.Series(0, answers.index)
    table = scores.assign(group=group, person=person_keys(key), at=at)
    asked = table[scores.notna().any(axis=1)]
    labelled = asked[asked["group"].notna()].sort_values("at", kind="stable", na_position="first")
    earlier = labelled["person"].notna() & labelled.duplicated(["person", "group"], keep="last")
    kept = labelled[~earlier]
    if name_all:
        rows = pd.Series([f"row {place}" for place in range(len(kept))], index=kept.index, dtype="string")
        kept = kept.assign(person=kept["person"].fillna(rows))
    table = kept.set_index("person").drop(columns="at")
    return People(table, int(earlier.sum()), len(asked) - len(labelled))


def group_labels(answers: pd.DataFrame, by: str | None) -> pd.Series:
    """Return the group of each row as text such as ``2026-03``, ``2026-Q1``; missing where unknown."""
    if by is None:
        return pd.Series(ALL, index=answers.index, dtype="string")
    if by in answers.columns:
        labels = answers[by].astype("string").str.strip()
        return labels.mask(labels == "")
    if by not in PERIODS:
        raise ChoiceProblem("by", by, [*PERIODS, *answers.columns.difference(["at", "response_id"], sort=False)])
    check_columns(answers, ["at"], "answers")
    # The clock the times carry decides the day: a table kept in the shop's zone is grouped by the shop's calendar.
    return period_of(pd.to_datetime(answers["at"]), by)


def as_measures(rows: list[dict[str, Any]], others: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as measures with the same further columns and types whether or not any row is left."""
    table = measures(rows)
    return table.reindex(columns=[*table.columns[: len(MEASURE_COLUMNS)], *others]).astype(dict(others))


def least_shown(table: pd.DataFrame) -> float:
    """Return the people behind the weakest figure of a table of measures."""
    return float(table["n"].min()) if len(table) else math.inf


def is_period(answers: pd.DataFrame, by: str | None) -> bool:
    """Return whether `by` means the calendar and not a column."""
    return by in PERIODS and by not in answers.columns


def scale_unit(low: float, high: float) -> str:
    """Return the unit of a mean on a scale, such as ``points (1 to 5)``."""
    return say("dimensions.unit", low=low, high=high)


def _runs_upwards(low: float, high: float) -> bool:
    return all(isinstance(end, Real) and math.isfinite(end) for end in (low, high)) and low < high


def _wrong_way_round(column: str, low: float, high: float) -> Fault:
    what, mend = "the scale does not run from a lower to a higher number", "Give it like low=1, high=5."
    return Fault(what, mend, column=column, value=f"{low}, {high}")


def _responses(answers: pd.DataFrame, index: pd.Index) -> str:
    names: Any = answers.loc[index, "response_id"] if "response_id" in answers else index
    shown = [str(name) for name in names[:NAMED]]
    return ", ".join([*shown, "..."] if len(names) > NAMED else shown)
