"""Read CSV tables in any common encoding, and write CSV tables in which spreadsheet programs evaluate no cell.

Tables are read in a child process.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Final

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.bulk.sheet import MAX_CELL_TEXT, MAX_COLUMNS
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import InputError
from esign_desktop.services.sheets.cells import ReadCell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.services.sheets.cells import Row

_DELIMITERS: Final = ",\t;，|"
_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_AS_TEXT: Final = "'"


def save_csv(rows: Iterable[Sequence[str]], target: Path) -> None:
    """Write rows to a CSV file. Raises StoreError."""
    save_whole(csv_bytes(rows), target)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as the content of a CSV file with a byte order mark, which Excel needs to recognize UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def save_whole(content: bytes, target: Path) -> None:
    """Replace the content of a file, or leave the file unchanged if that fails. Raises StoreError."""
    with disk_errors(), atomic_target(target) as scratch:
        scratch.write_bytes(content)


def harmless(cell: str) -> str:
    """Return a cell without control characters, marked as text if a spreadsheet program might evaluate it."""
    plain = "".join(" " if ord(character) < 32 else character for character in cell)
    return f"{_AS_TEXT}{plain}" if is_formula(plain) else plain


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet program might evaluate a cell as a formula.

    Some programs skip invisible characters at the beginning of a cell, or accept full-width characters.
    """
    for character in cell:
        if not (character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}):
            return unicodedata.normalize("NFKC", character).startswith(_FORMULA_STARTS)
    return False


def without_mark(cell: str) -> str:
    """Return a CSV cell without the mark that ``harmless`` adds."""
    return cell[1:] if cell.startswith(_AS_TEXT) and is_formula(cell[1:]) else cell


def csv_rows(content: bytes) -> Iterator[Row]:
    """Yield all rows of a CSV file.

    Raises InputError ``sheet.not_a_sheet``, ``sheet.damaged`` or ``sheet.cell_too_long``.
    """
    # Normalize line ends, so that a line break inside a cell is one character.
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(MAX_CELL_TEXT)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        # A row may span several lines; spreadsheet programs number rows, not lines.
        for number, row in enumerate(reader, 1):
            yield number, [ReadCell(without_mark(cell.strip())) for cell in row[: MAX_COLUMNS + 1]], False
    except csv.Error as error:
        if "field limit" in str(error):
            raise InputError("sheet.cell_too_long", max=MAX_CELL_TEXT) from None
        raise InputError("sheet.damaged", type(error).__name__) from None


def _decoded(content: bytes) -> str:
    """Return the text of a CSV file in UTF-8, UTF-16 (Excel's Unicode text) or GB 18030.

    UTF-8 text may have a byte order mark. Raises InputError ``sheet.not_a_sheet``.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        is_markup = text.lstrip()[:1] == "<"
        if not is_markup and not any(ord(character) < 32 and character not in "\t\r\n" for character in text):
            return text
        break
    raise InputError("sheet.not_a_sheet")


def _delimiter(text: str) -> str:
    """Return the delimiter with which the first lines have the most consistent number of cells."""
    lines = [line for line in islice(io.StringIO(text), 50) if line.strip()][:20]

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            counts = [len(row) - 1 for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            # Without this delimiter, a line may be longer than the limit of a cell.
            return 0, 0
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0), usual

    return max(_DELIMITERS, key=evenness)
