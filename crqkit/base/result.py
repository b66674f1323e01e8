"""The one shape in which every analysis comes back."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MEASURE_COLUMNS = ["measure", "group", "estimate", "low", "high", "n", "unit"]


def measures(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    """Return rows as the table of measures: `measure, group, estimate, low, high, n, unit`, then any others."""
    import pandas as pd

    table = pd.DataFrame(rows)
    others = [column for column in table.columns if column not in MEASURE_COLUMNS]
    table = table.reindex(columns=MEASURE_COLUMNS + others)
    numbers = {"estimate": "float64", "low": "float64", "high": "float64", "n": "Int64"}
    return table.astype(numbers | {"measure": "string", "group": "string", "unit": "string"})


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """A table, one plain sentence that the table allows, and what one must know beside it.

    Attributes
    ----------
    table : DataFrame
        The truth; text, HTML and plot derive from it.
    reading : str
        One plain sentence.
    cautions, sources : tuple of str
        What limits it; where method and limits come from.
    settings : mapping
        All it takes to run it again. Not printed, so that outputs do not differ between machines.
    """

    table: "pd.DataFrame"
    reading: str
    cautions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    draw: "Callable[[pd.DataFrame, Axes], Any] | None" = None

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the table on `ax` (a new one if none is given) and return the Axes."""
        from crqkit.base import charts

        ax = charts.new_axes() if ax is None else ax
        (self.draw or charts.intervals)(self.table, ax)
        return ax

    @property
    def alt(self) -> str:
        """Words for those who cannot see the plot, with its numbers."""
        from crqkit.base import charts

        return charts.describe(self.reading.rstrip("."), self.table)

    def __repr__(self) -> str:
        cautions = [f"Caution: {caution}" for caution in self.cautions]
        return "\n".join([self.reading, *cautions, "", rounded(self.table).to_string(index=False, na_rep="")])

    def _repr_html_(self) -> str:
        cautions = "".join(f"<li>{html.escape(caution)}</li>" for caution in self.cautions)
        table = rounded(self.table).to_html(index=False, border=0, escape=True, na_rep="")
        return f"<p><strong>{html.escape(self.reading)}</strong></p>{f'<ul>{cautions}</ul>' if cautions else ''}{table}"


def rounded(table: "pd.DataFrame", digits: int = 3) -> "pd.DataFrame":
    """Return `table` for showing: floats with `digits` significant digits, whole numbers whole."""
    floats = table.select_dtypes("float").columns
    return table.assign(
        **{name: table[name].map(lambda x: significant(x, digits), na_action="ignore") for name in floats}
    )


def significant(value: float, digits: int = 3) -> str:
    """Write `value` with `digits` significant digits and never as a power of ten.

    >>> significant(0.123456), significant(1234.5), significant(-7.0)
    ('0.123', '1234', '-7')
    """
    import numpy as np

    if not np.isfinite(value):
        return ""
    whole = len(str(int(abs(value))))
    return np.format_float_positional(value, precision=max(digits, whole), fractional=False, trim="-")
