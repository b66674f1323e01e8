"""One thing to know about a solution, and how it is put into words."""

from dataclasses import dataclass
from typing import Any

from crqkit.base.messages import NOTHING, Sentence, say
from crqkit.base.result import significant

STOP, CAUTION = "stop", "caution"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a solution.

    `where` is the parameter, item or pair (``visual ~~ visual``), `group` the group's name (empty without groups);
    `severity` is ``stop`` where the estimates are not to be used, ``caution`` otherwise.
    """

    code: str
    group: str
    where: str
    sentence: Sentence
    severity: str


def place(where: str, group: str) -> str:
    """Return a parameter's name, with its group's where there is one."""
    return say("sem_find.in_group", where=where, group=group) if group else where


def number(value: float, digits: int = 3) -> str:
    """Return a number as readers see it in a sentence; a dash where there is none."""
    return significant(value, digits).replace("-", "−") or NOTHING


def finding(id: str, group: str, where: str, severity: str, **params: Any) -> Finding:
    """Return the finding whose sentence has this id; the id's first part is the code."""
    return Finding(id.partition(".")[0], group, where, say(f"sem_find.{id}", **params), severity)
