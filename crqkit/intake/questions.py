"""Which column asks what: each question is matched to an item, by its words, by its id, or by the mapping."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.folded import Choices, folded
from crqkit.intake.format import Format, plain_name
from crqkit.intake.opened import Opened, uses
from crqkit.intake.scales import printed_scale, recommends
from crqkit.intake.scores import score_item
from crqkit.intake.values import plain
from crqkit.tables.form import CHOICE, RATING, TEXT, Form, Item, known_forms, load_form

FEW, SHORT = 12, 40
# What a heading shares with a question of a form to be meant for it: so much of its letters, or its first words.
ALIKE, BEGINNING = 0.85, 3
NUMBERED = r"-?\d+(?:[.,]\d+)?"
# Words in a header behind which a person stands; such columns are never carried along.
NAMES = set(
    "name names vorname nachname nom prénom nombre apellido apellidos cognome firstname lastname surname fullname "
    "username".split()
)
PERSONAL = NAMES | set(
    "email mail telefon telephone téléphone teléfono phone mobile handy whatsapp address adresse anschrift dirección "
    "ip birthday geburtstag geburtsdatum iban username nutzername latitude longitude ipaddress phonenumber".split()
)


@dataclass(frozen=True)
class Question:
    """An item and the columns in which its answers stand; `options` where each column is one choice of several."""

    item: Item
    columns: tuple[str, ...]
    labels: tuple[str, ...] = ()
    form: Form | None = None
    options: tuple[str, ...] = ()


def plain_words(text: str) -> str:
    """Return a question as it is compared: its words in lower case.

    >>> plain_words("They do what they promise .") == plain_words("they do  what they promise")
    True
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


def header_words(name: str) -> set[str]:
    """Return the single words of a header, also of one that joins them.

    >>> sorted(header_words("customerEmail_2"))
    ['customer', 'customeremail', 'email']
    """
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)
    letters = re.findall(r"[^\W\d_]+", f"{parted} {name.replace('-', '')}".casefold())
    return set(letters)


def is_personal(*names: str) -> bool:
    """Whether a header, or the words of a question, say that a person stands here."""
    return any(header_words(name) & PERSONAL for name in names)


def questions_of(opened: Opened, there: np.ndarray) -> tuple[list[Question], dict[str, str]]:
    """Return the questions of the file and what each of its columns becomes."""
    format = opened.format
    used = uses(format)
    becomes = {
        plain_name(name): used[plain_name(opened.words[name])]
        for name in opened.names
        if name and plain_name(opened.words[name]) in used
    }
    questions = _mapped_items(opened, format)
    scored = score_item(opened, there)
    questions += [Question(scored[0], (scored[1],))] if scored else []
    taken = {plain_name(column) for question in questions for column in question.columns}
    free = [name for name in opened.names if name and plain_name(name) not in {*used, *becomes, *taken}]
    free = [name for name in free if not format.ignores(name, opened.words[name])]
    unscaled: list[str] = []
    for one in _asked(opened, free, there):
        if isinstance(one, Choices):
            guess = _chosen(opened, one, [question.item.id for question in questions])
            questions += [guess] if guess else []
            continue
        words = opened.words[one]
        match = _match(one, words, bool(format.header_rows > 1))
        # Scale and meaning of a question that only shares its name with a known item are the mapping's to tell.
        if match and (format.guess_questions or known_by_words(words)):
            questions = _with(questions, replace(match, columns=(one,)))
        elif format.guess_questions:
            guess = _guess(opened, one, there, [question.item.id for question in questions], unscaled)
            questions += [guess] if guess else []
    if unscaled:
        said = ", ".join(f"'{name}'" for name in unscaled)
        opened.findings.cautions.append(say("caution.intake.scale", file=opened.raw.file, questions=said))
    return questions, becomes | {
        plain_name(column): question.item.id for question in questions for column in question.columns
    }


def _asked(opened: Opened, free: Sequence[str], there: np.ndarray) -> Iterable[str | Choices]:
    """Return the columns that ask something, those of one multiple choice as one."""
    many = opened.format.guess_questions and (opened.format.header_rows > 1 or opened.format.many)
    if not many:
        return free
    unknown = [name for name in free if not _match(name, opened.words[name], opened.format.header_rows > 1)]
    return folded(opened, free, unknown, there)


# Items that the mapping names, and items of known forms --------------------------------------------------------------


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
        item = Item(**({"text": opened.words[found.column]} | dict(format.scale) | plain_item))
        questions.append(Question(item, (found.column,)))
    return questions


@cache
def _known_items() -> Mapping[str, Question]:
    forms = [load_form(id) for id in known_forms()]
    pairs = [(form, item) for form in forms for item in form.items]
    by_id = {plain_words(item.id): Question(item, (), form.labels_of(item), form) for form, item in reversed(pairs)}
    return by_id | {
        plain_words(item.text): Question(item, (), form.labels_of(item), form) for form, item in reversed(pairs)
    }


def known_by_words(name: str) -> str:
    """Return the id of the known item whose very words a header holds; an id alone, such as comment, does not count."""
    match = _match(name, name, False)
    said = (plain_words(_core(name)), plain_words(_base(name)))
    return match.item.id if match and plain_words(match.item.text) in said else ""


def nearly(words: str) -> str:
    """Return the question of a form that a heading repeats almost word for word, or of which it is the beginning.

    >>> nearly("They do what they promised")
    'They do what they promise.'
    """
    said = plain_words(_core(words))
    texts = {plain_words(one.item.text): one.item.text for one in _known_items().values()}
    begun = [text for text in texts if len(said.split()) >= BEGINNING and text.startswith(f"{said} ")]
    close = begun or get_close_matches(said, list(texts), n=1, cutoff=ALIKE)
    return texts[close[0]] if close else ""


def _match(name: str, words: str, rows: bool) -> Question | None:
    """Return the known item of a column: by the row of a grid, its question, or its name.

    Where the header has several `rows`, what stands in brackets is a row or an option, and never a hint to leave out.
    """
    known = _known_items()
    if rows:
        tried = [words, _core(words), *([name] if name != words else [])]
        tried = tried if not name.upper().endswith("_TEXT") else [words]
    else:
        tried = [_core(words), _base(words)]
    found = (known.get(plain_words(text)) for text in tried)
    match = next((one for one in found if one), None)
    return None if match and name.upper().endswith("_TEXT") and match.item.kind != TEXT else match


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


# Questions that no form knows ----------------------------------------------------------------------------------------


def _guess(opened: Opened, name: str, there: np.ndarray, taken: Sequence[str], unscaled: list[str]) -> Question | None:
    """Return a text, a group the owner named, or the recommending question; a scale or a person is never guessed."""
    cells = opened.cells([name], there)
    text = plain(cells).dropna() if cells is not None else pd.Series(dtype="str")
    words = opened.words[name]
    if text.empty or text.str.contains("@", regex=False).mean() > 0.5:
        return None
    meant = nearly(words)
    if meant:
        said = {"file": opened.raw.file, "heading": words, "meant": meant}
        opened.findings.cautions.append(say("caution.intake.heading", **said))
        return None
    personal = is_personal(name, words)
    if text.str.fullmatch(NUMBERED).all():
        values, scale = text.str.replace(",", ".").astype(float), printed_scale(words)
        if recommends(words, values) and "recommend" not in taken:
            return Question(Item("recommend", words, RATING, low=0, high=10), (name,))
        if scale and values.between(*scale).all():
            return Question(Item(_id(words, taken), words, RATING, low=scale[0], high=scale[1]), (name,))
        unscaled += [] if personal else [words]
        return None
    if personal:
        return None
    if _is_group(opened, name, words):
        return Question(Item(_id(words, taken), words, CHOICE), (name,))
    few = text.nunique() <= min(FEW, max(2, len(text) // 2)) and text.str.len().max() <= SHORT
    if few:
        opened.findings.cautions.append(say("caution.intake.group", file=opened.raw.file, question=words))
        return None
    return Question(Item(_id(words, taken), words, TEXT), (name,))


def _chosen(opened: Opened, choices: Choices, taken: Sequence[str]) -> Question | None:
    """Return a multiple choice as one question, where the owner named it as a group."""
    if is_personal(choices.question):
        return None
    if not _is_group(opened, choices.question):
        opened.findings.cautions.append(say("caution.intake.group", file=opened.raw.file, question=choices.question))
        return None
    item = Item(slug(choices.question, taken), choices.question, CHOICE)
    return Question(item, choices.columns, options=choices.options)


def _is_group(opened: Opened, *names: str) -> bool:
    return bool({plain_words(name) for name in names} & {plain_words(group) for group in opened.settings.groups})


def _id(words: str, taken: Sequence[str]) -> str:
    """Return an id for a question; that of a grid begins with its question and ends with its row."""
    row = _core(words)
    return slug(words if row == words else f"{' '.join(words.split()[:4])} {row}", taken)


def said_names(opened: Opened) -> set[str]:
    """Return the names that stand in columns of names, to be taken out of free text."""
    asking = [name for name in opened.names if name and (header_words(name) | header_words(opened.words[name])) & NAMES]
    found = [opened.cells([name]) for name in asking]
    return {
        text for cells in found if cells is not None for text in cells.values.dropna().unique() if len(text) <= SHORT
    }


def slug(name: str, taken: Sequence[str]) -> str:
    """Return an id for a question: its first words, in plain letters, unlike those that are taken."""
    ascii = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = "_".join(re.findall(r"[a-z0-9]+", ascii.lower())[:6]) or "question"
    number = 2
    base = slug
    while slug in taken:
        slug, number = f"{base}_{number}", number + 1
    return slug
