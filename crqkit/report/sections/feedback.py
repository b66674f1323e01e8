"""Feedback over time: recommendation and stars by quarter, and whether the last change is real."""

import pandas as pd

from crqkit.base import Result, say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.section import Section, draw, gather
from crqkit.survey import net_promoter, net_promoter_change, satisfaction

needs: tuple[str, ...] = ()


def section(shop: Shop) -> Section:
    """Show what there is by quarter; nothing asked is said under the profile, not here again."""
    given = {name: result for name, result in (("answers", _answers(shop)), ("stars", _stars(shop))) if result}
    results: dict[str, Result] = {}
    cannot = []
    for name, result in given.items():
        if len(result.table) > 1:
            results[name] = result
    dated = shop.has("responses") and shop.answers["at"].notna().any()
    if shop.has("responses") and not dated:
        cannot.append(say("page.feedback.undated"))
    elif given and not results:
        cannot.append(say("page.feedback.one_period"))
    figures = tuple(figure for name, result in results.items() for figure in draw(say(f"page.figure.{name}"), result))
    if "answers" in results and (change := _last_change(shop.answers, results["answers"].table)):
        results["change"] = change
    return gather("feedback", results, figures=figures, cannot=tuple(cannot))


def _answers(shop: Shop) -> Result | None:
    if not shop.has("responses") or "recommend" not in shop.answers:
        return None
    dated = shop.answers.dropna(subset=["at", "recommend"])
    return net_promoter(dated, score="recommend", by="quarter") if len(dated) >= int(GROUP_FLOOR) else None


def _stars(shop: Shop) -> Result | None:
    dated = shop.reviews.dropna(subset=["at", "stars"])
    if len(dated) < int(GROUP_FLOOR):
        return None
    return satisfaction(dated, score="stars", by="quarter")


def _last_change(answers: pd.DataFrame, by_quarter: pd.DataFrame) -> Result | None:
    quarters = by_quarter["group"].tolist()[-2:]
    if len(quarters) < 2:
        return None
    label = answers["at"].dt.tz_localize(None).dt.to_period("Q")
    named = label.dt.year.astype("string") + "-Q" + label.dt.quarter.astype("string")
    before, after = (answers[named == quarter] for quarter in quarters)
    return net_promoter_change(before, after, score="recommend")
