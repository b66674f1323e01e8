"""What to look at first: the lowest dimension, if the gap exceeds the doubt."""

from crqkit.base import Sentence, say
from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.intake import Shop
from crqkit.report.section import Section, gather
from crqkit.survey import lowest_dimension

needs = ("responses",)


def section(shop: Shop) -> Section:
    """Name the lowest dimension when the answers allow it."""
    asked = {item.dimension for item in shop.form.items if item.dimension and item.id in shop.answers}
    if len(asked) < 2 or len(shop.answers) < int(GROUP_FLOOR):
        return Section("lowest")
    result = lowest_dimension(shop.answers, form=shop.form)
    lowest = result.table["lowest"].iloc[0] if len(result.table) else None
    return gather("lowest", {"gaps": result}, then=_asked(shop, lowest), folded=("gaps",), headline=result.reading)


def _asked(shop: Shop, label: str | None) -> list[Sentence]:
    """Quote the questions, so that nobody has to guess what a dimension means."""
    found = [id for id, name in shop.form.dimensions.items() if name == label]
    texts = [f"“{item.text}”" for id in found for item in shop.form.of_dimension(id) if item.id in shop.answers]
    return [say("page.lowest.asked", dimension=label, questions=" ".join(texts))] if texts else []
