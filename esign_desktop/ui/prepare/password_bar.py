"""A line above the pages that asks for a file's password, while everything else goes on."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class PasswordBar(QFrame):
    """Asks for one password after the other; hidden while none is wanted."""

    password_given = Signal(str, str)
    """The file's path and the password."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._waiting: deque[tuple[str, bool]] = deque()
        self._question = PlainLabel(self)
        self._question.setWordWrap(True)
        self._line = QLineEdit(self)
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setMaximumWidth(240)
        self._open = QPushButton(self)
        self._skip = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._question, 1)
        row.addWidget(self._line)
        row.addWidget(self._open)
        row.addWidget(self._skip)
        self._line.returnPressed.connect(self._on_open_clicked)
        self._open.clicked.connect(self._on_open_clicked)
        self._skip.clicked.connect(self._on_skip_clicked)
        self.retranslate()
        self.hide()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_skip_clicked()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._open.setText(self.tr("Open"))
        self._skip.setText(self.tr("Skip"))
        self._line.setAccessibleName(self.tr("Password"))
        self._word()

    def ask(self, path: str, is_wrong: bool) -> None:
        """Ask for the password of a file, after those already waiting."""
        self._waiting.append((path, is_wrong))
        if len(self._waiting) == 1:
            self._turn_to_first()
        else:
            self._word()

    def clear(self) -> None:
        """Ask for nothing any more: the files belong to a contract that was put away."""
        self._waiting.clear()
        self._turn_to_first()

    def _turn_to_first(self) -> None:
        self._line.clear()
        self._word()
        # Whoever is typing elsewhere would write into the password.
        if self._waiting and not isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox):
            self._line.setFocus()

    def _word(self) -> None:
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        path, is_wrong = self._waiting[0]
        name = one_line(Path(path).name)
        self._question.setText(
            self.tr("That password does not open “{name}”. Try again:").format(name=name)
            if is_wrong
            else self.tr("“{name}” is protected. Its password:").format(name=name)
        )

    def _on_open_clicked(self) -> None:
        if self._waiting and self._line.text():
            path, _ = self._waiting.popleft()
            password = self._line.text()
            self._turn_to_first()
            self.password_given.emit(path, password)

    def _on_skip_clicked(self) -> None:
        if self._waiting:
            self._waiting.popleft()
            self._turn_to_first()
