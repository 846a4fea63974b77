"""The documents, the pages and the signers of the Prepare room side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.theme import are_letters_large, sized

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_SIDE_PX: Final = 232
_LEAST_SIDE_PX: Final = 176
_DETAILS_PX: Final = 344
_LEAST_DETAILS_PX: Final = 296
_MOST_DETAILS_PX: Final = 400
"""The maximum of the minimum width of the signers at any font size, so that the pages keep enough space."""
_PAGES_PX: Final = 560
"""The width in logical pixels that the pages get before the panels beside them get more than their minimum widths."""
HANDLE_PX: Final = 1


class Panes(QSplitter):
    """Shows the documents, the pages and the signers side by side. In a narrow window, the pages take precedence.

    When the user has moved a handle, a new size of the window changes only the width of the pages.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._is_by_hand = False
        self.splitterMoved.connect(self._on_splitter_moved)

    def fill(self, documents: QWidget, pages: QWidget, details: QWidget) -> None:
        """Add the panes. Call this once."""
        documents.setMinimumWidth(0 if are_letters_large() else _LEAST_SIDE_PX)
        details.setMinimumWidth(min(sized(_LEAST_DETAILS_PX), _MOST_DETAILS_PX))
        for part in (documents, pages, details):
            self.addWidget(part)
        self.setStretchFactor(1, 1)
        self.setHandleWidth(HANDLE_PX)
        self.setCollapsible(1, False)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._is_by_hand:
            self._fit()

    def _fit(self) -> None:
        least_px = _LEAST_SIDE_PX + _LEAST_DETAILS_PX
        share = (self.width() - 2 * HANDLE_PX - _PAGES_PX - least_px) / (_SIDE_PX + _DETAILS_PX - least_px)
        share = min(1.0, max(0.0, share))
        side_px = _LEAST_SIDE_PX + round(share * (_SIDE_PX - _LEAST_SIDE_PX))
        details_px = _LEAST_DETAILS_PX + round(share * (_DETAILS_PX - _LEAST_DETAILS_PX))
        self.setSizes([side_px, self.width() - side_px - details_px, details_px])

    def _on_splitter_moved(self) -> None:
        self._is_by_hand = True
