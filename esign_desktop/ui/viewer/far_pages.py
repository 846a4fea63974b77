"""Small pictures of the pages around, drawn while the view rests, so that no page is bare however fast one scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from esign_desktop.ui.viewer.tile_cache import TileCache, TileKey
from esign_desktop.ui.viewer.tile_source import TileSource
from esign_desktop.ui.viewer.tiles import rounded_sharpness

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.page_layout import PageLayout, PageSlot
    from esign_desktop.ui.viewer.tile_source import PageRenderer

REST_MS: Final = 400
"""So long nothing moves before pages are drawn that nobody may ever look at."""
MOST_PAGES: Final = 200
FAR_PIXELS_PER_POINT: Final = 0.25
"""18 dpi: titles and paragraphs are told apart, in an eighth of a megabyte for an A4 page."""
LARGEST_PX: Final = 100_000
LIMIT_BYTES: Final = 32 * 1024 * 1024


class FarPages(QObject):
    """Has the pages nearest to the view drawn, as many as there is room for."""

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._source = TileSource(renderer, tasks, TileCache(LIMIT_BYTES), self)
        self._layout: PageLayout | None = None
        self._y_px = 0.0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._on_rest_timeout)

    @property
    def is_idle(self) -> bool:
        """Whether all that there is room for is drawn."""
        return self._source.is_idle and not self._rest.isActive()

    def move_to(self, layout: PageLayout, y_px: float) -> None:
        """Leave the renderer to what is seen now, and go on from there after a rest."""
        self._source.want(())
        self._layout, self._y_px = layout, y_px
        self._rest.start()

    def picture(self, slot: PageSlot) -> QImage | None:
        """Return the small picture of a page, if there is one."""
        return self._source.cache.get(_key(slot))

    def forget(self, document_id: DocumentId) -> None:
        """Drop the pictures of a document, because its file was opened anew or is gone."""
        self._source.forget(document_id)

    def _on_rest_timeout(self) -> None:
        if self._layout is not None:
            self._source.want([_key(slot) for slot in _nearest(self._layout, self._y_px)])


def _nearest(layout: PageLayout, y_px: float) -> tuple[PageSlot, ...]:
    """Return the pages to draw, from the nearest on."""
    middle = layout.nearest_page(y_px)
    if middle is None:
        return ()
    index = next(index for index, slot in enumerate(layout.slots) if slot is middle)
    around = range(max(0, index - MOST_PAGES), min(len(layout.slots), index + MOST_PAGES))
    return tuple(layout.slots[i] for i in sorted(around, key=lambda i: abs(i - index))[:MOST_PAGES])


def _key(slot: PageSlot) -> TileKey:
    area_pt = slot.frame.display_width_pt * slot.frame.display_height_pt
    sharpness = min(FAR_PIXELS_PER_POINT, (LARGEST_PX / area_pt) ** 0.5)
    return TileKey(slot.document_id, slot.page_number, rounded_sharpness(sharpness))
