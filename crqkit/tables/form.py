"""A questionnaire as data: its items, their scales and the dimensions they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.base import ChoiceProblem

RATING, TEXT, CHOICE = "rating", "text", "choice"
CONTENT_DERIVED = "content-derived, not yet validated"
OWN_QUESTIONS = "your own, not validated here"


@dataclass(frozen=True)
class Item:
    """One question. `low` and `high` are the ends of its answer scale; a choice groups answers."""

    id: str
    text: str
    kind: str = RATING
    dimension: str | None = None
    facet: str = ""
    low: float = 1
    high: float = 5
    reverse: bool = False


@dataclass(frozen=True)
class Form:
    """A questionnaire; `dimensions` maps the id of each dimension to its label."""

    id: str
    items: tuple[Item, ...] = ()
    dimensions: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    intro: str = ""
    labels: tuple[str, ...] = ()
    status: str = CONTENT_DERIVED
    reliability: str = "unknown"

    def __getitem__(self, id: str) -> Item:
        for item in self.items:
            if item.id == id:
                return item
        raise ChoiceProblem("item", id, [item.id for item in self.items])

    def __contains__(self, id: str) -> bool:
        return any(item.id == id for item in self.items)

    def of_dimension(self, dimension: str) -> tuple[Item, ...]:
        """Return the items of one dimension, in order."""
        return tuple(item for item in self.items if item.dimension == dimension)

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        """Return the items that are ratings, texts or choices."""
        return tuple(item for item in self.items if item.kind == kind)


def build_form(source: Mapping[str, Any]) -> Form:
    """Return the form that a mapping (as read from YAML) describes."""
    scale = source.get("scale", {})
    ends = {name: scale[name] for name in ("low", "high") if name in scale}
    items = tuple(Item(**(ends | dict(item))) for item in source.get("items", ()))
    plain = ("title", "intro", "status", "reliability")
    return Form(
        id=source["id"],
        items=items,
        dimensions=dict(source.get("dimensions", {})),
        labels=tuple(scale.get("labels", ())),
        **{name: source[name] for name in plain if name in source},
    )


def known_forms() -> Sequence[str]:
    """Return the ids of the forms that come with crqkit."""
    folder = files("crqkit.tables") / "forms"
    return sorted(path.name.removesuffix(".yml") for path in folder.iterdir() if path.name.endswith(".yml"))


@cache
def load_form(id: str) -> Form:
    """Return a form that comes with crqkit.

    >>> load_form("pocket")["recommend"].high
    10
    """
    import yaml

    if id not in known_forms():
        raise ChoiceProblem("form", id, known_forms())
    path = files("crqkit.tables") / "forms" / f"{id}.yml"
    return build_form(yaml.safe_load(path.read_text(encoding="utf-8")))
