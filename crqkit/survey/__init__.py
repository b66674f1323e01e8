"""What customers say: scores of dimensions, NPS, CSAT, CES, and whether groups or periods differ."""

from crqkit.survey.compare import change, compare_groups
from crqkit.survey.dimensions import dimension_scores, lowest_dimension
from crqkit.survey.promoters import net_promoter, net_promoter_change
from crqkit.survey.satisfaction import effort, satisfaction
from crqkit.tables.answers import answers

__all__ = [
    "answers",
    "change",
    "compare_groups",
    "dimension_scores",
    "effort",
    "lowest_dimension",
    "net_promoter",
    "net_promoter_change",
    "satisfaction",
]
