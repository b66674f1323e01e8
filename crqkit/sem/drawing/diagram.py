"""Path diagrams: a fitted model drawn with its estimates, and the same in words."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import charts, say
from crqkit.base.problems import check_choice
from crqkit.sem.drawing.curves import COVARIANCE, LOADING, PATH, Arrow, Curve, Node
from crqkit.sem.drawing.layout import layout
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.standardized import raw_solution, solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
VALUES = ("std", "est", "none")
KINDS = {"=~": LOADING, "~": PATH, "~~": COVARIANCE}
COLOURS = {LOADING: charts.PALETTE["blue"], PATH: charts.PALETTE["vermilion"], COVARIANCE: charts.PALETTE["green"]}
UNSURE = "#8c8c8c"
ORDER = {"~": 0, "~~": 1, "=~": 2}
LETTER = 9.0  # points, where the size of the figure is ours to choose
LARGEST = 12.0
PLACES = np.arange(0.2, 0.81, 0.03)  # where along an arrow its number may stand
PREFERRED = {LOADING: 0.62, PATH: 0.5, COVARIANCE: 0.5}
BORDER = 0.8


class Drawing(NamedTuple):
    """All that is to be drawn, in heights of a letter: shapes, arrows, numbers with their places, and the frame."""

    nodes: Mapping[str, Node]
    curves: Sequence[Curve]
    rows: pd.DataFrame
    labels: Sequence[str]
    places: Sequence[Array]
    frame: tuple[float, float, float, float]


def draw(
    estimate: Estimate,
    ax: "Axes | None" = None,
    *,
    group: str | None = None,
    values: str = "std",
    intervals: bool = False,
) -> "Axes":
    """Draw a fitted model: ovals are constructs, boxes are what was asked or observed.

    Blue arrows are loadings, red ones regressions, green ones with two heads covariances (of residuals, where the
    variables are explained). An estimate whose interval holds 0 is thin and grey. Causes stand left of effects.

    Parameters
    ----------
    estimate : Estimate
        A fitted model (or what holds one as `.estimate`).
    ax : Axes, optional
        Where to draw; new ones of a fitting size if none are given.
    group : str, optional
        One group; without it each group has its own panel.
    values : {"std", "est", "none"}
        Standardised estimates, estimates as they are, or none; two decimals.
    intervals : bool
        Whether 95 % intervals stand below the estimates.

    Returns
    -------
    Axes

    Raises
    ------
    ChoiceProblem
        Unknown `values` or `group`.
    """
    found = _estimate(estimate)
    check_choice("values", values, VALUES)
    chosen = _groups(found, group)
    drawings = [_drawing(found, number, values, intervals) for number in chosen]
    if ax is None:
        widths, heights = (max(d.frame[side] - d.frame[side - 2] for d in drawings) for side in (2, 3))
        ax = charts.new_axes(widths * len(drawings) * LETTER / 72, (heights + 2) * LETTER / 72)
    ax.set_axis_off()
    if len(drawings) == 1:
        _paint(drawings[0], ax)
        return ax
    for i, (number, drawing) in enumerate(zip(chosen, drawings, strict=True)):
        panel = ax.inset_axes((i / len(drawings), 0, 0.98 / len(drawings), 1))
        panel.set_axis_off()
        size = _paint(drawing, panel)
        panel.set_title(found.model.sample.groups[number - 1].label, fontsize=1.2 * size)
    return ax


def describe(estimate: Estimate, *, group: str | None = None, values: str = "std") -> str:
    """Return alt text: every number that `draw` shows, with its interval; structure first, loadings last."""
    found = _estimate(estimate)
    check_choice("values", values, VALUES)
    parts = []
    for number in _groups(found, group):
        rows = _rows(found, number, "est" if values == "est" else "std")
        rows = rows.sort_values("op", key=lambda op: op.map(ORDER), kind="stable")
        names = [_name(*row) for row in rows[["lhs", "op", "rhs"]].itertuples(index=False)]
        label = found.model.sample.groups[number - 1].label
        kind = "raw" if values == "est" else "standardised"
        title = say(f"diagram.alt.{kind}", arrows=len(rows)) if not label else ""
        title = title or say(f"diagram.alt_group.{kind}", arrows=len(rows), group=label)
        sure = rows["low"] < rows["high"]
        table = pd.DataFrame({"measure": names, "group": "", "estimate": rows["estimate"].to_numpy()})
        table["low"], table["high"] = (rows[end].where(sure).to_numpy() for end in ("low", "high"))
        parts.append(charts.describe(title, table))
    return " ".join(parts)


def _estimate(given: Any) -> Estimate:
    return given if isinstance(given, Estimate) else given.estimate


def _groups(found: Estimate, group: str | None) -> list[int]:
    labels = [part.label for part in found.model.sample.groups]
    if group is None:
        return list(range(1, len(labels) + 1))
    check_choice("group", group, labels)
    return [labels.index(group) + 1]


def _name(lhs: str, op: str, rhs: str) -> str:
    return {"=~": f"{lhs} → {rhs}", "~": f"{rhs} → {lhs}", "~~": f"{lhs} ↔ {rhs}"}[op]


def _rows(found: Estimate, group: int, values: str) -> pd.DataFrame:
    """Return one row an arrow of one group: `lhs op rhs estimate low high unsure`."""
    model = found.model
    given = model.table[~model.table["op"].isin(("==", "<", ">"))].reset_index(drop=True)
    solved = (raw_solution if values == "est" else solution)(model, found.x, found.covariance)
    # An arrow fixed at 0 is one that the model has not.
    absent = (given["free"] == 0) & (given["exo"] == 0) & (given["ustart"] == 0)
    keep = (given["group"] == group) & given["op"].isin(list(KINDS)) & (given["lhs"] != given["rhs"]) & ~absent
    rows = solved.loc[keep, ["lhs", "op", "rhs", "est", "ci_lower", "ci_upper"]]
    rows = rows.rename(columns={"est": "estimate", "ci_lower": "low", "ci_upper": "high"})
    free = (given["free"] > 0)[keep]
    return rows.assign(unsure=(rows["low"] < 0) & (rows["high"] > 0) & free).reset_index(drop=True)


def _drawing(found: Estimate, group: int, values: str, intervals: bool) -> Drawing:
    rows = _rows(found, group, values)
    plan = found.model.plan
    labels = [_label(row, values, intervals) for row in rows.itertuples()]
    arrows = [
        Arrow(rhs, lhs, KINDS[op]) if op == "~" else Arrow(lhs, rhs, KINDS[op])
        for lhs, op, rhs in rows[["lhs", "op", "rhs"]].itertuples(index=False)
    ]
    written = [_measure(label) for label in labels]
    observed, latent = (max((_measure(name)[0] for name in names), default=0) for names in (plan.observed, plan.latent))
    nodes, curves = layout(
        [*plan.latent, *plan.observed],
        plan.latent,
        arrows,
        box=(observed + 1.4, 2.0),
        oval=(max(latent + 2.6, 6.0), 3.4),
        label=(max((size[0] for size in written), default=0.0), max((size[1] for size in written), default=0.0)),
    )
    places = _places(arrows, curves, written, nodes)
    return Drawing(nodes, curves, rows, labels, places, _frame(nodes, curves, places, written))


def _label(row: Any, values: str, intervals: bool) -> str:
    if values == "none":
        return ""
    written = _two(row.estimate)
    return f"{written}\n[{_two(row.low)}, {_two(row.high)}]" if intervals and row.low < row.high else written


def _two(value: float) -> str:
    # Neither "-0.00" nor a hyphen for a minus.
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


@cache
def _measure(text: str) -> tuple[float, float]:
    """Return width and height of a text, in heights of a letter."""
    from matplotlib.textpath import TextPath

    lines = text.split("\n") if text else []
    return max((TextPath((0, 0), line, size=1).get_extents().width for line in lines), default=0.0), 1.25 * len(lines)


def _places(
    arrows: Sequence[Arrow], curves: Sequence[Curve], sizes: Sequence[tuple[float, float]], nodes: Mapping[str, Node]
) -> list[Array]:
    """Return the centre of each number: on its arrow, clear of shapes and other numbers and, if it can, of arrows."""
    lines = [curve.at(np.linspace(0, 1, 81)) for curve in curves]
    shapes = [(np.array([node.x, node.y]), np.array([node.width, node.height])) for node in nodes.values()]
    done: dict[int, tuple[Array, Array]] = {}
    # Fans are regular: they come last and give way least.
    for i in sorted(range(len(arrows)), key=lambda i: arrows[i].kind == LOADING):
        size = np.array(sizes[i]) + 0.4
        best, least = curves[i].at(PREFERRED[arrows[i].kind])[0], np.inf
        for t in sorted(PLACES, key=lambda t: abs(t - PREFERRED[arrows[i].kind])):
            at = curves[i].at(t)[0]
            near = [*done.values(), *shapes]
            cost = 100.0 * sum(bool((np.abs(at - centre) < (size + other) / 2).all()) for centre, other in near)
            crossed = (bool((np.abs(line - at) < size / 2).all(axis=1).any()) for j, line in enumerate(lines) if j != i)
            cost += 3.0 * sum(crossed) + 3.0 * abs(t - PREFERRED[arrows[i].kind])
            if cost < least:
                best, least = at, cost
        done[i] = best, size
    return [done[i][0] for i in range(len(arrows))]


def _frame(
    nodes: Mapping[str, Node], curves: Sequence[Curve], places: Sequence[Array], sizes: Sequence[tuple[float, float]]
) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of all that is drawn."""
    points = [curve.at(np.linspace(0, 1, 41)) for curve in curves]
    for node in nodes.values():
        half = np.array([node.width, node.height]) / 2
        points += [np.array([[node.x, node.y]]) - half, np.array([[node.x, node.y]]) + half]
    points += [
        np.array([at - np.array(size) / 2, at + np.array(size) / 2]) for at, size in zip(places, sizes, strict=True)
    ]
    every = np.concatenate(points)
    (left, bottom), (right, top) = every.min(axis=0) - BORDER, every.max(axis=0) + BORDER
    return left, bottom, right, top


def _paint(drawing: Drawing, ax: "Axes") -> float:
    """Draw on `ax` and return the size of the letters in points, which follows from the room."""
    from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle
    from matplotlib.path import Path

    left, bottom, right, top = drawing.frame
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_aspect("equal")
    room = ax.get_window_extent()
    points = 72 / ax.get_figure(root=True).dpi
    size = min(points * room.width / (right - left), points * room.height / (top - bottom), LARGEST)
    kinds = [KINDS[op] for op in drawing.rows["op"]]
    for curve, kind, unsure in zip(drawing.curves, kinds, drawing.rows["unsure"], strict=True):
        path = Path([curve.start, curve.bend, curve.end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        style = {"color": UNSURE if unsure else COLOURS[kind], "linewidth": (0.06 if unsure else 0.14) * size}
        head = "<|-|>" if kind == COVARIANCE else "-|>"
        ax.add_patch(FancyArrowPatch(path=path, arrowstyle=head, mutation_scale=size, joinstyle="miter", **style))
    for name, node in drawing.nodes.items():
        if node.latent:
            shape: Any = Ellipse((node.x, node.y), node.width, node.height)
        else:
            shape = Rectangle((node.x - node.width / 2, node.y - node.height / 2), node.width, node.height)
        shape.set(facecolor="#e8f1f8" if node.latent else "white", edgecolor="black", linewidth=0.09 * size, zorder=3)
        ax.add_patch(shape)
        ax.text(node.x, node.y, name, ha="center", va="center", fontsize=size, zorder=4)
    back = {"facecolor": "white", "edgecolor": "none", "pad": 0.12 * size, "alpha": 0.9}
    for (x, y), label, unsure in zip(drawing.places, drawing.labels, drawing.rows["unsure"], strict=True):
        if label:
            colour = charts.PALETTE["grey"] if unsure else "black"
            ax.text(x, y, label, ha="center", va="center", fontsize=size, color=colour, bbox=back, zorder=5)
    return size
