"""The marks of a draft, drawn up anew only for the placements that changed: one of a thousand, while it is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.placement import KeywordHit, KeywordPlacement, Placement, PlacementId, SealMark, marks_of

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.placement import KeywordHits
    from esign_desktop.domain.signer import Signer


class _Drawn(NamedTuple):
    placement: Placement
    signer: Signer
    document: Document
    hits: tuple[KeywordHit, ...]
    marks: tuple[SealMark, ...]


class DrawnMarks:
    """Remembers what was drawn last. Placements whose document or signer is gone make no mark."""

    def __init__(self) -> None:
        self._drawn: dict[PlacementId, _Drawn] = {}

    def of(self, draft: ContractDraft, hits: KeywordHits) -> tuple[SealMark, ...]:
        """Return every mark of the draft, in the order of its placements."""
        documents = {document.id: document for document in draft.documents}
        signers = {signer.id: signer for signer in draft.signers}
        drawn: dict[PlacementId, _Drawn] = {}
        marks: list[SealMark] = []
        for placement in draft.placements:
            document, signer = documents.get(placement.document_id), signers.get(placement.signer_id)
            if document is None or signer is None:
                continue
            found: tuple[KeywordHit, ...] = ()
            if isinstance(placement, KeywordPlacement):
                found = hits.get((placement.document_id, placement.keyword)) or ()
            one = self._drawn.get(placement.id)
            # The same objects make the same marks; equal ones are drawn again, which is quicker than comparing them.
            if (
                one is None
                or one.placement is not placement
                or one.signer is not signer
                or one.document is not document
                or one.hits is not found
            ):
                one = _Drawn(placement, signer, document, found, marks_of(placement, signer, document, found))
            drawn[placement.id] = one
            marks.extend(one.marks)
        self._drawn = drawn
        return tuple(marks)
