"""Customers in groups by how recently and how often they came, and what they spent."""

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from crqkit.base import Cutoff, Result, Sentence, say
from crqkit.base.cutoffs import GROUP_FLOOR, MIN_BUYERS
from crqkit.stats.disclosure import shown_groups
from crqkit.tables.calendar import AsOf
from crqkit.tables.checks import as_cutoff
from crqkit.tables.engine import collect
from crqkit.tables.people import RFM_MEASURES, rfm_cuts
from crqkit.tables.people import rfm as scores
from crqkit.value.days import cited

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class Rfm(Result):
    """Scores a customer, with their cut points.

    Attributes
    ----------
    cuts : DataFrame
        ``measure, score, from, to, n``: the values that got each score.
    cells : DataFrame
        ``r, f, n``: customers by recency and frequency score; `n` is missing where it is withheld.
    """

    cuts: pd.DataFrame = field(default_factory=pd.DataFrame)
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        # Keys stay out of what is printed: the cut points say what the scores mean.
        return repr(Result(self.cuts, self.reading, self.cautions))

    def _repr_html_(self) -> str:
        return Result(self.cuts, self.reading, self.cautions)._repr_html_()


def rfm(
    orders: "pd.DataFrame | ir.Table",
    *,
    as_of: AsOf = None,
    bins: int = 5,
    floor: "Cutoff | float" = GROUP_FLOOR,
    timezone: str = "UTC",
) -> Rfm:
    """Score customers on recency, frequency and money, equal values alike, and show the cut points.

    The rule is that of `crqkit.tables.rfm`: 1 + floor(bins × percent rank), at most `bins`; recency is reversed, so
    that 5 is best everywhere.

    Parameters
    ----------
    orders : DataFrame or Ibis table
        ``customer_key, at, status, net, currency``, one currency.
    as_of : date, optional
        Later rows do not count, and recency is counted to here.
    bins : int
        The best score, at least 2.
    floor : Cutoff or float
        Groups of fewer persons are not shown.
    timezone : str
        Where midnight is taken: several receipts of one day are one visit.

    Returns
    -------
    Rfm
        `table` has one row a customer with a visit: ``customer_key, as_of, recency_days, frequency, monetary, r, f,
        m``; `cuts` the cut points, blank for a score that fewer than `floor` got; `cells` the customers by recency
        and frequency score, without small groups. Printed, it shows the cut points and no keys.

    Raises
    ------
    DataProblem
        A column is missing, or there are several currencies.

    References
    ----------
    Hughes 1994, Strategic Database Marketing (scores by fifths); ties by percent rank: own convention.
    """
    floor = as_cutoff(floor, GROUP_FLOOR)
    table = collect(scores(orders, as_of=as_of, bins=bins, timezone=timezone))
    cuts = collect(rfm_cuts(table)).astype({"n": "Int64"})
    hidden = pd.Series(True, index=cuts.index)
    for _, part in cuts.groupby("measure"):
        hidden[part.index] = ~_visible(part, floor)
    cuts = cuts.assign(**{name: cuts[name].mask(hidden) for name in ("from", "to", "n")})
    tied = [name for name in RFM_MEASURES.values() if len(table) > 1 and table[name].nunique() == 1]
    cautions = [say(f"caution.value.tied_{name}") for name in tied]
    return Rfm(
        table,
        _reading(cuts, len(table)),
        cautions=tuple(cautions),
        sources=(
            "Hughes 1994, Strategic Database Marketing (scores by fifths)",
            *cited(floor, MIN_BUYERS),
        ),
        settings={"function": "rfm", "as_of": as_of, "bins": int(bins), "floor": float(floor), "timezone": timezone},
        draw=partial(_draw, floor=floor),
        cuts=cuts,
        cells=count_cells(table, floor),
    )


def _visible(part: pd.DataFrame, floor: Cutoff) -> pd.Series:
    """Return which scores of one measure may be shown, so that none can be had by subtraction."""
    shown = shown_groups(dict(zip(part["score"], part["n"], strict=True)), int(floor))
    return part["score"].isin(shown)


def count_cells(table: pd.DataFrame, floor: Cutoff = GROUP_FLOOR) -> pd.DataFrame:
    """Return ``r, f, n``; where fewer than `floor` persons are, or could be worked out, `n` is missing."""
    counts = table.groupby(["r", "f"]).size()
    shown = shown_groups(dict(counts), int(floor))
    visible = counts.astype("Int64").where(counts.index.isin(shown))
    return visible.rename("n").reset_index()


def _reading(cuts: pd.DataFrame, customers: int) -> Sentence:
    if customers < int(MIN_BUYERS):
        return say("rfm.too_little")
    top = cuts.sort_values("score").groupby("measure").tail(1).set_index("measure")
    recent, often = top.loc["recency_days"], top.loc["frequency"]
    if pd.isna(recent["n"]) or pd.isna(often["n"]):
        return say("rfm.withheld")
    if customers in (recent["n"], often["n"]):
        return say("rfm.tied")
    cells = {"recent": recent["n"], "days": recent["to"], "often": often["n"], "visits": often["from"]}
    return say("rfm.shown", **cells)


def _draw(table: pd.DataFrame, ax: "Axes", *, floor: Cutoff) -> "Axes":
    """Draw customers by recency and frequency score; cells that are withheld stay empty."""
    cells = count_cells(table, floor)
    grid = cells.pivot(index="f", columns="r", values="n").astype("float64")
    grid = grid.reindex(index=sorted(grid.index, reverse=True))
    ax.imshow(grid, cmap="Blues", aspect="auto")
    middle = grid.max().max() / 2
    for y, (_, row) in enumerate(grid.iterrows()):
        for x, value in enumerate(row):
            if not pd.isna(value):
                ax.text(x, y, int(value), ha="center", va="center", color="white" if value > middle else "black")
    ax.set_xticks(range(grid.shape[1]), grid.columns)
    ax.set_yticks(range(grid.shape[0]), grid.index)
    ax.set_xlabel(say("rfm.axis_recency"))
    ax.set_ylabel(say("rfm.axis_frequency"))
    return ax
