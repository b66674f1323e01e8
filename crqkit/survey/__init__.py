"""What customers say: scores of dimensions, NPS, CSAT, CES, and whether groups or periods differ."""

from crqkit.survey.compare import change, compare_groups
from crqkit.survey.crosswalk import as_view, coding_agreement, codings, crosswalk
from crqkit.survey.dimensions import dimension_scores, lowest_dimension
from crqkit.survey.never_asked import reachable
from crqkit.survey.plan import survey_plan
from crqkit.survey.promoters import net_promoter, net_promoter_change
from crqkit.survey.questionnaire import back_translation_table, claims_table, form_tool_table, item_table, typing_table
from crqkit.survey.questions import own_questions, question_scores
from crqkit.survey.satisfaction import effort, satisfaction
from crqkit.survey.silence import silence
from crqkit.survey.who_answered import who_answered
from crqkit.tables.answers import answers

__all__ = [
    "answers",
    "as_view",
    "back_translation_table",
    "change",
    "claims_table",
    "coding_agreement",
    "codings",
    "compare_groups",
    "crosswalk",
    "dimension_scores",
    "effort",
    "form_tool_table",
    "item_table",
    "lowest_dimension",
    "net_promoter",
    "net_promoter_change",
    "own_questions",
    "question_scores",
    "reachable",
    "satisfaction",
    "silence",
    "survey_plan",
    "typing_table",
    "who_answered",
]
