"""A picture that also says its numbers, alike in Jupyter, nbconvert and myst-nb."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crqkit.base import Result, charts
from crqkit.base.result import significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class Picture:
    """One HTML image with its alt text; the alt text alone where pictures cannot be shown."""

    html: str
    alt: str

    def __repr__(self) -> str:
        return f"[Picture] {self.alt}"

    def _repr_html_(self) -> str:
        return self.html


def show(shown: "Result | Axes", alt: str | None = None) -> Picture:
    """Return a result or a drawing as a picture whose alt text holds the plotted numbers.

    Parameters
    ----------
    shown : Result or Axes
        A result is drawn first, with its own plot.
    alt : str, optional
        Words for those who cannot see the picture; made from the numbers if not given.

    Returns
    -------
    Picture
        Shown by a notebook when it stands on the last line of a cell.

    Examples
    --------
    >>> ax = charts.new_axes()
    >>> _ = ax.plot([1, 2, 3], [4.0, 5.5, 6.0], label="visits")
    >>> show(ax)
    [Picture] visits: 1 4; 2 5.5; 3 6.
    """
    if isinstance(shown, Result):
        alt = alt or shown.alt
        shown = shown.plot()
    alt = alt or _read_off(shown)
    figure = shown.get_figure()
    # A drawing by pandas or seaborn stands in pyplot's register, from where a notebook would show it again, wordless.
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    # Metadata of a cell is lost in nbconvert and myst-nb; an HTML element carries its own words.
    return Picture(charts.image(figure, alt, kind="png"), alt)


def _read_off(ax: "Axes") -> str:
    """Write the numbers of bars and lines, to three significant digits."""
    parts = []
    for bars in ax.containers:
        names = [label.get_text() for label in ax.get_xticklabels()]
        heights = [bar.get_height() for bar in bars.patches] if hasattr(bars, "patches") else []
        names = names if len(names) == len(heights) else [str(place + 1) for place in range(len(heights))]
        parts += [_pairs(ax.get_ylabel() or "bars", names, heights)] if heights else []
    for line in ax.get_lines():
        label = str(line.get_label())
        parts.append(_pairs("line" if label.startswith("_") else label, line.get_xdata(), line.get_ydata()))
    title = ax.get_title()
    return f"{title + '. ' if title else ''}{'; '.join(parts)}."


def _pairs(name: str, places: Any, values: Any) -> str:
    def write(value: Any) -> str:
        return significant(float(value)) if isinstance(value, int | float) else str(value)

    pairs = [f"{write(place)} {significant(float(value))}" for place, value in zip(places, values, strict=True)]
    more = f"; and {len(pairs) - charts.DESCRIBED} more" if len(pairs) > charts.DESCRIBED else ""
    return f"{name}: {'; '.join(pairs[: charts.DESCRIBED])}{more}"
