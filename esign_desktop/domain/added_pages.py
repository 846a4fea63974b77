"""The blocks that are appended to a contract made from a template: tables, and pages of PDF files.

The platform appends the blocks as extra pages (platform documentation 4.8.2, chunkedFields). The preview of a table and
the PDF that is sent use the same layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.text_fit import width_em, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ADDED_PAGES: Final = 10
"""The maximum number of pages for all blocks of one contract together."""
MOST_ADDED_BYTES: Final = 8 * 1024 * 1024
"""The maximum size of all appended PDF files of one contract together. The platform documents no limit."""
MOST_ROWS: Final = 1000
MOST_COLUMNS: Final = 20
MOST_CELL_CHARACTERS: Final = 1000

FRAME: Final = PageFrame(595.0, 842.0)
"""The frame of an appended page: A4, portrait."""
_MARGIN_PT: Final = 56.0
TEXT_PT: Final = 10.0
TITLE_PT: Final = 14.0
LINE_PT: Final = 13.0
_TITLE_LINE_PT: Final = 19.0
PADDING_PT: Final = 4.0
_AFTER_TITLE_PT: Final = 8.0
_NARROWEST_EM: Final = 2.0
_WIDEST_EM: Final = 24.0
_WIDTH_PT: Final = FRAME.width_pt - 2 * _MARGIN_PT
_TOP_PT: Final = FRAME.height_pt - _MARGIN_PT
_MOST_LINES: Final = int((_TOP_PT - _MARGIN_PT - 2 * PADDING_PT) / LINE_PT)

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AddedTable:
    """A table that is appended to a contract as extra pages.

    If ``has_header`` is set, the first row is repeated at the top of every page. ``after_page`` is the number, counted
    from 1, of the page after which the platform is asked to insert the table (pagePos), or None if no page was chosen.
    The platform reserves this field for future use and currently appends all pages at the end.
    """

    rows: Rows = field(default=(), repr=False)
    title: str = field(default="", repr=False)
    has_header: bool = True
    after_page: int | None = None


@dataclass(frozen=True, slots=True)
class AddedPdf:
    """Pages of a PDF file that are appended to a contract.

    ``path`` is this program's copy of the pages, and ``sha256`` and ``size_bytes`` describe the copy's bytes at the
    time when the pages were added. All pages of the copy are appended. A preset's block has no ``path``: its copy is
    stored under its hash. ``name`` is the name of the file from which the pages were taken, and ``after_page`` is that
    of ``AddedTable``.
    """

    name: str
    sha256: str
    size_bytes: int
    frames: tuple[PageFrame, ...]
    path: str = ""
    after_page: int | None = None


AddedBlock = AddedTable | AddedPdf


class CellLook(StrEnum):
    """The role of a table cell. The role determines the cell's style."""

    TITLE = "title"
    HEADER = "header"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell placed on a page, with the lines of its text from top to bottom. ``rect`` is in page space.

    A title cell has no border, and its lines are centered.
    """

    rect: PageRect
    lines: tuple[str, ...] = field(repr=False)
    look: CellLook = CellLook.BODY

    @property
    def size_pt(self) -> float:
        """The font size of the cell's text, in points."""
        return TITLE_PT if self.look is CellLook.TITLE else TEXT_PT

    def placed_lines(self) -> Iterator[tuple[float, float, str]]:
        """Yield each line as the x coordinate of its left end, the y coordinate of its baseline, and its text.

        Both coordinates are in page space, in points.
        """
        step, size = (_TITLE_LINE_PT, TITLE_PT) if self.look is CellLook.TITLE else (LINE_PT, TEXT_PT)
        top = self.rect.top_pt - (0.0 if self.look is CellLook.TITLE else PADDING_PT)
        for index, line in enumerate(self.lines):
            left = self.rect.left_pt + PADDING_PT
            if self.look is CellLook.TITLE:
                left = self.rect.center.x_pt - width_em(line) * size / 2
            yield left, top - index * step - size, line


Page = tuple[PlacedCell, ...]


def frames_of(blocks: Iterable[AddedBlock]) -> tuple[PageFrame, ...]:
    """Return the frames of the pages of all blocks, in order. Each block starts on a new page.

    An empty table has no pages.
    """
    return tuple(frame for block in blocks for frame in _frames(block))


def block_at(blocks: Iterable[AddedBlock], index: int) -> tuple[AddedBlock, int] | None:
    """Return the block of an appended page, and the index of the page in the block, or None if there is no such page.

    Both indices are counted from 0; ``index`` is counted from the first appended page.
    """
    for block in blocks:
        count = len(_frames(block))
        if index < count:
            return block, index
        index -= count
    return None


def bytes_of(blocks: Iterable[AddedBlock]) -> int:
    """Return the size of the blocks that are pages of PDF files, in bytes."""
    return sum(block.size_bytes for block in pdfs_of(blocks))


def pdfs_of(blocks: Iterable[AddedBlock]) -> tuple[AddedPdf, ...]:
    """Return the blocks that are pages of PDF files, in order."""
    return tuple(block for block in blocks if isinstance(block, AddedPdf))


def _frames(block: AddedBlock) -> tuple[PageFrame, ...]:
    return block.frames if isinstance(block, AddedPdf) else (FRAME,) * len(laid_out(block))


@lru_cache(64)
def laid_out(table: AddedTable) -> tuple[Page, ...]:
    """Return the pages of one table. An empty table has no pages.

    The number of pages may exceed MOST_ADDED_PAGES.
    """
    rows = tuple(row for row in table.rows if any(cell.strip() for cell in row))
    if not rows and not table.title.strip():
        return ()
    widths_pt = _column_widths(rows)
    broken = [tuple(map(_cell_lines, _padded(row, len(widths_pt)), widths_pt)) for row in rows]
    header = broken[:1] if table.has_header and len(broken) > 1 else []
    return tuple(_pages(table.title.strip(), header, broken[len(header) :], widths_pt))


_BrokenRow = tuple[tuple[str, ...], ...]


def _pages(
    title: str, header: list[_BrokenRow], body: list[_BrokenRow], widths_pt: tuple[float, ...]
) -> Iterator[Page]:
    cells: list[PlacedCell] = []
    y_pt = _TOP_PT
    if title:
        lines = wrapped(title, _WIDTH_PT / TITLE_PT)
        height_pt = len(lines) * _TITLE_LINE_PT
        cells.append(_cell(_MARGIN_PT, y_pt, _WIDTH_PT, height_pt, lines, CellLook.TITLE))
        y_pt -= height_pt + _AFTER_TITLE_PT
    has_body = False
    for row in header:
        y_pt = _put(cells, row, widths_pt, y_pt, CellLook.HEADER)
    for row in (part for body_row in body for part in _parts(body_row, _MOST_LINES - _lines(header))):
        if has_body and y_pt - _height_pt(row) < _MARGIN_PT:
            yield tuple(cells)
            cells, y_pt = [], _TOP_PT
            for header_row in header:
                y_pt = _put(cells, header_row, widths_pt, y_pt, CellLook.HEADER)
        y_pt = _put(cells, row, widths_pt, y_pt, CellLook.BODY)
        has_body = True
    yield tuple(cells)


def _put(cells: list[PlacedCell], row: _BrokenRow, widths_pt: tuple[float, ...], y_pt: float, look: CellLook) -> float:
    """Append the row's cells with their upper edge at ``y_pt``, and return the y of their lower edge in page space."""
    left_pt, height_pt = _MARGIN_PT, _height_pt(row)
    for lines, width_pt in zip(row, widths_pt, strict=True):
        cells.append(_cell(left_pt, y_pt, width_pt, height_pt, lines, look))
        left_pt += width_pt
    return y_pt - height_pt


def _cell(
    left_pt: float, top_pt: float, width_pt: float, height_pt: float, lines: tuple[str, ...], look: CellLook
) -> PlacedCell:
    return PlacedCell(PageRect(left_pt, top_pt - height_pt, left_pt + width_pt, top_pt), lines, look)


def _height_pt(row: _BrokenRow) -> float:
    return max(1, *(len(lines) for lines in row), 0) * LINE_PT + 2 * PADDING_PT


def _lines(header: list[_BrokenRow]) -> int:
    """Return the number of lines to reserve on each page for the title and header, at most half of the page."""
    return min(_MOST_LINES // 2, sum(max(map(len, row)) + 1 for row in header) + 3)


def _parts(row: _BrokenRow, most_lines: int) -> Iterator[_BrokenRow]:
    """Split a row that is too tall for one page into parts that fit."""
    longest = max(map(len, row))
    for start in range(0, max(1, longest), most_lines):
        yield tuple(lines[start : start + most_lines] for lines in row)


def _cell_lines(text: str, width_pt: float) -> tuple[str, ...]:
    return wrapped(text.strip(), (width_pt - 2 * PADDING_PT) / TEXT_PT)


def _padded(row: tuple[str, ...], count: int) -> tuple[str, ...]:
    return (*row, *("" for _ in range(count - len(row))))


def _column_widths(rows: Rows) -> tuple[float, ...]:
    """Divide the page width among the columns according to their content, and return the width of each in points.

    The share of a very long column is limited so that space remains for the others.
    """
    count = max((len(row) for row in rows), default=1)
    wants = [
        min(_WIDEST_EM, max((width_em(row[at]) for row in rows if at < len(row)), default=0.0)) for at in range(count)
    ]
    wants = [max(_NARROWEST_EM, want) + 2 * PADDING_PT / TEXT_PT for want in wants]
    return tuple(_WIDTH_PT * want / sum(wants) for want in wants)
