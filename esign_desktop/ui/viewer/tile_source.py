"""Has pages drawn elsewhere, the most wanted first, and keeps the pictures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.tile_cache import TileCache, TileKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import DisplayRect
    from esign_desktop.services.documents import Pixels
    from esign_desktop.ui.tasks import TaskRunner

MAX_UNDER_WAY: Final = 2
"""As many as there are hands to draw. The rest waits here, where a wish can still be dropped."""


class PageRenderer(Protocol):
    """Draws pages; called from other threads than the window's."""

    def render(
        self, document_id: DocumentId, page_number: int, pixels_per_point: float, clip: DisplayRect | None = None
    ) -> Pixels:
        """Draw a page or a part of it. Raises AppError."""


class TileSource(QObject):
    """Pictures of pages on request.

    ``want`` replaces all earlier wishes, so what scrolled away is not begun. ``arrived`` and ``failed`` carry the
    document's id and the page number.
    """

    arrived = Signal(str, int)
    failed = Signal(str, int)

    def __init__(
        self, renderer: PageRenderer, tasks: TaskRunner, cache: TileCache | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._renderer = renderer
        self._tasks = tasks
        self._cache = cache or TileCache()
        self._wishes: list[TileKey] = []
        self._under_way: set[TileKey] = set()
        self._failures: dict[tuple[DocumentId, int], AppError] = {}
        # A picture that was begun before its document was forgotten shows the old file.
        self._editions: dict[DocumentId, int] = {}

    @property
    def cache(self) -> TileCache:
        """The pictures there are."""
        return self._cache

    @property
    def is_idle(self) -> bool:
        """Whether nothing is wanted and nothing under way."""
        return not self._under_way and not self._wishes

    def want(self, keys: Sequence[TileKey]) -> None:
        """Have these pictures drawn, in this order, and nothing else that has not begun."""
        self._wishes = [
            key
            for key in dict.fromkeys(keys)
            if key not in self._cache
            and key not in self._under_way
            and (key.document_id, key.page_number) not in self._failures
        ]
        self._begin()

    def failure(self, document_id: DocumentId, page_number: int) -> AppError | None:
        """Return why a page can't be drawn, if that was tried in vain."""
        return self._failures.get((document_id, page_number))

    def retry(self, document_id: DocumentId, page_number: int) -> None:
        """Let a failed page be tried again with the next wishes."""
        self._failures.pop((document_id, page_number), None)

    def forget(self, document_id: DocumentId) -> None:
        """Drop pictures and failures of a document, because its file was opened anew or is gone."""
        self._editions[document_id] = self._editions.get(document_id, 0) + 1
        self._cache.drop_document(document_id)
        self._failures = {page: error for page, error in self._failures.items() if page[0] != document_id}

    def _begin(self) -> None:
        while self._wishes and len(self._under_way) < MAX_UNDER_WAY:
            key = self._wishes.pop(0)
            self._under_way.add(key)
            edition = self._editions.get(key.document_id, 0)
            self._tasks.start(
                partial(_draw, self._renderer, key),
                owner=self,
                on_done=partial(self._on_image_drawn, key, edition),
                on_error=partial(self._on_drawing_failed, key, edition),
                lane=Lane.PDF,
            )

    def _on_image_drawn(self, key: TileKey, edition: int, image: QImage) -> None:
        self._under_way.discard(key)
        if edition == self._editions.get(key.document_id, 0):
            self._cache.put(key, image)
            self.arrived.emit(key.document_id, key.page_number)
        self._begin()

    def _on_drawing_failed(self, key: TileKey, edition: int, error: AppError) -> None:
        self._under_way.discard(key)
        if edition == self._editions.get(key.document_id, 0):
            page = (key.document_id, key.page_number)
            self._failures[page] = error
            self._wishes = [wish for wish in self._wishes if (wish.document_id, wish.page_number) != page]
            self.failed.emit(key.document_id, key.page_number)
        self._begin()


def _draw(renderer: PageRenderer, key: TileKey) -> QImage:
    """Draw in the calling thread; the copy is made there too, so the window's thread only receives it."""
    return image_of(renderer.render(key.document_id, key.page_number, key.pixels_per_point, key.clip))


def image_of(pixels: Pixels) -> QImage:
    """Copy what was drawn into an image of its own."""
    image = QImage(pixels.data, pixels.width_px, pixels.height_px, pixels.stride_bytes, QImage.Format.Format_RGB32)
    return image.copy()
