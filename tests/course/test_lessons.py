"""Every notebook of the course keeps every rule of the course."""

import pytest

from crqkit.course import notebooks
from crqkit.course.rules import RULES, Book

BOOKS = [Book(path) for path in notebooks.find()]


def test_there_are_lessons_each_with_exercises_and_solutions():
    stems = {book.path.stem for book in BOOKS}
    lessons = [book.path.stem for book in BOOKS if book.kind == "lesson"]
    assert lessons
    assert stems == {name + part for name in lessons for part in ("", "_exercises", "_solutions")}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule, book):
    assert rule(book) == []


def test_exercises_and_the_table_are_up_to_date():
    assert [fault for fault in notebooks.faults() if "is not" in fault] == []
