"""How customers see us: each dimension, the recommendation, the public stars, with their intervals."""

import pandas as pd

from crqkit.base import Result, say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.asked import asks_to_recommend
from crqkit.report.section import Section, draw, gather
from crqkit.report.shown import SHARE
from crqkit.survey import dimension_scores, net_promoter, satisfaction

needs: tuple[str, ...] = ()
UNKNOWN = "unknown"


def section(shop: Shop) -> Section:
    """Show the profile from answers and reviews."""
    results, cannot = {}, []
    people = len(shop.answers) if shop.has("responses") else 0
    if 0 < people < int(GROUP_FLOOR):
        cannot.append(say("page.profile.few", n=people))
    elif people:
        if any(item.dimension for item in shop.form.items):
            results["dimensions"] = dimension_scores(shop.answers, form=shop.form)
        else:
            cannot.append(say("page.profile.no_dimensions"))
        if asks_to_recommend(shop):
            results["recommendation"] = net_promoter(shop.answers, score="recommend", **_frame(shop))
        else:
            cannot.append(say("page.profile.no_recommend"))
    headline = results["recommendation"].reading if "recommendation" in results else None
    tables, first, sentences = {}, [], []
    told = results["dimensions"].reading.params if "dimensions" in results else {}
    if told.get("reliability") == UNKNOWN:
        sentences.append(say("page.profile.reliability"))
    dated = shop.answers["at"].dropna() if results else ()
    if len(dated):
        span = {"first": dated.min(), "last": dated.max()}
        tables["span"] = pd.DataFrame([span])
        first.append(say("page.profile.span", **span))
    if "recommendation" in results:
        sentences.append(say("page.profile.nps"))
    stars = _stars(shop)
    if stars is not None:
        tables["stars"] = _plainly(stars.table)
        row = stars.table.iloc[0]
        sentences.append(say("page.profile.stars", stars=row["estimate"], low=row["low"], high=row["high"], n=row["n"]))
    figures = draw(say("page.figure.dimensions"), results["dimensions"]) if "dimensions" in results else ()
    return gather(
        "profile",
        results,
        first=first,
        then=sentences,
        tables=tables,
        shown=("dimensions",),
        folded=("recommendation", "stars"),
        figures=figures,
        cautions=() if stars is None else stars.cautions,
        cannot=tuple(cannot),
        headline=headline,
    )


def _frame(shop: Shop) -> dict[str, object]:
    listed = shop.settings.sampled_from
    return {"population": listed, "sample": "probability"} if listed else {}


def _stars(shop: Shop) -> Result | None:
    given = shop.reviews.dropna(subset=["stars"])
    if len(given) < int(GROUP_FLOOR):
        return None
    return satisfaction(given, score="stars")


def _plainly(stars: pd.DataFrame) -> pd.DataFrame:
    """Name the share of the best answers by the stars it counts."""
    return stars.assign(measure=stars["measure"].mask(stars["unit"] == SHARE, str(say("page.profile.best"))))
