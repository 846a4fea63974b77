"""The tool that places seals: each click one, until Esc."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_center, shift_on_page
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    marks_of,
    new_placement_id,
    seal_width_pt,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tool_context import ToolName
from esign_desktop.ui.prepare.tools.ghost import GHOST_ID, GhostTool
from esign_desktop.ui.viewer.tool import is_plain_enter

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import PagePoint
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import Pointer

_STEP_PT: Final = 10.0
_LONG_STEP_PT: Final = 50.0
_FINE_STEP_PT: Final = 1.0

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class SealTool(GhostTool[CoordinatePlacement]):
    """Carries a ghost of the active signer's seal, at true size, and leaves seals where it is clicked.

    Without a mouse the arrows carry the ghost (10 pt, Shift 50 pt, Ctrl 1 pt) and Enter leaves a seal. Without an
    active signer ``on_signer_wanted`` is called instead.
    """

    @override
    def press(self, pointer: Pointer) -> None:
        """Place a seal here."""
        if pointer.slot is None:
            return
        self._follow(pointer, pointer.slot)
        self._place()

    @override
    def hover(self, pointer: Pointer) -> None:
        """Let the ghost follow the mouse."""
        if pointer.slot is None:
            self.leave()
        else:
            self._follow(pointer, pointer.slot)

    @override
    def drag(self, pointer: Pointer) -> None:
        """Let the ghost follow the mouse with the button still down."""
        self.hover(pointer)

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        """Show a cross on pages."""
        return Qt.CursorShape.CrossCursor if pointer.slot is not None else Qt.CursorShape.ArrowCursor

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        """Arrows, Enter and Esc are used here."""
        return event.key() in _ARROWS or event.key() == Qt.Key.Key_Escape or is_plain_enter(event)

    @override
    def key(self, event: QKeyEvent) -> bool:
        """Carry the ghost, place a seal, or end."""
        if not self.wants_key(event):
            return False
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self._context.state.set_tool(ToolName.SELECT)
        elif key in _ARROWS:
            self._step(key, event.modifiers())
        elif self._ghost_by_keys() is not None:
            self._place()
        return True

    def _follow(self, pointer: Pointer, slot: PageSlot) -> None:
        """Carry the ghost to the mouse, and from there to the lines nearby."""
        point, guides = slot.to_page(pointer.x_px, pointer.y_px), self._context.guides
        self._carry_to(slot, point)
        signer = self._context.active_signer
        if self._ghost is None or signer is None or not pointer.snaps:
            guides.clear()
            return
        width_pt = seal_width_pt(self._ghost, signer, self._context.session.draft.behaviour)
        shift = guides.snapped(slot, PageRect.around(self._ghost.center, width_pt, width_pt))
        if shift.x_pt or shift.y_pt:
            self._carry_to(slot, self._ghost.center.moved(shift.x_pt, shift.y_pt))

    def _carry_to(self, slot: PageSlot, point: PagePoint) -> None:
        signer = self._context.active_signer
        if signer is None:
            self._ghost = None
            return
        self._ghost = _placement(slot.document_id, slot.page_number, point, signer, self._context.state.seal_width_pt)
        center = clamped_center(
            [slot.frame], point, seal_width_pt(self._ghost, signer, self._context.session.draft.behaviour)
        )
        self._ghost = _placement(slot.document_id, slot.page_number, center, signer, self._context.state.seal_width_pt)
        self._context.repaint()

    def _place(self) -> None:
        ghost = self._ghost
        if ghost is None:
            self._on_signer_wanted()
            return
        placed = CoordinatePlacement(
            new_placement_id(), ghost.signer_id, ghost.document_id, ghost.pages, ghost.center, ghost.width_pt
        )
        self._context.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=placed))
        self._context.selection.set([placed.id])

    def _ghost_by_keys(self) -> CoordinatePlacement | None:
        """Return the ghost; if there is none yet, in the middle of what is seen of the current page."""
        view = self._context.view
        if self._ghost is None and view.current_page is not None:
            slot = view.page_layout.slot(*view.current_page)
            part = view.visible_part_of(slot) if slot is not None else None
            if slot is not None and part is not None:
                self._carry_to(slot, slot.frame.to_page(part.center))
        if self._ghost is None:
            self._on_signer_wanted()
        return self._ghost

    def _step(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        ghost = self._ghost_by_keys()
        if ghost is None:
            return
        slot = self._context.view.page_layout.slot(ghost.document_id, ghost.pages.first)
        if slot is None:
            return
        step = _STEP_PT
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            step = _LONG_STEP_PT
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            step = _FINE_STEP_PT
        across, down = _ARROWS[key]
        self._context.guides.clear()
        self._carry_to(slot, ghost.center.moved(*shift_on_page(slot.frame, across * step, down * step)))
        signer = self._context.active_signer
        if self._ghost is not None and signer is not None:
            draft = self._context.session.draft
            marks = marks_of(self._ghost, signer, draft.document(ghost.document_id), draft.behaviour)
            self._context.view.reveal(slot, marks[0].rect)


def _placement(
    document_id: DocumentId, page_number: int, center: PagePoint, signer: Signer, width_pt: float | None
) -> CoordinatePlacement:
    return CoordinatePlacement(GHOST_ID, signer.id, document_id, PageRanges.single(page_number), center, width_pt)
