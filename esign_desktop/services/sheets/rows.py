"""Turns a sheet's bytes into plain rows, in a process of its own: the file may be anybody's.

Yields what ``reading`` puts together: which worksheets there are, then the rows by the dozen, or one refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.bulk.sheet import HEADING_ROWS, MAX_CELL_TEXT, MAX_COLUMNS, MAX_ROWS, MAX_SHEET_TEXT
from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.services.sheets.cells import Row

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_BATCH: Final = 50
_MILLION: Final = 1_000_000


def load(content: bytes, *questions: object) -> tuple[object, ...]:
    """Import what reading needs: afterwards nothing can be opened any more. Does not look at the content."""
    from esign_desktop.services.sheets import csv_text, workbook  # noqa: F401

    workbook.load()
    return content, *questions


def read_rows(content: bytes, worksheet: str | None, is_choice_wanted: bool) -> Iterator[dict[str, Any]]:  # noqa: FBT001
    """Yield JSON; of a workbook the first worksheet with rows is read, unless one is named or is to be chosen."""
    try:
        if content.startswith(_OLE):
            raise InputError("sheet.encrypted" if _ENCRYPTED in content else "sheet.old_format")
        if content.startswith(_ZIP):
            yield from _of_workbook(content, worksheet, is_choice_wanted=is_choice_wanted)
        else:
            from esign_desktop.services.sheets.csv_text import csv_rows

            yield from _batches(csv_rows(content))
    except InputError as error:
        yield {"refused": error.code, "detail": error.detail, "params": error.params}


def _of_workbook(content: bytes, worksheet: str | None, *, is_choice_wanted: bool) -> Iterator[dict[str, Any]]:
    from esign_desktop.services.sheets.workbook import Workbook

    book = Workbook(content)
    names = book.names
    if worksheet is None:
        filled = book.names_with_rows()
        yield {"worksheets": names, "filled": filled}
        if not filled or (is_choice_wanted and len(filled) > 1):
            return
        worksheet = filled[0]
    elif worksheet not in names:
        raise InputError("sheet.no_rows")
    yield {"worksheets": names, "worksheet": worksheet}
    yield from _batches(book.rows(worksheet))


def _batches(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    batch: list[list[Any]] = []
    for number, cells, is_hidden in _filled(rows):
        damages = {str(index): cell.damage.value for index, cell in enumerate(cells) if cell.damage is not None}
        bare = {str(index): cell.bare for index, cell in enumerate(cells) if cell.bare}
        batch.append([number, [cell.text for cell in cells], damages, is_hidden, bare])
        if len(batch) == _BATCH:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows that hold anything, bounded; the columns on the right that hold nothing are cut off."""
    count = size = 0
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
        if count > MAX_ROWS + HEADING_ROWS:
            raise InputError("sheet.too_many_rows", max=MAX_ROWS)
        if size > MAX_SHEET_TEXT:
            raise InputError("sheet.too_much_text", max=MAX_SHEET_TEXT // _MILLION)
        yield number, cells[:used], is_hidden
