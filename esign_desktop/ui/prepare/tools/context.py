"""The objects that every tool of the canvas needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from esign_desktop.domain.placing.placement import KeywordPlacement, marks_of
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.ui.prepare.proposals.ghosts import GhostOverlay
from esign_desktop.ui.prepare.seals.mark_index import MarkIndex
from esign_desktop.ui.prepare.seals.placing import SealPlacing
from esign_desktop.ui.prepare.seals.snap_guides import SnapGuides
from esign_desktop.ui.prepare.tools.state import Selection, ToolState
from esign_desktop.ui.viewer.handles import HANDLE_REACH_PX, side_handles
from esign_desktop.ui.viewer.seals import SealPainter
from esign_desktop.ui.viewer.view import PagesView

if TYPE_CHECKING:
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.viewer.tool import Pointer


def fallback_handle(area: QRectF) -> QRectF:
    """Return the square at the left side of a fallback point's mark by which the point is dragged."""
    return side_handles(area)[3]


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The session, the tool state, the selection, the view and the other objects that every tool needs."""

    session: ContractSession
    state: ToolState
    selection: Selection
    view: PagesView
    marks: MarkIndex
    seals: SealPainter
    guides: SnapGuides
    placing: SealPlacing
    ghosts: GhostOverlay

    def mark_at(self, pointer: Pointer) -> SealMark | None:
        """Return the topmost mark under the mouse, or None."""
        return None if pointer.slot is None else self.marks.at(pointer.slot, pointer.x_px, pointer.y_px)

    @property
    def fallback_marks(self) -> tuple[tuple[int, SealMark], ...]:
        """The indexes and marks of the fallback points of the selected keyword seal, which only presets have.

        Empty unless a single seal is selected.
        """
        chosen = [one for one in self.session.draft.placements if one.id in self.selection]
        if len(chosen) != 1 or not isinstance(chosen[0], KeywordPlacement):
            return ()
        seal, draft = chosen[0], self.session.draft
        signer, document = draft.signer(seal.signer_id), draft.document(seal.document_id)
        return tuple(
            (index, mark)
            for index, place in enumerate(seal.fallback_placements)
            for mark in marks_of(place, signer, document, draft.behaviour)
        )

    def fallback_at(self, pointer: Pointer) -> tuple[int, SealMark] | None:
        """Return the index and the mark of the fallback point under the mouse, or None.

        Where another mark covers that of the point, only its handle counts.
        """
        slot, point = pointer.slot, QPointF(pointer.x_px, pointer.y_px)
        if slot is None or len(self.selection) != 1:
            return None
        is_covered = self.mark_at(pointer) is not None
        for index, mark in self.fallback_marks:
            if (mark.document_id, mark.page_number) == (slot.document_id, slot.page_number):
                area = QRectF(*slot.rect_px(mark.rect))
                reach = HANDLE_REACH_PX
                handle = fallback_handle(area).adjusted(-reach, -reach, reach, reach)
                if handle.contains(point) or (not is_covered and area.contains(point)):
                    return index, mark
        return None

    def repaint(self) -> None:
        """Schedule a repaint of the view."""
        self.view.viewport().update()
