"""Placing seals without a tool in hand: from a menu, or from the table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract import edits
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_to_page
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    new_placement_id,
    seal_width_pt,
)
from esign_desktop.services.editing.session import EditName

if TYPE_CHECKING:
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import PagePoint
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.tool_context import Selection, ToolState


class SealPlacing(QObject):
    """Places what the active signer, or another one, seals, and selects it.

    ``signer_wanted`` asks for a signer first, ``one_page`` carries the id of a document that is too short for a
    cross-page seal.
    """

    signer_wanted = Signal()
    one_page = Signal(str)

    def __init__(
        self, session: ContractSession, state: ToolState, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._selection = selection

    def place_seal(
        self, document_id: DocumentId, page_number: int, point: PagePoint, signer_id: SignerId | None = None
    ) -> None:
        """Place a seal at a point of a page, or as near to it as the page allows."""
        signer = self._signer(signer_id)
        if signer is not None:
            seal = CoordinatePlacement(
                new_placement_id(),
                signer.id,
                document_id,
                PageRanges.single(page_number),
                point,
                self._state.seal_width_pt,
            )
            self._place(EditName.PLACE_SEAL, seal, signer)

    def place_cross_page(self, document_id: DocumentId, center_y_pt: float) -> None:
        """Place a cross-page seal over all pages of a document."""
        signer, document = self._signer(None), self._session.draft.document(document_id)
        if document.page_count < 2:
            self.one_page.emit(document_id)
        elif signer is not None:
            seal = CrossPagePlacement(
                new_placement_id(),
                signer.id,
                document_id,
                document.all_pages,
                center_y_pt,
                self._state.seal_width_pt,
            )
            self._place(EditName.PLACE_CROSS_PAGE, seal, signer)

    def place_keyword(self, document_id: DocumentId, keyword: str) -> bool:
        """Place seals at every match of a text, which may still be empty; return whether there is a signer to do so."""
        signer = self._signer(None)
        if signer is not None:
            width_pt = self._state.seal_width_pt
            seal = KeywordPlacement(new_placement_id(), signer.id, document_id, keyword, width_pt=width_pt)
            self._place(EditName.PLACE_KEYWORD, seal, signer)
        return signer is not None

    def _signer(self, signer_id: SignerId | None) -> Signer | None:
        wanted = signer_id or self._state.active_signer_id
        signer = next((s for s in self._session.draft.signers if s.id == wanted), None)
        if signer is None:
            self.signer_wanted.emit()
        return signer

    def _place(self, name: EditName, seal: Placement, signer: Signer) -> None:
        draft = self._session.draft
        placed = clamped_to_page(seal, draft.document(seal.document_id), seal_width_pt(seal, signer, draft.behaviour))
        self._session.apply(name, partial(edits.place, placement=placed))
        self._selection.set([placed.id])
