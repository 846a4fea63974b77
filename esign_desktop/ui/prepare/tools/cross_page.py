"""The tool that places cross-page seals: a click says at which height."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from esign_desktop.domain.contract import edits
from esign_desktop.domain.placing.clamping import clamped_to_page
from esign_desktop.domain.placing.placement import (
    CrossPagePlacement,
    marks_of,
    new_placement_id,
    seal_width_pt,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.seals.drag import SealDrag
from esign_desktop.ui.prepare.tool_context import ToolName
from esign_desktop.ui.prepare.tools.ghost import GHOST_ID, GhostTool
from esign_desktop.ui.viewer.tool import is_plain_enter

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.prepare.tool_context import ToolContext
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import Pointer


class CrossPageTool(GhostTool[CrossPagePlacement]):
    """Shows the slices on every page of the document under the mouse; a click leaves them there.

    A press on a cross-page seal moves it up and down instead. ``on_signer_wanted`` is called without an active signer,
    ``on_one_page`` over a document of one page, which can't have such a seal.
    """

    scrolls_at_edges = True

    def __init__(
        self, context: ToolContext, on_signer_wanted: Callable[[], None], on_one_page: Callable[[DocumentId], None]
    ) -> None:
        super().__init__(context, on_signer_wanted)
        self._on_one_page = on_one_page
        self._drag: SealDrag | None = None

    @override
    def end(self) -> None:
        """Take the ghost away, and put back what is half moved."""
        super().end()
        self._give_up_drag()

    @override
    def press(self, pointer: Pointer) -> None:
        """Take hold of a cross-page seal, or place one."""
        if pointer.slot is None:
            return
        mark = self._cross_page_mark_at(pointer)
        if mark is not None:
            self._context.selection.set([mark.placement_id])
            self._drag = SealDrag(self._context, mark, pointer)
            return
        self._carry_to(pointer)
        self._place(pointer.slot.document_id)

    @override
    def drag(self, pointer: Pointer) -> None:
        """Move the seal in hand."""
        if self._drag is not None:
            self._drag.move_to(pointer)

    @override
    def release(self, pointer: Pointer) -> None:
        """Let go."""
        if self._drag is not None:
            self._drag.finish()
            self._drag = None

    @override
    def hover(self, pointer: Pointer) -> None:
        """Let the slices follow the mouse."""
        if pointer.slot is None or self._cross_page_mark_at(pointer) is not None:
            self.leave()
        else:
            self._carry_to(pointer)

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        """Show what moves."""
        return Qt.CursorShape.SplitVCursor if pointer.slot is not None else Qt.CursorShape.ArrowCursor

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        """Enter and Esc are used here."""
        return event.key() == Qt.Key.Key_Escape or is_plain_enter(event)

    @override
    def key(self, event: QKeyEvent) -> bool:
        """End with Esc; without a mouse, Enter places the seal at the middle of the current page."""
        if event.key() == Qt.Key.Key_Escape:
            if self._drag is not None:
                self._give_up_drag()
            else:
                self._context.state.set_tool(ToolName.SELECT)
            return True
        if not self.wants_key(event):
            return False
        current = self._context.view.current_page
        if current is not None:
            if self._ghost is None:
                frame = self._context.session.draft.document(current[0]).frame(current[1])
                self._ghost = self._placement(current[0], frame.height_pt / 2)
            self._place(current[0])
        return True

    def _carry_to(self, pointer: Pointer) -> None:
        point, slot = pointer.point, pointer.slot
        if point is not None and slot is not None:
            self._ghost = self._placement(slot.document_id, point.y_pt)
            self._snap_ghost(pointer, slot)
            self._context.repaint()

    def _snap_ghost(self, pointer: Pointer, slot: PageSlot) -> None:
        ghost, signer, guides = self._ghost, self._context.active_signer, self._context.guides
        if ghost is None or signer is None or not pointer.snaps:
            guides.clear()
            return
        draft = self._context.session.draft
        marks = marks_of(ghost, signer, draft.document(slot.document_id), draft.behaviour)
        rect = next(mark.rect for mark in marks if mark.page_number == slot.page_number)
        shift = guides.snapped(slot, rect, only_up_and_down=True)
        if shift.y_pt:
            self._ghost = self._placement(slot.document_id, ghost.center_y_pt + shift.y_pt)

    def _placement(self, document_id: DocumentId, center_y_pt: float) -> CrossPagePlacement | None:
        signer, document = self._context.active_signer, self._context.session.draft.document(document_id)
        if signer is None or document.page_count < 2:
            return None
        placement = CrossPagePlacement(
            GHOST_ID, signer.id, document_id, document.all_pages, center_y_pt, self._context.state.seal_width_pt
        )
        kept = clamped_to_page(
            placement, document, seal_width_pt(placement, signer, self._context.session.draft.behaviour)
        )
        return kept if isinstance(kept, CrossPagePlacement) else placement

    def _place(self, document_id: DocumentId) -> None:
        if self._context.active_signer is None:
            self._on_signer_wanted()
        elif self._ghost is None:
            self._on_one_page(document_id)
        else:
            placed = replace(self._ghost, id=new_placement_id())
            self.leave()
            self._context.session.apply(EditName.PLACE_CROSS_PAGE, partial(edits.place, placement=placed))
            self._context.selection.set([placed.id])

    def _cross_page_mark_at(self, pointer: Pointer) -> SealMark | None:
        if pointer.slot is None:
            return None
        mark = self._context.marks.at(pointer.slot, pointer.x_px, pointer.y_px)
        return mark if mark is not None and mark.slice_count > 1 else None

    def _give_up_drag(self) -> None:
        if self._drag is not None:
            self._drag.cancel()
            self._drag = None
