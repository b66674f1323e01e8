"""Where each variable of a path diagram stands and how its arrows run; the unit is the height of a letter."""

from collections.abc import Collection, Sequence

import numpy as np

from crqkit.sem.drawing.curves import COVARIANCE, LOADING, OUT, PATH, Arrow, Curve, Node, curve_of

LEAF_GAP, ROOT_GAP, ROOT_LEAST = 0.8, 1.2, 6.0
REACH = 5.0  # length of an arrow beside its label
RAISED = 7.0  # a mediator stands this far off the direct path
FAN = 0.35  # a fan is at least this deep for its breadth
LABEL_AT = 0.7  # how far out on a fan's arrows its numbers stand


def layout(
    names: Sequence[str],
    latent: Collection[str],
    arrows: Sequence[Arrow],
    *,
    box: tuple[float, float],
    oval: tuple[float, float],
    label: tuple[float, float],
) -> tuple[dict[str, Node], list[Curve]]:
    """Return where each variable stands and how each arrow runs, from edge to edge.

    Causes stand left of effects; indicators fan out on the outer side of their factor, and first-order factors on that
    of their second-order factor. A factor whose indicators all stand with others (a specific or method factor) stands
    beyond them.

    Parameters
    ----------
    names : variables, in the order in which they stand from top to bottom.
    box, oval, label : width and height of observed variables, latent ones, and numbers on arrows.
    """
    forest = _Forest(names, latent, arrows, box, oval, label)
    nodes = forest.place()
    return nodes, [curve_of(arrow, arrows, nodes, forest.children) for arrow in arrows]


class _Forest:
    """Factors as trees of their indicators; the trees stand in columns by cause and effect."""

    def __init__(
        self,
        names: Sequence[str],
        latent: Collection[str],
        arrows: Sequence[Arrow],
        box: tuple[float, float],
        oval: tuple[float, float],
        label: tuple[float, float],
    ) -> None:
        self.names, self.latent, self.arrows = list(names), set(latent), arrows
        self.box, self.oval, self.label = box, oval, label
        self.parents: dict[str, list[str]] = {}
        for arrow in arrows:
            if arrow.kind == LOADING:
                self.parents.setdefault(arrow.target, []).append(arrow.source)
        paths = {name for arrow in arrows if arrow.kind == PATH for name in arrow[:2]}
        self.items = {f: {i for i, above in self.parents.items() if f in above} for f in self.names}
        # A general factor measures all that another one measures, and more: its indicators stand with it.
        general = {f for f in self.latent if any(self.items[g] and self.items[g] < self.items[f] for g in self.latent)}
        self.parent = {i: next((f for f in above if f in general), above[0]) for i, above in self.parents.items()}
        self.children = {f: [i for i in self.names if self.parent.get(i) == f] for f in self.names}
        tied = paths | set(self.parents)
        self.aside = [f for f in self.names if self.items[f] and not self.children[f] and f not in tied]
        self.roots = [name for name in self.names if name not in self.parent and name not in self.aside]
        self.rank = self._ranks()
        self.last = max(self.rank.values(), default=0)
        self.nodes: dict[str, Node] = {}

    def root(self, name: str) -> str:
        """Return the top of the tree in which a variable stands."""
        while name in self.parent:
            name = self.parent[name]
        return name

    def _ranks(self) -> dict[str, int]:
        rank = dict.fromkeys(self.roots, 0)
        links = [(self.root(a), self.root(b)) for a, b, kind in self.arrows if kind == PATH]
        # The longest way from a cause; in a circle it stops growing after as many rounds as there are variables.
        for _ in self.roots:
            for cause, effect in links:
                if cause != effect and cause in rank and effect in rank:
                    rank[effect] = min(max(rank[effect], rank[cause] + 1), len(self.roots) - 1)
        found = {old: new for new, old in enumerate(sorted(set(rank.values())))}
        return {name: found[old] for name, old in rank.items()}

    def _size(self, name: str) -> tuple[float, float]:
        return self.oval if name in self.latent else self.box

    def _extent(self, name: str, side: str) -> float:
        """Return the room that a tree needs across the direction in which it grows."""
        upright = side in ("left", "right")
        axis = 1 if upright else 0
        own = max(self._size(name)[axis], self.label[axis] / LABEL_AT)
        if upright and not self.children[name] and name not in self.parent:
            own = ROOT_LEAST
        return max(own + LEAF_GAP, sum(self._extent(child, side) for child in self.children[name]))

    def _grow(self, name: str, x: float, y: float, side: str) -> None:
        """Place a variable and its indicators, outwards."""
        self.nodes[name] = Node(x, y, *self._size(name), name in self.latent, side)
        children = self.children[name]
        if not children:
            return
        right, up = OUT[side]
        upright = up == 0
        axis = 0 if upright else 1
        tallest = max(self._size(child)[axis] for child in children)
        step = (self._size(name)[axis] + tallest) / 2 + REACH + self.label[axis]
        extents = [self._extent(child, side) for child in children]
        step = max(step, FAN * sum(extents))
        place = -sum(extents) / 2
        for child, extent in zip(children, extents, strict=True):
            middle = place + extent / 2
            if upright:
                self._grow(child, x + right * step, y - middle, side)
            else:
                self._grow(child, x + middle, y + up * step, side)
            place += extent

    def place(self) -> dict[str, Node]:
        """Return all variables with their places."""
        x, edge = 0.0, 0.0
        for rank in range(self.last + 1):
            members = self._ordered([name for name in self.roots if self.rank[name] == rank])
            middle = 0 < rank < self.last
            half = len(members) / 2
            sides = ["right" if 0 < rank == self.last else "left"] * len(members)
            if middle:
                sides = ["top" if i < half else "bottom" for i in range(len(members))]
            widths = [self._extent(m, s) if middle else self._size(m)[0] for m, s in zip(members, sides, strict=True)]
            width = max(widths, default=0.0)
            if rank:
                x = edge + self._gap(rank) + width / 2
            for name, y, side in zip(members, self._heights(members, sides), sides, strict=True):
                self._grow(name, x, y + (RAISED if middle and self._passed(rank) else 0.0), side)
            edge = x + width / 2
        self._place_aside()
        return self.nodes

    def _ordered(self, members: list[str]) -> list[str]:
        """Put effects at the height of their causes."""

        def height(name: str) -> float:
            causes = [self.root(a) for a, b, kind in self.arrows if kind == PATH and self.root(b) == name]
            known = [self.nodes[cause].y for cause in causes if cause in self.nodes]
            return -sum(known) / len(known) if known else 0.0

        return sorted(members, key=height)

    def _heights(self, members: list[str], sides: list[str]) -> list[float]:
        """Return the y of each, from top to bottom, centred on 0."""
        places: list[float] = []
        y = 0.0
        for name, side in zip(members, sides, strict=True):
            above, below = self._room(name, side)
            y -= above + (ROOT_GAP if places else 0)
            places.append(y)
            y -= below
        centre = (places[0] + places[-1]) / 2 if places else 0.0
        return [place - centre for place in places]

    def _room(self, name: str, side: str) -> tuple[float, float]:
        """Return how far a tree reaches above and below its root."""
        if side in ("left", "right"):
            return self._extent(name, side) / 2, self._extent(name, side) / 2
        deep, at, own = 0.0, [name], self._size(name)[1] / 2
        while at := [child for parent in at for child in self.children[parent]]:
            deep += REACH + self.label[1] + max(self._size(child)[1] for child in at)
        least = max(own, ROOT_LEAST / 2)
        return (max(own + deep, least), least) if side == "top" else (least, max(own + deep, least))

    def _gap(self, rank: int) -> float:
        """Return the room for arrows left of a rank; arcs among the causes or the effects need more."""
        own = [a for a in self.arrows if a.kind == COVARIANCE and {*a[:2]} <= set(self.roots)]
        arcs = [
            a for a in own if self.rank[a.source] == self.rank[a.target] and self.rank[a.source] in (rank - 1, rank)
        ]
        return 2 * REACH + self.label[0] + (REACH if arcs else 0.0)

    def _passed(self, rank: int) -> bool:
        """Whether an arrow runs past this rank."""
        ends = [(self.rank[self.root(a)], self.rank[self.root(b)]) for a, b, kind in self.arrows if kind == PATH]
        return any(min(pair) < rank < max(pair) for pair in ends)

    def _place_aside(self) -> None:
        """Place specific and method factors beyond their indicators, at their heights."""
        if not self.aside:
            return
        owned = {f: [self.nodes[i] for i in self.items[f]] for f in self.aside}
        left = min(node.x for nodes in owned.values() for node in nodes)
        x = left - (self.box[0] + self.oval[0]) / 2 - REACH - self.label[0]
        y, least = float("inf"), self.oval[1] + ROOT_GAP
        for factor in sorted(self.aside, key=lambda f: -np.mean([node.y for node in owned[f]])):
            y = min(float(np.mean([node.y for node in owned[factor]])), y - least)
            self.nodes[factor] = Node(x, y, *self.oval, True, "left")
