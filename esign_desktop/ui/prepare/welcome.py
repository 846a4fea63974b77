"""What the Prepare room shows while there is no document: how to begin, and what was open last."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Signal
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
    template_requested = Signal()
    recent_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = PlainLabel(self)
        title = PlainLabel(self, self.tr("Open a contract to get started"), look="deskTitle")
        hint = PlainLabel(self, self.tr("Drop one or more PDFs anywhere on this window, or choose them."), look="hint")
        choose = QPushButton(icon("open", theme().on_accent), self.tr("Choose PDFs…"), self)
        choose.setObjectName("primary")
        choose.clicked.connect(self.open_requested)
        self.from_template = QPushButton(icon("templates"), self.tr("From a template…"), self)
        self.from_template.clicked.connect(self.template_requested)
        self._recents_title = PlainLabel(self, self.tr("Recent"), look="hint")
        self._recents = QVBoxLayout()
        self._recents.setSpacing(4)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (self._symbol, title, hint, choose, self.from_template):
            _centre(column).addWidget(widget)
        column.addSpacing(12)
        _centre(column).addWidget(self._recents_title)
        _centre(column).addLayout(self._recents)
        column.addStretch(3)
        self._show_symbol()
        self.show_recents(())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_symbol()
        super().changeEvent(event)

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
            button.clicked.connect(partial(self.recent_requested.emit, path))
            self._recents.addWidget(button)

    def _show_symbol(self) -> None:
        self._symbol.setPixmap(icon("prepare", theme().hint).pixmap(QSize(56, 56)))


def _centre(column: QVBoxLayout) -> QHBoxLayout:
    """Add a row to the column whose one thing stands in the middle."""
    row, inner = QHBoxLayout(), QHBoxLayout()
    row.addStretch()
    row.addLayout(inner)
    row.addStretch()
    column.addLayout(row)
    return inner


def _button_text(path: str) -> str:
    return one_line(Path(path).name, most_characters=_LONGEST_NAME).replace("&", "&&")
