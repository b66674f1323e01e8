"""Groups of people: which may be shown, and how each compares with all the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from crqkit.base import Verdict, say, verdict
from crqkit.base.cutoffs import GROUP_FLOOR, MIN_ANSWERS
from crqkit.base.verdict import amounts
from crqkit.stats.differences import overlapping_difference
from crqkit.stats.disclosure import shown_groups
from crqkit.stats.estimates import NAN, Difference
from crqkit.stats.means import Bounds
from crqkit.stats.multiplicity import holm, simultaneous
from crqkit.survey.people import NUMBER, TEXT

Differ = Callable[[pd.Series, pd.Series, float], Difference]
GAPS = {"gap": NUMBER, "gap_low": NUMBER, "gap_high": NUMBER, "verdict": TEXT}
Shown = dict[str, list[str]]


def shown_by_measure(table: pd.DataFrame, columns: Iterable[str]) -> tuple[Shown, int]:
    """Return the groups to show for each column of scores, in order, and how many groups are held back anywhere."""
    shown, filled = {}, set()
    for column in columns:
        counts = table.loc[table[column].notna(), "group"].value_counts().sort_index()
        shown[column] = shown_groups(counts.to_dict(), int(GROUP_FLOOR))
        filled |= set(counts.index)
    everywhere = set.intersection(*(set(groups) for groups in shown.values())) if shown else set()
    return shown, len(filled - everywhere)


def group_values(table: pd.DataFrame, column: str, group: str) -> pd.Series:
    """Return the scores of one group, indexed by person."""
    return table.loc[table["group"] == group, column].dropna()


def difference_of_means(bounds: Bounds) -> Differ:
    """Return the comparison of two means on a scale, paired where the same people are on both sides."""

    def differ(first: pd.Series, second: pd.Series, level: float) -> Difference:
        return overlapping_difference(first, second, confidence=level, bounds=bounds)

    return differ


def against_rest(
    table: pd.DataFrame, shown: Shown, differs: Mapping[str, Differ], confidence: float
) -> list[dict[str, Any]]:
    """Compare each shown group with everybody else, all comparisons as one family.

    Returns
    -------
    list of dict
        ``measure`` (the column), ``group, gap, gap_low, gap_high, n`` (smaller side)``, p`` (Holm)``, verdict``.
        Of two groups only the first: the second is its mirror.
    """
    pairs = [(column, group) for column, groups in shown.items() for group in _unmirrored(table, column, groups)]
    level = simultaneous(confidence, len(pairs))
    rows = []
    for column, group in pairs:
        others = table.loc[table["group"] != group, column].dropna()
        others = others[~others.index.duplicated(keep="last")]
        found = differs[column](group_values(table, column, group), others, level)
        rows.append({"measure": column, "group": group} | difference_cells(found))
    for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p"] = p
    return rows


def difference_cells(found: Difference) -> dict[str, Any]:
    """Return a difference as cells ``gap, gap_low, gap_high, n, p, shared, verdict``; a small side hides the gap."""
    says = verdict(found.low, found.high, found.n, min_n=int(MIN_ANSWERS))
    if found.n < int(GROUP_FLOOR):
        found = found._replace(estimate=NAN, low=NAN, high=NAN, p=NAN)
    cells = {"gap": found.estimate, "gap_low": found.low, "gap_high": found.high}
    return cells | {"n": found.n, "p": found.p, "shared": found.shared, "verdict": str(says)}


def gap_cells(row: Mapping[str, Any], compared: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the gap of a row's group to the rest, as cells; none where the group was not compared."""
    found = next((gap for gap in compared if gap["group"] == row["group"]), {})
    return {name: found[name] for name in GAPS if name in found}


def family_reading(prefix: str, rows: list[dict[str, Any]], labels: Mapping[str, str] | None = None) -> str:
    """Return the sentence on the widest clear gap of a family; none clear and too little have their own.

    `labels` turns the measure of a row into the name shown.
    """
    clear = [row for row in rows if Verdict(row["verdict"]).clear]
    if not any(row["verdict"] != Verdict.TOO_LITTLE for row in rows):
        return say(f"{prefix}.{Verdict.TOO_LITTLE}", least=int(MIN_ANSWERS))
    if not clear:
        return say(f"{prefix}.{Verdict.UNCLEAR}", family=len(rows))
    widest = max(clear, key=lambda row: abs(row["gap"]))
    name = (labels or {}).get(widest["measure"], widest["measure"])
    return say(
        f"{prefix}.{widest['verdict']}",
        group=widest.get("group"),
        measure=name,
        clear=len(clear),
        family=len(rows),
        **amounts(widest["gap"], widest["gap_low"], widest["gap_high"]),
    )


def family_caution(rows: Sequence[Any]) -> list[str]:
    """Return the caution on many comparisons, if there were several."""
    return [say("caution.survey.family", family=len(rows))] if len(rows) > 1 else []


def _unmirrored(table: pd.DataFrame, column: str, groups: list[str]) -> list[str]:
    filled = table.loc[table[column].notna(), "group"].nunique()
    return groups[:1] if filled == 2 else groups if filled > 1 else []
