"""Parse cells that were copied from a spreadsheet program, as tab-separated text or as an HTML table."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.added_pages import MOST_CELL_CHARACTERS, MOST_COLUMNS, MOST_ROWS
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override

if TYPE_CHECKING:
    from esign_desktop.domain.added_pages import Rows

MOST_CHARACTERS: Final = 4_000_000
_SPACES: Final = re.compile(r"\s+")
_NO_TEXT: Final = frozenset({"style", "script", "title", "head"})


def pasted_cells(text: str, html: str = "") -> Rows:
    """Return the pasted cells, from an HTML table if there is one, or else from the plain text.

    If any limit is exceeded, no cells are returned. Raises InputError ``table.too_large`` (with the limits ``rows`` and
    ``columns``) or ``table.long_cell`` (with the limit ``most``).
    """
    if max(len(text), len(html)) > MOST_CHARACTERS:
        raise InputError("table.too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
    rows = _of_html(html) if "<table" in html.lower() else ()
    rows = trimmed(rows or _of_text(text))
    if len(rows) > MOST_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS:
        raise InputError("table.too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
    if any(len(cell) > MOST_CELL_CHARACTERS for row in rows for cell in row):
        raise InputError("table.long_cell", most=MOST_CELL_CHARACTERS)
    return rows


def trimmed(rows: Rows) -> Rows:
    """Return the cells without empty rows and columns at the end. All rows in the result have the same length."""
    width = max((at for row in rows for at, cell in enumerate(row, 1) if cell.strip()), default=0)
    height = max((at for at, row in enumerate(rows, 1) if any(cell.strip() for cell in row)), default=0)
    return tuple((*row[:width], *("" for _ in range(width - len(row)))) for row in rows[:height])


def _of_text(text: str) -> Rows:
    # As in a file, a cell that contains a line break or tab is quoted.
    lines = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline=""), delimiter="\t")
    try:
        return tuple(tuple(_plain(cell) for cell in line) for line in lines)
    except csv.Error:
        return tuple(tuple(map(_plain, line.split("\t"))) for line in text.splitlines())


def _of_html(html: str) -> Rows:
    reader = _TableReader()
    reader.feed(html)
    reader.close()
    return tuple(tuple(row) for row in reader.rows)


class _TableReader(HTMLParser):
    """A parser that collects the cells of all tables in a document, one table below the other.

    A cell that spans several columns is followed by empty cells.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._text: list[str] | None = None
        self._span = 1
        self._skipped = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._span = min(MOST_COLUMNS, max(1, int(span))) if span.isdecimal() else 1
            self._text = []
        elif tag == "br" and self._text is not None:
            self._text.append(" ")
        elif tag in _NO_TEXT:
            self._skipped += 1

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        elif tag in _NO_TEXT:
            self._skipped = max(0, self._skipped - 1)

    @override
    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._skipped:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._text is None:
            return
        if not self.rows:
            self.rows.append([])
        self.rows[-1].extend((_plain("".join(self._text)), *("" for _ in range(self._span - 1))))
        self._text = None


def _plain(cell: str) -> str:
    return _SPACES.sub(" ", cell).strip()
