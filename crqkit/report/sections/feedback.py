"""Feedback over time: recommendation and stars by quarter, and whether the last change is real."""

import pandas as pd

from crqkit.base import Result, Sentence, say
from crqkit.base.cutoffs import GROUP_FLOOR, OWN, Cutoff
from crqkit.intake import Shop
from crqkit.report.asked import RECOMMEND, asks_to_recommend
from crqkit.report.section import Section, draw, gather
from crqkit.survey import net_promoter, net_promoter_change, satisfaction
from crqkit.tables.calendar import every_quarter, period_of

needs: tuple[str, ...] = ()
ONE_ROUND = Cutoff("one round", 14, f"{OWN}: who asks all the time has answers over more than two weeks", "a quarter")


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
    # The picture shows every quarter with its doubt; in words only the last two are compared.
    tables = {f"{name}_by_quarter": result.table for name, result in several.items()}
    results, first = {}, []
    if "answers" in several:
        before, after = several["answers"].table["group"].tolist()[-2:]
        results["change"] = _change(shop.answers, before, after)
        said, tables["spans"] = _spans(shop.answers, before, after)
        first += [*said, say("page.feedback.compared", before=before, after=after)]
    return gather("feedback", results, first=first, tables=tables, figures=figures, cannot=tuple(cannot))


def _spans(answers: pd.DataFrame, before: str, after: str) -> tuple[list[Sentence], pd.DataFrame]:
    """Say which of two quarters holds one round of asking, and where the turn of the quarter may cut one in two."""
    dated = answers.dropna(subset=["at", RECOMMEND])
    spans = dated.groupby(period_of(dated["at"], "quarter"))["at"].agg(first="min", last="max").loc[[before, after]]
    spans = spans.rename_axis("quarter").reset_index()
    days = [[day.tz_localize(None).normalize() for day in spans[name]] for name in ("first", "last")]
    spans = spans.assign(days=[(last - first).days + 1 for first, last in zip(*days, strict=True)])
    gap = (days[0][1] - days[1][0]).days
    short = spans[spans["days"] <= int(ONE_ROUND)]
    said = [say("page.feedback.short", **row) for row in short.to_dict("records")]
    if len(short) and gap <= int(ONE_ROUND) / 2:
        said.append(say("page.feedback.cut", before=before, after=after, gap=gap))
    return said, spans.assign(gap=gap)


def _every_quarter(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an empty row for each quarter without answers, so that time is drawn to scale."""
    table = table[table["statistic"] == "mean"] if "statistic" in table else table
    every = pd.Index(every_quarter(table["group"]), name="group")
    spread = table.set_index("group").reindex(every).reset_index()
    return spread.assign(unit=table["unit"].iloc[0])


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


def _change(answers: pd.DataFrame, before: str, after: str) -> Result:
    quarters = period_of(answers["at"], "quarter")
    return net_promoter_change(answers[quarters == before], answers[quarters == after], score="recommend")
