"""Rows of an answer sheet to answers: each question is matched to an item, by its words or by the mapping."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.format import Format, plain_name
from crqkit.intake.opened import Opened, Part, own_ids, stamps_of, uses
from crqkit.intake.scales import printed_scale, recommends
from crqkit.intake.times import times
from crqkit.intake.values import Cells, flags, plain
from crqkit.tables.form import CHOICE, RATING, TEXT, Form, Item, known_forms, load_form

FEW, SHORT = 12, 40
# Words in a header behind which a person stands; such columns are never carried along.
NAMES = set(
    "name names vorname nachname nom prénom nombre apellido apellidos cognome firstname lastname surname".split()
)
PERSONAL = NAMES | set(
    "email mail telefon telephone téléphone teléfono phone mobile handy whatsapp address adresse anschrift dirección "
    "ip birthday geburtstag geburtsdatum iban username nutzername score punktzahl".split()
)


@dataclass(frozen=True)
class Question:
    """An item and the columns in which its answers stand."""

    item: Item
    columns: tuple[str, ...]
    labels: tuple[str, ...] = ()
    form: Form | None = None


def plain_words(text: str) -> str:
    """Return a question as it is compared: its words in lower case.

    >>> plain_words("They do what they promise .") == plain_words("they do  what they promise")
    True
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


def read_responses(opened: Opened) -> Part:
    """Return the answers of one file, long: one row an answered question."""
    format = opened.format
    opened.apply_rules(opened.fates.kept)
    there = opened.fates.kept
    questions, becomes = _questions(opened, there)
    rows = opened.raw.rows[there]
    given = opened.given(there, ["at", "response_id", "consent"])
    people = pd.DataFrame(index=opened.raw.frame.index[there]).assign(**opened.trace(rows))
    people["at"] = pd.Series(pd.NaT, index=people.index, dtype="datetime64[us, UTC]")
    if "at" in given:
        people["at"] = times({"at": given["at"]}, opened.habits, opened.findings)["at"]
        opened.lacking(people["at"], rows, given["at"].column, "the date is missing")
    people["customer_key"] = opened.persons(there)
    if "consent" in given:
        people["consent"] = flags(given["consent"], opened.findings)
    cells = {question.item.id: opened.cells(question.columns, there) for question in questions}
    said = pd.DataFrame({id: plain(found) for id, found in cells.items() if found is not None}, index=people.index)
    ids = (
        plain(given["response_id"]).astype("string")
        if "response_id" in given
        else pd.Series(pd.NA, people.index, dtype="string")
    )
    unnamed = ids.isna()
    if unnamed.any():
        ids[unnamed] = own_ids(opened.key, pd.concat([people[["at", "customer_key"]], said], axis=1)[unnamed], "R")
    people["response_id"] = ids
    _repeated(opened, people, said, there)
    frames = [_answers(opened, question, cells[question.item.id], people) for question in questions]
    opened.drop_spoiled()
    _unanswered(opened, said, there)
    long = (
        pd.concat(frames).sort_index(kind="stable")
        if frames
        else people.assign(item=pd.NA, value=np.nan, text=pd.NA)[:0]
    )
    long = long[opened.fates.kept[long.index]]
    unit = pd.Series(pd.NA, index=opened.raw.frame.index, dtype="string")
    unit[people.index] = people["response_id"]
    return Part(
        opened.raw.file, format, {"responses": long}, stamps_of(people[opened.fates.kept[people.index]], "response_id"),
        unit, opened.fates, opened.known_names() | _said_names(opened),
        {question.item.id: question.item for question in questions},
        [question.form for question in questions if question.form], opened.mapped(uses(format) | becomes, "responses"),
    )  # fmt: skip


def _repeated(opened: Opened, people: pd.DataFrame, said: pd.DataFrame, there: np.ndarray) -> None:
    again = people["response_id"].duplicated()
    if not again.any():
        return
    first = people["response_id"].map(
        pd.Series(people.index, index=people["response_id"])[lambda s: ~s.index.duplicated()]
    )
    same = (said.fillna("").to_numpy() == said.fillna("").loc[first].to_numpy()).all(axis=1) & again.to_numpy()
    differs = again.to_numpy() & ~same
    if differs.any():
        mend = "Keep one row an answer, or map another column as response_id."
        column = opened.format.columns["response_id"][0]
        opened.findings.cells(
            people["row"].to_numpy()[differs], column, "the same answer number as an earlier row", mend
        )
        opened.drop_spoiled()
    mask = np.zeros(len(there), dtype=bool)
    mask[np.flatnonzero(there)] = same
    opened.fates.drop(mask, "duplicate")


def _unanswered(opened: Opened, said: pd.DataFrame, there: np.ndarray) -> None:
    mask = np.zeros(len(there), dtype=bool)
    mask[np.flatnonzero(there)] = said.isna().all(axis=1).to_numpy()
    opened.fates.drop(mask, "unanswered")


def _answers(opened: Opened, question: Question, cells: Cells | None, people: pd.DataFrame) -> pd.DataFrame:
    text = plain(cells) if cells is not None else pd.Series(pd.NA, people.index, dtype="string")
    filled = text.notna()
    long = people[filled].assign(item=question.item.id, value=np.nan, text=pd.NA)
    if question.item.kind == RATING and cells is not None:
        return long.assign(value=_ratings(opened, question, cells, text)[filled])
    return long.assign(text=text[filled])


def _ratings(opened: Opened, question: Question, cells: Cells, text: pd.Series) -> pd.Series:
    """Return ratings as numbers; a label of the form's scale counts as its place on the scale."""
    item = question.item
    labels = {label.casefold(): item.low + place for place, label in enumerate(question.labels)}
    codes, uniques = pd.factorize(text)
    values = pd.Series(np.array([_rating(str(one), labels) for one in uniques] + [np.nan])[codes], index=text.index)
    cells.fault(
        values.isna() & text.notna(),
        opened.findings,
        "not a rating",
        f"Write a number from {item.low:g} to {item.high:g}.",
    )
    outside = (values < item.low) | (values > item.high)
    mend = "Mend the answer, or the scale of this question in the mapping."
    cells.fault(outside, opened.findings, f"outside the scale {item.low:g} to {item.high:g}", mend)
    return values


def _rating(text: str, labels: Mapping[str, float]) -> float:
    if text.casefold() in labels:
        return labels[text.casefold()]
    return float(text.replace(",", ".")) if re.fullmatch(r"-?\d+([.,]\d+)?", text) else np.nan


# Which column asks what ------------------------------------------------------------------------------------------


def _questions(opened: Opened, there: np.ndarray) -> tuple[list[Question], dict[str, str]]:
    """Return the questions of the file and what each of its columns becomes."""
    format = opened.format
    free = [name for name in opened.names if name and plain_name(name) not in uses(format)]
    questions = _mapped_items(opened, format)
    unscaled: list[str] = []
    taken = {plain_name(column) for question in questions for column in question.columns}
    for name in free:
        if plain_name(name) in taken:
            continue
        match = _match(name)
        # Scale and meaning of a question that only shares its name with a known item are the mapping's to tell.
        if match and (format.guess_questions or known_by_words(name)):
            questions = _with(questions, replace(match, columns=(name,)))
        elif format.guess_questions:
            guess = _guess(opened, name, there, [question.item.id for question in questions], unscaled)
            questions += [guess] if guess else []
    if unscaled:
        said = ", ".join(f"'{name}'" for name in unscaled)
        opened.findings.cautions.append(say("caution.intake.scale", file=opened.raw.file, questions=said))
    return questions, {plain_name(column): question.item.id for question in questions for column in question.columns}


def _mapped_items(opened: Opened, format: Format) -> list[Question]:
    questions = []
    for source in (
        *format.items,
        *({"id": slug(column, ()), "column": column, "kind": CHOICE} for column in format.groups),
    ):
        column = str(source.get("column") or source.get("text") or source["id"])
        found = opened.cells([column])
        if found is None:
            mend = f"The file has: {', '.join(opened.names)}. Mend the name in the mapping."
            opened.findings.whole("this column is missing", mend, column=column)
            continue
        plain_item = {name: value for name, value in source.items() if name != "column"}
        item = Item(**({"text": column} | dict(format.scale) | plain_item))
        questions.append(Question(item, (found.column,)))
    return questions


@cache
def _known_items() -> dict[str, Question]:
    forms = [load_form(id) for id in known_forms()]
    pairs = [(form, item) for form in forms for item in form.items]
    by_id = {plain_words(item.id): Question(item, (), _labels(form, item), form) for form, item in reversed(pairs)}
    return by_id | {
        plain_words(item.text): Question(item, (), _labels(form, item), form) for form, item in reversed(pairs)
    }


def _labels(form: Form, item: Item) -> tuple[str, ...]:
    return form.labels if item.kind == RATING and len(form.labels) == item.high - item.low + 1 else ()


def known_by_words(name: str) -> str:
    """Return the id of the known item whose very words a header holds; an id alone, such as comment, does not count."""
    match = _match(name)
    said = (plain_words(_core(name)), plain_words(_base(name)))
    return match.item.id if match and plain_words(match.item.text) in said else ""


def _match(name: str) -> Question | None:
    known = _known_items()
    return known.get(plain_words(_core(name))) or known.get(plain_words(_base(name)))


def _core(name: str) -> str:
    """Return the row of a grid question, `Question [row]`, or the question itself."""
    grid = re.search(r"\[([^\]]+)\]\s*$", name)
    return grid[1] if grid else name


def _base(name: str) -> str:
    return re.sub(r"\s*\[[^\]]*\]\s*$| \(\d+\)$", "", name)


def _with(questions: list[Question], one: Question) -> list[Question]:
    """Add a question; a second column of the same item fills the gaps of the first."""
    for place, other in enumerate(questions):
        if other.item.id == one.item.id:
            return [*questions[:place], replace(other, columns=other.columns + one.columns), *questions[place + 1 :]]
    return [*questions, one]


def _guess(opened: Opened, name: str, there: np.ndarray, taken: Sequence[str], unscaled: list[str]) -> Question | None:
    """Return a text, a group the owner named, or the recommending question; a scale or a person is never guessed."""
    cells = opened.cells([name], there)
    text = plain(cells).dropna() if cells is not None else pd.Series(dtype="str")
    words = set(plain_words(name).split())
    if words & PERSONAL or text.empty or text.str.contains("@", regex=False).mean() > 0.5:
        return None
    if text.str.fullmatch(r"-?\d+([.,]\d+)?").all():
        values, scale = text.str.replace(",", ".").astype(float), printed_scale(name)
        if recommends(name, values) and "recommend" not in taken:
            return Question(Item("recommend", name, RATING, low=0, high=10), (name,))
        if scale and values.between(*scale).all():
            return Question(Item(slug(name, taken), name, RATING, low=scale[0], high=scale[1]), (name,))
        unscaled.append(name)
        return None
    if plain_words(name) in {plain_words(group) for group in opened.settings.groups}:
        return Question(Item(slug(name, taken), name, CHOICE), (name,))
    few = text.nunique() <= min(FEW, max(2, len(text) // 2)) and text.str.len().max() <= SHORT
    if few:
        opened.findings.cautions.append(say("caution.intake.group", file=opened.raw.file, question=name))
        return None
    return Question(Item(slug(name, taken), name, TEXT), (name,))


def _said_names(opened: Opened) -> set[str]:
    found = [opened.cells([name]) for name in opened.names if name and set(plain_words(name).split()) & NAMES]
    return {
        text for cells in found if cells is not None for text in cells.values.dropna().unique() if len(text) <= SHORT
    }


def slug(name: str, taken: Sequence[str]) -> str:
    """Return an id for a question: its first words, in plain letters, unlike those that are taken."""
    ascii = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = "_".join(re.findall(r"[a-z0-9]+", ascii.lower())[:6]) or "question"
    return slug if slug not in taken else f"{slug}_{sum(one.startswith(slug) for one in taken) + 1}"
