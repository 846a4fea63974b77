"""The keys that do something now, at the foot of the counter."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from esign_desktop.ui.plain_label import PlainLabel

_TEXT_PX: Final = 16
_CRAMPED_PX: Final = 13


class KeyBar(QWidget):
    """A row of keys with a word each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._is_small = False
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

    def make_room(self, *, is_small: bool) -> None:
        """Make do with a small window."""
        self._is_small = is_small
        for index in range(len(self._labels)):
            self._fit(index)

    def _add_label(self) -> None:
        label = PlainLabel(self)
        label.setObjectName("key" if len(self._labels) % 2 == 0 else "")
        self._row.insertWidget(len(self._labels), label)
        self._labels.append(label)
        self._fit(len(self._labels) - 1)

    def _fit(self, index: int) -> None:
        label = self._labels[index]
        font = label.font()
        font.setPixelSize(_CRAMPED_PX if self._is_small else _TEXT_PX)
        label.setFont(font)
        if index % 2:
            label.setContentsMargins(0, 0, 8 if self._is_small else 16, 0)
