"""The cautions of a section as the page words them: each once, where it is first needed."""

from collections.abc import Iterable

from crqkit.base import say
from crqkit.base.messages import templates

# Said by several results with other counts: one line on the page is enough, with the largest.
COUNTED = "caution.survey.repeated"
# What a researcher understands and an owner does not: the page has words of its own.
REWORDED = {
    "caution.survey.unvalidated": "page.caution.unvalidated",
    "caution.survey.unlike": "page.caution.unlike",
}


def cautions_of(cautions: Iterable[str], told: set[str]) -> list[str]:
    """Return those of `cautions` that were not `told` yet, and remember them there.

    >>> told = set()
    >>> cautions_of([say(COUNTED, count=12), say(COUNTED, count=13)], told)
    ['Each person counts once, with the latest answer. Earlier answers left out: 13.']
    >>> cautions_of([say(COUNTED, count=9)], told)
    []
    """
    cautions = list(cautions)
    most = max((each for each in cautions if _id(each) == COUNTED), key=lambda each: each.params["count"], default=None)
    found = []
    for caution in cautions:
        counted = _id(caution) == COUNTED
        said = most if counted else _reworded(caution)
        name = COUNTED if counted else str(said)
        if name not in told:
            told.add(name)
            found.append(said)
    return found


def _id(caution: str) -> str:
    return getattr(caution, "id", "")


def _reworded(caution: str) -> str:
    id = REWORDED.get(_id(caution), "")
    return say(id, **caution.params) if id in templates() else caution
