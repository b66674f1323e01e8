"""Rows of an answer sheet to answers: who answered, when, how long it took, and what to each question."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crqkit.base import say
from crqkit.intake.answered import contradictions, count_absent, labels_of, rating
from crqkit.intake.claims import CODE, check_signs, plain_codes
from crqkit.intake.folded import JOINED, joined
from crqkit.intake.opened import Opened, Part, own_ids, stamps_of, uses
from crqkit.intake.privacy import NOBODY, customer_keys
from crqkit.intake.questions import Question, questions_of, said_names
from crqkit.intake.times import times
from crqkit.intake.values import Cells, flags, numbers, plain
from crqkit.tables.form import CHOICE, RATING

# Beside the columns of the tables: when an answer was begun, and how far it got in percent.
FIELDS = ["at", "started", "response_id", "consent", "seconds", "finished", "progress", CODE]
ALL, HOUR = 100, 3600


def read_responses(opened: Opened) -> Part:
    """Return the answers of one file, long: one row an answered question."""
    format = opened.format
    opened.apply_rules(opened.fates.kept)
    there = opened.fates.kept
    questions, becomes = questions_of(opened, there)
    people = _people(opened, there)
    cells = {question.item.id: _cells(opened, question, there) for question in questions}
    said = pd.DataFrame({id: plain(found) for id, found in cells.items() if found is not None}, index=people.index)
    people["response_id"] = _ids(opened, people, said, there)
    _repeated(opened, people, said, there)
    contradictions(opened, questions, there)
    spoiled: dict[str, pd.Series] = {}
    frames = [_answers(opened, question, cells[question.item.id], people, spoiled) for question in questions]
    opened.drop_spoiled()
    count_absent(opened, questions, opened.fates.kept)
    _unanswered(opened, _without(opened, said, spoiled), there)
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
        unit, opened.fates, opened.known_names() | said_names(opened),
        {question.item.id: question.item for question in questions},
        [question.form for question in questions if question.form], opened.mapped(uses(format) | becomes, "responses"),
    )  # fmt: skip


# Who answered, and how ------------------------------------------------------------------------------------------------


def _people(opened: Opened, there: np.ndarray) -> pd.DataFrame:
    """Return one row an answer sheet: what is known beside the answers."""
    rows = opened.raw.rows[there]
    given = opened.given(there, FIELDS)
    people = pd.DataFrame(index=opened.raw.frame.index[there]).assign(**opened.trace(rows))
    moments = {name: _dated(given[name]) for name in ("at", "started") if name in given}
    found = times(moments, opened.habits, opened.findings)
    if opened.match.timezone:
        opened.findings.naive = False
    people["at"] = found.get("at", pd.Series(pd.NaT, index=people.index, dtype="datetime64[us, UTC]"))
    if "at" in given:
        opened.lacking(people["at"], rows, given["at"].column, "the date is missing")
    people["customer_key"] = opened.persons(there)
    if "consent" in given:
        people["consent"] = flags(given["consent"], opened.findings)
    finished = _finished(opened, given)
    people = people.assign(**finished, **_seconds(opened, given, people, found, finished))
    if CODE in given:
        people[CODE] = _codes(opened, given[CODE])
    return people


def _dated(cells: Cells) -> Cells:
    """Return the cells with seconds since 1970, as programs write moments, put into a date."""
    stamps = cells.values.str.fullmatch(r"1\d{9}").fillna(False).astype(bool)
    if not stamps.any():
        return cells
    moments = pd.to_datetime(cells.values[stamps].astype("int64"), unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Cells(cells.column, cells.values.mask(stamps, moments.reindex(cells.values.index)), cells.rows)


def _finished(opened: Opened, given: Mapping[str, Cells]) -> dict[str, pd.Series]:
    """Return whether each sheet was filled in to its end, where the file tells."""
    if "finished" in given:
        cells, told = given["finished"], opened.format.words.get("finished", {})
        words = {word.casefold(): "yes" if value else "no" for word, value in told.items()}
        said = plain(cells).map(lambda text: words.get(text.casefold(), text), na_action="ignore").astype("str")
        return {"finished": flags(Cells(cells.column, said, cells.rows), opened.findings)}
    if "progress" in given:
        share = numbers({"progress": given["progress"]}, opened.habits, opened.findings)["progress"]
        return {"finished": (share >= ALL).astype("boolean").where(share.notna())}
    return {}


def _seconds(
    opened: Opened,
    given: Mapping[str, Cells],
    people: pd.DataFrame,
    found: Mapping[str, pd.Series],
    finished: Mapping[str, pd.Series],
) -> dict[str, pd.Series]:
    """Return how long it took: as the file says, else from the first to the last moment of a finished sheet."""
    if "seconds" in given:
        values = numbers({"seconds": given["seconds"]}, opened.habits, opened.findings)["seconds"]
        given["seconds"].fault(values < 0, opened.findings, "less than nothing", "Mend the number.")
        return {"seconds": values}
    if "started" not in found or "at" not in found:
        return {}
    lasted = (people["at"] - found["started"]).dt.total_seconds()
    # In autumn the clock is set back while somebody answers.
    given["at"].fault(lasted < -HOUR, opened.findings, "ended before it began", "Mend one of the two dates.")
    whole = finished["finished"].fillna(True).astype(bool) if finished else True
    return {"seconds": lasted.where((lasted > 0) & whole)}


def _codes(opened: Opened, cells: Cells) -> pd.Series:
    """Return the codes of printed forms as they are compared; what can be no code is a fault, and is not shown."""
    text = plain(cells)
    codes = plain_codes(text.mask(text.str.casefold().isin(NOBODY)))
    odd = codes.notna() & ~codes.str.fullmatch(r"[A-Z0-9]{3,20}").fillna(False).astype(bool)
    mend = "Write the letters and digits of the slip, or leave the cell empty."
    cells.fault(odd, opened.findings, "this is no code of a printed form", mend, shown=False)
    mend = "Or empty the cell: the answer then counts without its writer."
    check_signs(Cells(cells.column, text.mask(odd | codes.isna()), cells.rows), opened.findings, mend)
    return codes.mask(odd)


def _ids(opened: Opened, people: pd.DataFrame, said: pd.DataFrame, there: np.ndarray) -> pd.Series:
    given = opened.given(there, ["response_id"])
    none = pd.Series(pd.NA, people.index, dtype="string")
    ids = plain(given["response_id"]).astype("string") if given else none
    personal = ids.str.contains("@", regex=False).fillna(False).astype(bool)
    ids = ids.mask(personal, customer_keys(ids.where(personal), None, opened.key))
    unnamed = ids.isna()
    if unnamed.any():
        # Two papers of one day may say the same; their codes tell them apart.
        who = [name for name in ("at", "customer_key", CODE) if name in people]
        ids[unnamed] = own_ids(opened.key, pd.concat([people[who], said], axis=1)[unnamed], "R")
    return ids


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


def _without(opened: Opened, said: pd.DataFrame, spoiled: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return what was said without single answers that could not be read; their rows stay."""
    bad = pd.DataFrame(spoiled, index=said.index).reindex(columns=said.columns, fill_value=False).astype(bool)
    often = int(bad[opened.fates.kept[said.index]].to_numpy().sum())
    if often:
        opened.findings.cautions.append(say("caution.intake.spoiled", file=opened.raw.file, answers=often))
    return said.mask(bad)


# What was answered ----------------------------------------------------------------------------------------------------


def _cells(opened: Opened, question: Question, there: np.ndarray) -> Cells | None:
    if question.options:
        return joined(opened, question.columns, question.options, there)
    cells = opened.cells(question.columns, there)
    many = opened.format.many
    if cells is None or not many or question.item.kind != CHOICE:
        return cells
    values = cells.values.map(lambda text: _sorted(text, many), na_action="ignore").astype("str")
    return Cells(cells.column, values, cells.rows)


def _sorted(text: str, many: str) -> str:
    options = (option.strip() for option in f" {text} ".split(many))
    return JOINED.join(sorted(option for option in options if option))


def _answers(
    opened: Opened, question: Question, cells: Cells | None, people: pd.DataFrame, spoiled: dict[str, pd.Series]
) -> pd.DataFrame:
    text = plain(cells) if cells is not None else pd.Series(pd.NA, people.index, dtype="string")
    filled = text.notna()
    long = people[filled].assign(item=question.item.id, value=np.nan, text=pd.NA)
    if question.item.kind == RATING and cells is not None:
        values, bad = _ratings(opened, question, cells, text)
        spoiled[question.item.id] = bad
        return long.assign(value=values[filled])[values[filled].notna()]
    return long.assign(text=text[filled])


def _ratings(opened: Opened, question: Question, cells: Cells, text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return ratings as numbers, and which are none; a label of the form's scale counts as its place on the scale."""
    item = question.item
    labels = labels_of(question)
    aside = question.form.not_applicable.casefold() if question.form else ""
    codes, uniques = pd.factorize(text)
    values = pd.Series(np.array([rating(str(one), labels) for one in uniques] + [np.nan])[codes], index=text.index)
    odd = values.isna() & text.notna() & ~(text.str.casefold() == aside).fillna(False).astype(bool)
    mend = f"Write a number from {item.low:g} to {item.high:g}: export numeric values, or map the labels."
    cells.fault(odd, opened.findings, "not a rating", mend, spoils=False)
    outside = (values < item.low) | (values > item.high)
    mend = "Mend the answer, or the scale of this question in the mapping."
    cells.fault(outside, opened.findings, f"outside the scale {item.low:g} to {item.high:g}", mend, spoils=False)
    return values.mask(outside), odd | outside
