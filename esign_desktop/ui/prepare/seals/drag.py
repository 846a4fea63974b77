"""Moving and resizing seals with the mouse.

The position after each mouse movement is computed from the start of the drag, so that rounding errors do not add up.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PageRect, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_center, shift_on_page
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    CoordinatePlacement,
    CrossPagePlacement,
    FallbackPoint,
    KeywordPlacement,
    Placement,
    SealMark,
    horizontal_pt,
    seal_width_pt,
    vertical_pt,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.ui.prepare.tools.context import ToolContext
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import Pointer

_numbers: Final = count(1)


class _Drag:
    """A drag of the selected placements. All its changes form a single undo step.

    ``mark`` is the mark under the mouse. Raises ValueError if the pointer is not on a page.
    """

    name = EditName.MOVE_SEALS

    def __init__(self, context: ToolContext, mark: SealMark, pointer: Pointer) -> None:
        if pointer.slot is None:
            raise ValueError("a drag begins on a page")
        self._context = context
        self._mark = mark
        self._before = context.session.draft
        # The start is in display coordinates of the page, which do not change when the user zooms or scrolls.
        self._start_slot = pointer.slot
        self._start = pointer.slot.to_display(pointer.x_px, pointer.y_px)
        self._merge_key = f"drag-{next(_numbers)}"
        self._has_changed = False
        self._left = self._before.placements
        context.guides.take_hold(context.selection.ids, mark.placement_id)

    @property
    def is_over(self) -> bool:
        """Whether the placements were changed by another edit, such as an undo, so that the drag cannot continue."""
        return self._context.session.draft.placements is not self._left

    def _dragged(self) -> list[Placement]:
        ids = self._context.selection.ids
        return [p for p in self._before.placements if p.id in ids]

    def _slot(self) -> PageSlot:
        """Return the current slot of the page on which the drag started."""
        layout = self._context.view.page_layout
        return layout.slot(self._start_slot.document_id, self._start_slot.page_number) or self._start_slot

    def _width_pt(self, placement: Placement) -> float:
        return seal_width_pt(placement, self._before.signer(placement.signer_id), self._before.behaviour)

    def _replace(self, placements: Iterable[Placement]) -> None:
        edit = partial(_replaced, placements=tuple(placements))
        self._context.session.apply(self.name, edit, merge_key=self._merge_key)
        self._left = self._context.session.draft.placements
        self._has_changed = self._context.session.draft != self._before

    def finish(self) -> None:
        """End the drag with the current positions and sizes, for example when the mouse button is released."""
        self._context.session.end_merging()
        self._context.guides.let_go()
        self._context.repaint()

    def cancel(self) -> None:
        """End the drag, and undo its changes, unless another edit has followed them."""
        is_over = self.is_over
        self.finish()
        if self._has_changed and not is_over and self._context.session.undo_name is self.name:
            self._context.session.undo()


class SealDrag(_Drag):
    """Moves the selected seals. Fixed seals of a single page can also move to other pages and documents."""

    def move_to(self, pointer: Pointer) -> None:
        """Move the seals with the mouse, and align the dragged seal with a guide if ``pointer.snaps`` is True."""
        moved = self._moved_px(pointer)
        if pointer.snaps:
            moved += self._snap_px(moved)
        else:
            self._context.guides.clear()
        self._replace(self._moved(placement, moved) for placement in self._dragged())

    def _moved_px(self, pointer: Pointer) -> QPointF:
        slot = self._slot()
        start_px = QPointF(slot.left_px + self._start.x_pt * slot.scale, slot.top_px + self._start.y_pt * slot.scale)
        return QPointF(pointer.x_px, pointer.y_px) - start_px

    def _snap_px(self, moved_px: QPointF) -> QPointF:
        """Return the shift in pixels, for all selected seals, that aligns the dragged seal with a guide, or (0, 0)."""
        placement = self._before.placement(self._mark.placement_id)
        moved = self._moved(placement, moved_px)
        page = (self._mark.document_id, self._mark.page_number)
        if isinstance(moved, CoordinatePlacement) and len(moved.pages) == 1:
            page = (moved.document_id, moved.pages.first)
        slot = self._context.view.page_layout.slot(*page)
        if slot is None:
            return QPointF()
        right_pt = (horizontal_pt(moved) or 0.0) - (horizontal_pt(placement) or 0.0)
        center = self._mark.rect.center.moved(right_pt, vertical_pt(moved) - vertical_pt(placement))
        rect = PageRect.around(center, self._mark.rect.width_pt, self._mark.rect.height_pt)
        is_cross_page = isinstance(placement, CrossPagePlacement)
        shift = self._context.guides.snapped(slot, rect, only_up_and_down=is_cross_page)
        return QPointF(*slot.point_px(center.moved(shift.x_pt, shift.y_pt))) - QPointF(*slot.point_px(center))

    def _moved(self, placement: Placement, moved_px: QPointF) -> Placement:
        if isinstance(placement, CoordinatePlacement) and len(placement.pages) == 1:
            return self._carried(placement, moved_px)
        # The shift is converted for the page on which the drag started, because other pages may be rotated.
        frame, scale = self._start_slot.frame, self._context.view.scale
        dx_pt, dy_pt = shift_on_page(frame, moved_px.x() / scale, moved_px.y() / scale)
        return edits.move_placements(self._before, {placement.id}, dx_pt, dy_pt).placement(placement.id)

    def _carried(self, placement: CoordinatePlacement, moved_px: QPointF) -> CoordinatePlacement:
        layout = self._context.view.page_layout
        start = layout.slot(placement.document_id, placement.pages.first)
        if start is None:
            return placement
        center_px = QPointF(*start.point_px(placement.center)) + moved_px
        slot = layout.page_at(center_px.x(), center_px.y()) or layout.nearest_page(center_px.y()) or start
        center = clamped_center([slot.frame], slot.to_page(center_px.x(), center_px.y()), self._width_pt(placement))
        return replace(
            placement, document_id=slot.document_id, pages=PageRanges.single(slot.page_number), center=center
        )


class FallbackDrag(SealDrag):
    """Moves a fallback point of the selected keyword seal, also to other pages of its document.

    ``index`` is the index of the point, and ``mark`` the mark of the seal there.
    """

    def __init__(self, context: ToolContext, index: int, mark: SealMark, pointer: Pointer) -> None:
        super().__init__(context, mark, pointer)
        self._index = index

    @override
    def move_to(self, pointer: Pointer) -> None:
        moved_px = self._moved_px(pointer)
        for seal in self._dragged():
            if isinstance(seal, KeywordPlacement):
                moved = self._carried(seal.fallback_placements[self._index], moved_px)
                if moved.document_id == seal.document_id:
                    points = list(seal.fallbacks)
                    points[self._index] = FallbackPoint(moved.pages, moved.center)
                    self._replace([replace(seal, fallbacks=tuple(points))])


class SealResize(_Drag):
    """Resizes the selected seals around their centers, all by the same factor as the dragged seal."""

    name = EditName.RESIZE_SEALS

    def move_to(self, pointer: Pointer) -> None:
        """Resize the seals so that the dragged corner follows the mouse, within the limits for seals.

        If ``pointer.snaps`` is True, an edge of the dragged seal is aligned with a guide.
        """
        placement = self._before.placement(self._mark.placement_id)
        size_pt = self._half_size_pt(pointer) * 2
        if pointer.snaps:
            size_pt += self._snap_pt(size_pt)
        else:
            self._context.guides.clear()
        factor = size_pt / self._width_pt(placement)
        self._replace(
            replace(p, width_pt=min(MAX_SEAL_PT, max(MIN_SEAL_PT, self._width_pt(p) * factor))) for p in self._dragged()
        )

    def _snap_pt(self, size_pt: float) -> float:
        """Return the growth in points that aligns an edge of the dragged seal with a guide, or 0."""
        mark = self._mark
        slot = self._context.view.page_layout.slot(mark.document_id, mark.page_number)
        if slot is None:
            return 0.0
        is_slice = mark.slice_count > 1
        rect = PageRect.around(mark.rect.center, mark.rect.width_pt if is_slice else size_pt, size_pt)
        return self._context.guides.snapped_growth_pt(slot, rect, only_up_and_down=is_slice)

    def _half_size_pt(self, pointer: Pointer) -> float:
        slot = self._slot()
        center = QRectF(*slot.rect_px(self._mark.rect)).center()
        across, down = abs(pointer.x_px - center.x()), abs(pointer.y_px - center.y())
        if self._mark.slice_count == 1:
            size_px = max(across, down)
        else:
            # For a slice, only the length along the page's edge corresponds to the seal's size.
            is_turned = slot.frame.rotation in {Rotation.RIGHT, Rotation.LEFT}
            size_px = across if is_turned else down
        return size_px / slot.scale / slot.frame.user_unit


def _replaced(draft: ContractDraft, placements: tuple[Placement, ...]) -> ContractDraft:
    for placement in placements:
        draft = edits.update_placement(draft, placement)
    return draft
