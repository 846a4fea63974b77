"""Seals that were copied, and what becomes of them where they are pasted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.copying import (
    Copies,
    LeftOut,
    LeftOutReason,
    beside_twins,
    kept_on_page,
    unconfirmed,
    with_copies,
)
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    new_placement_id,
)
from esign_desktop.domain.seal_twins import SealTwins
from esign_desktop.domain.signer import SignerId

if TYPE_CHECKING:
    from collections.abc import Set

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.draft import ContractDraft


@dataclass(frozen=True, slots=True)
class ClippedSeal:
    """A placement as it was copied, and whether it stood on every page of its document."""

    placement: Placement
    covers_document: bool


@dataclass(frozen=True, slots=True)
class SealClipboard:
    """Copied placements, in the order of their draft, with their documents and pages; they outlive both."""

    seals: tuple[ClippedSeal, ...] = ()

    @classmethod
    def of(cls, draft: ContractDraft, placement_ids: Set[PlacementId]) -> SealClipboard:
        """Copy placements out of a draft."""
        documents = {document.id: document for document in draft.documents}

        def clipped(placement: Placement) -> ClippedSeal:
            document = documents.get(placement.document_id)
            covers = (
                document is not None
                and not isinstance(placement, KeywordPlacement)
                and placement.pages.within(document.page_count) == document.all_pages
            )
            return ClippedSeal(placement, covers)

        return cls(tuple(clipped(p) for p in draft.placements if p.id in placement_ids))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to paste."""
        return not self.seals

    @property
    def first_page_number(self) -> int | None:
        """The lowest page on which a coordinate seal stood; None if there is no such seal."""
        placements = (seal.placement for seal in self.seals)
        return min((p.pages.first for p in placements if isinstance(p, CoordinatePlacement)), default=None)


@dataclass(frozen=True, slots=True)
class PasteTarget:
    """Where to paste. What is None stays as it was copied.

    ``page_number`` becomes the page of the first coordinate seal, and the others keep their distance from it.
    ``signer_id`` gets the seals whose own signer the contract does not have.
    """

    document_id: DocumentId | None = None
    page_number: int | None = None
    signer_id: SignerId | None = None


def paste(draft: ContractDraft, clipboard: SealClipboard, target: PasteTarget | None = None) -> Copies:
    """Put copied seals at the same place of the same or another document, each kept on its pages.

    A seal that would cover an equal one is put beside it. A cross-page seal over a whole document gets all pages of the
    other. A keyword's seals have to be confirmed anew.
    """
    target = target or PasteTarget()
    twins, copies, left_out = SealTwins(draft.placements), list[Placement](), list[LeftOut]()
    shift = 0
    if target.page_number is not None and clipboard.first_page_number is not None:
        shift = target.page_number - clipboard.first_page_number
    for seal in clipboard.seals:
        copy, missing = _pasted(draft, seal, target, shift)
        left_out.extend(missing)
        if copy is not None:
            copy = beside_twins(draft, kept_on_page(draft, copy), twins)
            twins.add(copy)
            copies.append(copy)
    return with_copies(draft, copies, left_out)


def _pasted(
    draft: ContractDraft, seal: ClippedSeal, target: PasteTarget, shift: int
) -> tuple[Placement | None, list[LeftOut]]:
    """Return the copy with its document, signer and pages, not yet kept on the page, and what is left out of it."""
    source = seal.placement
    document_id = target.document_id or source.document_id

    def left_out(reason: LeftOutReason, pages: PageRanges | None = None) -> list[LeftOut]:
        return [LeftOut(source.id, document_id, reason, pages)]

    document = next((d for d in draft.documents if d.id == document_id), None)
    if document is None:
        return None, left_out(LeftOutReason.NO_SUCH_DOCUMENT)
    known = {signer.id for signer in draft.signers}
    signer_id = next((s for s in (source.signer_id, target.signer_id) if s in known), None)
    if signer_id is None:
        return None, left_out(LeftOutReason.NO_SUCH_SIGNER)
    copy = replace(source, id=new_placement_id(), document_id=document_id, signer_id=signer_id)
    if isinstance(copy, KeywordPlacement):
        return unconfirmed(copy), []
    wanted = _wanted_pages(copy, document, shift, covers_document=seal.covers_document)
    pages = wanted.within(document.page_count)
    beyond = [number for number in wanted if number > document.page_count]
    missing = left_out(LeftOutReason.NO_SUCH_PAGE, PageRanges.of(beyond)) if beyond else []
    if pages is None:
        return None, left_out(LeftOutReason.NO_SUCH_PAGE)
    if isinstance(copy, CrossPagePlacement) and len(pages) < 2:
        return None, left_out(LeftOutReason.ONE_PAGE)
    return replace(copy, pages=pages), missing


def _wanted_pages(
    copy: CoordinatePlacement | CrossPagePlacement, document: Document, shift: int, *, covers_document: bool
) -> PageRanges:
    if isinstance(copy, CrossPagePlacement):
        return document.all_pages if covers_document and document.page_count else copy.pages
    return PageRanges.of(number + shift for number in copy.pages)
