"""Draws and searches the PDFs that lie with a preset, while its window is open."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.placement import KeywordPlacement
from esign_desktop.domain.platform_behaviour import PlatformBehaviour
from esign_desktop.domain.preset import KeptPdf
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.tile_source import image_of

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.placement import KeywordHit
    from esign_desktop.domain.preset import Preset, PresetDocument
    from esign_desktop.services.documents import DocumentService
    from esign_desktop.services.preset_pdfs import PresetPdfs
    from esign_desktop.ui.tasks import TaskRunner

Hits = tuple["KeywordHit", ...]
_PIXELS_PER_POINT: Final = 1.0


class KeptPages(QObject):
    """Answers with what is known, and asks for the rest; ``arrived`` when more is known. A template is not here."""

    arrived = Signal()

    def __init__(
        self, pdfs: PresetPdfs, documents: DocumentService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pdfs = pdfs
        self._documents = documents
        self._tasks = tasks
        self._lock = threading.Lock()
        self._behaviour = PlatformBehaviour()
        self._opened: dict[str, Document] = {}
        self._images: dict[tuple[str, int], QImage | None] = {}
        self._hits: dict[tuple[str, str], Hits | None] = {}

    @property
    def behaviour(self) -> PlatformBehaviour:
        """How the platform behaves that seals are drawn for."""
        return self._behaviour

    def use_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Draw seals for a platform that behaves like this."""
        self._behaviour = behaviour
        self.arrived.emit()

    def image(self, document: PresetDocument, page_number: int) -> QImage | None:
        """Return a page as it looks, if it is drawn already."""
        source = document.source
        if not isinstance(source, KeptPdf):
            return None
        key = (source.sha256, page_number)
        if key not in self._images:
            self._images[key] = None
            self._tasks.start(
                partial(self._draw, source, page_number),
                owner=self,
                on_done=partial(self._on_drawn, key),
                on_error=self._on_failed,
                lane=Lane.PDF,
            )
        return self._images[key]

    def hits(self, document: PresetDocument, keyword: str) -> Hits | None:
        """Return where a keyword stands, if that is known already."""
        source = document.source
        if not isinstance(source, KeptPdf) or not keyword.strip():
            return None
        key = (source.sha256, keyword)
        if key not in self._hits:
            self._hits[key] = None
            self._tasks.start(
                partial(self._find, source, keyword),
                owner=self,
                on_done=partial(self._on_found, key),
                on_error=self._on_failed,
                lane=Lane.SEARCH,
            )
        return self._hits[key]

    def counts(self, preset: Preset) -> dict[tuple[DocumentId, str], int]:
        """Return how often the preset's keywords stand in its documents, as far as that is known already."""
        found = {}
        documents = {document.slot: document for document in preset.documents}
        for seal in preset.seals:
            place = seal.placement
            document = documents.get(place.document_id)
            if isinstance(place, KeywordPlacement) and document is not None:
                hits = self.hits(document, place.keyword)
                if hits is not None:
                    found[document.slot, place.keyword] = len(hits)
        return found

    def close(self) -> None:
        """Let the files go."""
        with self._lock:
            opened, self._opened = tuple(self._opened.values()), {}
        for document in opened:
            self._documents.close(document.id)
        self._pdfs.let_go()

    def _document(self, source: KeptPdf) -> Document:
        with self._lock:
            if source.sha256 not in self._opened:
                self._opened[source.sha256] = self._pdfs.open(source, "")
            return self._opened[source.sha256]

    def _draw(self, source: KeptPdf, page_number: int) -> QImage:
        return image_of(self._documents.render(self._document(source).id, page_number, _PIXELS_PER_POINT))

    def _find(self, source: KeptPdf, keyword: str) -> Hits:
        return self._documents.find(self._document(source).id, keyword)

    def _on_drawn(self, key: tuple[str, int], image: QImage) -> None:
        self._images[key] = image
        self.arrived.emit()

    def _on_found(self, key: tuple[str, str], hits: Hits) -> None:
        self._hits[key] = hits
        self.arrived.emit()

    def _on_failed(self, _error: AppError) -> None:
        """The sheet stays empty; keeping the preset says what is wrong with the file."""
