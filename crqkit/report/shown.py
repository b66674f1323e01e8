"""Tables as a reader sees them: few columns, plain names, numbers no finer than they are worth."""

from typing import Any

import pandas as pd

from crqkit.base import say
from crqkit.base.messages import KINDS, NOTHING, templates
from crqkit.base.result import significant

# In this order; every other column stays in the workbook.
COLUMNS = [
    *(
        "measure",
        "group",
        "score",
        "from",
        "to",
        "customer_key",
        "do",
        "why",
        "consent",
        "estimate",
        "range",
        "n",
        "unit",
    ),
]
SHARE = "share"


def telling(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `table` that show something: those with a value or, of cut points, with a beginning.

    >>> len(telling(pd.DataFrame({"group": ["a", "b"], "estimate": [0.5, None], "n": [9, 2]})))
    1
    """
    value = next((name for name in ("estimate", "from") if name in table), None)
    return table if value is None else table[table[value].notna()]


def shown(table: pd.DataFrame) -> dict[str, Any]:
    """Return ``head`` and ``rows`` of `table` as text."""
    table = table.copy()
    shares = table.get("unit", pd.Series(index=table.index, dtype="str")).eq(SHARE)
    for name in ("estimate", "low", "high"):
        if name in table:
            written = [number(cell, share) for cell, share in zip(table[name], shares, strict=True)]
            table[name] = pd.Series(written, index=table.index, dtype="object")
    if "low" in table:
        table["range"] = [
            NOTHING if NOTHING in (low, high) else str(say("page.range", low=low, high=high))
            for low, high in zip(table["low"], table["high"], strict=True)
        ]
    if "unit" in table:
        table["unit"] = table["unit"].mask(shares)
    if "action" in table:
        table["do"] = [say(f"page.week.do.{action}") for action in table["action"]]
        table = table.drop(columns="score")
    columns = [name for name in COLUMNS if name in table and _tells(table, name)]
    return {
        "head": [say(f"page.column.{name}") for name in columns],
        "columns": columns,
        "rows": [[text(cell) for cell in row] for row in table[columns].itertuples(index=False)],
    }


def _tells(table: pd.DataFrame, name: str) -> bool:
    """Whether a column says anything: not empty, and no name that is the same in all rows beside another name."""
    cells = table[name].dropna()
    if name == "group":
        return len(cells) > 0 and (cells.nunique() > 1 or "measure" not in table or cells.iloc[0] != "all")
    if name == "measure":
        return "group" not in table or table["group"].nunique() < 2 or cells.nunique() > 1
    return len(cells) > 0


def number(cell: Any, share: bool = False) -> str:
    """Write an estimate or the end of a range.

    >>> number(0.634, share=True), number(4.256), number(-14.83), number(-0.0008)
    ('63 %', '4.26', '−14.8', '0.00')
    """
    if pd.isna(cell):
        return NOTHING
    if share:
        return KINDS["pct"](cell)
    digits = 2 if abs(cell) < 10 else 1 if abs(cell) < 100 else 0
    value = round(float(cell), digits) + 0.0
    return f"{value:.{digits}f}".replace("-", "−")


def text(cell: Any) -> str:
    """Write any other cell: known names in plain words, whole numbers whole."""
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return NOTHING
    if isinstance(cell, str):
        return str(say(f"page.name.{cell}")) if f"page.name.{cell}" in templates() else str(cell)
    return significant(float(cell))
