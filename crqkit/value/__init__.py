"""What customers do and are worth: coverage, coming again, staying, groups, and how far back a file reaches."""

from crqkit.value.covered import coverage, main_currency
from crqkit.value.groups import Rfm, rfm
from crqkit.value.repeat import repeat_purchase
from crqkit.value.staying import retention, retention_change, retention_rate
from crqkit.value.truncation import LeftTruncation, left_truncation

__all__ = [
    "LeftTruncation",
    "Rfm",
    "coverage",
    "left_truncation",
    "main_currency",
    "repeat_purchase",
    "retention",
    "retention_change",
    "retention_rate",
    "rfm",
]
