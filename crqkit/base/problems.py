"""Errors a reader can act on: where, what, and how to mend it, for all faults at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from crqkit.base.scrub import scrub

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5
# Whoever is to mend them sees so many.
TOLD = 200
SETTINGS = (".yml", ".yaml")
VALUE_WIDTH = 40


class CrqkitError(Exception):
    """Any error that crqkit raises on purpose; the command line prints it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython calls this: in a notebook too the message is enough.
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and its mend.

    `row` is the spreadsheet row, counted from 1; `code` names the kind of fault for programs and is not shown.
    """

    what: str
    mend: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: Any = ""
    code: str = ""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"in {self.file}" if self.column and self.file.endswith(SETTINGS) else self.file,
                f"row {self.row}" if self.row is not None else "",
                _named(self.file, self.column),
            )
            if part
        )
        shown = scrub(str(self.value))[:VALUE_WIDTH]
        value = f" (found '{shown}')" if shown else ""
        return f"{place + ': ' if place else ''}{self.what}{value}. {self.mend}"


def _named(file: str, column: str) -> str:
    """Return what a column is called: a file of settings has lines with names, and an option stands alone."""
    if not column:
        return ""
    return f"'{column}'" if file.endswith(SETTINGS) or column.startswith("--") else f"column '{column}'"


class DataProblem(CrqkitError):
    """The data cannot be used as they are; `.faults` lists every reason, `.table` shows them as a table.

    >>> fault = Fault("not a number", "Write it like 12.50.", "sales.csv", 7, "amount", "12,5,0")
    >>> print(DataProblem([fault]))
    1 fault in the data:
      sales.csv, row 7, column 'amount': not a number (found '12,5,0'). Write it like 12.50.
    """

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self._text())

    def _text(self) -> str:
        return _listed(self.faults, SHOWN)

    def whole(self) -> str:
        """Return the text with `TOLD` faults instead of a few, by file, row and column."""
        ordered = sorted(self.faults, key=lambda fault: (fault.file, fault.row or 0, fault.column))
        return _listed(ordered, TOLD)

    @property
    def table(self) -> "pd.DataFrame":
        """All faults: `file, row, column, value, what, mend`; values with identifiers taken out."""
        import pandas as pd

        order = ["file", "row", "column", "value", "what", "mend"]
        rows = [{f.name: getattr(fault, f.name) for f in fields(fault)} for fault in self.faults]
        table = pd.DataFrame(rows, columns=order).astype({"row": "Int64"})
        return table.assign(value=table["value"].map(lambda value: scrub(str(value))))


def _listed(faults: Sequence[Fault], most: int) -> str:
    count = len(faults)
    lines = [f"{count} fault{'s' if count != 1 else ''} in the data:"]
    lines += [f"  {fault}" for fault in faults[:most]]
    if count > most:
        lines.append(f"  ... and {count - most} more.")
    return "\n".join(lines)


class ChoiceProblem(CrqkitError, ValueError):
    """A value is not among those allowed.

    >>> print(ChoiceProblem("version", 3, [1, 2]))
    version: 3 is not known. Allowed: 1, 2.
    """

    def __init__(self, name: str, value: object, allowed: Sequence[object]) -> None:
        self.name, self.value, self.allowed = name, value, tuple(allowed)
        near = get_close_matches(str(value), [str(choice) for choice in allowed], n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        choices = ", ".join(str(choice) for choice in allowed)
        super().__init__(f"{name}: {value} is not known. Allowed: {choices}.{hint}")


class ModelProblem(CrqkitError, ValueError):
    """A model cannot be read or built; the message names the construct, path or item, and where it stands.

    `name` is what the fault is about; `line` and `column` (counted from 1) and `text`, the line itself, are given
    where the model came as text: then the line is shown with a caret under the place.

    >>> print(ModelProblem("found '+', expected a variable", line=2, column=8, text="f =~ x + + y"))
    line 2, column 8: found '+', expected a variable.
      f =~ x + + y
             ^
    """

    def __init__(
        self,
        what: str,
        mend: str = "",
        *,
        name: str = "",
        line: int | None = None,
        column: int | None = None,
        text: str = "",
    ) -> None:
        self.what, self.mend, self.name, self.line, self.column = what, mend, name, line, column
        place = f"line {line}" if line is not None else ""
        place += f", column {column}" if place and column is not None else ""
        message = f"{place + ': ' if place else ''}{what.rstrip('.')}.{' ' + mend if mend else ''}"
        if text and column is not None:
            # A tab in the line moves the caret as it moves the letters.
            lead = "".join("\t" if letter == "\t" else " " for letter in text[: column - 1])
            message += f"\n  {text}\n  {lead}^"
        super().__init__(message)


class MissingExtra(CrqkitError, ImportError):
    """An optional package is absent; the message gives the line that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"This needs {package}. Install it with: python -m pip install 'crqkit[{extra}]'")


def check_choice(name: str, value: object, allowed: Sequence[object]) -> None:
    """Raise `ChoiceProblem` unless `value` is one of `allowed`."""
    if value not in allowed:
        raise ChoiceProblem(name, value, allowed)


def check_columns(table: "pd.DataFrame", needed: Sequence[str], where: str) -> None:
    """Raise `DataProblem` naming every needed column that `table` lacks, with the nearest one it has."""
    faults = []
    for column in needed:
        if column not in table.columns:
            near = get_close_matches(column, [str(name) for name in table.columns], n=1)
            have = ", ".join(str(name) for name in table.columns)
            mend = f"Did you mean '{near[0]}'?" if near else f"The table has: {have}."
            faults.append(Fault("this column is missing", mend, file=where, column=column))
    if faults:
        raise DataProblem(faults)
