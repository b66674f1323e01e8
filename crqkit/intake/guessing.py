"""A sheet of no known kind, looked at for a proposal: where its headings stand, and what each column seems to hold."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqkit.intake.findings import Findings
from crqkit.intake.format import plain_name
from crqkit.intake.phones import TELEPHONE
from crqkit.intake.questions import NAMES, PERSONAL
from crqkit.intake.readers import SPACES
from crqkit.intake.sheet import Sheet
from crqkit.intake.times import DAY_FIRST, MONTH_FIRST, times
from crqkit.intake.values import Cells, Habits, are_flags, numbers

# English, German, French, Spanish; a header that holds one of these words is taken for that column, in this order.
WORDS = {
    "at": "date datum fecha timestamp zeitstempel invoicedate orderdate created jour day tag time horodateur",
    "email": "email mail courriel correo",
    "customer_phone": "phone telefon telephone téléphone teléfono tel mobile handy whatsapp telefonnummer",
    "order_id": "order invoice bestellung bestellnummer rechnung rechnungsnummer commande facture pedido factura "
    "transaction receipt beleg orderid invoiceno orderno invoiceid bon",
    "person": "customer customerid customerno kunde kundin kundennummer client cliente member userid username",
    "refunds": "refund refunded refunds erstattung remboursement reembolso",
    "total": "amount total betrag summe gesamt montant importe umsatz revenue sales brutto spend paid",
    "currency": "currency währung devise moneda",
    "country": "country land pays país",
    "channel": "channel kanal canal",
    "n_items": "qty quantity menge anzahl quantité cantidad items",
    "stars": "stars sterne rating bewertung étoiles estrellas note",
    "text": "review comment kommentar commentaire comentario bewertungstext review_text feedback",
}
CONSENT = re.compile(
    r"consent|newsletter|marketing|opt-?in|may we (?:write|contact|e-?mail|send)|werb|einwillig|einverstanden"
    r"|dürfen wir|publicidad|publicité"
)
HEADINGS_WITHIN = 10
# A column is what so many of its filled cells are: the others are told, and mended by the owner.
MOST = 0.8
# Headers of columns that count or name things and rate nothing.
NUMBERING = frozenset("ticket ticketid id nr no number nummer numéro número case caseid row zeile".split())
RECORDS = frozenset(
    "ticket opened closed state status solved resolved zustand eröffnet geschlossen gelöst booking buchung termin "
    "appointment réservation reserva job auftrag promised done".split()
)
# So many answers on a short scale are not all different.
ENOUGH_APART = 6


@dataclass(frozen=True)
class Column:
    """A column as its name and its filled cells show it."""

    name: str
    role: str
    values: pd.Series
    share_dates: float
    figures: pd.Series

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return len(self.values) > 0 and self.figures.notna().mean() >= MOST

    @property
    def whole(self) -> bool:
        """Whether its cells are whole numbers."""
        return self.numeric and bool((self.figures.dropna() % 1 == 0).all())

    @property
    def rating(self) -> bool:
        """Whether its cells could be answers on a scale of at most 0 to 10."""
        few = self.figures.nunique() <= 11 and self.figures.min() >= 0 and self.figures.max() <= 10
        return self.whole and bool(few) and len(self.values) > 1 and not self.numbering

    @property
    def numbering(self) -> bool:
        """Whether its cells number the rows: it says so, or all differ, or they run upward or downward."""
        told = self.role == "order_id" or bool(_words(self.name) & NUMBERING)
        apart = len(self.values) > 2 and self.figures.nunique() == len(self.values)
        one_way = self.figures.is_monotonic_increasing or self.figures.is_monotonic_decreasing
        return told or (apart and (one_way or len(self.values) > ENOUGH_APART))

    @property
    def record(self) -> set[str]:
        """What in the header speaks of tickets, bookings and jobs: things that are opened and closed."""
        return _words(self.name) & RECORDS

    @property
    def wordy(self) -> bool:
        """Whether its cells are longer texts."""
        return not self.numeric and self.share_dates < 0.5 and self.values.str.len().mean() > 25

    @property
    def named(self) -> bool:
        """Whether its cells could be names: letters, and no digits."""
        return len(self.values) > 0 and self.values.str.fullmatch(r"[^\d@]*[^\W\d_][^\d@]*").mean() > 0.9

    @property
    def identity(self) -> bool:
        """Whether its cells could number persons: with digits, many and repeated."""
        share = self.values.nunique() / max(1, len(self.values))
        plain = not self.named and not self.rating and self.share_dates < 0.5
        return plain and (self.whole or not self.numeric) and 0.01 < share < 1

    @property
    def personal(self) -> bool:
        """Whether the header says that a person stands here."""
        return bool(_words(self.name) & PERSONAL)


def of(columns: Iterable[Column], *roles: str) -> Column | None:
    """Return the column of the first role that any has."""
    found = {column.role: column for column in columns}
    return next((found[role] for role in roles if role in found), None)


def columns_of(frame: pd.DataFrame, separator: str) -> list[Column]:
    """Return the columns of a sheet, each role given once."""
    taken: set[str] = set()
    columns = []
    for name in frame:
        cells = Cells(str(name), frame[name], np.arange(len(frame)))
        filled = frame[name].dropna()
        dates = _dates(cells)
        role = _role(str(name), filled, dates, taken)
        taken.add(role)
        columns.append(Column(str(name), role, filled, dates, _figures(cells, separator)[filled.index]))
    return columns


def _words(name: str) -> set[str]:
    parts = set(re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name).casefold()))
    return parts | {plain_name(name), re.sub(r"[\W_]+", "", name.casefold())}


def _role(name: str, values: pd.Series, dates: float, taken: set[str]) -> str:
    """Return which of our columns a header, or the look of its cells, speaks of."""
    words = _words(name)
    holds = {
        "at": dates >= MOST,
        # A question such as "May we send you e-mail?" names no address.
        "email": len(values) == 0 or values.str.contains("@", regex=False).mean() > 0.5,
        "customer_phone": (values.str.count(r"\d") >= TELEPHONE).mean() > 0.5,
    }
    if "email" not in taken and len(values) and holds["email"]:
        return "email"
    if "consent" not in taken and len(values) and CONSENT.search(name.casefold()) and are_flags(values).all():
        return "consent"
    for role, known in WORDS.items():
        if role not in taken and words & set(known.split()) and holds.get(role, True):
            return role
    return "name" if words & NAMES else ""


def _figures(cells: Cells, separator: str = "") -> pd.Series:
    return numbers({"x": cells}, Habits(separator=separator), Findings(""))["x"]


def _dates(cells: Cells) -> float:
    filled = cells.values.dropna()
    if filled.empty or not filled.str.contains(r"\d{4}|\d[-/.]\d", regex=True).mean() >= MOST:
        return 0.0
    rows = np.arange(len(filled))
    findings = Findings("")
    moments = times({"x": Cells("", filled, rows)}, Habits(date_order=DAY_FIRST), findings)["x"]
    other = times({"x": Cells("", filled, rows)}, Habits(date_order=MONTH_FIRST), findings)["x"]
    good = max((one.notna() & (one.dt.year >= 1990) & (one.dt.year < 2100)).mean() for one in (moments, other))
    return float(good)


def is_no_date(column: Column) -> np.ndarray:
    """Return where a column of dates holds something else; nowhere in any other column."""
    if not MOST <= column.share_dates < 1:
        return np.zeros(len(column.values), dtype=bool)
    good = {
        text: _dates(Cells("", pd.Series([text], dtype="str"), np.array([0]))) > 0 for text in column.values.unique()
    }
    return ~column.values.map(good).to_numpy(dtype=bool)


# Which way of seeing the file, and which of its rows has the headings ---------------------------------------------


def evenness(sheet: Sheet) -> tuple[bool, float, bool, int]:
    """Return how much a way of seeing a file makes a table of it: most rows with the same number of cells."""
    widths = Counter(len(row) for row in sheet.top if any(row))
    width, often = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
    return width > 1, often / max(1, widths.total()), sheet.separator != SPACES, width


def headings(sheet: Sheet) -> tuple[list[str], int]:
    """Return the names of the columns and the row that holds them; -1, and names of ours, where none does."""
    filled = [sum(map(bool, row)) for row in sheet.top]
    usual = float(np.median([count for count in filled if count] or [0]))
    # Lines above a table, such as a title, fill fewer cells than its rows.
    place = next((place for place, count in enumerate(filled[:HEADINGS_WITHIN]) if count > usual / 2), 0)
    first = [name.replace("\ufeff", "").strip() for name in sheet.top[place]]
    named = [name for name in first if name]
    cells = [Cells("", pd.Series([cell], dtype="str"), np.array([1])) for cell in named]
    values = any(_figures(one).notna().any() or _dates(one) > 0 for one in cells)
    if values or len(set(named)) < len(named) or not named:
        return [f"column_{place}" for place in range(1, len(first) + 1)], -1
    return first, place
