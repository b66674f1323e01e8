"""The shapes of a path diagram and the curves of its arrows, from edge to edge."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LOADING, PATH, COVARIANCE = "loading", "path", "covariance"
OUT = {"left": (-1, 0), "right": (1, 0), "top": (0, 1), "bottom": (0, -1)}
ARC, ARC_SHARE = 2.5, 0.28  # how far an arc swings out: at least, and by the distance it spans
MARGIN = 0.4
BULGES = (0.0, 4.0, -4.0, 7.0, -7.0, 10.0, -10.0, 14.0, -14.0)
SAMPLED = np.linspace(0, 1, 161)


class Arrow(NamedTuple):
    """From one variable to another; `kind` is loading, path or covariance (which has two heads)."""

    source: str
    target: str
    kind: str


class Node(NamedTuple):
    """A variable's shape around (x, y); `side` is where its own indicators, or the margin, lie."""

    x: float
    y: float
    width: float
    height: float
    latent: bool
    side: str

    def holds(self, points: Array, margin: float = 0.0) -> NDArray[np.bool_]:
        """Return which of the points (k, 2) lie inside."""
        far = np.abs(points - [self.x, self.y]) / [self.width / 2 + margin, self.height / 2 + margin]
        return (far**2).sum(axis=1) < 1 if self.latent else far.max(axis=1) < 1


class Curve(NamedTuple):
    """A quadratic Bezier curve: start, control point, end."""

    start: Array
    bend: Array
    end: Array

    def at(self, t: Any) -> Array:
        """Return the points at t (k,), from 0 at the start to 1 at the end."""
        t = np.atleast_1d(t)[:, None]
        return (1 - t) ** 2 * self.start + 2 * t * (1 - t) * self.bend + t**2 * self.end

    def between(self, first: float, last: float) -> "Curve":
        """Return the part from `first` to `last`."""
        start, end = self.at([first, last])
        bend = (1 - first) * ((1 - last) * self.start + last * self.bend) + first * (
            (1 - last) * self.bend + last * self.end
        )
        return Curve(start, bend, end)


def curve_of(
    arrow: Arrow, arrows: Sequence[Arrow], nodes: Mapping[str, Node], fans: Mapping[str, Sequence[str]]
) -> Curve:
    """Return how an arrow runs; `fans` holds the indicators of each factor."""
    source, target = nodes[arrow.source], nodes[arrow.target]
    if arrow.kind == LOADING and not target.latent:
        return _clipped(_straight(_centre(source), _facing(target, source)), source, None)
    if arrow.kind == COVARIANCE and (arc := _arc(source, target, any(fans[name] for name in arrow[:2]))):
        return _clipped(arc, source, target)
    back = arrow.kind == PATH and Arrow(arrow.target, arrow.source, PATH) in arrows
    others = [node for name, node in nodes.items() if name not in arrow[:2]]
    tries = BULGES[1:] if back or arrow.kind == COVARIANCE else BULGES
    curves = [_clipped(_straight(_centre(source), _centre(target), bulge), source, target) for bulge in tries]
    return next((curve for curve in curves if not _hits(curve, others)), curves[0])


def _centre(node: Node) -> Array:
    return np.array([node.x, node.y])


def _straight(start: Array, end: Array, bulge: float = 0.0) -> Curve:
    """Return a line, or a curve that swings out by `bulge` to the left of its direction."""
    across = end - start
    normal = np.array([-across[1], across[0]]) / max(float(np.hypot(*across)), 1e-9)
    return Curve(start, (start + end) / 2 + 2 * bulge * normal, end)


def _facing(node: Node, other: Node) -> Array:
    """Return the middle of the edge of a box that looks to `other`."""
    if node.side in ("left", "right"):
        return np.array([node.x + np.sign(other.x - node.x) * node.width / 2, node.y])
    return np.array([node.x, node.y + np.sign(other.y - node.y) * node.height / 2])


def _arc(first: Node, second: Node, fanned: bool) -> Curve | None:
    """Return an arc beside a column or row of variables; None where the two do not stand in one."""
    upright = abs(first.x - second.x) < 1e-6
    if not upright and abs(first.y - second.y) > 1e-6:
        return None
    inner = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
    side = first.side if upright == (first.side in ("left", "right")) else ("right" if upright else "bottom")
    way = np.array(OUT[inner[side] if fanned and side == first.side else side])
    span = float(np.hypot(first.x - second.x, first.y - second.y))
    along = (_centre(second) - _centre(first)) / span
    # From the middle of one edge, a little towards the other, so that several arcs do not meet in one point.
    start, end = (
        _centre(node) + way * [node.width / 2.2, node.height / 2.2] + turn * 0.15 * along * [node.width, node.height]
        for node, turn in ((first, 1), (second, -1))
    )
    return Curve(start, (start + end) / 2 + 2 * (ARC + ARC_SHARE * span) * way, end)


def _clipped(curve: Curve, source: Node | None, target: Node | None) -> Curve:
    """Return the part of a curve between the edges of the two shapes."""
    points = curve.at(SAMPLED)
    first = SAMPLED[~source.holds(points)][0] if source and not source.holds(points).all() else 0.0
    last = SAMPLED[~target.holds(points)][-1] if target and not target.holds(points).all() else 1.0
    return curve.between(first, last) if first < last else curve


def _hits(curve: Curve, others: Iterable[Node]) -> bool:
    points = curve.at(SAMPLED)
    return any(node.holds(points, MARGIN).any() for node in others)
