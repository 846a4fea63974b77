"""Which row of a sheet holds the headings, if any does: nobody's contract is lost since they stood in the first row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.bulk_contents import holds_a_person
from esign_desktop.domain.bulk_headings import known_heading_count, looks_like_headings
from esign_desktop.domain.bulk_sheet import HEADING_ROWS, MAX_ROWS, Sheet, SheetRow
from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_OF_A_TABLE = 2
"""A title has one cell."""


def lay_out(
    name: str, path: str, rows: Sequence[SheetRow], worksheet: str = "", worksheets: tuple[str, ...] = ()
) -> Sheet:
    """Make a sheet of its rows that hold anything. Raises InputError ``sheet.no_rows`` and ``sheet.too_many_rows``."""
    if not rows:
        raise InputError("sheet.no_rows")
    width = max(len(row.cells) for row in rows)
    rows = [replace(row, cells=(*row.cells, *("",) * (width - len(row.cells)))) for row in rows]
    first = rows[:HEADING_ROWS]
    at = next((index for index, row in enumerate(first) if looks_like_headings(row.cells)), None)
    if at is None:
        # Headings, or else the first contract, are the first row that is no title.
        at = next((index for index, row in enumerate(first) if _cell_count(row) >= _LEAST_OF_A_TABLE), 0)
    # Somebody above the headings is somebody, and is not left out without a word.
    above = [row for row in rows[:at] if _cell_count(row) >= _LEAST_OF_A_TABLE and holds_a_person(row.cells)]
    body = (*above, *rows[at + 1 :])
    sheet = Sheet(name, path, rows[at].cells, body, worksheet, worksheets, heading_row=rows[at])
    if holds_a_person(sheet.headings) and not looks_like_headings(sheet.headings):
        sheet = without_headings(sheet)
    if not sheet.rows:
        raise InputError("sheet.no_rows")
    if len(sheet.rows) > MAX_ROWS:
        raise InputError("sheet.too_many_rows", max=MAX_ROWS)
    return sheet


def without_headings(sheet: Sheet) -> Sheet:
    """Take the row of the headings for a contract like the others."""
    row = sheet.heading_row
    if row is None:
        return sheet
    rows = tuple(sorted((row, *sheet.rows), key=lambda one: one.number))
    return replace(sheet, headings=("",) * len(sheet.headings), rows=rows, heading_row=None)


def with_headings(sheet: Sheet) -> Sheet:
    """Take the first row for headings."""
    if sheet.heading_row is not None or len(sheet.rows) < _LEAST_OF_A_TABLE:
        return sheet
    first, *rest = sheet.rows
    return replace(sheet, headings=first.original or first.cells, rows=tuple(rest), heading_row=first)


def are_headings_doubtful(sheet: Sheet) -> bool:
    """Whether the first row may be a contract as well, since no heading in it is known."""
    return sheet.heading_row is not None and not known_heading_count(sheet.headings)


def _cell_count(row: SheetRow) -> int:
    return sum(map(bool, row.cells))
