"""The keys that do something now, at the foot of the counter."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from esign_desktop.ui.plain_label import PlainLabel

_TEXT_PX: Final = 16


class KeyBar(QWidget):
    """A row of keys with a word each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)

    def show_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show these keys in this order."""
        texts = [text for pair in keys for text in pair]
        while len(self._labels) < len(texts):
            self._add_label()
        for index, label in enumerate(self._labels):
            label.setText(texts[index] if index < len(texts) else "")
            label.setVisible(index < len(texts))

    def _add_label(self) -> None:
        is_key = len(self._labels) % 2 == 0
        label = PlainLabel(self)
        label.setObjectName("key" if is_key else "")
        font = label.font()
        font.setPixelSize(_TEXT_PX)
        label.setFont(font)
        if not is_key:
            label.setContentsMargins(0, 0, 16, 0)
        self._row.insertWidget(len(self._labels), label)
        self._labels.append(label)
