"""Draw form values in their fields, and added tables, on the pages as the platform will draw them.

``domain.text_fit`` and ``domain.added_pages`` determine lines and sizes. Only the shapes of the letters are Qt's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QRegion, QTransform

from esign_desktop.domain.added_pages import AddedTable, CellLook, block_at, laid_out
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.text_fit import LINE_HEIGHT, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.added_pages import PlacedCell
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId, TemplateFilling, WantedField
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.ui.viewer.tool import PaintedPage

_INK: Final = QColor(16, 18, 27)
_FIELD: Final = QColor(79, 70, 229, 22)
_WANTED: Final = QColor(217, 119, 6, 46)
_CURRENT: Final = QColor(79, 70, 229)
_RULE: Final = QColor(120, 124, 135)
_HEADER: Final = QColor(240, 241, 244)
_FONT_PX: Final = 40
"""The font size, in pixels, at which letters are drawn. The painter scales them to their size on the page."""
_BASE: Final = 0.86
"""The distance from the top of a line to its baseline, as a share of the font size."""


class FormOverlay:
    """An overlay that paints the fields, form values and added tables of the draft that ``draft`` returns.

    ``current`` is the document id and the name of the field with the focus, or None.
    """

    def __init__(self, draft: Callable[[], ContractDraft]) -> None:
        self._draft = draft
        self._by_page: dict[int, tuple[tuple[WantedField, ...], dict[int, list[WantedField]]]] = {}
        self._font = QFont()
        self._font.setFamilies(["Helvetica", "Arial", "Liberation Sans", *QFont().families(), "Noto Sans CJK SC"])
        self._font.setPixelSize(_FONT_PX)
        self._font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self.current: tuple[str, str] | None = None
        self.is_printed = False
        """Whether values are shown as printed, without the backgrounds and frames of the fields.

        The default is False.
        """

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the fields of a page with their values or, on an added page, the part of the table on this page.

        Do nothing if the document has no form.
        """
        slot = page.slot
        document = next((one for one in self._draft().documents if one.id == slot.document_id), None)
        filling = None if document is None else document.template
        if document is None or filling is None:
            return
        own_count = document.page_count - filling.added_pages
        if slot.page_number > own_count:
            self._paint_table(painter, page, filling, slot.page_number - own_count - 1)
            return
        fields = self._fields_on(filling.wanted, slot.page_number)
        if fields:
            values = dict(filling.fields)
            seen = QRectF(painter.clipBoundingRect()) if painter.hasClipping() else page.area
            for one in fields:
                if one.rect is not None and page.rect(one.rect).intersects(seen):
                    self._paint_field(painter, page, document, one, values.get(one.name, ""))

    def changed_area(self, before: ContractDraft, after: ContractDraft, pages: Sequence[PaintedPage]) -> QRegion | None:
        """Return the area, in the coordinates of the view, in which the values on ``pages`` differ between two drafts.

        Return None if the drafts differ in more than form values, so that the whole view must be repainted.
        """
        area = QRegion()
        for old, new in zip(before.documents, after.documents, strict=False):
            if old is new:
                continue
            was, now = old.template, new.template
            if was is None or now is None or old.id != new.id or was.wanted is not now.wanted or old.pages != new.pages:
                return None
            differing = {name for name, _ in set(was.fields) ^ set(now.fields)}
            for page in pages:
                if page.slot.document_id == new.id:
                    fields = self._fields_on(now.wanted, page.slot.page_number)
                    for one in fields:
                        if one.name in differing and one.rect is not None:
                            area = area.united(page.rect(one.rect).toAlignedRect().adjusted(-2, -2, 2, 2))
        return area if len(before.documents) == len(after.documents) else None

    def fields(self, document_id: DocumentId, page_number: int) -> list[WantedField]:
        """Return the fields on a page of a document, in the order of its form. Empty for a document without a form."""
        filling = self._filling(document_id)
        return self._fields_on(filling.wanted, page_number) if filling is not None else []

    def value(self, document_id: DocumentId, name: str) -> str:
        """Return the value of a field, or an empty text if the document has no form or the field no value."""
        filling = self._filling(document_id)
        return dict(filling.fields).get(name, "") if filling is not None else ""

    def _filling(self, document_id: DocumentId) -> TemplateFilling | None:
        return next((one.template for one in self._draft().documents if one.id == document_id), None)

    def _fields_on(self, wanted: tuple[WantedField, ...], page_number: int) -> list[WantedField]:
        """Return the fields of a page.

        The result is cached, because the fields of a form do not depend on its values.
        """
        found = self._by_page.get(id(wanted))
        # The cache holds the tuple, so that no other object can get its id.
        if found is None or found[0] is not wanted:
            by_number: dict[int, list[WantedField]] = {}
            for one in wanted:
                if one.page_number is not None and one.rect is not None:
                    by_number.setdefault(one.page_number, []).append(one)
            if len(self._by_page) > len(self._draft().documents):
                self._by_page.clear()
            self._by_page[id(wanted)] = found = (wanted, by_number)
        return found[1].get(page_number, [])

    def _paint_field(
        self, painter: QPainter, page: PaintedPage, document: Document, wanted: WantedField, value: str
    ) -> None:
        rect = wanted.rect
        assert rect is not None  # noqa: S101  only such are painted
        area = page.rect(rect)
        if not self.is_printed:
            painter.fillRect(area, _WANTED if wanted.is_required and not value.strip() else _FIELD)
        if not self.is_printed and self.current == (document.id, wanted.name):
            painter.setPen(QPen(_CURRENT, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-1, -1, 1, 1))
        if not value:
            return
        drawn = fitted(value, rect.width_pt, rect.height_pt, wanted.size_pt)
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        _to_rect(painter, page, rect)
        for index, line in enumerate(drawn.lines):
            top = drawn.margin_pt + index * LINE_HEIGHT * drawn.size_pt
            self._draw(painter, drawn.margin_pt, top + (LINE_HEIGHT - 1 + _BASE) * drawn.size_pt, line, drawn.size_pt)
        painter.restore()

    def _paint_table(self, painter: QPainter, page: PaintedPage, filling: TemplateFilling, index: int) -> None:
        found = block_at(filling.blocks, index)
        if found is None or not isinstance(found[0], AddedTable):
            return
        table, table_index = found
        painter.save()
        painter.setClipRect(page.area, Qt.ClipOperation.IntersectClip)
        for cell in laid_out(table)[table_index]:
            self._paint_cell(painter, page, cell)
        painter.restore()

    def _paint_cell(self, painter: QPainter, page: PaintedPage, cell: PlacedCell) -> None:
        if cell.look is not CellLook.TITLE:
            painter.setPen(QPen(_RULE, 0))
            painter.setBrush(_HEADER if cell.look is CellLook.HEADER else Qt.BrushStyle.NoBrush)
            painter.drawRect(page.rect(cell.rect))
        painter.save()
        _to_rect(painter, page, cell.rect)
        for left, base, line in cell.placed_lines():
            self._draw(painter, left - cell.rect.left_pt, cell.rect.top_pt - base, line, cell.size_pt)
        painter.restore()

    def _draw(self, painter: QPainter, left_pt: float, base_pt: float, line: str, size_pt: float) -> None:
        painter.save()
        painter.translate(left_pt, base_pt)
        painter.scale(size_pt / _FONT_PX, size_pt / _FONT_PX)
        painter.setFont(self._font)
        painter.setPen(_INK)
        painter.drawText(QPointF(0, 0), line)
        painter.restore()


def _to_rect(painter: QPainter, page: PaintedPage, rect: PageRect) -> None:
    """Set the painter's coordinates to points, with the origin at the upper left corner of ``rect`` in page space."""
    corner = page.point(PagePoint(rect.left_pt, rect.top_pt))
    right = page.point(PagePoint(rect.left_pt + 1, rect.top_pt)) - corner
    down = page.point(PagePoint(rect.left_pt, rect.top_pt - 1)) - corner
    painter.setTransform(QTransform(right.x(), right.y(), down.x(), down.y(), corner.x(), corner.y()), combine=True)
