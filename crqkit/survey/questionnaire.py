"""A form as tables: its items, the lines for a form tool, sheets for answers and slips on paper, back-translation."""

from collections.abc import Sequence

import pandas as pd

from crqkit.base import say
from crqkit.survey.scores import as_form
from crqkit.tables.form import RATING, Form, Item, load_form

# Headers that the readers of answers and of claims know.
DAY, CODE = "Timestamp", "claim code"
SLIPS = [CODE, "customer", "receipt", "date", "consent"]
BETWEEN = " | "


def item_table(form: Form | str) -> pd.DataFrame:
    """Return one row a question with all that is known of it.

    Returns
    -------
    DataFrame
        ``order, id, topic, dimension, facet, source_scale, polarity, language, kind, low, high, labels, quality,
        expected, text, form, version, status, reliability``.

    Examples
    --------
    >>> item_table("long").query("polarity == 'against'")["id"].tolist()
    ['ct_check', 'ac_nothing']
    """
    form = as_form(form)
    rows = [
        {
            "order": order,
            "id": item.id,
            "topic": item.topic,
            "dimension": item.dimension or "",
            "facet": item.facet,
            "source_scale": item.source,
            "polarity": item.polarity,
            "language": form.language,
            "kind": item.kind,
            "low": item.low if item.kind == RATING else pd.NA,
            "high": item.high if item.kind == RATING else pd.NA,
            "labels": BETWEEN.join(form.labels_of(item) or item.ends),
            "quality": item.quality,
            "expected": item.expected if item.expected is not None else pd.NA,
            "text": item.text,
            "form": form.id,
            "version": form.version,
            "status": form.status,
            "reliability": form.reliability,
        }
        for order, item in enumerate(form.items, start=1)
    ]
    whole = dict.fromkeys(["low", "high", "expected"], "Int64")
    return pd.DataFrame(rows).astype(whole)


def form_tool_table(form: Form | str) -> pd.DataFrame:
    """Return one row a question as it is set up in a form tool: ``order, id, type, text, options, required, status``.

    The first asks for the code of a sheet; the last option of a labelled scale stands outside it.

    Examples
    --------
    >>> form_tool_table("pocket").loc[1, "options"]
    'disagree | rather disagree | neither | rather agree | agree | does not apply'
    """
    form = as_form(form)
    code = {"id": "claim_code", "type": say("forms.type.short"), "text": code_question(form), "options": ""}
    rows = [code, *({"id": item.id, "text": item.text} | _set_up(form, item) for item in form.items)]
    table = pd.DataFrame(rows)[["id", "type", "text", "options"]]
    table.insert(0, "order", range(1, len(table) + 1))
    return table.assign(required="no", status=form.status)


def code_question(form: Form) -> str:
    """Return the words by which a form tool asks for the code."""
    return say("form.code.question", language=form.language)


def _set_up(form: Form, item: Item) -> dict[str, str]:
    labels = form.labels_of(item)
    if labels:
        options = [*labels, form.not_applicable] if form.not_applicable else labels
        return {"type": say("forms.type.choice"), "options": BETWEEN.join(options)}
    if item.kind == RATING:
        ends = item.ends or ("", "")
        options = [f"{item.low:g} = {ends[0]}".rstrip(" ="), f"{item.high:g} = {ends[1]}".rstrip(" =")]
        return {"type": say("forms.type.scale"), "options": BETWEEN.join(options)}
    return {"type": say("forms.type.text"), "options": ""}


def typing_table(form: Form | str) -> pd.DataFrame:
    """Return the empty sheet to type paper answers in: the day, the code, and each question word for word.

    >>> list(typing_table("pocket"))[:3]
    ['Timestamp', 'claim code', 'They do what they promise.']
    """
    return pd.DataFrame(columns=[DAY, CODE, *(item.text for item in as_form(form).items)])


def claims_table(codes: Sequence[str]) -> pd.DataFrame:
    """Return the sheet to type slips in, one row a code: whom it belongs to, the day, and ``yes`` under consent."""
    return pd.DataFrame({CODE: list(codes)}, index=range(len(codes))).reindex(columns=SLIPS, fill_value="")


def back_translation_table(form: Form | str) -> pd.DataFrame:
    """Return what translators fill in: every text of a form beside its source, back-translation, notes, decision.

    Parameters
    ----------
    form : Form or str
        The translation; for the English form itself the column of translations is left empty.

    Returns
    -------
    DataFrame
        ``id, part, source, translation, back_translation, reviewer_notes, decision``.

    Examples
    --------
    >>> back_translation_table(load_form("pocket", "de")).loc[0, ["source", "translation"]].tolist()
    ['They do what they promise.', 'Sie halten, was sie versprechen.']
    """
    form = as_form(form)
    source = form if form.language == "en" else load_form(form.id)
    pairs = list(zip(_texts(source), _texts(form), strict=True))
    rows = [
        {"id": id, "part": part, "source": text, "translation": "" if form is source else other}
        for (id, part, text), (_, _, other) in pairs
    ]
    return pd.DataFrame(rows).assign(back_translation="", reviewer_notes="", decision="")


def _texts(form: Form) -> list[tuple[str, str, str]]:
    """Return every text that a customer reads: id, what it is, the text."""
    found = [(item.id, say("forms.back.kind.question"), item.text) for item in form.items]
    found += [
        (item.id, say("forms.back.kind.end"), end)
        for item in form.items
        for end in item.ends
    ]  # fmt: skip
    found += [(f"point_{place}", say("forms.back.kind.label"), label) for place, label in enumerate(form.labels, 1)]
    others = {"title": form.title, "intro": form.intro, "not_applicable": form.not_applicable}
    return found + [(name, say("forms.back.kind.other"), text) for name, text in others.items()]
