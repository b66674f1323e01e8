"""Do groups differ, did anything change: means compared, many at once."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from crqkit.base import DataProblem, Fault, Result, check_columns, say
from crqkit.base.cutoffs import CONFIDENCE, GROUP_FLOOR, MIN_ANSWERS
from crqkit.stats.differences import DERRICK, difference_of_summaries, overlapping_difference
from crqkit.stats.estimates import NAN
from crqkit.stats.means import mean_interval
from crqkit.stats.multiplicity import BONFERRONI, HOLM, holm, simultaneous
from crqkit.survey import groups
from crqkit.survey.dimensions import form_cautions, known_people
from crqkit.survey.people import ALL, COUNT, NUMBER, TEXT, Scale, as_measures, people, ratings, scale_unit
from crqkit.survey.scores import HALF_ANSWERED, as_form, person_scores, scored_dimensions
from crqkit.tables.checks import as_names, check_frame
from crqkit.tables.form import Form

Known = tuple[Mapping[str, Any], dict[str, Scale]]


def compare_groups(
    answers: pd.DataFrame,
    *,
    form: Form | str,
    by: str,
    p_values: bool = False,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Compare each group with the rest on each dimension, all comparisons as one family.

    Parameters
    ----------
    by : str
        A column of `answers`, or ``month``, ``quarter``, ``year``.
    p_values : bool
        Also give ``p``, adjusted by Holm. The intervals (Bonferroni) are a little stricter and decide the verdict.

    Returns
    -------
    Result
        ``measure, group, estimate`` (group minus rest, points), ``low, high, n`` (the smaller side), ``unit, shared,
        verdict, dimension``. Of two groups only the first is listed: the second is its mirror.

    Raises
    ------
    DataProblem, ChoiceProblem
        As `dimension_scores`.

    Examples
    --------
    >>> answers = pd.DataFrame({"answers": [2, 3] * 10 + [4, 5] * 10, "shop": ["North"] * 20 + ["South"] * 20})
    >>> compare_groups(answers, form="pocket", by="shop").reading
    'North lies below the rest on Communication: by 2.0 points (1.7 to 2.3). Clear differences: 1 of 1 comparison.'
    """
    form, known, scales = known_people(answers, form, by)
    shown, withheld = groups.shown_by_measure(known.table, scales)
    differs = {dimension: groups.difference_of_means(scale[1:]) for dimension, scale in scales.items()}
    rows = groups.against_rest(known.table, shown, differs, confidence)
    labels = {dimension: scale.column for dimension, scale in scales.items()}
    return Result(
        _gaps_table(rows, scales, p_values=p_values),
        groups.family_reading("dimensions.groups", rows, labels),
        tuple(known.cautions(by, withheld) + groups.family_caution(rows) + form_cautions(form, scales)),
        (DERRICK, BONFERRONI, HALF_ANSWERED.reference) + ((HOLM,) if p_values else ()),
        {"form": form.id, "by": by, "confidence": confidence, "family": len(rows), "least": int(MIN_ANSWERS)},
    )


def change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    form: Form | str | None = None,
    columns: str | Iterable[str] = (),
    low: float = 1,
    high: float = 5,
    p_values: bool = False,
    confidence: float = float(CONFIDENCE),
) -> Result:
    """Tell which means changed between two periods, all changes as one family.

    Parameters
    ----------
    before, after : DataFrame
        Answers of two periods: people are matched by `customer_key`, so that those in both are paired. Or tables of
        measures with ``estimate, sd, n`` as stored earlier: then both count as different people.
    form : Form or str, optional
        Compare its dimensions.
    columns, low, high
        Without a form: one rating column or several, and the ends of their scale. Stored tables are matched by
        ``measure``.

    Returns
    -------
    Result
        ``measure, group`` ("change")``, estimate`` (after minus before, points), ``low, high, n`` (the smaller
        period), ``unit, shared, verdict, dimension, before, after``.

    Raises
    ------
    DataProblem
        As `dimension_scores`; neither form nor columns for tables of answers.

    Examples
    --------
    >>> keys = [f"k{i}" for i in range(20)]
    >>> before = pd.DataFrame({"customer_key": keys, "stars": [3, 4, 4, 3] * 5})
    >>> after = pd.DataFrame({"customer_key": keys, "stars": [4, 5, 4, 4] * 5})
    >>> change(before, after, columns=["stars"]).reading
    'stars rose by 0.8 points (0.5 to 1.0). Clear changes: 1 of 1.'
    """
    check_frame(before, (), "before")
    check_frame(after, (), "after")
    columns = as_names(columns, "columns")
    stored = "estimate" in before.columns or "estimate" in after.columns
    read = partial(_summaries if stored else _samples, form=form, columns=columns, low=low, high=high)
    answered = "estimate" not in before.columns or "estimate" not in after.columns
    if answered and not form and not columns:
        mend = "Name the form, as in form='pocket', or rating columns, as in columns=['stars']."
        raise DataProblem(Fault("neither a form nor columns are given", mend))
    (one, scales), (two, others) = read(before), read(after)
    names = [name for name in one if name in two]
    level = simultaneous(confidence, len(names))
    rows = []
    for name in names:
        bounds = (scales | others)[name][1:]
        if stored:
            found = difference_of_summaries(*two[name], *one[name], confidence=level, bounds=bounds)
            ends = {"before": one[name][0], "after": two[name][0]}
        else:
            found = overlapping_difference(two[name], one[name], confidence=level, bounds=bounds)
            ends = {"before": one[name].mean(), "after": two[name].mean()}
        cells = groups.difference_cells(found)
        ends = ends if found.n >= int(GROUP_FLOOR) else dict.fromkeys(ends, NAN)
        rows.append({"measure": name, "group": "change"} | cells | ends)
    for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p"] = p
    unmatched = say("caution.survey.summary" if stored else "caution.survey.unmatched")
    matched = any(row["shared"] for row in rows)
    cautions = [say("caution.survey.convenience")] + ([] if matched else [unmatched])
    return Result(
        _gaps_table(rows, scales | others, p_values=p_values, extra=["before", "after"]),
        groups.family_reading("dimensions.change", rows, {name: scales[name].column for name in names}),
        tuple(cautions + groups.family_caution(rows)),
        (DERRICK, BONFERRONI) + ((HOLM,) if p_values else ()),
        {
            "form": as_form(form).id if form else None,
            "columns": names,
            "confidence": confidence,
            "stored": stored,
            "family": len(rows),
            "least": int(MIN_ANSWERS),
        },
    )


def _samples(side: pd.DataFrame, form: Form | str | None, columns: Iterable[str], low: float, high: float) -> Known:
    if form:
        form = as_form(form)
        values, scales = person_scores(side, form), scored_dimensions(side, form)
    else:
        scales = {column: Scale(column, low, high) for column in columns}
        values = ratings(side, scales.values())
    table = people(side, values, name_all=False).table
    return {name: table[name].dropna() for name in scales}, scales


def _summaries(side: pd.DataFrame, **how: Any) -> Known:
    """Return mean, sd and n of each measure: stored ones as they are, answers summed up first."""
    if "estimate" not in side.columns:
        values, scales = _samples(side, **how)
        found = {name: mean_interval(sample) for name, sample in values.items()}
        return {name: (one.estimate, one.sd, one.n) for name, one in found.items()}, scales
    check_columns(side, ["measure", "group", "sd", "n"] + (["dimension"] if how["form"] else []), "stored table")
    rows = side[side["group"] == ALL].dropna(subset=["estimate", "sd"])
    form = as_form(how["form"]) if how["form"] else None
    names = rows["dimension"] if form else rows["measure"]
    summaries = {
        str(name): (float(row.estimate), float(row.sd), int(row.n))
        for name, row in zip(names, rows.itertuples(), strict=True)
    }
    return summaries, {name: _scale(name, form, how["low"], how["high"]) for name in summaries}


def _scale(name: str, form: Form | None, low: float, high: float) -> Scale:
    items = form.of_dimension(name) if form else ()
    if not form or not items:
        return Scale(name, low, high)
    return Scale(form.dimensions[name], items[0].low, items[0].high)


def _gaps_table(
    rows: list[dict[str, Any]], scales: Mapping[str, Scale], *, p_values: bool, extra: Sequence[str] = ()
) -> pd.DataFrame:
    """Return compared pairs as measures; `p` only where asked for."""
    shown = ["n", "shared", "verdict", "p", *extra]
    table = []
    for row in rows:
        label, low, high = scales[row["measure"]]
        ends = {"estimate": row["gap"], "low": row["gap_low"], "high": row["gap_high"], "unit": scale_unit(low, high)}
        cells = {"measure": label, "group": row["group"], "dimension": row["measure"]} | ends
        table.append(cells | {name: row[name] for name in shown})
    columns = {"dimension": TEXT, "shared": COUNT, "verdict": TEXT} | dict.fromkeys(extra, NUMBER)
    return as_measures(table, columns | ({"p": NUMBER} if p_values else {}))
