"""What tools have in common that show a seal before it is placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    PlacementId,
    marks_of,
)
from esign_desktop.override import override
from esign_desktop.ui.viewer.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from esign_desktop.ui.prepare.tool_context import ToolContext
    from esign_desktop.ui.viewer.tool import PaintedPage

GHOST_ID: Final = PlacementId("ghost")

Ghost = TypeVar("Ghost", CoordinatePlacement, CrossPagePlacement)


class GhostTool(Tool, Generic[Ghost]):
    """Carries a ghost of the active signer's seal; without an active signer ``on_signer_wanted`` is called."""

    def __init__(self, context: ToolContext, on_signer_wanted: Callable[[], None]) -> None:
        self._context = context
        self._on_signer_wanted = on_signer_wanted
        self._ghost: Ghost | None = None

    @override
    def begin(self) -> None:
        """Ask for a signer at once if there is none."""
        self._ghost = None
        if self._context.active_signer is None:
            self._on_signer_wanted()

    @override
    def end(self) -> None:
        """Take the ghost away."""
        self._ghost = None
        self._context.guides.clear()

    @override
    def leave(self) -> None:
        """Take the ghost away while the mouse is elsewhere, and the guides, which may outlive it."""
        self._context.guides.clear()
        if self._ghost is not None:
            self._ghost = None
            self._context.repaint()

    @override
    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint what the ghost has on this page."""
        ghost, signer = self._ghost, self._context.active_signer
        if ghost is None or signer is None or ghost.document_id != page.slot.document_id:
            return
        draft = self._context.session.draft
        for mark in marks_of(ghost, signer, draft.document(ghost.document_id), draft.behaviour):
            if mark.page_number == page.slot.page_number:
                self._context.seals.paint_mark(painter, page, mark, draft, is_ghost=True)
