"""Date, time and zone in three columns, as tills write them, to one moment a row."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.findings import Findings
from crqkit.intake.times import times
from crqkit.intake.values import Cells, Columns, Habits, plain

MIDNIGHT = r"[ T]00:00(?::00)?$"


def moments(given: Columns, habits: Habits, findings: Findings) -> tuple[pd.Series, str]:
    """Return the moment of each row from ``at``, ``at_time`` and ``at_zone``, and the zone where all rows name one."""
    cells = with_time(given["at"], given.get("at_time"))
    if "at_zone" not in given:
        return times({"at": cells}, habits, findings)["at"], ""
    names, zones = _zones(given["at_zone"])
    unknown = sorted(set(names[zones.isna() & names.notna()].unique()))
    if unknown:
        said = {"file": findings.file, "zones": ", ".join(unknown), "zone": habits.timezone}
        findings.cautions.append(say("caution.intake.zone", **said))
    naive = findings.naive
    at = times({"at": cells}, habits, findings, zones=zones.fillna(habits.timezone))["at"]
    found = zones.unique()
    findings.naive = naive or (findings.naive and bool(zones.isna().any()))
    return at, str(found[0]) if len(found) == 1 and not pd.isna(found[0]) else ""


def with_time(dates: Cells, hours: Cells | None) -> Cells:
    """Return the dates with the time of day behind them; a spreadsheet may have put midnight there."""
    if hours is None:
        return dates
    day, hour = plain(dates), plain(hours)
    joined = day.str.replace(MIDNIGHT, "", regex=True) + " " + hour
    return Cells(dates.column, joined.where(hour.notna(), day), dates.rows)


def _zones(cells: Cells) -> tuple[pd.Series, pd.Series]:
    """Return the name of each row's zone as written, and as the IANA list has it; none where it is unknown."""
    names = plain(cells)
    codes, uniques = pd.factorize(names)
    known = np.array([*(_zone(str(name)) for name in uniques), None], dtype=object)
    return names, pd.Series(known[codes], index=names.index, dtype="str")


def _zone(name: str) -> str | None:
    """Return the IANA name of a zone that is named in words.

    >>> _zone("Eastern Time (US & Canada)"), _zone("europe/berlin"), _zone("Middle Earth")
    ('America/New_York', 'Europe/Berlin', None)
    """
    plain_name = " ".join(name.casefold().split())
    if plain_name in _named():
        return _named()[plain_name]
    try:
        return ZoneInfo(name).key if "/" in name else None
    except (KeyError, ValueError, OSError):
        return None


@cache
def _named() -> dict[str, str]:
    import yaml

    text = (files("crqkit.intake") / "zones.yml").read_text(encoding="utf-8")
    named = {str(name).casefold(): zone for name, zone in yaml.safe_load(text).items()}
    return named | {zone.casefold(): zone for zone in named.values()}
