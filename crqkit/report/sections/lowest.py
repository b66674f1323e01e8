"""What to look at first: the lowest dimension, if the gap exceeds the doubt."""

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
    return gather("lowest", {"gaps": result}, folded=("gaps",), headline=result.reading)
