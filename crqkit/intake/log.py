"""What became of every row that was read."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from crqkit.base import say
from crqkit.intake.opened import Part

LOG = ["file", "format", "table", "outcome", "reason", "rows", "detail"]


def account(parts: Sequence[Part], skipped: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the log: for each file the rows read, kept and dropped for a reason, and the files not read."""
    rows: list[list[Any]] = []
    for part in parts:
        about = [part.file, part.format.id, part.format.table]
        rows.append([*about, "read", "", len(part.unit), ""])
        rows.append([*about, "kept", "", int(part.fates.kept.sum()), ""])
        rows += [[*about, "dropped", reason, count, detail] for reason, detail, count in part.fates.counts()]
    rows += [[file, "", "", "not read", reason, 0, ""] for file, reason in skipped]
    return pd.DataFrame(rows, columns=LOG).astype({"rows": "int64"})


def log_sentences(log: pd.DataFrame) -> Iterator[str]:
    """Yield one sentence for each line of a log, as the message templates word it."""
    read = log[log["outcome"] == "read"].set_index("file")["rows"]
    for line in log.itertuples():
        if line.outcome == "kept":
            yield say("log.kept", file=line.file, kept=line.rows, read=int(read[line.file]))
        elif line.outcome in ("dropped", "not read"):
            kind = line.outcome.replace(" ", "_")
            reason = say(f"log.{kind}.{line.reason}") + (f" ({line.detail})" if line.detail else "")
            yield say(f"log.{kind}", file=line.file, rows=line.rows, reason=reason)
