"""The structural part of a model as a graph, and what the replacing rule of Lee & Hershberger makes of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crqkit.sem.language.expressions import Expression
from crqkit.sem.language.plan import RELATIONS

DIRECTED, CURVED = "~", "~~"


class Link(NamedTuple):
    """`~`: source explains target. `~~`: they (or their residuals) go together; names in order."""

    op: str
    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source} {'→' if self.op == DIRECTED else '↔'} {self.target}"


Graph = frozenset[Link]


def graph(table: pd.DataFrame) -> Graph:
    """Return the links among the variables of the structural part: constructs, and observed variables in paths."""
    rows = table[(table["group"] == 1) & (table["lhs"] != table["rhs"])]
    inside = set(table.attrs["lv"]) | set(rows.loc[rows["op"] == "~", ["lhs", "rhs"]].to_numpy().ravel())
    found = set()
    for lhs, op, rhs, free in zip(rows["lhs"], rows["op"], rows["rhs"], rows["free"], strict=True):
        if free and op == DIRECTED:
            found.add(Link(DIRECTED, rhs, lhs))
        elif free and op == CURVED and {lhs, rhs} <= inside:
            found.add(Link(CURVED, *sorted((lhs, rhs))))
    return frozenset(found)


def tied(table: pd.DataFrame) -> set[Link]:
    """Return links held equal to something or bounded: to change them would lose the restriction."""
    sides = table[table["op"].isin(("==", "<", ">"))]
    named = {name for text in [*sides["lhs"], *sides["rhs"]] for name in Expression(text).names}
    held = table[(table["label"].isin(named - {""}) | table["plabel"].isin(named)) & table["op"].isin(("~", "~~"))]
    found = set()
    for lhs, op, rhs in zip(held["lhs"], held["op"], held["rhs"], strict=True):
        found.add(Link(DIRECTED, rhs, lhs) if op == DIRECTED else Link(CURVED, *sorted((lhs, rhs))))
    return found


def loadings(table: pd.DataFrame) -> set[tuple[str, str]]:
    """Return factor and indicator of every loading."""
    rows = table[table["op"] == "=~"]
    return set(zip(rows["lhs"], rows["rhs"], strict=True))


def neighbours(graph: Graph, fixed: set[Link], measured: set[tuple[str, str]]) -> Iterator[Graph]:
    """Yield the graphs that one use of the replacing rule gives; links in `fixed` stay."""
    for link in sorted(graph - fixed, key=str):
        pair = {link.source, link.target}
        if sum({other.source, other.target} == pair for other in graph) > 1:
            continue
        rest = graph - {link}
        bearing = {name: _bearing(name, rest, measured) - pair for name in pair}
        first, second = bearing[link.source], bearing[link.target]
        curved = Link(CURVED, *sorted(pair))
        forth, back = Link(DIRECTED, link.source, link.target), Link(DIRECTED, link.target, link.source)
        if link.op == DIRECTED:
            # What bears on the cause bears on the effect too: the arrow says no more than a covariance.
            if first <= second and not _reaches(link.source, link.target, rest):
                yield rest | {curved}
            if first == second and not _reaches(link.source, link.target, rest):
                yield rest | {back}
            continue
        for new, source, target in ((forth, first, second), (back, second, first)):
            if source <= target and not _reaches(new.target, new.source, rest):
                yield rest | {new}


def _bearing(name: str, graph: Graph, measured: set[tuple[str, str]]) -> set[str]:
    """Return what explains a variable or goes with its residual."""
    found = {link.source for link in graph if link.target == name}
    found |= {link.target for link in graph if link.op == CURVED and link.source == name}
    return found | {factor for factor, item in measured if item == name}


def _reaches(start: str, end: str, graph: Graph) -> bool:
    """Whether arrows lead from `start` to `end`."""
    done, queue = {start}, [start]
    while queue:
        at = queue.pop()
        for link in graph:
            if link.op == DIRECTED and link.source == at and link.target not in done:
                done.add(link.target)
                queue.append(link.target)
    return end in done


def with_graph(table: pd.DataFrame, old: Graph, new: Graph) -> pd.DataFrame:
    """Return the table with the links of `old` that `new` has not replaced by those it has."""
    gone, come = old - new, sorted(new - old, key=str)
    pairs = {(link.op, frozenset(link[1:])) if link.op == CURVED else (link.op, link[1:]) for link in gone}
    keys = [
        (op, frozenset((lhs, rhs))) if op == CURVED else (op, (rhs, lhs))
        for lhs, op, rhs in zip(table["lhs"], table["op"], table["rhs"], strict=True)
    ]
    # A covariance that a table holds at 0 gives way to the one that takes its place.
    fresh = {(CURVED, frozenset(link[1:])) for link in come if link.op == CURVED}
    kept = table[[key not in pairs | fresh for key in keys]]
    groups = range(1, int(table["group"].max()) + 1)
    blank = {"user": 1, "exo": 0, "ustart": np.nan, "label": "", "free": 1}
    added = [
        blank | {"lhs": link.target, "op": link.op, "rhs": link.source, "group": group}
        for group in groups
        for link in come
    ]
    for i, row in enumerate(added):
        row["plabel"] = f".p{len(table) + i + 1}."
    made = pd.concat([kept, pd.DataFrame(added, columns=list(table.columns))], ignore_index=True)
    return _numbered(made, table.attrs)


def all_free(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the moments of covariates estimated, so that they can be explained; no definitions."""
    own = table[table["op"] != ":="].reset_index(drop=True)
    released = own["exo"] == 1
    own = own.assign(free=own["free"].where(~released, 1), exo=0)
    return _numbered(own, table.attrs)


def _numbered(table: pd.DataFrame, attrs: dict[Any, Any]) -> pd.DataFrame:
    """Return the table sorted by group with free parameters counted anew."""
    place = table["group"].where(~table["op"].isin(RELATIONS), table["group"].max() + 1)
    table = table.assign(place=place).sort_values("place", kind="stable").drop(columns="place").reset_index(drop=True)
    free = table["free"].to_numpy() > 0
    table = table.assign(free=np.where(free, np.cumsum(free), 0))
    table.attrs = dict(attrs)
    return table
