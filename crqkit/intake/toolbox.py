"""Which files are understood, and what comes out of the tools that small businesses use."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from crqkit.base import say
from crqkit.intake.format import known_formats

MAPPING, NONE = "a mapping", "none"
COLUMNS = ["tool", "kind", "named_in", "exports", "where", "read_by", "tables", "status", "read", "note", "as_of"]


@cache
def _content() -> dict[str, Any]:
    import yaml

    return yaml.safe_load((files("crqkit.intake") / "tools.yml").read_text(encoding="utf-8"))


def tools() -> pd.DataFrame:
    """Return the tools that the texts behind crqkit name, what each exports, and what reads it.

    Returns
    -------
    DataFrame
        ``tool, kind, named_in, exports, where, read_by, tables, status, read, note, as_of``: one row a tool.
        `named_in`, `read_by` and `tables` are tuples; `read_by` holds ids of `formats`, ``"a mapping"`` (an owner's
        own, for `tables`) or ``"none"``. `status` is ``verified``, with what was read in `read`, or ``from memory``.
        `as_of` is the day on which the table was drawn up: makers change their exports without notice.

    Examples
    --------
    >>> table = tools().set_index("tool")
    >>> table["read_by"]["Mailchimp"], table["as_of"]["Mailchimp"].isoformat()
    (('mailchimp_audience',), '2026-11-22')
    """
    content = _content()
    rows = [
        dict.fromkeys(COLUMNS, "")
        | tool
        | {column: tuple(tool.get(column, ())) for column in ("named_in", "read_by", "tables")}
        | {"as_of": content["as_of"]}
        for tool in content["tools"]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def formats() -> pd.DataFrame:
    """Return the kinds of files that are understood without a mapping.

    Returns
    -------
    DataFrame
        ``format, title, table, status``: `status` says whether the headers were seen in public files (``verified``),
        are known ``from memory``, or are ours (``own template``).

    Examples
    --------
    >>> formats().set_index("format")["table"]["zendesk_tickets"]
    'interactions'
    """
    rows = [(format.id, format.title, format.table, format.status) for format in known_formats() if not format.refused]
    return pd.DataFrame(rows, columns=["format", "title", "table", "status"])


def format_sentences() -> Iterator[str]:
    """Yield the lines that say what is understood, and the table of tools with its date."""
    known, toolbox = formats(), tools()
    yield say("cli.formats.head")
    for format in known.itertuples():
        yield say("cli.formats.line", title=format.title, table=format.table.replace("_", " "), status=format.status)
    titles = known.set_index("format")["title"]
    yield ""
    yield say("cli.tools.head", day=f"{toolbox['as_of'][0]:%Y-%m-%d}")
    for tool in toolbox.itertuples():
        said = {name: getattr(tool, name) for name in ("tool", "kind", "exports", "where", "status")}
        yield say("cli.tools.line", **said, readers=", ".join(titles.get(one, one) for one in tool.read_by))
        if tool.note:
            yield say("cli.tools.note", note=tool.note)
