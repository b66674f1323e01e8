"""Results of which only some measures share a scale: those are drawn, and described to who cannot see them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crqkit.base import Result, charts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class Shown(Result):
    """A Result that draws and describes the measures named in `drawn`; the table has others beside them."""

    drawn: tuple[str, ...] = ()

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw those measures on `ax` (a new one if none is given) and return the Axes."""
        return charts.intervals(self._part(), charts.new_axes() if ax is None else ax)

    @property
    def alt(self) -> str:
        """Words for those who cannot see the plot, with its numbers."""
        return charts.describe(self.reading.rstrip("."), self._part())

    def _part(self) -> "pd.DataFrame":
        return self.table[self.table["measure"].isin(self.drawn)]
