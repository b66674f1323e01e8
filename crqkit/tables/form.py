"""A questionnaire as data: its items, their scales and the dimensions they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any

from crqkit.base import ChoiceProblem, DataProblem, Fault

RATING, TEXT, CHOICE = "rating", "text", "choice"
# Questions on how answers were given: one told which point to mark, or one that has nothing to do with the shop.
INSTRUCTED, MARKER = "instructed", "marker"
CONTENT_DERIVED = "content-derived, not yet validated"
OWN_QUESTIONS = "your own, not validated here"
POCKET = "pocket"
ENGLISH = "en"


@dataclass(frozen=True)
class Item:
    """One question.

    Attributes
    ----------
    kind : str
        ``rating``, ``text`` or ``choice``; a choice groups answers.
    dimension, facet, topic : str
        What it belongs to, from wide to narrow; without a dimension it enters no score of one.
    low, high : float
        The ends of its answer scale; ``ends`` are the words at them where not every point has a word.
    reverse : bool
        Agreement speaks against the dimension.
    source : str
        Author and year of the scale that the topic comes from; the wording is not theirs.
    quality : str
        ``instructed`` or ``marker``: a question on how carefully, or in what way, answers were given. It has no
        dimension and is never averaged. ``expected`` is the answer that an instructed one asks for.
    """

    id: str
    text: str
    kind: str = RATING
    dimension: str | None = None
    facet: str = ""
    low: float = 1
    high: float = 5
    reverse: bool = False
    topic: str = ""
    source: str = ""
    ends: tuple[str, ...] = ()
    quality: str = ""
    expected: float | None = None

    def __post_init__(self) -> None:
        if self.quality and self.dimension:
            what = "a question on the quality of answers belongs to no dimension"
            raise DataProblem(Fault(what, "Leave out its dimension or its quality.", column=self.id))
        if self.quality not in ("", INSTRUCTED, MARKER):
            raise ChoiceProblem("quality", self.quality, [INSTRUCTED, MARKER])

    @property
    def polarity(self) -> str:
        """Whether agreement speaks for the dimension or against it; nothing for what is not rated."""
        return "" if self.kind != RATING else "against" if self.reverse else "for"


@dataclass(frozen=True)
class Form:
    """A questionnaire; `dimensions` maps the id of each dimension to its label.

    `labels` are the words of the points of its main scale, `not_applicable` the answer beside the scale. A translation
    has the id, the items and the scales of the form it translates, and its own `language` and words.
    """

    id: str
    items: tuple[Item, ...] = ()
    dimensions: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    intro: str = ""
    labels: tuple[str, ...] = ()
    status: str = CONTENT_DERIVED
    reliability: str = "unknown"
    language: str = ENGLISH
    version: int = 1
    not_applicable: str = ""
    note: str = ""

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

    def labels_of(self, item: Item) -> tuple[str, ...]:
        """Return the words of every point of an item's scale; none where its points are numbers."""
        points = item.high - item.low + 1
        return self.labels if item.kind == RATING and len(self.labels) == points else ()


def build_form(source: Mapping[str, Any]) -> Form:
    """Return the form that a mapping (as read from YAML) describes."""
    scale = source.get("scale", {})
    ends = {name: scale[name] for name in ("low", "high") if name in scale}
    items = tuple(_item(ends | dict(item)) for item in source.get("items", ()))
    plain = {field.name for field in fields(Form)} - {"id", "items", "dimensions", "labels"}
    return Form(
        id=source["id"],
        items=items,
        dimensions=dict(source.get("dimensions", {})),
        labels=tuple(scale.get("labels", ())),
        **{name: source[name] for name in plain if name in source},
    )


def _item(source: dict[str, Any]) -> Item:
    return Item(**(source | {"ends": tuple(source.get("ends", ()))}))


def known_forms() -> Sequence[str]:
    """Return the ids of the forms that come with crqkit, the pocket form first, translations (``pocket.de``) last."""
    folder = files("crqkit.tables") / "forms"
    names = [path.name.removesuffix(".yml") for path in folder.iterdir() if path.name.endswith(".yml")]
    # Where two forms share a question, the first one named here counts as its form.
    return sorted(names, key=lambda name: ("." in name, name != POCKET, name))


def known_languages(id: str) -> Sequence[str]:
    """Return the languages a form is worded in, English first."""
    return [ENGLISH, *(name.partition(".")[2] for name in known_forms() if name.startswith(f"{id}."))]


@cache
def load_form(id: str, language: str = ENGLISH) -> Form:
    """Return a form that comes with crqkit, in one of its languages.

    >>> load_form("pocket")["recommend"].high
    10
    >>> load_form("pocket", "de")["keeps_word"].text
    'Sie halten, was sie versprechen.'
    """
    if id not in known_forms():
        raise ChoiceProblem("form", id, known_forms())
    if language != ENGLISH:
        if language not in known_languages(id):
            raise ChoiceProblem("language", language, known_languages(id))
        id = f"{id}.{language}"
    source = _read(id)
    return build_form(_translated(_read(source["id"]), source) if "." in id else source)


def _read(id: str) -> dict[str, Any]:
    import yaml

    path = files("crqkit.tables") / "forms" / f"{id}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _translated(base: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form with other words: all else, such as scales, dimensions and turned items, stays as it was."""
    items = [dict(item) | words["items"][item["id"]] for item in base["items"]]
    return {**base, **words, "scale": {**base["scale"], **words["scale"]}, "items": items}
