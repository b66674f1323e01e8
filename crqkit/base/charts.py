"""Charts that everyone can read: a colour-blind-safe palette, and words with the plotted numbers."""

import base64
import html
import io
from typing import TYPE_CHECKING, Any

from crqkit.base.result import significant

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# Okabe & Ito (2008), Color Universal Design: distinct with every common colour vision.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
    "yellow": "#F0E442",
    "grey": "#595959",
}
DESCRIBED = 24


def new_axes(width: float = 6.4, height: float = 3.2) -> "Axes":
    """Return fresh Axes outside pyplot's register, so that nothing has to be closed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def intervals(table: "pd.DataFrame", ax: "Axes", *, colour: str = PALETTE["blue"]) -> "Axes":
    """Draw measures as points with their intervals, the first row on top."""
    rows = table.dropna(subset=["estimate"])
    label = "group" if rows["group"].nunique() == len(rows) and len(rows) > 1 else "measure"
    places = range(len(rows))[::-1]
    spread = [(rows["estimate"] - rows["low"]).clip(lower=0), (rows["high"] - rows["estimate"]).clip(lower=0)]
    ax.errorbar(rows["estimate"], places, xerr=spread, fmt="o", color=colour, capsize=3)
    ax.set_yticks(list(places), rows[label].astype(str).tolist())
    ax.set_ylim(-0.6, len(rows) - 0.4)
    _name_axis(ax.xaxis, rows)
    return ax


def over_time(table: "pd.DataFrame", ax: "Axes", *, colour: str = PALETTE["blue"]) -> "Axes":
    """Draw measures as a line over their groups (periods, in order) with the interval as a band.

    A period without an estimate keeps its place and leaves a gap.
    """
    places = range(len(table))
    ax.fill_between(places, table["low"], table["high"], color=colour, alpha=0.2, linewidth=0)
    ax.plot(places, table["estimate"], "o-", color=colour)
    step = max(1, len(table) // 8)
    ax.set_xticks(list(places)[::step], table["group"].astype(str).tolist()[::step])
    _name_axis(ax.yaxis, table)
    return ax


def _name_axis(axis: "Axis", rows: "pd.DataFrame") -> None:
    from matplotlib.ticker import PercentFormatter

    units = rows["unit"].dropna().unique()
    if list(units) == ["share"]:
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    elif len(units) == 1:
        axis.set_label_text(units[0])


def describe(title: str, table: "pd.DataFrame") -> str:
    """Return alt text: the title and every plotted number with its interval, to three significant digits."""
    rows = table.dropna(subset=["estimate"])
    several = rows["group"].nunique() > 1
    parts = []
    for row in rows.head(DESCRIBED).itertuples():
        name = row.group if several else row.measure
        doubt = "" if row.low != row.low else f" ({significant(row.low)} to {significant(row.high)})"
        parts.append(f"{name} {significant(row.estimate)}{doubt}")
    more = f" and {len(rows) - DESCRIBED} more" if len(rows) > DESCRIBED else ""
    return f"{title}: {'; '.join(parts)}{more}."


def picture(figure: "Figure", kind: str = "svg", dpi: int = 110) -> bytes:
    """Return the figure as a picture file, the same bytes each time; `dpi` is for ``png``."""
    import matplotlib as mpl

    stream = io.BytesIO()
    options: dict[str, Any] = {"png": {"dpi": dpi, "metadata": {"Software": None}}, "svg": {"metadata": {"Date": None}}}
    with mpl.rc_context({"svg.hashsalt": "crqkit", "svg.fonttype": "none"}):
        figure.savefig(stream, format=kind, **options[kind])
    return stream.getvalue()


def image(figure: "Figure", alt: str, kind: str = "svg") -> str:
    """Return the figure as one HTML image element that carries its own data and its alt text."""
    mime = {"png": "image/png", "svg": "image/svg+xml"}[kind]
    data = base64.b64encode(picture(figure, kind)).decode()
    return f'<img src="data:{mime};base64,{data}" alt="{html.escape(alt, quote=True)}">'
