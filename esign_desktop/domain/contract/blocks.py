"""Arrange the blocks at the end of a document made from a template. Seals stay on the pages of their blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.added_pages import frames_of
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.domain.added_pages import AddedBlock
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.placing.placement import Placement


def insert_block(draft: ContractDraft, document_id: DocumentId, index: int, block: AddedBlock) -> ContractDraft:
    """Insert a block before the block with this index."""
    before = _numbered(draft, document_id)
    return _arranged(draft, document_id, (*before[:index], _Placed(block), *before[index:]))


def replace_block(draft: ContractDraft, document_id: DocumentId, index: int, block: AddedBlock) -> ContractDraft:
    """Put another block in the place of a block.

    A seal on a page that the new block does not have moves to the block's last page. If the new block is an empty
    table, the seals of the old block keep their page numbers, because the user may be about to type.
    """
    before = _numbered(draft, document_id)
    return _arranged(draft, document_id, (*before[:index], _Placed(block, index), *before[index + 1 :]))


def remove_block(draft: ContractDraft, document_id: DocumentId, index: int) -> ContractDraft:
    """Remove a block, together with the seals on its pages."""
    before = _numbered(draft, document_id)
    return _arranged(draft, document_id, (*before[:index], *before[index + 1 :]))


def move_block(draft: ContractDraft, document_id: DocumentId, from_index: int, to_index: int) -> ContractDraft:
    """Move a block to another index."""
    order = list(_numbered(draft, document_id))
    order.insert(to_index, order.pop(from_index))
    return _arranged(draft, document_id, tuple(order))


class _Placed(NamedTuple):
    block: AddedBlock
    origin: int | None = None
    """The index that the block, or the block that it replaces, had before."""


def _document(draft: ContractDraft, document_id: DocumentId) -> Document | None:
    return next((document for document in draft.documents if document.id == document_id), None)


def _numbered(draft: ContractDraft, document_id: DocumentId) -> tuple[_Placed, ...]:
    document = _document(draft, document_id)
    blocks = () if document is None or document.template is None else document.template.blocks
    return tuple(_Placed(block, index) for index, block in enumerate(blocks))


def _arranged(draft: ContractDraft, document_id: DocumentId, order: tuple[_Placed, ...]) -> ContractDraft:
    document = _document(draft, document_id)
    if document is None or document.template is None:
        return draft
    own_count = len(document.own_pages)
    after: dict[int, range] = {}
    for placed, pages in zip(order, _pages(own_count, (placed.block for placed in order)), strict=True):
        if placed.origin is not None:
            after[placed.origin] = pages
    moved: dict[int, int | None] = {}
    for index, pages in enumerate(_pages(own_count, document.template.blocks)):
        numbers = after.get(index)
        for at, number in enumerate(pages):
            moved[number] = None if numbers is None else numbers[min(at, len(numbers) - 1)] if numbers else number
    placements = (_moved(placement, document_id, moved) for placement in draft.placements)
    kept = tuple(placement for placement in placements if placement is not None)
    return set_blocks(replace(draft, placements=kept), document_id, tuple(placed.block for placed in order))


def _pages(own_count: int, blocks: Iterable[AddedBlock]) -> Iterator[range]:
    """Yield the numbers of each block's pages."""
    first = own_count + 1
    for block in blocks:
        count = len(frames_of((block,)))
        yield range(first, first + count)
        first += count


def _moved(placement: Placement, document_id: DocumentId, moved: dict[int, int | None]) -> Placement | None:
    """Return a seal on the pages to which its pages moved, or None if none of its pages are left."""
    if not isinstance(placement, CoordinatePlacement) or placement.document_id != document_id:
        return placement
    found = (moved.get(number, number) for number in placement.pages)
    numbers = [number for number in found if number is not None]
    return replace(placement, pages=PageRanges.of(numbers)) if numbers else None
