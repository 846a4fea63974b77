"""Writes sheets: an empty one with a preset's headings, and rows to correct.

Cells of workbooks are text, so that no program rounds an ID number.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.bulk_columns import offers_of
from esign_desktop.domain.bulk_headings import heading_of
from esign_desktop.domain.preset_edits import role_title
from esign_desktop.services.sheets.csv_table import csv_bytes, save_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from esign_desktop.domain.bulk_sheet import Sheet
    from esign_desktop.domain.preset import Preset

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


def _save(rows: Sequence[Sequence[str]], target: Path, *, empty_rows: int = 0) -> None:
    is_csv = target.suffix.lower() == ".csv"
    save_whole(csv_bytes(rows) if is_csv else _workbook(rows, empty_rows), target)


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
