"""A cache of a draft's seal marks. When a seal is dragged, only the marks of changed placements are recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.placing.placement import (
    KeywordHit,
    KeywordHits,
    KeywordPlacement,
    Placement,
    PlacementId,
    SealMark,
    marks_of,
)
from esign_desktop.domain.signer import natural_seal_width_pt

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import PlatformBehaviour
    from esign_desktop.domain.geometry import PageFrame


class PlacementMarks(NamedTuple):
    """The marks of a placement, and the inputs from which the marks were computed.

    ``hits`` is None if the placement has no keyword or if the search for the keyword has not finished.
    """

    placement: Placement
    natural_width_pt: float
    behaviour: PlatformBehaviour
    pages: tuple[PageFrame, ...]
    hits: tuple[KeywordHit, ...] | None
    marks: tuple[SealMark, ...]


class MarkCache:
    """A cache of the most recently computed marks. Placements without a document or signer have no marks."""

    def __init__(self) -> None:
        self._drawn: dict[PlacementId, PlacementMarks] = {}

    def of(self, draft: ContractDraft, hits: KeywordHits) -> tuple[SealMark, ...]:
        """Return all marks of the draft, in placement order."""
        return tuple(mark for drawn in self.draw(draft, hits).values() for mark in drawn.marks)

    def draw(self, draft: ContractDraft, hits: KeywordHits) -> dict[PlacementId, PlacementMarks]:
        """Return the marks of each placement.

        For an unchanged placement, the result contains the same object as the previous result.
        """
        behaviour = draft.behaviour
        documents = {document.id: document for document in draft.documents}
        signers = {signer.id: (signer, natural_seal_width_pt(signer, behaviour)) for signer in draft.signers}
        drawn: dict[PlacementId, PlacementMarks] = {}
        for placement in draft.placements:
            document, owner = documents.get(placement.document_id), signers.get(placement.signer_id)
            if document is None or owner is None:
                continue
            signer, natural_width_pt = owner
            found = None
            if isinstance(placement, KeywordPlacement):
                found = hits.get((placement.document_id, placement.keyword))
            cached = self._drawn.get(placement.id)
            # Identity is sufficient: recomputing marks for inputs that are merely equal is faster than comparing the
            # inputs.
            if (
                cached is None
                or cached.placement is not placement
                or cached.natural_width_pt != natural_width_pt
                or (cached.behaviour is not behaviour and cached.behaviour != behaviour)
                or cached.pages is not document.pages
                or cached.hits is not found
            ):
                marks = marks_of(placement, signer, document, behaviour, found or ())
                cached = PlacementMarks(placement, natural_width_pt, behaviour, document.pages, found, marks)
            drawn[placement.id] = cached
        self._drawn = drawn
        return drawn
