"""Write the sheet behind a Google form: the time, perhaps an address, then the questions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from town import files

TIME, ADDRESS = "Timestamp", "Email Address"


def write(path: Path, questions: Sequence[str], answers: Iterable[tuple[datetime, str, dict[str, str]]]) -> None:
    """Write a row an answer, oldest first, with day/month/year as a European sheet has it."""
    oldest = sorted(answers, key=lambda one: one[0])
    rows = ({TIME: f"{at:%d/%m/%Y %H:%M:%S}", ADDRESS: address} | given for at, address, given in oldest)
    files.csv_file(path, (TIME, ADDRESS, *questions), rows)
