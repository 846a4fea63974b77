"""The marks of a draft, drawn up anew only for the placements that changed: one of a thousand, while it is dragged."""

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
    """A placement, what its marks were drawn from, and the marks. ``hits`` is None where none were searched for."""

    placement: Placement
    natural_width_pt: float
    behaviour: PlatformBehaviour
    pages: tuple[PageFrame, ...]
    hits: tuple[KeywordHit, ...] | None
    marks: tuple[SealMark, ...]


class MarkCache:
    """Remembers what was drawn last. Placements whose document or signer is gone make no mark."""

    def __init__(self) -> None:
        self._drawn: dict[PlacementId, PlacementMarks] = {}

    def of(self, draft: ContractDraft, hits: KeywordHits) -> tuple[SealMark, ...]:
        """Return every mark of the draft, in the order of its placements."""
        return tuple(mark for drawn in self.draw(draft, hits).values() for mark in drawn.marks)

    def draw(self, draft: ContractDraft, hits: KeywordHits) -> dict[PlacementId, PlacementMarks]:
        """Return every placement with its marks; the very same values where nothing changed."""
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
            one = self._drawn.get(placement.id)
            # The same objects make the same marks; equal ones are drawn again, which is quicker than comparing them.
            if (
                one is None
                or one.placement is not placement
                or one.natural_width_pt != natural_width_pt
                or (one.behaviour is not behaviour and one.behaviour != behaviour)
                or one.pages is not document.pages
                or one.hits is not found
            ):
                marks = marks_of(placement, signer, document, behaviour, found or ())
                one = PlacementMarks(placement, natural_width_pt, behaviour, document.pages, found, marks)
            drawn[placement.id] = one
        self._drawn = drawn
        return drawn
