"""The list of drafts, each on a card with an image of its first page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.tiles import image_of
from esign_desktop.ui.widgets.deliberate import DeliberateButton, FreshKeys
from esign_desktop.ui.widgets.flow_layout import FlowLayout
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent

    from esign_desktop.domain.contract.draft import ContractDraft, DraftId, DraftSummary
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.drafts import DraftService
    from esign_desktop.ui.tasks import TaskRunner


PICTURE_PX: Final = QSize(120, 160)
_WIDTH_PX: Final = 184


class DraftCard(QFrame):
    """Shows a draft with buttons to open, duplicate and delete it. Each signal carries the ``DraftId``.

    A double click or Enter opens the draft, and the Delete key deletes it. The open draft cannot be deleted.
    """

    open_requested = Signal(str)
    duplicate_requested = Signal(str)
    delete_requested = Signal(str)

    def __init__(self, summary: DraftSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = summary.id
        self.setObjectName("documentCard")
        self.setFixedWidth(sized(_WIDTH_PX))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        title = one_line(summary.title) or self.tr("Untitled")
        self.setAccessibleName(title)
        self._picture = PlainLabel(self)
        self._picture.setFixedSize(PICTURE_PX)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setPixmap(icon("document", theme().hint).pixmap(QSize(40, 40)))
        name = ElidedLabel(self, title)
        name.setObjectName("sectionTitle")
        show_tip(name, title)
        saved = china_time(summary.saved_at_ms)
        about = PlainLabel(self, self.tr("Being edited") if summary.is_open else saved, look="hint")
        pages = PlainLabel(self, self.tr("%n page(s)", "", summary.page_count), look="hint")
        self.setAccessibleDescription(f"{about.text()}, {pages.text()}")
        open_button, duplicate = QPushButton(self.tr("Open"), self), QToolButton(self)
        self._delete = DeliberateButton(self)
        self._delete.setObjectName("icon")
        self._keys = FreshKeys()
        for button, symbol, text in (
            (duplicate, "copy", self.tr("Duplicate")),
            (self._delete, "delete", self.tr("Delete")),
        ):
            button.setIcon(icon(symbol))
            button.setToolTip(text)
            button.setAccessibleName(f"{text}: {title}")
        self._delete.setEnabled(not summary.is_open)
        vbox(
            (self._picture, Qt.AlignmentFlag.AlignHCenter),
            *(name, about, pages),
            hbox((open_button, 1), duplicate, self._delete, spacing=4),
            spacing=4,
            margins=(12, 12, 12, 12),
            parent=self,
        )
        open_button.clicked.connect(partial(self.open_requested.emit, self._id))
        duplicate.clicked.connect(partial(self.duplicate_requested.emit, self._id))
        self._delete.meant.connect(partial(self.delete_requested.emit, self._id))

    @property
    def draft_id(self) -> DraftId:
        """The id of the draft."""
        return self._id

    def show_picture(self, image: QImage) -> None:
        """Show the image of the draft's first page, scaled to the card, in place of the icon."""
        ratio = self.devicePixelRatioF()
        size = PICTURE_PX * ratio
        kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        picture = QPixmap.fromImage(image.scaled(size, kept, smooth))
        with QPainter(picture) as painter:
            painter.setPen(theme().line)
            painter.drawRect(picture.rect().adjusted(0, 0, -1, -1))
        picture.setDevicePixelRatio(ratio)
        self._picture.setPixmap(picture)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.open_requested.emit(self._id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.open_requested.emit(self._id)
            case Qt.Key.Key_Delete if self._delete.isEnabled():
                if self._keys.is_fresh(event):
                    self._delete.click()
            case _:
                super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._keys.note_release(event)
        super().keyReleaseEvent(event)


_PictureKey = tuple["DraftId", int]
"""A draft's id, and the time at which it was saved, in milliseconds since the epoch."""

_GAP_PX: Final = 12
_SHOWN_DRAFTS: Final = 200


class DraftsList(QWidget):
    """Lists the drafts on cards, whose images are rendered in the background while they are in view.

    ``open_requested``, ``duplicate_requested`` and ``delete_requested`` carry a ``DraftId``. ``close_requested`` is
    emitted when the user returns to the contract.
    """

    manual_page = "prepare#drafts"

    open_requested = Signal(str)
    duplicate_requested = Signal(str)
    delete_requested = Signal(str)
    close_requested = Signal()

    def __init__(
        self, drafts: DraftService, documents: DocumentService, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._documents = documents
        self._tasks = tasks
        self._summaries: tuple[DraftSummary, ...] | None = None
        self._cards: dict[DraftId, DraftCard] = {}
        self._pictures: dict[_PictureKey, QImage | None] = {}
        self._drawing: _PictureKey | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Drafts"))
        title = PlainLabel(self, self.tr("Drafts"), look="roomTitle")
        self._empty = PlainLabel(
            self, self.tr("No drafts yet. Contracts you prepare are saved here automatically."), look="hint"
        )
        back = QPushButton(icon("chevron-left"), self.tr("Back to the contract"), self)
        ground = QWidget(self)
        self._flow = FlowLayout(ground)
        self._flow.setContentsMargins(0, 0, 0, _GAP_PX)
        self._flow.setSpacing(_GAP_PX)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(ground)
        vbox(
            hbox((title, 1), back, spacing=6), self._empty, (area, 1), spacing=12, margins=(24, 20, 24, 0), parent=self
        )
        self._area = area
        back.clicked.connect(self.close_requested)
        area.verticalScrollBar().valueChanged.connect(self._draw_next)

    def show_drafts(self, summaries: tuple[DraftSummary, ...]) -> None:
        """Show the first 200 of ``summaries`` in their order, in place of the previous drafts."""
        self._summaries = summaries
        focused = next((key for key, card in self._cards.items() if card.hasFocus()), None)
        for card in self._cards.values():
            self._flow.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = {}
        for summary in summaries[:_SHOWN_DRAFTS]:
            card = DraftCard(summary, self)
            card.open_requested.connect(self.open_requested)
            card.duplicate_requested.connect(self.duplicate_requested)
            card.delete_requested.connect(self.delete_requested)
            self._flow.addWidget(card)
            card.show()
            self._cards[summary.id] = card
            if (picture := self._pictures.get(_key(summary))) is not None:
                card.show_picture(picture)
        self._empty.setVisible(not summaries)
        self._flow.activate()
        first = self._cards.get(focused) if focused else next(iter(self._cards.values()), None)
        if first is not None:
            first.setFocus()
        self._draw_next()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_next()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw_next()

    def _draw_next(self) -> None:
        """Start to render the next missing image that is in view, unless an image is being rendered.

        Only one image is rendered at a time, because the pages of the contract are rendered in the same lane.
        """
        if self._drawing is not None or not self.isVisible():
            return
        for summary in (self._summaries or ())[:_SHOWN_DRAFTS]:
            key = _key(summary)
            if summary.page_count and key not in self._pictures and self._is_in_view(self._cards[summary.id]):
                self._drawing = key
                self._tasks.start(
                    partial(self._drafts.read, summary.id),
                    owner=self,
                    on_done=self._on_draft_read,
                    on_error=self._on_no_picture,
                    lane=Lane.STORE,
                )
                return

    def _is_in_view(self, card: DraftCard) -> bool:
        viewport = self._area.viewport()
        return viewport.rect().intersects(QRect(card.mapTo(viewport, QPoint()), card.size()))

    def _on_draft_read(self, draft: ContractDraft) -> None:
        if not draft.documents or not self.isVisible():
            self._go_on(None)
            return
        self._tasks.start(
            partial(_first_page, self._documents, draft),
            owner=self,
            on_done=self._go_on,
            on_error=self._on_no_picture,
            lane=Lane.PDF,
        )

    def _on_no_picture(self, _error: AppError) -> None:
        """Keep the card's icon, and ignore the error, which is reported when the user opens the draft."""
        self._go_on(None)

    def _go_on(self, image: QImage | None) -> None:
        key, self._drawing = self._drawing, None
        if key is not None:
            self._pictures[key] = image
            card = self._cards.get(key[0])
            if card is not None and image is not None:
                card.show_picture(image)
        self._draw_next()


def _key(summary: DraftSummary) -> _PictureKey:
    return summary.id, summary.saved_at_ms


def _first_page(documents: DocumentService, draft: ContractDraft) -> QImage:
    """Return the image of a draft's first page. Opens the document and closes it again. The call blocks.

    Raises the errors of ``DocumentService.open`` and ``DocumentService.render``.
    """
    document = documents.open(Path(draft.documents[0].path))
    try:
        frame = document.frame(1)
        size = PICTURE_PX * 2
        scale = min(size.width() / frame.display_width_pt, size.height() / frame.display_height_pt)
        return image_of(documents.render(document.id, 1, scale))
    finally:
        documents.close(document.id)
