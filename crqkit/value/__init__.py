"""What customers do and are worth: who comes again and stays, and whether keeping and being recommended pay."""

from crqkit.value.costs import acquisition_cost
from crqkit.value.covered import coverage, main_currency
from crqkit.value.groups import Rfm, rfm
from crqkit.value.keeping import keeping_or_finding
from crqkit.value.per_visit import spend_per_visit
from crqkit.value.referrals import referrals_per_promoter
from crqkit.value.repeat import repeat_purchase
from crqkit.value.staying import retention, retention_change, retention_rate
from crqkit.value.tenure import spend_by_tenure
from crqkit.value.truncation import LeftTruncation, left_truncation

__all__ = [
    "LeftTruncation",
    "Rfm",
    "acquisition_cost",
    "coverage",
    "keeping_or_finding",
    "left_truncation",
    "main_currency",
    "referrals_per_promoter",
    "repeat_purchase",
    "retention",
    "retention_change",
    "retention_rate",
    "rfm",
    "spend_by_tenure",
    "spend_per_visit",
]
