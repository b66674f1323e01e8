"""Who answered: compared with the invited who did not, on what is known of all of them."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import ChoiceProblem, DataProblem, Fault, Result, Verdict, say
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.base.result import significant
from crqkit.base.verdict import amounts
from crqkit.stats.differences import MOVER, WELCH, difference_of_intervals, overlapping_difference
from crqkit.stats.estimates import NAN, Difference, check_confidence
from crqkit.stats.multiplicity import BONFERRONI, simultaneous
from crqkit.stats.proportions import WILSON, wilson
from crqkit.survey.groups import difference_cells, family_caution
from crqkit.survey.people import COUNT, NUMBER, TEXT, as_measures
from crqkit.tables.checks import as_names, check_frame, check_once, person_keys

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEY = "customer_key"
# More kinds than this are no few kinds but names.
MOST_KINDS = 8
OTHERS = {"verdict": TEXT, "column": TEXT, "answered": NUMBER, "silent": NUMBER, "n_answered": COUNT, "n_silent": COUNT}
POINTS = 100
GROVES = "Groves 2006, Public Opinion Quarterly 70(5):646-675 (who does not answer, and what it does to a figure)"
Row = dict[str, Any]


def who_answered(
    invited: pd.DataFrame,
    answered: pd.DataFrame | Iterable[str],
    *,
    columns: Iterable[str] = (),
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Compare those who answered with those who were invited and did not, on what is known of both.

    Parameters
    ----------
    invited : DataFrame
        One row an invited person: ``customer_key`` and what was known of everyone **before** the survey, such as
        ``visits, net, days_since_last`` as of its first day (numbers) or ``channel`` (a few kinds, yes or no).
        Only persons who could have been asked: see the notes.
    answered : DataFrame or iterable of keys
        Who answered: a table of answers with ``customer_key``, or the keys.
    columns : iterable of str, optional
        What to compare; all of `invited` that can be compared if not given.

    Returns
    -------
    Result
        ``measure, group, estimate`` (those who answered less the silent), ``low, high, n`` (the smaller side)``, unit,
        verdict, column, answered, silent`` (the two means or shares)``, n_answered, n_silent``. Numbers: means, Welch's
        interval; where a side has no spread, the two means' intervals combined, within the values seen. Kinds: shares,
        one row a kind, Wilson's intervals combined. All comparisons are one family (Bonferroni). A column with one
        value for everybody is no comparison. Sides of fewer than five persons are not shown.

    Raises
    ------
    DataProblem
        No table, no keys, a person listed twice, infinite values, nothing to compare.
    ChoiceProblem
        A column that is not there.

    Notes
    -----
    No difference seen is not none: the interval says how large one may still be. And likeness in what is known (visits,
    spending) is no likeness in what is asked.

    Two ways to find a difference that one has built in oneself. Whoever had gone before the survey began, or was first
    seen after it, was not silent but not asked: leave them out of `invited` and count them as never asked. And what was
    measured afterwards holds the survey itself: to answer at the counter is to have come, so those who answered were
    "here more recently". Use what was known on the day before, as in ``customer_features(orders, as_of="2026-05-03")``.

    References
    ----------
    Groves 2006, Public Opinion Quarterly 70(5):646-675.

    Examples
    --------
    >>> keys = [f"k{i}" for i in range(60)]
    >>> invited = pd.DataFrame({"customer_key": keys, "visits": [9, 8, 7] * 10 + [2, 3, 1] * 10})
    >>> who_answered(invited, keys[:30]).reading
    'Those who answered are not like those who did not: visits is higher among them, by 6 (5.57 to 6.43). Clear \
differences: 1 of 1.'
    """
    check_confidence(confidence)
    keys, gave = _keys(invited), _answered(answered)
    compared, alike, left_out = _columns(invited, as_names(columns, "columns"))
    spoke = keys.isin(gave).to_numpy()
    pairs = [(column, kind) for column in compared for kind in _kinds(invited[column])]
    level = simultaneous(confidence, len(pairs))
    rows = [_row(invited, spoke, column, kind, level) for column, kind in pairs]
    table = as_measures(rows, OTHERS)
    n, unknown = int(spoke.sum()), len(gave - set(keys))
    cautions = [say("answered.caution.rate", n=n, invited=len(invited), share=n / len(invited))]
    cautions += [say("answered.caution.unknown", count=unknown)] if unknown else []
    cautions += [say("answered.caution.alike", names=", ".join(alike))] if alike else []
    cautions += [say("answered.caution.left_out", names=", ".join(left_out))] if left_out else []
    return Result(
        table,
        _reading(rows),
        (*cautions, say("answered.caution.hidden"), *family_caution(rows)),
        (WELCH, WILSON, MOVER, BONFERRONI, GROVES),
        {"columns": compared, "confidence": confidence, "family": len(rows), "least": int(MIN_ANSWERS)},
        partial(_draw, spread=_spreads(invited[compared])),
    )


def _keys(invited: pd.DataFrame) -> pd.Series:
    check_frame(invited, [KEY], "invited")
    keys = person_keys(invited[KEY])
    faults = []
    if keys.isna().any() or not len(keys):
        mend = "Give one row for each invited person, with a key."
        faults.append(Fault("invited people without a key, or nobody", mend, file="invited", column=KEY))
    if twice := int(keys.dropna().duplicated().sum()):
        mend = "Give one row for each person."
        faults.append(Fault("people are listed more than once", mend, file="invited", column=KEY, value=twice))
    if faults:
        raise DataProblem(faults)
    return keys


def _answered(answered: pd.DataFrame | Iterable[str]) -> set[str]:
    if isinstance(answered, pd.DataFrame):
        check_frame(answered, [KEY], "answered")
        answered = answered[KEY]
    return set(person_keys(pd.Series(as_names(answered, "answered"), dtype="object")).dropna())


def _columns(invited: pd.DataFrame, named: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return what can be compared, what is the same for everybody, and what is neither numbers nor a few kinds."""
    for column in named:
        if column not in invited:
            raise ChoiceProblem("columns", column, [name for name in invited if name != KEY])
    asked = named or [name for name in invited if name != KEY]
    check_once(invited, asked, "invited")
    alike = [name for name in asked if _all_alike(invited[name])]
    compared = [name for name in asked if name not in alike and _kinds(invited[name])]
    if not compared:
        mend = "Give numbers such as visits, or columns of a few kinds such as channel, that are not the same for all."
        raise DataProblem(Fault("there is nothing to compare", mend, file="invited", value=", ".join(asked)))
    _check_finite(invited, compared)
    return compared, alike, [name for name in asked if name not in (*compared, *alike)]


def _all_alike(values: pd.Series) -> bool:
    try:
        return values.nunique() == 1
    except TypeError:  # Lists and the like cannot be counted.
        return False


def _check_finite(invited: pd.DataFrame, columns: list[str]) -> None:
    mend = "Leave these cells empty, or mend what was divided by nothing."
    faults = []
    for name in columns:
        if pd.api.types.is_numeric_dtype(invited[name].dtype):
            endless = int(np.isinf(invited[name].dropna().astype("float64")).sum())
            what = "these values are infinite"
            faults += [Fault(what, mend, file="invited", column=name, value=endless)] if endless else []
    if faults:
        raise DataProblem(faults)


def _kinds(values: pd.Series) -> list[Any]:
    """Return ``[None]`` for numbers, the kinds to count else (of two, one is enough); nothing where neither fits."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return [True]
    if pd.api.types.is_numeric_dtype(values.dtype):
        return [None] if values.notna().any() else []
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return []
    try:
        kinds = sorted(values.dropna().unique(), key=str)
    except TypeError:  # Lists and the like are no kinds.
        return []
    return [] if not 1 < len(kinds) <= MOST_KINDS else kinds[:1] if len(kinds) == 2 else kinds


def _row(invited: pd.DataFrame, spoke: Any, column: str, kind: Any, level: float) -> Row:
    name = column.replace("_", " ")
    if kind is None:
        sides = [
            invited.loc[side, column].astype("float64").dropna().reset_index(drop=True) for side in (spoke, ~spoke)
        ]
        # Two different sets of people: a place in the list must not pair them.
        sides[1].index += len(sides[0])
        # Where all on one side agree, what others had is what they might have had.
        seen = (float(invited[column].min()), float(invited[column].max()))
        found, means = overlapping_difference(*sides, confidence=level, bounds=seen), [side.mean() for side in sides]
        unit = say("answered.unit")
    else:
        given = [invited.loc[side, column].dropna() for side in (spoke, ~spoke)]
        sides = [wilson(int((side == kind).sum()), len(side), confidence=level) for side in given]
        found, means = difference_of_intervals(*sides), [side.estimate for side in sides]
        name = name if kind is True else say("answered.label.kind", column=name, kind=str(kind))
        unit, sides = say("csat.unit.share"), given
    return {"measure": name, "group": "answered", "unit": unit, "column": column} | _cells(found, means, sides)


def _cells(found: Difference, means: list[float], sides: list[Any]) -> Row:
    cells = difference_cells(found)
    hidden = found.n < int(GROUP_FLOOR)
    answered, silent = (NAN, NAN) if hidden else means
    return {
        "estimate": cells["gap"], "low": cells["gap_low"], "high": cells["gap_high"], "n": found.n,
        "verdict": cells["verdict"], "answered": answered, "silent": silent,
        "n_answered": len(sides[0]), "n_silent": len(sides[1]),
    }  # fmt: skip


def _reading(rows: list[Row]) -> str:
    clear = [row for row in rows if Verdict(row["verdict"]).clear]
    if all(row["verdict"] == Verdict.TOO_LITTLE for row in rows):
        return say(f"answered.{Verdict.TOO_LITTLE}", least=int(MIN_ANSWERS))
    if not clear:
        return say(f"answered.{Verdict.UNCLEAR}", family=len(rows))
    # Units differ, so the surest difference is named: the one farthest from zero for its width.
    surest = max(clear, key=lambda row: abs(row["estimate"]) / (row["high"] - row["low"]))
    found = amounts(surest["estimate"], surest["low"], surest["high"])
    if surest["unit"] == say("csat.unit.share"):
        amount = say("answered.amount.share", **{name: POINTS * value for name, value in found.items()})
    else:
        amount = say("answered.amount.number", **{name: significant(value) for name, value in found.items()})
    return say(
        f"answered.{surest['verdict']}", measure=surest["measure"], amount=amount, clear=len(clear), family=len(rows)
    )


def _spreads(invited: pd.DataFrame) -> dict[str, float]:
    return {name: float(invited[name].astype("float64").std()) for name in invited.select_dtypes(["number", "bool"])}


def _draw(table: pd.DataFrame, ax: "Axes", spread: dict[str, float]) -> "Axes":
    """Draw the differences in standard deviations of the column, so that unlike units fit one picture."""
    from crqkit.base import charts

    by = table["column"].map(spread).astype("float64").fillna(1.0).where(lambda sd: sd > 0, 1.0)
    scaled = table.assign(**{name: table[name] / by for name in ("estimate", "low", "high")}, group="answered")
    charts.intervals(scaled.assign(unit=pd.NA), ax)
    ax.axvline(0, color=charts.PALETTE["grey"], linewidth=1)
    ax.set_xlabel(say("answered.axis"))
    return ax
