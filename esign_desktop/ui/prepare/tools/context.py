"""The objects that every tool of the canvas needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.services.editing.session import ContractSession
from esign_desktop.ui.prepare.proposals.ghosts import GhostOverlay
from esign_desktop.ui.prepare.seals.mark_index import MarkIndex
from esign_desktop.ui.prepare.seals.placing import SealPlacing
from esign_desktop.ui.prepare.seals.snap_guides import SnapGuides
from esign_desktop.ui.prepare.tools.state import Selection, ToolState
from esign_desktop.ui.viewer.seals import SealPainter
from esign_desktop.ui.viewer.view import PagesView

if TYPE_CHECKING:
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.viewer.tool import Pointer


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

    def repaint(self) -> None:
        """Schedule a repaint of the view."""
        self.view.viewport().update()
