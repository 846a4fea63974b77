"""Provide the base of sheets with the button of an irreversible action, and a card in the middle of a room."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.deliberate import DeliberateButton, FreshKeys
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, separator
from esign_desktop.ui.widgets.layouts import FIT_EVENTS, hbox, vbox
from esign_desktop.ui.widgets.theme import sized

_BUTTON_PX: Final = 40
_SENTENCE_PX: Final = 220
"""The width in logical pixels that the sentence needs beside the buttons."""


class Confirmation(QWidget):
    """A sheet over a room that ends with the button of an irreversible action. A subclass lays out the middle.

    Ctrl+Enter presses the button, unless the keys are still held down from before the sheet was opened.
    """

    dismissed = Signal()
    """Emitted when the user pressed Esc or the button that leads back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewSheet")
        self._back = QToolButton(self)
        self._back.setIcon(icon("chevron-left"))
        self._back.setAutoRaise(True)
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._title = ElidedLabel(self)
        self._title.setObjectName("panelTitle")
        self._finality = PlainLabel(self, is_wrapped=True)
        self._send = DeliberateButton(self)
        self._send.setObjectName("primary")
        self._send.setMinimumHeight(sized(_BUTTON_PX))
        self._foot: QHBoxLayout | None = None
        self._key_presses = FreshKeys()
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.dismissed)
        self._back.clicked.connect(self.dismissed)

    @property
    def send_button(self) -> DeliberateButton:
        """The button of the irreversible action, at the lower left."""
        return self._send

    @override
    def event(self, event: QEvent) -> bool:
        # Elsewhere in the window, Ctrl+Enter opens this sheet. In the sheet, it confirms.
        if event.type() == QEvent.Type.ShortcutOverride and _is_confirmation(cast("QKeyEvent", event)):
            event.accept()
            return True
        if event.type() in FIT_EVENTS:
            self._fit_foot()
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _is_confirmation(event):
            super().keyPressEvent(event)
        elif self._key_presses.is_fresh(event):
            self._send.click()
        else:
            # The key press that opened the sheet must not send the contract while it is held down.
            self._send.press_guard.begin()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._key_presses.note_release(event)
        super().keyReleaseEvent(event)

    def _lay_out_around(self, middle: QWidget, *others: QWidget) -> None:
        """Lay out the sheet around ``middle``.

        ``others`` are widgets for further actions, and are placed beside the button.
        """
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(12)
        head.addWidget(self._back)
        head.addWidget(self._title, 1)
        # On the left, because the buttons that open the sheet are on the right.
        self._actions = hbox(self._send, *others, 0, spacing=16)
        self._foot = hbox(self._actions, (self._finality, 1), spacing=16, margins=(24, 12, 24, 12))
        vbox(head, separator(self), (middle, 1), separator(self), self._foot, spacing=0, parent=self)

    def _fit_foot(self) -> None:
        """Put the sentence below the buttons if there is not enough space beside them."""
        if self._foot is None:
            return
        margins = self._foot.contentsMargins()
        around_px = margins.left() + margins.right() + self._foot.spacing()
        is_narrow = self.width() - around_px - self._actions.sizeHint().width() < sized(_SENTENCE_PX)
        direction = QBoxLayout.Direction
        self._foot.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)

    def _scroll_area(self, reading: QWidget) -> QScrollArea:
        scroll = QScrollArea(self)
        scroll.setWidget(reading)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll


def _is_confirmation(event: QKeyEvent) -> bool:
    with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return with_control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}


def centred_card(room: QWidget, width_px: int) -> QVBoxLayout:
    """Put an empty card in the middle of ``room``, and return the layout for the content of the card.

    ``width_px`` is the maximum width of the card, in logical pixels at 100 % text size.
    """
    card = QFrame(room)
    card.setObjectName("card")
    card.setMaximumWidth(sized(width_px))
    column = QVBoxLayout(card)
    column.setContentsMargins(24, 20, 24, 20)
    column.setSpacing(12)
    across = QHBoxLayout()
    across.addStretch(1)
    across.addWidget(card, 8)
    across.addStretch(1)
    whole = QVBoxLayout(room)
    whole.addStretch(1)
    whole.addLayout(across)
    whole.addStretch(2)
    return column
