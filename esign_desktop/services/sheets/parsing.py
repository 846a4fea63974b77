"""Parse the bytes of a sheet into plain rows. This runs in a child process, because the file is not trusted.

The functions yield values for ``reading`` that can be written as JSON: the names of the worksheets, then batches of
rows, or a refusal with an error code.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from itertools import repeat, zip_longest
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.bulk.sheet import (
    HEADING_ROWS,
    MAX_CELL_TEXT,
    MAX_COLUMNS,
    MAX_FILLED_CELLS,
    MAX_ROWS,
    MAX_SHEET_TEXT,
    MAX_WORKSHEETS,
)
from esign_desktop.domain.errors import InputError
from esign_desktop.services.sheets.cells import cell_of
from esign_desktop.services.sheets.csv_file import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import NoReturn

    from openpyxl.reader.excel import ExcelReader

    from esign_desktop.services.sheets.cells import Row

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_BATCH: Final = 50
_MILLION: Final = 1_000_000
_CHUNK_BYTES: Final = 1024 * 1024
_LONGEST_TAG: Final = 64 * 1024
"""The maximum length of a row's tag. Longer text after an opening bracket is not searched again with the next chunk."""
_ROW: Final = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*)>")
_FORMULA: Final = re.compile(rb"<(?:[^\s<>/]+:)?f[\s/>]|\0")
"""A formula, or a zero byte, which indicates an encoding in which these patterns do not match."""
_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true|on)["']""")


def load(content: bytes, *questions: object) -> tuple[object, ...]:
    """Read an empty workbook, so that all modules needed for reading are imported, and return the arguments.

    The isolated process can no longer open any file after this call.
    """
    import openpyxl

    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    openpyxl.load_workbook(empty, read_only=True, keep_links=False)
    return content, *questions


def read_rows(content: bytes, worksheet: str | None, most_rows: int = MAX_ROWS) -> Iterator[dict[str, Any]]:
    """Yield the content of a sheet in batches, or a refusal with an error code.

    If ``worksheet`` is None, rows are yielded only if exactly one worksheet has rows. Otherwise, the names of the
    worksheets with rows are yielded.
    """
    try:
        if content.startswith(_OLE):
            raise InputError("sheet.encrypted" if _ENCRYPTED in content else "sheet.old_format")
        if content.startswith(_ZIP):
            yield from _of_workbook(content, worksheet, most_rows)
        else:
            yield from _batches(csv_rows(content), most_rows)
    except InputError as error:
        yield {"refused": error.code, "detail": error.detail, "params": error.params}


def _of_workbook(content: bytes, worksheet: str | None, most_rows: int) -> Iterator[dict[str, Any]]:
    book = Workbook(content)
    names = book.names
    if worksheet is None:
        filled = book.names_with_rows()
        yield {"worksheets": names, "filled": filled}
        if len(filled) != 1:
            return
        worksheet = filled[0]
    elif worksheet not in names:
        raise InputError("sheet.no_rows")
    yield {"worksheets": names, "worksheet": worksheet}
    yield from _batches(book.rows(worksheet), most_rows)


def _batches(rows: Iterable[Row], most_rows: int) -> Iterator[dict[str, Any]]:
    batch: list[list[Any]] = []
    for number, cells, is_hidden in _filled(rows, most_rows):
        damages = {str(index): cell.damage.value for index, cell in enumerate(cells) if cell.damage is not None}
        bare = {str(index): cell.bare for index, cell in enumerate(cells) if cell.bare}
        batch.append([number, [cell.text for cell in cells], damages, is_hidden, bare])
        if len(batch) == _BATCH:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


def _filled(rows: Iterable[Row], most_rows: int) -> Iterator[Row]:
    """Yield the rows that are not empty, within the limits and without the empty cells at their end."""
    count = size = filled = 0
    for number, cells, is_hidden in rows:
        used = max((index for index, cell in enumerate(cells, 1) if cell.text or cell.damage), default=0)
        if used > MAX_COLUMNS:
            raise InputError("sheet.too_many_columns", max=MAX_COLUMNS)
        if not used:
            continue
        if any(len(cell.text) > MAX_CELL_TEXT for cell in cells):
            raise InputError("sheet.cell_too_long", max=MAX_CELL_TEXT)
        count += 1
        size += sum(len(cell.text) for cell in cells)
        filled += sum(bool(cell.text) for cell in cells)
        if count > most_rows + HEADING_ROWS:
            raise InputError("sheet.too_many_rows", max=most_rows)
        if size > MAX_SHEET_TEXT:
            raise InputError("sheet.too_much_text", max=MAX_SHEET_TEXT // _MILLION)
        if filled > MAX_FILLED_CELLS:
            raise InputError("sheet.too_many_cells", max=MAX_FILLED_CELLS)
        yield number, cells[:used], is_hidden


@dataclass(frozen=True, slots=True)
class PageTraits:
    """Properties of a worksheet that openpyxl does not report: its hidden rows, and whether it may contain formulas.

    ``hidden`` contains row numbers, counted from 1. Clerks do not intend to send rows that are hidden or filtered out.
    ``has_formulas`` is also True if the presence of formulas is uncertain.
    """

    hidden: frozenset[int]
    has_formulas: bool


def page_traits(content: bytes, part: str) -> PageTraits:
    """Return the traits of a worksheet, given the name of its part in the archive.

    Raises InputError ``sheet.damaged``.
    """
    found: set[int] = set()
    number = 0
    has_formulas = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as file:
            rest = b""
            while chunk := file.read(_CHUNK_BYTES):
                text = rest + chunk
                for match in _ROW.finditer(text):
                    told = _NUMBER.search(match[1])
                    number = int(told[1]) if told else number + 1
                    if _HIDDEN.search(match[1]):
                        found.add(number)
                has_formulas = has_formulas or _FORMULA.search(text) is not None
                # An incomplete tag is searched again with the next chunk.
                begun = text.rfind(b"<")
                is_open = begun > text.rfind(b">") and len(text) - begun <= _LONGEST_TAG
                rest = text[begun:] if is_open else b""
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError("sheet.damaged", type(error).__name__) from None
    return PageTraits(frozenset(found), has_formulas)


_MIB: Final = 1024 * 1024
_MAX_UNPACKED_BYTES: Final = 200 * _MIB
_LAST_ROW: Final = 1_048_576
"""The maximum number of rows in any spreadsheet program, including empty rows."""
_LEAST_FILLED: Final = 2
"""Headings and one row. A worksheet with fewer non-empty rows contains nothing to send."""


class Workbook:
    """An open workbook. ``names`` are the names of its visible worksheets, or of all worksheets if none is visible.

    Raises InputError ``sheet.damaged``, ``sheet.not_a_sheet`` or ``sheet.too_large``, and MemoryError.
    """

    def __init__(self, content: bytes) -> None:
        _refuse_bomb(content)
        self._content = content
        reader = _opened(content, data_only=True)
        self._values = reader.wb
        self._parts: dict[str, str] = {}
        """The path of each worksheet in the archive."""
        for sheet, relationship in reader.parser.find_sheets():
            self._parts.setdefault(sheet.name, relationship.target)
        pages = self._values.worksheets[:MAX_WORKSHEETS]
        self.names: list[str] = [page.title for page in pages if page.sheet_state == "visible"]
        self.names = self.names or [page.title for page in pages]

    def names_with_rows(self) -> list[str]:
        """Return the names of the worksheets that have rows to send.

        If there are none, return the names of all worksheets that have any content.
        """
        counts = {name: self._filled_count(name) for name in self.names}
        full = [name for name, count in counts.items() if count >= _LEAST_FILLED]
        return full or [name for name, count in counts.items() if count]

    def rows(self, name: str) -> Iterator[Row]:
        """Yield all rows of a worksheet, including empty rows."""
        values = self._values[name]
        traits = page_traits(self._content, self._parts[name])
        # Values lack formulas without a stored result, so the sheet is read a second time with its formulas.
        formulas = _opened(self._content, data_only=False).wb[name] if traits.has_formulas else None
        beside = _rows_of(formulas) if formulas is not None else repeat(())
        number = 0
        try:
            for number, (of_values, of_formulas) in enumerate(zip(_rows_of(values), beside, strict=False), 1):
                if number > _LAST_ROW:
                    raise InputError("sheet.too_many_rows", max=MAX_ROWS)
                cells = zip_longest(of_values, of_formulas)
                yield number, [cell_of(value, formula) for value, formula in cells], number in traits.hidden
        except (InputError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  undocumented errors, see ``_opened``
            _refuse(error, f"after row {number}")

    def _filled_count(self, name: str) -> int:
        count = 0
        try:
            for number, row in enumerate(_rows_of(self._values[name]), 1):
                count += any(cell.value not in (None, "") for cell in row)
                if count == _LEAST_FILLED or number > _LAST_ROW:
                    break
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  same
            _refuse(error, "while it was looked through")
        return count


def _rows_of(page: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of each row of a worksheet, without the empty cells at the end."""
    # The size declared in the file may be wrong, and costs time if it is too large.
    page.reset_dimensions()
    for row in page.iter_rows(max_col=MAX_COLUMNS + 1):
        count = len(row)
        while count and row[count - 1].value is None:
            count -= 1
        yield row[:count]


def _opened(content: bytes, *, data_only: bool) -> ExcelReader:
    """Return the reader that ``load_workbook`` uses, because its result lacks the paths of worksheets in the file."""
    from openpyxl.reader.excel import ExcelReader

    # Unsupported features, such as lists of allowed values, do not matter here.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
        reader.read()
    except MemoryError:
        raise
    # Damage leads to undocumented errors: KeyError, ValueError, BadZipFile, ParseError and others were seen.
    except Exception as error:  # noqa: BLE001
        _refuse(error, "when it was opened", _what_zip_is_this(content))
    return reader


def _refuse(error: Exception, when: str, code: str = "sheet.damaged") -> NoReturn:
    # The parser reports a lack of memory with this text.
    if "out of memory" in str(error):
        raise MemoryError from None
    raise InputError(code, f"{type(error).__name__} {when}") from None


def _refuse_bomb(content: bytes) -> None:
    """Raise InputError if the unpacked file would fill the memory. A few kilobytes can contain gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size_bytes = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise InputError("sheet.damaged", type(error).__name__) from None
    if size_bytes > _MAX_UNPACKED_BYTES:
        raise InputError("sheet.too_large", size_mb=size_bytes // _MIB, max_mb=_MAX_UNPACKED_BYTES // _MIB)


def _what_zip_is_this(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    return "sheet.damaged" if any(name.startswith("xl/") for name in names) else "sheet.not_a_sheet"
