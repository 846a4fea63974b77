"""One kept contract in the list of drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.deliberate.fresh_keys import FreshKeys
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import ElidedLabel, PlainLabel
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent

    from esign_desktop.domain.draft import DraftId
    from esign_desktop.services.drafts import DraftSummary

PICTURE_PX: Final = QSize(120, 160)
_WIDTH_PX: Final = 184


class DraftCard(QFrame):
    """Each signal carries the DraftId. A double click, or Enter, opens the draft."""

    open_requested = Signal(str)
    duplicate_requested = Signal(str)
    delete_requested = Signal(str)

    def __init__(self, summary: DraftSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = summary.id
        self.setObjectName("documentCard")
        self.setFixedWidth(_WIDTH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        title = one_line(summary.title) or self.tr("Untitled")
        self.setAccessibleName(title)
        self._picture = PlainLabel(self)
        self._picture.setFixedSize(PICTURE_PX)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setPixmap(icon("document", theme().hint).pixmap(QSize(40, 40)))
        name = ElidedLabel(self, title)
        name.setObjectName("sectionTitle")
        name.setToolTip(PlainLabel.plain_tip(title))
        saved = china_time(summary.saved_at_ms)
        about = PlainLabel(self, self.tr("On the desk") if summary.is_open else saved)
        about.setObjectName("hint")
        pages = PlainLabel(self, self.tr("%n page(s)", "", summary.page_count))
        pages.setObjectName("hint")
        self.setAccessibleDescription(f"{about.text()}, {pages.text()}")
        self._open = QPushButton(self.tr("Open"), self)
        self._duplicate, self._delete = QToolButton(self), DeliberateButton(self)
        self._delete.setObjectName("icon")
        self._keys = FreshKeys()
        for button, symbol, text in (
            (self._duplicate, "copy", self.tr("Duplicate")),
            (self._delete, "delete", self.tr("Delete")),
        ):
            button.setIcon(icon(symbol))
            button.setToolTip(text)
            button.setAccessibleName(f"{text}: {title}")
        self._delete.setEnabled(not summary.is_open)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self._open, 1)
        buttons.addWidget(self._duplicate)
        buttons.addWidget(self._delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(4)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (name, about, pages):
            column.addWidget(widget)
        column.addLayout(buttons)
        self._open.clicked.connect(self._on_open_clicked)
        self._duplicate.clicked.connect(self._on_duplicate_clicked)
        self._delete.meant.connect(self._on_delete_meant)

    @property
    def draft_id(self) -> DraftId:
        """Which draft this is."""
        return self._id

    @property
    def delete_button(self) -> DeliberateButton:
        """What deletes the draft."""
        return self._delete

    def show_picture(self, image: QImage) -> None:
        """Show the first page."""
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

    def _on_open_clicked(self) -> None:
        self.open_requested.emit(self._id)

    def _on_duplicate_clicked(self) -> None:
        self.duplicate_requested.emit(self._id)

    def _on_delete_meant(self) -> None:
        self.delete_requested.emit(self._id)
