"""The tool that places seals at every match of a text.

The matches of a keyword as they are painted: by page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from esign_desktop.domain.contract import edits
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    marks_of,
    new_placement_id,
)
from esign_desktop.domain.signer import SignerId
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.keyword.finder import Finding, KeywordFinder
from esign_desktop.ui.prepare.tool_context import ToolName
from esign_desktop.ui.viewer.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.prepare.keyword.finder import DocumentHits
    from esign_desktop.ui.prepare.tool_context import ToolContext
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer


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


_GHOST_ID: Final = PlacementId("ghost")
_HIT_COLOR: Final = QColor(250, 204, 21, 90)
_DROPPED_COLOR: Final = QColor(120, 120, 120, 60)
_BAR_MARGIN_PX: Final = 12
_SCROLL_BAR_PX: Final = 16


@dataclass(frozen=True, slots=True)
class _SealTemplate:
    """Whose seal and how wide, at the matches of a keyword."""

    signer_id: SignerId
    keyword: str
    width_pt: float | None

    def placement(self, document_id: DocumentId, hits: tuple[KeywordHit, ...]) -> KeywordPlacement:
        """Return the placement whose seals stand on the middle of the matches, measured at the first one."""
        first = hits[0].rects[0]
        return KeywordPlacement(
            new_placement_id(),
            self.signer_id,
            document_id,
            self.keyword,
            first.width_pt / 2,
            first.height_pt / 2,
            self.width_pt,
            len(hits),
        )


class KeywordTool(Tool):
    """Opens a bar over the canvas; every match shows a ghost of the active signer's seal while one types."""

    def __init__(
        self,
        context: ToolContext,
        documents: DocumentService,
        tasks: TaskRunner,
        on_signer_wanted: Callable[[], None],
        canvas: QWidget,
    ) -> None:
        self._context = context
        self._canvas = canvas
        self._on_signer_wanted = on_signer_wanted
        self._bar = KeywordBar(canvas)
        self._bar.hide()
        self._finder = KeywordFinder(documents, tasks, self._bar)
        self._hits = HitsByPage()
        self._led_keyword = ""
        self._connect()

    def _connect(self) -> None:
        bar = self._bar
        bar.keyword_typed.connect(self._on_bar_keyword_typed)
        bar.hit_chosen.connect(self._on_bar_hit_chosen)
        bar.drops_changed.connect(self._on_bar_drops_changed)
        bar.keyword_placement_requested.connect(self._on_bar_keyword_placement_requested)
        bar.coordinate_placement_requested.connect(self._on_bar_coordinate_placement_requested)
        bar.close_requested.connect(self._on_bar_close_requested)
        self._finder.changed.connect(self._on_finder_changed)

    @property
    def bar(self) -> KeywordBar:
        """Where the keyword is typed."""
        return self._bar

    @override
    def begin(self) -> None:
        """Open the bar."""
        if self._context.active_signer is None:
            self._on_signer_wanted()
        self.move_bar()
        self._bar.show()
        self._bar.raise_()
        self._bar.start_typing()

    @override
    def end(self) -> None:
        """Close the bar and forget what was typed."""
        self._bar.clear()
        self._led_keyword = ""
        self._bar.hide()

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        """Esc is used here."""
        return event.key() == Qt.Key.Key_Escape

    @override
    def key(self, event: QKeyEvent) -> bool:
        """End with Esc."""
        if self.wants_key(event):
            self._on_bar_close_requested()
            return True
        return False

    @override
    def press(self, pointer: Pointer) -> None:
        """Lead back to the field."""
        self._bar.start_typing()

    @override
    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint every match and the seal it would get."""
        slot, signer, draft = page.slot, self._context.active_signer, self._context.session.draft
        painted = self._hits.on_page(slot.document_id, slot.page_number)
        if not painted:
            return
        kept = [hit for index, hit in painted if index is None or not self._bar.is_dropped(slot.document_id, index)]
        for _, hit in painted:
            for rect in hit.rects:
                painter.fillRect(page.rect(rect), _HIT_COLOR if hit in kept else _DROPPED_COLOR)
        template = self._template()
        if template is None or signer is None:
            return
        ghost = replace(template.placement(slot.document_id, self._hits.known(slot.document_id)), id=_GHOST_ID)
        for mark in marks_of(ghost, signer, draft.document(slot.document_id), draft.behaviour, tuple(kept)):
            self._context.seals.paint_mark(painter, page, mark, draft, is_ghost=True)

    def move_bar(self) -> None:
        """Keep the bar at the upper right corner of the canvas."""
        self._bar.adjustSize()
        left = self._canvas.width() - self._bar.width() - _BAR_MARGIN_PX - _SCROLL_BAR_PX
        self._bar.move(max(0, left), self._context.view.viewport().y() + _BAR_MARGIN_PX)

    # What the bar asks for

    def _on_bar_keyword_typed(self, keyword: str) -> None:
        """Search all documents for a text."""
        in_view: dict[DocumentId, list[int]] = {}
        for slot in self._context.view.slots_in_view:
            in_view.setdefault(slot.document_id, []).append(slot.page_number)
        self._finder.look_for(keyword, self._context.session.draft.documents, in_view)

    def _on_finder_changed(self, finding: Finding) -> None:
        """Show matches in the bar and on the pages; the next one is brought into view where none is seen."""
        self._hits.show(finding)
        self._bar.show_finding(finding)
        self.move_bar()
        self._context.repaint()
        if finding.is_complete and finding.hit_count and finding.keyword != self._led_keyword:
            self._led_keyword = finding.keyword
            self._scroll_to_hit(finding)

    def _scroll_to_hit(self, finding: Finding) -> None:
        """Go to the first match from the current page on, or else to the very first, unless one is seen already."""
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
        """Bring a match into view."""
        hits = self._hits_of(document_id)
        if index < len(hits):
            self._context.view.go_to(document_id, hits[index].page_number, hits[index].rects[0])

    def _on_bar_keyword_placement_requested(self) -> None:
        """Place one keyword placement on each document that has matches, with their number confirmed."""
        template = self._template()
        if template is None:
            self._on_signer_wanted()
            return
        found = [f for f in self._finder.finding.per_document if f.hits]
        for one in found:
            # Known already: the marks stand there at once.
            self._context.session.set_hits(one.document.id, template.keyword, one.hits or ())
        self._place([template.placement(one.document.id, one.hits or ()) for one in found], EditName.PLACE_KEYWORD)

    def _on_bar_coordinate_placement_requested(self) -> None:
        """Place a fixed seal at every match that was not dropped."""
        template = self._template()
        if template is None:
            self._on_signer_wanted()
            return
        placements: list[Placement] = []
        for found in self._finder.finding.per_document:
            hits = found.hits or ()
            if not hits:
                continue
            like = template.placement(found.document.id, hits)
            placements.extend(
                CoordinatePlacement(
                    new_placement_id(),
                    like.signer_id,
                    like.document_id,
                    PageRanges.single(hit.page_number),
                    hit.origin(self._context.session.draft.behaviour).moved(like.offset_x_pt, like.offset_y_pt),
                    like.width_pt,
                )
                for index, hit in enumerate(hits)
                if not self._bar.is_dropped(found.document.id, index)
            )
        self._place(placements, EditName.PLACE_SEAL)

    def _on_bar_close_requested(self) -> None:
        """Go back to selecting."""
        self._context.state.set_tool(ToolName.SELECT)

    def _on_bar_drops_changed(self) -> None:
        """Paint the pages anew."""
        self._context.repaint()

    def _place(self, placements: Iterable[Placement], name: EditName) -> None:
        placed = tuple(placements)
        if placed:
            self._context.session.apply(name, partial(_with_placements, placements=placed))
            self._context.selection.set(placement.id for placement in placed)
            self._on_bar_close_requested()

    def _template(self) -> _SealTemplate | None:
        signer = self._context.active_signer
        if signer is None:
            return None
        return _SealTemplate(signer.id, self._finder.finding.keyword, self._context.state.seal_width_pt)

    def _hits_of(self, document_id: DocumentId) -> tuple[KeywordHit, ...]:
        for found in self._finder.finding.per_document:
            if found.document.id == document_id:
                return found.hits or ()
        return ()


def _with_placements(draft: ContractDraft, placements: tuple[Placement, ...]) -> ContractDraft:
    for placement in placements:
        draft = edits.place(draft, placement)
    return draft
