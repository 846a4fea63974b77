"""What the Prepare room shows while there is no document: how to begin, and what was open last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, plain_tip
from esign_desktop.ui.widgets.theme import theme

_SHOWN_RECENTS = 5
_LONGEST_NAME = 60


class WelcomePage(QFrame):
    """Says what to do first, and offers to do it."""

    open_requested = Signal()
    recent_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyDesk")
        self._symbol = PlainLabel(self)
        self._symbol.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = PlainLabel(self)
        self._title.setObjectName("deskTitle")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = PlainLabel(self)
        self._hint.setObjectName("hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._open = QPushButton(icon("open", theme().on_accent), "", self)
        self._open.setObjectName("primary")
        self._recents_title = PlainLabel(self)
        self._recents_title.setObjectName("hint")
        self._recents_title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._recents = QVBoxLayout()
        self._recents.setSpacing(4)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._symbol)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self._open)
        middle.addStretch()
        column.addLayout(middle)
        column.addSpacing(12)
        column.addWidget(self._recents_title)
        column.addLayout(self._recents)
        column.addStretch(3)
        self._open.clicked.connect(self.open_requested)
        self.retranslate()
        self.show_recents(())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self._show_symbol()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._title.setText(self.tr("Which contract is to be signed?"))
        self._hint.setText(self.tr("Drop one or more PDFs anywhere on this window, or choose them."))
        self._open.setText(self.tr("Choose PDFs…"))
        self._recents_title.setText(self.tr("Opened last"))
        self._show_symbol()

    def show_recents(self, paths: tuple[str, ...]) -> None:
        """Offer the files that were opened last."""
        while (item := self._recents.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._recents_title.setVisible(bool(paths))
        for path in paths[:_SHOWN_RECENTS]:
            button = QPushButton(icon("document"), _button_text(path), self)
            button.setFlat(True)
            button.setToolTip(plain_tip(path))
            button.setProperty("path", path)
            button.clicked.connect(self._on_recent_clicked)
            self._recents.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _show_symbol(self) -> None:
        self._symbol.setPixmap(icon("prepare", theme().hint).pixmap(QSize(56, 56)))

    def _on_recent_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.recent_requested.emit(str(sender.property("path")))


def _button_text(path: str) -> str:
    return one_line(Path(path).name, most_characters=_LONGEST_NAME).replace("&", "&&")
