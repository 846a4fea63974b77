"""A spreadsheet in memory, with one contract per row. Cells contain plain text, and damaged cells are marked.

``plain_value`` normalizes a cell for comparison and sending.
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
"""The maximum number of characters in one cell. Spreadsheet programs allow 32,767."""
MAX_SHEET_TEXT: Final = 4_000_000
"""The maximum number of characters in all cells together, enough for 2,000 rows of 2,000 characters."""
MAX_FILLED_CELLS: Final = 400_000
"""The maximum number of cells with text. In memory, a cell takes at least 60 bytes."""
HEADING_ROWS: Final = 10
"""The number of rows that are searched for the headings, which may be preceded by titles and notes."""


class CellDamage(StrEnum):
    """Damage to a cell, detected when the file is read and before the cell's value is interpreted."""

    NUMBER_ROUNDED = "number_rounded"
    """The file stores a number of more than 15 digits in numeric form, so its last digits are lost."""
    FORMULA = "formula"
    """The cell holds a formula whose result is not stored in the file."""
    ERROR = "error"
    """The cell holds an error such as #N/A instead of a value."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with as many cells as the sheet has headings.

    ``number`` is the row number, counted from 1, that the spreadsheet program displays. ``damages`` maps the column
    index of each damaged cell to the damage. If the user corrected the row in this program, ``original`` holds the
    cells as read from the file; otherwise, ``original`` is None. ``is_hidden`` means that the spreadsheet program does
    not display the row, for example because of a filter. If a cell is displayed in a special format, ``bare`` maps the
    cell's column index to the stored value.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    damages: Mapping[int, CellDamage] = field(default_factory=dict)
    original: tuple[str, ...] | None = field(default=None, repr=False)
    is_hidden: bool = False
    bare: Mapping[int, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Worksheets:
    """A workbook with several non-empty worksheets, one of which the user must choose.

    ``filled`` lists the names of the non-empty worksheets.
    """

    name: str
    path: str
    filled: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings and rows of a sheet.

    ``worksheet`` is the name of the worksheet that was read, and ``worksheets`` lists the names of all worksheets that
    can be chosen. Both are empty for a CSV file. ``heading_row`` is the row that contains the headings. If
    ``heading_row`` is None, all headings are empty.
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
        """Whether the sheet has column headings."""
        return self.heading_row is not None or any(self.headings)


def with_cells(sheet: Sheet, texts: Mapping[tuple[int, int], str]) -> Sheet:
    """Return the sheet with corrected cells, which are no longer marked as damaged.

    ``texts`` maps the row index and column index of a cell to its new text. Raises IndexError if there is no such cell.
    """
    rows = list(sheet.rows)
    for (row_index, column_index), text in texts.items():
        rows[row_index] = _corrected(rows[row_index], column_index, text.strip())
    return replace(sheet, rows=tuple(rows))


def without_formats(row: SheetRow) -> SheetRow:
    """Return the row with the stored values of its cells instead of their displayed text.

    Cells that the user corrected are unchanged. The values of a contract thus do not depend on the display formats of
    the spreadsheet program.
    """
    original = row.original or row.cells
    cells = [
        row.bare[index] if index in row.bare and text == original[index] else text
        for index, text in enumerate(row.cells)
    ]
    return replace(row, cells=tuple(cells))


def pasted_lines(text: str) -> list[list[str]]:
    """Return the rows in text that was copied from a spreadsheet program, each as a list of cells.

    Cells are separated by tabs and are quoted if they contain line breaks. At most MAX_ROWS + 1 rows are returned.
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
_MOST_ROUNDS: Final = 6
"""The maximum number of normalization passes. Removing a space can join an accent to its letter for the next pass."""

_LONGEST_PLAIN: Final = 2 * MAX_CELL_CHARACTERS
"""The maximum number of characters that are normalized. For combining characters, the time grows quadratically."""

_MOST_MARKS: Final = 30
_MARKS: Final = re.compile(r"[^\u0000-\u02ff\u3000-\u3029\u3030-\u3098\u309b-\ua66e]{31}")
"""Characters that may be combining characters, which neither Latin letters nor Chinese characters are."""

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
"""Further names of document types that are valid in a type column. In a line of text, they would be mere labels."""


def id_type_of(text: str) -> PersonIdType | None:
    """Return the document type with this name or platform number, or None if the text is neither."""
    plain = plain_word(unicodedata.normalize("NFKC", text))
    if plain.isdecimal() and int(plain) in set(PersonIdType):
        return PersonIdType(int(plain))
    return KIND_BY_WORD.get(plain) or _MORE_ID_TYPES.get(plain)


def plain_value(kind: ColumnKind, text: str) -> str:
    """Return a cell's value, normalized for comparison and sending.

    Spaces and dashes are removed from numbers, and repeated spaces in names are reduced to one. Normalizing a value a
    second time changes nothing, so saving and rereading a sheet preserves the values. Text of more than
    ``_LONGEST_PLAIN`` characters is returned unchanged, and is too long for every kind of value.
    """
    if len(text) > _LONGEST_PLAIN:
        return text
    plain = without_excess_marks(text)
    for _ in range(_MOST_ROUNDS):
        before, plain = plain, _plainer(kind, plain)
        if plain == before:
            break
    return plain


def without_excess_marks(text: str) -> str:
    """Return the text without the combining characters that follow 30 others (Unicode Standard Annex #15, section 13).

    Sorting them during normalization takes quadratic time.
    """
    if _MARKS.search(text) is None:
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _plainer(kind: ColumnKind, text: str) -> str:
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = unicodedata.normalize("NFC", text).strip()
    match kind:
        case _K.NAME | _K.ORGANIZATION_NAME:
            return tidy_name(text)
        case _K.ID_NUMBER | _K.ORGANIZATION_CODE:
            # Users type an apostrophe to store a number as text, and spreadsheet programs may display commas.
            return re.sub(r"[\s,'’-]", "", unicodedata.normalize("NFKC", text)).upper()
        case _K.MOBILE:
            plain = re.sub(r"[\s,'’()-]", "", unicodedata.normalize("NFKC", text))
            return re.sub(r"^(?:\+|00)86(?=1[3-9][0-9]{9}$)|^86(?=1[3-9][0-9]{9}$)", "", plain)
        case _K.EMAIL:
            return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
        case _:
            return " ".join(text.split())
