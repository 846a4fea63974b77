"""What every tool of the canvas works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.services.session import ContractSession
from esign_desktop.ui.prepare.mark_index import MarkIndex
from esign_desktop.ui.prepare.seal_painter import SealPainter
from esign_desktop.ui.prepare.selection import Selection
from esign_desktop.ui.prepare.snap_guides import SnapGuides
from esign_desktop.ui.prepare.state import PrepareState
from esign_desktop.ui.viewer.pages_view import PagesView

if TYPE_CHECKING:
    from esign_desktop.domain.placement import Placement, SealMark
    from esign_desktop.domain.signer import Signer


@dataclass(frozen=True, slots=True)
class Board:
    """The contract, what is chosen, and the view it is shown in."""

    session: ContractSession
    state: PrepareState
    selection: Selection
    view: PagesView
    marks: MarkIndex
    seals: SealPainter
    guides: SnapGuides

    @property
    def active_signer(self) -> Signer | None:
        """Whose seal comes next, if there is such a signer."""
        signer_id = self.state.active_signer_id
        return next((s for s in self.session.draft.signers if s.id == signer_id), None)

    def placement_of(self, mark: SealMark) -> Placement:
        """Return the placement that a mark belongs to."""
        return self.session.draft.placement(mark.placement_id)

    def repaint(self) -> None:
        """Paint the view anew."""
        self.view.viewport().update()
