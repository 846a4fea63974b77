"""An index of the contract's marks by page, which also finds the mark at a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import PlacementId, SealMark
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.viewer.layout import PageSlot

_MIN_TARGET_PX: Final = 10.0
"""The minimum width and height of a mark's clickable area, because a slice may be very thin."""


class MarkIndex:
    """Finds the session's marks by page, placement or point. The marks are grouped again only if they have changed."""

    def __init__(self, session: ContractSession) -> None:
        self._session = session
        self._sorted: tuple[SealMark, ...] | None = None
        self._by_page: dict[tuple[DocumentId, int], list[SealMark]] = {}

    def on_page(self, document_id: DocumentId, page_number: int) -> Iterable[SealMark]:
        """Return the marks of a page in the order in which they are painted, so that the topmost is the last."""
        marks = self._session.marks
        if marks is not self._sorted:
            self._sorted = marks
            self._by_page = {}
            for mark in marks:
                self._by_page.setdefault((mark.document_id, mark.page_number), []).append(mark)
        return self._by_page.get((document_id, page_number), ())

    def of_placement(self, placement_id: PlacementId) -> tuple[SealMark, ...]:
        """Return the marks of a placement, in page order."""
        return tuple(mark for mark in self._session.marks if mark.placement_id == placement_id)

    def at(self, slot: PageSlot, x_px: float, y_px: float) -> SealMark | None:
        """Return the topmost mark at a point of a page, or None. The point is in the coordinates of the page layout."""
        point = QPointF(x_px, y_px)
        found = None
        for mark in self.on_page(slot.document_id, slot.page_number):
            area = QRectF(*slot.rect_px(mark.rect))
            across, down = max(0.0, _MIN_TARGET_PX - area.width()) / 2, max(0.0, _MIN_TARGET_PX - area.height()) / 2
            if area.adjusted(-across, -down, across, down).contains(point):
                found = mark
        return found

    def in_reading_order(self, marks: Iterable[SealMark]) -> tuple[PlacementId, ...]:
        """Return the placements of marks in reading order: by document, page, top and left position."""
        draft = self._session.draft
        order = {document.id: index for index, document in enumerate(draft.documents)}

        def place(mark: SealMark) -> tuple[float, ...]:
            shown = draft.document(mark.document_id).frame(mark.page_number).rect_to_display(mark.rect)
            return order[mark.document_id], mark.page_number, shown.top_pt, shown.left_pt

        return tuple(dict.fromkeys(mark.placement_id for mark in sorted(marks, key=place)))
