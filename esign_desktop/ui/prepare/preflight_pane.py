"""What is special about a document, in sentences, with what can be done about it; opens below its chips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.focused_button import press_focused_button
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.prepare.remedies import Advice, Remedy, remedy_words
from esign_desktop.ui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class PreflightPane(QFrame):
    """Stays until Esc or another press of its chip; work that it began shows its progress here, and can be stopped."""

    remedy_requested = Signal(object)
    """A ``Remedy``; the password is asked for here."""
    password_given = Signal(str)
    stop_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preflightPane")
        self._advice = Advice("", ())
        self._meaning = PlainLabel(self)
        self._meaning.setWordWrap(True)
        self._failure = PlainLabel(self)
        self._failure.setWordWrap(True)
        self._failure.hide()
        self._password = QLineEdit(self)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._buttons: dict[Remedy, QPushButton] = {}
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._state = PlainLabel(self)
        self._state.setObjectName("hint")
        self._state.setWordWrap(True)
        self._stop = QPushButton(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 4, 4)
        self._column.setSpacing(8)
        for widget in (self._meaning, self._failure, self._password, self._state, self._progress, self._stop):
            self._column.addWidget(widget)
        self._password.returnPressed.connect(self._on_password_given)
        self._stop.clicked.connect(self.stop_requested)
        self._show_idle()
        self.hide()

    @property
    def failure_text(self) -> str:
        """What did not work; empty when nothing failed."""
        return "" if self._failure.isHidden() else self._failure.text()

    @property
    def is_busy(self) -> bool:
        """Whether work that was begun here goes on."""
        return not self._stop.isHidden()

    def button(self, remedy: Remedy) -> QPushButton:
        """Return the button of a remedy that is offered. Raises KeyError."""
        return self._buttons[remedy]

    def show_advice(self, advice: Advice) -> None:
        """Say what it means and offer what helps."""
        is_other = advice != self._advice
        self._advice = advice
        self._meaning.setText(advice.meaning)
        self._password.setAccessibleName(self.tr("Password"))
        self._password.setPlaceholderText(self.tr("Password"))
        self._stop.setText(self.tr("Stop"))
        if is_other:
            self._failure.hide()
            self._offer(advice.remedies)
        for remedy, button in self._buttons.items():
            button.setText(remedy_words(remedy, advice.page_number))
        if not self.is_busy:
            self._show_idle()
        self.setAccessibleName(advice.meaning)
        self.show()

    def take_focus(self) -> None:
        """Let the keyboard go on here."""
        if self.is_busy:
            self._stop.setFocus()
        elif not self._password.isHidden():
            self._password.setFocus()
        elif self._buttons:
            next(iter(self._buttons.values())).setFocus()

    def show_progress(self, done: int, total: int) -> None:
        """Say how far the copy is; 0 of 0 while it is being written."""
        text = (
            self.tr("Checking that page {page} of {count} looks the same…").format(page=done + 1, count=total)
            if total
            else self.tr("Writing the copy…")
        )
        self.show_work(text, done, total)

    def show_work(self, text: str, done: int, total: int) -> None:
        """Say what is done and how far it is; 0 of 0 while nobody knows."""
        self._state.setText(text)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        had_focus = any(button.hasFocus() for button in self._buttons.values())
        self._failure.hide()
        for widget in (*self._buttons.values(), self._password):
            widget.hide()
        for widget in (self._state, self._progress, self._stop):
            widget.show()
        if had_focus:
            self._stop.setFocus()

    def end_work(self, failure: str = "") -> None:
        """Offer the remedies again; with a sentence when the work failed."""
        had_focus = self._stop.hasFocus()
        self._show_idle()
        colours = self._failure.palette()
        colours.setColor(QPalette.ColorRole.WindowText, theme().danger)
        self._failure.setPalette(colours)
        self._failure.setText(failure)
        self._failure.setVisible(bool(failure))
        if had_focus:
            self.take_focus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            press_focused_button(event)
        # No other key is the card's while somebody reads or types here: Delete would remove the document.

    def _offer(self, remedies: tuple[Remedy, ...]) -> None:
        for button in self._buttons.values():
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        place = self._column.indexOf(self._password) + 1
        for index, remedy in enumerate(remedies):
            button = QPushButton(self)
            if index == 0:
                button.setObjectName("primary")
            button.clicked.connect(partial(self._on_button_clicked, remedy))
            self._column.insertWidget(place + index, button)
            self._buttons[remedy] = button

    def _show_idle(self) -> None:
        for button in self._buttons.values():
            button.show()
        self._password.setVisible(Remedy.PASSWORD in self._buttons)
        for widget in (self._state, self._progress, self._stop):
            widget.hide()

    def _on_button_clicked(self, remedy: Remedy, _is_checked: bool = False) -> None:  # noqa: FBT002  Qt's own
        if remedy is Remedy.PASSWORD:
            self._on_password_given()
        else:
            self.remedy_requested.emit(remedy)

    def _on_password_given(self) -> None:
        password = self._password.text()
        self._password.clear()
        if password:
            self.password_given.emit(password)
