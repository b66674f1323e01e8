"""What is wrong with one file: its faults, and the rows that they spoil."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base import Fault

LISTED = 200


@dataclass
class Findings:
    """Faults gathered while a file is read; nothing is raised before all files have been looked at."""

    file: str
    # Where the file lies, as the owner gave it: for commands to be copied.
    path: str = ""
    faults: list[Fault] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    spoiled: set[int] = field(default_factory=set)
    # Faults of rows that cannot be mended by leaving the rows out.
    fatal: bool = False
    # Whether times without a zone were met.
    naive: bool = False
    # Whether no format fits: where the file came out of an archive, that is no fault.
    unknown: bool = False
    # What a file of settings says itself, beside the defaults.
    told: set[str] = field(default_factory=set)
    # The digits of telephone numbers by customer key, to find those that may be one: they leave no file.
    phones: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def whole(self, what: str, mend: str, *, column: str = "", value: Any = "") -> None:
        """Note a fault of the file or of a whole column: it refuses the file even where faulty rows are dropped."""
        self.faults.append(Fault(what, mend, self.file, None, column, value))

    def row(self, row: int, what: str, mend: str, *, column: str = "", value: Any = "", spoils: bool = True) -> None:
        """Note a fault of one row, or of a single cell of it that spoils nothing else."""
        self.spoiled |= {int(row)} if spoils else set()
        self.faults.append(Fault(what, mend, self.file, int(row), column, value))

    def cells(
        self,
        rows: np.ndarray,
        column: str,
        what: str,
        mend: str,
        values: Sequence[Any] | pd.Series | None = None,
        *,
        spoils: bool = True,
    ) -> None:
        """Note one fault a cell; beyond `LISTED` the last one speaks for the rest. No `values`: they stay unsaid."""
        shown = [""] * len(rows) if values is None else list(values)
        for place, (row, value) in enumerate(zip(rows[:LISTED], shown[:LISTED], strict=True)):
            rest = len(rows) - LISTED
            more = f" (and {rest} more rows like it)" if place == LISTED - 1 and rest > 0 else ""
            self.row(row, what + more, mend, column=column, value=value, spoils=spoils)
        self.spoiled.update(int(row) for row in rows if spoils)

    @property
    def refuses(self) -> bool:
        """Whether something is wrong with the file as a whole."""
        return self.fatal or any(fault.row is None for fault in self.faults)
