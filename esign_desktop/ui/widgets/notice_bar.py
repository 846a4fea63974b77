"""Provide bars and messages that inform the user, who can continue without closing them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from esign_desktop.domain.errors import AppError
from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.flow_layout import FlowLayout
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FIT_EVENTS, hbox, vbox
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

MOST_SHOWN: Final = 3
MOST_CHARACTERS: Final = 500
PASSING_MS: Final = 6000
_ICON_PX: Final = 18
_SIDE_PX: Final = 24
_MOST_WIDE_PX: Final = 580
_ABOVE_BAR_PX: Final = 112
"""The distance of messages from the lower edge of a room, in logical pixels.

The main button of the room and possibly an offer are below the messages.
"""
_TEXT_PX: Final = 200
"""The width in logical pixels that the text of a bar needs beside the buttons. Otherwise, they are below it."""
_GEOMETRY_EVENTS: Final = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize}


class MessageLevel(StrEnum):
    """The severity of a message. INFO and SUCCESS messages without an action disappear after six seconds."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


_ICONS: Final = {
    MessageLevel.INFO: "info",
    MessageLevel.SUCCESS: "check",
    MessageLevel.WARNING: "warning",
    MessageLevel.ERROR: "error",
}


def keep_clear(widget: QWidget) -> None:
    """Keep messages from covering a widget while it is in the lower half of a room. Notice bars are kept clear."""
    _ClearArea(widget)


class _ClearArea(QObject):
    """Moves the messages of the window when a widget that they must not cover appears, moves or disappears."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A widget is also hidden while it is destroyed.
        if event.type() in _GEOMETRY_EVENTS and isValid(self.widget):
            for messages in self.widget.window().findChildren(Messages):
                messages.place_soon()
        return super().eventFilter(watched, event)


class NoticeBar(QFrame):
    """A bar with a sentence and buttons.

    A subclass sets the text and shows the bar. A screen reader announces the text. If there is too little space for
    the text, the buttons are below it.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        level: MessageLevel | None = None,
        icon_name: str = "",
        side_px: int = 12,
    ) -> None:
        """Create the bar. With a level, it starts with the level's icon, or with ``icon_name`` in the level's color.

        ``side_px`` is the margin on the left and the right.
        """
        super().__init__(parent)
        self.setObjectName("noticeBar")
        keep_clear(self)
        self.level = level
        self._icon_name = icon_name or (_ICONS[level] if level is not None else "")
        self._mark = QLabel(self)
        self._text = PlainLabel(self, is_wrapped=True)
        # Filled after the row has it, because a message moves both into other layouts, see ``layouts``.
        self._words = hbox()
        self._buttons = QWidget(self)
        self._flow = FlowLayout(self._buttons)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setSpacing(8)
        self._row = hbox((self._words, 1), self._buttons, margins=(side_px, 8, side_px, 8), parent=self)
        self._words.addWidget(self._mark)
        self._words.addWidget(self._text, 1)
        self._mark.setFixedSize(_ICON_PX, _ICON_PX)
        self._mark.setVisible(level is not None)
        self._show_mark()

    @property
    def text(self) -> str:
        """The displayed sentence."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Show another sentence. If the bar is visible, a screen reader announces the sentence."""
        is_news = self.isVisible() and text != self.text
        self._text.setText(text)
        if is_news:
            self._announce()

    @property
    def spoken(self) -> str:
        """The text that a screen reader announces when the bar appears."""
        return self.text

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._announce()

    def _announce(self) -> None:
        announce(self, self.spoken, is_urgent=self.level in {MessageLevel.WARNING, MessageLevel.ERROR})

    def add_button(
        self, text: str, slot: Callable[[], object], *, is_primary: bool = False, is_deliberate: bool = True
    ) -> QPushButton:
        """Add a button at the right end, connect it to ``slot``, and return it.

        By default, it is a ``DeliberateButton``, because the bar may appear under the pointer.
        """
        from esign_desktop.ui.widgets.deliberate import DeliberateButton

        button = DeliberateButton(self, text) if is_deliberate else QPushButton(text, self)
        (button.meant if isinstance(button, DeliberateButton) else button.clicked).connect(slot)
        if is_primary:
            button.setObjectName("primary")
        self.add_widget(button)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Add a widget, such as a field or a button, at the right end."""
        self._flow.addWidget(widget)

    @override
    def minimumSizeHint(self) -> QSize:
        # The width at which the buttons are below the text, even if they are beside it now.
        margins = self._row.contentsMargins()
        width_px = self._flow.minimumSize().width() + margins.left() + margins.right()
        return QSize(width_px, super().minimumSizeHint().height())

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in FIT_EVENTS:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        margins, buttons_px = self._row.contentsMargins(), self._flow.sizeHint().width()
        left_px = self.width() - margins.left() - margins.right() - self._row.spacing() - buttons_px
        direction, policy = QBoxLayout.Direction, QSizePolicy.Policy
        is_narrow = buttons_px > 0 and left_px < sized(_TEXT_PX)
        self._row.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)
        self._buttons.setMinimumWidth(0 if is_narrow else buttons_px)
        # Beside several lines of text, the buttons are centered.
        self._buttons.setSizePolicy(policy.Preferred, policy.Preferred if is_narrow else policy.Maximum)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_mark()
        super().changeEvent(event)

    def _show_mark(self) -> None:
        if self.level is not None:
            self._mark.setPixmap(_mark_of(self.level, self._icon_name))


class MarkedText(QWidget):
    """Shows the icon of a level beside a sentence and its details. It is hidden while there is no level."""

    def __init__(self, parent: QWidget | None = None, *, details_look: str = "") -> None:
        super().__init__(parent)
        self._level: MessageLevel | None = None
        self._mark = QLabel(self)
        self._title = PlainLabel(self, is_wrapped=True)
        self._details = PlainLabel(self, look=details_look, is_wrapped=True)
        hbox(_on_top(self._mark), (vbox(self._title, self._details, spacing=2), 1), parent=self)
        self.hide()

    @property
    def text(self) -> str:
        """The displayed sentence and its details, in one line."""
        return f"{self._title.text()} {self._details.text()}".strip()

    def show_text(self, level: MessageLevel | None, title: str = "", details: str = "") -> None:
        """Show a text, which a screen reader announces. If ``level`` is None, hide the widget."""
        self._level = level
        said = self.text
        self._title.setText(title)
        self._details.setText(details)
        self._details.setVisible(bool(details))
        self.setVisible(level is not None)
        self._show_mark()
        if self.text != said and self.isVisible():
            announce(self, self.text)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_mark()
        super().changeEvent(event)

    def _show_mark(self) -> None:
        if self._level is not None:
            self._mark.setPixmap(_mark_of(self._level, _ICONS[self._level]))


def _mark_of(level: MessageLevel, icon_name: str) -> QPixmap:
    colours = {
        MessageLevel.ERROR: theme().danger,
        MessageLevel.SUCCESS: theme().success,
        MessageLevel.WARNING: theme().warning_ink,
    }
    return icon(icon_name, colours.get(level, theme().accent)).pixmap(_ICON_PX, _ICON_PX)


def _on_top(mark: QLabel) -> QVBoxLayout:
    """Return a column with ``mark`` at its top, so that the mark is beside the first of several lines.

    An alignment would have the same effect, but needs one of Qt's constants, which are slow to load.
    """
    column = QVBoxLayout()
    column.addWidget(mark)
    column.addStretch()
    return column


class MessageRow(NoticeBar):
    """A bar that shows one message: what happened, what the user can do, and possibly a button that does it."""

    closed = Signal(object)
    """Carries the ``MessageRow`` itself when the message is to be removed."""
    next_requested = Signal()
    """Emitted when the user wants to see the next message."""
    room = ""
    """The name of the room in which the message is shown, or empty for all rooms."""

    def __init__(self, title: str, remedy: str, detail: str, level: MessageLevel, parent: QWidget) -> None:
        super().__init__(parent, level=level)
        self.setObjectName("message")
        self._detail = detail
        self._action: Callable[[], None] | None = None
        self._button: QPushButton | None = None
        bold = self._text.font()
        bold.setBold(True)
        self._text.setFont(bold)
        self.show_text(one_line(title, most_characters=MOST_CHARACTERS))
        self._remedy = PlainLabel(self, one_line(remedy, most_characters=MOST_CHARACTERS), is_wrapped=True)
        self._remedy.setVisible(bool(self._remedy.text()))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._text)
        texts.addWidget(self._remedy)
        if remedy:
            # The icon is beside the first of the two lines.
            self._words.removeWidget(self._mark)
            self._words.insertLayout(0, _on_top(self._mark))
        self._words.addLayout(texts, 1)
        self._row.setContentsMargins(12, 8, 8, 8)
        self._next = self._add_tool("", self.tr("Show next message"), self.next_requested.emit)
        self._copy = self._add_tool("copy", self.tr("Copy details for support"), self._on_copy_clicked)
        self._close = self._add_tool("close", self.tr("Close message"), self.close_itself)
        self._next.hide()
        self._copy.setVisible(bool(detail))
        self.setAccessibleName(f"{title} {remedy}".strip())

    @property
    def title(self) -> str:
        """The sentence that states what happened."""
        return self.text

    @property
    @override
    def spoken(self) -> str:
        return f"{self.title} {self.remedy}".strip()

    @property
    def remedy(self) -> str:
        """The sentence that states what the user can do. It may be empty."""
        return self._remedy.text()

    def show_waiting(self, count: int) -> None:
        """Show how many other messages wait behind this one. With 0, show nothing."""
        self._next.setVisible(count > 0)
        self._next.setText(self.tr("%n more", "", count))

    def offer(self, label: str, action: Callable[[], None], decline: str = "") -> None:
        """Offer an action with a button, which also closes the message. Call this at most once.

        ``decline`` is the text of the button that only closes the message; if it is empty, this button has an icon.
        """
        self._action = action
        self._button = self.add_button(label, self._on_button_meant)
        # The button is on the left of those that each message has.
        for tool in (self._next, self._copy, self._close):
            self.add_widget(tool)
        if decline:
            self._close.setProperty("toolButtonStyle", "ToolButtonTextOnly")
            self._close.setText(decline)
            self._close.setToolTip("")
            self._close.setAccessibleName(decline)

    def press(self) -> None:
        """Press the button of the action. Do nothing if there is no such button."""
        if self._button is not None:
            self._button.click()

    def _add_tool(self, icon_name: str, label: str, slot: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setToolTip(label)
        if icon_name:
            button.setIcon(icon(icon_name))
            button.setIconSize(QSize(sized(16), sized(16)))
            button.setAccessibleName(label)
        button.clicked.connect(slot)
        self.add_widget(button)
        return button

    def _on_button_meant(self) -> None:
        self.closed.emit(self)
        if self._action is not None:
            self._action()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.title}\n{self._detail}")

    def close_itself(self) -> None:
        """Emit ``closed``, so that the message is removed."""
        self.closed.emit(self)


class Messages(QWidget):
    """Shows the current messages, one at a time, the newest first.

    A new message replaces the message with the same key.

    ``float_over`` places the messages over the rooms, so that the layout does not move. A message is shown in the room
    in which it appeared, unless it concerns the whole program.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, MessageRow] = {}
        self._room = ""
        self._ground: QWidget | None = None
        self._column = vbox(spacing=1, parent=self)
        # Layouts move several widgets at once, after which the messages are placed once.
        self._placing = QTimer(self, singleShot=True, interval=0)
        self._placing.timeout.connect(self._place)
        self.hide()

    @property
    def rows(self) -> tuple[MessageRow, ...]:
        """The messages of the current room and of the whole program, newest first."""
        return tuple(row for row in reversed(self._rows.values()) if row.room in {"", self._room})

    def float_over(self, ground: QWidget) -> None:
        """Place the messages over a sibling widget: near its lower edge, above the bar of a room.

        They follow its size.
        """
        self._ground = ground
        ground.installEventFilter(self)

    def enter(self, room: str) -> None:
        """Set the current room, and show its messages in place of those of the previous room."""
        self._room = room
        self._show_newest()

    def place_soon(self) -> None:
        """Place the visible messages again when the current changes of the layout are complete."""
        if self.isVisible():
            self._placing.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and watched is self._ground:
            self._place()
        return super().eventFilter(watched, event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        ground = self._ground
        if ground is None or not self._rows:
            return
        width = min(ground.width() - 2 * sized(_SIDE_PX), sized(_MOST_WIDE_PX))
        height = max(self._column.heightForWidth(width), self._column.minimumSize().height())
        bars = [area.widget for area in ground.findChildren(_ClearArea) if area.widget.isVisible()]
        # The bars of a room are below its content, and a message must not cover their buttons.
        upper_edges = [bar.mapTo(ground, QPoint(0, 0)).y() for bar in bars if bar.height()]
        lower = min([ground.height() - sized(_ABOVE_BAR_PX), *(y for y in upper_edges if y > ground.height() // 2)])
        top = max(0, lower - height)
        self.setGeometry(ground.x() + (ground.width() - width) // 2, ground.y() + top, width, height)
        self.raise_()

    def show_message(
        self,
        what: AppError | str,
        level: MessageLevel | None = None,
        *,
        remedy: str = "",
        key: str = "",
        about: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
        decline: str = "",
        everywhere: bool = False,
    ) -> MessageRow:
        """Show an error or a sentence, and return its row. For each room, only the newest three messages are kept.

        ``level`` is by default ERROR for an error and INFO for a sentence. ``remedy`` replaces that of an error.
        ``key`` is by default the error's code or the sentence itself. ``about`` names the subject, such as a file.
        ``action`` is the text of a button and the function that it calls. ``decline`` is the text of the button that
        closes the message, in place of the usual icon. ``everywhere`` shows the message in all rooms.
        """
        if isinstance(what, AppError):
            # Imported with the first error, because the module contains the texts of about a hundred errors.
            from esign_desktop.ui.text.errors.sentences import error_sentence

            sentence = error_sentence(what)
            title, remedy, detail = sentence.title, remedy or sentence.remedy, sentence.detail
            key, level = key or what.code, level or MessageLevel.ERROR
        else:
            title, detail = what, ""
            key, level = key or what, level or MessageLevel.INFO
        if about:
            title, key = f"{about} — {title}", f"{key} {about}"
        self.clear(key)
        row = MessageRow(title, remedy, detail, level, self)
        row.room = "" if everywhere else self._room
        row.closed.connect(self._on_row_closed)
        row.next_requested.connect(self._on_row_next_requested)
        if action is not None:
            row.offer(*action, decline)
        self._rows[key] = row
        self._column.insertWidget(0, row)
        for old in [known for known, one in self._rows.items() if one.room == row.room][:-MOST_SHOWN]:
            self.clear(old)
        if level in {MessageLevel.INFO, MessageLevel.SUCCESS} and action is None:
            QTimer.singleShot(PASSING_MS, row, row.close_itself)
        self._show_newest()
        return row

    def clear(self, key: str) -> None:
        """Remove the message with the given key. Do nothing if there is none."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._show_newest()

    def _show_newest(self) -> None:
        shown = self.rows
        for row in self._rows.values():
            row.show_waiting(len(shown) - 1)
            row.setVisible(row is shown[0] if shown else False)
        self.setVisible(bool(shown))
        self._place()

    def _on_row_next_requested(self) -> None:
        newest = next(key for key, row in self._rows.items() if row is self.rows[0])
        self._rows = {newest: self._rows.pop(newest), **self._rows}
        self._show_newest()

    def _on_row_closed(self, row: MessageRow) -> None:
        for key in [key for key, one in self._rows.items() if one is row]:
            self.clear(key)
