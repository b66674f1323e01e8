"""Which questions were asked, put together from all files, under the known form that most of them come from."""

from collections.abc import Sequence
from dataclasses import replace

from crqkit.base import Sentence, say
from crqkit.intake.opened import Part
from crqkit.tables.form import OWN_QUESTIONS, Form, Item, load_form

POCKET = "pocket"


def asked(parts: Sequence[Part]) -> tuple[Form, list[Sentence]]:
    """Return the form behind all answers, and what has to be said about it."""
    items = {id: item for part in parts for id, item in part.items.items()}
    forms = [form for part in parts for form in part.forms]
    dimensions = {id: label for part in parts for id, label in part.format.dimensions.items()}
    if not forms:
        used = dict.fromkeys(item.dimension for item in items.values() if item.dimension)
        labels = {**load_form(POCKET).dimensions, **dimensions}
        return Form("own", tuple(items.values()), {id: labels[id] for id in used}, status=OWN_QUESTIONS), []
    base = max(dict.fromkeys(form.id for form in forms), key=[form.id for form in forms].count)
    form = next(form for form in forms if form.id == base)
    apart = _on_another_scale(form, [item for other in forms if other.id != base for item in other.items]) & set(items)
    items = {id: replace(item, dimension=None) if id in apart else item for id, item in items.items()}
    told = [say("caution.intake.two_forms", form=base, questions=len(apart))] if apart else []
    return replace(form, items=tuple(items.values()), dimensions={**form.dimensions, **dimensions}), told


def _on_another_scale(form: Form, items: Sequence[Item]) -> set[str]:
    """Return the items of other forms whose answers cannot be averaged with those of this one."""
    scales = {item.dimension: (item.low, item.high) for item in form.items if item.dimension}
    return {
        item.id
        for item in items
        if item.id not in form and item.dimension in scales and scales[item.dimension] != (item.low, item.high)
    }
