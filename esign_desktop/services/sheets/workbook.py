"""Reads the worksheets of an .xlsx file with openpyxl. Runs in a process of its own.

What the reader of a worksheet's cells does not tell: which rows nobody sees, and whether anything is computed.

A clerk does not mean to send rows that are hidden or filtered out.
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

from esign_desktop.domain.bulk.sheet import MAX_COLUMNS, MAX_ROWS, MAX_WORKSHEETS
from esign_desktop.domain.errors import InputError
from esign_desktop.services.sheets.cells import cell_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

    from esign_desktop.services.sheets.cells import Row


_CHUNK_BYTES: Final = 1024 * 1024
_LONGEST_TAG: Final = 64 * 1024
"""What is longer is no row's tag, but a comment without end perhaps, which is not looked through again and again."""
_ROW: Final = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*)>")
_FORMULA: Final = re.compile(rb"<(?:[^\s<>/]+:)?f[\s/>]|\0")
"""The nought is of a text in another encoding, in which nothing here is found."""
_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true|on)["']""")


@dataclass(frozen=True, slots=True)
class PageTraits:
    """``hidden`` are the numbers of rows, from 1. Where it is not clear, there may be formulas."""

    hidden: frozenset[int]
    has_formulas: bool


def page_traits(content: bytes, part: str) -> PageTraits:
    """Look through one worksheet; ``part`` is its name in the workbook. Raises InputError ``sheet.damaged``."""
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
                # A tag that is not whole yet is looked at with the next chunk.
                begun = text.rfind(b"<")
                is_open = begun > text.rfind(b">") and len(text) - begun <= _LONGEST_TAG
                rest = text[begun:] if is_open else b""
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError("sheet.damaged", type(error).__name__) from None
    return PageTraits(frozenset(found), has_formulas)


_MIB: Final = 1024 * 1024
_MAX_UNPACKED_BYTES: Final = 200 * _MIB
_LAST_ROW: Final = 1_048_576
"""No spreadsheet program has more rows; empty ones are counted through."""
_LEAST_FILLED: Final = 2
"""Headings and a row: a worksheet with less holds nothing to send."""


def load() -> None:
    """Import what reading a workbook takes, by reading one."""
    import openpyxl

    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    openpyxl.load_workbook(empty, read_only=True, keep_links=False)


class Workbook:
    """Raises InputError ``sheet.damaged``, ``sheet.not_a_sheet`` and ``sheet.too_large``; MemoryError passes."""

    def __init__(self, content: bytes) -> None:
        _refuse_bomb(content)
        self._content = content
        self._values = _opened(content, data_only=True)
        pages = self._values.worksheets[:MAX_WORKSHEETS]
        self.names: list[str] = [one.title for one in pages if one.sheet_state == "visible"]
        self.names = self.names or [one.title for one in pages]

    def names_with_rows(self) -> list[str]:
        """Return the worksheets that hold something to send; those that hold anything at all, if there are none."""
        counts = {name: self._filled_count(name) for name in self.names}
        full = [name for name, count in counts.items() if count >= _LEAST_FILLED]
        return full or [name for name, count in counts.items() if count]

    def rows(self, name: str) -> Iterator[Row]:
        """Yield all rows of a worksheet."""
        values = self._values[name]
        traits = page_traits(self._content, values._worksheet_path)  # noqa: SLF001  told nowhere else
        # Of a formula without a result the values know nothing: they are read once more with the formulas.
        formulas = _opened(self._content, data_only=False)[name] if traits.has_formulas else None
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
        except Exception as error:  # noqa: BLE001  what damage leads to is not documented, see ``_opened``
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
    """Yield the cells of a worksheet's rows, without those on the right that hold nothing."""
    # The size that a file claims may be wrong, and costs time if it is too large.
    page.reset_dimensions()
    for row in page.iter_rows(max_col=MAX_COLUMNS + 1):
        count = len(row)
        while count and row[count - 1].value is None:
            count -= 1
        yield row[:count]


def _opened(content: bytes, *, data_only: bool) -> Any:
    import openpyxl

    # What it does not know, such as a list to choose a cell's value from, matters to nobody here.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    except MemoryError:
        raise
    # What damage leads to is not documented: KeyError, ValueError, BadZipFile, ParseError and others were seen.
    except Exception as error:  # noqa: BLE001
        _refuse(error, "when it was opened", _what_zip_is_this(content))


def _refuse(error: Exception, when: str, code: str = "sheet.damaged") -> NoReturn:
    # So the parser says it.
    if "out of memory" in str(error):
        raise MemoryError from None
    raise InputError(code, f"{type(error).__name__} {when}") from None


def _refuse_bomb(content: bytes) -> None:
    """Raise InputError for a file that would fill the memory: a few KB can hold gigabytes."""
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
