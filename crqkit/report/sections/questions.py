"""Your other questions: rated ones that belong to no dimension, each with an average of its own."""

from crqkit.base import Result, say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.asked import RECOMMEND, asks_to_recommend
from crqkit.report.section import Section, gather
from crqkit.survey import own_questions, question_scores
from crqkit.survey.questions import one_reading
from crqkit.tables.form import Item

needs = ("responses",)
# More questions than this are told by their table alone.
SPOKEN = 3


def section(shop: Shop) -> Section:
    """Say the average answer to each; one that fewer than five people answered is named and not shown."""
    told_before = {RECOMMEND} if asks_to_recommend(shop) else set()
    asked = [item for item in own_questions(shop.form) if item.id in shop.answers and item.id not in told_before]
    if not asked or len(shop.answers) < int(GROUP_FLOOR):
        return Section("questions")
    counts = _scores(shop, asked).table.set_index("item")["n"]
    shown = [item for item in asked if counts[item.id] >= int(GROUP_FLOOR)]
    hidden = ", ".join(f"“{item.text}”" for item in asked if item not in shown)
    cannot = (say("questions.hidden", questions=hidden, floor=int(GROUP_FLOOR)),) if hidden else ()
    if not shown:
        return Section("questions", cannot=cannot)
    result = _scores(shop, shown)
    rows = result.table.set_index("item")
    spoken = [one_reading(rows.loc[item.id], item) for item in shown] if 1 < len(shown) <= SPOKEN else ()
    return gather("questions", {"averages": result}, then=spoken, shown=("averages",), cannot=cannot)


def _scores(shop: Shop, items: list[Item]) -> Result:
    return question_scores(shop.answers, form=shop.form, items=[item.id for item in items])
