"""How customers see us: each dimension, the recommendation, the public stars, with their intervals."""

from crqkit.base import Result, say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.section import Section, draw, gather
from crqkit.survey import dimension_scores, net_promoter, satisfaction

needs: tuple[str, ...] = ()


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
        if "recommend" in shop.answers:
            results["recommendation"] = net_promoter(shop.answers, score="recommend", **_frame(shop))
        else:
            cannot.append(say("page.profile.no_recommend"))
    headline = results["recommendation"].reading if "recommendation" in results else None
    sentences = []
    stars = _stars(shop)
    if stars is not None:
        row = stars.table.iloc[0]
        sentences.append(say("page.profile.stars", stars=row["estimate"], low=row["low"], high=row["high"], n=row["n"]))
    figures = draw(say("page.figure.dimensions"), results["dimensions"]) if "dimensions" in results else ()
    tables = {} if stars is None else {"stars": stars.table}
    return gather(
        "profile",
        results,
        then=sentences,
        tables=tables,
        shown=tuple(name for name in results if name == "dimensions"),
        folded=tuple(name for name in (*results, *tables) if name != "dimensions"),
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
