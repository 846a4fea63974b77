"""Writes sheets: an empty one with a preset's headings, rows to correct, and tables for others to read.

Cells of workbooks are text, so that no program rounds an ID number; of CSV files none begins as a formula does.
"""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.bulk_columns import offers_of
from esign_desktop.domain.bulk_headings import heading_of
from esign_desktop.domain.preset_edits import role_title
from esign_desktop.store.disk_errors import disk_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from esign_desktop.domain.bulk_sheet import Sheet
    from esign_desktop.domain.preset import Preset

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TEXT: Final = "@"
_WIDTH: Final = 22
_EMPTY_ROWS: Final = 200


def save_template(preset: Preset, target: Path) -> None:
    """Write an empty sheet with headings that ``match_columns`` knows; what staff and branch are stays the preset's.

    A workbook, unless the target is called .csv. Raises StoreError.
    """
    titles = {role.id: role_title(role) for role in preset.roles}
    customers = {role.id for role in preset.customers}
    headings = []
    for offer in offers_of(preset):
        role_id = offer.target.role_id
        if role_id is None or role_id in customers:
            title = titles[role_id] if role_id is not None and offer.role_title else ""
            headings.append(heading_of(offer.target, title))
    _save([headings], target, empty_rows=_EMPTY_ROWS)


def save_rows(sheet: Sheet, row_indexes: Iterable[int], target: Path) -> int:
    """Write some of a sheet's rows as they stand now, under its headings, and return how many. Raises StoreError."""
    rows = [sheet.rows[index].cells for index in row_indexes]
    _save([sheet.headings, *rows], target)
    return len(rows)


def save_table(headings: Sequence[str], rows: Iterable[Sequence[str]], target: Path) -> None:
    """Write a table as CSV, with a mark without which Excel takes Chinese for something else. Raises StoreError."""
    _replace(target, _csv([headings, *rows]))


def _save(rows: Sequence[Sequence[str]], target: Path, *, empty_rows: int = 0) -> None:
    _replace(target, _csv(rows) if target.suffix.lower() == ".csv" else _workbook(rows, empty_rows))


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _harmless(cell: str) -> str:
    plain = "".join(" " if ord(character) < 32 else character for character in cell)
    return f"'{plain}" if cell.startswith(_FORMULA_STARTS) else plain


def _workbook(rows: Sequence[Sequence[str]], empty_rows: int) -> bytes:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A2"
    width = max(map(len, rows), default=0)
    for number in range(1, width + 1):
        page.column_dimensions[get_column_letter(number)].width = _WIDTH
    bold = Font(bold=True)
    for index, row in enumerate((*rows, *[("",) * width] * empty_rows)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(page, _CONTROLS.sub(" ", text) or None)
            # Else a text that begins with = is computed.
            cell.data_type = "s" if text else cell.data_type
            cell.number_format = _TEXT
            if index == 0:
                cell.font = bold
            cells.append(cell)
        page.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _replace(target: Path, content: bytes) -> None:
    """Put a whole file in the place of whatever was there, or leave that as it is."""
    part = target.with_name(f".{uuid4().hex[:8]}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise disk_error(error) from error
