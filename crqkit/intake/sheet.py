"""A table as it lies in a file, before and after its cells are loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings

TOP = 12
# Pages of our own sheets that hold no data of the owner.
EXAMPLE_PAGE, ABOUT_PAGE = "example", "how to fill in"


@dataclass(frozen=True)
class RawTable:
    """Text cells by column; `rows` are spreadsheet rows, 1 = first line; absent cells are not a value."""

    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    separator: str = ""


@dataclass(frozen=True)
class Sheet:
    """One way to see a file as a table: its first records, and how to load the columns that are wanted."""

    file: str
    name: str
    top: list[list[str]]
    load: Callable[["Sheet", int, Sequence[str], Sequence[str], Findings], RawTable] = field(repr=False)
    separator: str = ""
    # Names of the other pages of the same workbook.
    others: tuple[str, ...] = ()

    def read(self, header: int, names: Sequence[str], wanted: Sequence[str], findings: Findings) -> RawTable:
        """Load the columns `wanted`; `header` is the place of the header in `top`, -1 for a file without one."""
        return self.load(self, header, names, wanted, findings)
