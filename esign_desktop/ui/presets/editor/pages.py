"""The pages of a preset's PDFs for the editor: rendering, keyword search, and a preview with the seals."""

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
    """A cache of rendered pages and keyword matches.

    A missing entry is computed in the background, and then ``arrived`` is emitted. Documents whose source is a template
    have neither pages nor matches.
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
        """Images keyed by SHA-256 and page number, and matches keyed by SHA-256 and keyword.

        An entry that is being computed or whose computation failed is None.
        """

    @property
    def behaviour(self) -> PlatformBehaviour:
        """The behavior of the current environment's platform, which determines the size of seals."""
        return self._behaviour

    def use_behaviour(self, behaviour: PlatformBehaviour) -> None:
        """Set the platform's behavior, and emit ``arrived``."""
        self._behaviour = behaviour
        self.arrived.emit()

    def image(self, document: Document, page_number: int) -> QImage | None:
        """Return the image of a page, or None if it is not available yet."""
        if document.template is not None:
            return None
        return cast("QImage | None", self._ask(document, page_number, self._draw, Lane.PDF))

    def hits(self, document: Document, keyword: str) -> Hits | None:
        """Return the matches of a keyword, or None if they are not available yet."""
        if document.template is not None or not keyword.strip():
            return None
        return cast("Hits | None", self._ask(document, keyword, self._find, Lane.SEARCH))

    def counts(self, preset: Preset) -> dict[tuple[DocumentId, str], int]:
        """Return the number of matches of each of the preset's keywords whose matches are available."""
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
        """Close the files, and release the PDFs that were held for the editor."""
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
        """Leave the page empty. The error is shown when the preset is saved."""


class PagePreview(QWidget):
    """A preview of one page with its seals. The page is blank until its image is available.

    A mark consists of a rectangle in page space, the number of a role (from 1), and whether the seal is chosen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: PageFrame | None = None
        self._image: QImage | None = None
        self._marks: tuple[tuple[PageRect, int, bool], ...] = ()
        self._styles: Mapping[int, SealStyle] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def marks(self) -> tuple[tuple[PageRect, int, bool], ...]:
        """The marks on the page."""
        return self._marks

    @property
    def has_image(self) -> bool:
        """Whether the image of the page is available."""
        return self._image is not None

    def show_page(self, frame: PageFrame | None, image: QImage | None) -> None:
        """Show a page. ``frame`` is None if there is no page, and ``image`` until it is available."""
        self._frame, self._image = frame, image
        self.update()

    def show_marks(self, marks: Sequence[tuple[PageRect, int, bool]], styles: Mapping[int, SealStyle]) -> None:
        """Show these marks. ``styles`` maps the numbers of roles to the look of their seals."""
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
            # A slice of a cross-page seal is not square, and must not be drawn as a whole seal.
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
    """Return the look of the seals of a preset's roles, keyed by the roles' numbers (from 1)."""
    names = role_names(preset)
    return {
        number: SealStyle(SealKind.of(role), names[str(role.id)], number, is_dashed=False)
        for number, role in enumerate(preset.signers, 1)
    }


def page_of(place: Placement, hits: Sequence[KeywordHit] | None, fallback_page: int | None) -> int:
    """Return the number of the page to show for a seal.

    For a keyword, this is the page of the first match, or ``fallback_page`` if there is none.
    """
    if not isinstance(place, KeywordPlacement):
        return place.pages.first
    if hits:
        return hits[0].page_number
    return fallback_page or 1


def preset_marks(
    preset: Preset, document: Document, page_number: int, chosen: Placement, pages: KeptPages
) -> tuple[tuple[PageRect, int, bool], ...]:
    """Return the marks of the preset's seals on one page, for ``PagePreview``."""
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
