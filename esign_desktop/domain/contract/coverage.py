"""An overview that shows which signers have seals in which documents."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.placing.placement import KeywordPlacement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import KeywordHits, SealMark
    from esign_desktop.domain.signer import SignerId


class CoverKind(StrEnum):
    """The way in which a signer signs a document: with given seals, at a position of their choice, or not at all."""

    SEALS = "seals"
    FREE = "free"
    """The signer may choose the position of their seal in this document."""
    MISSING = "missing"


class Cover(NamedTuple):
    """The seals that a signer has in a document. A cross-page seal counts as one in ``seal_count``."""

    kind: CoverKind
    seal_count: int = 0


def coverage(draft: ContractDraft, marks: Iterable[SealMark], hits: KeywordHits) -> tuple[tuple[Cover, ...], ...]:
    """Return a table with one row for each document and, within each row, one entry for each signer.

    ``marks`` are the draft's seals as drawn, and ``hits`` holds the keyword matches. A keyword whose search is still
    running counts as one seal, and a keyword without matches does not count.
    """
    counts = Counter((mark.document_id, mark.signer_id) for mark in marks if mark.slice_index == 0)
    counts.update(
        (place.document_id, place.signer_id)
        for place in draft.placements
        if isinstance(place, KeywordPlacement) and hits.get((place.document_id, place.keyword)) is None
    )

    def cover(document_id: DocumentId, signer_id: SignerId, free: tuple[str, ...]) -> Cover:
        count = counts[document_id, signer_id]
        if count:
            return Cover(CoverKind.SEALS, count)
        return Cover(CoverKind.FREE if document_id in free else CoverKind.MISSING)

    return tuple(
        tuple(cover(document.id, signer.id, signer.terms.free_documents) for signer in draft.signers)
        for document in draft.documents
    )
