"""Draws and searches the PDFs that lie with a preset, while its window is open.

A small look at one page of a preset's document, with the seals on it.

Where a preset's seals show on a page of its own document.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.domain.document import Document
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, marks_of
from esign_desktop.domain.preset.preset import CustomerRole, KeptPdf, Role, StaffRole, signer_of
from esign_desktop.domain.signer import ApplicationSigner, PersonSigner
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.tiles import image_of
from esign_desktop.ui.widgets.theme import signer_colour, theme

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placing.placement import KeywordHit, Placement
    from esign_desktop.domain.preset.preset import Preset, PresetDocument, PresetSeal
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.pdfs import PresetPdfs
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


_MARGIN_PX: Final = 8
_FACE_ALPHA: Final = 40
_SIZE: Final = QSize(260, 340)


class PagePreview(QWidget):
    """Shows what it is told; a page that is not drawn yet is an empty sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: PageFrame | None = None
        self._image: QImage | None = None
        self._marks: tuple[tuple[PageRect, int, bool], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def marks(self) -> tuple[tuple[PageRect, int, bool], ...]:
        """What is marked: where, by which role (its number from 1), and whether it is the chosen one."""
        return self._marks

    @property
    def has_image(self) -> bool:
        """Whether the page is drawn."""
        return self._image is not None

    def show_page(self, frame: PageFrame | None, image: QImage | None) -> None:
        """Show a page, or none."""
        self._frame, self._image = frame, image
        self.update()

    def show_marks(self, marks: Sequence[tuple[PageRect, int, bool]]) -> None:
        """Show seals: where, by which role (its number from 1), and whether it is the chosen one."""
        self._marks = tuple(marks)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return _SIZE

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        frame = self._frame
        if frame is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        scale = min(room.width() / frame.display_width_pt, room.height() / frame.display_height_pt)
        sheet = QRectF(0, 0, frame.display_width_pt * scale, frame.display_height_pt * scale)
        sheet.moveCenter(room.center())
        sheet.moveTop(room.top())
        painter.fillRect(sheet, QColor(Qt.GlobalColor.white))
        if self._image is not None:
            painter.drawImage(sheet, self._image)
        painter.setPen(QPen(theme().line, 1))
        painter.drawRect(sheet)
        for rect, number, is_chosen in self._marks:
            self._paint_mark(painter, sheet, scale, frame, rect, number, is_chosen=is_chosen)

    def _paint_mark(
        self,
        painter: QPainter,
        sheet: QRectF,
        scale: float,
        frame: PageFrame,
        rect: PageRect,
        number: int,
        *,
        is_chosen: bool,
    ) -> None:
        shown = frame.rect_to_display(rect)
        area = QRectF(
            sheet.left() + shown.left_pt * scale,
            sheet.top() + shown.top_pt * scale,
            shown.width_pt * scale,
            shown.height_pt * scale,
        )
        colour = signer_colour(number)
        face = QColor(colour)
        face.setAlpha(_FACE_ALPHA)
        painter.setPen(QPen(colour, 2.5 if is_chosen else 1.0))
        painter.setBrush(face)
        painter.drawRect(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def page_of(seal: PresetSeal, hits: Sequence[KeywordHit] | None, fallback_page: int | None) -> int:
    """Return the page to look at for a seal: where its keyword is, else where the chosen point is."""
    place = seal.placement
    if not isinstance(place, KeywordPlacement):
        return place.pages.first
    if hits:
        return hits[0].page_number
    return fallback_page or 1


def preset_marks(
    preset: Preset, document: PresetDocument, page_number: int, chosen: PresetSeal, pages: KeptPages
) -> tuple[tuple[PageRect, int, bool], ...]:
    """Return the marks on one page: where, of which role (its number from 1), and whether of the chosen seal."""
    numbers = {signer_of(role.id): number for number, role in enumerate(preset.roles, 1)}
    roles = {signer_of(role.id): role for role in preset.roles}
    standing = Document(document.slot, "", document.name, 0, "", document.fingerprint.pages)
    return tuple(
        (mark.rect, numbers[place.signer_id], seal is chosen)
        for seal in preset.seals
        if seal.placement.document_id == document.slot
        for place, hits in _places(seal, document, pages)
        for mark in marks_of(place, _signer(roles[place.signer_id]), standing, pages.behaviour, hits)
        if mark.page_number == page_number
    )


def _places(
    seal: PresetSeal, document: PresetDocument, pages: KeptPages
) -> Iterator[tuple[Placement, tuple[KeywordHit, ...]]]:
    place = seal.placement
    if not isinstance(place, KeywordPlacement):
        yield place, ()
        return
    hits = pages.hits(document, place.keyword)
    if hits:
        yield place, hits
        return
    fallbacks: tuple[CoordinatePlacement, ...] = seal.fallbacks
    for fallback in fallbacks:
        yield fallback, ()


def _signer(role: Role) -> Signer:
    """Return somebody with a seal of the role's kind; only its size matters."""
    from esign_desktop.domain.account import Person

    signer_id = signer_of(role.id)
    return (
        PersonSigner(signer_id, Person(""))
        if isinstance(role, (CustomerRole, StaffRole))
        else ApplicationSigner(signer_id)
    )
