"""A cache of a draft's seal marks, so that a drag redraws only the placements that change."""

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
    """The marks of a placement and the inputs from which they were computed.

    ``hits`` is None if there are no search results.
    """

    placement: Placement
    natural_width_pt: float
    behaviour: PlatformBehaviour
    pages: tuple[PageFrame, ...]
    hits: tuple[KeywordHit, ...] | None
    marks: tuple[SealMark, ...]


class MarkCache:
    """A cache of the latest marks. Placements without a document or signer have no marks."""

    def __init__(self) -> None:
        self._drawn: dict[PlacementId, PlacementMarks] = {}

    def of(self, draft: ContractDraft, hits: KeywordHits) -> tuple[SealMark, ...]:
        """Return all marks of the draft, in the order of its placements."""
        return tuple(mark for drawn in self.draw(draft, hits).values() for mark in drawn.marks)

    def draw(self, draft: ContractDraft, hits: KeywordHits) -> dict[PlacementId, PlacementMarks]:
        """Return the marks of each placement. Unchanged entries are the same objects as before."""
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
            # Identity suffices: recomputing marks for merely equal inputs is faster than comparing them.
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
