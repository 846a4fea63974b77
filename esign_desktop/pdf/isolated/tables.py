"""Write tables as a PDF in a separate process, so that the application itself does not load the PDF library.

Latin letters are set in Helvetica, and all other letters in the PDF library's CJK font. The line widths therefore match
``domain.text_fit``.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.added_pages import FRAME, AddedTable, CellLook, laid_out
from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.domain.text_fit import width_em
from esign_desktop.pdf.isolated.run import LIMIT_S, run_isolated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.added_pages import PlacedCell

MOST_BYTES: Final = 16 * 1024 * 1024
_RUNS: Final = re.compile(r"[ -~]+|[^ -~]+")
_GREY: Final = (0.47, 0.49, 0.53)
_HEADER: Final = (0.94, 0.945, 0.957)
_RULE_PT: Final = 0.5


def table_pdf(table: AddedTable, *, limit_s: float = LIMIT_S) -> bytes:
    """Return the pages of a table as a PDF. This call blocks.

    Raises InputError ``table.no_such_letters`` if a character is missing from both fonts, and the PdfErrors of
    ``run_isolated``.
    """
    found = [*run_isolated("table", write_table, table, limit_s=limit_s, most_bytes=2 * MOST_BYTES, prepare=load)]
    if found == [""]:
        raise InputError("table.no_such_letters")
    try:
        (text,) = found
        pdf = base64.b64decode(text, validate=True)
    except (ValueError, TypeError, binascii.Error):
        raise PdfError("pdf.worker_died", "table", retryable=True) from None
    if not pdf.startswith(b"%PDF-"):
        raise PdfError("pdf.worker_died", "table", retryable=True)
    return pdf


def load(table: AddedTable) -> tuple[Any, ...]:
    """Import the PDF library and open the fonts, in the child process."""
    from esign_desktop.pdf.worker.library import package

    return package, package.Font("helv"), package.Font("cjk"), table


def write_table(package: Any, latin: Any, other: Any, table: AddedTable) -> str:
    """Write the pages of a table, in the child process, and return the PDF in Base64.

    Return an empty string if a character is missing from both fonts.
    """
    pages = laid_out(table)
    letters = {letter for page in pages for cell in page for line in cell.lines for letter in line}
    if any(not (latin if " " <= letter <= "~" else other).has_glyph(ord(letter)) for letter in letters):
        return ""
    pdf = package.open()
    for cells in pages:
        page = pdf.new_page(width=FRAME.width_pt, height=FRAME.height_pt)
        writer = package.TextWriter(page.rect)
        for cell in cells:
            _frame(package, page, cell)
            for left, base, line in cell.placed_lines():
                for offset_pt, run, is_latin in _runs(line, cell.size_pt):
                    point = (left + offset_pt, FRAME.height_pt - base)
                    writer.append(point, run, font=latin if is_latin else other, fontsize=cell.size_pt)
        writer.write_text(page)
    pdf.subset_fonts()
    return base64.b64encode(pdf.tobytes(garbage=3, deflate=True)).decode("ascii")


def _frame(package: Any, page: Any, cell: PlacedCell) -> None:
    if cell.look is CellLook.TITLE:
        return
    rect, high = cell.rect, FRAME.height_pt
    fill = _HEADER if cell.look is CellLook.HEADER else None
    box = package.Rect(rect.left_pt, high - rect.top_pt, rect.right_pt, high - rect.bottom_pt)
    page.draw_rect(box, color=_GREY, fill=fill, width=_RULE_PT)


def _runs(line: str, size_pt: float) -> Iterator[tuple[float, str, bool]]:
    """Yield the runs of text in one font: offset in points, text, and whether it is Latin."""
    offset_pt = 0.0
    for run in _RUNS.findall(line):
        yield offset_pt, run, " " <= run[0] <= "~"
        offset_pt += width_em(run) * size_pt
