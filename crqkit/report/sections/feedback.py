"""Feedback over time: recommendation and stars by quarter, and whether the last change is real."""

import pandas as pd

from crqkit.base import Result, Verdict, say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.asked import asks_to_recommend
from crqkit.report.section import Section, draw, gather
from crqkit.survey import net_promoter, net_promoter_change, satisfaction

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Show what there is by quarter; nothing asked is said under what we have, not here again."""
    given = {name: result for name, result in (("answers", _answers(shop)), ("stars", _stars(shop))) if result}
    several = {name: result for name, result in given.items() if result.table["group"].nunique() > 1}
    cannot = []
    if shop.has("responses") and shop.answers["at"].isna().all():
        cannot.append(say("page.feedback.undated"))
    elif given and not several:
        cannot.append(say("page.feedback.one_period"))
    figures = tuple(
        figure
        for name, result in several.items()
        for figure in draw(say(f"page.figure.{name}"), result, _every_quarter(result.table))
    )
    # Of two quarters the change says all; of more, whether any stands out comes first.
    results = {name: result for name, result in several.items() if result.table["group"].nunique() > FEW}
    if "answers" in several:
        change = _last_change(shop.answers, several["answers"].table["group"].tolist())
        if change.table["verdict"].iloc[0] != Verdict.TOO_LITTLE or not results:
            results["change"] = change
    tables = {f"{name}_by_quarter": result.table for name, result in several.items() if name not in results}
    return gather("feedback", results, tables=tables, figures=figures, cannot=tuple(cannot))


FEW = 2


def _every_quarter(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an empty row for each quarter without answers, so that time is drawn to scale."""
    table = table[table["statistic"] == "mean"] if "statistic" in table else table
    quarters = pd.PeriodIndex(table["group"].str.replace("-", ""), freq="Q")
    every = pd.period_range(quarters.min(), quarters.max(), freq="Q")
    spread = table.set_index(quarters).reindex(every)
    return spread.assign(group=every.strftime("%Y-Q%q"), unit=table["unit"].iloc[0]).reset_index(drop=True)


def _answers(shop: Shop) -> Result | None:
    if not asks_to_recommend(shop):
        return None
    dated = shop.answers.dropna(subset=["at", "recommend"])
    return net_promoter(dated, score="recommend", by="quarter") if len(dated) >= int(GROUP_FLOOR) else None


def _stars(shop: Shop) -> Result | None:
    dated = shop.reviews.dropna(subset=["at", "stars"])
    if len(dated) < int(GROUP_FLOOR):
        return None
    return satisfaction(dated, score="stars", by="quarter")


def _last_change(answers: pd.DataFrame, quarters: list[str]) -> Result:
    named = answers["at"].dt.tz_localize(None).dt.to_period("Q").dt.strftime("%Y-Q%q")
    before, after = (answers[named == quarter] for quarter in quarters[-2:])
    return net_promoter_change(before, after, score="recommend")
