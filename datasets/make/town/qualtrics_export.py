"""Write the answers of Qualtrics: three rows of header, then a row an answer, with previews and spam among them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from town import files

# The columns that Qualtrics puts before the questions: id, words, where each comes from.
BEFORE = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)
TIMED = ("startDate", "endDate", "recordedDate")
ANSWER, PREVIEW, SPAM = "IP Address", "Survey Preview", "Spam"


@dataclass(frozen=True)
class Answer:
    """One answer by the ids of its questions; `at` is its start on the clock of the survey."""

    at: datetime
    number: str
    given: Mapping[str, object]
    seconds: int
    network: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    status: str = ANSWER
    progress: int = 100


def write(path: Path, questions: Mapping[str, str], answers: Iterable[Answer], zone: str) -> None:
    """Write the answers, oldest first; `questions` are the words of each question by its id."""
    ids = [name for name, _, _ in BEFORE] + list(questions)
    words = [words for _, words, _ in BEFORE] + list(questions.values())
    origins = [_origin(origin, zone) for _, _, origin in BEFORE] + [_origin(f"QID{id[1:]}", zone) for id in questions]
    oldest = sorted(answers, key=lambda one: (one.at, one.number))
    files.csv_file(path, ids, [words, origins, *(_row(one, list(questions)) for one in oldest)])


def _origin(name: str, zone: str) -> str:
    told = {"ImportId": name} | ({"timeZone": zone} if name in TIMED else {})
    return json.dumps(told, separators=(",", ":"))


def _row(one: Answer, questions: list[str]) -> list:
    end, whole = one.at + timedelta(seconds=one.seconds), one.progress == 100
    # What was broken off is recorded a week later.
    recorded = end + (timedelta(seconds=1) if whole else timedelta(days=7))
    channel = "preview" if one.status == PREVIEW else "email" if one.email else "anonymous"
    times = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (one.at, end, recorded)]
    return [
        times[0], times[1], one.status, one.network, one.progress, one.seconds, whole, times[2], one.number,
        one.last_name, one.first_name, one.email, "", channel, "EN",
        *(one.given.get(question) for question in questions),
    ]  # fmt: skip
