"""Read or search one page: quickly if the page is plain, and otherwise glyph by glyph."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.limits import MAX_PAGE_CHARACTERS
from esign_desktop.pdf.text import search
from esign_desktop.pdf.text.folding import fold_glyph, fold_long
from esign_desktop.pdf.text.index import PageText, Reading, characters_only
from esign_desktop.pdf.text.layout import passages
from esign_desktop.pdf.text.plain_page import NotPlainError, folded, plain_passages, searched_rows

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.pdf.text.layout import LineBox
    from esign_desktop.pdf.worker.document import MupdfDocument

_NO_TEXT: Final = PageText(Reading.PLAIN, has_text=False, folded="")


def read_page(document: MupdfDocument, page_index: int, frame: PageFrame, *, carefully: bool) -> PageText:
    """Return the text of a page. A page that cannot be drawn has no text.

    If ``carefully`` is false, only the set of characters is returned for a page that is not plain.
    """
    try:
        text = _read(document, page_index, frame, carefully=carefully)
    except PdfError as error:
        if error.code == "pdf.page_failed":
            # Such a page has no text to place a mark at; the error is reported when the page is displayed.
            return _NO_TEXT
        raise
    return characters_only(text) if len(text.folded) > MAX_PAGE_CHARACTERS else text


def _read(document: MupdfDocument, page_index: int, frame: PageFrame, *, carefully: bool) -> PageText:
    boxes = document.line_boxes(page_index)
    if boxes is not None:
        has_text = any(box.text and not box.text.isspace() for box in boxes)
        plain = plain_passages(boxes, frame)
        if plain is not None:
            return PageText(Reading.PLAIN, has_text, folded(plain))
        if not carefully:
            return PageText(Reading.CHARACTERS, has_text, _characters(boxes))
    lines = document.text_lines(page_index)
    has_text = any(glyph.text and not glyph.text.isspace() for line in lines for glyph in line.glyphs)
    return PageText(Reading.CAREFUL, has_text, search.page_text(passages(lines, frame)))


def _characters(boxes: tuple[LineBox, ...]) -> str:
    text = "".join([box.text for box in boxes])
    # Both with and without characters that combine into one.
    return "".join(sorted(set(fold_long(text)).union(*map(fold_glyph, set(text)))))


def find_on_page(
    document: MupdfDocument, page_index: int, frame: PageFrame, wanted: search.Keyword
) -> tuple[KeywordHit, ...]:
    """Return the matches on a page, from top to bottom as the page is displayed."""
    if not wanted.can_match:
        return ()
    try:
        boxes = document.line_boxes(page_index)
        plain = plain_passages(boxes, frame) if boxes is not None else None
        if plain is not None:
            with suppress(NotPlainError):
                rows = searched_rows(plain, wanted.folded, frame, partial(document.text_lines, page_index))
                return search.find_on_page(rows, wanted, frame, page_index + 1)
        rows_of_glyphs = passages(document.text_lines(page_index), frame)
        return search.find_on_page(rows_of_glyphs, wanted, frame, page_index + 1)
    except PdfError as error:
        if error.code == "pdf.page_failed":
            return ()
        raise
