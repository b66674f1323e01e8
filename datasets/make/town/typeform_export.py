"""Write the answers of a Typeform in its newer columns: the questions, then when, how far, and from which network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from town import files

AFTER = ("Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags", "Ending")
COMPLETED, PARTIAL = "completed", "partial"


@dataclass
class Answer:
    """One answer by the words of its questions; `at` is its start on the clock of the shop."""

    at: datetime
    number: str
    given: dict[str, str]
    seconds: int
    network: str
    complete: bool = True


def write(path: Path, questions: Sequence[str], answers: Iterable[Answer], zone: str) -> None:
    """Write a row an answer, newest first; who broke off has no submit date and no ending."""
    newest = sorted(answers, key=lambda one: (one.at, one.number), reverse=True)
    files.csv_file(path, ("#", *questions, *AFTER), (_row(one, ZoneInfo(zone)) for one in newest))


def _row(answer: Answer, zone: ZoneInfo) -> dict[str, str]:
    start = answer.at.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
    end = start + timedelta(seconds=answer.seconds)
    return answer.given | {
        "#": answer.number,
        "Response Type": COMPLETED if answer.complete else PARTIAL,
        "Start Date (UTC)": f"{start:%Y-%m-%d %H:%M:%S}",
        "Stage Date (UTC)": "" if answer.complete else f"{end:%Y-%m-%d %H:%M:%S}",
        "Submit Date (UTC)": f"{end:%Y-%m-%d %H:%M:%S}" if answer.complete else "",
        "Network ID": answer.network,
        "Ending": "Thank you" if answer.complete else "",
    }
