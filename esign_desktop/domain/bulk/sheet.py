"""A sheet as it was read: plain texts, one row a contract, and which cells a spreadsheet program has spoiled.

``plain_value`` is the form in which a cell is compared and sent.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.customer_line import tidy_name
from esign_desktop.domain.people.documents import KIND_BY_WORD, plain_word

MAX_ROWS: Final = 2000
MAX_COLUMNS: Final = 60
MAX_CELL_CHARACTERS: Final = 500
MAX_FILE_BYTES: Final = 20 * 1024 * 1024
MAX_WORKSHEETS: Final = 200
MAX_CELL_TEXT: Final = 100_000
"""Characters of a cell that is read at all; a spreadsheet program has 32,767."""
MAX_SHEET_TEXT: Final = 4_000_000
"""Characters of all cells together: two thousand rows of two thousand."""
HEADING_ROWS: Final = 10
"""Titles and notes may stand above the headings."""


class CellDamage(StrEnum):
    """What is wrong with a cell before anybody looks at its meaning."""

    NUMBER_ROUNDED = "number_rounded"
    """A number of more than 15 digits that the program kept as a number: its last digits are gone."""
    FORMULA = "formula"
    """A formula whose result does not stand in the file."""
    ERROR = "error"
    """An error in the place of a value, such as #N/A."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row. ``number`` is the spreadsheet program's own, from 1; ``cells`` are as many as the sheet has headings.

    ``damages`` stand by column index. ``original`` is what the file holds, when the row was corrected here. A row that
    ``is_hidden`` is not seen in the spreadsheet program, because of a filter perhaps. ``bare`` holds the file's values
    of cells that are shown in a format of their own.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    damages: Mapping[int, CellDamage] = field(default_factory=dict)
    original: tuple[str, ...] | None = field(default=None, repr=False)
    is_hidden: bool = False
    bare: Mapping[int, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Worksheets:
    """A workbook of which somebody has to choose a worksheet: several hold rows."""

    name: str
    path: str
    filled: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its headings. ``worksheet`` is which one of ``worksheets`` was read; a CSV file has none.

    ``heading_row`` is the row that the headings stand in. Without one all headings are empty.
    """

    name: str
    path: str
    headings: tuple[str, ...] = field(repr=False)
    rows: tuple[SheetRow, ...]
    worksheet: str = field(default="", repr=False)
    worksheets: tuple[str, ...] = field(default=(), repr=False)
    heading_row: SheetRow | None = field(default=None, repr=False)

    @property
    def has_headings(self) -> bool:
        """Whether the columns are named."""
        return self.heading_row is not None or any(self.headings)


def with_cells(sheet: Sheet, texts: Mapping[tuple[int, int], str]) -> Sheet:
    """Correct cells, by the indexes of their rows and columns; their damage is mended by that. Raises IndexError."""
    rows = list(sheet.rows)
    for (row_index, column_index), text in texts.items():
        rows[row_index] = _corrected(rows[row_index], column_index, text.strip())
    return replace(sheet, rows=tuple(rows))


def without_formats(row: SheetRow) -> SheetRow:
    """Return a row with the bare values of what was not corrected: a contract is the same in whatever format."""
    original = row.original or row.cells
    cells = [
        row.bare[index] if index in row.bare and text == original[index] else text
        for index, text in enumerate(row.cells)
    ]
    return replace(row, cells=tuple(cells))


def pasted_lines(text: str) -> list[list[str]]:
    """Return the cells of rows that were copied in a spreadsheet program: tabs between them, quoted where they break.

    Raises InputError ``bulk.paste_unreadable``.
    """
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), csv.excel_tab))
    except csv.Error as error:
        raise InputError("bulk.paste_unreadable", type(error).__name__) from None
    return lines[: MAX_ROWS + 1]


def _corrected(row: SheetRow, column_index: int, text: str) -> SheetRow:
    cells = list(row.cells)
    cells[column_index] = text
    corrected = tuple(cells)
    original = row.original or row.cells
    damages = {index: damage for index, damage in row.damages.items() if index != column_index}
    return replace(row, cells=corrected, damages=damages, original=None if corrected == original else original)


_K = ColumnKind
_MOST_ROUNDS: Final = 5
"""Removing a space can bring an accent to its letter, and so on; two rounds do for what people type."""

_MORE_ID_TYPES: Final = {
    "身份证": PersonIdType.RESIDENT_IDENTITY,
    "idcard": PersonIdType.RESIDENT_IDENTITY,
    "identitycard": PersonIdType.RESIDENT_IDENTITY,
    "hongkongandmacaotravelpermit": PersonIdType.HONG_KONG_MACAO_PERMIT,
    "taiwantravelpermit": PersonIdType.TAIWAN_PERMIT,
    "foreignerspermanentresidencecard": PersonIdType.FOREIGN_RESIDENCE,
    "temporaryidentitycard": PersonIdType.TEMPORARY_IDENTITY,
    "居民户口簿": PersonIdType.HOUSEHOLD_REGISTER,
}
"""What names the usual document in a column of kinds, and is no more than a label in a line."""


def id_type_of(text: str) -> PersonIdType | None:
    """Return the kind of document that a text names, or its number at the platform; None for any other text."""
    plain = plain_word(unicodedata.normalize("NFKC", text))
    if plain.isdecimal() and int(plain) in set(PersonIdType):
        return PersonIdType(int(plain))
    return KIND_BY_WORD.get(plain) or _MORE_ID_TYPES.get(plain)


def plain_value(kind: ColumnKind, text: str) -> str:
    """Return a value as it is compared and sent: numbers without spaces and dashes, names with one space at most.

    What is plain already stays as it is, so that a sheet that was saved and read again holds the same values.
    """
    plain = _plainer(kind, text)
    for _ in range(_MOST_ROUNDS):
        before, plain = plain, _plainer(kind, plain)
        if plain == before:
            break
    return plain


def _plainer(kind: ColumnKind, text: str) -> str:
    text = unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in text)).strip()
    match kind:
        case _K.NAME | _K.ORGANIZATION_NAME:
            return tidy_name(text)
        case _K.ID_NUMBER | _K.ORGANIZATION_CODE:
            # An apostrophe is how one types a number as text; commas are how a program may show it.
            return re.sub(r"[\s,'’-]", "", unicodedata.normalize("NFKC", text)).upper()
        case _K.MOBILE:
            plain = re.sub(r"[\s,'’()-]", "", unicodedata.normalize("NFKC", text))
            return re.sub(r"^(?:\+|00)86(?=1[3-9][0-9]{9}$)|^86(?=1[3-9][0-9]{9}$)", "", plain)
        case _K.EMAIL:
            return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
        case _:
            return " ".join(text.split())
