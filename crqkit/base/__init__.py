"""Knows nothing of customers: results, problems, verdicts, cut-offs, messages, charts, files."""

from crqkit.base.cutoffs import Cutoff
from crqkit.base.messages import Sentence, say
from crqkit.base.problems import (
    ChoiceProblem,
    CrqkitError,
    DataProblem,
    Fault,
    MissingExtra,
    ModelProblem,
    check_choice,
    check_columns,
)
from crqkit.base.result import Result, measures
from crqkit.base.verdict import Verdict, verdict

__all__ = [
    "ChoiceProblem",
    "CrqkitError",
    "Cutoff",
    "DataProblem",
    "Fault",
    "MissingExtra",
    "ModelProblem",
    "Result",
    "Sentence",
    "Verdict",
    "check_choice",
    "check_columns",
    "measures",
    "say",
    "verdict",
]
