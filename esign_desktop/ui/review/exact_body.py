"""The body of the start call to the letter, for whoever wants to read or copy it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel


class ExactBody(QWidget):
    """Read-only, with its title and a button that copies it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel(self)
        self._title.setObjectName("sectionTitle")
        self._copy = QToolButton(self)
        self._copy.setAutoRaise(True)
        self._copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setFamilies([fixed.family(), "Noto Sans Mono CJK SC", *self.font().families()])
        fixed.setPixelSize(12)
        self._text.setFont(fixed)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 24, 16)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._text, 1)
        self._copy.clicked.connect(self._on_copy_clicked)
        self.retranslate()

    def show_text(self, text: str) -> None:
        """Show a body; an empty one until it is known."""
        self._text.setPlainText(text)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._title.setText(self.tr("Exactly this is sent"))
        self._text.setAccessibleName(self._title.text())
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the text that is sent"))
        self._copy.setIcon(icon("copy"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self.retranslate()
        super().changeEvent(event)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
