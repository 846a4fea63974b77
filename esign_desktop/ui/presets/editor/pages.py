"""The pages of a preset's PDFs while its editor is open: drawn, searched, and shown with the seals on them."""

from __future__ import annotations

import math
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.placing.placement import KeywordPlacement, marks_of
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.preset import role_names
from esign_desktop.ui.viewer.seals import SealKind, SealStyle, draw_seal
from esign_desktop.ui.viewer.tiles import image_of
from esign_desktop.ui.widgets.theme import signer_colour, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placing.placement import KeywordHit, Placement
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.pdfs import PresetPdfs
    from esign_desktop.ui.tasks import TaskRunner


Hits = tuple["KeywordHit", ...]
_PIXELS_PER_POINT: Final = 1.0
_MARGIN_PX: Final = 8
_FACE_ALPHA: Final = 40
_SIZE: Final = QSize(260, 340)


class KeptPages(QObject):
    """A cache: what is missing is drawn or searched in the background, and ``arrived`` comes when it is there.

    A template has no pages here.
    """

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
        self._known: dict[tuple[str, int | str], Any] = {}
        """Images by hash and page number, matches by hash and keyword; None while they are asked for."""

    @property
    def behaviour(self) -> PlatformBehaviour:
        """The behaviour of the platform in use, by which seals are drawn."""
        return self._behaviour

    def use_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Draw seals by another behaviour."""
        self._behaviour = behaviour
        self.arrived.emit()

    def image(self, document: Document, page_number: int) -> QImage | None:
        """Return a page as an image, if it is drawn already."""
        if document.template is not None:
            return None
        return cast("QImage | None", self._ask(document, page_number, self._draw, Lane.PDF))

    def hits(self, document: Document, keyword: str) -> Hits | None:
        """Return a keyword's matches, if they are known already."""
        if document.template is not None or not keyword.strip():
            return None
        return cast("Hits | None", self._ask(document, keyword, self._find, Lane.SEARCH))

    def counts(self, preset: Preset) -> dict[tuple[DocumentId, str], int]:
        """Return how many matches the preset's keywords have, as far as that is known already."""
        found = {}
        documents = {document.id: document for document in preset.documents}
        for place in preset.placements:
            document = documents.get(place.document_id)
            if isinstance(place, KeywordPlacement) and document is not None:
                hits = self.hits(document, place.keyword)
                if hits is not None:
                    found[document.id, place.keyword] = len(hits)
        return found

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            opened, self._opened = tuple(self._opened.values()), {}
        for document in opened:
            self._documents.close(document.id)
        self._pdfs.let_go()

    def _ask(self, kept: Document, what: int | str, work: Callable[[Document, Any], Any], lane: Lane) -> Any:
        key = (kept.sha256, what)
        if key not in self._known:
            self._known[key] = None
            self._tasks.start(
                partial(work, kept, what),
                owner=self,
                on_done=partial(self._on_arrived, key),
                on_error=self._on_failed,
                lane=lane,
            )
        return self._known[key]

    def _document(self, kept: Document) -> Document:
        with self._lock:
            if kept.sha256 not in self._opened:
                self._opened[kept.sha256] = self._pdfs.open(kept)
            return self._opened[kept.sha256]

    def _draw(self, kept: Document, page_number: int) -> QImage:
        return image_of(self._documents.render(self._document(kept).id, page_number, _PIXELS_PER_POINT))

    def _find(self, kept: Document, keyword: str) -> Hits:
        return self._documents.find(self._document(kept).id, keyword)

    def _on_arrived(self, key: tuple[str, int | str], found: object) -> None:
        self._known[key] = found
        self.arrived.emit()

    def _on_failed(self, _error: AppError) -> None:
        """The page stays empty; saving the preset says what is wrong with the file."""


class PagePreview(QWidget):
    """Shows one page, empty while it is not drawn, with marks: where, of which role (from 1), and if it is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: PageFrame | None = None
        self._image: QImage | None = None
        self._marks: tuple[tuple[PageRect, int, bool], ...] = ()
        self._styles: Mapping[int, SealStyle] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def marks(self) -> tuple[tuple[PageRect, int, bool], ...]:
        """What is marked, in page space."""
        return self._marks

    @property
    def has_image(self) -> bool:
        """Whether the page is drawn."""
        return self._image is not None

    def show_page(self, frame: PageFrame | None, image: QImage | None) -> None:
        """Show a page, or none."""
        self._frame, self._image = frame, image
        self.update()

    def show_marks(self, marks: Sequence[tuple[PageRect, int, bool]], styles: Mapping[int, SealStyle]) -> None:
        """Draw seals, in page space; ``styles`` are the roles' seals by their numbers."""
        self._marks, self._styles = tuple(marks), styles
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
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
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
            shown = frame.rect_to_display(rect)
            left, top = sheet.left() + shown.left_pt * scale, sheet.top() + shown.top_pt * scale
            colour = signer_colour(number)
            place = QRectF(left, top, shown.width_pt * scale, shown.height_pt * scale)
            # A slice of a seal is no small seal.
            style = self._styles.get(number) if math.isclose(place.width(), place.height(), rel_tol=0.01) else None
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if style is not None:
                draw_seal(painter, place, style)
            else:
                face = QColor(colour)
                face.setAlpha(_FACE_ALPHA)
                painter.setBrush(face)
            if is_chosen or style is None:
                painter.setPen(QPen(colour, 2.0 if is_chosen else 1.0))
                painter.drawRect(place)


def seal_styles(preset: Preset) -> dict[int, SealStyle]:
    """Return how the seals of a preset's roles look, by the roles' numbers."""
    names = role_names(preset)
    return {
        number: SealStyle(SealKind.of(role), names[str(role.id)], number, is_dashed=False)
        for number, role in enumerate(preset.signers, 1)
    }


def page_of(place: Placement, hits: Sequence[KeywordHit] | None, fallback_page: int | None) -> int:
    """Return the page number to show for a seal: where its keyword is, or else the chosen fallback point."""
    if not isinstance(place, KeywordPlacement):
        return place.pages.first
    if hits:
        return hits[0].page_number
    return fallback_page or 1


def preset_marks(
    preset: Preset, document: Document, page_number: int, chosen: Placement, pages: KeptPages
) -> tuple[tuple[PageRect, int, bool], ...]:
    """Return the marks of the preset's seals on one page."""
    numbers = {role.id: number for number, role in enumerate(preset.signers, 1)}
    roles = {role.id: role for role in preset.signers}
    return tuple(
        (mark.rect, numbers[place.signer_id], kept_place is chosen)
        for kept_place in preset.placements
        if kept_place.document_id == document.id
        for place, hits in _places(kept_place, document, pages)
        for mark in marks_of(place, roles[place.signer_id], document, pages.behaviour, hits)
        if mark.page_number == page_number
    )


def _places(
    place: Placement, document: Document, pages: KeptPages
) -> Iterator[tuple[Placement, tuple[KeywordHit, ...]]]:
    if not isinstance(place, KeywordPlacement):
        yield place, ()
        return
    hits = pages.hits(document, place.keyword)
    if hits:
        yield place, hits
        return
    for fallback in place.fallback_placements:
        yield fallback, ()
