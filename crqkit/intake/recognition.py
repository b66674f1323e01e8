"""Which known format a sheet is of, by its headers."""

from collections.abc import Sequence

from crqkit.intake.format import Format, Match, known_formats, plain_name
from crqkit.intake.headers import heading
from crqkit.intake.opened import wanted
from crqkit.intake.sheet import Sheet


def recognise(sheets: Sequence[Sheet]) -> Match | None:
    """Return the first sheet and header row that fit a format; the header may stand below a title.

    Where several formats fit, the one that asks for most headers is meant, then the one that knows most of them.
    """
    for sheet in sheets:
        for place, names in enumerate(sheet.top):
            fitting = [format for format in known_formats() if _fits(format, names)]
            if fitting:
                return _matched(sheet, max(fitting, key=lambda format: _asked_for(format, names)), place)
    return None


def nearest(sheets: Sequence[Sheet]) -> tuple[Format, list[str]] | None:
    """Return the format that is nearest to a file, with the required headers that the file lacks.

    It is the one of which most required headers are there, and which knows most of the headers that are there.
    """
    rows = [names for sheet in sheets for names in sheet.top[:1] if any(names)]
    tried = [(format, names) for names in rows for format in known_formats() if format.required]
    if not tried:
        return None
    format, names = max(tried, key=lambda one: _closeness(*one))
    return format, format.missing(names)


def _closeness(format: Format, names: Sequence[str]) -> float:
    known, have = wanted(format), {plain_name(name) for name in names if name}
    return 1 - len(format.missing(names)) / len(format.required) + len(known & have) / len(have)


def _asked_for(format: Format, names: Sequence[str]) -> tuple[int, int]:
    """Return how many headers a format asks for, and how many of those that are there it knows."""
    return len(format.required), len(wanted(format) & {plain_name(name) for name in names if name})


def _fits(format: Format, names: Sequence[str]) -> bool:
    return bool(format.required or format.first) and not format.missing(names)


def _matched(sheet: Sheet, format: Format, place: int) -> Match:
    found = heading(format, sheet.top, place)
    return Match(sheet, format, place + found.rows - 1, found.names, found.words, found.timezone)
