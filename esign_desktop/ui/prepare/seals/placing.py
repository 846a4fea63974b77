"""The placing of new seals, used for example by the tools and the context menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract import edits
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_center, within
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    new_placement_id,
)
from esign_desktop.domain.signer import natural_seal_width_pt
from esign_desktop.services.editing.session import EditName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.geometry import PagePoint
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.tools.state import Selection, ToolState


class SealPlacing(QObject):
    """Places seals of the chosen width for the active or another signer, and selects them.

    ``signer_wanted`` is emitted if there is no signer for the seal, which is then not placed. ``document_too_short``
    carries the id of a document with one page, which cannot have a cross-page seal.
    """

    signer_wanted = Signal()
    document_too_short = Signal(str)

    def __init__(
        self, session: ContractSession, state: ToolState, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._selection = selection

    @property
    def active_signer(self) -> Signer | None:
        """The signer of the next seal, or None if no signer is active."""
        return self._signer(self._state.active_signer_id)

    def seal_at(
        self, document_id: DocumentId, page_number: int, point: PagePoint, signer: Signer
    ) -> CoordinatePlacement:
        """Return a new seal as near to a point in page space as the page allows. It is not added to the contract."""
        frame = self._session.draft.document(document_id).frame(page_number)
        center = clamped_center([frame], point, self._drawn_width_pt(signer))
        pages, width_pt = PageRanges.single(page_number), self._state.seal_width_pt
        return CoordinatePlacement(new_placement_id(), signer.id, document_id, pages, center, width_pt)

    def cross_page_at(self, document_id: DocumentId, center_y_pt: float, signer: Signer) -> CrossPagePlacement | None:
        """Return a new cross-page seal over all pages, not added to the contract, or None for a single page.

        ``center_y_pt`` is the height of the seal's center in page space.
        """
        document = self._session.draft.document(document_id)
        if document.page_count < 2:
            return None
        lowest_pt = min(frame.height_pt for frame in document.pages)
        y_pt = within(center_y_pt, lowest_pt, self._drawn_width_pt(signer))
        pages, width_pt = document.all_pages, self._state.seal_width_pt
        return CrossPagePlacement(new_placement_id(), signer.id, document_id, pages, y_pt, width_pt)

    def place_seal(
        self, document_id: DocumentId, page_number: int, point: PagePoint, signer_id: SignerId | None = None
    ) -> None:
        """Place a seal as near to a point in page space as the page allows, by default for the active signer."""
        signer = self._wanted_signer(signer_id)
        if signer is not None:
            self.place(EditName.PLACE_SEAL, [self.seal_at(document_id, page_number, point, signer)])

    def place_cross_page(self, document_id: DocumentId, center_y_pt: float) -> bool:
        """Place a cross-page seal of the active signer over all pages of a document. Return whether it was placed.

        ``center_y_pt`` is the height of the seal's center in page space.
        """
        signer = self._wanted_signer()
        seal = self.cross_page_at(document_id, center_y_pt, signer) if signer is not None else None
        if seal is not None:
            self.place(EditName.PLACE_CROSS_PAGE, [seal])
        elif signer is not None:
            self.document_too_short.emit(document_id)
        return seal is not None

    def place_cross_page_everywhere(self, center_y_pt: float) -> None:
        """Place a cross-page seal of the active signer in every document of several pages, in one undo step.

        Documents with a cross-page seal of this signer are left out. ``center_y_pt`` is the height of the seals'
        centers in page space.
        """
        signer = self._wanted_signer()
        if signer is not None:
            missing = self._without_cross_page(signer)
            seals = (self.cross_page_at(document.id, center_y_pt, signer) for document in missing)
            self.place(EditName.PLACE_CROSS_PAGE, [seal for seal in seals if seal is not None])

    @property
    def can_place_everywhere(self) -> bool:
        """Whether ``place_cross_page_everywhere`` would place more than one seal for the active signer, if any."""
        return len(self._without_cross_page(self.active_signer)) > 1

    def _without_cross_page(self, signer: Signer | None) -> list[Document]:
        """Return the documents of several pages that have no cross-page seal of ``signer``."""
        draft = self._session.draft
        seals = [seal for seal in draft.placements if isinstance(seal, CrossPagePlacement)]
        sealed = {seal.document_id for seal in seals if signer is not None and seal.signer_id == signer.id}
        return [one for one in draft.documents if one.page_count > 1 and one.id not in sealed]

    def place_keyword(self, document_id: DocumentId, keyword: str) -> bool:
        """Place seals of the active signer at every match of a keyword. Return whether there is an active signer.

        The keyword may be empty, so that the user enters it later.
        """
        signer = self._wanted_signer()
        if signer is not None:
            width_pt = self._state.seal_width_pt
            seal = KeywordPlacement(new_placement_id(), signer.id, document_id, keyword, width_pt=width_pt)
            self.place(EditName.PLACE_KEYWORD, [seal])
        return signer is not None

    def place(self, name: EditName, placements: Sequence[Placement]) -> None:
        """Add placements in one undo step, and select them."""
        self._session.apply(name, partial(_with_placements, placements=placements))
        self._selection.set_placed(placement.id for placement in placements)

    def _wanted_signer(self, signer_id: SignerId | None = None) -> Signer | None:
        signer = self._signer(signer_id) if signer_id else self.active_signer
        if signer is None:
            self.signer_wanted.emit()
        return signer

    def _signer(self, signer_id: SignerId | None) -> Signer | None:
        return next((s for s in self._session.draft.signers if s.id == signer_id), None)

    def _drawn_width_pt(self, signer: Signer) -> float:
        return self._state.seal_width_pt or natural_seal_width_pt(signer, self._session.draft.behaviour)


def _with_placements(draft: ContractDraft, placements: Sequence[Placement]) -> ContractDraft:
    for placement in placements:
        draft = edits.place(draft, placement)
    return draft
