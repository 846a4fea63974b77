"""Write sheets: an empty sheet with the headings for a preset, or rows that have to be corrected.

All cells of workbooks contain text, so that no program rounds an ID number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.bulk.columns import offers_of
from esign_desktop.domain.bulk.headings import heading_of
from esign_desktop.domain.bulk.sheet import MAX_COLUMNS
from esign_desktop.domain.signer import title_of
from esign_desktop.services.sheets.csv_file import csv_bytes, save_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.preset.preset import Preset

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TEXT: Final = "@"
_WIDTH: Final = 22
_EMPTY_ROWS: Final = 200


def save_template(preset: Preset, target: Path) -> None:
    """Write an empty sheet with headings that ``match_columns`` recognizes. Raises StoreError.

    There are no columns for staff and branches, because their data comes from the preset. The file is a workbook unless
    its suffix is .csv.
    """
    titles = {role.id: title_of(role) for role in preset.signers}
    customers = {role.id for role in preset.customers}
    headings = []
    for offer in offers_of(preset):
        role_id = offer.target.role_id
        if role_id is None or role_id in customers:
            title = titles[role_id] if role_id is not None and offer.role_title else ""
            headings.append(heading_of(offer.target, title))
    _save([headings], target, empty_rows=_EMPTY_ROWS)


@dataclass(frozen=True, slots=True)
class RowNotes:
    """Notes to be written beside saved rows, in the language of the window.

    ``numbers`` and ``reasons`` are keyed by the index of the row in the sheet.
    """

    row_heading: str
    reason_heading: str
    numbers: Mapping[int, str]
    reasons: Mapping[int, str] = field(repr=False)


def save_rows(
    sheet: Sheet,
    row_indexes: Iterable[int],
    target: Path,
    *,
    headings: Sequence[str] | None = None,
    notes: RowNotes | None = None,
) -> int:
    """Write rows in their current state, and return the number of rows written. Raises StoreError.

    ``headings`` replace the sheet's own headings. In a workbook, hidden rows stay hidden. A CSV file cannot hide rows,
    so hidden rows are left out to keep them from being sent by mistake. ``notes`` are written to separate columns,
    which replace those of an earlier export.
    """
    is_csv = target.suffix.lower() == ".csv"
    indexes = [index for index in row_indexes if not (is_csv and sheet.rows[index].is_hidden)]
    table = [list(headings or sheet.headings), *(list(sheet.rows[index].cells) for index in indexes)]
    if notes is not None:
        _add_notes(table, indexes, notes)
    hidden = frozenset(number for number, index in enumerate(indexes, 2) if sheet.rows[index].is_hidden)
    _save(table, target, hidden=hidden)
    return len(indexes)


def _add_notes(table: list[list[str]], indexes: Sequence[int], notes: RowNotes) -> None:
    own = [notes.row_heading, notes.reason_heading]
    has_earlier = table[0][-len(own) :] == own
    if not has_earlier and len(table[0]) + len(own) > MAX_COLUMNS:
        # With more columns, the sheet could not be read again.
        return
    if not has_earlier:
        table[0] += own
    for index, cells in zip(indexes, table[1:], strict=True):
        if has_earlier:
            # Keep the number, which refers to the sheet that the row first came from.
            cells[-1] = notes.reasons[index]
        else:
            cells += [notes.numbers[index], notes.reasons[index]]


def headings_for(sheet: Sheet, preset: Preset, columns: ColumnChoice) -> tuple[str, ...]:
    """Return the headings of a sheet or, if the sheet has none, headings by which its columns are recognized."""
    if sheet.has_headings:
        return sheet.headings
    titles = {offer.target: offer.role_title for offer in offers_of(preset)}
    return tuple("" if target is None else heading_of(target, titles.get(target, "")) for target in columns)


def _save(
    rows: Sequence[Sequence[str]], target: Path, *, empty_rows: int = 0, hidden: Collection[int] = frozenset()
) -> None:
    is_csv = target.suffix.lower() == ".csv"
    save_whole(csv_bytes(rows) if is_csv else _workbook(rows, empty_rows, hidden), target)


def _workbook(rows: Sequence[Sequence[str]], empty_rows: int, hidden: Collection[int]) -> bytes:
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
    for number in hidden:
        page.row_dimensions[number].hidden = True
    bold = Font(bold=True)
    for index, row in enumerate((*rows, *[("",) * width] * empty_rows)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(page, _CONTROLS.sub(" ", text) or None)
            # Otherwise, text that begins with = would be evaluated.
            cell.data_type = "s" if text else cell.data_type
            cell.number_format = _TEXT
            if index == 0:
                cell.font = bold
            cells.append(cell)
        page.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def save_table(rows: Sequence[Sequence[str]], target: Path) -> None:
    """Write a table whose first row contains the headings. Raises StoreError.

    The file is a workbook unless its suffix is .csv.
    """
    _save(rows, target)
