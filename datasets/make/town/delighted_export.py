"""Write the answers of Delighted: one question from 0 to 10, a comment, and who was asked.

The header of the download is from memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from town import files

COLUMNS = ("Response ID", "Person ID", "Name", "Email", "Score", "Comment", "Created at", "survey_type", "Permalink",
           "Delighted Source")  # fmt: skip


@dataclass(frozen=True)
class Score:
    """One answer; `at` is on the clock of the shop."""

    at: datetime
    number: int
    person: int
    name: str
    email: str
    score: int
    comment: str


def write(path: Path, scores: Iterable[Score], zone: str) -> None:
    """Write a row an answer, newest first, with the distance from UTC beside the time."""
    newest = sorted(scores, key=lambda one: (one.at, one.number), reverse=True)
    files.csv_file(path, COLUMNS, (_row(one, ZoneInfo(zone)) for one in newest))


def _row(one: Score, zone: ZoneInfo) -> list:
    at = f"{one.at.replace(tzinfo=zone):%Y-%m-%d %H:%M:%S %z}"
    link = f"https://example.com/r/{one.number}"
    return [one.number, one.person, one.name, one.email, one.score, one.comment, at, "nps", link, "Email"]
