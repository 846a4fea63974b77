"""The matches of a keyword as they are painted: by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placement import KeywordHit
    from esign_desktop.ui.prepare.keyword_finder import DocumentHits, Finding


class PaintedHit(NamedTuple):
    """``number`` is that among all matches of the document; None as long as these are not known."""

    number: int | None
    hit: KeywordHit


class HitsByPage:
    """What a Finding knows of each page; sorted once, not at each paint."""

    def __init__(self) -> None:
        self._sorted: dict[DocumentId, tuple[DocumentHits, dict[int, list[PaintedHit]]]] = {}

    def show(self, finding: Finding) -> None:
        """Take over another Finding."""
        before, self._sorted = self._sorted, {}
        for found in finding.per_document:
            known = before.get(found.document.id)
            is_same = known is not None and known[0] is found
            self._sorted[found.document.id] = known if known and is_same else (found, _sort(found))

    def on_page(self, document_id: DocumentId, page_number: int) -> Sequence[PaintedHit]:
        """Return the matches on a page."""
        _, pages = self._sorted.get(document_id, (None, {}))
        return pages.get(page_number, ())

    def known(self, document_id: DocumentId) -> tuple[KeywordHit, ...]:
        """Return all matches of a document, or as long as they are not known those that are in view."""
        found, _ = self._sorted.get(document_id, (None, {}))
        if found is None:
            return ()
        return found.in_view if found.hits is None else found.hits


def _sort(found: DocumentHits) -> dict[int, list[PaintedHit]]:
    painted = (
        [PaintedHit(None, hit) for hit in found.in_view]
        if found.hits is None
        else [PaintedHit(number, hit) for number, hit in enumerate(found.hits)]
    )
    pages: dict[int, list[PaintedHit]] = {}
    for one in painted:
        pages.setdefault(one.hit.page_number, []).append(one)
    return pages
