"""The keys that do something now, at the foot of the counter."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from esign_desktop.ui.plain_label import PlainLabel


class KeyBar(QWidget):
    """A row of keys with a word each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._shown: tuple[tuple[str, str], ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)

    def show_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show these keys in this order."""
        if keys == self._shown:
            return
        self._shown = keys
        for label in self._labels:
            self._row.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._labels = []
        for key, word in keys:
            for text, name in ((key, "key"), (word, "")):
                label = PlainLabel(self, text)
                label.setObjectName(name)
                font = label.font()
                font.setPixelSize(16)
                label.setFont(font)
                self._row.insertWidget(len(self._labels), label)
                self._labels.append(label)
            label.setContentsMargins(0, 0, 16, 0)
