"""The tool that places seals at every match of a keyword."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from esign_desktop.domain.placing.placement import (
    KeywordHit,
    KeywordPlacement,
    as_coordinates,
    marks_of,
    new_placement_id,
)
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.keyword.finder import KeywordFinder
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.viewer.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.prepare.keyword.finder import DocumentHits, Finding
    from esign_desktop.ui.prepare.tools.context import ToolContext
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer


class PaintedHit(NamedTuple):
    """A match on a page. ``number`` is its index in the document, or None until all matches are known."""

    number: int | None
    hit: KeywordHit


class HitsByPage:
    """The matches of a ``Finding`` by page. They are grouped when the finding changes, not at each painting."""

    def __init__(self) -> None:
        self._sorted: dict[DocumentId, tuple[DocumentHits, dict[int, list[PaintedHit]]]] = {}

    def show(self, finding: Finding) -> None:
        """Group the matches of a new ``Finding``. Documents whose matches have not changed are not grouped again."""
        before, self._sorted = self._sorted, {}
        for found in finding.per_document:
            known = before.get(found.document.id)
            self._sorted[found.document.id] = known if known and known[0] is found else (found, _by_page(found))

    def on_page(self, document_id: DocumentId, page_number: int) -> Sequence[PaintedHit]:
        """Return the matches on a page that are known so far."""
        _, pages = self._sorted.get(document_id, (None, {}))
        return pages.get(page_number, ())

    def known(self, document_id: DocumentId) -> tuple[KeywordHit, ...]:
        """Return all matches of a document or, until they are known, those on visible pages."""
        found, _ = self._sorted.get(document_id, (None, {}))
        if found is None:
            return ()
        return found.in_view if found.hits is None else found.hits


def _by_page(found: DocumentHits) -> dict[int, list[PaintedHit]]:
    pages: dict[int, list[PaintedHit]] = {}
    for number, hit in enumerate(found.in_view if found.hits is None else found.hits):
        pages.setdefault(hit.page_number, []).append(PaintedHit(None if found.hits is None else number, hit))
    return pages


_HIT_COLOR: Final = QColor(250, 204, 21, 90)
_RECOGNISED_COLOR: Final = QColor(161, 98, 7)
_DROPPED_COLOR: Final = QColor(120, 120, 120, 60)


class KeywordTool(Tool):
    """Opens the keyword bar, and previews the active signer's seal at every match while the user types.

    Esc, or the placement of seals, closes the bar and chooses the select tool. If there is no active signer, one is
    requested when the tool begins, and again when seals are to be placed.
    """

    def __init__(self, context: ToolContext, documents: DocumentService, tasks: TaskRunner, canvas: QWidget) -> None:
        self._context = context
        self._bar = KeywordBar(canvas)
        self._bar.hide()
        self._finder = KeywordFinder(documents, tasks, self._bar)
        self._hits = HitsByPage()
        self._shown_keyword = ""
        self._bar.keyword_typed.connect(self._on_bar_keyword_typed)
        self._bar.hit_chosen.connect(self._on_bar_hit_chosen)
        self._bar.drops_changed.connect(context.view.viewport().update)
        self._bar.keyword_placement_requested.connect(self._on_bar_keyword_placement_requested)
        self._bar.coordinate_placement_requested.connect(self._on_bar_coordinate_placement_requested)
        self._bar.close_requested.connect(self._on_bar_close_requested)
        self._finder.changed.connect(self._on_finder_changed)

    @property
    def bar(self) -> KeywordBar:
        """The bar in which the user enters the keyword."""
        return self._bar

    @override
    def begin(self) -> None:
        if self._context.placing.active_signer is None:
            self._context.placing.signer_wanted.emit()
        self._bar.show()
        self._bar.start_typing()

    @override
    def end(self) -> None:
        self._bar.clear()
        self._shown_keyword = ""
        self._bar.hide()

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape

    @override
    def key(self, event: QKeyEvent) -> bool:
        if self.wants_key(event):
            self._on_bar_close_requested()
            return True
        return False

    @override
    def press(self, pointer: Pointer) -> None:
        self._bar.start_typing()

    @override
    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        slot, signer, draft = page.slot, self._context.placing.active_signer, self._context.session.draft
        painted = self._hits.on_page(slot.document_id, slot.page_number)
        if not painted:
            return
        kept = [hit for index, hit in painted if index is None or not self._bar.is_dropped(slot.document_id, index)]
        for _, hit in painted:
            for rect in hit.rects:
                painter.fillRect(page.rect(rect), _HIT_COLOR if hit in kept else _DROPPED_COLOR)
                if hit.is_recognised:
                    painter.setPen(QPen(_RECOGNISED_COLOR, 1, Qt.PenStyle.DashLine))
                    painter.drawRect(page.rect(rect))
        if signer is None:
            return
        ghost = self._placement(signer.id, slot.document_id, self._hits.known(slot.document_id))
        for mark in marks_of(ghost, signer, draft.document(slot.document_id), draft.behaviour, tuple(kept)):
            self._context.seals.paint_mark(painter, page, mark, draft, is_ghost=True)

    def _placement(
        self, signer_id: SignerId, document_id: DocumentId, hits: tuple[KeywordHit, ...]
    ) -> KeywordPlacement:
        """Return a placement whose seal is centered on the first of ``hits``. The others have the same offset."""
        first = hits[0].rects[0]
        return KeywordPlacement(
            new_placement_id(),
            signer_id,
            document_id,
            self._finder.finding.keyword,
            first.width_pt / 2,
            first.height_pt / 2,
            self._context.state.seal_width_pt,
            len(hits),
        )

    def _placements(self) -> tuple[tuple[KeywordPlacement, tuple[KeywordHit, ...]], ...]:
        """Return a placement and the matches for each document with matches.

        If there is no active signer, request one and return an empty tuple.
        """
        signer = self._context.placing.active_signer
        if signer is None:
            self._context.placing.signer_wanted.emit()
            return ()
        found = [(one.document.id, one.hits) for one in self._finder.finding.per_document if one.hits]
        return tuple((self._placement(signer.id, document_id, hits), hits) for document_id, hits in found)

    def _place(self, name: EditName, placements: Sequence[Placement]) -> None:
        if placements:
            self._context.placing.place(name, placements)
            self._on_bar_close_requested()

    def find_again(self) -> None:
        """Search for the entered keyword again, for example when more pages have become searchable."""
        self._finder.forget()
        self._on_bar_keyword_typed(self._bar.keyword)

    def _on_bar_keyword_typed(self, keyword: str) -> None:
        in_view: dict[DocumentId, list[int]] = {}
        for slot in self._context.view.slots_in_view:
            in_view.setdefault(slot.document_id, []).append(slot.page_number)
        self._finder.look_for(keyword, self._context.session.draft.documents, in_view)

    def _on_finder_changed(self, finding: Finding) -> None:
        self._hits.show(finding)
        self._bar.show_finding(finding)
        self._context.repaint()
        if finding.is_complete and finding.hit_count and finding.keyword != self._shown_keyword:
            self._shown_keyword = finding.keyword
            self._scroll_to_hit(finding)

    def _scroll_to_hit(self, finding: Finding) -> None:
        """Go to the first match on or after the current page or, if there is none, to the first of all.

        Do nothing if a match is visible. The finding must have a match.
        """
        view = self._context.view
        for slot in view.slots_in_view:
            for _, hit in self._hits.on_page(slot.document_id, slot.page_number):
                if view.visible_content.intersects(QRectF(*slot.rect_px(hit.rects[0]))):
                    return
        found = [(one.document.id, hit) for one in finding.per_document for hit in one.hits or ()]
        order = [document.id for document in self._context.session.draft.documents]
        document_id, page_number = view.current_page or (order[0], 1)
        here = (order.index(document_id), page_number)
        onwards = ((one, hit) for one, hit in found if (order.index(one), hit.page_number) >= here)
        document_id, hit = next(onwards, found[0])
        view.go_to(document_id, hit.page_number, hit.rects[0])

    def _on_bar_hit_chosen(self, document_id: DocumentId, index: int) -> None:
        for found in self._finder.finding.per_document:
            if found.document.id == document_id and found.hits and index < len(found.hits):
                hit = found.hits[index]
                self._context.view.go_to(document_id, hit.page_number, hit.rects[0])

    def _on_bar_keyword_placement_requested(self) -> None:
        """Add a keyword placement, whose number of matches is confirmed, for each document with matches."""
        placements = self._placements()
        for placement, hits in placements:
            # The session gets the known matches, so that the marks appear without another search.
            self._context.session.set_hits(placement.document_id, placement.keyword, hits)
        self._place(EditName.PLACE_KEYWORD, [placement for placement, _ in placements])

    def _on_bar_coordinate_placement_requested(self) -> None:
        """Add a fixed seal at each match, except those that the user has unchecked."""
        seals: list[Placement] = []
        for placement, hits in self._placements():
            dropped = {i for i in range(len(hits)) if self._bar.is_dropped(placement.document_id, i)}
            seals.extend(as_coordinates(placement, hits, self._context.session.draft.behaviour, dropped))
        self._place(EditName.PLACE_SEAL, seals)

    def _on_bar_close_requested(self) -> None:
        self._context.state.set_tool(ToolName.SELECT)
