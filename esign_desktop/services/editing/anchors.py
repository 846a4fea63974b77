"""Anchors of fixed seals: words beside a seal, used to find the seal's position in another version of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.placing.anchors import FoundWords, WordAnchor, same_words, words_beside
from esign_desktop.domain.placing.placement import CoordinatePlacement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placing.anchors import PageLabel
    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.services.editing.documents import DocumentService


def read_anchors(
    documents: DocumentService, placements: Sequence[CoordinatePlacement]
) -> dict[PlacementId, WordAnchor]:
    """Return the anchors of seals on single pages of open documents, keyed by placement.

    The call blocks. Raises PdfError or InputError ``document.not_open``.
    """
    labels: dict[tuple[DocumentId, int], tuple[PageLabel, ...]] = {}
    anchors: dict[PlacementId, WordAnchor] = {}
    for placement in placements:
        page = placement.document_id, placement.pages.first
        if page not in labels:
            labels[page] = documents.labels(*page)
        anchors[placement.id] = _anchor(documents, placement, labels[page])
    return anchors


def find_again(
    documents: DocumentService, draft: ContractDraft, document_id: DocumentId, version: Document
) -> dict[PlacementId, FoundWords | None]:
    """Find the words beside a document's fixed seals in another version of the document.

    The result has an entry for each seal on a single page. The entry is None if the seal has no known anchor, or if the
    words are missing or ambiguous in the other version. If the other version has a different number of pages, a seal on
    several pages also has an entry, which is None. The call blocks. Raises PdfError or InputError
    ``document.not_open``.
    """
    document = draft.document(document_id)
    found: dict[PlacementId, FoundWords | None] = {}
    matches: dict[str, tuple[FoundWords, ...]] = {}
    for placement in draft.placements:
        if not isinstance(placement, CoordinatePlacement) or placement.document_id != document_id:
            continue
        if len(placement.pages) > 1:
            if version.page_count != document.page_count:
                found[placement.id] = None
            continue
        anchor = None if placement.needs_anchor or placement.is_unverified else placement.anchor
        if anchor is not None and anchor.text and anchor.text not in matches:
            matches[anchor.text] = _matches(documents, version.id, anchor.text)
        found[placement.id] = None if anchor is None else same_words(anchor, matches.get(anchor.text, ()))
    return found


def _anchor(documents: DocumentService, placement: CoordinatePlacement, labels: tuple[PageLabel, ...]) -> WordAnchor:
    seal = placement.document_id, placement.pages.first, placement.center
    text = words_beside(labels, placement.center)
    matches = _matches(documents, placement.document_id, text) if text else ()
    here = [
        (_distance_pt(match.rect, placement), index)
        for index, match in enumerate(matches)
        if match.page_number == placement.pages.first
    ]
    if not here:
        return WordAnchor(*seal)
    index = min(here)[1]
    return WordAnchor(*seal, matches[index].rect, text, index, len(matches))


def _matches(documents: DocumentService, document_id: DocumentId, text: str) -> tuple[FoundWords, ...]:
    hits = documents.find_everywhere(document_id, text)
    return tuple(FoundWords(hit.page_number, hit.rects[0]) for hit in hits if hit.rects)


def _distance_pt(rect: PageRect, placement: CoordinatePlacement) -> float:
    return abs(rect.center.x_pt - placement.center.x_pt) + abs(rect.center.y_pt - placement.center.y_pt)
