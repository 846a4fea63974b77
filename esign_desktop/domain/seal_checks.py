"""Checks of a draft that is being edited: what did not change is not looked at again."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from esign_desktop.domain.placement import KeywordPlacement
from esign_desktop.domain.placement_checks import orphan_problem, overlap_problem, overlaps, placement_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.drawn_marks import DrawnMarks, DrawnPlacement
    from esign_desktop.domain.placement import KeywordHits, PlacementId, SealMark
    from esign_desktop.domain.problems import Problem


class _Checked(NamedTuple):
    drawn: DrawnPlacement
    document: Document | None
    """Of a keyword: its name and what is known of its text are told of."""
    problems: tuple[Problem, ...]


class _CheckedPage(NamedTuple):
    marks: list[SealMark]
    pairs: tuple[tuple[SealMark, SealMark], ...]


class PlacementChecks:
    """Remembers what was found at each placement and on each page; ``drawn`` may be shared with who shows the marks."""

    def __init__(self, drawn: DrawnMarks) -> None:
        self._drawn = drawn
        self._checked: dict[PlacementId, _Checked] = {}
        self._pages: dict[tuple[DocumentId, int], _CheckedPage] = {}

    def of(self, draft: ContractDraft, hits: KeywordHits) -> Iterator[Problem]:
        """Return the problems of all placements in their order, then those of placements that cover one another."""
        drawn = self._drawn.draw(draft, hits)
        return chain(self._of_placements(draft, drawn), self._of_pages(drawn))

    def _of_placements(self, draft: ContractDraft, drawn: dict[PlacementId, DrawnPlacement]) -> Iterator[Problem]:
        documents = {document.id: document for document in draft.documents}
        checked: dict[PlacementId, _Checked] = {}
        for placement in draft.placements:
            one = drawn.get(placement.id)
            if one is None:
                yield orphan_problem(placement)
                continue
            document = documents[placement.document_id]
            told_of = document if isinstance(placement, KeywordPlacement) else None
            before = self._checked.get(placement.id)
            if before is None or before.drawn is not one or before.document is not told_of:
                found = tuple(placement_problems(placement, document, one.natural_width_pt, one.hits, one.marks))
                before = _Checked(one, told_of, found)
            checked[placement.id] = before
            yield from before.problems
        self._checked = checked

    def _of_pages(self, drawn: dict[PlacementId, DrawnPlacement]) -> Iterator[Problem]:
        by_page: dict[tuple[DocumentId, int], list[SealMark]] = {}
        for one in drawn.values():
            for mark in one.marks:
                by_page.setdefault((mark.document_id, mark.page_number), []).append(mark)
        pages: dict[tuple[DocumentId, int], _CheckedPage] = {}
        told: set[frozenset[PlacementId]] = set()
        for key, marks in by_page.items():
            page = self._pages.get(key)
            # Marks that were not drawn anew are the same objects, which lists compare first of all.
            if page is None or page.marks != marks:
                page = _CheckedPage(marks, tuple(overlaps(marks)))
            pages[key] = page
            for mark, other in page.pairs:
                pair = frozenset({mark.placement_id, other.placement_id})
                if pair not in told:
                    told.add(pair)
                    yield overlap_problem(other)
        self._pages = pages
