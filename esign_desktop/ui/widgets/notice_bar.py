"""Messages in a bar of the main window: nobody has to click them away before going on."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from esign_desktop.domain.errors import AppError
from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.ui.widgets.deliberate import DeliberateButton

MOST_SHOWN: Final = 3
MOST_CHARACTERS: Final = 500
PASSING_MS: Final = 6000
_ICON_PX: Final = 18


class Tone(StrEnum):
    """How a message sounds. INFO and SUCCESS go away by themselves."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


_ICONS: Final = {Tone.INFO: "info", Tone.SUCCESS: "check", Tone.WARNING: "warning", Tone.ERROR: "error"}


class MessageRow(QFrame):
    """One message: what happened, what to do, and perhaps one thing to press."""

    closed = Signal(object)
    next_requested = Signal()

    def __init__(self, title: str, remedy: str, detail: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.tone = tone
        self._detail = detail
        self._action: Callable[[], None] | None = None
        self._mark = QLabel(self)
        self._title = PlainLabel(self, one_line(title, most_characters=MOST_CHARACTERS))
        self._remedy = PlainLabel(self, one_line(remedy, most_characters=MOST_CHARACTERS))
        self._button: DeliberateButton | None = None
        self._next = QToolButton(self)
        self._row = QHBoxLayout(self)
        self._copy = QToolButton(self)
        self._close = QToolButton(self)
        self._lay_out()
        self._connect()
        self.setAccessibleName(f"{title} {remedy}".strip())

    def show_waiting(self, count: int) -> None:
        """Tell how many other messages wait behind this one."""
        self._next.setVisible(count > 0)
        self._next.setText(self.tr("%n more", "", count))

    @property
    def title(self) -> str:
        """What happened."""
        return self._title.text()

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._remedy.text()

    def offer(self, label: str, action: Callable[[], None]) -> None:
        """Offer one thing to do; pressing it closes the message."""
        from esign_desktop.ui.widgets.deliberate import DeliberateButton

        self._action = action
        # It comes by itself, perhaps under the pointer.
        self._button = DeliberateButton(self, label)
        self._button.meant.connect(self._on_button_meant)
        self._row.insertWidget(self._row.indexOf(self._next), self._button, 0, QtCore.Qt.AlignmentFlag.AlignVCenter)

    def press(self) -> None:
        """Do what the message offers."""
        if self._button is not None:
            self._button.click()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_mark()
        super().changeEvent(event)

    def _show_mark(self) -> None:
        colour = {Tone.ERROR: theme().danger, Tone.SUCCESS: theme().success, Tone.WARNING: theme().warning_ink}
        self._mark.setPixmap(icon(_ICONS[self.tone], colour.get(self.tone, theme().accent)).pixmap(_ICON_PX, _ICON_PX))

    def _lay_out(self) -> None:
        self._show_mark()
        self._mark.setFixedSize(_ICON_PX, _ICON_PX)
        bold = self._title.font()
        bold.setBold(True)
        self._title.setFont(bold)
        self._title.setWordWrap(True)
        self._remedy.setWordWrap(True)
        self._remedy.setVisible(bool(self._remedy.text()))
        self._next.hide()
        self._next.setAutoRaise(True)
        self._next.setToolTip(self.tr("Show the next message"))
        self._copy.setVisible(bool(self._detail))
        for button, name, label in (
            (self._copy, "copy", self.tr("Copy details for support")),
            (self._close, "close", self.tr("Close message")),
        ):
            button.setIcon(icon(name))
            button.setIconSize(QSize(16, 16))
            button.setAutoRaise(True)
            button.setToolTip(label)
            button.setAccessibleName(label)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._remedy)
        row = self._row
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        for widget in (self._next, self._copy, self._close):
            row.addWidget(widget, 0, QtCore.Qt.AlignmentFlag.AlignVCenter)

    def _connect(self) -> None:
        self._next.clicked.connect(self.next_requested)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._close.clicked.connect(self._on_close_clicked)

    def _on_button_meant(self) -> None:
        self.closed.emit(self)
        if self._action is not None:
            self._action()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.title}\n{self._detail}")

    def _on_close_clicked(self) -> None:
        self.closed.emit(self)


class Messages(QWidget):
    """The messages that stand. A new message replaces the one of the same key.

    One is seen at a time, the newest first: three on top of each other would push what is below them out of its place.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, MessageRow] = {}
        self._timers: dict[str, QTimer] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self.hide()

    @property
    def rows(self) -> tuple[MessageRow, ...]:
        """The messages that stand, the newest first."""
        return tuple(reversed(self._rows.values()))

    def tell(
        self,
        what: AppError | str,
        tone: Tone | None = None,
        *,
        remedy: str = "",
        key: str = "",
        about: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> MessageRow:
        """Show an error, or a sentence. The key of an error is its code, that of a sentence the sentence itself.

        ``about`` names what it is about, such as a file. ``action`` is the label of one button and what it does.
        """
        if isinstance(what, AppError):
            # Texts for some hundred errors: not before there is one.
            from esign_desktop.ui.text.errors.sentences import error_sentence

            sentence = error_sentence(what)
            title, remedy, detail = sentence.title, remedy or sentence.remedy, sentence.detail
            key, tone = key or what.code, tone or Tone.ERROR
        else:
            title, detail = what, ""
            key, tone = key or what, tone or Tone.INFO
        if about:
            title, key = f"{about} — {title}", f"{key} {about}"
        self.clear(key)
        row = MessageRow(title, remedy, detail, tone, self)
        row.closed.connect(self._on_row_closed)
        row.next_requested.connect(self._on_row_next_requested)
        if action is not None:
            row.offer(*action)
        self._rows[key] = row
        self._column.insertWidget(0, row)
        for old in list(self._rows)[:-MOST_SHOWN]:
            self.clear(old)
        if tone in {Tone.INFO, Tone.SUCCESS} and action is None:
            self._start_timer(key)
        self._show_newest()
        # Screen readers say it at once.
        from PySide6.QtGui import QAccessible, QAccessibleEvent

        QAccessible.updateAccessibility(QAccessibleEvent(row, QAccessible.Event.Alert))
        return row

    def clear(self, key: str) -> None:
        """Take a message away, because what it says is no longer so."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        row = self._rows.pop(key, None)
        if row is not None:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._show_newest()

    def _show_newest(self) -> None:
        for index, row in enumerate(self.rows):
            row.show_waiting(len(self._rows) - 1)
            row.setVisible(index == 0)
        self.setVisible(bool(self._rows))

    def _on_row_next_requested(self) -> None:
        newest = next(reversed(self._rows))
        self._rows = {newest: self._rows.pop(newest), **self._rows}
        self._show_newest()

    def _start_timer(self, key: str) -> None:
        timer = QTimer(self)
        timer.setObjectName(key)
        timer.setSingleShot(True)
        timer.setInterval(PASSING_MS)
        timer.timeout.connect(self._on_timer_timeout)
        timer.start()
        self._timers[key] = timer

    def _on_timer_timeout(self) -> None:
        timer = self.sender()
        for key in [key for key, one in self._timers.items() if one is timer]:
            self.clear(key)

    def _on_row_closed(self, row: MessageRow) -> None:
        for key in [key for key, one in self._rows.items() if one is row]:
            self.clear(key)
